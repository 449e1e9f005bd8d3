"""What supervision adds to the staff's bar."""

from collections.abc import Iterator
from typing import Any
from zhinan import _
from zhinan.pages.staff import IStaffTools
from zhinan.supervision.timeline import timeline_url
from zope.i18nmessageid import Message
from zope.interface import implementer


@implementer(IStaffTools)
class Tools:
    """The way to the timeline."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """What the person may do here."""
        url = timeline_url(context)
        if url:
            yield url, _("Timeline")

    def notes(self, context: Any) -> Iterator[tuple[str, Message]]:
        """What the person should know here."""
        yield from ()


TOOLS = Tools()
