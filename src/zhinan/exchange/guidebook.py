"""A guide as a workbook, and the empty workbook: one layout in the house."""

from .exporting import export_template
from .siterecords import departments
from .siterecords import SiteRecords
from .workbook.write import WorkbookWriter
from .workbook.write import XLSX
from collections.abc import Callable
from pathlib import Path
from Products.Five.browser import BrowserView
from tempfile import TemporaryDirectory
from typing import Any
from zhinan.documents.names import content_disposition
from zhinan.exchange.workbook.layout import words
from zope.component.hooks import getSite


#: Sheets of a single guide.
_KINDS = ("guide", "material", "form_version")


def written(write: Callable[[Path], None]) -> bytes:
    """The bytes of a file that something writes."""
    with TemporaryDirectory(prefix="zhinan-") as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()


def guide_workbook(guide: Any) -> bytes:
    """A guide with its materials and their forms as a workbook."""

    def write(path: Path) -> None:
        writer = WorkbookWriter(path, departments(), _KINDS)
        writer.add(SiteRecords(getSite()).record_of(guide))
        writer.close()

    return written(write)


def template() -> bytes:
    """The empty workbook with this site's departments."""
    return written(lambda path: export_template(path, None))


def template_name() -> str:
    """Name under which people keep the empty workbook."""
    return f"{words()['about']['title']}.xlsx"


def offer(response: Any, name: str, content_type: str) -> None:
    """Head of an answer that is to be kept as a file."""
    response.setHeader("Content-Type", content_type)
    response.setHeader("Content-Disposition", content_disposition(name))
    response.setHeader("X-Content-Type-Options", "nosniff")
    response.setHeader("Cache-Control", "no-cache")


class GuideSpreadsheet(BrowserView):
    """``<guide>/@@spreadsheet``: the guide as XLSX."""

    def __call__(self) -> bytes:
        """The file under the guide's name."""
        data = guide_workbook(self.context)
        offer(self.request.response, f"{self.context.title}.xlsx", XLSX)
        return data


class ImportTemplate(BrowserView):
    """``<site>/@@import-template``: the empty workbook."""

    def __call__(self) -> bytes:
        """The file."""
        data = template()
        offer(self.request.response, template_name(), XLSX)
        return data
