"""Helpers of the import's tests: a job in memory, and the extract of real records."""

from pathlib import Path
from plone.exportimport.interfaces import IExportImportRequestMarker
from typing import Any
from zhinan.exchange.importing import IMPORT
from zhinan.exchange.importing import SOURCE
from zope.interface import alsoProvides
from zope.interface import noLongerProvides

import json
import shutil


EXTRACT = Path(__file__).with_name("data") / "guangdong-extract.jsonl"


def extract() -> list[dict[str, Any]]:
    """The real records, as JSON has them."""
    return [json.loads(line) for line in EXTRACT.read_text("utf-8").splitlines()]


def lines(records: list[dict[str, Any]]) -> bytes:
    """Records as JSON Lines."""
    return "".join(
        json.dumps(record, ensure_ascii=False) + "\n" for record in records
    ).encode("utf-8")


class Run:
    """A run that keeps everything in memory, with the contract of a job's run."""

    def __init__(self, site: Any, path: Path, **params: Any):
        self.site = site
        self.job_id = "test"
        self.params = {"format": "jsonl", "mapping": "guangdong", **params}
        # A blob's file has no suffix that tells what it is.
        blob = path.with_suffix(".blob")
        shutil.copyfile(path, blob)
        self.inputs = {SOURCE: blob}
        self.checkpoint: Any = None
        self.memory: dict[str, Any] = {}
        self.total: int | None = None
        self.done = 0
        self.counts: dict[str, int] = {}
        self.files: dict[str, bytes] = {}
        self.kept: list[dict[str, Any]] = []

    def count(self, name: str, number: int = 1) -> None:
        """Add to a result's number."""
        self.counts[name] = self.counts.get(name, 0) + number

    def say(self, message: Any, level: str = "info") -> None:
        """Messages are not looked at here."""

    def row(self, **values: Any) -> None:
        """Keep a row; it has to be plain data."""
        self.kept.append(json.loads(json.dumps(values)))

    def rows(self) -> list[dict[str, Any]]:
        """All rows."""
        return self.kept

    def input(self, name: str) -> Path:
        """Path of a file."""
        return self.inputs[name]

    def attach(self, name: str, data: bytes, content_type: str) -> None:
        """Keep a file of the result."""
        self.files[name] = data

    def finish(self) -> "Run":
        """Do all batches, in a request that is marked as an import."""
        request = self.site.REQUEST
        alsoProvides(request, IExportImportRequestMarker)
        try:
            while IMPORT.batch(self):
                pass
        finally:
            noLongerProvides(request, IExportImportRequestMarker)
        return self
