"""Sheets and columns of the workbook, derived from the tables.

A sheet is known by the identifier in its second row, a column by the identifier below
its head; the words are for people, and the reader falls back on them where somebody
deleted the hidden row.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.elements import read_data
from zhinan.rules.interchange import Kind
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import states

import re


#: Rows of every sheet: head, hidden identifiers, help; data follow.
HEAD_ROW, IDENTIFIER_ROW, HELP_ROW = 1, 2, 3
KEY, NUMBER, STATE, UID = "key", "number", "state", "uid"
#: What marks the identifier of a sheet in the first cell of the hidden row.
SHEET_MARK = "#"
#: Characters that a sheet's name cannot hold, and its greatest length.
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_NAME_LENGTH = 31


@dataclass(frozen=True)
class Head:
    """One column of a sheet."""

    name: str
    title: str
    help: str
    #: the element or column whose values stand here; None for what links rows
    part: Element | Column | None = None
    required: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: a kind of objects, or the rows of one of its elements."""

    id: str
    title: str
    kind: Kind
    heads: tuple[Head, ...]
    #: the element whose rows stand here; None for the objects themselves
    element: Element | None = None

    def head(self, name: str) -> Head | None:
        """The column with this identifier, or None."""
        return next((head for head in self.heads if head.name == name), None)


@dataclass(frozen=True)
class Department:
    """A department as the workbook names it."""

    code: str
    title: str
    short_name: str = ""
    credit_code: str = ""


@cache
def words() -> Mapping[str, Any]:
    """The words of the workbook."""
    return read_data("workbook.toml")


@cache
def sheets() -> tuple[Sheet, ...]:
    """All sheets in their order, registers last."""
    found: list[Sheet] = []
    for kind in kinds().values():
        if kind.name != "department":
            found += _sheets(kind)
    first_register = next(
        n for n, s in enumerate(found) if s.id.startswith("register.")
    )
    found[first_register:first_register] = _sheets(kinds()["Department"])
    # Materials and their forms stand behind the matters, before the rows.
    order = {"guide": 0, "material": 1, "form_version": 2}
    found.sort(key=lambda sheet: order.get(sheet.id, 3))
    titles = [sheet.title for sheet in found]
    if len(set(titles)) != len(titles):
        raise ValueError(f"two sheets have one name: {titles}")
    return tuple(found)


def for_kinds(names: Iterable[str]) -> tuple[Sheet, ...]:
    """The sheets of these kinds, by the kind's short name."""
    wanted = set(names)
    return tuple(sheet for sheet in sheets() if sheet.kind.name in wanted)


def _sheets(kind: Kind) -> Iterator[Sheet]:
    keys = words()["keys"]
    single = [e for e in kind.elements if e.kind != "rows"]
    group = "register" if kind.name.startswith("register.") else kind.name
    heads = [Head(KEY, *keys[group], required=kind.children != "" or _is_inside(kind))]
    if _is_inside(kind):
        number = keys["number" if kind.name == "material" else "number_of"]
        heads.append(Head(NUMBER, *number, required=kind.name == "form_version"))
    heads += [Head(e.name, e.title, help_of(e), e, e.required) for e in single]
    if not _is_inside(kind):
        heads.append(Head(STATE, *keys["state"]))
    heads.append(Head(UID, *keys["uid"]))
    yield Sheet(kind.name, sheet_name(kind.title), kind, tuple(heads))
    for element in kind.elements:
        if element.kind == "rows":
            own = keys["guide_rows" if kind.name == "guide" else "rows"]
            heads = [Head(KEY, *own, required=True)]
            heads += [
                Head(c.name, c.title, help_of(c), c, c.required)
                for c in element.columns
            ]
            title = element.title
            if kind.name != "guide":
                title = f"{kind.title}{words()['sheets']['joint']}{title}"
            yield Sheet(
                f"{kind.name}.{element.name}",
                sheet_name(title),
                kind,
                tuple(heads),
                element,
            )


def _is_inside(kind: Kind) -> bool:
    return kind.name in {"material", "form_version"}


def sheet_name(title: str) -> str:
    """A title as the name of a sheet."""
    return _SHEET_NAME.sub(" ", title)[:_NAME_LENGTH]


def help_of(part: Element | Column) -> str:
    """Help and the way to write a value, in one text."""
    hint = words()["hints"].get(part.kind, "")
    if part.kind == "choices":
        titles = [code.title for code in code_lists()[part.list].codes]
        hint = hint.format(titles=words()["marks"]["separator"].join(titles))
    own = getattr(part, "help", "")
    # A file's help says already what the hint would.
    parts = [own] if part.kind == "file" and own else [own, hint]
    return "\n".join(text for text in parts if text)


def choice_title(part: Element | Column, value: str) -> str:
    """The words of a code; the code itself where the list does not know it."""
    code = code_lists()[part.list].get(value)
    return code.title if code else value


def state_title(state: str) -> str:
    """The words of a workflow state."""
    return states()[state][0] if state in states() else state


def example(sheet: Sheet) -> dict[str, Any]:
    """The values of a sheet's example row, by column; empty if it has none."""
    return dict(words()["examples"].get(sheet.id, {}))
