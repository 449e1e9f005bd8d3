"""My desk: what waits for whom, acts on many things, a guide as a start."""

from .conftest import act
from .conftest import draft
from .conftest import PASSWORD
from io import BytesIO
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.dexterity.content import DexterityContent
from plone.namedfile.file import NamedBlobFile
from Products.ZCatalog.Catalog import Catalog
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan.departments import absences
from zhinan.departments.citytime import today
from zhinan.departments.owned import forget_answers
from zhinan.desk import copying
from zhinan.desk.overview import AfterLogin
from zhinan.desk.worklists import LISTS
from zhinan.guides import quality
from zhinan.guides import workingcopy
from zhinan.pages.work import IWorkLists
from zhinan.pages.work import Line
from zhinan.pages.work import of_moment
from zhinan.pages.work import Worker
from zhinan.pages.work import WorkList
from zhinan.pages.work import worklist
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.trail import acts
from ZODB.Connection import Connection
from zope.component import getGlobalSiteManager
from zope.interface import implementer

import datetime
import pytest
import transaction


def lists_of(portal, person):
    """Titles in each list of a person; lists that are not for the person left out."""
    transaction.begin()
    login(portal, person)
    forget_answers(portal.REQUEST)
    worker = Worker()
    found = {}
    for work in LISTS:
        lines = work.lines(worker)
        if lines is not None:
            found[work.id] = [line.brain.getId for line in lines]
    return found


def filled(portal, person):
    """The same without the empty ones."""
    return {name: ids for name, ids in lists_of(portal, person).items() if ids}


def state(obj):
    """The state as the database has it now."""
    transaction.begin()
    return steps.state_of(obj)


def publish(portal, obj):
    """Through the hands of three people."""
    act(portal, obj, "qicao", "submit")
    act(portal, obj, "shenhe", "approve")
    act(portal, obj, "fabu", "publish")
    return obj


# -------------------------------------------------------------------------- lists


def test_a_guide_waits_for_the_right_person(portal, guide):
    """Protects: at each step it stands on the desk of who has to act, and no other."""
    assert filled(portal, "qicao") == {"drafts": ["g1"]}
    assert filled(portal, "shenhe") == {}
    act(portal, guide, "qicao", "submit")
    assert filled(portal, "qicao") == {}
    assert filled(portal, "shenhe") == {"to_review": ["g1"]}
    assert filled(portal, "fuze") == {"to_review": ["g1"]}
    assert filled(portal, "fabu") == {}
    act(portal, guide, "shenhe", "return_for_changes", comment="补充依据")
    assert filled(portal, "qicao") == {"returned": ["g1"]}
    assert filled(portal, "shenhe") == {}
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    assert filled(portal, "fabu") == {"to_publish": ["g1"]}
    assert filled(portal, "fuze") == {"to_publish": ["g1"]}
    assert filled(portal, "shenhe") == {}
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    act(portal, guide, "fabu", "schedule", publish_at=later)
    assert filled(portal, "fabu") == {"scheduled": ["g1"]}
    assert filled(portal, "qicao") == {"scheduled": ["g1"]}
    for person in ("qicao", "shenhe", "fabu", "fuze"):
        assert "g1" not in str(filled(portal, "bieren")), person


def test_what_failed_waits_with_its_reason(portal, guide):
    """Protects: a failed publication stands before who can mend it."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    act(portal, guide, "fabu", "schedule", publish_at=later)
    with api.env.adopt_roles(["Manager"]):
        tool = api.portal.get_tool("portal_workflow")
        tool.doActionFor(guide, "fail", zhinan_values={"reason": "依据已废止"})
    transaction.commit()
    assert filled(portal, "fabu") == {"failed": ["g1"]}
    assert filled(portal, "qicao") == {"failed": ["g1"]}
    login(portal, "fabu")
    (line,) = worklist("failed").lines(Worker())
    assert line.note == "依据已废止"


def test_nobody_reviews_their_own(portal, guide):
    """Protects: what a person drafted is not counted as to be reviewed by that person.

    Nor what somebody drafted for whom the person stands in.
    """
    with api.env.adopt_roles(["Manager"]):
        api.group.add_user(groupname="dept-csj-reviewer", username="qicao")
        day = today()
        absences._made().add(
            absences.Absence(
                id="a1",
                person="qicao",
                substitute="shenhe",
                start=day,
                until=day,
                entered=datetime.datetime.now(datetime.UTC).isoformat(),
            )
        )
    act(portal, guide, "qicao", "submit")
    assert lists_of(portal, "qicao")["to_review"] == []
    assert lists_of(portal, "shenhe")["to_review"] == []
    assert lists_of(portal, "fuze")["to_review"] == ["g1"]


def test_a_shared_guide_waits_for_its_owner(portal, guide):
    """Protects: the reviewer of a department that only shares it has nothing to do."""
    with api.env.adopt_roles(["Manager"]):
        guide.co_owners = ["bdj"]
        guide.reindexObject()
        guide.reindexObjectSecurity()
    act(portal, guide, "qicao", "submit")
    assert lists_of(portal, "bieren")["to_review"] == []
    assert lists_of(portal, "shenhe")["to_review"] == ["g1"]
    # The owner is the same whatever the order in the index.
    with api.env.adopt_roles(["Manager"]):
        guide.owner_department, guide.co_owners = "bdj", ["csj"]
        guide.reindexObject()
        guide.reindexObjectSecurity()
    transaction.commit()
    assert lists_of(portal, "bieren")["to_review"] == ["g1"]
    assert lists_of(portal, "shenhe")["to_review"] == []


def test_reviews_and_emergencies(portal, guide):
    """Protects: what is overdue, and what nobody else has looked at, is listed."""
    act(portal, guide, "fuze", "publish_in_emergency", reason="汛情", note="紧急")
    assert lists_of(portal, "shenhe")["unseen"] == ["g1"]
    assert lists_of(portal, "fuze")["unseen"] == []
    assert "unseen" not in lists_of(portal, "qicao")
    login(portal, "shenhe")
    assert worklist("unseen").lines(Worker())[0].note == "汛情"
    act(portal, guide, "shenhe", "approve_afterwards")
    assert lists_of(portal, "shenhe")["unseen"] == []
    assert lists_of(portal, "qicao")["review_due"] == []
    rounds.restand(portal, guide.UID(), next_review=today())
    transaction.commit()
    assert lists_of(portal, "qicao")["review_due"] == ["g1"]
    assert lists_of(portal, "bieren")["review_due"] == []


def test_an_emergency_is_marked_on_the_guide(portal, guide, browse):
    """Protects: the staff meets the mark on the guide until somebody else approved it."""
    act(portal, guide, "fuze", "publish_in_emergency", reason="汛情", note="紧急")
    mark = "是紧急发布的，尚待他人补审"
    assert f"第1.0版{mark}" in browse("fuze", "guides/g1").contents
    browser = browse("shenhe", "guides/g1")
    browser.getLink(mark).click()
    assert browser.url.endswith("@@transition?id=approve_afterwards")
    act(portal, guide, "shenhe", "approve_afterwards")
    assert mark not in browse("shenhe", "guides/g1").contents


def test_failing_requirements(portal, guide, browse):
    """Protects: what the last check found wrong waits for who can open a copy."""
    publish(portal, guide)
    result = quality.Result(today(), "csj", 80.0, 2, 0, quality.pack([]))
    quality.prepare(portal).keep(guide.UID(), result)
    transaction.commit()
    assert lists_of(portal, "qicao")["failing"] == ["g1"]
    assert lists_of(portal, "bieren")["failing"] == []
    assert "failing" not in lists_of(portal, "shenhe")
    browser = browse("qicao", "@@work?list=failing")
    assert "2处要改" in browser.contents
    assert browser.getLink("测试事项1").url.endswith("/guides/g1/@@requirements")


def test_working_copies_are_mine(portal, guide):
    """Protects: a copy stands with who works on it until it is merged."""
    publish(portal, guide)
    login(portal, "qicao")
    copy = workingcopy.check_out(guide)
    copy.promised_limit = 3
    acts.record(copy, acts.CHANGED)
    transaction.commit()
    (name,) = lists_of(portal, "qicao")["copies"]
    assert name == copy.getId()
    act(portal, copy, "qicao", "submit")
    assert lists_of(portal, "shenhe")["to_review"] == [name]
    act(portal, copy, "shenhe", "return_for_changes", comment="再看看")
    found = filled(portal, "qicao")
    assert (found["returned"], "copies" in found) == ([name], False)


def test_what_waits_longest_is_first(portal, guide, browse):
    """Protects: order, paging and the number of days."""
    other = draft(portal, "qicao", 2)
    for obj, days in ((guide, 1), (other, 9)):
        act(portal, obj, "qicao", "submit")
        moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
        rounds.change(portal, obj.UID(), submitted_at=moment)
    transaction.commit()
    assert lists_of(portal, "shenhe")["to_review"] == ["g2", "g1"]
    browser = browse("shenhe", "@@work?list=to_review")
    assert browser.contents.index("测试事项2") < browser.contents.index("测试事项1")
    assert "9天" in browser.contents and "qicao" in browser.contents


# -------------------------------------------------------------------------- pages


def test_the_desk(portal, guide, browse):
    """Protects: sections with counts, empty ones on one line, nothing of others."""
    act(portal, guide, "qicao", "submit")
    browser = browse("shenhe", "@@desk")
    assert "我的工作台" in browser.contents
    assert browser.getLink("待我审核").url.endswith("@@work?list=to_review")
    assert "测试事项1" in browser.contents
    assert 'id="to_review"' in browser.contents
    assert 'id="returned"' not in browser.contents
    assert browser.getLink("退回给我的")
    quiet = browse("bieren", "@@desk")
    assert "现在没有等您处理的事" in quiet.contents
    assert "测试事项" not in quiet.contents
    with pytest.raises(Unauthorized):
        browse("", "@@desk")


def test_lists_are_for_their_people(portal, guide, browse):
    """Protects: a list that is not for somebody's functions, or is none, is refused."""
    with pytest.raises(Unauthorized):
        browse("qicao", "@@work?list=to_review")
    with pytest.raises(Unauthorized):
        browse("qicao", "@@work-xlsx?list=to_review")
    with pytest.raises(Unauthorized):
        browse("", "@@work?list=to_review")
    for path in ("@@work", "@@work?list=nichts", "@@work?list:int=3"):
        with pytest.raises(NotFound):
            browse("qicao", path)


def test_narrowed_to_a_department(portal, guide, browse):
    """Protects: an administrator narrows the list; the sheet is narrowed as well."""
    with api.env.adopt_roles(["Manager"]):
        api.user.create("a@example.com", "guanli", PASSWORD, roles=("Member",))
        api.group.add_user(groupname="Site Administrators", username="guanli")
        other = draft(portal, "qicao", 2)
    with api.env.adopt_roles(["Manager"]):
        other.owner_department = "bdj"
        other.reindexObject()
        other.reindexObjectSecurity()
    transaction.commit()
    for obj in (guide, other):
        login(portal, "guanli")
        steps_ = api.portal.get_tool("portal_workflow")
        steps_.doActionFor(obj, "submit")
        rounds.change(portal, obj.UID(), submitted_by="qicao", drafted_by=("qicao",))
    transaction.commit()
    browser = browse("guanli", "@@work?list=to_review")
    assert "测试事项1" in browser.contents and "测试事项2" in browser.contents
    browser.getLink("别的局").click()
    assert "测试事项1" not in browser.contents and "测试事项2" in browser.contents
    browser.getLink("XLSX").click()
    book = load_workbook(BytesIO(browser.contents))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row[0] for row in rows] == ["办事指南", "测试事项2"]
    assert rows[1][2:5] == ["审核中", "别的局", "qicao"]


def test_nothing_in_a_sheet_is_a_formula(portal, guide, browse):
    """Protects: a title that begins like a formula stays text."""
    login(portal, "qicao")
    guide.title = "=1+1"
    guide.reindexObject()
    transaction.commit()
    browser = browse("qicao", "@@work-xlsx?list=drafts")
    cell = load_workbook(BytesIO(browser.contents)).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_another_room_adds_a_list(portal, guide, browse):
    """Protects: a list is data; the desk shows it with its count."""

    @implementer(IWorkLists)
    class Room:
        def lists(self):
            return (
                WorkList(
                    "long",
                    "长标题",
                    "since",
                    lambda worker: {"portal_type": "MatterGuide"},
                    lambda worker, brain: Line(brain, of_moment(brain)),
                ),
            )

    room, manager = Room(), getGlobalSiteManager()
    manager.registerUtility(room, IWorkLists, "99-room")
    try:
        browser = browse("qicao", "@@desk")
        assert browser.getLink("长标题").url.endswith("@@work?list=long")
        assert "对勾选的指南" not in browse("qicao", "@@work?list=long").contents
    finally:
        manager.unregisterUtility(room, IWorkLists, "99-room")


def test_signing_in_leads_to_the_desk(portal, guide, functional):
    """Protects: the staff begin at the desk; a page that was asked for comes first."""
    url = portal.absolute_url()
    login(portal, "qicao")
    go = AfterLogin(portal, portal.REQUEST)
    assert go(None) == f"{url}/@@desk"
    assert go(url) == go(f"{url}/") == f"{url}/@@desk"
    assert go(f"{url}/guides/g1") == f"{url}/guides/g1"
    with api.env.adopt_roles(["Manager"]):
        api.user.create("w@example.com", "waiqun", PASSWORD, roles=("Member",))
    login(portal, "waiqun")
    assert go(None) is None


# ---------------------------------------------------------------------- many at once


def test_many_are_approved(portal, guide, browse):
    """Protects: tick, confirm once, a result for each; a refusal stops no other."""
    other, third = draft(portal, "qicao", 2), draft(portal, "qicao", 3)
    for obj in (guide, other, third):
        act(portal, obj, "qicao", "submit")
    browser = browse("shenhe", "@@work?list=to_review")
    ticks = browser.getControl(name="uid:list")
    ticks.value = [guide.UID(), other.UID()]
    browser.getControl("审核通过").click()
    assert "2份指南" in browser.contents
    assert state(guide) == "in_review"
    browser.getControl(name="p_comment").value = "同意"
    # Meanwhile somebody gives one of them back.
    act(portal, guide, "fuze", "return_for_changes", comment="先别批")
    browser.getControl(name="do").click()
    assert "完成1项，未完成1项" in browser.contents
    assert "fuze" in browser.contents
    assert [state(obj) for obj in (guide, other, third)] == [
        "draft",
        "approved",
        "in_review",
    ]


def test_parameters_are_asked_before_the_first(portal, guide, browse):
    """Protects: what is missing for all is told at its field, and nothing is begun."""
    act(portal, guide, "qicao", "submit")
    browser = browse("shenhe", "@@work?list=to_review", strict=False)
    browser.getControl(name="uid:list").value = [guide.UID()]
    browser.getControl("退回修改").click()
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert 'id="p_comment-error"' in browser.contents
    assert state(guide) == "in_review"
    browser.getControl(name="p_comment").value = "补充依据"
    browser.getControl(name="do").click()
    assert "1项全部完成" in browser.contents
    assert state(guide) == "draft"


def test_nothing_ticked(portal, guide, browse):
    """Protects: without a tick nothing happens, and the person is told."""
    act(portal, guide, "qicao", "submit")
    browser = browse("shenhe", "@@work?list=to_review")
    browser.getControl("审核通过").click()
    assert "请先勾选要处理的指南" in browser.contents
    browser.getLink("全选").click()
    assert browser.getControl(name="uid:list").value == [guide.UID()]


def test_who_may_not_changes_nothing(portal, guide, browse):
    """Protects: a list page of one's own carries no act on what is not one's own."""
    act(portal, guide, "qicao", "submit")
    mine = draft(portal, "bieren", 7, department="bdj")
    browser = browse("bieren", "@@work?list=drafts")
    token = browser.getControl(name="_authenticator").value
    body = (
        f"_authenticator={token}&list=to_review&transition=approve&do=1"
        f"&uid:list={guide.UID()}"
    )
    browser.post(f"{portal.absolute_url()}/@@work-bulk", body)
    assert "测试事项1" not in browser.contents
    assert state(guide) == "in_review"
    browser.raiseHttpErrors = False
    browser.handleErrors = True
    body = body.replace(token, "x" * len(token)).replace(guide.UID(), mine.UID())
    body = body.replace("to_review", "drafts").replace("approve", "submit")
    browser.post(f"{portal.absolute_url()}/@@work-bulk", body)
    assert browser.headers["Status"].startswith("403")
    assert state(mine) == "draft"


# ------------------------------------------------------------------------- a start


def with_forms(portal, guide):
    """A form that everybody reads, and one that is confidential."""
    with api.env.adopt_roles(["Manager"]):
        for name, level in (("2025.1", ""), ("2026.1", "leaders")):
            made = api.content.create(
                guide["m01"],
                "FormVersion",
                id=f"v{name.replace('.', '-')}",
                title="申请表",
                form_number="B-1",
                version=name,
                in_force_from=datetime.date(2025, 1, 1),
                blank_form=NamedBlobFile(b"blank", filename="blank.txt"),
                filled_sample=NamedBlobFile(b"sample", filename="sample.txt"),
            )
            if level:
                made.file_levels = [{"file": "filled_sample", "level": level}]
    transaction.commit()


def test_a_guide_as_a_start(portal, guide, browse):
    """Protects: materials and forms come along; codes do not; the draft is mine."""
    with_forms(portal, guide)
    login(portal, "qicao")
    guide.promised_limit = 5
    transaction.commit()
    publish(portal, guide)
    browser = browse("bieren", "guides/g1")
    browser.getLink("复制为新指南").click()
    assert browser.getControl(name="title").value == "测试事项1（副本）"
    browser.getControl("生成拟稿").click()
    transaction.begin()
    (made,) = [o for o in portal.guides.objectValues() if o.getId() != "g1"]
    assert browser.url == f"{made.absolute_url()}/edit"
    assert (made.title, made.promised_limit) == ("测试事项1（副本）", 5)
    assert (made.catalog_code, made.implementation_code) == (None, None)
    assert (made.owner_department, made.co_owners) == ("bdj", None)
    assert steps.state_of(made) == "draft"
    assert steps.round_of(made).drafted_by == ("bieren",)
    assert made.effective_date is None and made.expiration_date is None
    form = made["m01"]["v2025-1"]
    assert form.blank_form.data == b"blank"
    assert form.UID() != guide["m01"]["v2025-1"].UID()
    assert made["m01"].UID() != guide["m01"].UID()
    assert filled(portal, "bieren") == {"drafts": [made.getId()]}
    # The guide itself is as it was.
    assert guide.catalog_code == "620199001001"
    assert guide["m01"]["v2026-1"].filled_sample is not None


def test_no_closed_file_goes_along(portal, guide, browse):
    """Protects: a copy is no way to a file that the person may not read."""
    with_forms(portal, guide)
    publish(portal, guide)
    login(portal, "bieren")
    closed = [(o.getId(), name) for o, name in copying.closed_files(guide)]
    assert closed == [("v2026-1", "filled_sample")]
    assert "1个文件不对您的账号开放" in (
        browse("bieren", "guides/g1/@@copy-as-start").contents
    )
    made = copying.copy(guide, "新事项", "bdj")
    form = made["m01"]["v2026-1"]
    assert form.filled_sample is None
    assert set(form.files) == {"blank_form"}
    assert form.blank_form.data == b"blank"
    # Nor into the first version, which is kept beside it.
    repository = api.portal.get_tool("portal_repository")
    with api.env.adopt_roles(["Manager"]):
        kept = [version.object for version in repository.getHistory(form)]
    assert [version.filled_sample for version in kept] == [None] * len(kept)
    assert kept
    login(portal, "fuze")
    assert list(copying.closed_files(guide)) == []


def test_who_may_not_begin_guides(portal, guide, browse):
    """Protects: a reviewer makes no copy, the public none, nor of a hidden draft."""
    publish(portal, guide)
    for person in ("shenhe", ""):
        with pytest.raises(Unauthorized):
            browse(person, "guides/g1/@@copy-as-start")
    assert "复制为新指南" not in browse("shenhe", "guides/g1").contents
    hidden = draft(portal, "qicao", 2)
    with pytest.raises(Unauthorized):
        browse("bieren", "guides/g2/@@copy-as-start")
    assert hidden is not None


def test_the_copy_asks_for_name_and_department(portal, guide, browse):
    """Protects: an empty name and a foreign department are refused beside the field."""
    with api.env.adopt_roles(["Manager"]):
        api.group.add_user(groupname="dept-bdj-editor", username="qicao")
    transaction.commit()
    browser = browse("qicao", "guides/g1/@@copy-as-start", strict=False)
    assert browser.getControl(name="department").value == ["csj"]
    browser.getControl(name="department").value = ["bdj"]
    browser.getControl(name="title").value = " "
    browser.getControl("生成拟稿").click()
    assert browser.headers["Status"].startswith("422")
    assert "请填写新指南的名称" in browser.contents
    assert browser.getControl(name="department").value == ["bdj"]
    transaction.begin()
    assert portal.guides.objectIds() == ["g1"]


# ------------------------------------------------------------------------ the cost


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


def test_nothing_is_woken_for_a_line(portal, guide, browse, counts):
    """Protects: the desk and its lists cost as much with many guides as with one."""
    act(portal, guide, "qicao", "submit")
    found = []
    for path in ("@@desk", "@@work?list=to_review", "@@work-xlsx?list=to_review"):
        for number in (1, 9):
            if number == 9 and "g9" not in portal.guides:
                for index in range(2, 10):
                    act(portal, draft(portal, "qicao", index), "qicao", "submit")
            browse("shenhe", path)
            for connection in portal._p_jar.db().pool.all:
                connection.cacheMinimize()
            counts.update(queries=0, woken=0)
            browse("shenhe", path)
            found.append((path, dict(counts)))
        if path == "@@desk":
            one, many = found
            assert one[1] == many[1]
            assert many[1]["queries"] <= 12
    # The folder of the guides alone, for the links of the head.
    assert [row[1]["woken"] for row in found] == [1] * len(found)
