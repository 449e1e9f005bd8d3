"""The calendar of working days: which day counts, and by which notice."""

from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.clock import store
from zhinan.clock.dates import PERMISSION
from zhinan.departments.citytime import today
from zhinan.pages.layout import PublicPage
from zhinan.rules import calendaredit
from zhinan.rules import clockwords
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import Day
from zhinan.rules.calendar import festival_title
from zhinan.rules.calendar import FIRST_YEAR
from zhinan.rules.calendar import Kind
from zhinan.rules.calendar import LAST_YEAR
from zhinan.rules.calendar import Span
from zhinan.rules.calendar import Status
from zhinan.rules.calendar import Table
from zope.i18nmessageid import Message


DONE = {
    "kept": _("The calendar is changed. Open dates are counted anew."),
    "undone": _("The last change is taken back."),
    "recount": _("Open dates are being counted anew."),
    "same": _("Nothing was different, so nothing was changed."),
}
#: What stands in the square of a day beside its number.
_SHORT: dict[Kind, Message] = {
    Kind.MAKEUP: _("calendar_short_makeup", default="work"),
    Kind.ARRANGED: _("calendar_short_arranged", default="off"),
    Kind.CLOSURE: _("calendar_short_closure", default="closed"),
}
_LEGEND = (Kind.FESTIVAL, Kind.ARRANGED, Kind.MAKEUP, Kind.CLOSURE, Kind.WEEKEND)


class ClockPage(PublicPage):
    """Base: the calendar and the words of the page's language."""

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the site."""
        return store.calendar(self.context)

    @property
    def words(self) -> str:
        """The language in which the rules have their words."""
        return "zh" if self.language.startswith("zh") else "en"


class CalendarPage(ClockPage):
    """``@@calendar?year=2026``: a year as twelve months."""

    template = ViewPageTemplateFile("templates/calendar.pt")

    @cached_property
    def year(self) -> int:
        """The year that is shown; this one if none is asked for."""
        raw = self.request.form.get("year", "")
        good = isinstance(raw, str) and raw.isascii() and raw.isdecimal()
        found = int(raw) if good and len(raw) == 4 else 0
        return found if FIRST_YEAR <= found <= LAST_YEAR else today().year

    @property
    def title(self) -> str:
        """The year in the title."""
        return self.t(
            _(
                "calendar_title",
                default="Working days of ${year}",
                mapping={"year": str(self.year)},
            )
        )

    def update(self) -> None:
        """Look up what is shown."""
        self.table = self.calendar.by_year.get(self.year) or Table(self.year)
        self.status = self.calendar.status(self.year)

    def year_url(self, year: int) -> str:
        """Address of a year."""
        return f"{self.portal_url}/@@calendar?year={year}"

    def neighbours(self) -> list[dict[str, Any]]:
        """The years before and after."""
        rows = ((self.year - 1, "prev"), (self.year + 1, "next"))
        return [
            {"year": year, "rel": rel, "url": self.year_url(year)}
            for year, rel in rows
            if FIRST_YEAR <= year <= LAST_YEAR
        ]

    def years(self) -> list[dict[str, Any]]:
        """The years to choose from: those with a notice, and the next ones."""
        known = set(self.calendar.by_year)
        known |= {self.year, today().year, today().year + 1}
        return [
            {"year": year, "selected": "selected" if year == self.year else None}
            for year in sorted(known, reverse=True)
        ]

    # --------------------------------------------------------------------- status

    def status_word(self) -> str:
        """The status in a word."""
        return clockwords.mark(self.status, self.words)

    def status_text(self) -> str:
        """What the year rests on, in a sentence."""
        if self.status is Status.OFFICIAL:
            return self.t(_("By the notice of the State Council for this year."))
        if self.status is Status.MISSING:
            return self.t(
                _(
                    "Not all festivals of this year are known: only weekends and "
                    "festivals of the solar calendar are marked. Dates in this year "
                    "are provisional."
                )
            )
        if self.table.off:
            return self.t(
                _(
                    "This arrangement was entered before its notice. Dates in this "
                    "year are provisional and are counted anew when it is out."
                )
            )
        return self.t(
            _(
                "The notice for this year is not out. Only the statutory festivals "
                "are marked. Dates in this year are provisional and are counted anew "
                "when it is out."
            )
        )

    def notices(self) -> list[dict[str, str]]:
        """The notices with their numbers and addresses."""
        return [
            {
                "title": one.title,
                "number": one.number,
                "issued": self.date(one.issued),
                "source": one.source,
            }
            for one in self.table.notices
            if one.title or one.number or one.source
        ]

    def number_unknown(self) -> bool:
        """Whether a notice's number was not found, which is said."""
        return any(not one["number"] for one in self.notices())

    # --------------------------------------------------------------------- months

    def weekdays(self) -> list[str]:
        """Monday to Sunday."""
        return clockwords.weekdays(self.words)

    def months(self) -> list[dict[str, Any]]:
        """Twelve months as weeks of days."""
        found = calendaredit.months(self.calendar, self.year)
        return [
            {
                "title": self.t(
                    _(
                        "calendar_month",
                        default="Month ${month}",
                        mapping={"month": str(number)},
                    )
                ),
                "weeks": [[day and self._day(day) for day in week] for week in month],
            }
            for number, month in enumerate(found, 1)
        ]

    def _day(self, day: Day) -> dict[str, Any]:
        if day.kind is Kind.FESTIVAL:
            short = festival_title(day.name, self.words)
        else:
            short = self.t(_SHORT[day.kind]) if day.kind in _SHORT else ""
        return {
            "number": day.day.day,
            "kind": day.kind.value,
            "short": short,
            "long": "" if day.kind is Kind.WORKDAY else self._long(day),
            "today": "date" if day.day == today() else None,
        }

    def _long(self, day: Day) -> str:
        parts = [clockwords.word("kinds", day.kind.value, self.words)]
        if day.name:
            parts.append(festival_title(day.name, self.words))
        return clockwords.word("dates", "join", self.words).join(parts)

    def legend(self) -> list[dict[str, str]]:
        """What the colours mean, in words."""
        return [
            {
                "kind": kind.value,
                "title": clockwords.word("kinds", kind.value, self.words),
            }
            for kind in _LEGEND
        ]

    # ---------------------------------------------------------------------- lists

    def off(self) -> list[dict[str, str]]:
        """The days off, festival by festival."""
        if self.table.off:
            return [self._span(span) for span in self.table.off]
        return [
            self._span(Span(day.day, day.day, day.name))
            for day in calendaredit.year_of(self.calendar, self.year)
            if day.kind is Kind.FESTIVAL
        ]

    def work(self) -> list[dict[str, str]]:
        """The weekend days that are worked."""
        return [self._span(span) for span in self.table.work]

    def closures(self) -> list[dict[str, str]]:
        """The local closures of this year."""
        return [
            {**self._days(one), "name": one.reason, "source": one.source}
            for one in self.calendar.closures
            if one.first.year <= self.year <= one.last.year
        ]

    def _span(self, span: Span) -> dict[str, str]:
        name = festival_title(span.festival, self.words)
        return {**self._days(span), "name": name, "source": ""}

    def _days(self, span: Span | Closure) -> dict[str, str]:
        days = clockwords.days_text(span.first, span.last, self.words)
        number = (span.last - span.first).days + 1
        words = _(
            "calendar_days",
            default="${number} days",
            mapping={"number": str(number)},
        )
        return {"days": days, "number": self.t(words) if number > 1 else ""}

    # --------------------------------------------------------------------- keepers

    @cached_property
    def may_keep(self) -> bool:
        """Whether the person keeps the calendar."""
        return bool(api.user.has_permission(PERMISSION, obj=self.context))

    def message(self) -> str:
        """What became of a keeper's step."""
        done = str(self.request.form.get("done", ""))
        return self.t(DONE[done]) if self.may_keep and done in DONE else ""
