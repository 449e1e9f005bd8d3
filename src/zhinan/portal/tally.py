"""Counting, narrowing and nesting the entries of a release; plain values only."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any


Entry = Mapping[str, Any]


def values(entry: Entry, name: str) -> list[str]:
    """The values of an element as the address names them; yes and no are 1 and 0."""
    value = entry.get(name)
    if value is None:
        return []
    if isinstance(value, bool):
        return ["1" if value else "0"]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def fits(entry: Entry, filters: Mapping[str, str]) -> bool:
    """Whether an entry has all these values; an empty one narrows nothing."""
    return all(
        wanted in values(entry, name) for name, wanted in filters.items() if wanted
    )


def counts(entries: Iterable[Entry], name: str) -> dict[str, int]:
    """How many entries have each value of an element."""
    found: dict[str, int] = {}
    for entry in entries:
        for value in values(entry, name):
            found[value] = found.get(value, 0) + 1
    return found


def nested(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bool]]:
    """Each entry, its sub-items below it; whether the entry is such a sub-item.

    A sub-item whose parent is not among these entries stands for itself.
    """
    rows = list(entries)
    parents = {row.get("catalog_code") for row in rows if not row.get("parent_code")}
    below: dict[str, list[Entry]] = {}
    top = []
    for row in rows:
        parent = row.get("parent_code")
        if parent and parent in parents and parent != row.get("catalog_code"):
            below.setdefault(parent, []).append(row)
        else:
            top.append(row)
    for row in top:
        yield row, False
        for sub in below.pop(row.get("catalog_code", ""), ()):
            yield sub, True


def numbers(entries: Iterable[Entry]) -> dict[str, int]:
    """The numbers that the catalogue shows of itself."""
    rows = list(entries)
    return {
        "matters": len(rows),
        "sub_items": sum(1 for row in rows if row.get("parent_code")),
        "none": sum(1 for row in rows if row.get("visit_promise") == "none"),
        "once": sum(1 for row in rows if row.get("visit_promise") == "once"),
        "instant": sum(1 for row in rows if row.get("handling_type") == "1"),
        "in_hall": sum(1 for row in rows if row.get("in_hall")),
        "delegated": sum(1 for row in rows if row.get("delegated")),
    }
