"""The public page of a guide and its short version."""

from functools import cached_property
from plone import api
from plone.uuid.interfaces import IUUID
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.documents.flowchart import flowchart
from zhinan.documents.qr import qr_svg
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.guides.citations import STANDINGS
from zhinan.guides.editionsof import edition_online
from zhinan.guides.editiontold import public_hash
from zhinan.guides.reading import FormReading
from zhinan.guides.reading import MaterialReading
from zhinan.guides.reading import Reading
from zhinan.guides.reading import reading_of
from zhinan.guides.shown import may_have
from zhinan.guides.shown import visible
from zhinan.portal.blocks import ANSWERS
from zhinan.portal.blocks import Download
from zhinan.portal.blocks import ElementsPage
from zhinan.portal.blocks import file_link
from zhinan.portal.blocks import Link
from zhinan.portal.cover import cover
from zhinan.portal.left import Left
from zhinan.portal.preview import Preview
from zhinan.portal.revised import Revised
from zhinan.portal.revised import SHORT_HASH
from zhinan.publishing.rounds import peek
from zhinan.publishing.rounds import Standing
from zhinan.registers import bases
from zhinan.rules.bases import articles_in
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.i18nmessageid import Message


#: Elements that stand in the head of the page and in the fact bar.
_HEAD = frozenset({"header", "facts"})


class GuidePage(Preview, Left, Revised, ElementsPage):
    """A guide as the public reads it: what its edition says, or for the staff a draft.

    A page of another edition is the same page with another ``reading``.
    """

    template = ViewPageTemplateFile("templates/guide.pt")
    cached = True
    blocks = ViewPageTemplateFile("templates/blocks.pt")
    cover_template = ViewPageTemplateFile("templates/cover.pt")
    old_template = ViewPageTemplateFile("templates/old.pt")
    entrance = "guides"
    short = False

    @cached_property
    def reading(self) -> Reading:
        """What is read; nothing on the page comes from anywhere else."""
        return reading_of(self.context)

    def value(self, name: str) -> Any:
        """The value of an element in it."""
        return self.reading.value(name)

    def file(self, name: str, value: Any) -> Download | None:
        """A file among its elements, if it is for this person."""
        if not may_have(self.context, self.reading, name):
            return None
        return file_link(value.url, value)

    @property
    def title(self) -> str:
        """Name of the matter."""
        return self.reading.title

    @property
    def page_description(self) -> str:
        """The one sentence."""
        return self.reading.description

    def cover(self) -> dict[str, Any] | None:
        """For the staff: whether a window may handle the matter."""
        code, department = self.value("catalog_code"), self.value("department")
        return cover(self, code or "", department or "")

    @property
    def canonical(self) -> str:
        """Address of the guide, whatever view shows it."""
        return self.context.absolute_url()

    def row_links(self, element: Element, rows: list[dict]) -> dict[int, Link]:
        """Legal bases lead to their entries; the staff sees which are not in force."""
        if element.name != "legal_basis":
            return {}
        register, entries = bases.register(), bases.by_uid()
        found = {}
        for number, row in enumerate(rows):
            basis = register.find(row.get("law") or "", row.get("document_number"))
            if basis is None:
                continue
            note = ""
            if not self.anonymous:
                articles = articles_in(row.get("article"))
                fault = register.fault(basis, articles)
                note = self.t(STANDINGS[fault.standing]) if fault else ""
            found[number] = Link(entries[basis.id].url, note)
        return found

    def sections(self) -> list[dict[str, Any]]:
        """The sections of the page in order, each with its blocks."""
        found = []
        for section in elements().sections:
            if section.name in _HEAD:
                continue
            chosen = [
                element
                for element in elements().in_section(section.name)
                if element.short or not self.short
            ]
            blocks = [b for b in map(self.block, chosen) if b is not None]
            facts = [b for b in blocks if b.kind in ANSWERS]
            rest = [b for b in blocks if b not in facts]
            if section.name == "materials" and any(
                e.kind == "materials" for e in chosen
            ):
                shown = bool(self.materials)
            elif section.name == "fees" and not self.short:
                shown = self.value("charged") is not None
            else:
                shown = bool(blocks)
            if shown:
                found.append(
                    {
                        "name": section.name,
                        "title": self.t(
                            message(f"section.{section.name}", section.title)
                        ),
                        "facts": facts,
                        # Short answers stand where the first of them stands.
                        "facts_first": bool(facts) and blocks[0] in facts,
                        "blocks": rest,
                    }
                )
        return found

    # -------------------------------------------------------------------- the head

    @cached_property
    def department(self) -> directory.Entry | None:
        """The owner department."""
        return directory.get(self.value("department"))

    def facts(self) -> list[dict[str, str]]:
        """The fact bar: limits, fee, visits, ways to apply."""
        value = self.value
        titles = {e.name: message(f"guide.{e.name}", e.title) for e in elements().guide}
        rows: list[tuple[str, Message, str]] = [
            (
                "statutory_limit",
                titles["statutory_limit"],
                self.limit(value("statutory_limit"), value("statutory_unit")),
            ),
            (
                "promised_limit",
                titles["promised_limit"],
                self.limit(value("promised_limit"), value("promised_unit")),
            ),
        ]
        if value("charged") is not None:
            fee = _("There is a fee") if value("charged") else _("No fee")
            rows.append(("charged", _("Fee"), self.t(fee)))
        if value("visits") is not None:
            visits = (
                _("No visit needed")
                if value("visits") == 0
                else _(
                    "visits_at_most",
                    default="at most ${number}",
                    mapping={"number": str(value("visits"))},
                )
            )
            rows.append(("visits", titles["visits"], self.t(visits)))
        if value("application_modes"):
            join = self.t(_("list_separator", default=", "))
            codes = value("application_modes")
            modes = [code_title("application_mode", code) for code in codes]
            rows.append(
                (
                    "application_modes",
                    titles["application_modes"],
                    join.join(self.t(mode) for mode in modes),
                )
            )
        return [
            {"name": name, "title": self.t(title), "value": text}
            for name, title, text in rows
            if text
        ]

    # ------------------------------------------------------------------- materials

    @cached_property
    def materials(self) -> list[dict[str, Any]]:
        """The materials with the form and sample in force."""
        guide = self.context
        shown = [m for m in self.reading.materials if visible(guide, m)]
        return [
            self._material(number, material) for number, material in enumerate(shown, 1)
        ]

    def _material(self, number: int, material: MaterialReading) -> dict[str, Any]:
        value, current = material.value, material.version_in_force()
        counts = []
        if value("original_count"):
            counts.append(
                _(
                    "originals",
                    default="${number} original(s)",
                    mapping={"number": str(value("original_count"))},
                )
            )
        if value("copy_count"):
            counts.append(
                _(
                    "copies",
                    default="${number} copy(ies)",
                    mapping={"number": str(value("copy_count"))},
                )
            )
        notes = [
            (self.t(message(f"material.{e.name}", e.title)), value(e.name))
            for e in elements().material
            if e.kind in {"text", "line"}
            and e.name not in {"title", "situation"}
            and value(e.name)
        ]
        return {
            "number": number,
            "id": material.id,
            "title": material.title,
            "necessity": self.t(code_title("material_necessity", value("necessity"))),
            "necessity_code": value("necessity"),
            "deferrable": self.limit(value("deferrable_days"), "workday")
            if value("deferrable_days")
            else "",
            "situation": value("situation") or "",
            "counts": self.t(_("list_separator", default=", ")).join(
                self.t(count) for count in counts
            ),
            "medium": self.t(code_title("material_medium", value("medium")))
            if value("medium")
            else "",
            "source": self.t(code_title("material_source", value("source")))
            if value("source")
            else "",
            "notes": notes,
            "form": self.form_link(material, current, "blank_form"),
            "sample": self.form_link(material, current, "filled_sample"),
            "older": material.url
            if self.reading.current and len(material.versions) > 1
            else "",
        }

    def form_link(
        self, material: MaterialReading, version: FormReading | None, name: str
    ) -> Download | None:
        """The link to a file of the version in force; its address stays the same."""
        if version is None or name not in version.files:
            return None
        guide, file = self.context, version.files[name]
        if not (visible(guide, version) and may_have(guide, version, name)):
            return None
        return file_link(material.file_url(file), file, version.title, file.sha256)

    def has_files(self) -> bool:
        """Whether there is anything to download."""
        return any(m["form"] or m["sample"] for m in self.materials)

    # ------------------------------------------------------------------------ flow

    def flow_svg(self) -> str:
        """The flow chart, drawn from the rows of the flow."""
        rows = [
            {
                "step": row.get("step"),
                "department": row.get("department"),
                "limit": self.limit(row.get("limit"), row.get("unit")),
                "result": row.get("result"),
            }
            for row in self.value("flow") or ()
        ]
        return flowchart(
            rows,
            self.t(
                _(
                    "flow_chart_of",
                    default="Flow chart: ${title}",
                    mapping={"title": self.title},
                )
            ),
        )

    # ------------------------------------------------------------------------ foot

    def foot(self) -> dict[str, str]:
        """Last change, version, edition, last review and owner."""
        return {
            "updated": self.date(self.reading.updated),
            "published": self.date(self.reading.published),
            "reviewed": self.date(self.standing.last_review),
            "version": str(self.value("matter_version") or ""),
            "edition": self.reading.edition,
            "hash": self.check_code(),
            "department": self.department.title if self.department else "",
            "department_url": self.department.url if self.department else "",
        }

    def check_code(self) -> str:
        """What papers are compared by: of what the public reads."""
        if self.revision is not None:
            return self.revision.hash[:SHORT_HASH]
        edition = edition_online(self.context)
        if edition is None:
            return ""
        return public_hash(self.context, edition)[:SHORT_HASH]

    @property
    def standing(self) -> Standing:
        """When the guide was looked at, as far as it is online."""
        rounds = peek(api.portal.get())
        return rounds.standing(IUUID(self.context) if self.reading.edition else "")


class ShortGuidePage(GuidePage):
    """The short version (简版): at most two A4 pages, with a QR code to the page."""

    template = ViewPageTemplateFile("templates/short.pt")
    short = True
    body_class = "zn-short"

    @property
    def printed_address(self) -> str:
        """Address of the guide with the revision of this copy."""
        url = self.context.absolute_url()
        return f"{url}?r={self.revision.number}" if self.revision else url

    def qr(self) -> str:
        """That address as QR code."""
        return qr_svg(self.printed_address, self.t(_("QR code of this guide")))
