"""The formats that can be imported, each a utility."""

from .interfaces import IRecordSource
from .interfaces import OpenSource
from .package import DOCUMENT_LIMIT
from .package import Package
from .package import read_json
from .package import refuse
from .siterecords import departments
from .workbook import read as workbook
from .workbook.container import check_size
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zhinan import _
from zhinan.rules.sourcerecords import records
from zhinan.rules.sources import SourceMapping
from zope.component import getUtilitiesFor
from zope.component import queryUtility
from zope.interface import implementer


@implementer(IRecordSource)
class JsonLines:
    """One record a line, in the terms of its source."""

    title = _("JSON Lines of another portal")
    mapped = True
    spreadsheet = False

    def open(self, path: Path, mapping: SourceMapping | None) -> OpenSource:
        """The records, read as a whole: a file that breaks off lands nowhere."""
        if mapping is None:
            raise ValueError("JSON Lines need a mapping table")
        with path.open("rb") as stream:
            return OpenSource(list(records(stream, mapping)))


@implementer(IRecordSource)
class Workbook:
    """Our spreadsheet."""

    title = _("Our spreadsheet (XLSX)")
    mapped = False
    spreadsheet = True

    def open(self, path: Path, mapping: SourceMapping | None) -> OpenSource:
        """The records; files stand in no spreadsheet."""
        check_size(path.stat().st_size)
        return OpenSource(list(workbook.read(path.read_bytes(), departments())))


@implementer(IRecordSource)
class Document:
    """Our JSON without files."""

    title = _("Our JSON, without files")
    mapped = False
    spreadsheet = False

    def open(self, path: Path, mapping: SourceMapping | None) -> OpenSource:
        """The records; their files are known by checksum alone."""
        if path.stat().st_size > DOCUMENT_LIMIT:
            raise refuse(
                "source_too_large",
                size=f"{path.stat().st_size >> 20} MB",
                limit=f"{DOCUMENT_LIMIT >> 20} MB",
            )
        return OpenSource(list(read_json(path.read_bytes())))


@implementer(IRecordSource)
class WholePackage:
    """Our JSON with the files, as a package."""

    title = _("Our package with the files (ZIP)")
    mapped = False
    spreadsheet = False

    def open(self, path: Path, mapping: SourceMapping | None) -> OpenSource:
        """The records, and the package that stays open for their files."""
        package = Package(path)
        return OpenSource(list(package.records()), package.read)


#: The order in which people are offered the formats.
_ORDER = ("xlsx", "jsonl", "zip", "json")
JSON_LINES = JsonLines()
WORKBOOK = Workbook()
DOCUMENT = Document()
PACKAGE = WholePackage()


def formats() -> Mapping[str, Any]:
    """All formats by name; what people use most comes first."""
    found = dict(getUtilitiesFor(IRecordSource))
    return {name: found[name] for name in sorted(found, key=_place)}


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def get(name: str) -> Any:
    """The format with this name, or None."""
    return queryUtility(IRecordSource, name=name)
