"""The elements of a guide and of a material, read once from data.

Form, public page, short version, print, spreadsheet and REST are derived from these
tables, so that an element is added or moved in one place (``data/elements.toml``).
Sources: GB/T 36114-2018 (order recalled), GB/T 39046-2020 table 4 and the national
exchange tables (found); each row names its number or column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from importlib.resources import files
from typing import Any

import tomllib


KINDS = frozenset(
    [
        "line",
        "text",
        "lines",
        "int",
        "bool",
        "choice",
        "choices",
        "rows",
        "date",
        "url",
        "phone",
        "department",
        "departments",
        "file",
        "materials",
    ]
)
COLUMN_KINDS = frozenset(["line", "text", "int", "bool", "choice", "phone"])


@dataclass(frozen=True)
class Code:
    """One row of a code list."""

    value: str
    title: str
    title_en: str


@dataclass(frozen=True)
class CodeList:
    """A list of allowed values, with the standard that it comes from."""

    name: str
    title: str
    title_en: str
    source: str
    codes: tuple[Code, ...]

    def get(self, value: object) -> Code | None:
        """The row with this value, or None."""
        return next((code for code in self.codes if code.value == value), None)


@dataclass(frozen=True)
class Column:
    """One column of an element that is rows."""

    name: str
    kind: str
    title: str
    title_en: str
    list: str = ""
    required: bool = False
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Element:
    """One element of a guide or a material."""

    name: str
    kind: str
    title: str
    title_en: str
    fieldset: str = ""
    help: str = ""
    help_en: str = ""
    list: str = ""
    required: bool = False
    publish: bool = False
    short: bool = False
    min: int | None = None
    max: int | None = None
    max_length: int | None = None
    std: str = ""
    exchange: str = ""
    columns: tuple[Column, ...] = field(default=())


@dataclass(frozen=True)
class Fieldset:
    """A group of elements on the form and in the spreadsheet."""

    name: str
    title: str
    title_en: str


@dataclass(frozen=True)
class Section:
    """A section of the public page with the elements that it shows, in order."""

    name: str
    title: str
    title_en: str
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Elements:
    """The whole table."""

    fieldsets: tuple[Fieldset, ...]
    sections: tuple[Section, ...]
    guide: tuple[Element, ...]
    material: tuple[Element, ...]

    def in_section(self, name: str) -> tuple[Element, ...]:
        """The guide's elements of one section of the page, in order."""
        by_name = {element.name: element for element in self.guide}
        section = next(s for s in self.sections if s.name == name)
        return tuple(by_name[key] for key in section.elements)


def read_data(name: str) -> dict[str, Any]:
    """A table of ``data/``."""
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def code_lists() -> Mapping[str, CodeList]:
    """All code lists by name."""
    lists = {}
    for name, row in read_data("codelists.toml").items():
        lists[name] = CodeList(
            name=name,
            title=row["title"][0],
            title_en=row["title"][1],
            source=row["source"],
            codes=tuple(Code(*item) for item in row["items"]),
        )
    return lists


def make_element(row: dict[str, Any], lists: Mapping[str, CodeList]) -> Element:
    """An element from its row; ValueError names what is wrong with it."""
    columns = tuple(Column(**column) for column in row.pop("columns", ()))
    element = Element(columns=columns, **row)
    if element.kind not in KINDS:
        raise ValueError(f"{element.name}: unknown kind {element.kind!r}")
    if (element.kind == "rows") != bool(columns):
        raise ValueError(f"{element.name}: rows need columns, others have none")
    parts: tuple[Element | Column, ...] = (element, *columns)
    for part in parts:
        if (part.kind in {"choice", "choices"}) != bool(part.list):
            raise ValueError(f"{element.name}.{part.name}: a choice needs a list")
        if part.list and part.list not in lists:
            raise ValueError(f"{element.name}: unknown code list {part.list!r}")
    for column in columns:
        if column.kind not in COLUMN_KINDS:
            raise ValueError(f"{element.name}.{column.name}: kind {column.kind!r}")
    return element


@cache
def elements() -> Elements:
    """The table of elements; a mistake in the data is an error that names its row."""
    data, lists = read_data("elements.toml"), code_lists()
    table = Elements(
        fieldsets=tuple(Fieldset(**row) for row in data["fieldset"]),
        sections=tuple(
            Section(**{**row, "elements": tuple(row["elements"])})
            for row in data["section"]
        ),
        guide=tuple(make_element(row, lists) for row in data["guide"]),
        material=tuple(make_element(row, lists) for row in data["material"]),
    )
    known = {fieldset.name for fieldset in table.fieldsets}
    for element in table.guide:
        if element.fieldset not in known:
            raise ValueError(f"{element.name}: unknown fieldset {element.fieldset!r}")
    for group in (table.guide, table.material):
        names = [element.name for element in group]
        if len(set(names)) != len(names):
            raise ValueError(f"an element stands twice: {sorted(names)}")
    shown = [name for section in table.sections for name in section.elements]
    if sorted(shown) != sorted(element.name for element in table.guide):
        raise ValueError("every element stands in exactly one section of the page")
    return table
