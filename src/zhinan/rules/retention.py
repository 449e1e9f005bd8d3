"""Which backups are kept: one a day, a week, a month, and always the newest.

Days, weeks and months without a backup do not count: whoever made none for a year has
still as many as the rule says. Moments are aware, in the zone whose days are meant.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import datetime
import re


#: Time that a backup may take or be late, beside the time between two.
GRACE = datetime.timedelta(hours=2)
_RULE = re.compile(r"(\d{1,4})[ ,/](\d{1,4})[ ,/](\d{1,4})", re.ASCII)


class NoRule(ValueError):
    """What should be a rule is none."""


@dataclass(frozen=True)
class Rule:
    """How many days, weeks and months keep their last backup."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12

    def longest_age(self) -> datetime.timedelta:
        """The age above which the newest backup is too old for this rule."""
        if self.daily:
            return datetime.timedelta(days=1) + GRACE
        if self.weekly:
            return datetime.timedelta(days=7) + GRACE
        return datetime.timedelta(days=31) + GRACE

    def __str__(self) -> str:
        return f"{self.daily},{self.weekly},{self.monthly}"


def parse(text: str) -> Rule:
    """A rule as people write it: ``7,4,12`` for days, weeks and months.

    :raises NoRule: if it is none, or would keep nothing.
    """
    found = _RULE.fullmatch(text.strip())
    numbers = [int(part) for part in found.groups()] if found else []
    if not any(numbers):
        raise NoRule(text)
    return Rule(*numbers)


def _day(moment: datetime.datetime) -> tuple[int, ...]:
    return (moment.year, moment.month, moment.day)


def _week(moment: datetime.datetime) -> tuple[int, ...]:
    return tuple(moment.isocalendar()[:2])


def _month(moment: datetime.datetime) -> tuple[int, ...]:
    return (moment.year, moment.month)


def _last_of_each(
    newest_first: Sequence[datetime.datetime],
    span: Callable[[datetime.datetime], tuple[int, ...]],
    number: int,
) -> set[datetime.datetime]:
    last: dict[tuple[int, ...], datetime.datetime] = {}
    for moment in newest_first:
        last.setdefault(span(moment), moment)
        if len(last) > number:
            break
    return set(list(last.values())[:number])


def kept(moments: Iterable[datetime.datetime], rule: Rule) -> set[datetime.datetime]:
    """The moments whose backups stay; the newest is always among them."""
    newest_first = sorted(moments, reverse=True)
    return (
        set(newest_first[:1])
        | _last_of_each(newest_first, _day, rule.daily)
        | _last_of_each(newest_first, _week, rule.weekly)
        | _last_of_each(newest_first, _month, rule.monthly)
    )
