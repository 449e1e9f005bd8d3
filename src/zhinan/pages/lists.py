"""Base of pages that list catalogue entries."""

from dataclasses import dataclass
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zhinan import _
from zhinan.departments import directory
from zhinan.forms.messages import code_title
from zhinan.pages.layout import PublicPage
from zhinan.registers.entries import REGISTERS
from zhinan.registers.listing import words
from zhinan.rules.registers import registers

import datetime


PAGE_SIZE = 20
POLICY, DEPARTMENT = "PolicyDocument", "Department"


@dataclass(frozen=True)
class Facet:
    """One value by which a list can be narrowed."""

    url: str
    title: str
    count: int
    current: bool


class ListPage(PublicPage):
    """Helpers for pages that list catalogue entries."""

    list_template = ViewPageTemplateFile("templates/list.pt")
    pages_template = ViewPageTemplateFile("templates/pages.pt")
    facets_template = ViewPageTemplateFile("templates/facets.pt")
    total = 0
    #: lines on one page of the list
    page_size = PAGE_SIZE

    @cached_property
    def catalog(self) -> Any:
        """The catalogue."""
        return api.portal.get_tool("portal_catalog")

    def choice(self, name: str, allowed: Any) -> str:
        """A value of the query string if it is one of the allowed, else empty."""
        value = self.request.form.get(name, "")
        if name == "department" and value not in allowed:
            # Links from outside may name a department that was merged or renamed.
            value = directory.resolve(value)
        return value if isinstance(value, str) and value in allowed else ""

    @cached_property
    def start(self) -> int:
        """First entry of this page of the list."""
        raw = self.request.form.get("start", "0")
        number = int(raw) if isinstance(raw, str) and raw.isdecimal() else 0
        return min(number, 100_000) // self.page_size * self.page_size

    def link(self, **changes: str | int) -> str:
        """This page with some parameters changed; empty ones are left out."""
        params = {**self.params(), **changes}
        kept = {key: value for key, value in params.items() if value not in ("", 0)}
        url = self.page_url()
        return f"{url}?{urlencode(kept)}" if kept else url

    def page_url(self) -> str:
        """Address of the list without parameters."""
        return self.context.absolute_url()

    def params(self) -> dict[str, Any]:
        """The parameters that this page understands, as they are."""
        return {}

    def pages(self, total: int) -> dict[str, str]:
        """Links to the previous and next page of the list, and where we are."""
        last = self.start + self.page_size
        return {
            "previous": self.link(start=self.start - self.page_size)
            if self.start
            else "",
            "next": self.link(start=last) if last < total else "",
            "position": self.t(
                _(
                    "list_position",
                    default="${first} to ${last} of ${total}",
                    mapping={
                        "first": str(self.start + 1),
                        "last": str(min(last, total)),
                        "total": str(total),
                    },
                )
            )
            if total > self.page_size
            else "",
        }

    def guide_entry(self, brain: Any) -> dict[str, Any]:
        """A guide as a line of a list."""
        row = brain.row or {}
        owner = directory.get(brain.department)
        facts = []
        if row.get("promised_limit") is not None:
            facts.append(self.limit(row["promised_limit"], row.get("promised_unit")))
        if row.get("visits") == 0:
            facts.append(self.t(_("No visit needed")))
        if row.get("charged") is False:
            facts.append(self.t(_("No fee")))
        return {
            "url": brain.getURL(),
            "title": brain.Title,
            "description": brain.Description,
            "owner": owner.short_name if owner else "",
            "facts": facts,
            "found_in": [],
        }

    def policy_entry(self, brain: Any) -> dict[str, Any]:
        """A policy document as a line of a list."""
        row = brain.row or {}
        facts = [row.get("document_number") or ""]
        if row.get("issued"):
            facts.append(self.date(datetime.date.fromisoformat(row["issued"])))
        if row.get("effect_status"):
            facts.append(self.t(code_title("effect_status", row["effect_status"])))
        return {
            "url": brain.getURL(),
            "title": brain.Title,
            "description": brain.Description,
            "owner": row.get("issuing_body") or "",
            "facts": [fact for fact in facts if fact],
            "found_in": [],
        }

    def department_entry(self, brain: Any) -> dict[str, Any]:
        """A department as a line of a list."""
        return {
            "url": brain.getURL(),
            "title": brain.Title,
            "description": brain.Description,
            "owner": "",
            "facts": [],
            "found_in": [],
        }

    def register_entry(self, brain: Any) -> dict[str, Any]:
        """An entry of a register as a line of a list: its columns as facts."""
        register = registers()[REGISTERS[brain.portal_type]]
        row = brain.row or {}
        facts = []
        for name in register.columns[1:]:
            element, value = register.element(name), row.get(name)
            if element.kind == "date" and value:
                facts.append(self.date(datetime.date.fromisoformat(value)))
            elif element.kind in {"line", "choice"} and value:
                facts.append(words(element, value, self.t))
        owner = directory.get(brain.department)
        return {
            "url": brain.getURL(),
            "title": brain.Title,
            "description": "",
            "owner": owner.short_name if owner else "",
            "facts": facts,
            "found_in": [],
        }

    def entry(self, brain: Any) -> dict[str, Any]:
        """Any entry as a line of a list."""
        if brain.portal_type in REGISTERS:
            return self.register_entry(brain)
        makers = {POLICY: self.policy_entry, DEPARTMENT: self.department_entry}
        return makers.get(brain.portal_type, self.guide_entry)(brain)
