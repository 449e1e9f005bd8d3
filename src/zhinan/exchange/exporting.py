"""Exports: a site, or a part of it, as one file in one of the formats.

``export`` does it at once and needs no writing storage; the job does the same in
batches, so that people see how far it is and can stop it.
"""

from .national import Converter
from .national import NationalJson
from .national import NationalWorkbook
from .package import JSON
from .package import JsonWriter
from .package import PackageWriter
from .package import ZIP
from .siterecords import departments
from .siterecords import SiteRecords
from .workbook.layout import Department
from .workbook.write import WorkbookWriter
from .workbook.write import write_template
from .workbook.write import XLSX
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import JobFailed
from zhinan.rules.interchange import kinds
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime
import shutil
import weakref


JOB = "export"
#: Seconds of one batch of the job.
_BATCH = 2.0
#: What the job's page counts, by type; everything else is an entry of a register.
_COUNTED = {"Department": "departments", "MatterGuide": "matters"}
#: The words of it.
COUNTS = (
    _("count_departments", default="Departments"),
    _("count_matters", default="Matters"),
    _("count_entries", default="Entries of registers"),
)
#: States by which matters are chosen.
STATES = (
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "failed",
    "published",
    "withdrawn",
    "consolidated",
    "retracted",
)


@dataclass(frozen=True)
class Format:
    """One format of export."""

    name: str
    title: Message
    help: Message
    suffix: str
    content_type: str
    #: makes the writer: path, site, moment, whether registers are wanted
    writer: Callable[[Path, Any, datetime.datetime, bool], Any]


def kind_names(registers: bool) -> list[str]:
    """Short names of the kinds of a workbook, with or without the registers."""
    names = [kind.name for kind in kinds().values()]
    return [n for n in names if registers or not n.startswith("register.")]


def _workbook(path: Path, site: Any, moment: Any, registers: bool) -> Any:
    return WorkbookWriter(path, departments(), kind_names(registers))


def _json(path: Path, site: Any, moment: Any, registers: bool) -> Any:
    return JsonWriter(path, site.Title(), moment)


def _zip(path: Path, site: Any, moment: Any, registers: bool) -> Any:
    return PackageWriter(path, site.Title(), moment)


def _national_workbook(path: Path, site: Any, moment: Any, registers: bool) -> Any:
    return NationalWorkbook(path, Converter(departments(), moment.date()))


def _national_json(path: Path, site: Any, moment: Any, registers: bool) -> Any:
    return NationalJson(path, Converter(departments(), moment.date()))


FORMATS = {
    row.name: row
    for row in (
        Format(
            "xlsx",
            _("Spreadsheet (XLSX)"),
            _("For people: the same sheets as the import template, without files."),
            "xlsx",
            XLSX,
            _workbook,
        ),
        Format(
            "zip",
            _("Package (ZIP)"),
            _("Everything with all files; can be imported again as it is."),
            "zip",
            ZIP,
            _zip,
        ),
        Format(
            "json",
            _("Data (JSON)"),
            _("For programs: the same data, files by name and checksum."),
            "json",
            JSON,
            _json,
        ),
        Format(
            "national-xlsx",
            _("National exchange tables (XLSX)"),
            _("Columns named as in the national tables, values as codes."),
            "xlsx",
            XLSX,
            _national_workbook,
        ),
        Format(
            "national-json",
            _("National exchange tables (JSON)"),
            _("The same for programs."),
            "json",
            JSON,
            _national_json,
        ),
    )
}


def now() -> datetime.datetime:
    """The moment in the city."""
    return datetime.datetime.now(CITY_TIME)


def file_name(fmt: str, moment: datetime.datetime) -> str:
    """Name of an export: when it was made, in the city's time."""
    found = FORMATS[fmt]
    stem = "zhinan-national" if fmt.startswith("national") else "zhinan"
    return f"{stem}-{moment:%Y%m%d-%H%M}.{found.suffix}"


def export(
    site: Any,
    fmt: str,
    out_path: Path,
    codes: Iterable[str] = (),
    states: Iterable[str] = (),
    registers: bool = False,
    restricted: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write an export; the number of records.

    The file appears under its name when it is whole.

    :param fmt: name of one of ``FORMATS``.
    :param codes: codes of departments; all if empty.
    :param states: workflow states of matters; all if empty.
    :param restricted: whether only what the person may view is exported.
    :param progress: called with the number done and the number of all.
    """
    part = out_path.with_name(out_path.name + ".part")
    source = SiteRecords(site, codes, states, registers, restricted)
    writer = FORMATS[fmt].writer(part, site, now(), registers)
    count = 0
    try:
        paths = source.paths()
        for number, path in enumerate(paths, 1):
            record = source.record(path)
            if record is not None:
                writer.add(record, source.open)
                count += 1
            if progress:
                progress(number, len(paths))
        writer.close()
    except BaseException:
        writer.abort()
        part.unlink(missing_ok=True)
        raise
    part.replace(out_path)
    return count


def export_template(
    path: Path,
    known: Iterable[Department] | None = (),
    registers: bool = True,
) -> None:
    """Write the empty workbook; needs no database where departments are given.

    :param known: departments that cells may name; those of the site if None.
    """
    listed = departments() if known is None else known
    write_template(path, listed, kind_names(registers))


def checked(params: Any) -> dict[str, Any]:
    """Parameters of an export as the job takes them.

    :raises ValueError: whose first argument is a message for the person.
    """
    fmt = params.get("format")
    if fmt not in FORMATS:
        raise ValueError(
            _(
                "export_format_unknown",
                default="Choose one of these formats: ${names}.",
                mapping={"names": ", ".join(FORMATS)},
            )
        )
    codes = [directory.resolve(code) for code in _texts(params.get("departments"))]
    for code in codes:
        if directory.get(code) is None:
            raise ValueError(
                _(
                    "export_department_unknown",
                    default="There is no department “${code}”.",
                    mapping={"code": code},
                )
            )
    wanted = _texts(params.get("states"))
    for state in wanted:
        if state not in STATES:
            raise ValueError(
                _(
                    "export_state_unknown",
                    default="There is no state “${state}”. There are: ${names}.",
                    mapping={"state": state, "names": ", ".join(STATES)},
                )
            )
    registers = params.get("registers", False)
    if not isinstance(registers, bool):
        raise ValueError(_("“registers” is true or false."))
    return {
        "format": fmt,
        "departments": codes,
        "states": wanted,
        "registers": registers,
    }


def _texts(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(i, str) for i in items):
        raise ValueError(_("Departments and states are lists of codes."))
    return list(dict.fromkeys(item for item in items if item))


@dataclass
class _Work:
    """An export that a job has begun; nothing of it outlives the process."""

    folder: Path
    path: Path
    writer: Any
    paths: list[str]
    moment: datetime.datetime


@implementer(IJobKind)
class ExportJob:
    """Export in batches; begun anew where the process ended or a batch was undone.

    The file grows outside the database, so a checkpoint is worth something only
    together with the file of this process.
    """

    title = _("Export")
    permission = "Zhinan: Run jobs"
    importing = False
    keep_days = 30

    def batch(self, run: Any) -> bool:
        """Write records for some seconds; the last batch attaches the file."""
        params = run.params
        if params.get("format") not in FORMATS:
            raise JobFailed(_("The format of this export is not known any more."))
        source = SiteRecords(
            run.site,
            params.get("departments") or (),
            params.get("states") or (),
            bool(params.get("registers")),
        )
        work = self._work(run, source)
        end = monotonic() + _BATCH
        position = run.checkpoint or 0
        # Where this batch is undone, its records stand in the file: begin anew then.
        run.memory["position"] = None
        while position < len(work.paths) and monotonic() < end:
            record = source.record(work.paths[position])
            position += 1
            if record is not None:
                work.writer.add(record, source.open)
                run.count(_COUNTED.get(record.portal_type, "entries"))
        run.checkpoint = run.done = position
        run.memory["position"] = position
        if position < len(work.paths):
            return True
        self._finish(run, work)
        return False

    def _work(self, run: Any, source: SiteRecords) -> _Work:
        work: _Work | None = run.memory.get("work")
        if work is not None and run.memory.get("position") == (run.checkpoint or 0):
            return work
        if work is not None:
            work.writer.abort()
            shutil.rmtree(work.folder, ignore_errors=True)
        moment = now()
        folder = Path(mkdtemp(prefix="zhinan-export-"))
        path = folder / file_name(run.params["format"], moment)
        writer = FORMATS[run.params["format"]].writer(
            path, run.site, moment, bool(run.params.get("registers"))
        )
        work = _Work(folder, path, writer, source.paths(), moment)
        # A job that is cancelled has no last batch in which to tidy up.
        weakref.finalize(work, shutil.rmtree, folder, ignore_errors=True)
        run.memory["work"] = work
        run.memory["position"] = 0
        run.checkpoint = run.done = 0
        run.counts.clear()
        run.total = len(work.paths)
        return work

    def _finish(self, run: Any, work: _Work) -> None:
        work.writer.close()
        for sheet, key in getattr(work.writer, "cut", ())[:50]:
            run.say(
                _(
                    "export_cut",
                    default="Sheet “${sheet}”, ${key}: a text is longer than a cell "
                    "can hold and was cut. Use the package or JSON for it.",
                    mapping={"sheet": sheet, "key": key},
                ),
                "warning",
            )
        fmt = FORMATS[run.params["format"]]
        run.attach(work.path.name, work.path, fmt.content_type)
        run.memory.pop("work")
        shutil.rmtree(work.folder, ignore_errors=True)


EXPORT_JOB = ExportJob()


def state_titles() -> dict[str, Message]:
    """Titles of the states by which matters are chosen."""
    titles = {
        "draft": _("Draft"),
        "in_review": _("In review"),
        "approved": _("Approved"),
        "scheduled": _("Scheduled"),
        "failed": _("Failed to publish"),
        "published": _("Published"),
        "withdrawn": _("Withdrawn"),
        "consolidated": _("Consolidated"),
        "retracted": _("Published in error"),
    }
    return {state: titles[state] for state in STATES}
