"""What a guide still lacks, as a page; and what is asked of guides, for the keeper."""

from collections.abc import Iterator
from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.forms.messages import requirement_words
from zhinan.guides import requirements as asked
from zhinan.guides.content import IMatterGuide
from zhinan.guides.requirementsettings import change
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.guides.requirementsettings import options
from zhinan.guides.requirementsettings import setting
from zhinan.guides.requirementsettings import UNOFFICIAL
from zhinan.guides.requirementsettings import wanted
from zhinan.pages.layout import PublicPage
from zhinan.pages.staff import IStaffTools
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import GROUPS
from zhinan.rules.requirements import Requirement
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements import Severity
from zope.i18nmessageid import Message
from zope.interface import implementer

import re


#: Who reads what a guide lacks: whoever reads how it came about.
MAY_READ = "Zhinan: See history"
MAY_EDIT = "Modify portal content"
#: Settings of the nightly check, in the order of the form.
SWITCHES = ("nightly", "links", "link_private")
NUMBERS = ("nightly_hour", "link_hosts", "link_seconds")
_WHOLE = re.compile(r"[0-9]{1,5}", re.ASCII)
_WEIGHT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)
MOST_WEIGHT, MOST_LIMIT = 100, 1000


class RequirementsPage(PublicPage):
    """``<guide>/@@requirements``: the findings of today, the worst first."""

    template = ViewPageTemplateFile("templates/requirements.pt")
    title = _("Check of requirements")

    def update(self) -> None:
        """Look at the guide as it is now."""
        self.found = asked.findings(self.context, "preview")
        self.may_edit = api.user.has_permission(MAY_EDIT, obj=self.context)

    def groups(self) -> list[dict[str, Any]]:
        """The findings by severity; none of an empty severity."""
        rows: dict[Severity, list[Finding]] = {}
        for one in self.found:
            rows.setdefault(one.severity, []).append(one)
        return [
            {
                "id": severity.value,
                "title": self.t(asked.severity_title(severity)),
                "number": len(rows[severity]),
                "rows": [self.row(one) for one in rows[severity]],
            }
            for severity in Severity
            if severity in rows
        ]

    def row(self, one: Finding) -> dict[str, Any]:
        """A finding in words."""
        return {
            "sentence": self.t(asked.sentence(one)),
            "requirement": self.t(asked.title(one.requirement)),
            "element": self.t(asked.element_of(one)),
            "basis": self.t(asked.basis(one.requirement)),
            "mark": self.t(asked.mark(one.requirement)),
            "url": asked.where(one, self.context) if self.may_edit else "",
        }


# ---------------------------------------------------------------------- settings


class SettingsPage(PublicPage):
    """``@@requirement-settings``: every requirement with its basis, switch, weight."""

    template = ViewPageTemplateFile("templates/requirementsettings.pt")
    title = _("Requirements on guides")
    unofficial = UNOFFICIAL

    def update(self) -> None:
        """Save when that was sent."""
        self.errors: dict[str, str] = {}
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        values = self._values()
        if self.errors:
            return
        change(values)
        page = f"{self.portal_url}/@@requirement-settings?done=1"
        self.request.response.redirect(page, status=303)

    @property
    def done(self) -> bool:
        """Whether the settings were just saved."""
        return self.request.form.get("done") == "1"

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def _ticked(self) -> set[str]:
        found = self.request.form.get("ask", [])
        return {found} if isinstance(found, str) else set(found)

    def _number(self, name: str, least: int, most: int) -> int:
        typed = self._typed(name)
        if _WHOLE.fullmatch(typed) and least <= int(typed) <= most:
            return int(typed)
        self.errors[name] = self.t(
            _(
                "whole_number_between",
                default="Enter a whole number from ${min} to ${max}.",
                mapping={"min": str(least), "max": str(most)},
            )
        )
        return least

    def _weight(self, name: str) -> float:
        typed = self._typed(name)
        if _WEIGHT.fullmatch(typed) and float(typed) <= MOST_WEIGHT:
            return float(typed)
        self.errors[name] = self.t(
            _(
                "number_between",
                default="Enter a number from 0 to ${max}.",
                mapping={"max": str(MOST_WEIGHT)},
            )
        )
        return 0.0

    def _values(self) -> dict[str, Any]:
        weights, limits = {}, {}
        for row in requirements().values():
            weights[row.id] = self._weight(f"weight.{row.id}")
            for name in row.limits:
                key = f"{row.id}.{name}"
                limits[key] = self._number(f"limit.{key}", 0, MOST_LIMIT)
        found = wanted(self._ticked(), weights, limits)
        for name in NUMBERS:
            field = IRequirementSettings[name]
            found[name] = self._number(name, field.min, field.max)
        for name in SWITCHES:
            found[name] = bool(self._typed(name))
        return found

    # ------------------------------------------------------------------ the form

    @cached_property
    def now(self) -> Any:
        """What is set now."""
        return options()

    def _shown(self, name: str, value: Any) -> str:
        """What was typed if it was refused, else what is set."""
        return self._typed(name) if self.errors else f"{value:g}"

    def switches(self) -> list[dict[str, Any]]:
        """The switches of the nightly check."""
        return [
            {
                "name": name,
                "title": self.t(IRequirementSettings[name].title),
                "help": self.t(IRequirementSettings[name].description),
                "checked": "checked"
                if (bool(self._typed(name)) if self.errors else setting(name))
                else None,
            }
            for name in SWITCHES
        ]

    def numbers(self) -> list[dict[str, Any]]:
        """The numbers of the nightly check."""
        return [
            {
                "name": name,
                "title": self.t(IRequirementSettings[name].title),
                "help": self.t(IRequirementSettings[name].description),
                "value": self._shown(name, setting(name)),
                "min": IRequirementSettings[name].min,
                "max": IRequirementSettings[name].max,
                "error": self.errors.get(name, ""),
            }
            for name in NUMBERS
        ]

    def groups(self) -> Iterator[dict[str, Any]]:
        """All requirements by group."""
        ticked = self._ticked()
        for group in GROUPS:
            rows = [row for row in requirements().values() if row.group == group]
            yield {
                "id": group,
                "title": self.t(requirement_words("groups", group)),
                "number": len(rows),
                "rows": [self._row(row, ticked) for row in rows],
                # What is marked is not hidden.
                "open": "open" if self._wrong(rows) else None,
            }

    def _wrong(self, rows: list[Requirement]) -> bool:
        names = tuple(row.id for row in rows)
        return any(key.split(".")[1] in names for key in self.errors if "." in key)

    def _row(self, row: Requirement, ticked: set[str]) -> dict[str, Any]:
        on = row.id in ticked if self.errors else self.now.asks(row)
        weight = f"weight.{row.id}"
        return {
            "id": row.id,
            "title": self.t(asked.title(row.id)),
            "number": row.number or "",
            "key": row.key,
            "severity": row.severity.value,
            "severity_title": self.t(asked.severity_title(row.severity)),
            "basis": self.t(asked.basis(row.id)),
            "mark": self.t(asked.mark(row.id)),
            "checked": "checked" if on else None,
            "weight": self._shown(weight, self.now.weight(row)),
            "default": f"{row.weight:g}",
            "error": self.errors.get(weight, ""),
            "limits": [self._limit(row, name) for name in row.limits],
        }

    def _limit(self, row: Requirement, name: str) -> dict[str, Any]:
        key = f"limit.{row.id}.{name}"
        return {
            "name": key,
            "value": self._shown(key, self.now.limit(row, name)),
            "default": str(row.limits[name]),
            "error": self.errors.get(key, ""),
        }

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


# ----------------------------------------------------------------- the staff's bar


@implementer(IStaffTools)
class Tools:
    """The way from a guide to what it lacks, with the number of errors."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """For who may read it."""
        if not IMatterGuide.providedBy(context):
            return
        if not api.user.has_permission(MAY_READ, obj=context):
            return
        number = asked.errors(asked.findings(context, "preview"))
        title = (
            _(
                "requirements_errors",
                default="Check of requirements (${number} errors)",
                mapping={"number": str(number)},
            )
            if number
            else _("Check of requirements")
        )
        yield f"{context.absolute_url()}/@@requirements", title

    def notes(self, context: Any) -> tuple[()]:
        """Nothing stands out."""
        return ()


TOOLS = Tools()
