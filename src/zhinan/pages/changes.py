"""What changed between two lists of the matter catalogue, in plain words."""

from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.pages.layout import PublicPage
from zhinan.registers import listing
from zhinan.rules.registers import Register
from zhinan.rules.registers import registers
from zhinan.rules.releases import Changes
from zhinan.rules.releases import Entry
from zhinan.rules.releases import Field
from zhinan.rules.releases import REGISTER


class ChangesPage(PublicPage):
    """Base of pages that tell what changed; the macro is ``changes``."""

    changes_template = ViewPageTemplateFile("templates/changes.pt")

    @cached_property
    def register(self) -> Register:
        """The register of the catalogue."""
        return registers()[REGISTER]

    def told(self, changes: Changes) -> dict[str, Any]:
        """The changes as the macro shows them."""
        return {
            "summary": self.summary(changes),
            "groups": [
                {"title": self.t(title), "rows": [self.named(e) for e in entries]}
                for title, entries in (
                    (_("Added"), changes.added),
                    (_("Removed"), changes.removed),
                )
                if entries
            ],
            "changed": [
                {
                    **self.named(change.after),
                    "fields": [
                        {
                            "title": self.heading(field),
                            "before": self.value(change.before, field),
                            "after": self.value(change.after, field),
                        }
                        for field in change.fields
                    ],
                }
                for change in changes.changed
            ],
        }

    def summary(self, changes: Changes) -> str:
        """One sentence."""
        if changes.nothing:
            return self.t(_("Nothing changed."))
        return self.t(
            _(
                "changes_summary",
                default="${added} added, ${removed} removed, ${changed} changed, "
                "${unchanged} unchanged.",
                mapping={
                    "added": str(len(changes.added)),
                    "removed": str(len(changes.removed)),
                    "changed": str(len(changes.changed)),
                    "unchanged": str(changes.unchanged),
                },
            )
        )

    def named(self, entry: Entry) -> dict[str, Any]:
        """Name, code and department of an entry."""
        owner = directory.with_past().get(entry.get("department"))
        return {
            "title": entry.get("title", ""),
            "code": entry.get("catalog_code", ""),
            "department": owner.short_name if owner else entry.get("department", ""),
        }

    def heading(self, field: Field) -> str:
        """Title of a field."""
        return self.t(listing.heading(self.register, field.name))

    def value(self, entry: Entry, field: Field) -> str:
        """What an entry says in a field."""
        value = entry.get(field.name)
        if field.unit:
            found = self.limit(value, entry.get(field.unit))
        else:
            found = listing.words(field.element, value, self.t)
        return found or self.t(_("not filled in"))
