"""Bulk mending: proposed by one, approved by another, written as new editions."""

from .clients import Person
from io import BytesIO
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from publishing.people import act
from publishing.people import approved
from publishing.people import asked
from publishing.people import draft
from publishing.people import online
from publishing.people import settle_department
from zhinan.departments import absences
from zhinan.departments.citytime import today
from zhinan.desk.mending import acts
from zhinan.desk.mending import look
from zhinan.desk.mending import store
from zhinan.desk.mending.job import MEND
from zhinan.desk.mending.pages import cut
from zhinan.guides import workingcopy
from zhinan.jobs import store as jobs
from zhinan.jobs.runner import run_waiting
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.rules.mending import PART
from zhinan.rules.mending import WHOLE
from zhinan.rules.mending import Wish
from zhinan.trail import acts as trail_acts
from zhinan.trail import store as trail
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import lxml.html
import pytest
import transaction


OLD, NEW = "0937-0000101", "0937-0000202"
WISH = Wish("phone", PART, OLD, NEW)
NOTE = "咨询电话变更为0937-0000202。"


@pytest.fixture
def site(functional):
    """Two departments; of the first, three guides with the number, one in a draft."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    settle_department(portal)
    settle_department(
        portal, "yj", "乙局", {"yibian": ("editor",), "yishen": ("reviewer",)}, "027"
    )
    with api.env.adopt_roles(["Manager"]):
        api.user.create("ren2@example.com", "qicao2", "Ren-yuan-2026-x")
        for function in ("editor", "reviewer"):
            api.group.add_user(groupname=f"dept-csj-{function}", username="qicao2")
    first = draft(
        portal,
        "g1",
        consult_phone=OLD,
        consultation=f"拨打{OLD}咨询。",
        places=[place("大厅", OLD), place("分厅", "0937-0000333")],
    )
    first["m01"].remarks = f"疑问请致电{OLD}。"
    online(portal, first)
    online(portal, draft(portal, "g2", consult_phone=OLD))
    draft(portal, "g3", consult_phone=OLD)
    online(portal, draft(portal, "g4", consult_phone="0937-0000999"))
    with api.env.adopt_roles(["Manager"]):
        login(portal, "yibian")
    draft(portal, "g5", "yj", "yibian", consult_phone=OLD)
    transaction.commit()
    return portal


def place(name, phone):
    """A row of the places."""
    return {
        "name": name,
        "address": "甲路1号",
        "window": None,
        "hours": None,
        "phone": phone,
        "transit": None,
    }


def proposed(site, wish=WISH, person="qicao", leave=(), note=NOTE, minor=False):
    """A proposal of everything found but what is left out."""
    login(site, person)
    spots = [
        one.spot
        for one in look.find("csj", wish)
        if not one.against and one.guide.getId() not in leave
    ]
    return acts.propose("csj", wish, spots, note, minor)


def written(site, mending, person="shenhe"):
    """Approved by a person, and written."""
    login(site, person)
    job = acts.approve(mending)
    transaction.commit()
    run_waiting(site)
    return job


def numbers(site, name):
    """Numbers of the editions of a guide."""
    found = editions.peek(site).all(site.guides[name].UID())
    return [str(edition.number) for edition in found]


def test_every_place_of_the_own_department_is_found(site):
    """Protects: guides, materials, rows and drafts; no other department's."""
    login(site, "qicao")
    found = look.find("csj", WISH)
    places = [(f.guide.getId(), f.part.prefix, f.spot.place.key) for f in found]
    assert places == [
        ("g1", "guide", "places.0.phone"),
        ("g1", "guide", "consult_phone.-1."),
        ("g1", "guide", "consultation.-1."),
        ("g1", "material", "remarks.-1."),
        ("g2", "guide", "consult_phone.-1."),
        ("g3", "guide", "consult_phone.-1."),
    ]
    assert not any(one.against for one in found)


def test_from_proposal_to_editions(site):
    """Protects: new editions with the one note, both people, and a report."""
    mending = proposed(site)
    job = written(site, mending)
    assert (job.state, mending.state) == ("done", store.DONE)
    first, second, third = (site.guides[name] for name in ("g1", "g2", "g3"))
    assert first.consult_phone == second.consult_phone == third.consult_phone == NEW
    assert [row["phone"] for row in first.places] == [NEW, "0937-0000333"]
    assert first.consultation == f"拨打{NEW}咨询。"
    assert first["m01"].remarks == f"疑问请致电{NEW}。"
    assert site.guides.g5.consult_phone == OLD
    assert numbers(site, "g1") == numbers(site, "g2") == ["1.0", "2.0"]
    assert numbers(site, "g4") == ["1.0"] and numbers(site, "g3") == []
    edition = editions.current(first)
    assert (edition.note, edition.origin) == (NOTE, "mended")
    assert (edition.drafted_by, edition.approved_by) == (("qicao",), "shenhe")
    assert not editions.peek(site).is_unseen(edition)
    content = editions.current_content(first)
    assert content["elements"]["consult_phone"] == NEW
    # Who proposed it drafted in the draft; who approved it may approve the draft.
    drafted = rounds.peek(site).round(third.UID()).drafted_by
    assert drafted == ("qicao",)
    assert mending.results[first.UID()].edition == "2.0"
    with job.files["report.xlsx"].blob.open() as stream:
        sheet = load_workbook(BytesIO(stream.read())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 7
    assert {row[5] for row in rows[1:]} == {"2.0", None}
    # Whoever searches finds the new number.
    found = site.portal_catalog.unrestrictedSearchResults(SearchableText="0000202")
    assert {brain.getId for brain in found} >= {"g1", "g2", "g3"}


def test_the_trail_tells_all_of_it(site):
    """Protects: proposal, approval, end and every changed object have an entry."""
    mending = proposed(site)
    written(site, mending)
    chain = trail.entries(f"mending:{mending.number}", site)
    assert [(e.act, e.who) for e in chain] == [
        ("mending.proposed", "qicao"),
        ("mending.approved", "shenhe"),
        ("mending.done", "shenhe"),
    ]
    (entry,) = [
        e
        for e in trail.entries(site.guides.g1.UID(), site)
        if e.act == "mending.changed"
    ]
    assert entry.who == "shenhe" and entry.after == mending.number
    # The fields stand with the last act of the transaction: the new edition.
    last = trail.entries(site.guides.g1.UID(), site)[-1]
    assert (last.act, last.edition) == ("edition.frozen", "2.0")
    assert set(last.fields) == {"consult_phone", "consultation", "places"}
    assert any(
        e.act == "mending.changed"
        for e in trail.entries(site.guides.g1.m01.UID(), site)
    )


def test_nobody_approves_their_own(site):
    """Protects: neither the proposer nor a substitute, nor who has no such function."""
    mending = proposed(site, person="qicao2")
    for person, words in (
        ("qicao2", "mending_four_eyes"),
        ("fabu", "mending_not_yours"),
        ("yishen", "mending_not_yours"),
    ):
        login(site, person)
        with pytest.raises(acts.Refused) as caught:
            acts.approve(mending)
        assert caught.value.args[0] == words
    day = today()
    with api.env.adopt_roles(["Manager"]):
        absences._made().add(
            absences.Absence(
                id="a1",
                person="qicao2",
                substitute="shenhe",
                start=day,
                until=day,
                entered=datetime.datetime.now(datetime.UTC).isoformat(),
            )
        )
    login(site, "shenhe")
    assert acts.against(mending) == "mending_four_eyes_substitute"
    # The technical administrator is no exception.
    own = proposed(site, person="qicao")
    with api.env.adopt_user("qicao"), api.env.adopt_roles(["Manager"]):
        assert acts.against(own) == "mending_four_eyes"
    assert mending.state == store.PROPOSED
    login(site, "fuze")
    assert acts.against(mending) is None


def test_nobody_proposes_for_others(site):
    """Protects: only editors and publishers, and for their own department."""
    login(site, "qicao")
    spots = [one.spot for one in look.find("csj", WISH)]
    for person in ("shenhe", "yibian"):
        login(site, person)
        with pytest.raises(acts.Refused):
            acts.propose("csj", WISH, spots, NOTE, False)
    login(site, "qicao")
    with pytest.raises(acts.Refused):
        acts.propose("csj", WISH, spots, "", False)
    with pytest.raises(acts.Refused):
        acts.propose("csj", WISH, (), NOTE, False)
    assert list(store.newest()) == []


def test_what_is_left_out_stays(site):
    """Protects: a tick that was taken away."""
    written(site, proposed(site, leave={"g2"}, minor=True, note=""))
    assert site.guides.g2.consult_phone == OLD
    assert numbers(site, "g2") == ["1.0"]
    assert numbers(site, "g1") == ["1.0", "1.1"]


def test_what_changed_meanwhile_is_skipped_and_said(site):
    """Protects: neither another value nor one that left is overwritten."""
    mending = proposed(site)
    first, second, third = (site.guides[name] for name in ("g1", "g2", "g3"))
    login(site, "qicao")
    third.consult_phone = "0937-0000777"
    notify(ObjectModifiedEvent(third))
    act(site, second, "fabu", "withdraw", reason="停办")
    with api.env.adopt_roles(["Manager"]):
        first.places = list(reversed(first.places))
        notify(ObjectModifiedEvent(first))
        api.content.delete(first["m01"])
    transaction.commit()
    job = written(site, mending)
    assert third.consult_phone == "0937-0000777"
    assert second.consult_phone == OLD
    # A row that moved is found again.
    assert [row["phone"] for row in first.places] == ["0937-0000333", NEW]
    assert mending.tally() == {"written": 3, "gone": 1, "left": 1, "changed": 1}
    assert len(job.messages) == 3


def test_a_contradiction_is_not_written(site):
    """Protects: the element's own checks, in the preview and again when written."""
    first = site.guides.g1
    asked("phones_same")
    mending = proposed(site)
    with api.env.adopt_roles(["Manager"]):
        first.complaint_phone = NEW
        notify(ObjectModifiedEvent(first))
    transaction.commit()
    login(site, "qicao")
    against = [one.spot.place.element for one in look.find("csj", WISH) if one.against]
    assert against == ["consult_phone"]
    written(site, mending)
    assert first.consult_phone == OLD
    assert first.consultation == f"拨打{NEW}咨询。"
    assert mending.tally()["unfit"] == 1


def test_taken_back_in_one_click(site):
    """Protects: the way back restores what was there, as another proposal."""
    mending = proposed(site)
    written(site, mending)
    login(site, "fabu")
    back = acts.undo(mending, "撤回电话变更。", False)
    assert (back.undo_of, mending.undone_by) == (mending.number, back.number)
    with pytest.raises(acts.Refused):
        acts.undo(mending, "再撤一次", False)
    # Meanwhile one place got a third value.
    with api.env.adopt_roles(["Manager"]):
        site.guides.g2.consult_phone = "0937-0000555"
        notify(ObjectModifiedEvent(site.guides.g2))
    written(site, back)
    first = site.guides.g1
    assert first.consult_phone == OLD and first.consultation == f"拨打{OLD}咨询。"
    assert first["m01"].remarks == f"疑问请致电{OLD}。"
    assert [row["phone"] for row in first.places] == [OLD, "0937-0000333"]
    assert site.guides.g2.consult_phone == "0937-0000555"
    assert numbers(site, "g1") == ["1.0", "2.0", "3.0"]


def test_it_goes_on_where_it_was_ended(site, monkeypatch):
    """Protects: a job that ended in the middle writes nothing twice when begun anew."""
    from zhinan.desk.mending import job as module

    monkeypatch.setattr(module, "BATCH", 1)
    mending = proposed(site)
    login(site, "shenhe")
    first = acts.approve(mending)
    transaction.commit()
    whole, calls = MEND.batch, []

    def batch(run):
        calls.append(run.job_id)
        if len(calls) == 2:
            raise ZeroDivisionError
        return whole(run)

    monkeypatch.setattr(MEND, "batch", batch, raising=False)
    run_waiting(site)
    assert first.state == "failed"
    assert (mending.state, len(mending.results)) == (store.APPROVED, 1)
    login(site, "fuze")
    second = acts.approve(mending)
    transaction.commit()
    run_waiting(site)
    assert second.state == "done" and mending.state == store.DONE
    assert numbers(site, "g1") == numbers(site, "g2") == ["1.0", "2.0"]
    # Each edition names who answers for it.
    assert [editions.current(site.guides[n]).approved_by for n in ("g1", "g2")] == [
        "shenhe",
        "fuze",
    ]


def test_who_lost_the_function_writes_nothing(site):
    """Protects: the right is asked again before every batch."""
    mending = proposed(site)
    login(site, "shenhe")
    job = acts.approve(mending)
    with api.env.adopt_roles(["Manager"]):
        api.group.remove_user(groupname="dept-csj-reviewer", username="shenhe")
        api.group.add_user(groupname="dept-yj-reviewer", username="shenhe")
    transaction.commit()
    run_waiting(site)
    assert job.state == "failed"
    assert site.guides.g1.consult_phone == OLD


def test_what_is_approved_keeps_its_approval(site):
    """Protects: a draft that was approved is mended too, and its people stay."""
    obj = approved(site, draft(site, "g6", consult_phone=OLD))
    written(site, proposed(site, person="qicao2"))
    assert obj.consult_phone == NEW and steps.state_of(obj) == "approved"
    known = rounds.peek(site).round(obj.UID())
    assert (known.drafted_by, known.approved_by) == (("qicao",), "shenhe")
    assert act(site, obj, "fabu", "publish", note="发布").edition == "1.0"


def test_guide_and_open_copy_are_mended_alike(site):
    """Protects: the old value does not come back with the copy, nothing conflicts."""
    guide = site.guides.g1
    with api.env.adopt_user("qicao"):
        copy = workingcopy.check_out(guide)
        copy.scope = "本市居民"
        notify(ObjectModifiedEvent(copy))
    transaction.commit()
    login(site, "fabu")
    kinds = {str(look.kind_of(one.guide)) for one in look.find("csj", WISH)}
    assert kinds == {"Online", "Working copy", "Draft"}
    written(site, proposed(site, person="fabu"))
    assert guide.consult_phone == copy.consult_phone == NEW
    assert copy["m01"].remarks == f"疑问请致电{NEW}。"
    assert not workingcopy.pending(copy).conflicts
    assert rounds.peek(site).round(copy.UID()).drafted_by == ("qicao", "fabu")
    act(site, copy, "qicao", "submit")
    act(site, copy, "shenhe", "approve")
    made = act(site, copy, "fuze", "publish", note="补充适用范围")
    assert (made.object.UID(), made.edition) == (guide.UID(), "3.0")
    assert (guide.scope, guide.consult_phone) == ("本市居民", NEW)


def test_refused_with_a_reason_and_taken_back(site):
    """Protects: a refusal needs a reason, and nothing is written."""
    mending = proposed(site)
    login(site, "shenhe")
    with pytest.raises(acts.Refused):
        acts.refuse(mending, "")
    acts.refuse(mending, "号码有误")
    assert (mending.state, mending.reason) == (store.REFUSED, "号码有误")
    with pytest.raises(acts.Refused):
        acts.approve(mending)
    own = proposed(site)
    acts.refuse(own, "")
    assert own.state == store.WITHDRAWN
    trail_acts.settle()
    assert [e.act for e in trail.entries(f"mending:{mending.number}", site)] == [
        "mending.proposed",
        "mending.refused",
    ]
    assert own.number > mending.number


def test_who_sees_what(site):
    """Protects: members of other departments see no mending; waiting counts."""
    mending = proposed(site)
    for person, sees, waits in (
        ("qicao", True, 0),
        ("shenhe", True, 1),
        ("fuze", True, 1),
        ("yishen", False, 0),
    ):
        login(site, person)
        assert (acts.may_see(mending), acts.waiting()) == (sees, waits), person
    assert jobs.of(site) is None or not jobs.of(site).open


def test_whole_values_only(site):
    """Protects: without looking into texts, they stay."""
    written(site, proposed(site, Wish("phone", WHOLE, OLD, NEW)))
    assert site.guides.g1.consult_phone == NEW
    assert site.guides.g1.consultation == f"拨打{OLD}咨询。"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (OLD, NEW, (["", OLD, ""], ["", NEW, ""])),
        (
            f"拨打{OLD}咨询。",
            f"拨打{NEW}咨询。",
            (["拨打", OLD, "咨询。"], ["拨打", NEW, "咨询。"]),
        ),
        ("甲路1号", "甲路", (["甲路", "1号", ""], ["甲路", "", ""])),
        (
            f"{'甲' * 30}旧{'乙' * 30}",
            f"{'甲' * 30}新{'乙' * 30}",
            (
                [f"…{'甲' * 24}", "旧", f"{'乙' * 24}…"],
                [f"…{'甲' * 24}", "新", f"{'乙' * 24}…"],
            ),
        ),
    ],
)
def test_what_the_preview_marks(before, after, shown):
    """Protects: a number is marked as a whole, and long texts are cut around it."""
    assert cut(before, after) == shown


def test_through_the_pages(site):
    """Protects: look, leave one out, propose, be refused, approve; nothing typed lost."""
    author, reviewer = (Person(site.absolute_url(), n) for n in ("qicao", "shenhe"))
    wish = {"department": "csj", "kind": "phone", "match": "part", "old": OLD}
    wrong = author.fill("@@mend", **wish, new="没有", step="look")
    assert wrong.status_code == 200
    assert "不是电话号码" in wrong.text and "没有</textarea>" in wrong.text
    looked = author.fill("@@mend", **wish, new=NEW, step="look")
    boxes = lxml.html.fromstring(looked.text).xpath("//input[@name='places']")
    assert len(boxes) == 6 and all(box.get("checked") for box in boxes)
    keys = [box.get("value") for box in boxes][:-1]
    bare = author.fill("@@mend", **wish, new=NEW, step="propose", places=keys)
    assert "请写明更新了什么" in bare.text
    boxes = lxml.html.fromstring(bare.text).xpath("//input[@name='places']")
    assert [bool(box.get("checked")) for box in boxes] == [True] * 5 + [False]
    sent = author.fill(
        "@@mend", **wish, new=NEW, step="propose", places=keys, note=NOTE
    )
    assert sent.status_code == 303
    page = sent.headers["Location"].partition("&")[0]
    own = author.fill(page, step="approve")
    assert own.status_code == 200 and "由本部门的审核人员或者负责人批准" in own.text
    assert not author.page(page).xpath("//button[@value='approve']")
    stranger = Person(site.absolute_url(), "yishen")
    assert stranger.get(page).status_code == 404
    assert reviewer.page("@@mendings").xpath("//a[text()='查看并审批']")
    assert reviewer.post(page, data={"step": "approve"}).status_code == 403
    assert reviewer.fill(page, step="approve").status_code == 303
    transaction.begin()
    run_waiting(site)
    done = author.page(page)
    assert "已完成" in done.text_content() and "第2.0版" in done.text_content()
    assert site.guides.g3.consult_phone == OLD
    back = author.fill(page, step="undo", note="撤回")
    assert back.status_code == 303 and back.headers["Location"] != page
    assert not author.page(page).xpath("//button[@value='undo']")
