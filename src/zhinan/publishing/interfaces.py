"""What a room says of content whose publication is counted in revisions."""

from zope.interface import Attribute
from zope.interface import Interface


class IRevised(Interface):
    """Marks content of which each state that the public read has a number.

    What lies inside it (a material, a form) belongs to it.
    """


class IPublicContent(Interface):
    """Adapts an ``IRevised``: what the public reads of it, and how it is identified."""

    title = Attribute("Its name")
    department = Attribute("Code of the owner department, or an empty text")
    codes = Attribute("Mapping of a code's name to the code; empty ones left out")

    def content():
        """Everything that the public reads, as plain values for canonical JSON."""
