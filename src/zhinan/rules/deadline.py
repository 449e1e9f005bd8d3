"""One question about a limit and its answer: for the command, the service and the page.

A question comes as text, as a person types it; what is wrong with it is a problem whose
words stand in ``data/clock.toml``.
"""

from . import clock
from . import clockwords
from .calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import re


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
#: More pauses than any procedure has; each makes an answer dearer.
MOST_PAUSES = 50


class DeadlineRefused(clock.ClockRefused):
    """A question that cannot be answered; the problem says why."""


@dataclass(frozen=True)
class Asked:
    """A question: the facts, and the day as of which the days are reckoned."""

    clock: clock.Clock
    as_of: date | None = None


@dataclass(frozen=True)
class Answer:
    """The date with its explanation, and how far it is on the day that was asked."""

    explanation: clock.Explanation
    as_of: date | None = None
    standing: clock.Standing | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what the command and the service print."""
        lines = clockwords.step_texts(self.explanation)
        row = {**self.explanation.as_dict(), "at": None, "lines": lines}
        if self.as_of and self.standing:
            row["at"] = {
                "day": self.as_of.isoformat(),
                "state": self.standing.state.value,
                "used": self.standing.used,
                "paused": self.standing.paused,
                "remaining": self.standing.remaining,
                "overdue": self.standing.overdue,
            }
        return row


def _day(value: str) -> date:
    value = value.strip()
    if not _DATE.fullmatch(value):
        raise DeadlineRefused("deadline_date", value=value[:60])
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DeadlineRefused("deadline_no_day", value=value) from None


def _pause(value: str) -> clock.Pause:
    """A pause ``FROM..TO``, both days in it; ``FROM..`` still lasts."""
    first, found, last = value.partition("..")
    if not found or not first.strip():
        raise DeadlineRefused("deadline_pause", value=value[:60])
    begin = _day(first)
    end = _day(last) if last.strip() else None
    return clock.Pause(begin, end, clock.Cause.UNNAMED)


def _limit(limit: str | None, unit: str | None) -> clock.Limit:
    if limit is None:
        raise DeadlineRefused("deadline_needs_limit")
    if not _NUMBER.fullmatch(limit.strip()):
        raise DeadlineRefused("deadline_limit", value=limit[:60])
    try:
        return clock.Limit(int(limit), clock.Unit(unit or ""))
    except ValueError:
        raise DeadlineRefused("deadline_unit", value=(unit or "")[:60]) from None


def asked(
    accepted: str | None,
    limit: str | None,
    unit: str | None = clock.Unit.WORKDAY,
    pauses: Iterable[str] = (),
    at: str | None = None,
) -> Asked:
    """The question as it was typed.

    :raises DeadlineRefused: if it is none.
    """
    if accepted is None:
        raise DeadlineRefused("deadline_needs_accepted")
    facts = clock.Clock(_day(accepted), _limit(limit, unit))
    stops = tuple(map(_pause, pauses))
    as_of = _day(at) if at else None
    if len(stops) > MOST_PAUSES:
        raise DeadlineRefused("deadline_pauses", most=MOST_PAUSES)
    for pause in stops:
        if pause.first < facts.accepted:
            raise DeadlineRefused(
                "deadline_pause_early", first=pause.first, day=facts.accepted
            )
        if pause.last is None and as_of is None:
            raise DeadlineRefused("deadline_open_pause", first=pause.first)
    return Asked(clock.Clock(facts.accepted, facts.statutory, pauses=stops), as_of)


def answer(calendar: Calendar, question: Asked) -> Answer:
    """The answer by a calendar.

    :raises clock.ClockRefused: for facts that can only be mistakes.
    """
    facts, as_of = question.clock, question.as_of
    said = clock.explain(calendar, facts, as_of=as_of)
    assert said is not None
    stands = clock.standing(calendar, facts, as_of) if as_of else None
    return Answer(said, as_of, stands)
