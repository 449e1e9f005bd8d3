"""The calendar as a file beside the database, for what opens no database.

The site writes it whenever its calendar changes; it is a copy, and never read back into
the site.
"""

from .calendar import Calendar
from .calendar import CalendarRefused
from .calendar import read
from .calendar import seeded
from .calendar import write
from pathlib import Path

import os
import tempfile


#: Below the project's folder.
PLACE = Path("var") / "calendar.json"
#: Names the file where it does not lie there.
VARIABLE = "ZHINAN_CALENDAR_FILE"
#: No calendar is greater.
GREATEST = 4 << 20


def place(home: Path) -> Path:
    """Where the file of a project's site lies."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).absolute() if named else home / PLACE


def load(path: Path) -> Calendar:
    """The calendar of a file; the seeded one if there is no file.

    :raises CalendarRefused: if there is one that cannot be read: dates by another
        calendar than the site's would be worse than none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(GREATEST + 1)
    except FileNotFoundError:
        return seeded()
    except OSError as error:
        raise CalendarRefused("calendar_unread", why=error.strerror) from error
    if len(data) > GREATEST:
        raise CalendarRefused("calendar_json")
    try:
        return read(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise CalendarRefused("calendar_json") from None


def save(path: Path, calendar: Calendar) -> None:
    """Write a calendar; who reads meanwhile has the old file or the new one, whole."""
    text = write(calendar)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Operators who are not the site's user may count days, too.
        fresh.chmod(0o644)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
