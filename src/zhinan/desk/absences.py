"""Absences: when people are away, and who stands in for them."""

from functools import cached_property
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import absences
from zhinan.departments import citytime
from zhinan.departments import directory
from zhinan.departments import people
from zhinan.departments.rightwords import RightWords
from zhinan.pages.layout import PublicPage
from zhinan.rules.absences import Absence
from zhinan.rules.absences import IN_FORCE
from zhinan.rules.absences import PLANNED
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import words


STATES = {
    "planned": _("absence_planned", default="Planned"),
    "in_force": _("absence_in_force", default="Now"),
    "ended": _("absence_ended", default="Over"),
    "cancelled": _("absence_cancelled", default="Cancelled"),
}
DONE = {
    "entered": _("The absence is entered. It begins and ends by itself."),
    "cancelled": _("The absence is cancelled."),
}
#: Absences that are over and are still shown.
MOST_PAST = 20


class AbsencesPage(RightWords, PublicPage):
    """``@@absences``: for oneself; for heads that of their people, too."""

    template = ViewPageTemplateFile("templates/absences.pt")
    title = _("Absences and substitutes")
    longest_note = absences.LONGEST_NOTE

    def update(self) -> None:
        """Enter or cancel when that was sent.

        :raises Unauthorized: if the person has no function in a department.
        """
        self.known = absences.visible()
        self.me = absences.me()
        self.keeper = absences.is_keeper()
        self.errors: list[str] = []
        self.wrong: set[str] = set()
        form = self.request.form
        self.values = {
            name: self._typed(name) for name in ("start", "until", "substitute", "note")
        }
        self.person = self._person(self._typed("person") or self.me)
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        if "cancel" in form:
            self._cancel(self._typed("cancel"))
        else:
            self._enter()

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def _person(self, given: str) -> str:
        """Whose absence is entered; one's own where that of others is not allowed."""
        user = people.find(given)
        found = user.getId() if user is not None else ""
        return found if found and absences.may_enter(found) else self.me

    def _enter(self) -> None:
        values = self.values
        try:
            absences.enter(
                self.person,
                values["substitute"],
                values["start"],
                values["until"],
                values["note"],
            )
        except absences.Refused as refused:
            self.errors = [self.t(sentence) for _f, sentence in refused.sentences()]
            self.wrong = {problem.field for problem in refused.problems}
            return
        self._done("entered")

    def _cancel(self, absence_id: str) -> None:
        kept = absences.store()
        absence = kept.get(absence_id) if kept is not None else None
        if absence is None or not absences.may_enter(absence.person):
            raise Unauthorized(self.t(_("This absence is not yours to cancel.")))
        absences.cancel(absence_id)
        self._done("cancelled")

    def _done(self, what: str) -> None:
        page = f"{self.portal_url}/@@absences?done={what}"
        self.request.response.redirect(page, status=303)

    def message(self) -> str:
        """What became of the step before."""
        return self.t(DONE.get(self._typed("done"), ""))

    # ------------------------------------------------------------------- the lists

    @cached_property
    def visible(self) -> list[tuple[Absence, str]]:
        """Absences of oneself, of those one stands in for, and of one's people."""
        day = citytime.today()
        return [(absence, absence.state(day)) for absence in self.known]

    def coming(self) -> list[dict[str, Any]]:
        """Those that count now or will; the next first."""
        found = [self._row(a, s) for a, s in self.visible if s in {IN_FORCE, PLANNED}]
        return found[::-1]

    def past(self) -> list[dict[str, Any]]:
        """Those that are over, the latest first."""
        found = [(a, s) for a, s in self.visible if s not in {IN_FORCE, PLANNED}]
        return [self._row(a, s) for a, s in found[:MOST_PAST]]

    def _row(self, absence: Absence, state: str) -> dict[str, Any]:
        lends = absences.rules.lent(
            absences.own_groups(absence.person),
            absences.own_groups(absence.substitute),
        )
        found = (absences.parse_group(group) for group in lends)
        open_ = state in {IN_FORCE, PLANNED}
        return {
            "id": absence.id,
            "person": people.name_of(absence.person),
            "substitute": people.name_of(absence.substitute),
            "start": self.date(absence.start),
            "until": self.date(absence.until),
            "note": absence.note,
            "state": self.t(STATES[state]),
            "state_id": state,
            "functions": self._functions(found) if open_ else "",
            "entered_by": people.name_of(absence.entered_by)
            if absence.entered_by != absence.person
            else "",
            "cancel": open_ and absences.may_enter(absence.person),
        }

    def _functions(self, found: Any) -> str:
        join = self.t(_("list_separator", default=", "))
        return join.join(
            f"{self.department_title(code)} · {self.function_title(function)}"
            for code, function in found
        )

    # -------------------------------------------------------------------- the form

    def staff_choices(self) -> list[dict[str, Any]]:
        """The people whose absence one may enter; none where that is oneself alone."""
        codes = set(directory.entries())
        if not self.keeper:
            held = map(absences.parse_group, absences.own_groups(self.me))
            codes = {code for code, function in held if function == "head"}
        found = self._people(codes)
        if absences.departments(self.me):
            found.setdefault(self.me, people.name_of(self.me))
        if set(found) <= {self.me}:
            return []
        return self._options(found, self.person)

    def substitutes(self) -> list[dict[str, Any]]:
        """Colleagues who can stand in for the person."""
        found = self._people(absences.departments(self.person))
        found.pop(self.person, None)
        return self._options(found, self.values["substitute"])

    def _people(self, codes: set[str]) -> dict[str, str]:
        return {
            person.id: person.name
            for code in codes
            for function in words().department_functions()
            for person in people.members(group_id(code, function.name))
            if not person.for_person
        }

    @staticmethod
    def _options(found: dict[str, str], chosen: str) -> list[dict[str, Any]]:
        return [
            {
                "id": user_id,
                "name": name,
                "selected": "selected" if user_id == chosen else None,
            }
            for user_id, name in sorted(found.items(), key=lambda item: item[::-1])
        ]

    def person_name(self) -> str:
        """Whose absence is entered."""
        return people.name_of(self.person)

    def can_enter(self) -> bool:
        """Whether the person has anything that somebody could stand in for."""
        return bool(absences.departments(self.person))

    def longest(self) -> int:
        """Days that an absence may last."""
        return absences.longest()

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
