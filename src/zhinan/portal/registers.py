"""The registers as the public reads them: the overview, one list, one entry."""

from .blocks import Block
from .blocks import ElementsPage
from .cover import cover
from .narrowed import NarrowedList
from functools import cached_property
from plone import api
from plone.dexterity.interfaces import IDexterityFTI
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.forms import validation
from zhinan.forms.messages import message
from zhinan.guides import citations
from zhinan.guides.citations import article_words
from zhinan.guides.citations import STANDINGS
from zhinan.pages.lists import Facet
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zhinan.registers import bases
from zhinan.registers import checks
from zhinan.registers import listing
from zhinan.registers.directory import Entry
from zhinan.registers.entries import REGISTERS
from zhinan.registers.entries import TYPES
from zhinan.rules.elements import Element
from zhinan.rules.registers import Register
from zhinan.rules.registers import registers
from zhinan.rules.releases import REGISTER as CATALOGUE
from zope.component import getUtility
from zope.i18nmessageid import Message

import datetime


class RegistersPage(ListPage):
    """All registers that this person may see, and what each is for."""

    template = ViewPageTemplateFile("templates/registers.pt")
    cached = True
    entrance = "registers"
    title = _("Lists and catalogues")

    def update(self) -> None:
        """Ask the catalogue for the numbers of entries."""
        self.entries = []
        for name, register in registers().items():
            if not listing.readable(register):
                continue
            folder = listing.folder_of(name)
            number = len(self.catalog(portal_type=TYPES[name]))
            self.entries.append(
                {
                    "url": folder.absolute_url(),
                    "title": self.t(message(f"register.{name}", register.title)),
                    "summary": self.t(
                        message(f"register.{name}.summary", register.summary)
                    ),
                    "number": self.t(
                        _(
                            "entries_number",
                            default="${number} entries",
                            mapping={"number": str(number)},
                        )
                    ),
                    "internal": not register.public,
                }
            )


class RegisterPage(NarrowedList):
    """The list of one register: searched, narrowed, page by page."""

    template = ViewPageTemplateFile("templates/register.pt")
    cached = True

    @cached_property
    def register(self) -> Register:
        """The register of this folder."""
        found = listing.register_of(self.context)
        if found is None:
            raise NotFound(self.context.getId())
        return found

    @property
    def title(self) -> Any:
        """Name of the register."""
        return message(f"register.{self.register.name}", self.register.title)

    def add_url(self) -> str:
        """Where the staff adds an entry; empty for everybody else."""
        if self.anonymous:
            return ""
        portal_type = TYPES[self.register.name]
        fti = getUtility(IDexterityFTI, name=portal_type)
        if not fti.isConstructionAllowed(self.context):
            return ""
        return f"{self.context.absolute_url()}/++add++{portal_type}"

    @property
    def filter_names(self) -> tuple[str, ...]:
        """Those of the register's table."""
        return self.register.filters

    def update(self) -> None:
        """Find, narrow and cut.

        :raises Unauthorized: where the register is not for this person.
        """
        if not listing.readable(self.register):
            raise Unauthorized(self.t(_("Only the staff reads this register.")))
        self.found = listing.visible(self.register.name, self.text)
        chosen = listing.narrowed(self.found, self.filters)
        self.total = len(chosen)
        self.asked = bool(self.text or any(self.filters.values()))
        shown = chosen[self.start : self.start + PAGE_SIZE]
        # A column without any value on this page tells nothing.
        self.names = [
            name
            for name in self.register.columns
            if any(entry.values.get(name) for entry in shown)
        ]
        self.entries = [self.line(entry) for entry in shown]

    def columns(self) -> list[str]:
        """Heads of the columns."""
        return [self.t(listing.heading(self.register, name)) for name in self.names]

    def line(self, entry: Entry) -> dict[str, Any]:
        """One line of the list."""
        cells = [
            self.cell(self.register.element(name), entry.values.get(name))
            for name in self.names[1:]
        ]
        return {
            "url": entry.url,
            "title": entry.title,
            "cells": cells,
            "state": "" if entry.current else self.state_title(entry),
        }

    def state_title(self, entry: Entry) -> str:
        """The state of an entry that does not count, for the staff."""
        workflow = api.portal.get_tool("portal_workflow")
        title = workflow.getTitleForStateOnType(entry.state, TYPES[entry.register])
        return self.t(Message(title, domain="plone"))

    def cell(self, element: Element, value: Any) -> str:
        """A value as it stands in the list."""
        if element.kind == "date":
            return self.date(datetime.date.fromisoformat(value) if value else None)
        if element.kind == "department":
            owner = departments.with_past().get(value)
            return owner.short_name if owner else str(value or "")
        return listing.words(element, value, self.t)

    def hints(self) -> list[str]:
        """What is doubtful in the register as a whole, for the staff alone."""
        if self.anonymous or self.register.name != checks.SERVICE:
            return []
        join = self.t(_("list_separator", default=", "))
        return [
            self.t(
                Message(
                    checks.MESSAGES["service_split"],
                    mapping={"services": join.join(entry.title for entry in group)},
                )
            )
            for group in checks.splits()
        ]

    def facets(self) -> list[dict[str, Any]]:
        """The values by which the list can be narrowed, with their counts."""
        groups = []
        for name in self.register.filters:
            others = {k: v for k, v in self.filters.items() if k != name}
            counts: dict[str, int] = {}
            for entry in listing.narrowed(self.found, others):
                value = entry.values.get(name)
                for item in value if isinstance(value, list) else [value]:
                    counts[item] = counts.get(item, 0) + 1
            rows = [
                Facet(
                    self.link(**{name: value, "start": 0}),
                    title,
                    counts[value],
                    self.filters[name] == value,
                )
                for value, title in self.values_of(name)
                if counts.get(value)
            ]
            groups.append(
                {
                    "title": self.t(listing.heading(self.register, name)),
                    "rows": rows,
                    "all_url": self.link(**{name: "", "start": 0})
                    if self.filters[name]
                    else "",
                }
            )
        return groups


class EntryPage(ElementsPage):
    """One entry of a register: every element that is filled."""

    template = ViewPageTemplateFile("templates/entry.pt")
    blocks_template = ViewPageTemplateFile("templates/blocks.pt")
    cover_template = ViewPageTemplateFile("templates/cover.pt")
    cached = True
    entrance = "registers"

    @cached_property
    def register(self) -> Register:
        """The register of the entry."""
        return registers()[REGISTERS[self.context.portal_type]]

    @property
    def prefix(self) -> str:
        """Titles are those of the register's table."""
        return f"register.{self.register.name}"

    @property
    def title(self) -> str:
        """Name of the entry."""
        return self.context.title

    @property
    def canonical(self) -> str:
        """Address of the entry."""
        return self.context.absolute_url()

    def cover(self) -> dict[str, Any] | None:
        """For the staff: whether a window may handle a matter of the catalogue."""
        if self.register.name != CATALOGUE:
            return None
        entry = self.context
        return cover(self, entry.catalog_code or "", entry.department or "")

    def crumbs(self) -> list[dict[str, str]]:
        """The way up, as far as there are pages."""
        overview = api.portal.get().get(listing.FOLDER)
        folder = listing.folder_of(self.register.name)
        rows = [
            (overview, self.t(RegistersPage.title)),
            (folder, self.t(message(self.prefix, self.register.title))),
        ]
        return [
            {"url": obj.absolute_url(), "title": title}
            for obj, title in rows
            if obj is not None
        ]

    def hints(self) -> list[str]:
        """What is doubtful in the entry, for the staff alone."""
        if self.anonymous:
            return []
        return [
            self.t(validation.sentence(h)) for h in validation.hints_of(self.context)
        ]

    @cached_property
    def citations(self) -> list[dict[str, Any]]:
        """The guides that cite this legal basis, as far as the person may see them."""
        if self.register.name != bases.NAME:
            return []
        join = self.t(_("list_separator", default=", "))
        found = []
        for guide in citations.cited_by(self.context.UID()):
            owner = departments.get(guide.department)
            found.append(
                {
                    "url": guide.url,
                    "title": guide.title,
                    "owner": owner.short_name if owner else "",
                    "articles": join.join(
                        self.t(article_words(key)) for key in guide.articles
                    ),
                }
            )
        return found

    def standing(self) -> dict[str, str]:
        """That a legal basis is not in force, and since when; empty if it is."""
        basis = next(
            (b for b in self.bases.entries if b.id == self.context.UID()), None
        )
        if basis is None:
            return {}
        found = basis.standing(self.bases.day)
        if found not in STANDINGS:
            return {}
        return {
            "id": found.value,
            "title": self.t(STANDINGS[found]),
            "since": self.date(basis.since(self.bases.day)),
        }

    @cached_property
    def bases(self) -> Any:
        """The register of legal bases today."""
        return bases.register()

    def successors(self) -> list[dict[str, str]]:
        """What replaced it, each with the address of its entry where there is one."""
        found = []
        for name in getattr(self.context, "replaced_by", None) or ():
            entry = bases.known(name)
            found.append({"title": name, "url": entry.url if entry else ""})
        return found

    def elements(self) -> list[Block]:
        """What is filled, in the order of the table; rows come last."""
        found = [
            self.block(element)
            for element in self.register.elements
            if element.name != "title"
        ]
        return [block for block in found if block is not None]

    def tables(self) -> list[dict[str, Any]]:
        """Each element that is rows, as a section of its own."""
        return [
            {"title": block.title, "facts": [], "blocks": [block]}
            for block in self.elements()
            if block.kind == "table"
        ]
