"""Files of the catalogue and of the seals: releases, the check, the record of use."""

from .lists import XLSX
from .spreadsheet import write_sheet
from functools import cached_property
from io import BytesIO
from openpyxl import Workbook
from Products.Five.browser import BrowserView
from threading import Lock
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.documents.names import content_disposition
from zhinan.pages.changes import ChangesPage
from zhinan.pages.findings import FindingsPage
from zhinan.registers import listing
from zhinan.registers import releases
from zhinan.registers import seals
from zhinan.registers import stores
from zhinan.registers.clock import today
from zhinan.rules.releases import fields
from zope.i18n import translate

import hashlib


JSON = "application/json; charset=utf-8"
#: Workbooks of releases by their entity tag, the oldest first.
_KEPT: dict[str, bytes] = {}
_MOST_KEPT = 8
_LOCK = Lock()


def workbook(name: str, head: list[str], rows: list[list[str]]) -> bytes:
    """One sheet, every cell as text."""
    book = Workbook()
    book.remove(book.active)
    write_sheet(book, name, head, rows)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def send(view: BrowserView, data: bytes, content_type: str, filename: str) -> bytes:
    """Data as a download under this name."""
    response = view.request.response
    response.setHeader("Content-Type", content_type)
    response.setHeader("Content-Disposition", content_disposition(filename))
    response.setHeader("X-Content-Type-Options", "nosniff")
    response.setHeader("Cache-Control", "no-cache")
    return data


class ReleaseFile(ChangesPage):
    """Base: the release of ``?number=``, the latest one without it.

    A release never changes, so its hash is its entity tag.
    """

    extension = ""

    def __call__(self) -> bytes:
        """The file, or 304 when the client has it."""
        response = self.request.response
        response.setHeader("ETag", self.tag())
        if self.request.get_header("If-None-Match") == self.tag():
            response.setStatus(304)
            return b""
        return self.data()

    @cached_property
    def release(self) -> releases.Release:
        """The release; NotFound if there is none."""
        value = self.request.form.get("number")
        if value is None:
            found = releases.latest()
        else:
            good = isinstance(value, str) and value.isascii() and value.isdecimal()
            found = releases.get(int(value)) if good and len(value) < 10 else None
        if found is None:
            raise NotFound(f"release {value}")
        return found

    def tag(self) -> str:
        """Entity tag of this file."""
        return f'"{self.release.sha256}"'

    def name(self) -> str:
        """Name of the file: title, number and day of the release."""
        head = self.release.head
        return self.t(
            _(
                "release_file",
                default="${title} (release ${number}, ${date}).${extension}",
                mapping={
                    "title": head.title,
                    "number": str(head.number),
                    "date": head.date,
                    "extension": self.extension,
                },
            )
        )

    def data(self) -> bytes:
        """The bytes of the file."""
        raise NotImplementedError


class ReleaseJson(ReleaseFile):
    """``@@release-json``: the canonical text, byte for byte what the hash is of."""

    extension = "json"

    def data(self) -> bytes:
        """The text of the release."""
        return send(self, self.release.text.encode(), JSON, self.name())


class ReleaseXlsx(ReleaseFile):
    """``@@release-xlsx``: one row an entry, in words."""

    extension = "xlsx"

    def tag(self) -> str:
        """The words are those of the reader's language, and of the departments."""
        owners = departments.with_past().values()
        names = [(owner.code, owner.title) for owner in owners]
        text = f"{self.release.sha256} {self.language} {names}"
        return f'"{hashlib.sha256(text.encode()).hexdigest()}"'

    def data(self) -> bytes:
        """The workbook: 2,262 rows take seconds to write, and stay the same."""
        tag = self.tag()
        with _LOCK:
            kept = _KEPT.get(tag)
        if kept is None:
            kept = self.workbook()
            with _LOCK:
                _KEPT[tag] = kept
                while len(_KEPT) > _MOST_KEPT:
                    del _KEPT[next(iter(_KEPT))]
        return send(self, kept, XLSX, self.name())

    def workbook(self) -> bytes:
        """All entries, a row each."""
        shown = fields()
        head = [self.heading(field) for field in shown]
        rows = [
            [self.cell(entry, field) for field in shown]
            for entry in self.release.entries()
        ]
        title = self.t(listing.message(f"register.{self.register.name}", ""))
        return workbook(title, head, rows)

    def cell(self, entry: dict[str, Any], field: Any) -> str:
        """What stands in a cell; nothing where nothing is filled in."""
        if entry.get(field.name) is None:
            return ""
        return self.value(entry, field)


class CatalogueCheckXlsx(FindingsPage):
    """``@@catalogue-check-xlsx``: what the check found, as narrowed on its page."""

    def __call__(self) -> bytes:
        """The workbook."""
        head = [
            self.t(title)
            for title in (
                _("Finding"),
                _("Department"),
                _("Basic code"),
                _("Name of the matter"),
                _("Catalogue"),
                _("Guide"),
                _("Address of the entry"),
                _("Address of the guide"),
                _("What to do"),
            )
        ]
        rows = [
            self.cells(self.row(finding)) for finding in self.narrowed(**self.params())
        ]
        name = self.t(_("Check of the catalogue"))
        day = today().isoformat()
        return send(self, workbook(name, head, rows), XLSX, f"{name} {day}.xlsx")

    def cells(self, row: dict[str, Any]) -> list[str]:
        """One row of the sheet."""
        entry, guide = row["entry"], row["guide"]
        subject = entry or guide
        return [
            row["title"],
            row["department"],
            subject.code,
            subject.title,
            row["said"],
            row["guide_says"],
            entry.url if entry else "",
            guide.url if guide else "",
            row["advice"],
        ]


class SealUsesXlsx(BrowserView):
    """``<seal>/@@uses-xlsx``: the record of use."""

    def __call__(self) -> bytes:
        """The workbook."""
        head = [
            self.t(title)
            for title in (
                _("No."),
                _("Day of use"),
                _("Matter or dossier"),
                _("Impressions"),
                _("Note"),
                _("Corrects an earlier entry"),
                _("Written by"),
                _("Written at"),
            )
        ]
        rows = [
            [
                str(use.number),
                use.day,
                use.matter,
                str(use.impressions),
                use.note,
                str(use.corrects or ""),
                use.name,
                use.written,
            ]
            for use in seals.uses(self.context.UID())
        ]
        name = self.t(_("Record of use"))
        data = workbook(name, head, rows)
        return send(self, data, XLSX, f"{self.context.title} {name}.xlsx")

    def t(self, message: Any) -> str:
        """A message in the language of this request."""
        return translate(message, context=self.request)


class StoresJson(BrowserView):
    """``@@registers-json``: releases and records of use, for an import elsewhere."""

    def __call__(self) -> bytes:
        """The file as an import of content reads it beside the tree."""
        return send(self, stores.text().encode(), JSON, stores.NAME)
