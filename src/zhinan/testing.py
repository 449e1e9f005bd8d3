"""Test layers: one site for a whole run, with or without the demonstration content."""

from plone import api
from plone.app.robotframework.testing import REMOTE_LIBRARY_BUNDLE_FIXTURE
from plone.app.testing import applyProfile
from plone.app.testing import FunctionalTesting
from plone.app.testing import IntegrationTesting
from plone.app.testing import login
from plone.app.testing import PLONE_FIXTURE
from plone.app.testing import PloneSandboxLayer
from plone.app.testing import setRoles
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.testing import zope
from plone.testing.zope import WSGI_SERVER_FIXTURE
from zhinan import _
from zhinan.departments.functions import ensure
from zhinan.departments.owned import forget_answers
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import words
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

        # Keys and anchors lie outside the database.
        self["outside"] = tempfile.TemporaryDirectory(prefix="zhinan-test-")
        self["environment"] = {
            "ZHINAN_TRAIL_KEY_FILE": f"{self['outside'].name}/trail.key",
            "ZHINAN_TRAIL_ANCHORS": f"{self['outside'].name}/anchors",
            "ZHINAN_SIGNIN_KEY": f"{self['outside'].name}/signin.key",
            "ZHINAN_CALENDAR_FILE": f"{self['outside'].name}/calendar.json",
        }
        os.environ.update(self["environment"])
        self.loadZCML(package=zhinan)

    def tearDownZope(self, app):
        """Take the key and the anchors away."""
        for name in self["environment"]:
            os.environ.pop(name, None)
        self["outside"].cleanup()

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


def act_as(portal, *functions, department=""):
    """Give the test's person these functions and no other, and sign in.

    Names of functions beside the departments need no department; every other one is
    that of the department named, whose groups are made if it is not there yet.
    """
    user = TEST_USER_ID
    acl_users = portal["acl_users"]
    setRoles(portal, user, ["Member"])
    for group in list(acl_users.source_groups.getGroupsForPrincipal(_Id(user))):
        acl_users.source_groups.removePrincipalFromGroup(user, group)
    for name in functions:
        group = group_of(name, department)
        acl_users.source_groups.addPrincipalToGroup(user, group)
    forget_answers(portal.REQUEST)
    login(portal, TEST_USER_NAME)


def group_of(name, department=""):
    """Id of the group of a function; made where its department comes later."""
    function = words().functions[name]
    group = function.group or group_id(department, name)
    if api.group.get(group) is None:
        ensure(department, department)
    return group


def add_person(name, password, *functions, department=""):
    """A login with these functions in one department or beside them."""
    api.user.create(f"{name}@example.com", name, password, roles=("Member",))
    for wanted in functions:
        api.group.add_user(groupname=group_of(wanted, department), username=name)


class _Id:
    def __init__(self, user):
        self._user = user

    def getId(self):
        return self._user


def publish(obj, note="Published by a test"):
    """Put something online on the ways that people go, as who is logged in.

    An administrator who does all of it alone may: what that publishes is marked.
    """
    tool = api.portal.get_tool("portal_workflow")
    for _step in range(4):
        if api.content.get_state(obj) == "published":
            return obj
        offered = {action["id"] for action in tool.listActionInfos(object=obj)}
        step = next(s for s in ("publish", "approve", "submit") if s in offered)
        tool.doActionFor(obj, step, comment=note)
    raise AssertionError(api.content.get_state(obj))


def withdraw(obj, reason="Withdrawn by a test"):
    """Take it off again."""
    tool = api.portal.get_tool("portal_workflow")
    tool.doActionFor(obj, "withdraw", comment=reason)
    return obj
