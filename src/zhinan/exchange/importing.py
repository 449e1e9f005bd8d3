"""The job that imports, or shows what an import would do.

One batch is some fifty records in one transaction. A batch depends on where the job
stands and on the database alone: interrupted, it goes on behind its last batch, and
what it did already is found again as unchanged.
"""

from . import formats
from .apply import Applier
from .apply import quiet
from .importreport import REPORT
from .importreport import report
from .interfaces import OpenSource
from .messages import sentence
from .plan import AS_SOURCE
from .plan import DRAFT
from .plan import NEW
from .plan import NOTE
from .plan import Plan
from .plan import Planner
from .plan import PUBLISHED
from .plan import REFUSED
from .rows import as_row
from .spreadsheet import XLSX
from Products.CMFCore.indexing import getQueue
from Products.CMFCore.indexing import processQueue
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import JobFailed
from zhinan.rules import sources
from zhinan.rules.codes import Problem
from zhinan.rules.records import Finding
from zhinan.rules.records import Record
from zhinan.rules.records import SourceRefused
from zope.interface import implementer

import transaction


KIND = "import"
PREVIEW, APPLY = "preview", "apply"
MODES = (PREVIEW, APPLY)
STATES = (DRAFT, PUBLISHED, AS_SOURCE)
#: Names of the files of a job.
SOURCE, MAPPING = "source", "mapping"
BATCH = 50
#: Language of the reasons in rows and report.
LANGUAGE = "zh_CN"


def mapping_of(name: str, data: bytes | None) -> sources.SourceMapping:
    """A mapping table by name, or the one in a file.

    :raises MappingRefused: with the row and what is wrong with it.
    """
    if data is not None:
        return sources.parse_bytes(data)
    try:
        return sources.get(name)
    except KeyError:
        raise sources.MappingRefused("", "unknown mapping {}", name) from None


@implementer(IJobKind)
class Import:
    """Kind ``import``.

    Parameters: ``format``, ``mapping`` (name of a table; a file ``mapping`` goes before
    it), ``mode`` (preview or apply), ``state`` (draft, published or source),
    ``create_departments``, ``filename``. Files: ``source`` and perhaps ``mapping``.
    """

    title = _("Import")
    permission = "Zhinan: Import content"
    importing = True
    keep_days = 90

    def batch(self, run: Any) -> bool:
        """The next records; behind the last one, the report."""
        source = self._source(run)
        records = source.records
        at = (run.checkpoint or {}).get("at", 0)
        if run.total is None:
            run.total = len(records)
        if at < len(records):
            self._records(run, source, at)
            return True
        format = formats.get(run.params["format"])
        book = run.input(SOURCE) if format.spreadsheet else None
        run.attach(REPORT, report(run.rows(), run.counts, book), XLSX)
        return False

    # ------------------------------------------------------------------ reading

    def _source(self, run: Any) -> OpenSource:
        """The records of the file, read once in this process.

        :raises JobFailed: with one sentence, if the file cannot be read.
        """
        if "source" in run.memory:
            return run.memory["source"]
        format = formats.get(run.params.get("format"))
        if format is None:
            raise JobFailed(_("This format cannot be imported."))
        try:
            mapping = self._mapping(run) if format.mapped else None
            found = format.open(run.input(SOURCE), mapping)
        except SourceRefused as refused:
            raise JobFailed(sentence(refused.problem)) from refused
        except sources.MappingRefused as refused:
            raise JobFailed(mapping_sentence(refused)) from refused
        found.records = list(found.records)
        run.memory["source"] = found
        return found

    def _mapping(self, run: Any) -> sources.SourceMapping:
        try:
            data = run.input(MAPPING).read_bytes()
        except KeyError:
            data = None
        return mapping_of(run.params.get("mapping") or "", data)

    # ------------------------------------------------------------------- a batch

    def _records(self, run: Any, source: OpenSource, at: int) -> None:
        batch = source.records[at : at + BATCH]
        if run.params.get("mode") != APPLY:
            planner = self._planner(run, source, at)
            rows = [row for record in batch for row in self._preview(planner, record)]
        else:
            start = _savepoint()
            try:
                planner = self._planner(run, source, at)
                rows = self._apply(planner, batch)
            except transaction.interfaces.TransientError:
                raise
            except Exception:
                # Which of them it was shows when each has a savepoint of its own.
                logger.exception("Import: a batch failed, its records one by one")
                _back_to(start)
                planner = self._planner(run, source, at)
                rows = self._apply_singly(planner, batch)
        for row in rows:
            run.row(**row)
            if row["verdict"] != NOTE:
                run.count(row["verdict"])
        run.done = at + len(batch)
        run.checkpoint = {
            "at": at + len(batch),
            "departments": [
                *(run.checkpoint or {}).get("departments", ()),
                *planner.owners.added,
            ],
        }
        run.memory["seen"] = planner.seen

    def _planner(self, run: Any, source: OpenSource, at: int) -> Planner:
        """A planner that knows what earlier batches have seen."""
        planner = Planner(
            run.site,
            state=run.params.get("state") or DRAFT,
            create_departments=bool(run.params.get("create_departments")),
            open_file=source.open_file,
            language=LANGUAGE,
        )
        for code, credit_code, title in (run.checkpoint or {}).get("departments", ()):
            planner.owners.keep(code, credit_code, title)
        seen = run.memory.get("seen")
        if seen is None:
            for record in source.records[:at]:
                planner.remember(record)
        else:
            planner.seen = set(seen)
        return planner

    def _preview(self, planner: Planner, record: Record) -> list[dict[str, Any]]:
        plan = planner.plan(record)
        found = [as_row(plan, planner)]
        if plan.owner is not None:
            found.insert(0, as_row(plan.owner, planner))
        return found

    def _apply(self, planner: Planner, batch: list[Record]) -> list[dict[str, Any]]:
        """Plan everything, then write everything.

        Asking the catalogue empties its queue: in turn, each object would be
        catalogued several times.
        """
        applier = Applier(planner)
        rows = []
        # Before anything is written, a plan tells the old values.
        plans = [planner.plan(record) for record in batch]
        with quiet():
            applier.departments(plans)
            for plan in plans:
                found = [as_row(plan, planner)]
                if plan.owner is not None:
                    found.insert(0, as_row(plan.owner, planner))
                applier.apply(plan)
                if plan.verdict == NEW:
                    found[-1]["uid"] = plan.obj.UID()
                rows += found
            applier.finish()
        return rows

    def _apply_singly(
        self, planner: Planner, batch: list[Record]
    ) -> list[dict[str, Any]]:
        rows = []
        for record in batch:
            point = _savepoint()
            try:
                done = self._apply(planner, [record])
            except transaction.interfaces.TransientError:
                raise
            except Exception as error:
                logger.exception("Import: %s", record.key)
                _back_to(point)
                planner.owners.reread()
                done = [as_row(_failed(record, error), planner)]
            rows += done
        return rows


def _savepoint() -> Any:
    """A savepoint with an empty indexing queue, which no rollback would empty."""
    processQueue()
    return transaction.savepoint(optimistic=True)


def _back_to(point: Any) -> None:
    getQueue().clear()
    point.rollback()


def _failed(record: Record, error: Exception) -> Plan:
    problem = Problem("", "import_failed", (("reason", type(error).__name__),))
    findings = [*record.findings, Finding(record.place, problem, "", refused=True)]
    return Plan(record, REFUSED, findings=findings)


def mapping_sentence(refused: sources.MappingRefused) -> Any:
    """What people read of a mistake in a mapping table."""
    return _(
        "mapping_refused",
        default="The mapping table cannot be used: ${reason}.",
        mapping={"reason": refused.chinese()},
    )


IMPORT = Import()
