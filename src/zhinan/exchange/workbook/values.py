"""What a cell says, as a value of an element: forgiving in form, strict in meaning.

Spaces, full-width letters, words in place of codes and the usual spellings of dates
are taken; what could mean two things is not guessed.
"""

from .layout import Department
from .look import FIRST_YEAR
from .look import LONGEST
from .look import safe_text
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zhinan.rules.codes import Problem
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.elements import read_data
from zhinan.rules.interchange import not_in_list
from zhinan.rules.interchange import problem
from zhinan.rules.interchange import shorten
from zhinan.rules.interchange import value_problem

import datetime
import re
import unicodedata


_EDGE = "  \t\r\n\xa0\u3000\u200b\ufeff"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE = re.compile(
    r"^(\d{4})\s*(?:[-/.]|\u5e74)\s*(\d{1,2})\s*(?:[-/.]|\u6708)\s*(\d{1,2})\s*\u65e5?"
    r"(?:[ T]\s*0{1,2}:00(?::00(?:\.0+)?)?)?$",
    re.ASCII,
)
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$", re.ASCII)
_INTEGER = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?$", re.ASCII)
_SEPARATOR = re.compile(r"[\u3001,;\n]+")
_ZEROS = re.compile(r"^0{2,40}$")
_CODE = re.compile(r"^[a-z][a-z0-9]{1,15}$")
_CREDIT_CODE = re.compile(r"^[0-9A-Z]{18}$")
#: Dates as numbers are those of 1927 to 2119: other numbers are no dates of ours, but
#: counts in a cell that has the format of a date.
_SERIALS = range(10_000, 80_001)
_EPOCH = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class Cell:
    """A cell as the file has it: value, kind of data (n, s, b, d, e, f), format."""

    value: Any
    kind: str = "s"
    format: str = "General"


class Wrong(Exception):
    """A cell that is not taken; ``problem`` says why."""

    def __init__(self, wrong: Problem):
        super().__init__(wrong.id)
        self.problem = wrong


def clean(text: str) -> str:
    """A text without the spaces that nobody sees; line ends become single."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return "\n".join(line.rstrip(_EDGE) for line in text.split("\n")).strip(_EDGE)


def fold(text: str) -> str:
    """A text for comparison: half-width, small, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _truth() -> dict[str, bool]:
    data = read_data("interchange.toml")
    found = {fold(word): True for word in data["yes"]}
    found.update({fold(word): False for word in data["no"]})
    return found


@cache
def _titles(name: str) -> dict[str, str]:
    """Codes of a list by everything that may be written for them."""
    found: dict[str, str] = {}
    codes = code_lists()[name].codes
    for code in codes:
        for text in (code.title_en, code.title, code.value):
            found[fold(text)] = code.value
        found[fold(f"{code.value}{code.title}")] = code.value
        found[fold(f"{code.value}-{code.title}")] = code.value
        found[fold(f"{code.title}({code.value})")] = code.value
    # A number loses its leading zeros in a spreadsheet.
    for code in codes:
        if code.value.isdigit():
            found.setdefault(str(int(code.value)), code.value)
    return found


class Directory:
    """Departments by everything that may be written for them."""

    def __init__(self, departments: Iterable[Department] = ()):
        self._codes: dict[str, str] = {}
        self._unclear: set[str] = set()
        for department in departments:
            self.add(department)

    def add(self, department: Department) -> None:
        """Know one more; a name that two have is no name."""
        texts = (
            department.title,
            department.short_name,
            department.credit_code,
            department.code,
        )
        for text in filter(None, texts):
            key = fold(text)
            if self._codes.setdefault(key, department.code) != department.code:
                self._unclear.add(key)

    def code(self, text: str) -> str:
        """The code of a department, or an empty text."""
        key = fold(text)
        return "" if key in self._unclear else self._codes.get(key, "")


def is_code(text: str) -> bool:
    """Whether this may be a department's code."""
    return bool(_CODE.match(text))


def is_credit_code(text: str) -> bool:
    """Whether this may be a unified social credit code."""
    return bool(_CREDIT_CODE.match(text))


def text_of(cell: Cell, name: str) -> str:
    """The text of a cell; empty if there is none.

    :raises Wrong: if the cell holds no text that can be trusted.
    """
    value = cell.value
    if value is None:
        return ""
    if cell.kind == "f":
        raise Wrong(problem(name, "cell_formula"))
    if cell.kind == "e":
        raise Wrong(problem(name, "cell_error", value=shorten(str(value))))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        raise Wrong(problem(name, "cell_date", value=str(value)))
    if isinstance(value, datetime.timedelta):
        raise Wrong(problem(name, "cell_date", value=str(value)))
    if isinstance(value, (int, float)):
        return _number_text(value, cell.format, name)
    text = str(value)
    if len(text) >= LONGEST:
        raise Wrong(problem(name, "cell_full", max=LONGEST))
    return clean(text)


def _number_text(value: float, format: str, name: str) -> str:
    if isinstance(value, float) and not value.is_integer():
        if "%" in format:
            return f"{value * 100:.10g}%"
        return f"{value:.15g}"
    # A spreadsheet keeps fifteen digits of a number; the others are lost.
    if abs(value) >= 10**15:
        raise Wrong(problem(name, "cell_digits_lost", value=f"{value:.0f}"))
    if "%" in format:
        return f"{value * 100:.0f}%"
    whole = int(value)
    return f"{whole:0{len(format)}d}" if _ZEROS.match(format) else str(whole)


def parse(part: Element | Column, cell: Cell, directory: Directory) -> Any:
    """The value of a cell; None if it is empty.

    :raises Wrong: if it is not taken.
    """
    value = _parse(part, cell, directory)
    wrong = value_problem(part, value)
    if wrong:
        raise Wrong(wrong)
    return value


def _parse(part: Element | Column, cell: Cell, directory: Directory) -> Any:
    kind, name = part.kind, part.name
    if kind == "date":
        return _date(cell, name)
    if kind == "int":
        return _integer(cell, name)
    text = text_of(cell, name)
    if not text:
        return None
    match kind:
        case "bool":
            if fold(text) not in _truth():
                raise Wrong(problem(name, "not_yes_no", value=shorten(text)))
            return _truth()[fold(text)]
        case "choice":
            return _choice(part, text)
        case "choices":
            return _several(text, lambda one: _titles(part.list).get(fold(one)), part)
        case "departments":
            return _several(text, lambda one: directory.code(one) or None, part)
        case "lines":
            lines = [line.strip(_EDGE) for line in text.split("\n")]
            return [line for line in lines if line] or None
        case "text":
            return text
        case "phone" | "url":
            return unicodedata.normalize("NFKC", text).strip(_EDGE)
    text = _one_line(text)
    if name.endswith("code"):
        text = unicodedata.normalize("NFKC", text).replace(" ", "")
    return text


def _one_line(text: str) -> str:
    """A text without line ends: between Chinese characters nothing stands for one."""
    text = re.sub(r"(?<=[\u2e80-\uffef])\s*\n\s*(?=[\u2e80-\uffef])", "", text)
    return re.sub(r"\s*\n\s*", " ", text)


def _choice(part: Element | Column, text: str) -> str:
    found = _titles(part.list).get(fold(text))
    if found is None:
        raise Wrong(not_in_list(part, text))
    return found


def _several(text: str, find: Any, part: Element | Column) -> list[str] | None:
    """Codes of a list of words; a word may itself hold what separates them."""
    parts = _SEPARATOR.split(unicodedata.normalize("NFKC", text))
    pieces = [piece for piece in parts if piece.strip()]
    found: list[str] = []
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            code = find("\u3001".join(pieces[start:end]))
            if code is not None:
                found.append(code)
                start = end
                break
        else:
            word = pieces[start].strip(_EDGE)
            if part.list:
                raise Wrong(not_in_list(part, word))
            raise Wrong(problem(part.name, "department_unknown", value=shorten(word)))
    return list(dict.fromkeys(found)) or None


def _date(cell: Cell, name: str) -> datetime.date | None:
    value = cell.value
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        if value.year < FIRST_YEAR:
            raise Wrong(problem(name, "not_a_date", value=value.isoformat()))
        return value
    text = text_of(cell, name)
    if not text:
        return None
    wrong = Wrong(problem(name, "not_a_date", value=shorten(text)))
    folded = unicodedata.normalize("NFKC", text).strip(_EDGE)
    match = _DATE.match(folded) or _COMPACT.match(folded)
    try:
        if match:
            return datetime.date(int(match[1]), int(match[2]), int(match[3]))
        if folded.isascii() and folded.isdigit() and int(folded[:9]) in _SERIALS:
            return _EPOCH + datetime.timedelta(days=int(folded))
    except ValueError as error:
        raise wrong from error
    raise wrong


def _integer(cell: Cell, name: str) -> int | None:
    text = text_of(cell, name)
    if not text:
        return None
    folded = unicodedata.normalize("NFKC", text).strip(_EDGE)
    if not _INTEGER.match(folded) or len(folded) > 20:
        raise Wrong(problem(name, "not_a_number", value=shorten(text)))
    return int(folded.replace(",", "").partition(".")[0])


__all__ = [
    "Cell",
    "Directory",
    "Wrong",
    "clean",
    "fold",
    "is_code",
    "is_credit_code",
    "parse",
    "safe_text",
    "text_of",
]
