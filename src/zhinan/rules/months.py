"""Months added to a day."""

from datetime import date
from datetime import timedelta


_ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same-numbered day some months later, else the last of that month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if day.day > 28:
        following = date(year + month // 12, month % 12 + 1, 1)
        return min(
            date(year, month, 28) + timedelta(day.day - 28), following - _ONE_DAY
        )
    return date(year, month, day.day)
