"""The demonstration site as it is after its first start."""

from plone import api


def test_imported_content_is_published_content(demo):
    """Every guide has a first version, is published, and has the date of its data."""
    portal = demo["portal"]
    with api.env.adopt_roles(["Manager"]):
        for guide in portal.guides.objectValues():
            assert len(portal.portal_repository.getHistory(guide)) == 1
            assert api.content.get_state(guide) == "published"
            assert guide.effective_date is not None
        assert len(portal.guides.objectIds()) >= 24
