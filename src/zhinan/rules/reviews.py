"""Reviews of what is online: how they stand, and who is reminded when."""

import datetime
import zlib


OVERDUE, SOON, LATER = "overdue", "soon", "later"
#: In the order in which they are listed.
STANDINGS = (OVERDUE, SOON, LATER)


def standing(due: datetime.date, today: datetime.date, ahead: int) -> str:
    """Whether a review is overdue, due within so many days, or later.

    On the day itself it is due, and overdue from the next day on.

    >>> standing(datetime.date(2026, 5, 1), datetime.date(2026, 5, 2), 30)
    'overdue'
    """
    if due < today:
        return OVERDUE
    return SOON if (due - today).days <= ahead else LATER


def occasion(due: datetime.date, today: datetime.date, ahead: int) -> str:
    """The reminder that is due today; empty if none is.

    Once when it is due soon, and once in each calendar week while it is overdue, so
    that everything overdue comes in one mail a week.

    :returns: such as ``soon-2026-09-01`` or ``overdue-2026-W36``.
    """
    found = standing(due, today, ahead)
    if found == SOON:
        return f"{SOON}-{due.isoformat()}"
    if found == OVERDUE:
        year, week, _day = today.isocalendar()
        return f"{OVERDUE}-{year}-W{week:02d}"
    return ""


def first_review(
    uid: str, due: datetime.date, today: datetime.date, spread: int = 90
) -> datetime.date:
    """When something is reviewed first that was online before there were reviews.

    What would be due later keeps its day. What would be overdue at once comes within
    the next ``spread`` days, spread by its UID, so that nobody finds a thousand overdue
    reviews on the first morning.
    """
    if due > today:
        return due
    return today + datetime.timedelta(days=1 + zlib.crc32(uid.encode()) % spread)
