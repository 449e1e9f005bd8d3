"""A change of the calendar before it is made: what is wrong, and what it changes."""

from .calendar import Calendar
from .calendar import Closure
from .calendar import closure_problems
from .calendar import Day
from .calendar import FIRST_YEAR
from .calendar import Kind
from .calendar import LAST_YEAR
from .calendar import Notice
from .calendar import Status
from .calendar import Table
from .calendar import table_problems
from .calendartext import closures
from .calendartext import Finding
from .calendartext import Line
from .calendartext import problem
from .calendartext import read_lines
from .calendartext import spans
from .codes import Problem
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date

import calendar as weeks
import re


#: Characters that a title, a number, an address or a remark has at most.
LONGEST = 500
#: What may be meant so: it is shown before the change and does not hinder it.
DOUBTS = frozenset({"table_festival"})
_DATES = re.compile(r"\d{4}-\d{2}-\d{2}")


def year_findings(table: Table) -> list[Finding]:
    """What is wrong or doubtful in a year as a whole, however it came."""
    found = []
    if not FIRST_YEAR <= table.year <= LAST_YEAR:
        said = problem("table_year", year=table.year, first=FIRST_YEAR, last=LAST_YEAR)
        return [Finding("year", said)]
    known = any(notice.number or notice.source for notice in table.notices)
    if table.status is Status.OFFICIAL and not known:
        found.append(Finding("number", problem("table_notice")))
    for notice in table.notices:
        if notice.source and not notice.source.startswith(("http://", "https://")):
            found.append(Finding("source", problem("table_source")))
        for name in ("title", "number", "source"):
            if len(getattr(notice, name)) > LONGEST:
                said = problem("table_long", key=name, most=LONGEST)
                found.append(Finding(name, said))
    if len(table.note) > LONGEST:
        found.append(Finding("note", problem("table_long", key="note", most=LONGEST)))
    for field, days in (("off", table.off), ("work", table.work)):
        for span in days:
            if not 0 <= span.notice <= max(1, len(table.notices)):
                said = problem("table_span_notice", notice=span.notice)
                found.append(Finding(field, said))
            if len(span.festival) > 60:
                said = problem("table_long", key=span.festival[:10], most=60)
                found.append(Finding(field, said))
    for said in table_problems(table):
        field = "work" if said.id in ("table_both", "table_worked") else "off"
        field = "number" if said.id == "table_number" else field
        found.append(Finding(field, said, doubt=said.id in DOUBTS))
    return found


def typed_table(
    year: int,
    off: str,
    work: str,
    notices: Sequence[Notice] = (),
    status: Status = Status.OFFICIAL,
    note: str = "",
) -> tuple[Table, list[Finding]]:
    """A year as it was typed, with everything that is wrong or doubtful in it."""
    off_lines, found = read_lines("off", off)
    work_lines, more = read_lines("work", work)
    found += more
    table = Table(
        year, tuple(notices), spans(off_lines), spans(work_lines), status, note
    )
    broken = bool(found)
    for one in year_findings(table):
        if broken and one.problem.id in ("table_empty", "table_festival"):
            # A line that could not be read may hold it.
            continue
        found.append(_placed(one, off_lines, work_lines))
    return table, found


def _placed(found: Finding, off: list[Line], work: list[Line]) -> Finding:
    """A finding with the line that its day stands in."""
    if found.problem.id == "table_festival":
        return found
    for field, lines in (("off", off), ("work", work)):
        if field == found.field or found.problem.id in ("table_outside", "table_span"):
            line = _line_of(found.problem, lines)
            if line:
                return Finding(field, found.problem, line, found.doubt)
    return found


def _line_of(said: Problem, lines: list[Line]) -> int:
    values = said.mapping
    if "notice" in values:
        return next((o.number for o in lines if str(o.notice) == values["notice"]), 0)
    days = [
        date.fromisoformat(text)
        for text in values.values()
        if _DATES.fullmatch(str(text))
    ]
    for one in lines:
        if any(one.first <= day <= one.last for day in days):
            return one.number
    return 0


def closure_findings(found: Iterable[Closure]) -> list[Finding]:
    """What is wrong in local closures."""
    problems = []
    for one in found:
        problems += [Finding("closures", said) for said in closure_problems(one)]
        if not (one.first.year >= FIRST_YEAR and one.last.year <= LAST_YEAR):
            said = problem("calendar_date", value=one.first)
            problems.append(Finding("closures", said))
        if len(one.reason) > LONGEST or len(one.source) > LONGEST:
            said = problem("table_long", key=one.reason[:10], most=LONGEST)
            problems.append(Finding("closures", said))
    return problems


def typed_closures(text: str) -> tuple[tuple[Closure, ...], list[Finding]]:
    """Closures as they were typed, with everything that is wrong in them."""
    lines, found = read_lines("closures", text)
    for line in lines:
        for one in closure_findings(closures([line])):
            found.append(Finding(one.field, one.problem, line.number))
    return closures(lines), found


def differing(before: Calendar, after: Calendar) -> list[tuple[Day, Day]]:
    """The days of which two calendars say something else, in their order."""
    found = []
    for day in sorted(before.marked() | after.marked()):
        old, new = before.day(day), after.day(day)
        if (old.kind, old.name) != (new.kind, new.name):
            found.append((old, new))
    return found


def months(calendar: Calendar, year: int) -> list[list[list[Day | None]]]:
    """Twelve months of weeks of seven days, Monday first; None is another month's."""
    return [
        [
            [calendar.day(day) if day.month == month else None for day in week]
            for week in weeks.Calendar().monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def year_of(calendar: Calendar, year: int) -> Iterator[Day]:
    """All days of a year."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    for number in range(first, last + 1):
        yield calendar.day(date.fromordinal(number))


def special(calendar: Calendar, year: int) -> list[Day]:
    """The days that are neither an ordinary weekday nor an ordinary weekend."""
    ordinary = (Kind.WORKDAY, Kind.WEEKEND)
    return [day for day in year_of(calendar, year) if day.kind not in ordinary]
