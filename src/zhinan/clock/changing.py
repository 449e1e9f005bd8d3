"""Changes of the calendar: kept, written into the trail and the file, and followed by
the open dates."""

from .dates import recount
from .filing import save_later
from .store import Change
from .store import CLOSURES
from .store import closures_text
from .store import Kept
from .store import KEY
from .store import obtain
from .store import table_of
from .store import table_text
from collections.abc import Iterable
from typing import Any
from zhinan.rules import clockwords
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import closures_from
from zhinan.rules.calendar import seeded
from zhinan.rules.calendar import Table
from zhinan.trail.acts import person
from zhinan.trail.acts import record
from zope.annotation.interfaces import IAnnotations

import json


#: The act, and the chain that holds all changes.
CHANGED = "calendar.changed"
CHAIN = "calendar"


class Outdated(Exception):
    """Somebody has changed the calendar since it was read."""


class NothingToUndo(Exception):
    """There is no change that stands."""


def change_year(
    site: Any, year: int, table: Table | None, number: int | None = None
) -> Change | None:
    """Enter, replace or take away a year; None if nothing is different.

    What is wrong with a table is found before, by ``rules.calendaredit``.

    :param number: of the last change that the person has seen.
    :raises Outdated: if there was another one since.
    """
    if table is not None and table.year != year:
        raise ValueError(f"a table of {table.year} for {year}")
    return _change(obtain(site), year, table_text(table), number)


def change_closures(
    site: Any, closures: Iterable[Closure], number: int | None = None
) -> Change | None:
    """Replace the local closures; None if nothing is different.

    :raises Outdated: as :func:`change_year`.
    """
    text = closures_text(Calendar().with_closures(closures))
    return _change(obtain(site), CLOSURES, text, number)


def undo(site: Any, number: int | None = None) -> Change:
    """Take back the last change that stands.

    :param number: of the change that the person means.
    :raises NothingToUndo: if there is none.
    :raises Outdated: if it is another one by now.
    """
    kept = obtain(site)
    last = kept.last()
    if last is None:
        raise NothingToUndo
    if number is not None and number != last.number:
        raise Outdated
    done = _write(kept, last.year, last.before, last.note, last.number)
    return done


def _change(kept: Kept, year: int, text: str, number: int | None) -> Change | None:
    if number is not None and number != kept.number:
        raise Outdated
    if text == kept.text(year):
        return None
    return _write(kept, year, text, note_of(year, text, kept.text(year)))


def _write(kept: Kept, year: int, text: str, note: str, undoes: int = 0) -> Change:
    done = kept.add(year, text, person(), note, undoes)
    record(
        None,
        CHANGED,
        uid=CHAIN,
        edition=clockwords.year_text(year),
        before=in_short(year, done.before),
        after=in_short(year, done.after),
        note=note,
    )
    found = kept.calendar
    save_later(found, done.number)
    recount(kept)
    return done


def in_short(year: int, text: str) -> str:
    """What a year or the closures hold, in a few words."""
    if year == CLOSURES:
        return clockwords.closures_text(closures_from(json.loads(text or "[]")))
    return clockwords.table_text(table_of(text))


def note_of(year: int, text: str, before: str) -> str:
    """What a change goes by: numbers of notices, or what they are called."""
    # Who takes something away names what it was.
    text = text or before
    if year == CLOSURES:
        rows = closures_from(json.loads(text or "[]"))
        names = [one.source or one.reason for one in rows]
    else:
        table = table_of(text)
        notices = table.notices if table is not None else ()
        names = [one.number or one.title or one.source for one in notices]
    known = list(dict.fromkeys(filter(None, names)))[-3:]
    join = clockwords.word("dates", "join")
    return join.join(known) or clockwords.year_text(year)


def prepare(site: Any) -> Kept:
    """The calendar of a site; years that a later release brings are entered.

    What a keeper has touched stays as it is.
    """
    if KEY not in IAnnotations(site):
        return obtain(site)
    kept = obtain(site)
    touched = {change.year for change in kept.changes.values()}
    for table in seeded().tables:
        if table.year not in kept.years and table.year not in touched:
            change_year(site, table.year, table)
    return kept
