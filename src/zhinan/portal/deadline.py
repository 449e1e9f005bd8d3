"""The calculator: until when a limit runs, with every day that counts or not."""

from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments.citytime import today
from zhinan.portal.calendar import ClockPage
from zhinan.rules import clock
from zhinan.rules import clockwords
from zhinan.rules import deadline


#: Pauses that the form has room for; the service takes more.
PAUSES = 3
#: In which field of the form a problem stands that does not tell it itself.
_FIELDS = {"limit_range": "limit", "year_range": "accepted"}
_UNITS = {
    "workday": _("working days"),
    "day": _("calendar days"),
    "month": _("months"),
    "year": _("years"),
}


class DeadlinePage(ClockPage):
    """``@@deadline``: a form that is sent as it is typed, and the answer below."""

    template = ViewPageTemplateFile("templates/deadline.pt")
    title = _("Until when does a limit run?")

    def update(self) -> None:
        """Answer, if something is asked."""
        self.errors: dict[str, str] = {}
        self.answer: deadline.Answer | None = None
        self.typed = {name: self._typed(name) for name in ("accepted", "limit", "unit")}
        self.pauses = [
            {"number": n, "from": self._typed(f"from{n}"), "to": self._typed(f"to{n}")}
            for n in range(1, PAUSES + 1)
        ]
        if self.typed["accepted"] or self.typed["limit"]:
            self._answer()
            if self.errors:
                self.request.response.setStatus(400)
        self.typed["unit"] = self.typed["unit"] or "workday"

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value.strip()[:60] if isinstance(value, str) else ""

    def _answer(self) -> None:
        """Ask the rules, part by part, so that each problem has its field."""
        accepted = self.typed["accepted"] or None
        limit, unit = self.typed["limit"] or None, self.typed["unit"] or "workday"
        at = today().isoformat()
        if not self._try("accepted", accepted, "1", "workday"):
            accepted = None
        asked = self._try("limit", accepted or at, limit, unit)
        kept = []
        for pause in self.pauses:
            text = f"{pause['from']}..{pause['to']}"
            name = f"from{pause['number']}"
            if text != ".." and self._try(name, accepted, limit, unit, [text]):
                kept.append(text)
        if self.errors or not asked or accepted is None:
            return
        found = deadline.asked(accepted, limit, unit, kept, at)
        try:
            self.answer = deadline.answer(self.calendar, found)
        except clock.ClockRefused as refusal:
            self._refuse(_FIELDS.get(refusal.problem.id, "from1"), refusal)

    def _try(
        self,
        field: str,
        accepted: str | None,
        limit: str | None,
        unit: str,
        pauses: list[str] | None = None,
    ) -> bool:
        if pauses and (accepted is None or self.errors):
            # What the pauses hang on is told first.
            return False
        try:
            found = deadline.asked(
                accepted, limit, unit, pauses or [], today().isoformat()
            )
            deadline.answer(self.calendar, found)
        except clock.ClockRefused as refusal:
            self._refuse(field, refusal)
            return False
        return True

    def _refuse(self, field: str, refusal: clock.ClockRefused) -> None:
        self.errors[field] = clockwords.problem_text(refusal.problem, self.words)

    def units(self) -> list[dict[str, Any]]:
        """The units of limits."""
        return [
            {
                "value": value,
                "title": self.t(title),
                "selected": "selected" if value == self.typed["unit"] else None,
            }
            for value, title in _UNITS.items()
        ]

    def has_pauses(self) -> bool:
        """Whether a pause was typed, so that their part stands open."""
        return any(pause["from"] or pause["to"] for pause in self.pauses)

    # -------------------------------------------------------------------- answer

    def due(self) -> dict[str, Any]:
        """The date, what it rests on, and what else is to be known."""
        assert self.answer is not None
        said = self.answer.explanation
        return {
            "day": clockwords.day_text(said.due.day, self.words),
            "mark": clockwords.mark(said.due.status, self.words),
            "status": said.due.status.value,
            "text": clockwords.status_text(said.due, self.words),
            "notes": clockwords.note_texts(said.due, self.words),
            "limit": clockwords.limit_text(said.limit, self.words),
        }

    def steps(self) -> list[dict[str, Any]]:
        """Day by day, why it counts or not."""
        assert self.answer is not None
        said = self.answer.explanation
        texts = clockwords.step_texts(said, self.words)
        return [
            {"text": text, "counted": "zn-counted" if step.counted else None}
            for step, text in zip(said.steps, texts, strict=True)
        ]
