"""A year's calendar as people type, paste and upload it.

A line is a day or a range, the festival that it belongs to, and in square brackets the
number of its notice where a year has several: ``2027-02-06..2027-02-12 春节 [2]``.
What cannot be read is told with its line; nothing else is lost by it.
"""

from . import clockwords
from .calendar import CalendarRefused
from .calendar import Closure
from .calendar import festival_title
from .calendar import Span
from .calendar import Table
from .calendar import table_from
from .codes import Problem
from .elements import read_data
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import csv
import io
import json
import re
import tomllib


#: Years have some ten lines; what is longer is another file.
MOST_LINES = 200
#: Bytes of the largest file.
LARGEST = 256 * 1024
_NUMBERS = re.compile(r"\d+")
_NOTICE = re.compile(r"[\[【［](\d{1,2})[\]】］]\s*$")


@dataclass(frozen=True)
class Finding:
    """What is wrong, or only doubtful, in what was typed: in which field and line."""

    field: str
    problem: Problem
    line: int = 0
    doubt: bool = False

    def text(self, language: str = "zh") -> str:
        """As a sentence that names the line."""
        said = clockwords.problem_text(self.problem, language)
        if not self.line:
            return said
        words = clockwords.word("shorts", "line", language)
        return words.format(line=self.line, sentence=said)


@dataclass(frozen=True)
class Line:
    """A line that could be read; ``rest`` is what stands behind the days."""

    number: int
    first: date
    last: date
    rest: str = ""
    notice: int = 1


def problem(id: str, **values: object) -> Problem:
    """A problem of a calendar."""
    return Problem("calendar", id, tuple((k, str(v)) for k, v in values.items()))


@cache
def _typing() -> dict[str, Any]:
    found: dict[str, Any] = read_data("clock.toml")["typing"]
    return found


@cache
def _festivals() -> dict[str, str]:
    titles = read_data("calendar/festivals.toml")["titles"]
    return {name: code for code, pair in titles.items() for name in (*pair, code)}


def _day(text: str, like: date | None = None) -> date | None:
    """A day as people write it, without a year in that of another; None if none."""
    numbers = [int(one) for one in _NUMBERS.findall(text)]
    if len(numbers) == 2 and like is not None:
        numbers.insert(0, like.year)
    try:
        return date(*numbers)
    except (TypeError, ValueError):
        return None


@cache
def _line() -> re.Pattern[str]:
    """A day, or a range of which the last day may leave out the year."""
    signs = "|".join(re.escape(sign) for sign in _typing()["ranges"])
    ends = f"[{''.join(_typing()['day_ends'])}]?"
    day = rf"\d{{4}}[^\d\s]\d{{1,2}}[^\d\s]\d{{1,2}}{ends}"
    short = rf"(?:\d{{4}}[^\d\s])?\d{{1,2}}[^\d\s]\d{{1,2}}{ends}"
    return re.compile(
        rf"(?P<first>{day})(?:\s*(?:{signs})\s*(?P<last>{short}))?(?:\s+(?P<rest>.*))?"
    )


def read_lines(field: str, text: str) -> tuple[list[Line], list[Finding]]:
    """The lines of a field, and what cannot be read of it."""
    lines: list[Line] = []
    found: list[Finding] = []
    rows = text.replace("\r", "").split("\n")
    if len(rows) > MOST_LINES:
        return [], [Finding(field, problem("lines_many", most=MOST_LINES))]
    for number, row in enumerate(rows, 1):
        row = row.strip().strip("　").strip()
        if not row:
            continue
        read = _read_line(number, row)
        if isinstance(read, Problem):
            found.append(Finding(field, read, number))
            continue
        twice = [o for o in lines if o.first <= read.last and read.first <= o.last]
        if twice:
            day = max(twice[0].first, read.first)
            said = problem("line_twice", day=day, other=twice[0].number)
            found.append(Finding(field, said, number))
        lines.append(read)
    return lines, found


def _read_line(number: int, row: str) -> Line | Problem:
    notice, marked = 1, _NOTICE.search(row)
    if marked is not None:
        notice, row = int(marked[1]), row[: marked.start()].strip()
    match = _line().fullmatch(row)
    first = _day(match["first"]) if match is not None else None
    last = first
    if match is not None and match["last"]:
        last = _day(match["last"], first)
    if match is None or first is None or last is None:
        return problem("line_date", text=row[:40])
    if last < first:
        return problem("line_reversed", first=first, last=last)
    return Line(number, first, last, (match["rest"] or "").strip(), notice)


def spans(lines: Iterable[Line]) -> tuple[Span, ...]:
    """Lines as spans of a table, in the order of their days."""
    found = [
        Span(one.first, one.last, _festivals().get(one.rest, one.rest), one.notice)
        for one in lines
    ]
    return tuple(sorted(found, key=lambda span: span.first))


def closures(lines: Iterable[Line]) -> tuple[Closure, ...]:
    """Lines as local closures: the reason, and behind a bar its source."""
    found = []
    for one in lines:
        reason, _bar, source = one.rest.replace("｜", "|").partition("|")
        found.append(Closure(one.first, one.last, reason.strip(), source.strip()))
    return tuple(sorted(found, key=lambda closure: closure.first))


def days_line(first: date, last: date) -> str:
    """A day or a range as it is typed."""
    return first.isoformat() if first == last else f"{first}..{last}"


def write_spans(found: Iterable[Span]) -> str:
    """Spans as lines."""
    lines = []
    for span in sorted(found, key=lambda span: span.first):
        parts = [days_line(span.first, span.last)]
        if span.festival:
            parts.append(festival_title(span.festival))
        if span.notice != 1:
            parts.append(f"[{span.notice}]")
        lines.append(" ".join(parts))
    return "\n".join(lines)


def write_closures(found: Iterable[Closure]) -> str:
    """Closures as lines."""
    return "\n".join(
        f"{days_line(one.first, one.last)} {one.reason}"
        + (f" | {one.source}" if one.source else "")
        for one in sorted(found, key=lambda closure: closure.first)
    )


# ------------------------------------------------------------------------------ files


@dataclass(frozen=True)
class Uploaded:
    """What a file holds: a table, or days of which the year is not told."""

    table: Table | None = None
    off: str = ""
    work: str = ""


class FileRefused(Exception):
    """A file that cannot be read; the findings say why."""

    def __init__(self, *findings: Finding):
        super().__init__(*findings)
        self.findings = findings


def read_file(name: str, data: bytes) -> Uploaded:
    """A year's calendar from TOML, JSON or CSV.

    :raises FileRefused: with what is wrong, and in which line.
    """
    if len(data) > LARGEST:
        raise _refused("file_large", most=LARGEST // 1024)
    if not data.strip():
        raise _refused("file_empty")
    kind = name.rpartition(".")[2].lower()
    if kind not in ("toml", "json", "csv"):
        raise _refused("file_kind")
    text = _text(data)
    try:
        if kind == "csv":
            return _csv(text)
        rows = tomllib.loads(text) if kind == "toml" else json.loads(text)
        return Uploaded(table_from(_one_year(rows)))
    except tomllib.TOMLDecodeError as error:
        raise _refused("file_toml", why=error) from error
    except CalendarRefused as refusal:
        raise FileRefused(Finding("file", refusal.problem)) from refusal
    except (ValueError, RecursionError) as error:
        raise _refused("calendar_json") from error


def _refused(id: str, line: int = 0, **values: object) -> FileRefused:
    return FileRefused(Finding("file", problem(id, **values), line))


def _text(data: bytes) -> str:
    # A Chinese spreadsheet program saves CSV in the second.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused("file_text")


def _one_year(rows: Any) -> Mapping[str, Any]:
    """The year of a file: one table, or a whole calendar that has but one."""
    if isinstance(rows, dict) and isinstance(rows.get("years"), list):
        if len(rows["years"]) != 1:
            raise _refused("file_years", number=len(rows["years"]))
        rows = rows["years"][0]
    if not isinstance(rows, dict):
        raise _refused("calendar_json")
    return rows


def _csv(text: str) -> Uploaded:
    """Days off and worked days of a table with columns."""
    rows = list(csv.reader(io.StringIO(text)))
    if len(rows) > MOST_LINES:
        raise _refused("lines_many", most=MOST_LINES)
    columns: dict[str, int] = {}
    for at, title in enumerate(rows[0]):
        for column, titles in _typing()["columns"].items():
            if title.strip().lower() in titles:
                columns.setdefault(column, at)
    if not {"from", "kind"} <= set(columns):
        raise _refused("file_columns", line=1)
    found: list[Finding] = []
    kept: dict[str, list[str]] = {"off": [], "work": []}
    for number, row in enumerate(rows[1:], 2):
        cells = {
            column: row[at].strip() if at < len(row) else ""
            for column, at in columns.items()
        }
        if not any(cells.values()):
            continue
        kind = next(
            (k for k, words in _typing()["kinds"].items() if cells["kind"] in words),
            "",
        )
        if not kind:
            said = problem("file_kind_of_day", value=cells["kind"][:40])
            found.append(Finding("file", said, number))
            continue
        days = "..".join(filter(None, (cells["from"], cells.get("to", ""))))
        line = f"{days} {cells.get('festival', '')}".strip()
        read = _read_line(number, line)
        if isinstance(read, Problem):
            found.append(Finding("file", read, number))
        kept[kind].append(line)
    if found:
        raise FileRefused(*found)
    return Uploaded(off="\n".join(kept["off"]), work="\n".join(kept["work"]))
