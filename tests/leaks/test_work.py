"""A list costs an editor what it costs the administrator: no object is asked for."""

from .asking import Client
from .surfaces import page
from .surfaces import rest
from .world import PASSWORD
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.dexterity.content import DexterityContent
from Products.ZCatalog.Catalog import Catalog
from ZODB.Connection import Connection

import pytest
import transaction


LISTS = (
    page("guides"),
    page("guides?department=jia"),
    page("@@search?SearchableText=zq*"),
    page("@@ajax-search?SearchableText=zq*"),
    page("@@catalogue-check"),
    page("@@tasks"),
    page("registers/legal-basis"),
    rest("@search?portal_type=MatterGuide&b_size=10&sort_on=sortable_title"),
    rest("@search?SearchableText=zq*&b_size=10&metadata_fields=_all"),
)


@pytest.fixture
def counts(monkeypatch):
    """Queries of the catalogue, and content that was read from the database."""
    found = {"queries": 0, "woken": 0}
    search, setstate = Catalog.search, Connection.setstate

    def counted(self, *args, **kwargs):
        found["queries"] += 1
        return search(self, *args, **kwargs)

    def read(self, obj):
        if isinstance(obj, DexterityContent) and obj.__class__.__name__ != "PloneSite":
            found["woken"] += 1
        return setstate(self, obj)

    monkeypatch.setattr(Catalog, "search", counted)
    monkeypatch.setattr(Connection, "setstate", read)
    return found


@pytest.mark.parametrize("surface", LISTS, ids=str)
def test_an_editor_costs_no_more(marked, world, counts, surface):
    """Protects: rights are in the query; no list asks its objects one by one."""
    _cells, _job, clients = world
    portal = marked["portal"]
    login(marked["app"], SITE_OWNER_NAME)
    api.user.create("a@example.com", "keeper", PASSWORD, roles=("Site Administrator",))
    transaction.commit()
    keeper = Client(portal.absolute_url(), "keeper", PASSWORD)
    found = {}
    for name, client in (("keeper", keeper), ("outsider", clients["outsider"])):
        client.ask(surface)
        counts.update(queries=0, woken=0)
        for connection in portal._p_jar.db().pool.all:
            connection.cacheMinimize()
        assert client.ask(surface).status == 200
        found[name] = dict(counts)
    keeper.close()
    # What the bar of the staff asks may differ by person; what is listed may not.
    assert found["outsider"]["woken"] <= found["keeper"]["woken"] + 1
    assert found["outsider"]["queries"] <= found["keeper"]["queries"] + 2
