"""Limits counted by walking over days, with the days of another package.

Nothing of ours is used here but the facts of a pause, so that both can be wrong only
by chance in the same way.
"""

from datetime import date
from datetime import timedelta
from dateutil.relativedelta import relativedelta

import holidays


#: Days on which holidays 0.86 does not follow the notice (see test_calendar.DISAGREED).
NOTICES = {
    date(2019, 4, 28): True,
    date(2019, 5, 2): False,
    date(2019, 5, 3): False,
    date(2019, 5, 5): True,
}
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


def working_days() -> list[bool]:
    """Whether each day from FIRST to LAST is worked."""
    other = holidays.country_holidays("CN", years=range(2003, 2028))
    length = (LAST - FIRST).days + 1
    every = (FIRST + timedelta(n) for n in range(length))
    return [NOTICES.get(day, other.is_working_day(day)) for day in every]


class Walk:
    """Counts from day to day; None where it would leave the known years."""

    def __init__(self) -> None:
        self.works = working_days()

    def due(
        self,
        accepted: date,
        amount: int,
        unit: str,
        pauses: list[tuple[date, date]],
    ) -> date | None:
        """The last day of a limit."""
        spans = [((a - FIRST).days, (b - FIRST).days) for a, b in pauses]
        works, day, length = self.works, (accepted - FIRST).days, len(self.works)
        if unit == "workday":
            while amount:
                day += 1
                if day >= length:
                    return None
                if works[day] and not any(a <= day <= b for a, b in spans):
                    amount -= 1
            return FIRST + timedelta(day)
        if unit != "day":
            amount = (accepted + relativedelta(**{f"{unit}s": amount}) - accepted).days
        moves = amount > 0
        while amount:
            day += 1
            if not any(a <= day <= b for a, b in spans):
                amount -= 1
        if day >= length:
            return None
        while moves and (not works[day] or any(a <= day <= b for a, b in spans)):
            day += 1
            if day >= length:
                return None
        return FIRST + timedelta(day)
