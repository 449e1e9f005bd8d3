"""The formats that can be imported, each a utility."""

from .interfaces import IRecordSource
from .interfaces import OpenSource
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
    suffixes = (".jsonl", ".ndjson", ".json")
    mapped = True
    spreadsheet = False

    def open(self, path: Path, mapping: SourceMapping | None) -> OpenSource:
        """The records, read as a whole: a file that breaks off lands nowhere."""
        if mapping is None:
            raise ValueError("JSON Lines need a mapping table")
        with path.open("rb") as stream:
            return OpenSource(list(records(stream, mapping)))


JSON_LINES = JsonLines()


def formats() -> Mapping[str, Any]:
    """All formats by name, in the order of their names."""
    return dict(sorted(getUtilitiesFor(IRecordSource)))


def get(name: str) -> Any:
    """The format with this name, or None."""
    return queryUtility(IRecordSource, name=name)
