"""What keepers of the calendar are reminded of: a notice comes out each November."""

from collections.abc import Iterator
from plone import api
from typing import Any
from zhinan import _
from zhinan.clock import dates
from zhinan.clock import store
from zhinan.departments.citytime import today
from zhinan.pages.staff import IStaffTools
from zhinan.pages.staff import IWaiting
from zhinan.rules.calendar import Status
from zope.i18nmessageid import Message
from zope.interface import implementer


#: The notice for the next year comes out in it.
MONTH = 11


def missing() -> int | None:
    """The year whose notice should be entered by now, or None."""
    day = today()
    calendar = store.calendar(api.portal.get())
    if calendar.status(day.year) is not Status.OFFICIAL:
        return day.year
    if day.month >= MONTH and calendar.status(day.year + 1) is not Status.OFFICIAL:
        return day.year + 1
    return None


def may_keep() -> bool:
    """Whether the person keeps the calendar."""
    if api.user.is_anonymous():
        return False
    return bool(api.user.has_permission(dates.PERMISSION, obj=api.portal.get()))


@implementer(IWaiting)
class Waiting:
    """A year to be entered, and dates to be counted anew."""

    def number(self) -> int:
        """How many things."""
        if not may_keep():
            return 0
        return (missing() is not None) + dates.unsettled(api.portal.get())


@implementer(IStaffTools)
class Tools:
    """The same as notes in the staff's bar."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """Nothing: the desk leads to the calendar."""
        return iter(())

    def notes(self, context: Any) -> Iterator[tuple[str, Message]]:
        """The year whose notice is to be entered."""
        if not may_keep():
            return
        url = api.portal.get().absolute_url()
        year = missing()
        if year is not None:
            words = _(
                "calendar_to_enter",
                default="Calendar of ${year}: enter the notice",
                mapping={"year": str(year)},
            )
            yield f"{url}/@@edit-calendar?year={year}", words
        if dates.unsettled(api.portal.get()):
            yield (
                f"{url}/@@edit-closures",
                _("Open dates wait to be counted anew"),
            )


WAITING = Waiting()
TOOLS = Tools()
