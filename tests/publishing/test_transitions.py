"""From a draft by several people to what is online, and off it again."""

from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from zhinan.departments import absences
from zhinan.departments.citytime import today
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.publishing import editions
from zhinan.publishing import revisions
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.publishing import transitions
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Refused
from zhinan.rules.months import add_months
from zhinan.rules.requirements import requirements
from zhinan.testing import add_person
from zhinan.testing import publish
from zhinan.trail import acts
from zhinan.trail.causes import because
from zhinan.trail.causes import Cause
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import pytest
import transaction


PASSWORD = "Ren-yuan-2026-x"
PEOPLE = {
    "qicao": ("editor",),
    "qicao2": ("editor", "reviewer"),
    "shenhe": ("reviewer",),
    "fabu": ("publisher",),
    "fuze": ("head", "editor"),
}


@pytest.fixture
def site(integration):
    """A department with its people."""
    portal = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal.departments,
            "Department",
            id="csj",
            title="测试局",
            short_name="测试局",
            code="csj",
            credit_code="11620200000000019K",
        )
        for name, functions in PEOPLE.items():
            add_person(name, PASSWORD, *functions, department="csj")
    asked([])
    return portal


def asked(ids):
    """Have these requirements asked for and no other: the guide here is a short one."""
    off = [name for name in requirements() if name not in ids]
    api.portal.set_registry_record("off", off, IRequirementSettings)


@pytest.fixture
def guide(site):
    """A draft of an editor, with a material."""
    login(site, "qicao")
    obj = api.content.create(
        site.guides,
        "MatterGuide",
        id="g1",
        title="测试事项",
        catalog_code="620199001000",
        owner_department="csj",
    )
    api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
    acts.settle()
    return obj


def act(site, obj, person, step, **values):
    """One step as a person; the outcome."""
    login(site, person)
    made = perform(obj, step, **values)
    acts.settle()
    return made


def online(site, obj, note="首次发布"):
    """Through the hands of three people."""
    act(site, obj, "qicao", "submit", comment="请审核")
    act(site, obj, "shenhe", "approve", comment="同意")
    return act(site, obj, "fabu", "publish", note=note)


def by_program(obj, **values):
    """Write into something in which nobody may write."""
    with api.env.adopt_roles(["Manager"]):
        for name, value in values.items():
            setattr(obj, name, value)
        notify(ObjectModifiedEvent(obj))


def refused(site, obj, person, step, **values):
    """Ids of the reasons for which a person is refused; nothing has changed then."""
    login(site, person)
    before = (steps.state_of(obj), steps.round_of(obj), obj.effective_date)
    with pytest.raises(Refused) as caught:
        perform(obj, step, **values)
    assert (steps.state_of(obj), steps.round_of(obj), obj.effective_date) == before
    return [reason.id for reason in caught.value.reasons]


def test_three_people_publish(site, guide):
    """Protects: who drafted, submitted, approved and published stands in the edition."""
    made = online(site, guide)
    assert (made.state, made.edition) == ("published", "1.0")
    edition = editions.current(guide)
    assert edition.drafted_by == ("qicao",)
    assert edition.submitted_by == "qicao"
    assert edition.approved_by == "shenhe"
    assert edition.published_by == "fabu"
    assert (edition.note, edition.origin) == ("首次发布", "published")
    assert not editions.peek(site).is_unseen(edition)
    assert editions.peek(site).check(guide.UID()) == []


@pytest.mark.parametrize("first", ["drafted", "submitted"])
def test_nobody_approves_their_own(site, guide, first):
    """Protects: neither who drafted nor who submitted approves."""
    if first == "drafted":
        login(site, "qicao2")
        guide.title = "测试事项（改）"
        notify(ObjectModifiedEvent(guide))
        acts.settle()
        act(site, guide, "qicao", "submit")
    else:
        act(site, guide, "qicao2", "submit")
    assert refused(site, guide, "qicao2", "approve") == ["four_eyes"]
    assert act(site, guide, "shenhe", "approve").state == "approved"


def test_a_reviewer_who_mends_does_not_approve(site, guide):
    """Protects: mending in review is drafting, too; in a material as well."""
    act(site, guide, "qicao", "submit")
    login(site, "shenhe")
    guide["m01"].title = "申请表（一式两份）"
    notify(ObjectModifiedEvent(guide["m01"]))
    acts.settle()
    assert refused(site, guide, "shenhe", "approve") == ["four_eyes"]
    assert act(site, guide, "fuze", "approve").state == "approved"


def test_a_substitute_is_not_a_second_person(site, guide):
    """Protects: who stands in for the author does not approve the author's draft."""
    day = today()
    with api.env.adopt_roles(["Manager"]):
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
    act(site, guide, "qicao", "submit")
    assert refused(site, guide, "shenhe", "approve") == ["four_eyes_substitute"]


def test_a_return_says_what_to_mend(site, guide):
    """Protects: comments per element reach the editor, and an empty return does not."""
    act(site, guide, "qicao", "submit")
    assert refused(site, guide, "shenhe", "return_for_changes") == ["comment_missing"]
    act(
        site,
        guide,
        "shenhe",
        "return_for_changes",
        comments=[{"element": "consult_phone", "text": "缺区号"}],
    )
    known = steps.round_of(guide)
    assert steps.state_of(guide) == "draft"
    assert [(c.element, c.text) for c in known.comments] == [
        ("consult_phone", "缺区号")
    ]
    # Submitting again takes the comments off.
    act(site, guide, "qicao", "submit")
    assert steps.round_of(guide).comments == ()


def test_two_reviewers_at_once(site, guide):
    """Protects: the second of two gets one clear sentence that names the first."""
    act(site, guide, "qicao", "submit")
    act(site, guide, "shenhe", "approve")
    login(site, "fuze")
    with pytest.raises(Refused) as caught:
        perform(guide, "approve")
    (reason,) = caught.value.reasons
    assert reason.id == "wrong_state"
    assert "shenhe" in str(caught.value)


def test_a_change_that_matters_is_told(site, guide):
    """Protects: a second edition needs a note or the word that it is a slip."""
    online(site, guide)
    act(site, guide, "fabu", "withdraw", reason="要改")
    act(site, guide, "qicao", "reopen")
    act(site, guide, "qicao", "submit")
    act(site, guide, "shenhe", "approve")
    assert refused(site, guide, "fabu", "publish") == ["note_missing"]
    assert act(site, guide, "fabu", "publish", minor=True).edition == "1.1"
    numbers = [str(e.number) for e in editions.peek(site).all(guide.UID())]
    assert numbers == ["1.0", "1.1"]


def test_an_emergency_is_listed_until_somebody_else_looked(site, guide):
    """Protects: the head publishes alone, marked, and does not approve it alone."""
    assert refused(site, guide, "fuze", "publish_in_emergency") == ["parameter_missing"]
    act(site, guide, "fuze", "publish_in_emergency", reason="防汛抢险")
    edition = editions.current(guide)
    store = editions.peek(site)
    assert edition.emergency == "防汛抢险"
    assert store.is_unseen(edition)
    assert refused(site, guide, "fuze", "approve_afterwards") == ["four_eyes"]
    act(site, guide, "shenhe", "approve_afterwards", comment="已看")
    assert not store.is_unseen(edition)
    assert store.afterwards(edition).by == "shenhe"
    assert refused(site, guide, "shenhe", "approve_afterwards") == [
        "nothing_to_approve"
    ]


def test_a_bulk_change_does_not_look_at_an_emergency(site, guide):
    """Protects: what comes of a program leaves the mark, and the authors, in place."""
    act(site, guide, "fuze", "publish_in_emergency", reason="防汛抢险")
    by_program(guide, consult_phone="0937-6221234")
    with because(Cause("mended", "换号", drafted_by="qicao2", approved_by="shenhe")):
        revisions.settle()
    acts.settle()
    edition = editions.current(guide)
    assert (str(edition.number), edition.origin) == ("1.1", "mended")
    assert edition.emergency == "防汛抢险"
    assert editions.peek(site).is_unseen(edition)
    assert refused(site, guide, "fuze", "approve_afterwards") == ["four_eyes"]
    act(site, guide, "shenhe", "approve_afterwards")
    assert not editions.peek(site).is_unseen(edition)


def test_the_mark_is_taken_off_by_somebody_else(site, guide):
    """Protects: the technical administrator does not approve the own work either."""
    login(site, "qicao")
    with api.env.adopt_roles(["Manager"]):
        publish(guide)
        acts.settle()
        assert editions.peek(site).is_unseen(editions.current(guide))
        with pytest.raises(Refused):
            perform(guide, "approve_afterwards")
    act(site, guide, "fabu", "withdraw", reason="停办")
    act(site, guide, "qicao2", "reopen")
    act(site, guide, "qicao2", "submit")
    # What nobody else has looked at keeps its authors.
    login(site, "qicao")
    assert "qicao" in steps.round_of(guide).drafted_by


def test_an_approval_is_of_what_was_there(site, guide):
    """Protects: what is changed after its approval is not published as approved."""
    act(site, guide, "qicao", "submit")
    act(site, guide, "shenhe", "approve")
    later = steps.now() + datetime.timedelta(hours=1)
    act(site, guide, "fabu", "schedule", publish_at=later, note="定时")
    # As in a transaction of its own, which a change by somebody else is.
    transaction.get().set_data(rounds._KEY, set())
    by_program(guide, title="改过的事项")
    acts.settle()
    assert steps.round_of(guide).approved_by == ""
    with api.env.adopt_roles(["Manager"]), pytest.raises(Refused) as caught:
        perform(guide, "publish_scheduled")
    assert [r.id for r in caught.value.reasons] == ["changed_since"]
    act(site, guide, "fabu", "unschedule")
    assert refused(site, guide, "fabu", "publish", note="好") == ["not_approved"]


def test_a_planned_withdrawal_holds(site, guide):
    """Protects: a later edition does not drop it, unless somebody wants that."""
    end = steps.now() + datetime.timedelta(days=30)
    act(site, guide, "qicao", "submit")
    act(site, guide, "shenhe", "approve")
    act(site, guide, "fabu", "publish", note="试行", expire_at=end)
    store = rounds.peek(site)
    steps.go_online(guide)
    assert store.standing(guide.UID()).expire_at == end
    assert [row[1:] for row in store.due_until(end)] == [(guide.UID(), "expire")]
    steps.go_online(guide, stay=True)
    assert store.standing(guide.UID()).expire_at is None
    assert store.due_until(end) == []


def test_an_error_is_in_its_minor_corrections_too(site, guide):
    """Protects: none of them is readable again when the guide comes back."""
    online(site, guide)
    by_program(guide, consult_phone="0937-6221234")
    with because(Cause("mended", "换号")):
        revisions.settle()
    act(site, guide, "fabu", "retract", reason="误发")
    store = editions.peek(site)
    found = {str(e.number): store.is_retracted(e) for e in store.all(guide.UID())}
    assert found == {"1.0": True, "1.1": True}


def test_what_a_guide_lacks_stands_in_the_way(site, guide):
    """Protects: an error of the requirements refuses approval, and names its field."""
    asked(["key_conditions", "key_title"])
    act(site, guide, "qicao", "submit")
    login(site, "shenhe")
    with pytest.raises(Refused) as caught:
        perform(guide, "approve")
    ((name, element),) = {(r.id, r.element) for r in caught.value.reasons}
    assert (name, element) == ("key_conditions", "conditions")
    # An emergency does not wait for it.
    assert act(site, guide, "fuze", "publish_in_emergency", reason="急").edition


def test_who_may_not_is_told_so(site, guide):
    """Protects: a step beyond one's functions is refused with a sentence."""
    assert refused(site, guide, "shenhe", "submit") == ["not_allowed"]
    assert refused(site, guide, "qicao", "publish_in_emergency") == ["not_allowed"]


def test_nobody_edits_what_is_online(site, guide):
    """Protects: inside a published guide nobody holds edit, add or delete."""
    online(site, guide)
    for person in PEOPLE:
        login(site, person)
        for obj in (guide, guide["m01"]):
            for permission in (
                "Modify portal content",
                "Add portal content",
                "Delete objects",
            ):
                assert not api.user.has_permission(permission, obj=obj)


def test_the_date_is_set_by_publishing_alone(site, guide):
    """Protects: neither a refusal nor another step sets the effective date."""
    act(site, guide, "qicao", "submit")
    assert guide.effective_date is None
    login(site, "qicao")
    with pytest.raises(Refused):
        perform(guide, "publish")
    assert guide.effective_date is None
    act(site, guide, "shenhe", "approve")
    assert guide.effective_date is None
    act(site, guide, "fabu", "publish")
    assert guide.effective_date is not None
    before = guide.effective_date
    act(site, guide, "fabu", "withdraw", reason="停办")
    assert guide.effective_date == before


def test_leaving(site, guide):
    """Protects: withdrawn stays readable but in no list; retracted is hidden."""
    online(site, guide)
    other = None
    with api.env.adopt_roles(["Manager"]):
        other = api.content.create(
            site.guides, "MatterGuide", id="g2", title="新事项", owner_department="csj"
        )
        publish(other)
    assert refused(site, guide, "fabu", "withdraw") == ["parameter_missing"]
    assert refused(site, guide, "fabu", "withdraw", reason="并", successor="x") == [
        "successor_unfit"
    ]
    act(site, guide, "fabu", "withdraw", reason="改由新事项办理", successor=other.UID())
    standing = rounds.peek(site).standing(guide.UID())
    assert (standing.left, standing.successor) == ("改由新事项办理", other.UID())
    logout()
    assert api.user.has_permission("View", obj=guide)
    assert [b.getId for b in site.portal_catalog(portal_type="MatterGuide")] == ["g2"]
    act(site, guide, "fabu", "consolidate", successor=other.UID())
    act(site, guide, "fabu", "retract", reason="误发")
    logout()
    assert not api.user.has_permission("View", obj=guide)
    act(site, guide, "qicao", "reopen")
    assert rounds.peek(site).standing(guide.UID()).left == ""


def test_review(site, guide):
    """Protects: the next review is counted from publication and confirmation."""
    online(site, guide)
    store = rounds.peek(site)
    due = add_months(today(), 12)
    assert store.standing(guide.UID()).next_review == due
    assert list(store.reviews_until(due)) == [(due.isoformat(), guide.UID())]
    far = today() + datetime.timedelta(days=91)
    assert refused(
        site, guide, "qicao", "postpone_review", until=far, reason="等新规"
    ) == ["postponed_too_far"]
    near = today() + datetime.timedelta(days=30)
    act(site, guide, "qicao", "postpone_review", until=near, reason="等新规")
    assert store.standing(guide.UID()).postponed == "等新规"
    assert [uid for _day, uid in store.reviews_until(near)] == [guide.UID()]
    act(site, guide, "qicao", "confirm_review")
    assert list(store.reviews_until(near)) == []


def test_scheduling(site, guide):
    """Protects: a time to come is kept, and a past one refused."""
    act(site, guide, "qicao", "submit")
    act(site, guide, "shenhe", "approve")
    past = steps.now() - datetime.timedelta(hours=1)
    assert refused(site, guide, "fabu", "schedule", publish_at=past) == ["time_past"]
    later = steps.now() + datetime.timedelta(hours=1)
    act(site, guide, "fabu", "schedule", publish_at=later, note="定时")
    store = rounds.peek(site)
    assert store.due_until(steps.now()) == []
    (found,) = store.due_until(later)
    assert found[1:] == (guide.UID(), "publish_scheduled")
    with api.env.adopt_roles(["Manager"]):
        made = perform(guide, "publish_scheduled")
    assert (made.state, made.edition) == ("published", "1.0")
    assert store.due_until(later) == []
    edition = editions.current(guide)
    assert (edition.published_by, edition.approved_by) == ("fabu", "shenhe")


def test_editions_survive_the_object(site, guide):
    """Protects: deleting a guide leaves its editions whole."""
    online(site, guide)
    uid = guide.UID()
    with api.env.adopt_roles(["Manager"]):
        api.content.delete(guide)
    store = editions.peek(site)
    (edition,) = store.all(uid)
    assert store.check(uid) == []
    assert store.content(edition)["materials"][0]["id"] == "m01"
    assert uid not in rounds.peek(site).standings


def test_possible_steps_are_those_of_the_person(site, guide):
    """Protects: offered is what state and functions allow."""
    expected = {
        "qicao": ["submit"],
        "shenhe": [],
        "fabu": [],
        "fuze": ["submit", "publish_in_emergency"],
    }
    for person, names in expected.items():
        login(site, person)
        assert [t.id for t in transitions.possible(guide)] == names
