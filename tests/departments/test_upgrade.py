"""An existing site gets what rights need, and twice is once."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from Products.PluggableAuthService.interfaces.plugins import IGroupsPlugin
from zhinan.departments import absences
from zhinan.departments import confidentiality
from zhinan.departments import retained
from zhinan.forms import validation
from zhinan.site import setup
from zhinan.site import upgrades


def test_an_older_site_is_caught_up(integration):
    """Protects: plugin, modifier, owners and levels are there after the upgrade."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    (basis,) = people.create(portal, "LegalBasis", "draft")
    (seal,) = people.create(portal, "ApprovalSeal", "draft")
    absences.uninstall()
    retained.uninstall()
    basis.owner_department = None
    basis.department = people.SHARED
    for obj in (basis, seal):
        for name in ("_zhinan_granted", "_zhinan_levels"):
            obj.__dict__.pop(name, None)
    for _time in range(2):
        upgrades.permissions_trail_keeping(api.portal.get_tool("portal_setup"))
    plugins = api.portal.get_tool("acl_users").plugins
    assert plugins.listPluginIds(IGroupsPlugin).count(absences.PLUGIN) == 1
    assert retained.NAME in api.portal.get_tool("portal_modifier").objectIds()
    login(portal, "editor_own")
    values = {"owner_department": people.OTHER}
    found = validation.problems("LegalBasis", basis, values)
    assert "owner_elsewhere" in [problem.id for problem in found]
    values = {"confidentiality": "public"}
    found = validation.problems("ApprovalSeal", seal, values)
    assert "level_locked" in [problem.id for problem in found]
    assert not confidentiality.may_read(seal, "impression")


def test_nothing_of_ours_stays_in_the_platforms_tools(integration):
    """Protects: a site without the product still signs people in and keeps versions."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    setup.after_uninstall(api.portal.get_tool("portal_setup"))
    assert absences.PLUGIN not in portal["acl_users"].objectIds()
    plugins = portal["acl_users"].plugins
    assert absences.PLUGIN not in plugins.listPluginIds(IGroupsPlugin)
    assert retained.NAME not in api.portal.get_tool("portal_modifier").objectIds()
