"""What supervision adds to the staff's bar and to the desk."""

from collections.abc import Iterator
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from urllib.parse import urlencode
from zhinan import _
from zhinan.pages.staff import IStaffTools
from zhinan.pages.staff import IWaiting
from zhinan.supervision.known import root_of
from zhinan.supervision.notices import listing
from zhinan.supervision.notices.content import INotice
from zhinan.supervision.notices.content import PORTAL_TYPE
from zhinan.supervision.timeline import timeline_url
from zhinan.trail.interfaces import ITracked
from zope.i18nmessageid import Message
from zope.interface import implementer


#: Notices that the bar names one by one.
_MOST = 1


@implementer(IStaffTools)
class Tools:
    """The ways to the timeline and to a notice, and the notices that are open."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """What the person may do here."""
        url = timeline_url(context)
        if url:
            yield url, _("Timeline")
        if (
            ITracked.providedBy(context)
            and not INotice.providedBy(context)
            and listing.may_issue()
        ):
            query = urlencode({"about": context.UID()})
            site = api.portal.get().absolute_url()
            yield f"{site}/@@issue-notice?{query}", _("Supervise")

    def notes(self, context: Any) -> Iterator[tuple[str, Message]]:
        """Open notices about this that the person may see."""
        if not ITracked.providedBy(context) or INotice.providedBy(context):
            return
        uids = {IUUID(context, None), IUUID(root_of(context), None)} - {None}
        found = api.portal.get_tool("portal_catalog")(
            portal_type=PORTAL_TYPE,
            notice_about=sorted(uids),
            review_state=list(listing.OPEN),
        )
        if len(found) > _MOST:
            words = _(
                "under_supervision_several",
                default="Under supervision: ${number} notices",
                mapping={"number": str(len(found))},
            )
            yield f"{api.portal.get().absolute_url()}/@@notices", words
            return
        for brain in found:
            number = (brain.row or {}).get("number", "")
            words = _(
                "under_supervision",
                default="Under supervision: ${number}",
                mapping={"number": number},
            )
            yield brain.getURL(), words


TOOLS = Tools()


@implementer(IWaiting)
class Waiting:
    """Notices that wait for the person."""

    def number(self) -> int:
        """How many."""
        return listing.waiting()


WAITING = Waiting()
