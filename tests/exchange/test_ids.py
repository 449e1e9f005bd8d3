"""Ids of versions: two people who add something at the same time do not meet."""

from plone import api
from Products.CMFUid.interfaces import IUniqueIdGenerator
from zhinan.site import ids
from ZODB.POSException import ConflictError
from zope.component import getUtility
from zope.component.hooks import setSite

import pytest
import transaction


@pytest.fixture
def two(functional):
    """The site as two processes see it, each with its own transaction."""
    database = functional["portal"]._p_jar.db()
    managers = [transaction.TransactionManager() for _n in range(2)]
    connections = [database.open(manager) for manager in managers]
    sites = [connection.root()["Application"].plone for connection in connections]
    yield list(zip(sites, managers, strict=True))
    setSite(functional["portal"])
    for connection, manager in zip(connections, managers, strict=True):
        manager.abort()
        connection.close()


def draw(two):
    """An id in each, then a commit of each."""
    found = []
    for site, _manager in two:
        setSite(site)
        found.append(getUtility(IUniqueIdGenerator)())
    for _site, manager in two:
        manager.commit()
    return found


def test_no_conflict(two):
    """Both commit, and the ids differ."""
    first, second = draw(two)
    assert first != second
    assert min(first, second) >= 1 << 40


def test_the_counter_conflicts(two, functional):
    """What it replaces: without it, the second commit is refused."""
    portal = functional["portal"]
    ids.uninstall(portal)
    transaction.commit()
    for _site, manager in two:
        manager.begin()
    with pytest.raises(ConflictError):
        draw(two)


def test_a_version_has_a_random_id(functional):
    """Versions are saved and found under it."""
    with api.env.adopt_roles(["Manager"]):
        portal = functional["portal"]
        folder = portal["departments"]
        obj = api.content.create(
            folder, "Department", title="某局", short_name="某局", code="mou"
        )
        assert obj.cmf_uid() >= 1 << 40
        history = api.portal.get_tool("portal_repository").getHistoryMetadata(obj)
        assert history.getLength(countPurged=False) == 1
