"""The entries of the registers, from the catalogue, without waking one."""

from .entries import IRegisterEntry
from .entries import REGISTERS
from .entries import TYPES
from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan.rules.registers import registers
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import Interface

import datetime


_KEY = "zhinan.registers.directory"
#: The state in which an entry counts, by whether the public reads its register.
CURRENT = {True: "published", False: "in_force"}


@dataclass(frozen=True)
class Entry:
    """An entry with the values of its elements as the catalogue keeps them.

    Dates are texts (``2026-08-15``), empty elements are absent; ``day`` reads a date.
    ``modified`` is the catalogue's time of the last change.
    """

    register: str
    uid: str
    title: str
    url: str
    state: str
    modified: Any
    values: Mapping[str, Any]

    @property
    def current(self) -> bool:
        """Whether the entry counts: published, or in force in an internal register."""
        return self.state == CURRENT[registers()[self.register].public]

    def day(self, name: str) -> datetime.date | None:
        """The value of an element that is a date."""
        value = self.values.get(name)
        return datetime.date.fromisoformat(value) if value else None


def from_brain(brain: Any) -> Entry:
    """The entry that a hit of the catalogue stands for."""
    return Entry(
        register=REGISTERS[brain.portal_type],
        uid=brain.UID,
        title=brain.Title,
        url=brain.getURL(),
        state=brain.review_state,
        modified=brain.modified,
        values=brain.row or {},
    )


def entries(register: str) -> tuple[Entry, ...]:
    """All entries of a register in their order, whatever their state.

    Read once a request, and again after one was changed in it. Not filtered by
    permission: who shows an entry to somebody asks the catalogue as that person.
    """
    request = getRequest()
    annotations = getattr(request, "other", None)
    kept = annotations.setdefault(_KEY, {}) if annotations is not None else {}
    if register not in kept:
        brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
            portal_type=TYPES[register], sort_on="getObjPositionInParent"
        )
        kept[register] = tuple(from_brain(brain) for brain in brains)
    return kept[register]


def visible(register: str) -> tuple[Entry, ...]:
    """The entries that this person may see, in their order, whatever their state."""
    return tuple(
        from_brain(brain)
        for brain in api.portal.get_tool("portal_catalog")(
            portal_type=TYPES[register], sort_on="getObjPositionInParent"
        )
    )


def current(register: str) -> tuple[Entry, ...]:
    """The entries that count: published, or in force in an internal register."""
    return tuple(entry for entry in entries(register) if entry.current)


def derived(name: str, make: Any) -> Any:
    """What ``make()`` derives from the directory, once a request like the directory."""
    annotations = getattr(getRequest(), "other", None)
    kept = annotations.setdefault(_KEY, {}) if annotations is not None else {}
    key = f"derived.{name}"
    if key not in kept:
        kept[key] = make()
    return kept[key]


@adapter(IRegisterEntry, Interface)
def forget(obj: Any, event: Any) -> None:
    """A register was changed in this request: read it anew."""
    annotations = getattr(getRequest(), "other", None)
    if annotations is not None:
        annotations.pop(_KEY, None)
