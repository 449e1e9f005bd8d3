"""Messages, dates and limits as people read them, for pages and for REST."""

from functools import cached_property
from plone import api
from zhinan import _
from zope.i18n import translate
from zope.i18nmessageid import Message

import datetime


class Formats:
    """Mixin of whatever has a ``request``."""

    def t(self, message: str | Message) -> str:
        """A message in the language of this request."""
        return translate(message, context=self.request)

    @cached_property
    def portal_url(self) -> str:
        """Address of the site."""
        return api.portal.get().absolute_url()

    def date(self, day: datetime.date | None) -> str:
        """A date written in full."""
        if day is None:
            return ""
        return self.t(
            _(
                "date_in_full",
                default="${year}-${month}-${day}",
                mapping={
                    "year": str(day.year),
                    "month": str(day.month),
                    "day": str(day.day),
                },
            )
        )

    def limit(self, number: int | None, unit: str | None) -> str:
        """A limit in words; nothing left to wait for reads “at once”."""
        if number is None:
            return ""
        if number == 0:
            return self.t(_("at once"))
        return self.t(
            Message(_LIMITS[unit or "workday"], mapping={"number": str(number)})
        )


_LIMITS = {
    "workday": _("limit_workday", default="${number} working days"),
    "day": _("limit_day", default="${number} calendar days"),
    "hour": _("limit_hour", default="${number} hours"),
    "month": _("limit_month", default="${number} months"),
    "year": _("limit_year", default="${number} years"),
}
