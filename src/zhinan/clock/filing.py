"""The copy of the calendar beside the database, for what opens none.

It is written after a commit: a file that tells of a change which was not kept would be
worse than an old one, and a disk that is full must not undo a keeper's work. What could
not be written is tried again every minute, and stands on the page of the site's health.
"""

from .store import calendar
from App.config import getConfiguration
from pathlib import Path
from threading import Lock
from typing import Any
from zhinan import logger
from zhinan.jobs.interfaces import IScheduled
from zhinan.rules import calendarfile
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import seeded
from zhinan.rules.calendar import write
from zope.interface import implementer

import transaction


#: Why the file of a path could not be written the last time.
TROUBLES: dict[str, str] = {}
_LOCK = Lock()
#: Number of the change that a path's file was last written with, in this process.
_WRITTEN: dict[str, int] = {}


def path() -> Path:
    """Where the file lies."""
    # Zope's own folder is var/instance of the project.
    return calendarfile.place(Path(getConfiguration().clienthome).parent.parent)


def save_later(found: Calendar, number: int) -> None:
    """Write the file after the commit of the transaction that runs.

    :param number: that of the last change: of two commits the later one holds.
    """
    transaction.get().addAfterCommitHook(_save, (found, number))


def _save(success: bool, found: Calendar, number: int) -> None:
    if not success:
        return
    place = path()
    with _LOCK:
        # The hooks of two commits may run the other way round.
        if _WRITTEN.get(str(place), 0) > number:
            return
        if _try(place, found):
            _WRITTEN[str(place)] = number


def _try(place: Path, found: Calendar) -> bool:
    try:
        calendarfile.save(place, found)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if TROUBLES.get(str(place)) != reason:
            logger.error("The calendar cannot be written to %s: %s", place, error)
        TROUBLES[str(place)] = reason
        return False
    TROUBLES.pop(str(place), None)
    return True


def is_current(site: Any) -> bool:
    """Whether who reads the file counts with the site's calendar."""
    found = calendar(site)
    place = path()
    try:
        return place.read_text("utf-8") == write(found)
    except FileNotFoundError:
        # Then the command counts with what the product brings.
        return found == seeded()
    except (OSError, UnicodeDecodeError):
        return False


def trouble() -> str:
    """Why the file could not be written the last time, or nothing."""
    return TROUBLES.get(str(path()), "")


@implementer(IScheduled)
class KeepFile:
    """Looks whether the file tells the truth, and writes it anew where it does not.

    After a failure, after a restore, and where another process changed the calendar.
    """

    every = 60

    def run(self, site: Any) -> bool:
        """Compare and write; in the database nothing changes."""
        if not is_current(site):
            with _LOCK:
                _try(path(), calendar(site))
        return False


KEEP_FILE = KeepFile()
