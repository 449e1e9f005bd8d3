"""What rooms above add to the bar of the staff on every page."""

from collections.abc import Iterator
from typing import Any
from zope.component import getUtilitiesFor
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
