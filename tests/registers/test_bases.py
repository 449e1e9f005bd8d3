"""Legal bases: who cites them, what is to be mended, and for whom."""

from .conftest import create
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from Products.CMFCore.indexing import processQueue
from rest.client import Client
from zhinan.guides import citations
from zhinan.guides.content import MatterGuide
from zhinan.jobs.interfaces import IScheduled
from zhinan.pages import pagecache
from zhinan.testing import publish
from zope.component import getUtility
from zope.lifecycleevent import modified

import datetime
import pytest
import transaction


PASSWORD = "bian-ji-2026-ceshi"
DAY = datetime.date(2026, 9, 1)
OLD, NEW = "中华人民共和国环境保护法", "中华人民共和国生态环境法典"


def cite(portal, code, *rows, department="shili", current=True):
    """A guide that cites these laws and articles."""
    guide = api.content.create(
        portal["guides"],
        "MatterGuide",
        code,
        title=f"事项{code}",
        department=department,
        catalog_code=code,
        legal_basis=[
            {"law": law, "article": article, "document_number": None, "text": None}
            for law, article in rows
        ],
    )
    if current:
        publish(guide)
    return guide


def real_case(portal):
    """The law of 1989, repealed by the code of 2026; one guide cites either."""
    old = create(
        portal,
        "LegalBasis",
        title=OLD,
        kind="law",
        effect_status="repealed",
        in_force_until=datetime.date(2026, 8, 14),
        replaced_by=[NEW],
    )
    new = create(
        portal,
        "LegalBasis",
        title=NEW,
        kind="law",
        in_force_from=datetime.date(2026, 8, 15),
    )
    cite(portal, "620101001000", (OLD, "第四十一条"), (NEW, "第九十五条"))
    cite(portal, "620101002000", ("生态环境法典", "第九十六条至第九十八条"))
    return old, new


def test_reverse_look_up(site):
    """However the law is spelled; with the articles; and without waking a guide."""
    old, new = real_case(site)
    assert [c.title for c in citations.cited_by(old.UID())] == ["事项620101001000"]
    found = {c.title: c.articles for c in citations.cited_by(new.UID())}
    assert found == {
        "事项620101001000": ("95",),
        "事项620101002000": ("96", "97", "98"),
    }
    draft = create(site, "LegalBasis", title="草稿条例", current=False)
    assert citations.cited_by(draft.UID()) == []


def test_no_guide_is_woken(site, monkeypatch):
    """Citations and tasks come from the index."""
    old, _new = real_case(site)
    processQueue()
    transaction.savepoint()
    site._p_jar.cacheMinimize()
    woken = []
    normal = MatterGuide.__setstate__

    def wake(self, state):
        woken.append(self)
        normal(self, state)

    monkeypatch.setattr(MatterGuide, "__setstate__", wake)
    assert citations.cited_by(old.UID())
    assert citations.tasks(day=DAY)
    assert woken == []


def test_a_task_is_there_until_the_guide_is_mended(site):
    """Derived: from the day of the repeal to the day of the change."""
    real_case(site)
    early = citations.tasks(day=datetime.date(2026, 8, 14))
    assert {(t.entry.title, t.fault.standing.value) for t in early} == {
        (NEW, "not_yet")
    }
    (task,) = citations.tasks(day=DAY)
    assert task.guide.title == "事项620101001000"
    assert task.entry.title == OLD
    assert task.fault.since == datetime.date(2026, 8, 15)
    assert [title for title, _url in task.successors] == [NEW]
    assert task.successors[0][1].endswith("sheng-tai-huan-jing-fa-dian")
    (brain,) = api.portal.get_tool("portal_catalog")(UID=task.guide.uid)
    guide = brain.getObject()
    guide.legal_basis = [{"law": NEW, "article": "第九十五条"}]
    modified(guide)
    assert citations.tasks(day=DAY) == []


def test_an_article_that_is_not_in_force(site):
    """Only the guides that cite it; the others have nothing to do."""
    create(
        site,
        "LegalBasis",
        title="甲条例",
        articles=[{"article": "第三条", "text": None, "status": "repealed"}],
    )
    cite(site, "620101001000", ("甲条例", "第三条"))
    cite(site, "620101002000", ("甲条例", "第四条"))
    (task,) = citations.tasks(day=DAY)
    assert task.guide.title == "事项620101001000"
    assert task.fault.articles == ("3",)


def test_a_changed_law_wants_a_look(site):
    """A guide that was changed after the register said so has been looked at."""
    guide = cite(site, "620101001000", ("甲条例", "第三条"))
    entry = create(site, "LegalBasis", title="甲条例")
    assert citations.tasks(day=DAY) == []
    entry.effect_status = "amended"
    modified(entry)
    (task,) = citations.tasks(day=DAY)
    assert task.fault.standing.value == "changed"
    later = entry.modified() + 1
    guide.setModificationDate(later)
    guide.reindexObject(idxs=["modified"])
    assert citations.tasks(day=DAY) == []


def test_a_day_changes_the_status(site):
    """The scheduled run writes what the dates ask for, once."""
    run = getUtility(IScheduled, name="zhinan.registers.statuses").run
    coming = create(
        site,
        "LegalBasis",
        title="将施行条例",
        effect_status="not_yet",
        in_force_from=datetime.date(2026, 9, 1),
    )
    ending = create(
        site,
        "LegalBasis",
        title="将失效办法",
        in_force_until=datetime.date(2026, 8, 31),
    )
    replaced = create(
        site,
        "LegalBasis",
        title="将废止办法",
        in_force_until=datetime.date(2026, 8, 31),
        replaced_by=["将施行条例"],
    )
    draft = create(
        site,
        "LegalBasis",
        title="草稿办法",
        current=False,
        in_force_until=datetime.date(2026, 8, 31),
    )
    assert run(site, datetime.date(2026, 8, 31)) is False
    assert run(site, DAY) is True
    assert coming.effect_status == "in_force"
    assert ending.effect_status == "lapsed"
    assert replaced.effect_status == "repealed"
    assert draft.effect_status == "in_force"
    assert run(site, DAY) is False
    catalog = api.portal.get_tool("portal_catalog")
    (brain,) = catalog(UID=ending.UID())
    assert brain.row["effect_status"] == "lapsed"


# ------------------------------------------------------------------ pages and REST


@pytest.fixture
def served(functional):
    """The real case over HTTP, with people of two departments and an administrator."""
    pagecache.PAGES.clear()
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    for name, code in (("甲局", "jia"), ("乙局", "yi")):
        owner = api.content.create(
            portal["departments"],
            "Department",
            title=name,
            short_name=name,
            code=code,
            credit_code="11620200000000019K",
        )
        api.content.transition(owner, to_state="published")
        api.group.create(f"dept-{code}-handler")
    create(
        portal,
        "LegalBasis",
        title=OLD,
        kind="law",
        effect_status="repealed",
        in_force_until=datetime.date(2026, 8, 14),
        replaced_by=[NEW, "某部未登记的法"],
    )
    create(portal, "LegalBasis", title=NEW, kind="law")
    cite(portal, "620101001000", (OLD, "第四十一条"), department="jia")
    cite(portal, "620101002000", (OLD, None), (NEW, "第二条"), department="yi")
    cite(portal, "620101003000", (OLD, "第一条"), department="yi", current=False)
    for name, roles, groups in (
        ("jia", (), ["dept-jia-handler"]),
        ("guanli", ("Site Administrator",), []),
        ("luren", (), []),
    ):
        api.user.create(f"{name}@example.com", name, PASSWORD, roles=("Member", *roles))
        for group in groups:
            api.group.add_user(groupname=group, username=name)
    transaction.commit()
    logout()
    return portal


@pytest.fixture
def ask(served):
    """A function that asks as somebody."""
    clients = []

    def asking(name=None):
        client = Client(served.absolute_url(), (name, PASSWORD) if name else None)
        clients.append(client)
        return client

    yield asking
    for client in clients:
        client.close()


def html(client, path):
    """A page as a browser gets it."""
    answer = client.get(path, headers={"Accept": "text/html"})
    return answer.status_code, answer.text


def test_tasks_are_for_the_department_and_for_administrators(ask):
    """Nobody else is shown them."""
    for name in (None, "luren"):
        assert ask(name).get("@tasks").status_code in {401, 403}
        assert html(ask(name), "@@tasks")[0] in {302, 401, 403}
    own = ask("jia").get("@tasks").json()
    assert own["departments"] == {"jia": 1}
    (item,) = own["items"]
    assert item["guide"]["title"] == "事项620101001000"
    assert item["standing"] == "ended"
    assert item["since"] == "2026-08-15"
    assert [s["title"] for s in item["replaced_by"]] == [NEW, "某部未登记的法"]
    assert [bool(s["@id"]) for s in item["replaced_by"]] == [True, False]
    every = ask("guanli").get("@tasks").json()
    assert every["departments"] == {"jia": 1, "yi": 2}
    status, text = html(ask("jia"), "@@tasks")
    assert status == 200
    assert "事项620101001000" in text
    assert "事项620101002000" not in text
    text = html(ask("guanli"), "@@tasks")[1]
    assert "事项620101003000" in text
    text = html(ask("guanli"), "@@tasks?department=jia")[1]
    assert "事项620101003000" not in text
    assert "2026年8月15日" in text
    assert "事项620101001000" in text


def test_who_cites_an_entry_is_public_as_far_as_the_guides_are(ask):
    """On its page and in REST."""
    entry = "registers/legal-basis/zhong-hua-ren-min-gong-he-guo-huan-jing-bao-hu-fa"
    found = ask().get(f"{entry}/@cited-by").json()
    titles = [item["title"] for item in found["items"]]
    assert titles == ["事项620101001000", "事项620101002000"]
    assert ask("guanli").get(f"{entry}/@cited-by").json()["items_total"] == 3
    text = html(ask(), entry)[1]
    assert "事项620101002000" in text
    assert "事项620101003000" not in text
    assert "第41条" in text
    assert "某部未登记的法" in text


def test_a_guide_leads_to_its_bases(ask):
    """For everybody the link, for the staff the warning."""
    text = html(ask(), "guides/620101001000")[1]
    assert "legal-basis/zhong-hua-ren-min-gong-he-guo-huan-jing-bao-hu-fa" in text
    assert "已失效或废止" not in text
    text = html(ask("guanli"), "guides/620101001000")[1]
    assert "已失效或废止" in text
    text = html(ask("guanli"), "guides/620101002000")[1]
    assert text.count("已失效或废止") == 1
