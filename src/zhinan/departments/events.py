"""What happens to departments and rights, told to whoever wants to know."""

from dataclasses import dataclass
from typing import Any
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class IHandedOver(Interface):
    """Departments were merged, split or renamed, and everything has been moved."""

    number = Attribute("Number of the hand-over")
    kind = Attribute("merge, split, rename or undo")
    sources = Attribute("Codes of the departments from which something went")
    target = Attribute("Code of the department that has taken over")
    counts = Attribute("Mapping of what was moved to its number")


@implementer(IHandedOver)
@dataclass(frozen=True)
class HandedOver:
    """A hand-over is done, in the transaction that runs."""

    number: str
    kind: str
    sources: tuple[str, ...]
    target: str
    counts: dict[str, int]


class IOwnerChanged(Interface):
    """Content has another department in charge, or is shared with others."""

    object = Attribute("The content")
    before = Attribute("Owner and shared departments as they were")
    after = Attribute("Owner and shared departments as they are")
    note = Attribute("Why, in the words of the person")


class IConfidentialRead(Interface):
    """Somebody was given the bytes of a file that is not for everybody who may view."""

    object = Attribute("The content")
    field = Attribute("Name of the field that holds the file")


Owners = tuple[str, tuple[str, ...]]


@implementer(IOwnerChanged)
@dataclass(frozen=True)
class OwnerChanged:
    """The department in charge, or those it is shared with, were changed."""

    object: Any
    before: Owners
    after: Owners
    note: str = ""


@implementer(IConfidentialRead)
@dataclass(frozen=True)
class ConfidentialRead:
    """A confidential file was read."""

    object: Any
    field: str


class IAbsenceEntered(Interface):
    """Somebody will be absent, and somebody stands in."""

    absence = Attribute("The absence (zhinan.rules.absences.Absence)")


class IAbsenceCancelled(Interface):
    """An absence was called off, or ended before its last day."""

    absence = Attribute("The absence (zhinan.rules.absences.Absence)")


@implementer(IAbsenceEntered)
@dataclass(frozen=True)
class AbsenceEntered:
    """An absence was entered."""

    absence: Any


@implementer(IAbsenceCancelled)
@dataclass(frozen=True)
class AbsenceCancelled:
    """An absence was cancelled."""

    absence: Any
