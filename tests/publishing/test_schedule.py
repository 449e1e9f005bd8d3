"""What is scheduled is published at its time, or says why not."""

from .people import act
from .people import approved
from .people import asked
from .people import draft
from .people import online
from .people import settle_department
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.users import system
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from zhinan.guides import workingcopy
from zhinan.jobs.interfaces import MORE
from zhinan.keeping.health import schedule_fact
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import schedule
from zhinan.publishing import steps
from zhinan.publishing.interfaces import IScheduleFailed
from zhinan.trail import acts
from ZODB.POSException import ConflictError
from zope.component import getGlobalSiteManager
from zope.component import provideHandler
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import dataclasses
import datetime
import pytest


@pytest.fixture
def site(integration):
    """A department with its people."""
    portal = integration["portal"]
    settle_department(portal)
    return portal


@pytest.fixture
def told():
    """The failures that were told."""
    found = []

    def hear(event):
        found.append(event)

    provideHandler(hear, (IScheduleFailed,))
    yield found
    getGlobalSiteManager().unregisterHandler(hear, (IScheduleFailed,))


def scheduled(site, name, seconds=3600, **values):
    """A guide that waits for its time."""
    obj = approved(site, draft(site, name))
    at = steps.now() + datetime.timedelta(seconds=seconds)
    act(site, obj, "fabu", "schedule", publish_at=at, note="定时发布", **values)
    return obj


def overdue(site, obj, seconds=20):
    """Let its time have come so many seconds ago."""
    known = rounds.peek(site).round(obj.UID())
    at = steps.now() - datetime.timedelta(seconds=seconds)
    plan = dataclasses.replace(known.schedule, publish_at=at)
    rounds.change(site, obj.UID(), schedule=plan)


def run(site, work=None):
    """One run as the system itself."""
    newSecurityManager(None, system)
    try:
        return (work or schedule.Schedule()).run(site)
    finally:
        logout()


def test_nothing_is_done_before_its_time(site):
    """Protects: a run with nothing due writes nothing."""
    obj = scheduled(site, "g1")
    assert run(site) is False
    assert steps.state_of(obj) == "scheduled"
    assert schedule.report(site).waiting == 1


def test_what_is_due_is_published_as_who_scheduled_it(site):
    """Protects: edition, people and lateness of a scheduled publication."""
    obj = scheduled(site, "g1")
    overdue(site, obj, 20)
    assert run(site)
    assert steps.state_of(obj) == "published"
    edition = editions.current(obj)
    assert (edition.published_by, edition.approved_by) == ("fabu", "shenhe")
    assert edition.note == "定时发布"
    assert not editions.peek(site).is_unseen(edition)
    found = schedule.report(site)
    assert (found.due, found.done, found.failed, found.waiting) == (1, 1, 0, 0)
    assert 20 <= found.worst <= 25
    assert run(site) is False


def test_one_that_fails_stops_no_other(site, told, monkeypatch):
    """Protects: each in its own savepoint; the reason is kept and told; log has it."""
    first, broken, last = (scheduled(site, name) for name in ("g1", "g2", "g3"))
    for number, obj in enumerate((first, broken, last)):
        overdue(site, obj, 30 - number)
    whole = steps.publish

    def publish(obj, *said):
        online = whole(obj, *said)
        if obj.getId() == "g2":
            online.title = "写了一半"
            raise ZeroDivisionError
        return online

    monkeypatch.setattr(steps, "publish", publish)
    assert run(site)
    states = [steps.state_of(obj) for obj in (first, broken, last)]
    assert states == ["published", "failed", "published"]
    # Nothing of the attempt is left.
    assert broken.title == "测试事项g2"
    assert editions.current(broken) is None
    assert broken.effective_date is None
    known = rounds.peek(site).round(broken.UID())
    assert known.schedule is None
    assert "ZeroDivisionError" in known.failure
    (event,) = told
    assert (event.object.getId(), event.by) == ("g2", "fabu")
    found = schedule.report(site)
    assert (found.due, found.done, found.failed) == (3, 2, 1)
    fact = schedule_fact(site)
    assert fact.state == "look" and fact.data["open_failures"] == 1
    # It is published by hand, and all is well again.
    monkeypatch.undo()
    act(site, broken, "fabu", "publish", note="手工发布")
    assert schedule_fact(site).state == "fine"


def test_a_refusal_is_the_reason(site, told, monkeypatch):
    """Protects: what a guard says is what the people read."""
    obj = scheduled(site, "g1")
    overdue(site, obj)

    def refuse(self, obj, values):
        yield steps.Reason("original_gone", "原事项不在了。")

    monkeypatch.setattr(steps.PublishScheduled, "reasons", refuse)
    run(site)
    assert steps.state_of(obj) == "failed"
    assert rounds.peek(site).round(obj.UID()).failure == "原事项不在了。"
    login(site, "fabu")
    history = site.portal_workflow.getInfoFor(obj, "review_history")
    assert history[-1]["comments"] == "原事项不在了。"
    assert [event.reason for event in told] == ["原事项不在了。"]


def test_what_a_guide_lacks_by_then_is_the_reason(site, told):
    """Protects: the requirements of the day of publication hold, not of the approval."""
    obj = scheduled(site, "g1")
    overdue(site, obj)
    asked("key_conditions")
    run(site)
    assert steps.state_of(obj) == "failed"
    assert rounds.peek(site).round(obj.UID()).failure == "“申请条件”没有填写。"
    assert len(told) == 1


def opened(site, name="g1"):
    """A guide that is online, and its working copy with another title."""
    guide = online(site, draft(site, name))
    with api.env.adopt_user("qicao"):
        copy = workingcopy.check_out(guide)
        copy.title = "改过的事项"
        notify(ObjectModifiedEvent(copy))
    acts.settle()
    approved(site, copy)
    at = steps.now() + datetime.timedelta(hours=1)
    act(site, copy, "fabu", "schedule", publish_at=at, note="改名", expire_at=None)
    overdue(site, copy)
    return guide, copy


def test_a_scheduled_copy_is_merged(site):
    """Protects: the guide keeps UID and address, the copy is gone, once."""
    guide, copy = opened(site)
    uid, path, name = guide.UID(), guide.getPhysicalPath(), copy.getId()
    assert run(site)
    assert (guide.UID(), guide.getPhysicalPath()) == (uid, path)
    assert guide.title == "改过的事项" and steps.state_of(guide) == "published"
    assert name not in site.guides
    edition = editions.current(guide)
    assert (str(edition.number), edition.note) == ("2.0", "改名")
    assert (edition.approved_by, edition.published_by) == ("shenhe", "fabu")
    assert rounds.peek(site).due_until(steps.now()) == []
    assert schedule.report(site).done == 1


def test_a_copy_whose_guide_left_fails(site, told):
    """Protects: no copy is merged into what is not online; the reason says what to do."""
    guide, copy = opened(site)
    act(site, guide, "fabu", "withdraw", reason="停办")
    run(site)
    assert steps.state_of(copy) == "failed"
    assert steps.state_of(guide) == "withdrawn"
    (event,) = told
    assert event.object.getId() == copy.getId()
    assert event.reason == rounds.peek(site).round(copy.UID()).failure
    assert "工作副本" in event.reason


def test_a_copy_that_contradicts_its_guide_fails(site, told):
    """Protects: what was changed on both sides is not overwritten; nothing is lost."""
    guide, copy = opened(site)
    with api.env.adopt_roles(["Manager"]):
        guide.title = "网上也改了"
        notify(ObjectModifiedEvent(guide))
    run(site)
    assert steps.state_of(copy) == "failed"
    assert (guide.title, copy.title) == ("网上也改了", "改过的事项")
    assert len(told) == 1 and told[0].reason


def test_a_conflict_is_not_a_failure(site, told, monkeypatch):
    """Protects: who meets somebody's save is done again, not marked as failed."""
    obj = scheduled(site, "g1")
    overdue(site, obj)

    def publish(*arguments):
        raise ConflictError

    monkeypatch.setattr(steps, "publish", publish)
    with pytest.raises(ConflictError):
        run(site)
    assert told == []


def test_the_time_of_withdrawal(site):
    """Protects: what expires leaves the lists and stays readable."""
    obj = online(site, draft(site, "g1"))
    at = steps.now() - datetime.timedelta(seconds=5)
    rounds.restand(site, obj.UID(), expire_at=at)
    assert run(site)
    assert steps.state_of(obj) == "withdrawn"
    assert rounds.peek(site).standing(obj.UID()).expire_at is None
    logout()
    assert api.user.has_permission("View", obj=obj)
    assert run(site) is False


def test_a_withdrawal_that_fails_is_tried_again(site, told, monkeypatch):
    """Protects: it stays due, is told once, shows in the health, and is done later."""
    obj = online(site, draft(site, "g1"))
    at = steps.now() - datetime.timedelta(seconds=5)
    rounds.restand(site, obj.UID(), expire_at=at)

    def broken(self, obj, values):
        raise ZeroDivisionError

    work = schedule.Schedule()
    monkeypatch.setattr(steps.Expire, "effect", broken)
    assert run(site, work) is True
    assert run(site, work) is False
    assert len(told) == 1
    assert steps.state_of(obj) == "published"
    assert schedule_fact(site).state == "look"
    monkeypatch.undo()
    work.pauses.clear()
    assert run(site, work) is True
    assert steps.state_of(obj) == "withdrawn"
    assert schedule_fact(site).state == "fine"


def test_a_time_without_meaning_is_dropped(site):
    """Protects: what was taken off the way is neither published nor due for ever."""
    obj = scheduled(site, "g1")
    overdue(site, obj)
    with api.env.adopt_roles(["Manager"]):
        status = site.portal_workflow.getStatusOf("zhinan_guide_workflow", obj)
        site.portal_workflow.setStatusOf(
            "zhinan_guide_workflow", obj, {**status, "review_state": "draft"}
        )
    assert run(site)
    assert steps.state_of(obj) == "draft"
    assert rounds.peek(site).due_until(steps.now()) == []


def test_a_run_ends_after_some_seconds(site, monkeypatch):
    """Protects: many at once do not become one long transaction."""
    for name in ("g1", "g2"):
        overdue(site, scheduled(site, name))
    monkeypatch.setattr(schedule, "LONGEST", -1.0)
    assert run(site) == MORE


def test_the_trail_tells_it_was_the_program(site):
    """Protects: publication at a time stands in the trail as the system's act."""
    from zhinan.trail import store

    obj = scheduled(site, "g1")
    overdue(site, obj)
    run(site)
    acts.settle()
    entries = list(store.entries(obj.UID(), site))
    published = [e for e in entries if e.act == "workflow.publish_scheduled"]
    assert [e.who for e in published] == ["system"]
