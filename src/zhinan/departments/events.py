"""What happens to departments, told to whoever wants to know."""

from dataclasses import dataclass
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
