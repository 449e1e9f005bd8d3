"""What people read of clocks and calendars, in Chinese and English.

All words stand in ``data/clock.toml``: for a language other than these two, and for
pages that say it in another way, the codes of the steps are the interface.
"""

from .calendar import Closure
from .calendar import festival_title
from .calendar import Span
from .calendar import Status
from .calendar import Table
from .clock import Due
from .clock import Explanation
from .clock import Limit
from .clock import Step
from .clock import Unit
from .codes import Problem
from .elements import read_data
from collections.abc import Collection
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any


LANGUAGES = ("zh", "en")


@cache
def _data() -> dict[str, Any]:
    return read_data("clock.toml")


def word(group: str, key: str, language: str = "zh") -> str:
    """A word of a group, or the key itself if there is none."""
    pair = _data()[group].get(key)
    return str(pair[LANGUAGES.index(language)]) if pair else key


def day_text(day: date, language: str = "zh") -> str:
    """A day with its weekday."""
    dates = _data()["dates"]
    weekday = dates["weekdays"][day.weekday()][LANGUAGES.index(language)]
    month = dates["months"][day.month - 1]
    return word("dates", "one", language).format(day, weekday, month)


def weekdays(language: str = "zh") -> list[str]:
    """Monday to Sunday."""
    pairs = _data()["dates"]["weekdays"]
    return [str(pair[LANGUAGES.index(language)]) for pair in pairs]


def days_text(first: date, last: date, language: str = "zh") -> str:
    """A day, or the first and the last of some."""
    if first == last:
        return day_text(first, language)
    pair = day_text(first, language), day_text(last, language)
    return word("dates", "more", language).format(*pair)


def limit_text(limit: Limit, language: str = "zh") -> str:
    """How long a limit is."""
    return word("units", limit.unit.value, language).format(limit.amount)


def status_text(due: Due, language: str = "zh") -> str:
    """What a date rests on."""
    join = word("dates", "join", language).join
    years = join(word("dates", "years", language).format(y) for y, _gaps in due.gaps)
    gaps = join(
        word("gaps", gap, language)
        for gap in dict.fromkeys(gap for _year, gaps in due.gaps for gap in gaps)
    )
    said = word("statuses", due.status.value, language)
    return said.format(years=years, gaps=gaps)


def note_texts(due: Due, language: str = "zh") -> list[str]:
    """What else is to be known of a date."""
    keys = [key for key in ("standing", "december") if getattr(due, key)]
    return [word("notes", key, language) for key in keys]


def mark(status: Status, language: str = "zh") -> str:
    """A status in one word."""
    return word("marks", status.value, language)


def due_text(due: Due, language: str = "zh") -> str:
    """A date in short: the day and, where it is not official, how firm it is."""
    day = due.day.isoformat()
    if due.status is Status.OFFICIAL:
        return day
    said = word("shorts", "due", language)
    return said.format(day=day, mark=mark(due.status, language))


def year_text(year: int, language: str = "zh") -> str:
    """A year, or the local closures for 0."""
    if not year:
        return word("shorts", "closures", language)
    return word("shorts", "year", language).format(year=year)


def _total(spans: Iterable[Span | Closure]) -> int:
    return sum((span.last - span.first).days + 1 for span in spans)


def table_text(table: Table | None, language: str = "zh") -> str:
    """What a year holds, in short."""
    if table is None:
        return word("shorts", "none", language)
    return word("shorts", "table", language).format(
        mark=mark(table.status, language),
        off=_total(table.off),
        work=_total(table.work),
    )


def closures_text(closures: Collection[Closure], language: str = "zh") -> str:
    """The local closures, in short."""
    if not closures:
        return word("shorts", "open", language)
    return word("shorts", "closed", language).format(days=_total(closures))


def _key(step: Step, unit: Unit) -> str:
    if step.code == "counted":
        return "counted_workday" if unit is Unit.WORKDAY else "counted_day"
    if step.rule == "article_203" and step.code != "moved":
        return f"moved_{step.code}"
    return step.code


def step_text(step: Step, unit: Unit, language: str = "zh") -> str:
    """A step of an explanation, with rule and source where days are left out."""
    low, high = step.numbers
    number = word("numbers", "one" if low == high else "more", language)
    group = "causes" if step.code == "paused" else ""
    name = (
        word(group, step.name, language)
        if group
        else festival_title(step.name, language)
    )
    text = word("steps", _key(step, unit), language).format(
        day=days_text(step.first, step.last, language),
        number=number.format(low, high),
        name=name,
    )
    grounds = [step.source] if step.source else []
    if step.rule and step.rule not in ("pause", "closure", step.name):
        grounds.insert(0, word("rules", step.rule, language))
    if not grounds:
        return text
    join = word("dates", "join", language)
    return text + ("（{}）" if language == "zh" else " ({})").format(join.join(grounds))


def step_texts(explanation: Explanation, language: str = "zh") -> list[str]:
    """An explanation line by line."""
    unit = explanation.limit.unit
    return [step_text(step, unit, language) for step in explanation.steps]


def problem_text(problem: Problem, language: str = "zh") -> str:
    """What is wrong, as a sentence."""
    return word("problems", problem.id, language).format(**problem.mapping)


def problem_texts(problems: Iterable[Problem], language: str = "zh") -> list[str]:
    """What is wrong, as sentences."""
    return [problem_text(problem, language) for problem in problems]


def is_final(due: Due) -> bool:
    """Whether nothing that is known to be missing can move the date."""
    return due.status is Status.OFFICIAL and not due.standing and not due.december
