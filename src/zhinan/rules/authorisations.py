"""Whether a window may handle a matter for a department (事留人走), and how.

The city's work plan, task 3: the department and the service centre sign an
authorisation, and a seal is made that the window keeps and uses.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass

import datetime


#: Days before the end from which a paper or a seal counts as expiring.
SOON = 30
IN_FORCE, ENDED = "in_force", "ended"
#: How a paper or a seal stands on a day, the ones that need somebody first.
STANDINGS = ("expired", "expiring", "valid", "not_yet", "revoked", "ended", "draft")
#: Standings in which a paper or a seal may be used.
USABLE = frozenset({"valid", "expiring"})
#: Reasons why there is no cover, the nearest miss first.
REASONS = (
    "seal",
    "other_window",
    "not_yet",
    "expired",
    "revoked",
    "ended",
    "draft",
    "other_department",
    "none",
)


@dataclass(frozen=True)
class Period:
    """From when until when something holds; both days are included."""

    start: datetime.date | None
    until: datetime.date | None = None
    #: from this day on it holds no longer
    revoked: datetime.date | None = None
    #: workflow state: draft, in_force or ended
    state: str = IN_FORCE


@dataclass(frozen=True)
class Seal:
    """A seal as far as an authorisation needs it."""

    number: str
    department: str
    period: Period


@dataclass(frozen=True)
class Authorisation:
    """An authorisation as registered."""

    number: str
    title: str
    department: str
    window: str
    codes: tuple[str, ...]
    period: Period
    seal: str = ""
    url: str = ""
    holder: str = ""


@dataclass(frozen=True)
class Cover:
    """Whether a matter is covered, by what, and if not, why."""

    valid: bool
    #: ``covered`` or one of REASONS
    reason: str
    #: the authorisations that cover it, or those that nearly do
    authorisations: tuple[Authorisation, ...] = ()

    @property
    def until(self) -> datetime.date | None:
        """Last day of the cover; None where it is open or there is none."""
        days = [a.period.until for a in self.authorisations] if self.valid else []
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None


def standing(period: Period, day: datetime.date, soon: int = SOON) -> str:
    """How something stands on a day: one of STANDINGS."""
    if period.state not in (IN_FORCE, ENDED):
        return "draft"
    if period.revoked is not None and period.revoked <= day:
        return "revoked"
    if period.state == ENDED:
        return "ended"
    if period.start is not None and day < period.start:
        return "not_yet"
    last = _last(period)
    if last is None:
        return "valid"
    if last < day:
        return "expired"
    return "expiring" if (last - day).days <= soon else "valid"


def _last(period: Period) -> datetime.date | None:
    """Last day on which it holds."""
    days = [period.until] if period.until is not None else []
    if period.revoked is not None:
        days.append(period.revoked - datetime.timedelta(days=1))
    return min(days) if days else None


def parent_of(code: str) -> str:
    """Basic code of the matter to which a sub-item belongs; empty if there is none.

    Places 10 to 12 number the sub-items; a parent with sub-items has 00Y there.
    """
    if len(code) == 12 and code[9:] not in ("000", "00Y"):
        return f"{code[:9]}00Y"
    return ""


def names(authorisation: Authorisation, code: str) -> bool:
    """Whether it names this matter; who is authorised for a whole is for its parts."""
    return code in authorisation.codes or parent_of(code) in authorisation.codes


def cover(
    papers: Iterable[Authorisation],
    seals: Mapping[str, Seal],
    code: str,
    department: str,
    day: datetime.date,
    window: str | None = None,
) -> Cover:
    """Whether the matter of a department may be handled by a window on a day.

    :param seals: by number; an authorisation that names a seal needs a valid one.
    :param window: the one that asks; any window if None.
    """
    misses: dict[str, list[Authorisation]] = {}
    found = []
    for paper in papers:
        if not code or not names(paper, code):
            continue
        reason = _miss(paper, seals, department, day, window)
        if reason:
            misses.setdefault(reason, []).append(paper)
        else:
            found.append(paper)
    if found:
        return Cover(True, "covered", tuple(found))
    for reason in REASONS:
        if reason in misses:
            return Cover(False, reason, tuple(misses[reason]))
    return Cover(False, "none")


def _miss(
    paper: Authorisation,
    seals: Mapping[str, Seal],
    department: str,
    day: datetime.date,
    window: str | None,
) -> str:
    """Why this paper does not cover; empty if it does."""
    if paper.department != department:
        return "other_department"
    stands = standing(paper.period, day)
    if stands not in USABLE:
        return stands
    if window is not None and paper.window.strip() != window.strip():
        return "other_window"
    if paper.seal:
        seal = seals.get(paper.seal)
        if seal is None or standing(seal.period, day) not in USABLE:
            return "seal"
    return ""


def within(inner: Period, outer: Period) -> bool:
    """Whether one period lies inside another; an open end is later than any day."""
    if inner.start and outer.start and inner.start < outer.start:
        return False
    end, last = _last(inner), _last(outer)
    return last is None or (end is not None and end <= last)
