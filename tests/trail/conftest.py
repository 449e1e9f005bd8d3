"""A site with all rights, and short ways to what the trail says."""

from plone import api

import pytest


@pytest.fixture
def site(integration):
    """The site, with all rights; nothing noted yet."""
    from zhinan.trail.acts import settle

    with api.env.adopt_roles(["Manager"]):
        settle()
        yield integration["portal"]


@pytest.fixture
def guide(site):
    """A draft that the trail knows."""
    from zhinan.trail.acts import settle

    made = api.content.create(
        site.guides, "MatterGuide", id="g1", title="测试事项", description="第一句。"
    )
    settle()
    return made
