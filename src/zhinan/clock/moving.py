"""The calendar of a site in an export of the whole, and back."""

from . import changing
from . import store
from typing import Any
from zhinan.rules.calendar import CalendarRefused
from zhinan.rules.calendar import read
from zhinan.rules.calendar import write

import json


def dump(site: Any) -> dict[str, Any]:
    """The calendar as plain values; nothing where no keeper has changed it."""
    kept = store.of(site)
    if kept is None or not kept.number:
        return {}
    found: dict[str, Any] = json.loads(write(kept.calendar))
    return found


def restore(site: Any, rows: dict[str, Any]) -> int:
    """Enter what was exported; how many years and closures are new.

    A calendar that a keeper of this site has changed stays as it is.

    :raises ValueError: if it cannot be read.
    """
    if not rows or store.obtain(site).number:
        return 0
    try:
        calendar = read(json.dumps(rows))
    except CalendarRefused as refusal:
        raise ValueError(str(refusal)) from refusal
    done = [changing.change_year(site, one.year, one) for one in calendar.tables]
    done.append(changing.change_closures(site, calendar.closures))
    return sum(change is not None for change in done)
