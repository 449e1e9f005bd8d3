"""Test layers: one site for a whole run, with or without the demonstration content."""

from pathlib import Path
from plone import api
from plone.app.robotframework.testing import REMOTE_LIBRARY_BUNDLE_FIXTURE
from plone.app.testing import applyProfile
from plone.app.testing import FunctionalTesting
from plone.app.testing import IntegrationTesting
from plone.app.testing import PLONE_FIXTURE
from plone.app.testing import PloneSandboxLayer
from plone.app.testing import SITE_OWNER_NAME
from plone.testing import zope
from plone.testing.zope import WSGI_SERVER_FIXTURE
from zhinan import _
from zhinan.interfaces import IZhinanLayer
from zope.globalrequest import setRequest
from zope.i18n import translate
from zope.interface import alsoProvides

import os
import tempfile
import transaction


class ZhinanLayer(PloneSandboxLayer):
    """Plone in Chinese with our profile and the folders of a new site."""

    defaultBases = (PLONE_FIXTURE,)

    def setUpZope(self, app, configurationContext):
        """Load our ZCML with that of what it needs."""
        import zhinan

        # The key of sign-in stands beside a site's database; here there is no such
        # place.
        folder = Path(tempfile.mkdtemp(prefix="zhinan-"))
        os.environ.setdefault("ZHINAN_SIGNIN_KEY", str(folder / "signin.key"))
        self.loadZCML(package=zhinan)

    def setUpPloneSite(self, portal):
        """Install the profile and make the site Chinese."""
        from zhinan.signin.settings import ISignInSettings
        from zhinan.site import structure

        applyProfile(portal, "plone.app.contenttypes:default")
        applyProfile(portal, "zhinan:default")
        api.portal.set_registry_record("plone.available_languages", ["zh-cn"])
        api.portal.set_registry_record("plone.default_language", "zh-cn")
        portal.setLanguage("zh-cn")
        # Tests make their people themselves; those of the forced change switch it on.
        api.portal.set_registry_record("force_change", False, ISignInSettings)
        # The fixture's own name is English, and the home page shows it.
        title = translate(_("Service guides"), target_language="zh_CN")
        portal.title = title
        api.portal.set_registry_record("plone.site_title", title)
        portal.portal_workflow.setDefaultChain("simple_publication_workflow")
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        structure.prepare(portal)
        zope.logout()


class DemoLayer(PloneSandboxLayer):
    """The same with the demonstration content, imported as a new site does it."""

    def setUpPloneSite(self, portal):
        """Import the content tree and give everything its first version."""
        from importlib.resources import as_file
        from importlib.resources import files
        from zhinan.publishing import versions
        from zhinan.site import distribution

        request = portal.REQUEST
        alsoProvides(request, IZhinanLayer)
        setRequest(request)
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        with as_file(files("zhinan") / "content") as path:
            distribution.import_content(portal, path)
        versions.save(distribution.checked(portal))
        distribution.set_wording()
        zope.logout()
        setRequest(None)
        transaction.commit()


FIXTURE = ZhinanLayer()
DemoLayer.defaultBases = (FIXTURE,)
DEMO_FIXTURE = DemoLayer()

INTEGRATION_TESTING = IntegrationTesting(bases=(FIXTURE,), name="Zhinan:Integration")
FUNCTIONAL_TESTING = FunctionalTesting(
    bases=(FIXTURE, WSGI_SERVER_FIXTURE), name="Zhinan:Functional"
)
DEMO_INTEGRATION_TESTING = IntegrationTesting(
    bases=(DEMO_FIXTURE,), name="Zhinan:DemoIntegration"
)
DEMO_FUNCTIONAL_TESTING = FunctionalTesting(
    bases=(DEMO_FIXTURE, WSGI_SERVER_FIXTURE), name="Zhinan:DemoFunctional"
)
ACCEPTANCE_TESTING = FunctionalTesting(
    bases=(DEMO_FIXTURE, REMOTE_LIBRARY_BUNDLE_FIXTURE, WSGI_SERVER_FIXTURE),
    name="Zhinan:Acceptance",
)
