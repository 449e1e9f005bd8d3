"""Which sheet is which, and which column holds what, after strangers had it.

The hidden identifiers rule; the words are asked where those are gone, and a sheet or
column that says two things at once is refused, since a guess would mix up contents.
"""

from .container import COLUMN_LIMIT
from .container import Facts
from .container import parsing
from .container import refuse
from .layout import Head
from .layout import KEY
from .layout import Sheet
from .layout import SHEET_MARK
from .layout import sheets
from .layout import STATE
from .layout import UID
from .layout import words
from .values import Cell
from .values import clean
from .values import fold
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zhinan.rules.interchange import shorten

import re


#: Rows in which a head is looked for.
_DEPTH = 12
#: Share of a sheet's heads that must be found to know it by them alone.
_ENOUGH = 0.7
_ORNAMENT = re.compile(r"[*\uff0a:\uff1a]|[(\uff08][^)\uff09]*[)\uff09]$")

Row = dict[int, Cell]


@dataclass
class Found:
    """A sheet of the file, recognised."""

    name: str
    sheet: Sheet
    #: columns by their number
    columns: dict[int, Head]
    #: number of the last row of the head
    head_row: int
    facts: Facts
    source: Any
    #: columns with a head that nobody knows: number and text
    unknown: dict[int, str] = field(default_factory=dict)
    #: optional columns that are not there
    left_out: list[str] = field(default_factory=list)


def rows(source: Any, facts: Facts, first: int = 1) -> Iterator[tuple[int, Row]]:
    """The rows of a sheet that have a value, with their numbers."""
    if facts.last_row < first:
        return
    source.reset_dimensions()
    found = source.iter_rows(min_row=first, max_row=facts.last_row)
    for number in range(first, facts.last_row + 1):
        with parsing():
            row = next(found, None)
        if row is None:
            return
        cells = {}
        for place, cell in enumerate(row, 1):
            if cell.value is not None and cell.value != "":
                form = cell.number_format if cell.data_type == "n" else ""
                cells[place] = Cell(cell.value, cell.data_type, form or "General")
        if cells:
            yield number, cells


def _text(cell: Cell | None) -> str:
    return clean(str(cell.value)) if cell is not None else ""


def _title(text: str) -> str:
    return fold(_ORNAMENT.sub("", text.strip()))


def _titles(sheet: Sheet) -> dict[str, str]:
    """Identifiers of a sheet's columns by their words."""
    return {_title(head.title): head.name for head in sheet.heads}


def recognise(source: Any, facts: Facts) -> Found | None:
    """The sheet, or None if it is none of ours.

    :raises SourceRefused: if it is ours and its head cannot be trusted.
    """
    top: list[tuple[int, Row]] = []
    for number, cells in rows(source, facts):
        if number > _DEPTH:
            break
        top.append((number, cells))
    sheet, identifiers = _by_identifier(top)
    if sheet is None:
        sheet = _by_words(source.title, top)
    if sheet is None:
        return None
    return _columns(source, facts, sheet, identifiers, top)


def _by_identifier(
    top: list[tuple[int, Row]],
) -> tuple[Sheet | None, tuple[int, Row]]:
    for number, cells in top:
        for cell in cells.values():
            text = _text(cell)
            if text.startswith(SHEET_MARK):
                for sheet in sheets():
                    if text == SHEET_MARK + sheet.id:
                        return sheet, (number, cells)
    return None, (0, {})


def _by_words(name: str, top: list[tuple[int, Row]]) -> Sheet | None:
    named = [sheet for sheet in sheets() if fold(sheet.title) == fold(name)]
    if named:
        return named[0]
    scores = []
    for sheet in sheets():
        known = _titles(sheet)
        for _number, cells in top:
            found = {_title(_text(cell)) for cell in cells.values()} & set(known)
            scores.append((len(found) / len(known), len(found), sheet.id, sheet))
    scores.sort(key=lambda row: row[:2], reverse=True)
    if not scores or scores[0][0] < _ENOUGH or scores[0][1] < 3:
        return None
    best = scores[0]
    # Two sheets that fit equally well are no answer.
    rivals = [row for row in scores if row[:2] == best[:2] and row[2] != best[2]]
    return None if rivals else best[3]


def _columns(
    source: Any,
    facts: Facts,
    sheet: Sheet,
    identifiers: tuple[int, Row],
    top: list[tuple[int, Row]],
) -> Found:
    known = _titles(sheet)
    id_row, id_cells = identifiers
    head_row, head_cells, best = 0, {}, 0
    for number, cells in top:
        matches = sum(_title(_text(cell)) in known for cell in cells.values())
        if number != id_row and matches > best:
            head_row, head_cells, best = number, cells, matches
    if not id_row and best < min(2, len(known)):
        raise refuse("head_missing", sheet=source.title)
    if len(head_cells) > COLUMN_LIMIT:
        raise refuse(
            "source_too_many_columns", columns=len(head_cells), limit=COLUMN_LIMIT
        )
    found = Found(source.title, sheet, {}, max(head_row, id_row), facts, source)
    for place in sorted({*id_cells, *head_cells}):
        title = _text(head_cells.get(place))
        name = _name(sheet, _text(id_cells.get(place)), title, known, source.title)
        head = sheet.head(name) if name else None
        if head is None:
            if title:
                found.unknown[place] = shorten(title)
        elif head in found.columns.values():
            raise refuse("column_doubled", sheet=source.title, column=head.title)
        else:
            found.columns[place] = head
    _missing(found)
    return found


def _name(sheet: Sheet, identifier: str, title: str, known: Any, where: str) -> str:
    """Identifier of a column; empty if nobody knows it."""
    by_id = KEY if identifier == SHEET_MARK + sheet.id else identifier
    if sheet.head(by_id) is None:
        by_id = ""
    by_title = known.get(_title(title), "")
    if by_id and by_title and by_id != by_title:
        head = sheet.head(by_id)
        raise refuse(
            "column_conflict",
            sheet=where,
            column=shorten(title),
            second=head.title if head else by_id,
        )
    return by_id or by_title


def _missing(found: Found) -> None:
    present = {head.name for head in found.columns.values()}
    for head in found.sheet.heads:
        if head.name in present or head.name in {UID, STATE}:
            continue
        if head.required:
            raise refuse("column_missing", sheet=found.name, column=head.title)
        if head.part is not None and head.part.kind != "file":
            found.left_out.append(head.title)


def is_decoration(found: Found, cells: Row) -> bool:
    """Whether a row is the help or a head that was copied among the data."""
    matches = 0
    for place, head in found.columns.items():
        text = _text(cells.get(place))
        if not text:
            continue
        words_of_head = {head.name, words()["marks"]["required"]}
        is_title = _title(text) == _title(head.title) or text in words_of_head
        is_help = head.help != "" and text.endswith(clean(head.help))
        matches += is_title or is_help
    return matches >= 2 and matches * 2 > len(cells)
