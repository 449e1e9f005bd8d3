"""REST: until when a limit runs, and the calendar."""

from . import changing
from . import dates
from .store import calendar
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.exceptions import DeserializationError
from plone.restapi.services import Service
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.rules import calendaredit
from zhinan.rules import clockwords
from zhinan.rules import deadline
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import CalendarRefused
from zhinan.rules.calendar import closures_as_rows
from zhinan.rules.calendar import closures_from
from zhinan.rules.calendar import Day
from zhinan.rules.calendar import FIRST_YEAR
from zhinan.rules.calendar import LAST_YEAR
from zhinan.rules.calendar import Table
from zhinan.rules.calendar import table_as_dict
from zhinan.rules.calendar import table_from
from zhinan.rules.calendartext import Finding
from zhinan.rules.clock import ClockRefused
from zope.i18n import translate
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import transaction


class _Refused(Exception):
    """Status, type, sentence and what else the answer holds."""

    def __init__(self, status: int, kind: str, sentence: Any, **more: Any):
        super().__init__(status, kind, sentence)
        self.status = status
        self.kind = kind
        self.sentence = sentence
        self.more = more


class ClockService(Service):
    """Base: refusals are JSON with a type and a sentence."""

    def reply(self) -> Any:
        """The answer, or why there is none; nothing is stored with a refusal."""
        try:
            return self.answer()
        except _Refused as refusal:
            transaction.doom()
            self.request.response.setStatus(refusal.status)
            said = translate(refusal.sentence, context=self.request)
            return {"error": {"type": refusal.kind, "message": said, **refusal.more}}

    def answer(self) -> Any:
        """The answer itself."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """The language of the reader, as far as the rules have words of it."""
        tag = str(self.request.get("LANGUAGE") or "zh").lower()
        return "en" if tag.startswith("en") else "zh"

    def texts(self, name: str) -> list[str]:
        """All values of a parameter."""
        given = self.request.form.get(name, [])
        return [str(one) for one in (given if isinstance(given, list) else [given])]

    def text(self, name: str, default: str | None = None) -> str | None:
        """The value of a parameter; the first of several."""
        found = self.texts(name)
        return found[0] if found else default


class DeadlineGet(ClockService):
    """``GET @deadline``: what ``bin/zhinan deadline --json`` prints."""

    def answer(self) -> dict[str, Any]:
        """The date and why it is that one."""
        try:
            question = deadline.asked(
                self.text("accepted"),
                self.text("limit"),
                self.text("unit", "workday"),
                self.texts("pause"),
                self.text("at"),
            )
            found = deadline.answer(calendar(self.context), question)
        except ClockRefused as refusal:
            said = clockwords.problem_text(refusal.problem, self.words)
            raise _Refused(400, "BadRequest", said) from refusal
        return found.as_dict()


def day_row(day: Day) -> dict[str, str]:
    """A day that is no ordinary one, for JSON."""
    return {
        "date": day.day.isoformat(),
        "kind": day.kind.value,
        "name": day.name,
        "source": day.source,
    }


@implementer(IPublishTraverse)
class CalendarService(ClockService):
    """Reads the address: ``@calendar`` or ``@calendar/<year>``."""

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.year: int | None = None

    def publishTraverse(self, request: Any, name: str) -> Any:
        """The year."""
        good = name.isascii() and name.isdecimal() and len(name) == 4
        if self.year is not None or not good:
            raise NotFound(name)
        self.year = int(name)
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise NotFound(name)
        return self

    @property
    def base(self) -> str:
        """Address of the whole calendar."""
        return f"{self.context.absolute_url()}/@calendar"

    def whole(self) -> dict[str, Any]:
        """All years in short, and the closures."""
        found = calendar(self.context)
        return {
            "@id": self.base,
            "edition": found.edition,
            "years": [
                {
                    "@id": f"{self.base}/{table.year}",
                    "year": table.year,
                    "status": table.status.value,
                    "notices": [one.number or one.title for one in table.notices],
                }
                for table in found.tables
            ],
            "closures": closures_as_rows(found.closures),
        }

    def one(self, year: int) -> dict[str, Any]:
        """A year with its days."""
        found = calendar(self.context)
        table = found.by_year.get(year) or Table(year, status=found.status(year))
        days = calendaredit.special(found, year)
        return {
            "@id": f"{self.base}/{year}",
            "edition": found.edition,
            **table_as_dict(table),
            "gaps": list(found.gaps(year)),
            "days": [day_row(day) for day in days],
        }


class CalendarGet(CalendarService):
    """``GET @calendar`` and ``GET @calendar/2026``."""

    def answer(self) -> dict[str, Any]:
        """The calendar, or a year of it."""
        return self.whole() if self.year is None else self.one(self.year)


class CalendarPatch(CalendarService):
    """``PATCH @calendar/2027`` and, for the closures, ``PATCH @calendar``.

    With ``"preview": true`` nothing is kept.
    """

    def answer(self) -> dict[str, Any]:
        """What is changed by it."""
        alsoProvides(self.request, IDisableCSRFProtection)
        body = self._body()
        preview = body.pop("preview", False)
        if not isinstance(preview, bool):
            raise _Refused(400, "BadRequest", _("preview is true or false."))
        before = calendar(self.context)
        try:
            after, doubts = self._wished(body, before)
        except CalendarRefused as refusal:
            said = clockwords.problem_text(refusal.problem, self.words)
            raise _Refused(400, "BadRequest", said) from refusal
        days = calendaredit.differing(before, after)
        foreseen = dates.foresee(after)
        if not preview:
            self._change(after)
        shown = self.whole() if self.year is None else self.one(self.year)
        return {
            **shown,
            "preview": preview,
            "changed_days": [
                {"before": day_row(old), "after": day_row(new)} for old, new in days
            ],
            "dates": {
                "looked": foreseen.looked,
                "moved": foreseen.moved,
                "whole": foreseen.whole,
            },
            "doubts": doubts,
        }

    def _body(self) -> dict[str, Any]:
        wrong = _Refused(400, "BadRequest", _("The body is no JSON object."))
        try:
            body = json_body(self.request)
        except DeserializationError as error:
            raise wrong from error
        if not isinstance(body, dict):
            raise wrong
        return dict(body)

    def _known(self, body: dict[str, Any], names: set[str]) -> None:
        unknown = sorted(set(body) - names)
        if unknown:
            said = _(
                "calendar_unknown_key",
                default="“${name}” is nothing that can be changed here.",
                mapping={"name": unknown[0][:60]},
            )
            raise _Refused(400, "BadRequest", said)

    def _wished(
        self, body: dict[str, Any], before: Calendar
    ) -> tuple[Calendar, list[str]]:
        """The calendar with what was sent, and what is doubtful in it.

        :raises _Refused: with all that is wrong.
        """
        if self.year is None:
            self._known(body, {"closures"})
            closures = closures_from(body.get("closures"))
            self._check(calendaredit.closure_findings(closures))
            return before.with_closures(closures), []
        self._known(body, {"year", "status", "note", "notices", "off", "work"})
        known = before.by_year.get(self.year)
        row = table_as_dict(known) if known is not None else {}
        table = table_from({**row, "year": self.year, **body})
        if table.year != self.year:
            raise _Refused(400, "BadRequest", _("The address names another year."))
        found = calendaredit.year_findings(table)
        self._check(found)
        return before.with_table(table), [one.text(self.words) for one in found]

    def _check(self, found: list[Finding]) -> None:
        hard = [one.text(self.words) for one in found if not one.doubt]
        if hard:
            raise _Refused(400, "BadRequest", hard[0], problems=hard)

    def _change(self, after: Calendar) -> None:
        site = self.context
        if self.year is None:
            changing.change_closures(site, after.closures)
        else:
            changing.change_year(site, self.year, after.by_year[self.year])
