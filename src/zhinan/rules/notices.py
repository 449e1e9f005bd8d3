"""Supervision notices: their numbers, when they are overdue, and who is reminded when.

A notice is numbered within its year, in the order of issue; a number is never given
twice, also not when its notice was cancelled or deleted.
"""

import datetime
import re


#: Days before the due date from which on a reminder is sent, the latest first.
AHEAD = (1, 3)
#: Name of the reminder of one day on which a notice is overdue.
_OVERDUE = "overdue"
_NUMBER = re.compile(r"(\d{4})\D+(\d{1,6})")


def read_number(text: str) -> tuple[int, int] | None:
    """Year and number of a notice as it is written; None if that is no number."""
    match = _NUMBER.search(text or "")
    return (int(match[1]), int(match[2])) if match else None


def overdue(due: datetime.date, today: datetime.date) -> int:
    """Days since the due date; 0 up to the end of that day."""
    return max((today - due).days, 0)


def occasion(issued: datetime.date, due: datetime.date, today: datetime.date) -> str:
    """Which reminder is due today; empty if none is.

    Three days and one day before the due date once each, also when the day itself was
    missed; behind it once a day. On the day of issue nobody is reminded: the notice
    itself has just been sent.

    :returns: ``ahead-3``, ``ahead-1``, or ``overdue-2026-09-01``.
    """
    if today <= issued:
        return ""
    left = (due - today).days
    if left < 0:
        return f"{_OVERDUE}-{today.isoformat()}"
    for days in AHEAD:
        if left <= days:
            # Issued when less was left: that it is so soon was said in the notice.
            return f"ahead-{days}" if (due - issued).days > days else ""
    return ""
