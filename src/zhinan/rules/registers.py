"""The tables of the registers, read once from ``data/registers.toml``.

A register is a list beside the guides: the matter catalogue, cancelled proofs,
intermediary services, legal bases, seals and authorisations. Its columns are elements
like those of a guide, so that form, page, spreadsheet and REST are derived from them.
"""

from .codes import CATALOG_CODE
from .codes import catalog_code_problems
from .codes import Problem
from .documents import normalise_basis_number
from .elements import code_lists
from .elements import Element
from .elements import make_element
from .elements import read_data
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import datetime
import unicodedata


#: Pairs of dates of which the second may not lie before the first.
_PERIODS = (
    ("in_force_from", "in_force_until"),
    ("valid_from", "valid_until"),
    ("valid_from", "revoked_on"),
)


@dataclass(frozen=True)
class Register:
    """One register: its words, who reads it, and the elements of its entries."""

    name: str
    title: str
    title_en: str
    entry: str
    entry_en: str
    #: whether the public reads it
    public: bool
    #: the elements that tell one entry from another, for exchange
    key: tuple[str, ...]
    #: what the list is for, in one sentence
    summary: str
    summary_en: str
    #: the elements that the list shows, and those by which it can be narrowed
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    elements: tuple[Element, ...]

    def element(self, name: str) -> Element:
        """The element of this name; KeyError if there is none."""
        for element in self.elements:
            if element.name == name:
                return element
        raise KeyError(name)


@cache
def registers() -> Mapping[str, Register]:
    """All registers by name; a mistake in the data is an error that names its row."""
    lists = code_lists()
    found = {}
    for name, row in read_data("registers.toml").items():
        rows = tuple(make_element(element, lists) for element in row.pop("elements"))
        choices = {key: tuple(row[key]) for key in ("key", "columns", "filters")}
        register = Register(name=name, elements=rows, **{**row, **choices})
        names = [element.name for element in rows]
        if len(set(names)) != len(names):
            raise ValueError(f"{name}: an element stands twice")
        for option, chosen in choices.items():
            for key in chosen:
                if key not in names:
                    raise ValueError(f"{name}: unknown element in {option}: {key!r}")
        found[name] = register
    return found


def fold(value: object) -> str:
    """One form of a value for comparing keys: width, case and blanks do not count."""
    if value is None:
        return ""
    return "".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def entry_key(register: str, values: Mapping[str, Any]) -> str:
    """What tells an entry of a register from the others, as one text."""
    parts = [register]
    for name in registers()[register].key:
        value = values.get(name)
        if name == "document_number" and value:
            value = normalise_basis_number(value) or value
        parts.append(fold(value))
    return "|".join(parts)


def entry_problems(register: str, values: Mapping[str, Any]) -> list[Problem]:
    """What contradicts itself in an entry of any register."""
    found = []
    for first, last in _PERIODS:
        start, end = values.get(first), values.get(last)
        if start and end and end < start:
            found.append(Problem(last, "end_before_start"))
    number = values.get("document_number")
    if number and normalise_basis_number(number) is None:
        found.append(
            Problem("document_number", "basis_number_form", (("number", number),))
        )
    code = values.get("catalog_code")
    if code:
        found += catalog_code_problems(code, values.get("matter_type") or None)
    parent = values.get("parent_code")
    if parent and not CATALOG_CODE.match(parent):
        found += catalog_code_problems(parent, field="parent_code")
    for wrong in values.get("matter_codes") or ():
        if not CATALOG_CODE.match(wrong):
            found.append(Problem("matter_codes", "matter_code", (("code", wrong),)))
            break
    return found


def plain(element: Element, value: Any) -> Any:
    """A value as JSON keeps it; of rows everything but long texts, of files nothing."""
    if element.kind == "file":
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()
    if element.kind == "rows":
        short = [column.name for column in element.columns if column.kind != "text"]
        return [{name: row.get(name) for name in short} for row in value or ()]
    if isinstance(value, tuple | list):
        return list(value)
    return value
