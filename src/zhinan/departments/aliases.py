"""Old codes of departments, and the hand-overs that made them old.

A code that a department once had is never given to another one: links from outside,
imports and filters that name it mean the department that has taken over.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from persistent import Persistent
from typing import Any
from zhinan.rules import handover as rules
from zope.annotation.interfaces import IAnnotations
from zope.component.hooks import getSite


KEY = "zhinan.departments.handovers"


@dataclass(frozen=True)
class Alias:
    """An old code: what it was called, who has taken over, and by which hand-over."""

    code: str
    successor: str
    title: str
    number: str
    short_name: str = ""


@dataclass(frozen=True)
class Handover:
    """One hand-over as it was decided."""

    number: str
    kind: str
    sources: tuple[str, ...]
    target: str
    #: number of the decision (文号), and what was noted
    document: str
    note: str
    person: str
    #: day, ISO 8601
    day: str
    job: str
    #: number of the hand-over that took this one back, or empty
    undone: str = ""


class Book(Persistent):
    """Aliases by code, hand-overs by number."""

    def __init__(self) -> None:
        self.aliases = OOBTree()
        self.handovers = OOBTree()


def _annotations(site: Any) -> Any:
    return IAnnotations(site, None) if site is not None else None


def book(site: Any = None) -> Book | None:
    """The book of a site (of the current one), or None while it has none."""
    found = _annotations(site if site is not None else getSite())
    return found.get(KEY) if found is not None else None


def prepare(site: Any = None) -> Book:
    """The book, made where there is none."""
    annotations = _annotations(site if site is not None else getSite())
    if KEY not in annotations:
        annotations[KEY] = Book()
    return annotations[KEY]


def successors() -> dict[str, str]:
    """Old codes with the department that has taken over, as it was decided."""
    found = book()
    if found is None:
        return {}
    return {code: alias.successor for code, alias in found.aliases.items()}


def resolve(code: Any) -> Any:
    """The code of the department that a code means today; others come back as is."""
    found = book()
    if found is None or not isinstance(code, str) or code not in found.aliases:
        return code
    return rules.resolve(code, successors())


def is_old(code: str) -> bool:
    """Whether a code is one of a department that is no more."""
    found = book()
    return found is not None and code in found.aliases


def get(code: str) -> Alias | None:
    """What is known of an old code."""
    found = book()
    return found.aliases.get(code) if found is not None else None


def known() -> list[Alias]:
    """All old codes."""
    found = book()
    return list(found.aliases.values()) if found is not None else []


def resolver() -> Callable[[Any], Any]:
    """A quick ``resolve`` for many codes."""
    found = successors()
    if not found:
        return lambda code: code
    return lambda code: rules.resolve(code, found) if code in found else code


def add(alias: Alias) -> None:
    """Remember an old code."""
    prepare().aliases[alias.code] = alias


def drop(code: str) -> None:
    """A department has its code again: the hand-over was taken back."""
    found = book()
    if found is not None and code in found.aliases:
        del found.aliases[code]


def write(handover: Handover) -> None:
    """Write a hand-over down."""
    prepare().handovers[handover.number] = handover


def handover(number: str) -> Handover | None:
    """A hand-over by its number."""
    found = book()
    return found.handovers.get(number) if found is not None else None


def handovers() -> list[Handover]:
    """All hand-overs, the newest first."""
    found = book()
    return list(found.handovers.values())[::-1] if found is not None else []


def mark_undone(number: str, by: str) -> None:
    """A hand-over was taken back by another one."""
    known = handover(number)
    if known is not None:
        write(replace(known, undone=by))


def dump() -> dict[str, list[dict[str, Any]]]:
    """Everything as plain values, for an export."""
    found = book()
    if found is None:
        return {"aliases": [], "handovers": []}
    return {
        "aliases": [asdict(alias) for alias in found.aliases.values()],
        "handovers": [asdict(one) for one in found.handovers.values()],
    }


def restore(data: Mapping[str, list[dict[str, Any]]]) -> None:
    """What was exported."""
    for row in data.get("aliases", ()):
        add(Alias(**row))
    for row in data.get("handovers", ()):
        write(Handover(**{**row, "sources": tuple(row["sources"])}))
