"""What is to be published or withdrawn at a time, and is.

The job thread looks every few seconds. Each thing is taken in a savepoint of its own:
what cannot be published says why and stops nothing else. A conflict with somebody who
saves at the same moment is no failure: the whole run is dropped and done again by the
runner. What was taken, and how late, is kept for some weeks, so that whoever keeps the
site can see that what was due was done.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from dataclasses import dataclass
from persistent import Persistent
from plone import api
from Products.CMFCore.indexing import getQueue
from Products.CMFCore.indexing import processQueue
from transaction.interfaces import TransientError
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.jobs.disk import disk_failure
from zhinan.jobs.interfaces import IScheduled
from zhinan.jobs.interfaces import MORE
from zhinan.publishing import revisions
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.interfaces import IScheduleFailed
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Refused
from zhinan.publishing.workflow import PUBLISHED
from zhinan.trail import acts
from zope.annotation.interfaces import IAnnotations
from zope.event import notify
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime
import time
import transaction


KEY = "zhinan.publishing.schedule"
PUBLISH, EXPIRE = "publish_scheduled", "expire"
#: States in which a time that has come still means something.
_WAITING = {PUBLISH: "scheduled", EXPIRE: PUBLISHED}
#: Seconds after which a run leaves the rest to the next one: a short transaction
#: meets few others.
LONGEST = 2.0
#: Seconds that a publication may be late while the site runs.
LATEST = 60
#: Days for which it is kept what was taken.
KEEP_DAYS = 90
#: Seconds after which a withdrawal that failed is tried again, doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
#: When this process began: what was due before could not be done by it.
BEGAN = datetime.datetime.now(datetime.UTC)

#: What became of something that was due.
DONE, FAILED = "done", "failed"

MISTAKE = _(
    "schedule_mistake",
    default="The program met an error that nobody foresaw (${error}). The keeper of "
    "the site finds it in the log. Publish it by hand, or schedule it anew.",
)


@dataclass(frozen=True)
class Taken:
    """Something that was due and was taken."""

    uid: str
    step: str
    due: datetime.datetime
    moment: datetime.datetime
    #: seconds behind the time, and behind the start of the process if that was later
    late: int
    late_running: int
    outcome: str
    reason: str = ""


class Log(Persistent):
    """What was taken, by moment and UID, and withdrawals that do not succeed."""

    def __init__(self) -> None:
        self.taken = OOBTree()
        #: UID to the reason, as people read it, and since when
        self.stuck = OOBTree()


@implementer(IScheduleFailed)
@dataclass(frozen=True)
class ScheduleFailed:
    """Something was not published, or not withdrawn, at its time."""

    object: Any
    step: str
    due: datetime.datetime
    reason: str
    #: who scheduled it; empty for a withdrawal
    by: str


def peek(site: Any) -> Log:
    """What is kept, for reading."""
    found = IAnnotations(site).get(KEY)
    return Log() if found is None else found


def _log(site: Any) -> Log:
    notes = IAnnotations(site)
    if KEY not in notes:
        notes[KEY] = Log()
    return notes[KEY]


# ------------------------------------------------------------------------ the work


@implementer(IScheduled)
class Schedule:
    """Publishes and withdraws what is due."""

    every = 15

    def __init__(self) -> None:
        #: withdrawals that failed: when to try again, and the pause after that
        self.pauses: dict[str, tuple[float, float]] = {}

    def run(self, site: Any) -> Any:
        """Take what is due, the earliest first."""
        begun = time.monotonic()
        wrote: Any = False
        for due, uid, step in rounds.peek(site).due_until(steps.now()):
            if time.monotonic() - begun > LONGEST:
                return MORE
            if self.pauses.get(uid, (0.0, 0.0))[0] > begun:
                continue
            obj = steps.find(uid)
            if obj is None:
                # A catalogue that is being rebuilt names nothing for a while. What is
                # deleted waits for nothing any more; see ``drafting.removed``.
                continue
            moment = datetime.datetime.fromisoformat(due)
            wrote = self.take(site, obj, uid, step, moment) or wrote
        return wrote

    def take(
        self, site: Any, obj: Any, uid: str, step: str, due: datetime.datetime
    ) -> bool:
        """Take one thing; whether anything was written."""
        if steps.state_of(obj) != _WAITING[step]:
            _drop(site, uid, step)
            return True
        known = rounds.peek(site).round(uid).schedule
        reason = _attempt(lambda: perform(obj, step), uid)
        if not reason:
            self.pauses.pop(uid, None)
            _log(site).stuck.pop(uid, None)
            _keep(site, Taken(uid, step, due, *_lateness(due), DONE))
            return True
        by = known.by if known is not None and step == PUBLISH else ""
        if step == PUBLISH:
            again = _attempt(lambda: perform(obj, "fail", reason=reason), uid)
            if again:
                return self._stuck(site, obj, uid, step, due, reason, by)
            _keep(site, Taken(uid, step, due, *_lateness(due), FAILED, reason))
            notify(ScheduleFailed(obj, step, due, reason, by))
            return True
        return self._stuck(site, obj, uid, step, due, reason, by)

    def _stuck(
        self,
        site: Any,
        obj: Any,
        uid: str,
        step: str,
        due: datetime.datetime,
        reason: str,
        by: str,
    ) -> bool:
        """It stays due and is tried again; people are told once."""
        _at, pause = self.pauses.get(uid, (0.0, FIRST_PAUSE / 2))
        pause = min(LONGEST_PAUSE, pause * 2)
        self.pauses[uid] = (time.monotonic() + pause, pause)
        if uid in peek(site).stuck:
            return False
        _log(site).stuck[uid] = (reason, steps.now())
        notify(ScheduleFailed(obj, step, due, reason, by))
        return True


SCHEDULE = Schedule()


def _attempt(act: Any, uid: str) -> str:
    """Do something in a savepoint; the reason in words if it did not succeed.

    :raises TransientError: on a conflict, which the runner answers.
    """
    # A rollback empties no queue of the catalogue that was filled before it.
    processQueue()
    point = transaction.savepoint(optimistic=True)
    try:
        act()
        # What would be done before the commit, and might fail, belongs to this one.
        revisions.settle()
        acts.settle()
        processQueue()
    except TransientError:
        raise
    except Refused as refused:
        reason = " ".join(
            translate(one.message, target_language="zh_CN") for one in refused.reasons
        )
    except Exception as error:
        if disk_failure(error):
            raise
        logger.exception("Scheduled publication of %s failed", uid)
        name = {"error": type(error).__name__}
        reason = translate(Message(MISTAKE, mapping=name), target_language="zh_CN")
    else:
        return ""
    getQueue().clear()
    point.rollback()
    return reason


def _drop(site: Any, uid: str, step: str) -> None:
    """A time that means nothing in the state that the thing is in."""
    if step == PUBLISH:
        rounds.change(site, uid, schedule=None)
    else:
        rounds.restand(site, uid, expire_at=None)


def _lateness(due: datetime.datetime) -> tuple[datetime.datetime, int, int]:
    moment = steps.now()
    late = max(0, int((moment - due).total_seconds()))
    running = max(0, int((moment - max(due, BEGAN)).total_seconds()))
    return moment, late, running


def _keep(site: Any, taken: Taken) -> None:
    """Write down what was taken, and forget what is old."""
    log = _log(site).taken
    moment = taken.moment
    oldest = (moment - datetime.timedelta(days=KEEP_DAYS)).isoformat()
    for key in list(log.keys(max=(oldest, ""))):
        del log[key]
    log[moment.isoformat(), taken.uid, taken.step] = taken


# -------------------------------------------------------------------------- health


@dataclass(frozen=True)
class Report:
    """How publishing at a time goes."""

    #: what was due in the days looked at, and what of it was done, or failed
    due: int
    done: int
    failed: int
    #: due by more than ``LATEST`` seconds and not taken
    overdue: int
    waiting: int
    #: things that stand in the state “failed” now
    open_failures: int
    worst: int
    worst_running: int
    stuck: tuple[tuple[str, str], ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether due equals done, and in time while the site ran."""
        return not (
            self.open_failures
            or self.overdue
            or self.stuck
            or self.worst_running > LATEST
        )


def taken_since(site: Any, moment: datetime.datetime) -> Iterator[Taken]:
    """What was taken since a moment."""
    yield from peek(site).taken.values(min=(moment.isoformat(), ""))


def report(site: Any, days: int = 7) -> Report:
    """How it went in the last days, and how it stands."""
    now = steps.now()
    taken = list(taken_since(site, now - datetime.timedelta(days=days)))
    known = rounds.peek(site)
    late = [
        moment
        for moment, _uid, _step in known.due_until(now)
        if (now - max(datetime.datetime.fromisoformat(moment), BEGAN)).total_seconds()
        > LATEST
    ]
    done = sum(one.outcome == DONE for one in taken)
    return Report(
        due=len(taken) + len(late),
        done=done,
        failed=len(taken) - done,
        overdue=len(late),
        waiting=len(known.due) - len(known.due_until(now)),
        open_failures=len(
            api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
                object_provides=IEditioned.__identifier__, review_state="failed"
            )
        ),
        worst=max((one.late for one in taken), default=0),
        worst_running=max((one.late_running for one in taken), default=0),
        stuck=tuple(
            (uid, reason) for uid, (reason, _since) in peek(site).stuck.items()
        ),
    )
