"""The public page of a guide, its short version, and what can be downloaded."""

from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.confidentiality import may_read
from zhinan.documents.flowchart import flowchart
from zhinan.documents.names import file_kind
from zhinan.documents.names import human_size
from zhinan.documents.qr import qr_svg
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.guides.citations import STANDINGS
from zhinan.guides.content import Material
from zhinan.guides.files import materials
from zhinan.guides.files import version_in_force
from zhinan.guides.files import versions
from zhinan.pages.layout import PublicPage
from zhinan.portal.blocks import ANSWERS
from zhinan.portal.blocks import Download
from zhinan.portal.blocks import ElementsPage
from zhinan.portal.blocks import Link
from zhinan.portal.cover import cover
from zhinan.portal.revised import Revised
from zhinan.portal.revised import SHORT_HASH
from zhinan.registers import bases
from zhinan.rules.bases import articles_in
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.i18nmessageid import Message


#: Elements that stand in the head of the page and in the fact bar.
_HEAD = frozenset({"header", "facts"})


class GuidePage(Revised, ElementsPage):
    """A guide as the public reads it."""

    template = ViewPageTemplateFile("templates/guide.pt")
    cached = True
    blocks = ViewPageTemplateFile("templates/blocks.pt")
    cover_template = ViewPageTemplateFile("templates/cover.pt")
    entrance = "guides"
    short = False

    @property
    def title(self) -> str:
        """Name of the matter."""
        return self.context.title

    @property
    def page_description(self) -> str:
        """The one sentence."""
        return self.context.description or ""

    def cover(self) -> dict[str, Any] | None:
        """For the staff: whether a window may handle the matter."""
        guide = self.context
        return cover(self, guide.catalog_code or "", guide.department or "")

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
                shown = self.context.charged is not None
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
        return directory.get(self.context.department)

    def facts(self) -> list[dict[str, str]]:
        """The fact bar: limits, fee, visits, ways to apply."""
        guide = self.context
        titles = {e.name: message(f"guide.{e.name}", e.title) for e in elements().guide}
        rows: list[tuple[str, Message, str]] = [
            (
                "statutory_limit",
                titles["statutory_limit"],
                self.limit(guide.statutory_limit, guide.statutory_unit),
            ),
            (
                "promised_limit",
                titles["promised_limit"],
                self.limit(guide.promised_limit, guide.promised_unit),
            ),
        ]
        if guide.charged is not None:
            fee = _("There is a fee") if guide.charged else _("No fee")
            rows.append(("charged", _("Fee"), self.t(fee)))
        if guide.visits is not None:
            visits = (
                _("No visit needed")
                if guide.visits == 0
                else _(
                    "visits_at_most",
                    default="at most ${number}",
                    mapping={"number": str(guide.visits)},
                )
            )
            rows.append(("visits", titles["visits"], self.t(visits)))
        if guide.application_modes:
            join = self.t(_("list_separator", default=", "))
            modes = [code_title("application_mode", m) for m in guide.application_modes]
            rows.append(
                (
                    "application_modes",
                    titles["application_modes"],
                    join.join(self.t(mode) for mode in modes),
                )
            )
        return [
            {"name": name, "title": self.t(title), "value": value}
            for name, title, value in rows
            if value
        ]

    # ------------------------------------------------------------------- materials

    @cached_property
    def materials(self) -> list[dict[str, Any]]:
        """The materials with the form and sample in force."""
        shown = [m for m in materials(self.context) if _visible(m)]
        return [
            self._material(number, material) for number, material in enumerate(shown, 1)
        ]

    def _material(self, number: int, material: Material) -> dict[str, Any]:
        current = version_in_force(material)
        counts = []
        if material.original_count:
            counts.append(
                _(
                    "originals",
                    default="${number} original(s)",
                    mapping={"number": str(material.original_count)},
                )
            )
        if material.copy_count:
            counts.append(
                _(
                    "copies",
                    default="${number} copy(ies)",
                    mapping={"number": str(material.copy_count)},
                )
            )
        notes = [
            (self.t(message(f"material.{e.name}", e.title)), getattr(material, e.name))
            for e in elements().material
            if e.kind in {"text", "line"}
            and e.name not in {"title", "situation"}
            and getattr(material, e.name, None)
        ]
        return {
            "number": number,
            "id": material.getId(),
            "title": material.title,
            "necessity": self.t(code_title("material_necessity", material.necessity)),
            "necessity_code": material.necessity,
            "deferrable": self.limit(material.deferrable_days, "workday")
            if material.deferrable_days
            else "",
            "situation": material.situation or "",
            "counts": self.t(_("list_separator", default=", ")).join(
                self.t(count) for count in counts
            ),
            "medium": self.t(code_title("material_medium", material.medium))
            if material.medium
            else "",
            "source": self.t(code_title("material_source", material.source))
            if material.source
            else "",
            "notes": notes,
            "form": download(material, current, "blank_form"),
            "sample": download(material, current, "filled_sample"),
            "older": f"{material.absolute_url()}"
            if len(versions(material)) > 1
            else "",
        }

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
            for row in self.context.flow or ()
        ]
        return flowchart(
            rows,
            self.t(
                _(
                    "flow_chart_of",
                    default="Flow chart: ${title}",
                    mapping={"title": self.context.title},
                )
            ),
        )

    # ------------------------------------------------------------------------ foot

    def foot(self) -> dict[str, str]:
        """Last change, version, revision and owner."""
        guide = self.context
        modified = guide.modified().asdatetime().astimezone(CITY_TIME).date()
        effective = guide.effective_date
        return {
            "updated": self.date(modified),
            "published": self.date(
                effective.asdatetime().astimezone(CITY_TIME).date()
                if effective
                else None
            ),
            "version": str(guide.matter_version or ""),
            "revision": self.revision_text(self.revision) if self.revision else "",
            "hash": self.revision.hash[:SHORT_HASH] if self.revision else "",
            "department": self.department.title if self.department else "",
            "department_url": self.department.url if self.department else "",
        }


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


def _visible(obj: Any) -> bool:
    return api.user.has_permission("View", obj=obj)


def download(material: Material, version: Any, name: str) -> Download | None:
    """The link to a file of the version in force; its address stays the same."""
    kept = ((version.files if version is not None else None) or {}).get(name)
    if not kept or not may_read(version, name):
        return None
    view = {"blank_form": "blank-form", "filled_sample": "filled-sample"}[name]
    return Download(
        url=f"{material.absolute_url()}/@@{view}",
        title=version.title,
        kind=file_kind(kept["filename"] or ""),
        size=human_size(kept["size"]),
        sha256=kept["sha256"],
    )


class MaterialPage(PublicPage):
    """A material with every version of its form, each at its own address."""

    template = ViewPageTemplateFile("templates/material.pt")
    cached = True
    version_template = ViewPageTemplateFile("templates/version.pt")
    entrance = "guides"

    @property
    def title(self) -> str:
        """Name of the material."""
        return self.context.title

    @property
    def guide(self) -> Any:
        """The guide to which the material belongs."""
        return self.context.__parent__

    def versions(self) -> list[dict[str, Any]]:
        """All versions, the newest first, with permanent addresses and checksums."""
        current = version_in_force(self.context)
        rows = []
        for version in reversed(versions(self.context)):
            rows.append(
                version_row(self, version, version is current_of(current, version))
            )
        return rows


def current_of(current: Any, version: Any) -> Any:
    """The version itself when it is the one in force."""
    if current is not None and current.getId() == version.getId():
        return version
    return None


def version_row(page: PublicPage, version: Any, current: bool) -> dict[str, Any]:
    """What a page says of one version of a form."""
    files = []
    for name, view, title in (
        ("blank_form", "blank-form", _("Blank form")),
        ("filled_sample", "filled-sample", _("Filled sample")),
    ):
        kept = (version.files or {}).get(name)
        if kept and may_read(version, view.replace("-", "_")):
            files.append(
                Download(
                    url=f"{version.absolute_url()}/@@{view}",
                    title=page.t(title),
                    kind=file_kind(kept["filename"] or ""),
                    size=human_size(kept["size"]),
                    sha256=kept["sha256"],
                )
            )
    return {
        "url": version.absolute_url(),
        "title": version.title,
        "number": version.form_number,
        "version": version.version,
        "from": page.date(version.in_force_from),
        "until": page.date(version.in_force_until),
        "superseded_by": version.superseded_by or "",
        "current": current,
        "files": files,
    }


class FormVersionPage(PublicPage):
    """One version of a form at its permanent address."""

    template = ViewPageTemplateFile("templates/formversion.pt")
    cached = True
    version_template = ViewPageTemplateFile("templates/version.pt")
    entrance = "guides"

    @property
    def title(self) -> str:
        """Name of the form with its version."""
        return self.t(
            _(
                "title_with_version",
                default="${title} (${version})",
                mapping={
                    "title": self.context.title,
                    "version": self.context.version,
                },
            )
        )

    @property
    def material(self) -> Any:
        """The material to which the form belongs."""
        return self.context.__parent__

    def row(self) -> dict[str, Any]:
        """This version."""
        current = version_in_force(self.material)
        return version_row(
            self, self.context, current_of(current, self.context) is not None
        )
