"""Which version of a form is in force on a day.

The public always gets the version in force; each older one keeps its own address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import datetime


@dataclass(frozen=True)
class Period:
    """A version of a form with its first and (if known) last day in force."""

    version: str
    start: datetime.date | None
    until: datetime.date | None = None


def covers(period: Period, day: datetime.date) -> bool:
    """Whether the day lies in the period; both ends belong to it."""
    started = period.start is None or period.start <= day
    return started and (period.until is None or day <= period.until)


def in_force(periods: Sequence[Period], day: datetime.date) -> int | None:
    """Index of the version in force on this day, or None.

    Where periods overlap, the one that started last wins; of two that started on the
    same day, the later in the sequence.
    """
    candidates = [
        (period.start or datetime.date.min, index)
        for index, period in enumerate(periods)
        if covers(period, day)
    ]
    return max(candidates)[1] if candidates else None
