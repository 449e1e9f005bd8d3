"""The import of real records into an empty site."""

from .importing import EXTRACT
from .importing import Run
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID

import pytest


@pytest.fixture
def portal(integration):
    """The empty site with a manager logged in."""
    portal = integration["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    return portal


def test_extract_lands(portal):
    """Every real record lands, with its department and its materials."""
    run = Run(portal, EXTRACT, mode="apply", create_departments=True).finish()
    print(run.counts)
    print(run.kept[1])
    assert run.counts == 1
