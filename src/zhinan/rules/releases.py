"""Releases of the matter catalogue: one canonical text each, chained by their hashes.

A release freezes the entries as they were published on a day. Its text is JSON in one
canonical form, so that two people who hold the same release hold the same bytes; it
names the hash of the release before it, so that none can be exchanged unnoticed.
"""

from .elements import Element
from .registers import registers
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import datetime
import json


SCHEMA = "zhinan.catalogue.release/1"
REGISTER = "catalogue_entry"
#: What an entry says of itself beside the elements: who it is across releases.
UID = "uid"

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """What a release says of itself."""

    number: int
    title: str
    #: the day that it bears, ``2026-09-01``
    date: str
    document_number: str = ""
    note: str = ""
    #: name of the person who released it, as the site knew it then
    released_by: str = ""
    #: moment of the release with offset, ISO 8601
    released_at: str = ""
    #: SHA-256 of the text of the release before it; empty for the first
    previous: str = ""


@dataclass(frozen=True)
class Field:
    """One thing in which two entries can differ; a limit goes with its unit."""

    name: str
    element: Element
    unit: str = ""


class Broken(ValueError):
    """A text that is no release, or a chain that does not hold, with the reason."""


def elements() -> tuple[Element, ...]:
    """The elements of an entry, in order."""
    return registers()[REGISTER].elements


def fields() -> tuple[Field, ...]:
    """What is compared, in the order of the elements."""
    units = {e.name for e in elements() if e.name.endswith("_unit")}
    found = []
    for element in elements():
        if element.name in units:
            continue
        unit = element.name.replace("_limit", "_unit")
        found.append(Field(element.name, element, unit if unit in units else ""))
    return tuple(found)


def frozen(values: Mapping[str, Any], uid: str = "") -> dict[str, Any]:
    """An entry as a release keeps it: its filled elements, and its UID if known."""
    found: dict[str, Any] = {UID: uid} if uid else {}
    for element in elements():
        value = values.get(element.name)
        if value is None or value == "" or value == [] or value == ():
            continue
        if isinstance(value, datetime.date):
            value = value.isoformat()
        found[element.name] = list(value) if isinstance(value, tuple) else value
    return found


def order(entry: Entry) -> tuple[str, str, str]:
    """Where an entry stands: by basic code, then department, then name."""
    return (
        str(entry.get("catalog_code", "")),
        str(entry.get("department", "")),
        str(entry.get("title", "")),
    )


def canonical(data: Any) -> str:
    """JSON in one form: sorted keys, no spaces, text as it is."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as hexadecimal."""
    return sha256(text.encode()).hexdigest()


def fingerprint(entries: Iterable[Entry]) -> str:
    """A hash of entries alone, whatever their order."""
    return digest(canonical(sorted((dict(e) for e in entries), key=order)))


def write(head: Head, entries: Iterable[Entry]) -> str:
    """The text of a release."""
    return canonical(
        {
            "schema": SCHEMA,
            **asdict(head),
            "entries": sorted((dict(entry) for entry in entries), key=order),
        }
    )


def read(text: str) -> tuple[Head, list[dict[str, Any]]]:
    """Head and entries of a release.

    :raises Broken: if the text is no release, or not in its canonical form.
    """
    try:
        data = json.loads(text)
        entries = data.pop("entries")
        schema = data.pop("schema")
        head = Head(**data)
        right = isinstance(entries, list) and all(isinstance(e, dict) for e in entries)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Broken(f"no release: {error}") from error
    if schema != SCHEMA or not right:
        raise Broken(f"no release of the schema {SCHEMA}")
    if write(head, entries) != text:
        raise Broken(f"release {head.number} is not in its canonical form")
    return head, entries


def verify(texts: Sequence[str]) -> list[Head]:
    """The heads of a whole chain, from the first release on.

    :raises Broken: if a number is missing, a hash does not fit, or a date goes back.
    """
    heads: list[Head] = []
    previous = ""
    for number, text in enumerate(texts, 1):
        head, _entries = read(text)
        if head.number != number:
            raise Broken(f"release {number} is missing: found {head.number}")
        if head.previous != previous:
            raise Broken(f"release {number} does not follow the one before it")
        if heads and head.date < heads[-1].date:
            raise Broken(f"release {number} is dated before the one before it")
        heads.append(head)
        previous = digest(text)
    return heads


# ----------------------------------------------------------------- comparing


@dataclass(frozen=True)
class Changed:
    """An entry that stands in both releases and differs."""

    before: Entry
    after: Entry
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Changes:
    """What one list of entries has against another."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0

    @property
    def nothing(self) -> bool:
        """Whether both lists say the same."""
        return not (self.added or self.removed or self.changed)


#: How an entry is found again, the surest way first. A code alone comes last: several
#: departments may have the same matter, and then the department tells them apart.
_WAYS: tuple[tuple[str, ...], ...] = (
    ("catalog_code", "department", "title"),
    ("catalog_code", "department"),
    (UID,),
    ("catalog_code",),
)


def changes(old: Iterable[Entry], new: Iterable[Entry]) -> Changes:
    """What changed from the old entries to the new ones."""
    before, after = sorted(old, key=order), sorted(new, key=order)
    pairs: list[tuple[Entry, Entry]] = []
    for way in _WAYS:
        waiting: dict[tuple[Any, ...], list[Entry]] = {}
        for entry in before:
            if key := _key(entry, way):
                waiting.setdefault(key, []).append(entry)
        rest = []
        for entry in after:
            key = _key(entry, way)
            if key and waiting.get(key):
                pairs.append((waiting[key].pop(0), entry))
            else:
                rest.append(entry)
        found = {id(pair[0]) for pair in pairs}
        before = [entry for entry in before if id(entry) not in found]
        after = rest
    compared = [Changed(a, b, differing(a, b)) for a, b in pairs]
    changed = [change for change in compared if change.fields]
    return Changes(
        added=tuple(after),
        removed=tuple(before),
        changed=tuple(sorted(changed, key=lambda change: order(change.after))),
        unchanged=len(compared) - len(changed),
    )


def _key(entry: Entry, way: tuple[str, ...]) -> tuple[Any, ...]:
    key = tuple(entry.get(name) for name in way)
    return key if all(key) else ()


def differing(before: Entry, after: Entry) -> tuple[Field, ...]:
    """The fields in which two entries differ."""
    return tuple(
        field
        for field in fields()
        if any(before.get(name) != after.get(name) for name in (field.name, field.unit))
    )
