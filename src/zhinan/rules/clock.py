"""The lawful clock: until when, how far, and why.

A clock starts with the acceptance, whose day is not counted, and runs in intervals; a
pause is an interval with a cause, evidence and a person, and both its ends are in it.
Dates are computed from the facts each time: nothing is added to a date that was
computed before, so an extension, a pause or a new notice cannot be counted twice.

Limits in working days follow the calendar. Those in days, months and years follow the
Civil Code (200 to 203): months end on the same-numbered day or the last of the month,
and a last day that is a day off moves to the next working day.
"""

from .calendar import Calendar
from .calendar import FIRST_YEAR
from .calendar import Kind
from .calendar import LAST_YEAR
from .calendar import Status
from .codes import Problem
from .elements import read_data
from .months import add_months
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any


ONE_DAY = timedelta(days=1)
#: A notice may still move the last days of the year before its own.
DECEMBER_OPEN = 28


class Unit(StrEnum):
    """The unit of a limit, as the code list ``time_unit`` names it."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


#: Greater limits are slips of the pen.
MOST = {Unit.WORKDAY: 5000, Unit.DAY: 7300, Unit.MONTH: 600, Unit.YEAR: 50}


class Cause(StrEnum):
    """Why a clock stands still."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TEST = "test"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    FORCE_MAJEURE = "force_majeure"
    #: Only where a law that is cited says so.
    OTHER_LAW = "other_law"
    #: Where days are only reckoned; a pause that is recorded names its cause.
    UNNAMED = "unnamed"


#: The causes of article 45 of the Administrative Licensing Law.
ARTICLE_45 = frozenset(Cause) - {Cause.FORCE_MAJEURE, Cause.OTHER_LAW, Cause.UNNAMED}


class Approver(StrEnum):
    """Who may extend a limit."""

    HEAD = "head"
    GOVERNMENT = "government"


class State(StrEnum):
    """What a clock does on a day."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


class ClockRefused(Exception):
    """Facts that make no clock; the problem says why."""

    def __init__(self, id: str, **values: object):
        self.problem = _problem(id, **values)
        super().__init__(f"{id} {self.problem.mapping}")


def _problem(id: str, **values: object) -> Problem:
    return Problem("clock", id, tuple((key, str(v)) for key, v in values.items()))


# ----------------------------------------------------------------------------- facts


@dataclass(frozen=True)
class Limit:
    """How long, with the unit that it was set in and the provision that sets it."""

    amount: int
    unit: Unit = Unit.WORKDAY
    basis: str = ""


@dataclass(frozen=True)
class Pause:
    """Days that are not counted, the first and the last among them.

    A pause without a last day lasts.
    """

    first: date
    last: date | None
    cause: Cause
    #: What shows it: the document, and for OTHER_LAW the provision.
    evidence: str = ""
    #: The written notice to the applicant, with its day.
    notice: str = ""
    told: date | None = None
    who: str = ""
    at: str = ""


@dataclass(frozen=True)
class Extension:
    """More time, in the unit of the limit; there is one at most."""

    amount: int
    approver: Approver
    approved: date
    reason: str
    told: date | None = None
    who: str = ""
    at: str = ""
    #: Whether the promised limit is prolonged as well.
    promised: bool = False


@dataclass(frozen=True)
class Clock:
    """The facts of one clock: of a dossier, or of one leg of it."""

    accepted: date
    statutory: Limit
    promised: Limit | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    #: Whether the Administrative Licensing Law governs it.
    licence: bool = False

    def limit(self, which: str = "statutory") -> Limit | None:
        """The statutory or the promised limit, with its extension."""
        limit = self.promised if which == "promised" else self.statutory
        extension = self.extension
        if limit is None or extension is None:
            return limit
        if which == "promised" and not extension.promised:
            return limit
        return replace(limit, amount=limit.amount + extension.amount)


@dataclass(frozen=True)
class Interval:
    """A part of a clock's time: running, or paused for a cause."""

    state: State
    first: date
    last: date | None
    pause: Pause | None = None


def intervals(clock: Clock, until: date) -> list[Interval]:
    """The clock as running and paused intervals, from the day after acceptance."""
    found: list[Interval] = []
    day = clock.accepted + ONE_DAY
    for pause in sorted(clock.pauses, key=lambda pause: pause.first):
        if pause.first > until:
            break
        if day < pause.first:
            found.append(Interval(State.RUNNING, day, pause.first - ONE_DAY))
        found.append(Interval(State.PAUSED, pause.first, pause.last, pause))
        if pause.last is None:
            return found
        day = max(day, pause.last + ONE_DAY)
    if day <= until:
        found.append(Interval(State.RUNNING, day, None))
    return found


# -------------------------------------------------------------------- the due date


Spans = list[tuple[int, int]]


def _closed(pauses: Sequence[Pause], after: int, as_of: date | None) -> Spans:
    """The pauses after a day as ordinals, in order, none touching another."""
    spans = []
    for pause in pauses:
        low = pause.first.toordinal()
        last = pause.last
        if last is None:
            last = as_of or pause.first
            high = max(low, last.toordinal())
        else:
            high = last.toordinal()
            if high < low:
                raise ClockRefused("pause_reversed", first=pause.first, last=last)
        if high > after:
            spans.append((max(low, after + 1), high))
    if len(spans) < 2:
        return spans
    spans.sort()
    merged = [spans[0]]
    for low, high in spans[1:]:
        if low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def _workday_due(calendar: Calendar, start: int, amount: int, spans: Spans) -> int:
    """The day on which so many working days outside the pauses are over."""
    if not amount:
        return start
    high = start + amount * 2 + 60
    if spans:
        high += spans[-1][1] - start
    while True:
        index = calendar.index(start + 1, high)
        base, before, works = index.base, index.before, index.works
        need = before[start + 1 - base] + amount
        if need <= len(works):
            due = works[need - 1]
            for low, last in spans:
                if low > due:
                    break
                need += before[last + 1 - base] - before[low - base]
                if need > len(works):
                    break
                due = works[need - 1]
            else:
                return due
            if low > due:
                return due
        high = index.end + 366


def _last_day(accepted: date, amount: int, unit: Unit, spans: Spans) -> int:
    """The last day of a limit in days, months or years, before it is moved."""
    start = accepted.toordinal()
    if unit is Unit.DAY:
        due = start + amount
    else:
        months = amount if unit is Unit.MONTH else amount * 12
        due = add_months(accepted, months).toordinal()
    for low, high in spans:
        if low > due:
            break
        due += high - low + 1
    return due


def _moved(calendar: Calendar, due: int, spans: Spans) -> int:
    """A last day, moved over days off and over a pause that begins meanwhile."""
    for low, high in [*spans, (due + 10**6, 0)]:
        index = calendar.index(due, due + 60)
        place = index.before[due - index.base]
        while place >= len(index.works):
            index = calendar.index(due, index.end + 366)
            place = index.before[due - index.base]
        found = index.works[place]
        if found < low:
            return found
        # Pauses that were before the last day have been counted already.
        if high > due:
            due = high + 1
    return due


def _check(accepted: date, amount: int, unit: Unit) -> None:
    if not FIRST_YEAR <= accepted.year <= LAST_YEAR:
        raise ClockRefused("year_range", first=FIRST_YEAR, last=LAST_YEAR, day=accepted)
    if not 0 <= amount <= MOST[unit]:
        raise ClockRefused("limit_range", amount=amount, most=MOST[unit])


def due_date(
    calendar: Calendar,
    accepted: date,
    amount: int,
    unit: Unit = Unit.WORKDAY,
    pauses: Sequence[Pause] = (),
    as_of: date | None = None,
) -> date:
    """The last day of a limit.

    While a pause lasts it is the earliest day possible, counted as if the pause ended
    on ``as_of``.

    :raises ClockRefused: for amounts and dates that can only be mistakes.
    """
    _check(accepted, amount, unit)
    start = accepted.toordinal()
    spans = _closed(pauses, start, as_of) if pauses else []
    if unit is Unit.WORKDAY:
        return date.fromordinal(_workday_due(calendar, start, amount, spans))
    if not amount:
        return accepted
    due = _last_day(accepted, amount, unit, spans)
    return date.fromordinal(_moved(calendar, due, spans))


@dataclass(frozen=True)
class Due:
    """A due date with what it rests on."""

    day: date
    status: Status
    #: Years without an official notice that it touches, with what is not known.
    gaps: tuple[tuple[int, tuple[str, ...]], ...] = ()
    #: A pause lasts: the day is the earliest possible.
    standing: bool = False
    #: The last day by the numbers, where a day off moved it.
    moved_from: date | None = None
    #: The next year's notice, not yet out, may still change days of this December.
    december: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "due": self.day.isoformat(),
            "status": self.status.value,
            "gaps": [{"year": year, "missing": list(what)} for year, what in self.gaps],
            "standing": self.standing,
            "moved_from": self.moved_from.isoformat() if self.moved_from else None,
            "december": self.december,
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> "Due":
        """What :meth:`as_dict` gave."""
        moved = row.get("moved_from")
        return cls(
            date.fromisoformat(row["due"]),
            Status(row["status"]),
            tuple((gap["year"], tuple(gap["missing"])) for gap in row.get("gaps", ())),
            bool(row.get("standing")),
            date.fromisoformat(moved) if moved else None,
            bool(row.get("december")),
        )


def due(
    calendar: Calendar,
    clock: Clock,
    which: str = "statutory",
    as_of: date | None = None,
) -> Due | None:
    """The statutory or promised due date; None if there is no such limit."""
    limit = clock.limit(which)
    if limit is None:
        return None
    accepted, pauses = clock.accepted, clock.pauses
    _check(accepted, limit.amount, limit.unit)
    start = accepted.toordinal()
    spans = _closed(pauses, start, as_of) if pauses else []
    nominal = None
    if limit.unit is Unit.WORKDAY:
        last = _workday_due(calendar, start, limit.amount, spans)
        touched = start + 1
    elif limit.amount:
        nominal = _last_day(accepted, limit.amount, limit.unit, spans)
        last = _moved(calendar, nominal, spans)
        touched = nominal
    else:
        last = touched = start
    day = date.fromordinal(last)
    if not limit.amount:
        # Decided at once: no day is counted, so nothing rests on the calendar.
        return Due(day, Status.OFFICIAL)
    status, gaps = _rests_on(calendar, date.fromordinal(touched).year, day.year)
    return Due(
        day,
        status,
        gaps,
        any(p.last is None and p.first <= day for p in pauses),
        date.fromordinal(nominal) if nominal not in (None, last) else None,
        day.month == 12
        and day.day >= DECEMBER_OPEN
        and status is Status.OFFICIAL
        and calendar.status(day.year + 1) is not Status.OFFICIAL,
    )


def _rests_on(
    calendar: Calendar, first: int, last: int
) -> tuple[Status, tuple[tuple[int, tuple[str, ...]], ...]]:
    """The weakest status of some years, and what is not known of them."""
    status, gaps = Status.OFFICIAL, []
    for year in range(first, last + 1):
        this = calendar.status(year)
        if this is not Status.OFFICIAL:
            gaps.append((year, calendar.gaps(year)))
            if status is not Status.MISSING:
                status = this
    return status, tuple(gaps)


# ----------------------------------------------------------------- how far it is


@dataclass(frozen=True)
class Standing:
    """Days of a clock at the end of a day, in the unit of its limit (else days)."""

    state: State
    total: int
    used: int
    paused: int
    remaining: int
    overdue: int


def standing(
    calendar: Calendar, clock: Clock, at: date, which: str = "statutory"
) -> Standing | None:
    """Days used, paused, remaining and overdue; None if there is no such limit."""
    limit = clock.limit(which)
    found = due(calendar, clock, which, as_of=at)
    if limit is None or found is None:
        return None
    start, end = clock.accepted.toordinal(), found.day.toordinal()
    now = min(at.toordinal(), end)
    spans = _closed(clock.pauses, start, at)
    work = limit.unit is Unit.WORKDAY

    def days(low: int, high: int) -> int:
        """Days after one until and with another, in the unit of the limit."""
        if high <= low:
            return 0
        if not work:
            return high - low
        index = calendar.index(low + 1, high + 1)
        before, base = index.before, index.base
        return before[high + 1 - base] - before[low + 1 - base]

    def paused(until: int) -> int:
        return sum(days(low - 1, min(high, until)) for low, high in spans)

    total = days(start, end) - paused(end)
    stopped = paused(now) if now > start else 0
    used = days(start, now) - stopped
    if at < clock.accepted:
        state = State.WAITING
    elif at.toordinal() > end:
        state = State.OVER
    elif any(low <= at.toordinal() <= high for low, high in spans):
        state = State.PAUSED
    else:
        state = State.RUNNING
    overdue = days(end, at.toordinal())
    return Standing(state, total, used, stopped, total - used, overdue)


# ------------------------------------------------------------------------ explaining


@dataclass(frozen=True)
class Step:
    """Days in a row of which the same is to be said.

    ``code`` and ``rule`` are keys of ``data/clock.toml``; ``numbers`` are those of the
    first and last day that is counted, or zeros.
    """

    code: str
    first: date
    last: date
    numbers: tuple[int, int] = (0, 0)
    name: str = ""
    source: str = ""
    rule: str = ""

    @property
    def counted(self) -> bool:
        """Whether the days are counted."""
        return self.numbers != (0, 0)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "code": self.code,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "numbers": list(self.numbers) if self.counted else None,
            "name": self.name,
            "source": self.source,
            "rule": self.rule,
        }


@dataclass(frozen=True)
class Explanation:
    """Why a date is what it is."""

    accepted: date
    limit: Limit
    due: Due
    #: The edition of the calendar that it was counted by.
    calendar: str
    steps: tuple[Step, ...]
    extended: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON: stored with the date."""
        return {
            **self.due.as_dict(),
            "accepted": self.accepted.isoformat(),
            "limit": self.limit.amount,
            "unit": self.limit.unit.value,
            "extended": self.extended,
            "basis": self.limit.basis,
            "calendar": self.calendar,
            "steps": [step.as_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> "Explanation":
        """What :meth:`as_dict` gave."""
        steps = tuple(
            Step(
                step["code"],
                date.fromisoformat(step["first"]),
                date.fromisoformat(step["last"]),
                tuple(step["numbers"] or (0, 0)),
                step["name"],
                step["source"],
                step["rule"],
            )
            for step in row["steps"]
        )
        return cls(
            date.fromisoformat(row["accepted"]),
            Limit(row["limit"], Unit(row["unit"]), row["basis"]),
            Due.from_dict(row),
            row["calendar"],
            steps,
            row["extended"],
        )


def explain(
    calendar: Calendar,
    clock: Clock,
    which: str = "statutory",
    as_of: date | None = None,
) -> Explanation | None:
    """Every day from the acceptance to the due date, and why it counts or not."""
    limit, found = clock.limit(which), due(calendar, clock, which, as_of)
    if limit is None or found is None:
        return None
    steps = [Step("accepted", clock.accepted, clock.accepted, rule="start")]
    if limit.amount:
        spans = _closed(clock.pauses, clock.accepted.toordinal(), as_of)
        if limit.unit is Unit.WORKDAY:
            days = _workday_steps(calendar, clock, found.day, spans)
        else:
            days = _day_steps(calendar, clock, found, limit.unit, spans)
        steps += _joined(days)
    base = clock.promised if which == "promised" else clock.statutory
    extended = limit.amount - base.amount if base else 0
    return Explanation(
        clock.accepted, limit, found, calendar.edition, tuple(steps), extended
    )


def _pause_on(clock: Clock, day: int) -> Pause:
    """The pause of a day that is paused; the newest of the open ones."""
    ordered = sorted(clock.pauses, key=lambda pause: pause.first)
    firsts = [pause.first.toordinal() for pause in ordered]
    for pause in reversed(ordered[: bisect_right(firsts, day)]):
        if pause.last is None or pause.last.toordinal() >= day:
            return pause
    return ordered[0]


def _paused_step(clock: Clock, day: date) -> Step:
    pause = _pause_on(clock, day.toordinal())
    if pause.cause in ARTICLE_45:
        rule = "article_45" if clock.licence else "pause"
    else:
        rule = "pause" if pause.cause is Cause.UNNAMED else pause.cause.value
    source = pause.notice or pause.evidence
    return Step("paused", day, day, name=pause.cause.value, source=source, rule=rule)


def _is_paused(spans: Spans, day: int) -> bool:
    return any(low <= day <= high for low, high in spans)


def _workday_steps(
    calendar: Calendar, clock: Clock, until: date, spans: Spans
) -> Iterator[Step]:
    """A step for each day of a limit in working days."""
    number, rule = 0, "article_82" if clock.licence else "workdays"
    for ordinal in range(clock.accepted.toordinal() + 1, until.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if _is_paused(spans, ordinal):
            yield _paused_step(clock, day)
            continue
        what = calendar.day(day)
        if what.works:
            number += 1
            code = "makeup" if what.kind is Kind.MAKEUP else "counted"
            numbers = (number, number)
            yield Step(code, day, day, numbers, what.name, what.source)
        else:
            said = "closure" if what.kind is Kind.CLOSURE else rule
            kind = what.kind.value
            yield Step(kind, day, day, (0, 0), what.name, what.source, said)


def _day_steps(
    calendar: Calendar, clock: Clock, found: Due, unit: Unit, spans: Spans
) -> Iterator[Step]:
    """A step for each day of a limit in days, months or years."""
    nominal = found.moved_from or found.day
    number, rule = 0, "days" if unit is Unit.DAY else "article_202"
    for ordinal in range(clock.accepted.toordinal() + 1, found.day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if _is_paused(spans, ordinal):
            yield _paused_step(clock, day)
        elif day <= nominal:
            number += 1
            yield Step("counted", day, day, (number, number), rule=rule)
        if nominal <= day < found.day and not _is_paused(spans, ordinal):
            what = calendar.day(day)
            kind = what.kind.value
            yield Step(kind, day, day, (0, 0), what.name, what.source, "article_203")
    if found.moved_from:
        yield Step("moved", found.day, found.day, rule="article_203")


def _joined(steps: Iterable[Step]) -> list[Step]:
    """Steps of neighbouring days that say the same, as one."""
    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        if (
            last is not None
            and step.first == last.last + ONE_DAY
            and (step.code, step.name, step.source, step.rule)
            == (last.code, last.name, last.source, last.rule)
        ):
            numbers = (last.numbers[0], step.numbers[1])
            found[-1] = replace(last, last=step.last, numbers=numbers)
        else:
            found.append(step)
    return found


# --------------------------------------------------------------- when facts are added


@dataclass(frozen=True)
class Procedure:
    """Limits that a law sets, and the extension that it allows."""

    code: str
    limit: Limit
    extension: int = 0
    approver: Approver = Approver.HEAD
    basis: str = ""
    title: tuple[str, str] = ("", "")


@cache
def procedures() -> Mapping[str, Procedure]:
    """The limits of the Administrative Licensing Law by code."""
    return {
        row["code"]: Procedure(
            row["code"],
            Limit(row["limit"], Unit(row["unit"]), row["basis"]),
            row.get("extension", 0),
            Approver(row.get("approver", "head")),
            row["basis"],
            tuple(row["title"]),
        )
        for row in read_data("clock.toml")["procedures"]
    }


def extension_problems(
    clock: Clock, extension: Extension, most: int, approver: Approver, due_day: date
) -> list[Problem]:
    """Why a limit may not be extended like this.

    ``most`` and ``approver`` are what the law allows, see :func:`procedures` or the
    matter's own law; ``due_day`` is the statutory due date before the extension.
    """
    found = []
    if clock.extension is not None:
        found.append(_problem("extension_twice", day=clock.extension.approved))
    if not most:
        found.append(_problem("extension_none"))
    elif not 0 < extension.amount <= most:
        found.append(_problem("extension_amount", amount=extension.amount, most=most))
    if extension.approver is not approver:
        found.append(_problem(f"extension_by_{approver.value}"))
    if not extension.reason.strip():
        found.append(_problem("extension_reason"))
    if extension.approved > due_day:
        found.append(_problem("extension_late", day=extension.approved, due=due_day))
    if extension.approved < clock.accepted:
        found.append(_problem("extension_early", day=extension.approved))
    return found


def pause_problems(clock: Clock, pause: Pause, due_day: date) -> list[Problem]:
    """Why a clock may not stand still like this.

    ``due_day`` is the due date as it is: a limit that is over cannot stand still.
    """
    found = []
    if pause.last is not None and pause.last < pause.first:
        found.append(_problem("pause_reversed", first=pause.first, last=pause.last))
    if pause.first < clock.accepted:
        found.append(_problem("pause_early", first=pause.first, day=clock.accepted))
    if pause.first > due_day:
        found.append(_problem("pause_late", first=pause.first, due=due_day))
    for other in clock.pauses:
        if (other.last is None or other.last >= pause.first) and (
            pause.last is None or pause.last >= other.first
        ):
            found.append(_problem("pause_overlaps", first=other.first))
    if pause.cause is Cause.UNNAMED:
        found.append(_problem("pause_unnamed"))
    elif not pause.evidence.strip():
        which = "law" if pause.cause is Cause.OTHER_LAW else "evidence"
        found.append(_problem(f"pause_{which}"))
    if pause.cause in ARTICLE_45 and not (pause.notice.strip() and pause.told):
        found.append(_problem("pause_untold"))
    return found


@dataclass(frozen=True)
class Telling:
    """The five days within which an applicant must hear what is missing."""

    received: date
    #: The last day for a word.
    until: Due
    #: Without a word it passed: accepted as of the day of receipt (article 32).
    deemed: bool

    @property
    def accepted(self) -> date | None:
        """The day of acceptance by law."""
        return self.received if self.deemed else None


def _act_due(calendar: Calendar, start: date, code: str) -> Due:
    limit = procedures()[code].limit
    found = due(calendar, Clock(start, limit, licence=True))
    assert found is not None
    return found


def telling(
    calendar: Calendar, received: date, told: date | None, today: date
) -> Telling:
    """Whether the application counts as accepted because nobody said a word.

    ``told`` is the day of the first word: what is missing, accepted or not accepted.
    """
    until = _act_due(calendar, received, "telling")
    return Telling(received, until, (told or today) > until.day)


def delivery(calendar: Calendar, decided: date) -> Due:
    """Until when a granted decision must be delivered (article 44)."""
    return _act_due(calendar, decided, "delivery")


# ----------------------------------------------------------------- a new calendar


@dataclass(frozen=True)
class Move:
    """A stored date that a new calendar changes."""

    key: str
    which: str
    before: Due
    after: Due

    @property
    def days(self) -> int:
        """Calendar days by which the date moved; 0 if only its status changed."""
        return (self.after.day - self.before.day).days


def moves(
    calendar: Calendar,
    stored: Iterable[tuple[str, Clock, str, Due]],
    as_of: date | None = None,
) -> Iterator[Move]:
    """What a calendar changes in stored dates: key, clock, which limit, what it was.

    ``as_of`` is what the stored dates were counted with, else days of a pause that
    lasts would look like days of the calendar.
    """
    for key, clock, which, before in stored:
        after = due(calendar, clock, which, as_of)
        if after is not None and after != before:
            yield Move(key, which, before, after)


# ------------------------------------------------------------------ reading, writing


def clock_as_dict(clock: Clock) -> dict[str, Any]:
    """A clock as JSON holds it."""

    def limit(one: Limit | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {"amount": one.amount, "unit": one.unit.value, "basis": one.basis}

    def day(one: date | None) -> str | None:
        return one.isoformat() if one else None

    extension = clock.extension
    return {
        "accepted": clock.accepted.isoformat(),
        "statutory": limit(clock.statutory),
        "promised": limit(clock.promised),
        "licence": clock.licence,
        "pauses": [
            {
                "first": pause.first.isoformat(),
                "last": day(pause.last),
                "cause": pause.cause.value,
                "evidence": pause.evidence,
                "notice": pause.notice,
                "told": day(pause.told),
                "who": pause.who,
                "at": pause.at,
            }
            for pause in clock.pauses
        ],
        "extension": extension
        and {
            "amount": extension.amount,
            "approver": extension.approver.value,
            "approved": extension.approved.isoformat(),
            "reason": extension.reason,
            "told": day(extension.told),
            "who": extension.who,
            "at": extension.at,
            "promised": extension.promised,
        },
    }


def clock_from(row: Mapping[str, Any]) -> Clock:
    """What :func:`clock_as_dict` gave."""

    def limit(one: Mapping[str, Any]) -> Limit:
        return Limit(one["amount"], Unit(one["unit"]), one["basis"])

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    pauses = tuple(
        Pause(
            date.fromisoformat(one["first"]),
            day(one["last"]),
            Cause(one["cause"]),
            one["evidence"],
            one["notice"],
            day(one["told"]),
            one["who"],
            one["at"],
        )
        for one in row["pauses"]
    )
    extension = None
    if row["extension"]:
        one = row["extension"]
        extension = Extension(
            one["amount"],
            Approver(one["approver"]),
            date.fromisoformat(one["approved"]),
            one["reason"],
            day(one["told"]),
            one["who"],
            one["at"],
            one["promised"],
        )
    return Clock(
        date.fromisoformat(row["accepted"]),
        limit(row["statutory"]),
        limit(row["promised"]) if row["promised"] else None,
        pauses,
        extension,
        row["licence"],
    )
