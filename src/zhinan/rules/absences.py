"""Absences: who stands in for whom on which days, and what is refused.

Both days count. A substitute acts with the absent person's functions in the departments
that they have in common, and only with those that are the person's own: what is held in
somebody else's place is not passed on.
"""

from .codes import Problem
from .permissions import group_id
from .permissions import parse_group
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

import datetime


#: Days that an absence may last where the site's keeper sets nothing else.
LONGEST = 90
PLANNED, IN_FORCE, ENDED, CANCELLED = "planned", "in_force", "ended", "cancelled"


@dataclass(frozen=True)
class Absence:
    """One absence with its substitute."""

    id: str
    person: str
    substitute: str
    start: datetime.date
    until: datetime.date
    note: str = ""
    #: who entered it and when, ISO 8601 with offset
    entered_by: str = ""
    entered: str = ""
    cancelled_by: str = ""
    cancelled: str = ""

    def state(self, day: datetime.date) -> str:
        """How it stands on a day."""
        if self.cancelled:
            return CANCELLED
        if day < self.start:
            return PLANNED
        return IN_FORCE if day <= self.until else ENDED

    def in_force(self, day: datetime.date) -> bool:
        """Whether the substitute acts on this day."""
        return self.state(day) == IN_FORCE

    def meets(self, other: "Absence") -> bool:
        """Whether both have a day in common; what was cancelled has none."""
        if self.cancelled or other.cancelled:
            return False
        return self.start <= other.until and other.start <= self.until


def lent(own: Iterable[str], substitutes: Iterable[str]) -> list[str]:
    """Groups that an absence gives to the substitute.

    :param own: the absent person's own groups.
    :param substitutes: the substitute's own groups.
    """
    common = {found[0] for found in map(parse_group, substitutes) if found}
    groups = (parse_group(group) for group in own)
    return [group_id(*found) for found in groups if found and found[0] in common]


def problems(
    wanted: Absence,
    known: Iterable[Absence],
    today: datetime.date,
    gives: bool,
    longest: int = LONGEST,
) -> Iterator[Problem]:
    """What is wrong with a new absence.

    :param known: the absences that there are.
    :param gives: whether the substitute has a function in a department of the person.
    """
    if wanted.until < wanted.start:
        yield Problem("until", "absence_order")
    elif wanted.start < today:
        yield Problem("start", "absence_past")
    elif (wanted.until - wanted.start).days + 1 > longest:
        yield Problem("until", "absence_long", (("longest", str(longest)),))
    if wanted.substitute == wanted.person:
        yield Problem("substitute", "absence_oneself")
    elif not gives:
        yield Problem("substitute", "absence_stranger")
    met = [other for other in known if wanted.meets(other)]
    if any(other.person == wanted.person for other in met):
        yield Problem("start", "absence_overlap")
    if any(other.person == wanted.substitute for other in met):
        yield Problem("substitute", "absence_both_away")
