"""The calendar as the site keeps it: in an annotation of its root.

Years and closures are kept as the text that the calendar file holds, so that a later
release reads what an earlier one wrote. Every change stays with what was before it:
that is how the last one is taken back.
"""

from BTrees.IOBTree import IOBTree
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import closures_as_rows
from zhinan.rules.calendar import closures_from
from zhinan.rules.calendar import seeded
from zhinan.rules.calendar import Table
from zhinan.rules.calendar import table_as_dict
from zhinan.rules.calendar import table_from
from zope.annotation.interfaces import IAnnotations

import datetime
import json


KEY = "zhinan.clock.calendar"
#: Stands for the local closures where a change names a year.
CLOSURES = 0


@dataclass(frozen=True)
class Change:
    """One change: of a year, or of the closures; ``before`` and ``after`` are texts."""

    number: int
    moment: datetime.datetime
    who: str
    year: int
    before: str
    after: str
    #: what it goes by: the numbers of notices, or the reasons of closures
    note: str = ""
    #: number of the change that it takes back
    undoes: int = 0


class Progress(Persistent):
    """Up to which change the open dates were counted anew.

    An object of its own: the job that counts never meets a keeper who changes.
    """

    settled = 0


class Kept(Persistent):
    """Tables by year, the closures, and all changes by number."""

    #: number of the last change; whoever has read the calendar knows it by this
    number = 0
    closures = ""

    def __init__(self) -> None:
        self.years = IOBTree()
        self.changes = IOBTree()
        self.progress = Progress()

    @property
    def calendar(self) -> Calendar:
        """The calendar; made once for each connection and change."""
        known = self.__dict__.get("_v_calendar")
        if known is None or known[0] != self.number:
            tables = tuple(table_from(json.loads(text)) for text in self.years.values())
            closures = closures_from(json.loads(self.closures or "[]"))
            known = (self.number, Calendar(tables, closures))
            self._v_calendar = known
        found: Calendar = known[1]
        return found

    def text(self, year: int) -> str:
        """What is kept of a year, or of the closures; empty for nothing."""
        return self.closures if year == CLOSURES else self.years.get(year, "")

    def write(self, year: int, text: str) -> None:
        """Keep a year, or the closures; an empty text takes a year away."""
        if year == CLOSURES:
            self.closures = text
        elif text:
            self.years[year] = text
        else:
            self.years.pop(year, None)

    def add(self, year: int, text: str, who: str, note: str, undoes: int = 0) -> Change:
        """Make one change."""
        before = self.text(year)
        self.write(year, text)
        self.number += 1
        now = datetime.datetime.now(datetime.UTC)
        done = Change(self.number, now, who, year, before, text, note, undoes)
        self.changes[self.number] = done
        return done

    def last(self) -> Change | None:
        """The last change that stands: no taking back, and not taken back itself."""
        undone = {change.undoes for change in self.changes.values()}
        for number in reversed(list(self.changes)):
            change: Change = self.changes[number]
            if not change.undoes and number not in undone:
                return change
        return None

    def notes(self) -> list[str]:
        """What the changes go by with which dates were not counted yet, in order."""
        later = self.changes.values(min=self.progress.settled, excludemin=True)
        return list(dict.fromkeys(change.note for change in later if change.note))


def table_text(table: Table | None) -> str:
    """A table as it is kept; the same table has the same text."""
    if table is None:
        return ""
    return json.dumps(table_as_dict(table), ensure_ascii=False, sort_keys=True)


def closures_text(calendar: Calendar) -> str:
    """The closures of a calendar as they are kept."""
    if not calendar.closures:
        return ""
    rows = closures_as_rows(calendar.closures)
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)


def table_of(text: str) -> Table | None:
    """The table of a text, or None for an empty one."""
    return table_from(json.loads(text)) if text else None


def make() -> Kept:
    """A store that holds what the product brings."""
    made = Kept()
    for table in seeded().tables:
        made.years[table.year] = table_text(table)
    return made


def of(site: Any) -> Kept | None:
    """The store of a site, or None while it has none."""
    return IAnnotations(site).get(KEY)


def calendar(site: Any) -> Calendar:
    """The calendar of a site; what the product brings where nothing is kept yet."""
    found = of(site)
    return seeded() if found is None else found.calendar


def obtain(site: Any) -> Kept:
    """The store of a site, made where there is none."""
    annotations = IAnnotations(site)
    if KEY not in annotations:
        annotations[KEY] = make()
    kept: Kept = annotations[KEY]
    return kept
