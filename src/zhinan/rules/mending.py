"""Bulk mending: one value changed everywhere it is used, place by place.

A telephone, an address, office hours or a web address stands in fields of its own and
within texts. A wish says what becomes what; places are found in plain values, written
into them, and turned round to be taken back. Nothing here knows where the values lie.
"""

from .checks import is_phone
from .codes import Problem
from .elements import Element
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import re


PHONE, ADDRESS, HOURS, URL, TEXT = "phone", "address", "hours", "url", "text"
KINDS = (PHONE, ADDRESS, HOURS, URL, TEXT)
#: The value is the whole of its field, or a part of it.
WHOLE, PART = "whole", "part"
MATCHES = (WHOLE, PART)
#: Longest value, in characters, and shortest one that is looked for within texts.
LONGEST, SHORTEST = 2000, 2
#: Codes are identities of their own and are never mended with others.
_NEVER = frozenset(
    {"catalog_code", "implementation_code", "handling_code", "document_number"}
)
_TEXTS = frozenset({"line", "text", "phone", "url"})
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")
_ROOM = re.compile(r"\s")


@dataclass(frozen=True)
class Wish:
    """What becomes what."""

    kind: str
    match: str
    old: str
    new: str

    def problems(self) -> list[Problem]:
        """What is wrong with it."""
        found = []
        if not self.old:
            found.append(Problem("old", "mending_old_missing"))
        elif self.match == PART and len(self.old) < SHORTEST:
            found.append(Problem("old", "mending_old_short"))
        if not self.new:
            found.append(Problem("new", "mending_new_missing"))
        elif self.new == self.old:
            found.append(Problem("new", "mending_same"))
        elif self.kind == PHONE and not is_phone(self.new):
            found.append(Problem("new", "mending_phone_unfit"))
        elif self.kind == URL and (
            _ROOM.search(self.new)
            if self.match == PART
            else not _URL.fullmatch(self.new)
        ):
            found.append(Problem("new", "mending_url_unfit"))
        for name in ("old", "new"):
            if len(getattr(self, name)) > LONGEST:
                found.append(Problem(name, "mending_too_long"))
        return found


@dataclass(frozen=True)
class Place:
    """One place within the values of one object.

    ``row`` counts from 0 and is -1 where the element has no rows; ``column`` is empty
    where a row has no columns.
    """

    element: str
    before: str
    after: str
    row: int = -1
    column: str = ""

    @property
    def key(self) -> str:
        """A name of the place within its object."""
        return f"{self.element}.{self.row}.{self.column}"


# ------------------------------------------------------------------------- finding


def _suits(kind: str, match: str, name: str, of_kind: str) -> bool:
    """Whether a field or a column is one in which such a value is looked for."""
    if name in _NEVER or of_kind not in _TEXTS:
        return False
    if kind == TEXT:
        return True
    if match == PART:
        return name != "title"
    if kind in {PHONE, URL}:
        return of_kind == kind
    return name == kind


def _edge(char: str) -> bool:
    """Whether it belongs to a number or a Latin word, which are never cut."""
    return char.isascii() and char.isalnum()


def mended(wish: Wish, text: str) -> str | None:
    """A text with the new value in the place of the old one; None if it has none.

    Within a text, a number or a Latin word is met only as a whole: 0937-12 does not
    stand in 0937-123, nor room 1 in room 21.
    """
    if wish.match == WHOLE:
        return wish.new if text.strip() == wish.old else None
    before = after = ""
    if _edge(wish.old[0]):
        before = r"(?<![0-9A-Za-z])"
    if _edge(wish.old[-1]):
        after = r"(?![0-9A-Za-z])"
    if wish.kind == PHONE:
        before, after = r"(?<![0-9])(?<![0-9]-)", r"(?![0-9])(?!-[0-9])"
    pattern = f"{before}{re.escape(wish.old)}{after}"
    made = re.sub(pattern, lambda _found: wish.new, text)
    return made if made != text else None


def find(
    wish: Wish, group: Iterable[Element], values: Mapping[str, Any]
) -> Iterator[Place]:
    """The places of a value in the elements of one object."""
    for element in group:
        value = values.get(element.name)
        if not value:
            continue
        if element.kind == "rows":
            for row, line in enumerate(value):
                for column in element.columns:
                    text = line.get(column.name)
                    if _suits(wish.kind, wish.match, column.name, column.kind):
                        yield from _place(wish, element.name, text, row, column.name)
        elif element.kind == "lines":
            if _suits(wish.kind, wish.match, element.name, "line"):
                for row, text in enumerate(value):
                    yield from _place(wish, element.name, text, row)
        elif _suits(wish.kind, wish.match, element.name, element.kind):
            yield from _place(wish, element.name, value)


def _place(
    wish: Wish, element: str, text: object, row: int = -1, column: str = ""
) -> Iterator[Place]:
    if not isinstance(text, str):
        return
    after = mended(wish, text)
    if after is not None:
        yield Place(element, text, after, row, column)


# ------------------------------------------------------------------------- writing


def apply(
    values: Mapping[str, Any], places: Iterable[Place]
) -> tuple[dict[str, Any], list[Place], list[Place]]:
    """Write places into values.

    A place whose row has moved is found again where exactly one row holds the text; one
    whose text is another by now is left as it is.

    :returns: new values of the elements that changed, the places as they were written
        (with the row in which they were found), and those that no longer fit.
    """
    made: dict[str, Any] = {}
    done, left = [], []
    for place in places:
        value = made.get(place.element, values.get(place.element))
        if place.row < 0:
            if value != place.before:
                left.append(place)
                continue
            made[place.element] = place.after
            done.append(place)
            continue
        rows = list(value) if isinstance(value, list | tuple) else []
        row = _row(rows, place)
        if row is None:
            left.append(place)
            continue
        rows[row] = (
            {**rows[row], place.column: place.after} if place.column else place.after
        )
        made[place.element] = rows
        done.append(replace(place, row=row))
    return made, done, left


def _text(row: Any, column: str) -> Any:
    if not column:
        return row
    return row.get(column) if isinstance(row, Mapping) else None


def _row(rows: list[Any], place: Place) -> int | None:
    if place.row < len(rows) and _text(rows[place.row], place.column) == place.before:
        return place.row
    found = [
        number
        for number, row in enumerate(rows)
        if _text(row, place.column) == place.before
    ]
    return found[0] if len(found) == 1 else None


def turned(place: Place) -> Place:
    """The way back of a place that was written."""
    return replace(place, before=place.after, after=place.before)
