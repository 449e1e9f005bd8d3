"""Dates that rooms above keep: counted anew when the calendar changes.

The facts of a clock never change by this, so a date can be counted as often as one
likes; where nothing differs nothing is written.
"""

from .interfaces import IClocks
from .interfaces import OpenClock
from .store import Kept
from .store import of
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import NotStarted
from zhinan.rules import clockwords
from zhinan.rules.calendar import Calendar
from zhinan.rules.clock import Move
from zhinan.rules.clock import moves
from zhinan.trail.acts import record
from zope.component import getUtilitiesFor
from zope.interface import implementer

import time


KIND = "recompute-dates"
PERMISSION = "Zhinan: Keep the calendar"
#: The act in the trail of whatever the clock belongs to.
MOVED = "clock.moved"
#: What the job's page calls its results.
RESULTS = (
    _("count_dates_counted", default="Dates counted anew"),
    _("count_dates_moved", default="Moved to another day"),
    _("count_dates_firmer", default="Same day, another status"),
)
#: Dates counted in one transaction: some tenths of a second.
BATCH = 250
#: Seconds for which somebody waits for a preview.
PATIENCE = 8.0


@dataclass(frozen=True)
class Foreseen:
    """What a calendar would move, as far as was looked."""

    looked: int
    moved: int
    #: of those, dates whose day stays and whose status does not
    only_status: int
    whole: bool


def clocks() -> list[tuple[str, Any]]:
    """The rooms that keep dates, by their names."""
    return sorted(getUtilitiesFor(IClocks))


def moved(calendar: Calendar, one: OpenClock) -> Move | None:
    """What a calendar changes in a date, or None."""
    stored = (one.key, one.clock, one.which, one.due)
    return next(moves(calendar, [stored], one.as_of), None)


def foresee(calendar: Calendar) -> Foreseen:
    """How many open dates a calendar would move; nothing is written."""
    until = time.monotonic() + PATIENCE
    looked = found = status = 0
    for _name, room in clocks():
        for one in room.open_clocks():
            looked += 1
            move = moved(calendar, one)
            if move is not None:
                found += 1
                status += not move.days
            if time.monotonic() > until:
                return Foreseen(looked, found, status, False)
    return Foreseen(looked, found, status, True)


def recount(kept: Kept) -> jobs.Job | None:
    """Have all open dates counted anew; None if there are none or it cannot start."""
    if not clocks():
        kept.progress.settled = kept.number
        return None
    try:
        # No key: a job that runs has counted a part with the calendar of before.
        return jobs.start(KIND, {"change": kept.number})
    except NotStarted as refusal:
        logger.warning("Open dates were not counted anew: %s", refusal.args[0])
        return None


def waiting(site: Any) -> jobs.Job | None:
    """The job that counts, while there is one."""
    store = jobs.of(site)
    for job_id in store.open if store is not None else ():
        if store.jobs[job_id].kind == KIND:
            return store.jobs[job_id]
    return None


def unsettled(site: Any) -> bool:
    """Whether dates rest on an older calendar and no job is under way."""
    kept = of(site)
    if kept is None or kept.progress.settled >= kept.number:
        return False
    return waiting(site) is None


@implementer(IJobKind)
class Recompute:
    """Kind ``recompute-dates``; ``change`` is the change that it was started for."""

    title = _("Recount of open dates")
    permission = PERMISSION
    importing = False
    keep_days = 365

    def batch(self, run: Any) -> bool:
        """Count the next dates, and write down those that moved."""
        kept = of(run.site)
        if kept is None:
            return False
        rooms = dict(clocks())
        at = run.checkpoint or self._start(run, kept)
        if at["number"] != kept.number:
            # Whoever changed it meanwhile has started a job, which counts them all.
            run.say(_("The calendar has changed again: the next job counts."))
            return False
        names = [name for name in rooms if name >= at["room"]]
        if not names:
            kept.progress.settled = at["number"]
            return False
        name = names[0]
        after = at["after"] if name == at["room"] else ""
        batch = list(islice(rooms[name].open_clocks(after), BATCH))
        for one in batch:
            self._count(run, kept, rooms[name], one, at["note"])
        run.done += len(batch)
        if len(batch) == BATCH:
            run.checkpoint = {**at, "room": name, "after": batch[-1].key}
            return True
        rest = names[1:]
        if rest:
            run.checkpoint = {**at, "room": rest[0], "after": ""}
            return True
        kept.progress.settled = at["number"]
        return False

    def _start(self, run: Any, kept: Kept) -> dict[str, Any]:
        run.total = sum(room.number() for _name, room in clocks())
        join = clockwords.word("dates", "join")
        note = join.join(kept.notes())
        return {"room": "", "after": "", "number": kept.number, "note": note}

    def _count(
        self, run: Any, kept: Kept, room: Any, one: OpenClock, note: str
    ) -> None:
        run.count("dates_counted")
        move = moved(kept.calendar, one)
        if move is None:
            return
        room.store(one.key, move.after)
        record(
            one.obj,
            MOVED,
            uid=None if one.obj is not None else one.uid,
            title=one.title,
            before=clockwords.due_text(move.before),
            after=clockwords.due_text(move.after),
            note=note,
        )
        run.count("dates_moved" if move.days else "dates_firmer")


RECOMPUTE = Recompute()
