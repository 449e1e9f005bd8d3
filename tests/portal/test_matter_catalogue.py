"""The catalogue of the demonstration: what the check finds, what a page costs."""

from lxml import html
from plone import api
from plone.testing.zope import Browser
from Products.ZCatalog.Catalog import Catalog
from urllib.parse import quote
from zhinan.guides import catalogue
from zhinan.guides.content import MatterGuide
from zhinan.pages import pagecache
from zhinan.registers import authorisations
from zhinan.registers import releases
from zhinan.registers import seals
from zhinan.registers.entries import RegisterEntry
from zhinan.registers.releases import Text
from zhinan.rules import releases as rules

import datetime
import pytest


FOLDER = "registers/catalogue-entry"
DAY = datetime.date(2026, 11, 24)


@pytest.fixture
def site(demo_functional, monkeypatch):
    """The demonstration site on a day, and a browser for the public."""
    pagecache.PAGES.clear()
    monkeypatch.setattr(authorisations, "today", lambda: DAY)
    browser = Browser(demo_functional["app"])
    browser.handleErrors = True
    browser.raiseHttpErrors = False
    portal = demo_functional["portal"]

    def read(path):
        browser.open(f"{portal.absolute_url()}/{path}")
        return browser

    return portal, read


def test_what_the_demonstration_holds(demo):
    """Two releases, the second of which is the working list; four seals, five papers."""
    texts = [release.text for release in reversed(releases.releases())]
    assert [head.number for head in rules.verify(texts)] == [1, 2]
    assert releases.preview().nothing
    first, second = (releases.get(number).entries() for number in (1, 2))
    found = rules.changes(first, second)
    assert len(second) == 44
    assert (len(found.added), len(found.removed), len(found.changed)) == (3, 1, 4)
    portal = demo["portal"]["registers"]
    papers = portal["authorisation"].objectValues()
    known = authorisations.directory.entries("authorisation")
    standings = sorted(authorisations.how_it_stands(e, DAY) for e in known)
    assert standings == ["expired", "expiring", "revoked", "valid", "valid"]
    assert len(papers) == 5 and len(portal["approval-seal"].objectValues()) == 4
    assert all("演示" in paper.title and paper.paper for paper in papers)
    seal = portal["approval-seal"]["jtj-01"]
    assert seals.impressions(seals.uses(seal.UID())) == 4


def test_what_the_check_finds_in_the_demonstration(demo, monkeypatch):
    """The two deliberate differences, two ended authorisations, eleven without guide."""
    monkeypatch.setattr(authorisations, "today", lambda: DAY)
    found = catalogue.check()
    kinds = [finding.kind for finding in found]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "no_guide": 11,
        "name": 1,
        "promised": 1,
        "not_authorised": 2,
    }
    (promised,) = (f for f in found if f.kind == "promised")
    assert (promised.said, promised.guide_says) == ((5, "workday"), (10, "workday"))


@pytest.mark.parametrize(
    "path",
    [FOLDER, f"{FOLDER}?department=scjg", f"{FOLDER}/release/1", f"{FOLDER}/changes"],
)
def test_a_page_of_the_catalogue_is_whole_and_lean(site, path, monkeypatch):
    """Neither an entry nor a guide is woken; few questions to the portal catalogue."""
    _portal, read = site
    woken, asked, texts = [], [], []

    def watch(cls, seen):
        load = cls.__setstate__

        def loading(self, state):
            seen.append(cls.__name__)
            load(self, state)

        monkeypatch.setattr(cls, "__setstate__", loading, raising=False)

    watch(MatterGuide, woken)
    watch(RegisterEntry, woken)
    watch(Text, texts)
    search = Catalog.search
    monkeypatch.setattr(
        Catalog,
        "search",
        lambda self, q, *a, **k: asked.append(q) or search(self, q, *a, **k),
    )
    browser = read(path)
    assert browser.headers["status"].startswith("200")
    assert woken == []
    assert len(asked) <= 3, asked
    assert len(texts) <= 2
    tree = html.fromstring(browser.contents)
    assert len(tree.xpath("//h1")) == 1 and tree.get("lang") == "zh-CN"
    assert not tree.xpath("//script")
    asked.clear()
    read(path)
    assert asked == [], "the second reader gets the page from memory"


def test_the_list_of_releases_loads_no_text(site, monkeypatch):
    """Heads alone."""
    portal, _read = site
    portal._p_jar.cacheMinimize()
    monkeypatch.setattr(Text, "__setstate__", lambda *a: pytest.fail("text loaded"))
    assert [r.count for r in releases.releases()] == [44, 42]


def test_the_check_wakes_nothing(site, monkeypatch):
    """All of it comes from the portal catalogue, in five questions."""
    portal, _read = site
    portal._p_jar.cacheMinimize()
    woken, asked = [], []
    for cls in (MatterGuide, RegisterEntry):
        load = cls.__setstate__
        monkeypatch.setattr(
            cls,
            "__setstate__",
            lambda self, state, load=load: woken.append(self) or load(self, state),
            raising=False,
        )
    search = Catalog.search
    monkeypatch.setattr(
        Catalog,
        "search",
        lambda self, q, *a, **k: asked.append(q) or search(self, q, *a, **k),
    )
    assert len(catalogue.check()) == 15
    assert woken == [] and len(asked) <= 5


def test_sub_items_stand_under_their_parent(site):
    """In the order of their codes, marked for eyes and for ears."""
    _portal, read = site
    tree = html.fromstring(read(f"{FOLDER}?department=scjg&q={quote('食品')}").contents)
    rows = tree.xpath("//table[contains(@class, 'zn-catalogue')]/tbody/tr")
    assert [row.get("class") for row in rows] == [None, "zn-sub", "zn-sub", "zn-sub"]
    assert "子项" in rows[1].text_content()


def test_the_numbers_add_up(site):
    """What the page says of itself is what the release holds."""
    _portal, read = site
    tree = html.fromstring(read(FOLDER).contents)
    numbers = tree.xpath("//dl[contains(@class, 'zn-numbers')]//dd/text()")
    assert numbers == ["44", "3", "28", "14", "5", "43", "4"]
    groups = tree.xpath("//section[contains(@class, 'zn-group')]/h2/span/text()")
    assert sum(int(number) for number in groups) == 44
    lines = tree.xpath("//table[contains(@class, 'zn-catalogue')]/tbody/tr")
    assert len(lines) == 44


def test_an_old_address_answers_for_good(site):
    """The first release is still what it was."""
    _portal, read = site
    assert "企业名称预先核准" in read(f"{FOLDER}/release/1").contents
    assert "企业名称预先核准" not in read(FOLDER).contents
    with api.env.adopt_roles(["Manager"]):
        assert releases.get(1).head.date == "2026-09-01"
