"""A site from before gets the folder of the notices with its rights."""

from plone import api
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from zhinan.site import structure


def test_the_folder_is_for_those_who_issue(integration):
    """Twice changes nothing; only notices may be added, only by supervision."""
    portal = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        api.content.delete(portal["notices"])
        structure.prepare(portal)
        structure.prepare(portal)
        folder = portal["notices"]
        allowed = ISelectableConstrainTypes(folder).getLocallyAllowedTypes()
        assert allowed == ["SupervisionNotice"]
    for permission in ("View", "Access contents information", "Add portal content"):
        roles = {
            r["name"] for r in folder.rolesOfPermission(permission) if r["selected"]
        }
        assert roles == {"Manager", "Supervision"}, permission
        assert not folder.acquiredRolesAreUsedBy(permission)
    assert "notice_about" in portal.portal_catalog.indexes()
