"""What rooms above add to the bar of the staff on every page."""

from collections.abc import Iterator
from typing import Any
from zope.component import getUtilitiesFor
from zope.component import queryUtility
from zope.interface import Interface


class IStaffTools(Interface):
    """A named utility; asked on every page of a person who is logged in."""

    def links(context):
        """Pairs of address and title, a Message, of what the person may do here."""

    def notes(context):
        """The same for what the person should know here; it stands out."""


def _all(context: Any, what: str) -> Iterator[tuple[str, Any]]:
    for _name, tools in sorted(getUtilitiesFor(IStaffTools)):
        yield from getattr(tools, what)(context)


def links(context: Any) -> list[tuple[str, Any]]:
    """All links, in the order of the utilities' names."""
    return list(_all(context, "links"))


def notes(context: Any) -> list[tuple[str, Any]]:
    """All notes."""
    return list(_all(context, "notes"))


class IWaiting(Interface):
    """A utility, named as a page of the staff: how much waits there for the person."""

    def number():
        """How many things."""


def waiting(view: str) -> int:
    """How many things wait for the person on a page; 0 where nobody counts."""
    found = queryUtility(IWaiting, name=view)
    return int(found.number()) if found is not None else 0
