"""Entries are kept in their normal form, whichever way they came."""

from .entries import IRegisterEntry
from typing import Any
from zhinan.rules.documents import normalise_basis_number
from zope.component import adapter
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent


def normalise(obj: Any) -> None:
    """The number of a document in its normal form, if it is one."""
    number = getattr(obj, "document_number", None)
    normal = normalise_basis_number(number) if number else None
    if normal and normal != number:
        obj.document_number = normal


@adapter(IRegisterEntry, IObjectAddedEvent)
def normalise_on_add(obj: Any, event: Any) -> None:
    """When an entry is new."""
    normalise(obj)


@adapter(IRegisterEntry, IObjectModifiedEvent)
def normalise_on_change(obj: Any, event: Any) -> None:
    """When an entry was changed."""
    normalise(obj)
