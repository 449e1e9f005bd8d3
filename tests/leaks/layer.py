"""The site with marks, made once for the module."""

from .world import build
from plone.app.testing import FunctionalTesting
from plone.app.testing import PloneSandboxLayer
from plone.app.testing import SITE_OWNER_NAME
from plone.testing import zope
from plone.testing.zope import WSGI_SERVER_FIXTURE
from zhinan.interfaces import IZhinanLayer
from zhinan.testing import FIXTURE
from zope.globalrequest import setRequest
from zope.interface import alsoProvides


class MarkedLayer(PloneSandboxLayer):
    """Everything of the matrix, with marks."""

    defaultBases = (FIXTURE,)

    def setUpPloneSite(self, portal):
        """Make it as the administrator."""
        request = portal.REQUEST
        alsoProvides(request, IZhinanLayer)
        setRequest(request)
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        self["cells"], self["job"] = build(portal)
        zope.logout()
        setRequest(None)


MARKED = MarkedLayer()
LAYER = FunctionalTesting(bases=(MARKED, WSGI_SERVER_FIXTURE), name="Zhinan:Marked")
