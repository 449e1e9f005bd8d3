"""What the check of the catalogue found, narrowed and in words."""

from functools import cached_property
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.forms.messages import code_title
from zhinan.guides import catalogue
from zhinan.pages.lists import ListPage
from zhinan.rules.catalogue import Finding
from zhinan.rules.catalogue import KINDS


_EMPTY = _("not filled in")


class FindingsPage(ListPage):
    """Base of the page and of the file; ``kind`` and ``department`` narrow both."""

    def params(self) -> dict[str, Any]:
        """What the list is narrowed to."""
        return {
            "kind": self.choice("kind", KINDS),
            "department": self.choice("department", directory.entries()),
        }

    @cached_property
    def everything(self) -> list[Finding]:
        """All findings of today that the person may see."""
        return catalogue.visible()

    def narrowed(self, kind: str, department: str) -> list[Finding]:
        """The findings of a kind and a department; empty ones narrow nothing."""
        return [
            finding
            for finding in self.everything
            if kind in ("", finding.kind) and department in ("", finding.department)
        ]

    def row(self, finding: Finding) -> dict[str, Any]:
        """A finding in words."""
        owner = directory.get(finding.department)
        return {
            "kind": finding.kind,
            "title": self.t(catalogue.TITLES[finding.kind]),
            "advice": self.t(catalogue.ADVICE[finding.kind]),
            "department": owner.short_name if owner else finding.department,
            "entry": finding.entry,
            "guide": finding.guide,
            "said": self.says(finding.kind, finding.said),
            "guide_says": self.says(finding.kind, finding.guide_says)
            or (self.t(_EMPTY) if finding.said and finding.guide else ""),
        }

    def says(self, kind: str, value: Any) -> str:
        """What one side says, as people read it."""
        if value is None or value == "":
            return ""
        if kind == "department":
            owner = directory.get(value)
            return owner.title if owner else value
        if kind == "matter_type":
            return self.t(code_title("matter_type", value))
        if isinstance(value, tuple):
            return self.limit(*value)
        return str(value)
