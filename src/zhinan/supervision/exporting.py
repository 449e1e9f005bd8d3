"""The filtered trail as a file: JSON Lines for programs, a sheet for people.

Written line by line, so that memory does not grow with the trail. A short one is
answered at once; a long one is a job.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from pathlib import Path
from plone import api
from tempfile import mkdtemp
from time import monotonic
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.documents.names import content_disposition
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IJobKind
from zhinan.supervision import finding
from zhinan.supervision.finding import Filters
from zhinan.supervision.finding import Found
from zhinan.supervision.telling import Teller
from zhinan.trail.exporting import plain
from zope.globalrequest import getRequest
from zope.i18nmessageid import Message
from zope.interface import implementer
from ZPublisher.Iterators import filestream_iterator

import datetime
import json
import re
import shutil
import weakref


JOB = "trail-export"
JSON_LINES = "application/jsonl"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Lines that are looked at before an export becomes a job.
AT_ONCE = 2000
#: Lines of a sheet, its head left out; a spreadsheet program takes no more.
MOST_ROWS = 1_000_000
#: Characters of a cell.
_LONGEST = 32_000
_BATCH = 2.0
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
COUNTS = (_("count_lines", default="Lines"),)
_HEAD = (
    (_("When"), 22),
    (_("Who"), 28),
    (_("What"), 60),
    (_("Title"), 40),
    (_("Kind of thing"), 14),
    (_("Department"), 18),
    (_("Address"), 36),
    (_("Network"), 18),
)


class JsonLines:
    """One JSON a line, as ``zhinan trail export`` writes it."""

    def __init__(self, path: Path, request: Any):
        self.stream = path.open("w", encoding="utf-8")
        self.site = api.portal.get()

    def add(self, found: Found) -> None:
        """Write a line."""
        said = plain(found.row, self.site)
        self.stream.write(json.dumps(said, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """It is whole."""
        self.stream.close()


class Sheet:
    """A sheet; all cells are text, so that nothing in it is a formula."""

    def __init__(self, path: Path, request: Any):
        self.path = path
        self.teller = Teller(request)
        self.book = Workbook(write_only=True)
        self.sheet = self.book.create_sheet(self.teller.t(_("Trail")))
        self.sheet.freeze_panes = "A2"
        self.rows = 0
        for number, (_title, width) in enumerate(_HEAD):
            self.sheet.column_dimensions["ABCDEFGH"[number]].width = width
        titles = [self.cell(self.teller.t(title)) for title, _width in _HEAD]
        for cell in titles:
            cell.font = Font(bold=True)
        self.sheet.append(titles)

    def cell(self, text: str) -> WriteOnlyCell:
        """A cell that is text, also where it begins like a formula."""
        cell = WriteOnlyCell(self.sheet, value=_CONTROL.sub("", text)[:_LONGEST])
        cell.data_type = "s"
        return cell

    def add(self, found: Found) -> None:
        """Write a line; what a sheet cannot hold is left out."""
        if self.rows >= MOST_ROWS:
            return
        self.rows += 1
        said, teller = found.said, self.teller
        local = teller.local(said["at"])
        self.sheet.append(
            [
                self.cell(text)
                for text in (
                    f"{local:%Y-%m-%d %H:%M:%S}",
                    teller.who(said),
                    teller.did(said),
                    "" if found.row.chain else teller.title(said),
                    teller.type_title(said),
                    teller.department(said.get("department", "")),
                    said.get("path", ""),
                    said.get("network", ""),
                )
            ]
        )

    def close(self) -> None:
        """It is whole."""
        self.book.save(self.path)


FORMATS: dict[str, tuple[Callable[[Path, Any], Any], str]] = {
    "jsonl": (JsonLines, JSON_LINES),
    "xlsx": (Sheet, XLSX),
}


@dataclass
class File:
    """A file that is whole; its folder goes with it."""

    folder: Path
    path: Path
    content_type: str


def _fresh(fmt: str) -> tuple[Path, Path]:
    moment = datetime.datetime.now(CITY_TIME)
    folder = Path(mkdtemp(prefix="zhinan-trail-"))
    return folder, folder / f"trail-{moment:%Y%m%d-%H%M}.{fmt}"


def at_once(filters: Filters, fmt: str, request: Any) -> File | None:
    """The whole export, or None where too much is to be looked at."""
    make, content_type = FORMATS[fmt]
    page = finding.take(
        finding.lines(filters), finding.asks(filters), size=AT_ONCE, most=AT_ONCE
    )
    if page.next:
        return None
    folder, path = _fresh(fmt)
    try:
        writer = make(path, request)
        for found in page.lines:
            writer.add(found)
        writer.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return File(folder, path, content_type)


def answer(whole: File, request: Any) -> Any:
    """The file as an answer; its name is gone while it is read."""
    response = request.response
    response.setHeader("Content-Type", whole.content_type)
    response.setHeader("Content-Length", str(whole.path.stat().st_size))
    response.setHeader("Content-Disposition", content_disposition(whole.path.name))
    response.setHeader("X-Content-Type-Options", "nosniff")
    response.setHeader("Cache-Control", "private, no-store")
    stream = filestream_iterator(str(whole.path), "rb")
    shutil.rmtree(whole.folder, ignore_errors=True)
    return stream


def start(filters: Filters, fmt: str) -> jobs.Job:
    """The job of an export; pressing the button twice makes one.

    :raises zhinan.jobs.interfaces.NotStarted: if the person may not.
    """
    wanted = {"format": fmt, "filters": filters.plain()}
    key = repr((api.user.get_current().getId(), sorted(filters.plain().items()), fmt))
    return jobs.start(JOB, wanted, key=key)


@dataclass
class _Work:
    """What a job has begun; nothing of it outlives the process."""

    folder: Path
    path: Path
    writer: Any


@implementer(IJobKind)
class ExportJob:
    """In batches; begun anew where the process ended or a batch was undone.

    The file grows outside the database, so a checkpoint is worth something only
    together with the file of this process.
    """

    title = _("Export of the trail")
    permission = "Zhinan: Read the trail"
    importing = False
    keep_days = 30

    def batch(self, run: Any) -> bool:
        """Write lines for some seconds; the last batch attaches the file."""
        params: Mapping[str, Any] = run.params
        fmt = params["format"]
        filters = finding.from_plain(params["filters"])
        work, cursor = self._work(run, fmt)
        run.memory["cursor"] = None
        wanted = finding.asks(filters)
        end = monotonic() + _BATCH
        last, more = None, False
        for found in finding.after(finding.lines(filters, run.site, cursor), cursor):
            if last is not None and monotonic() >= end:
                more = True
                break
            last = found
            run.done = (run.done or 0) + 1
            if wanted(found):
                work.writer.add(found)
                run.count("lines")
        if last is not None:
            cursor = last.cursor
        run.checkpoint = run.memory["cursor"] = cursor
        if more:
            return True
        work.writer.close()
        if fmt == "xlsx" and run.counts.get("lines", 0) > MOST_ROWS:
            run.say(_TOO_MANY, "warning")
        run.attach(work.path.name, work.path, FORMATS[fmt][1])
        run.memory.pop("work")
        shutil.rmtree(work.folder, ignore_errors=True)
        return False

    def _work(self, run: Any, fmt: str) -> tuple[_Work, str]:
        work: _Work | None = run.memory.get("work")
        if work is not None and run.memory.get("cursor") == (run.checkpoint or ""):
            return work, run.checkpoint or ""
        if work is not None:
            shutil.rmtree(work.folder, ignore_errors=True)
        folder, path = _fresh(fmt)
        work = _Work(folder, path, FORMATS[fmt][0](path, getRequest()))
        # A job that is cancelled has no last batch in which to tidy up.
        weakref.finalize(work, shutil.rmtree, folder, ignore_errors=True)
        run.memory["work"] = work
        run.done = 0
        run.counts.clear()
        return work, ""


_TOO_MANY: Message = _(
    "trail_too_many",
    default="A sheet holds a million lines; older ones are left out. Take JSON Lines, "
    "or a shorter period.",
)
EXPORT_JOB = ExportJob()
