"""Which notices there are for a person, and in which order: the overdue ones first."""

from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan.departments import functions
from zhinan.departments.citytime import today
from zhinan.rules import notices as rules
from zhinan.supervision.notices.content import CANCELLED
from zhinan.supervision.notices.content import CLOSED
from zhinan.supervision.notices.content import ISSUED
from zhinan.supervision.notices.content import PORTAL_TYPE
from zhinan.supervision.notices.content import REPLIED
from zhinan.supervision.notices.mails import REPLIERS

import datetime


OPEN = (ISSUED, REPLIED)
#: Right to issue notices, held on the site.
ISSUE = "Zhinan: Issue supervision notices"
SHOWN = ("open", "overdue", "mine", "department", "all")
_ORDER = {ISSUED: 0, REPLIED: 1, CLOSED: 2, CANCELLED: 2}


@dataclass(frozen=True)
class Entry:
    """A notice as a list knows it."""

    brain: Any
    row: Mapping[str, Any]
    due: datetime.date
    #: days since the due date, as long as the reply is awaited
    overdue: int

    @property
    def order(self) -> tuple[Any, ...]:
        """Overdue ones first, then what is awaited by its day, then the newest."""
        state = _ORDER.get(self.brain.review_state, 3)
        year, number = rules.read_number(self.row["number"]) or (0, 0)
        if state == 0:
            return (0, -self.overdue, self.due.toordinal(), -year, -number)
        return (state, 0, 0, -year, -number)


def may_issue() -> bool:
    """Whether the person issues notices."""
    return bool(api.user.has_permission(ISSUE, obj=api.portal.get()))


def entries(shown: str = "open") -> list[Entry]:
    """The notices that the person may see, as far as they are wanted."""
    query: dict[str, Any] = {"portal_type": PORTAL_TYPE}
    if shown in {"open", "overdue"}:
        query["review_state"] = [ISSUED] if shown == "overdue" else list(OPEN)
    day = today()
    found = [_entry(b, day) for b in api.portal.get_tool("portal_catalog")(**query)]
    if shown == "overdue":
        found = [entry for entry in found if entry.overdue]
    elif shown == "mine":
        me = api.user.get_current().getId()
        found = [e for e in found if me in {e.brain.Creator, *e.row["inform"]}]
    elif shown == "department":
        own = functions.departments_of()
        found = [e for e in found if e.brain.department in own]
    return sorted(found, key=lambda entry: entry.order)


def _entry(brain: Any, day: datetime.date) -> Entry:
    row = brain.row or {}
    due = datetime.date.fromisoformat(row["due"])
    late = rules.overdue(due, day) if brain.review_state == ISSUED else 0
    return Entry(brain, row, due, late)


def waiting() -> int:
    """How many notices wait for this person: to be replied to, or to be closed."""
    if not functions.is_staff():
        return 0
    found = 0
    if may_issue():
        catalog = api.portal.get_tool("portal_catalog")
        found += len(catalog(portal_type=PORTAL_TYPE, review_state=REPLIED))
        found += len(entries("overdue"))
    own = functions.departments_of(None, *REPLIERS)
    if own:
        found += sum(
            1
            for entry in entries("open")
            if entry.brain.review_state == ISSUED and entry.brain.department in own
        )
    return found
