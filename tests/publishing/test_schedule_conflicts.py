"""A schedule fires while somebody else writes: nothing is lost, one clear message."""

from .people import act
from .people import approved
from .people import draft
from .people import settle_department
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from zhinan.jobs.acting import acting
from zhinan.jobs.runner import Leader
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import schedule
from zhinan.publishing import steps
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Refused
from ZODB.POSException import ConflictError
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import dataclasses
import datetime
import pytest
import threading
import transaction


PATH = "/plone"


@pytest.fixture
def site(functional):
    """A department with its people."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    settle_department(portal)
    transaction.commit()
    return portal


@pytest.fixture
def guide(site):
    """A guide whose time has come."""
    obj = approved(site, draft(site, "g1"))
    later = steps.now() + datetime.timedelta(hours=1)
    act(site, obj, "fabu", "schedule", publish_at=later, note="定时发布")
    known = rounds.peek(site).round(obj.UID())
    past = steps.now() - datetime.timedelta(seconds=5)
    plan = dataclasses.replace(known.schedule, publish_at=past)
    rounds.change(site, obj.UID(), schedule=plan)
    transaction.commit()
    return obj


def elsewhere(work):
    """Do something in another thread, which has its own transaction; what it gave."""
    found = []

    def run():
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            transaction.abort()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return found[0]


def fire(site):
    """What the thread of the jobs does when it looks at the schedule."""
    database = site._p_jar.db()

    def run():
        # A connection belongs to the thread that opened it.
        connection = database.open()
        try:
            leader = Leader(connection.root()["Application"])
            assert leader.lead(PATH)
            leader.scheduled(PATH, "zhinan.schedule")
            leader.leave()
        finally:
            transaction.abort()
            connection.close()

    return elsewhere(run)


def test_it_fires_during_an_edit(site, guide):
    """Protects: who saves too late gets a conflict and then one clear refusal."""
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        guide.title = "迟到的修改"
        notify(ObjectModifiedEvent(guide))
        assert fire(site) is None
        with pytest.raises(ConflictError):
            transaction.commit()
    transaction.abort()
    transaction.begin()
    assert steps.state_of(guide) == "published"
    assert guide.title == "测试事项g1"
    assert editions.current_content(guide)["elements"]["title"] == "测试事项g1"
    # Done again, as the server does it, the person may not edit any more.
    login(site, "qicao")
    assert not api.user.has_permission("Modify portal content", obj=guide)
    # A step that somebody took at the same time is refused in one sentence.
    login(site, "fabu")
    with pytest.raises(Refused) as caught:
        perform(guide, "unschedule")
    (reason,) = caught.value.reasons
    assert reason.id == "wrong_state"


def test_an_edit_is_saved_while_it_fires(site, guide, monkeypatch):
    """Protects: the program meets the conflict, does it again, and the edit is in it."""
    whole, tries = steps.publish, []

    def publish(obj, *said):
        made = whole(obj, *said)
        tries.append(obj.title)
        if len(tries) == 1:
            assert elsewhere(save) is None
        return made

    uid = guide.UID()

    def save():
        database = site._p_jar.db()
        connection = database.open()
        try:
            app = connection.root()["Application"]
            with acting(app, PATH) as there:
                obj = there.guides.g1
                obj.title = "同时的修改"
                notify(ObjectModifiedEvent(obj))
                transaction.commit()
        finally:
            transaction.abort()
            connection.close()

    monkeypatch.setattr(steps, "publish", publish)
    assert fire(site) is None
    transaction.begin()
    assert tries == ["测试事项g1", "同时的修改"]
    assert steps.state_of(guide) == "published"
    assert guide.title == "同时的修改"
    (edition,) = editions.peek(site).all(uid)
    content = editions.peek(site).content(edition)
    assert content["elements"]["title"] == "同时的修改"
    found = schedule.report(site)
    assert (found.due, found.done, found.failed) == (1, 1, 0)
    # Once, not twice.
    assert fire(site) is None
    transaction.begin()
    assert len(editions.peek(site).all(uid)) == 1


def test_taken_off_the_schedule_while_it_fires(site, guide):
    """Protects: of two who decide at once one wins, the other is told, none is lost."""
    transaction.begin()
    login(site, "fabu")
    perform(guide, "unschedule")
    assert fire(site) is None
    with pytest.raises(ConflictError):
        transaction.commit()
    transaction.abort()
    transaction.begin()
    login(site, "fabu")
    with pytest.raises(Refused):
        perform(guide, "unschedule")
    assert steps.state_of(guide) == "published"
