"""The calendar of working days: which day counts, and by which notice.

A year is a table of days off and of weekend days that are worked, taken from the State
Council's notice for it. Where there is no table, the statutory festivals alone count
and the year is *provisional*; where their dates are not known either, weekends and the
festivals of the solar calendar count and the year is *missing*. Nothing is guessed: the
status says what a date rests on, and ``gaps`` what is not known.

A notice may reach into December of the year before, so a table is the notice's, not
the year's.
"""

from .codes import Problem
from .documents import normalise_document_number
from .elements import read_data
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from enum import StrEnum
from functools import cache
from functools import cached_property
from importlib.resources import files
from typing import Any

import hashlib
import json
import tomllib


#: Dates before and after these years are taken for slips of the pen.
FIRST_YEAR, LAST_YEAR = 1950, 2199
FORMAT = "zhinan-calendar-1"
#: No festival has been longer; what is longer is a slip of the pen.
LONGEST_SPAN = 15
_BLOCK = 16


class Status(StrEnum):
    """What a year, or a date that was counted, rests on."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"
    MISSING = "missing"


class Kind(StrEnum):
    """What a day is; the first two count."""

    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    FESTIVAL = "festival"
    ARRANGED = "arranged"
    CLOSURE = "closure"


class CalendarRefused(Exception):
    """A calendar that cannot be read; the problem says why."""

    def __init__(self, id: str, **values: object):
        self.problem = _problem(id, **values)
        super().__init__(f"{id} {self.problem.mapping}")


def _problem(id: str, **values: object) -> Problem:
    return Problem("calendar", id, tuple((key, str(v)) for key, v in values.items()))


@dataclass(frozen=True)
class Notice:
    """A notice on the festivals of a year; what is not known is empty."""

    title: str
    number: str = ""
    issued: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Span:
    """Days in a row, of one festival and one notice of the table (from 1; 0: none)."""

    first: date
    last: date
    festival: str = ""
    notice: int = 1


@dataclass(frozen=True)
class Table:
    """What the notices for a year say."""

    year: int
    notices: tuple[Notice, ...] = ()
    off: tuple[Span, ...] = ()
    work: tuple[Span, ...] = ()
    #: An expected arrangement may be entered before its notice: PROVISIONAL.
    status: Status = Status.OFFICIAL
    note: str = ""

    def notice(self, span: Span) -> Notice | None:
        """The notice that a span comes from."""
        if 0 < span.notice <= len(self.notices):
            return self.notices[span.notice - 1]
        return None


@dataclass(frozen=True)
class Closure:
    """Days on which this city's bureau is closed, with the reason and its source."""

    first: date
    last: date
    reason: str
    source: str = ""


@dataclass(frozen=True)
class Day:
    """A day and why it counts or not."""

    day: date
    kind: Kind
    #: A festival's code, or the reason of a closure.
    name: str = ""
    #: Number of the notice or statute, else its title, else empty.
    source: str = ""

    @property
    def works(self) -> bool:
        """Whether the day counts."""
        return self.kind in (Kind.WORKDAY, Kind.MAKEUP)


# ------------------------------------------------------------------------- statutes


@cache
def _festival_data() -> dict[str, Any]:
    return read_data("calendar/festivals.toml")


def festival_title(code: str, language: str = "zh") -> str:
    """A festival's name; what is no code of ours is shown as it is."""
    pair = _festival_data()["titles"].get(code)
    return str(pair[0 if language == "zh" else 1]) if pair else code


@cache
def _lunar() -> dict[int, dict[str, date]]:
    rows = read_data("calendar/lunar.toml")["years"]
    return {row.pop("year"): row for row in rows}


def _festival_day(rule: str, year: int, dates: Mapping[str, date]) -> date | None:
    if rule[0].isdigit():
        return date(year, int(rule[:2]), int(rule[3:]))
    for sign in "+-":
        name, found, days = rule.partition(sign)
        if found and name in dates:
            return date.fromordinal(dates[name].toordinal() + int(sign + days))
    return dates.get(rule)


@cache
def _statute(year: int) -> tuple[dict[date, str], str, tuple[str, ...]]:
    """Statutory days off of a year by festival, the statute, and what is not known."""
    statutes = _festival_data()["statutes"]
    known = [row for row in statutes if row["from"] <= year]
    row = known[-1] if known else statutes[0]
    gaps = () if known else ("statute",)
    dates = _lunar().get(year, {})
    days: dict[date, str] = {}
    for festival, rules in row["days"].items():
        for rule in rules:
            day = _festival_day(rule, year, dates)
            if day is None:
                gaps = (*gaps, "lunar") if "lunar" not in gaps else gaps
            else:
                days.setdefault(day, festival)
    return days, str(row["number"]), gaps


def festivals(year: int) -> dict[date, str]:
    """The statutory festivals of a year, as far as their dates are known."""
    return dict(_statute(year)[0])


# ------------------------------------------------------------------------- calendar


@dataclass(frozen=True)
class _Index:
    """Days numbered from ``base``: how many were worked before each, and which."""

    base: int
    end: int
    before: list[int]
    works: list[int]


@dataclass(frozen=True)
class Calendar:
    """Tables by year and the local closures; never changed, only replaced."""

    tables: tuple[Table, ...] = ()
    closures: tuple[Closure, ...] = ()
    _cache: dict[str, _Index] = field(
        default_factory=dict, compare=False, repr=False, hash=False
    )

    @cached_property
    def by_year(self) -> dict[int, Table]:
        """The tables by their year; of two, the later one."""
        return {table.year: table for table in self.tables}

    def status(self, year: int) -> Status:
        """What the days of a year rest on."""
        table = self.by_year.get(year)
        if table is not None:
            return table.status
        return Status.MISSING if _statute(year)[2] else Status.PROVISIONAL

    def gaps(self, year: int) -> tuple[str, ...]:
        """What is not known of a year: notice, lunar, statute."""
        table = self.by_year.get(year)
        if table is not None:
            return () if table.status is Status.OFFICIAL else ("notice",)
        return ("notice", *_statute(year)[2])

    @cached_property
    def _marks(self) -> dict[int, tuple[Kind, str, str]]:
        """Days that tables and closures speak of; what comes later holds."""
        marks: dict[int, tuple[Kind, str, str]] = {}
        for table in sorted(self.tables, key=lambda table: table.year):
            statutory = _statute(table.year)[0]
            for span, day in _days(table.off):
                notice = table.notice(span)
                festival = statutory.get(day)
                marks[day.toordinal()] = (
                    Kind.FESTIVAL if festival else Kind.ARRANGED,
                    festival or span.festival,
                    (notice.number or notice.title) if notice else "",
                )
            for span, day in _days(table.work):
                notice = table.notice(span)
                source = (notice.number or notice.title) if notice else ""
                marks[day.toordinal()] = (Kind.MAKEUP, span.festival, source)
        for closure in self.closures:
            for number in range(
                closure.first.toordinal(), closure.last.toordinal() + 1
            ):
                marks[number] = (Kind.CLOSURE, closure.reason, closure.source)
        return marks

    def marked(self) -> set[date]:
        """The days that tables and closures speak of."""
        return {date.fromordinal(number) for number in self._marks}

    def _mark(self, number: int, year: int) -> tuple[Kind, str, str] | None:
        """What is said of a day: by a table or closure, else by the statute."""
        mark = self._marks.get(number)
        if mark is not None:
            return mark
        days, statute, _gaps = _statute(year)
        festival = days.get(date.fromordinal(number))
        return (Kind.FESTIVAL, festival, statute) if festival else None

    def day(self, day: date) -> Day:
        """What a day is, and by which notice."""
        number = day.toordinal()
        mark = self._mark(number, day.year)
        if mark is not None:
            return Day(day, *mark)
        return Day(day, Kind.WEEKEND if day.weekday() > 4 else Kind.WORKDAY)

    def works(self, day: date) -> bool:
        """Whether a day counts."""
        number = day.toordinal()
        index = self.index(number, number)
        at = number - index.base
        return index.before[at + 1] > index.before[at]

    def count(self, after: date, until: date) -> int:
        """Working days after a day, until and with another."""
        if until <= after:
            return 0
        low, high = after.toordinal() + 1, until.toordinal() + 1
        index = self.index(low, high)
        return index.before[high - index.base] - index.before[low - index.base]

    def index(self, low: int, high: int) -> _Index:
        """The numbered days, at least from one ordinal to another."""
        index = self._cache.get("index")
        if index is not None and index.base <= low and high < index.end:
            return index
        first = date.fromordinal(low).year
        last = date.fromordinal(min(high, date.max.toordinal())).year
        if index is not None:
            first = min(first, date.fromordinal(index.base).year)
            last = max(last, date.fromordinal(index.end - 1).year)
        index = self._number(first - first % _BLOCK, last - last % _BLOCK + _BLOCK)
        # One reference is replaced: whoever reads meanwhile has a whole index.
        self._cache["index"] = index
        return index

    def _number(self, first: int, end: int) -> _Index:
        """Number the days of these years, without the last."""
        low, high = date(max(first, 1), 1, 1).toordinal(), date(end, 1, 1).toordinal()
        off: set[int] = set()
        for year in range(max(first, 1), end):
            off.update(day.toordinal() for day in _statute(year)[0])
        on: set[int] = set()
        for number, mark in self._marks.items():
            if mark[0] is Kind.MAKEUP:
                on.add(number)
                off.discard(number)
            else:
                off.add(number)
        # Day 1 was a Monday.
        works = [
            number
            for number in range(low, high)
            if ((number - 1) % 7 < 5 or number in on) and number not in off
        ]
        before, count, at = [0] * (high - low + 1), 0, 0
        for count, number in enumerate(works):
            place = number - low + 1
            before[at:place] = [count] * (place - at)
            at = place
        count = len(works)
        before[at:] = [count] * (len(before) - at)
        return _Index(low, high, before, works)

    @cached_property
    def edition(self) -> str:
        """A short name of exactly this calendar, kept with what was computed by it."""
        return hashlib.sha256(write(self).encode()).hexdigest()[:12]

    def with_table(self, table: Table) -> "Calendar":
        """The calendar with a year's table entered or replaced."""
        others = [one for one in self.tables if one.year != table.year]
        return Calendar(_sorted([*others, table]), self.closures)

    def without_table(self, year: int) -> "Calendar":
        """The calendar without a year's table."""
        rest = tuple(one for one in self.tables if one.year != year)
        return Calendar(rest, self.closures)

    def with_closures(self, closures: Iterable[Closure]) -> "Calendar":
        """The calendar with these local closures in place of its own."""
        return Calendar(self.tables, tuple(sorted(closures, key=lambda c: c.first)))


def _sorted(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(sorted(tables, key=lambda table: table.year))


def _days(spans: Iterable[Span]) -> Iterator[tuple[Span, date]]:
    for span in spans:
        for number in range(span.first.toordinal(), span.last.toordinal() + 1):
            yield span, date.fromordinal(number)


# -------------------------------------------------------------------------- checking


def table_problems(table: Table) -> list[Problem]:
    """What is wrong or doubtful in a table that a person entered."""
    found: list[Problem] = []
    year = table.year
    if not table.off:
        found.append(_problem("table_empty", year=year))
    for span in (*table.off, *table.work):
        if not date(year - 1, 12, 1) <= span.first <= date(year + 1, 1, 31):
            found.append(_problem("table_outside", year=year, day=span.first))
        if not 0 <= (span.last - span.first).days < LONGEST_SPAN:
            found.append(_problem("table_span", first=span.first, last=span.last))
    for notice in table.notices:
        if notice.number and not normalise_document_number(notice.number):
            found.append(_problem("table_number", number=notice.number))
    if found:
        return found
    off = {day for _span, day in _days(table.off)}
    work = [day for _span, day in _days(table.work)]
    for day in work:
        if day in off:
            found.append(_problem("table_both", day=day))
        elif day.weekday() < 5:
            found.append(_problem("table_worked", day=day))
    for day, festival in _statute(year)[0].items():
        if day not in off:
            title = festival_title(festival)
            found.append(_problem("table_festival", day=day, festival=title))
    return found


def closure_problems(closure: Closure) -> list[Problem]:
    """What is wrong in a local closure."""
    if not closure.reason.strip():
        return [_problem("closure_reason", day=closure.first)]
    if not 0 <= (closure.last - closure.first).days < 366:
        return [_problem("table_span", first=closure.first, last=closure.last)]
    return []


# ------------------------------------------------------------------ reading, writing


def _typed(row: Mapping[str, Any], key: str, kind: type, default: Any = None) -> Any:
    value = row.get(key, default)
    # True is an int for Python, not for us.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CalendarRefused("calendar_value", key=key, value=repr(value)[:60])
    return value


def _date(row: Mapping[str, Any], key: str) -> date:
    value = row.get(key)
    try:
        day = value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise CalendarRefused("calendar_date", value=str(value)[:60]) from None
    if not FIRST_YEAR - 1 <= day.year <= LAST_YEAR + 1:
        raise CalendarRefused("calendar_date", value=day)
    return day


def _rows(row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows = _typed(row, key, list, [])
    if not all(isinstance(one, dict) for one in rows):
        raise CalendarRefused("calendar_value", key=key, value=repr(rows)[:60])
    return list(rows)


def _span(row: Mapping[str, Any]) -> Span:
    first = _date(row, "date" if "date" in row else "from")
    last = first if "to" not in row else _date(row, "to")
    if not 0 <= (last - first).days < 366:
        raise CalendarRefused("table_span", first=first, last=last)
    return Span(
        first, last, _typed(row, "festival", str, ""), _typed(row, "notice", int, 1)
    )


def table_from(row: Mapping[str, Any]) -> Table:
    """A year's table from TOML or JSON.

    :raises CalendarRefused: with what cannot be read.
    """
    year = _typed(row, "year", int)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarRefused("calendar_value", key="year", value=year)
    status = _typed(row, "status", str, Status.OFFICIAL.value)
    if status not in (Status.OFFICIAL, Status.PROVISIONAL):
        raise CalendarRefused("calendar_value", key="status", value=status)
    notices = tuple(
        Notice(
            _typed(one, "title", str, ""),
            _typed(one, "number", str, ""),
            _date(one, "issued") if one.get("issued") else None,
            _typed(one, "source", str, ""),
        )
        for one in _rows(row, "notices")
    )
    return Table(
        year,
        notices,
        tuple(map(_span, _rows(row, "off"))),
        tuple(map(_span, _rows(row, "work"))),
        Status(status),
        _typed(row, "note", str, ""),
    )


def table_as_dict(table: Table) -> dict[str, Any]:
    """A year's table as JSON holds it."""
    return {
        "year": table.year,
        "status": table.status.value,
        "note": table.note,
        "notices": [
            {
                "title": one.title,
                "number": one.number,
                "issued": one.issued.isoformat() if one.issued else "",
                "source": one.source,
            }
            for one in table.notices
        ],
        "off": [_span_as_dict(span) for span in table.off],
        "work": [_span_as_dict(span) for span in table.work],
    }


def _span_as_dict(span: Span) -> dict[str, Any]:
    return {
        "festival": span.festival,
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "notice": span.notice,
    }


def write(calendar: Calendar) -> str:
    """A calendar as JSON text; the same calendar has the same text."""
    rows = {
        "format": FORMAT,
        "years": [table_as_dict(table) for table in _sorted(calendar.tables)],
        "closures": closures_as_rows(calendar.closures),
    }
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def closures_as_rows(closures: Iterable[Closure]) -> list[dict[str, str]]:
    """Local closures as JSON holds them."""
    return [
        {
            "from": one.first.isoformat(),
            "to": one.last.isoformat(),
            "reason": one.reason,
            "source": one.source,
        }
        for one in closures
    ]


def closures_from(rows: Any) -> tuple[Closure, ...]:
    """Local closures from JSON.

    :raises CalendarRefused: with what cannot be read.
    """
    found = []
    for row in _rows({"closures": rows}, "closures"):
        span = _span(row)
        reason = _typed(row, "reason", str, "")
        source = _typed(row, "source", str, "")
        found.append(Closure(span.first, span.last, reason, source))
    return tuple(found)


def read(text: str) -> Calendar:
    """The calendar of a JSON text.

    :raises CalendarRefused: if it is none of ours; it is never replaced by another.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise CalendarRefused("calendar_json") from None
    if not isinstance(rows, dict) or rows.get("format") != FORMAT:
        raise CalendarRefused("calendar_format", format=FORMAT)
    tables = [table_from(row) for row in _rows(rows, "years")]
    twice = [
        t.year for i, t in enumerate(tables) if t.year in [o.year for o in tables[:i]]
    ]
    if twice:
        raise CalendarRefused("calendar_twice", year=twice[0])
    closures = closures_from(rows.get("closures", []))
    return Calendar(_sorted(tables), closures)


@cache
def seeded() -> Calendar:
    """The calendar as the product brings it."""
    tables = []
    folder = files(__package__) / "data" / "calendar"
    for entry in folder.iterdir():
        if entry.name[:4].isdigit() and entry.name.endswith(".toml"):
            tables.append(table_from(tomllib.loads(entry.read_text("utf-8"))))
    return Calendar(_sorted(tables))
