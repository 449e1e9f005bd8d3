"""Pages of the import: choose a file, look at what it would do, do it."""

from . import formats
from .importing import APPLY
from .importing import KIND
from .importing import MAPPING
from .importing import mapping_of
from .importing import mapping_sentence
from .importing import PREVIEW
from .importing import SOURCE
from .importing import STATES
from .importreport import place
from .importreport import REPORT
from .importreport import TITLES
from .plan import AS_SOURCE
from .plan import DRAFT
from .plan import NOTE
from .plan import PUBLISHED
from .rows import title_of
from .rows import type_title
from functools import cached_property
from pathlib import Path
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IResultPage
from zhinan.jobs.interfaces import NotStarted
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zhinan.rules import sources
from zope.i18nmessageid import Message
from zope.interface import implementer


#: Greatest file that is taken, in bytes, and mapping table.
LARGEST, LARGEST_MAPPING = 512 << 20, 1 << 20
_STATES = {
    DRAFT: _("As drafts"),
    PUBLISHED: _("Published at once"),
    AS_SOURCE: _("As the file says"),
}


class Refusal(Exception):
    """What was sent cannot be imported; the first argument is the reason."""


def options_of(form: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the job from what a person or a client chose.

    :raises Refusal: if something was chosen that there is not.
    """
    name = form.get("format") or "jsonl"
    found = formats.get(name) if isinstance(name, str) else None
    if found is None:
        raise Refusal(_("This format cannot be imported."))
    state = form.get("state") or DRAFT
    if state not in STATES:
        raise Refusal(_("The state is one of: draft, published, source."))
    return {
        "format": name,
        "mapping": str(form.get("mapping") or "") if found.mapped else "",
        "state": state,
        "create_departments": form.get("create_departments") in {True, "1", "true"},
    }


def start_import(
    params: dict[str, Any], data: bytes | Path, mapping: bytes | None, key: str = ""
) -> jobs.Job:
    """Start the job, after a look at the mapping table.

    :raises Refusal: with one sentence.
    """
    files: dict[str, Any] = {SOURCE: data}
    if formats.get(params["format"]).mapped:
        if mapping is not None and len(mapping) > LARGEST_MAPPING:
            raise Refusal(_("The mapping table is too large."))
        try:
            mapping_of(params["mapping"], mapping)
        except sources.MappingRefused as refused:
            raise Refusal(mapping_sentence(refused)) from refused
        if mapping is not None:
            files[MAPPING] = mapping
    try:
        return jobs.start(KIND, params, files=files, key=key)
    except NotStarted as error:
        raise Refusal(error.args[0]) from error


def uploaded(upload: Any, largest: int) -> bytes:
    """The bytes of an upload; empty if nothing was chosen.

    :raises Refusal: if there are too many.
    """
    if not hasattr(upload, "read") or not getattr(upload, "filename", ""):
        return b""
    data = upload.read(largest + 1)
    if len(data) > largest:
        raise Refusal(_("The file is too large. Divide it."))
    return data


class ImportPage(PublicPage):
    """``@@import``: choose a file; what it would do is shown first."""

    template = ViewPageTemplateFile("templates/import.pt")
    title = _("Import")
    error: Message | str = ""

    def update(self) -> None:
        """Start the preview when a file was sent."""
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        form = self.request.form
        try:
            params = options_of(form)
            data = uploaded(form.get("file"), LARGEST)
            if not data:
                raise Refusal(_("Choose a file that is not empty."))
            mapping = uploaded(form.get("mapping_file"), LARGEST_MAPPING) or None
            name = Path(str(form["file"].filename).replace("\\", "/")).name
            params |= {"filename": name[:200], "mode": PREVIEW}
            job = start_import(params, data, mapping)
        except Refusal as refusal:
            self.error = refusal.args[0]
            self.request.response.setStatus(400)
            return
        self.request.response.redirect(
            f"{self.portal_url}/@@job?id={job.id}", status=303
        )

    def failure(self) -> str:
        """Why nothing was started."""
        return self.t(self.error)

    def formats(self) -> list[dict[str, Any]]:
        """The formats to choose from."""
        chosen = self.request.form.get("format") or "jsonl"
        return [
            {
                "name": name,
                "title": self.t(found.title),
                "checked": "checked" if name == chosen else None,
            }
            for name, found in formats.formats().items()
        ]

    def mappings(self) -> list[dict[str, str]]:
        """The mapping tables that come with the product."""
        return [
            {"name": name, "title": sources.get(name).title} for name in sources.names()
        ]

    def states(self) -> list[dict[str, Any]]:
        """The states for what is new."""
        chosen = self.request.form.get("state") or DRAFT
        return [
            {
                "name": name,
                "title": self.t(title),
                "checked": "checked" if name == chosen else None,
            }
            for name, title in _STATES.items()
        ]

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


class ImportPreview(ListPage):
    """``@@import-preview?job=ID``: what an import would do, or has done."""

    template = ViewPageTemplateFile("templates/preview.pt")
    error: Message | str = ""

    @cached_property
    def job(self) -> jobs.Job:
        """The import; one that the person may not see is not there.

        :raises NotFound: if there is none.
        """
        name = self.request.form.get("job", "")
        job = jobs.get(name) if isinstance(name, str) else None
        if job is None or job.kind != KIND or not jobs.may_see(job):
            raise NotFound(name)
        return job

    def update(self) -> None:
        """Start the import when the button was pressed; else read the rows."""
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            try:
                job = self._import_now()
            except Refusal as refusal:
                self.error = refusal.args[0]
                self.request.response.setStatus(400)
            else:
                url = f"{self.portal_url}/@@job?id={job.id}"
                self.request.response.redirect(url, status=303)
                return
        verdict = self.params()["verdict"]
        found: list[dict[str, Any]] = []
        total = 0
        for row in self.job.rows():
            if verdict and row["verdict"] != verdict:
                continue
            if self.start <= total < self.start + PAGE_SIZE:
                found.append(row)
            total += 1
        self.total = total
        self.entries = [self._entry(row) for row in found]

    def _import_now(self) -> jobs.Job:
        job = self.job
        if not self.can_import:
            raise Refusal(_("This import cannot be started from here."))
        inputs = {
            name: Path(file.blob.committed()) for name, file in job.inputs.items()
        }
        mapping = inputs.get(MAPPING)
        return start_import(
            {**job.params, "mode": APPLY},
            inputs[SOURCE],
            mapping.read_bytes() if mapping is not None else None,
            # Pressed twice, it is the same import.
            key=f"apply-{job.id}",
        )

    @property
    def title(self) -> str:
        """Preview or outcome, of which file."""
        text = (
            _("Preview of the import") if self.preview else _("Outcome of the import")
        )
        name = self.job.params.get("filename") or ""
        if not name:
            return self.t(text)
        return self.t(
            _(
                "import_of_file",
                default="${title}: ${name}",
                mapping={"title": text, "name": str(name)},
            )
        )

    @property
    def preview(self) -> bool:
        """Whether nothing was written."""
        return self.job.params.get("mode") != APPLY

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.job.state in jobs.ENDED

    @property
    def can_import(self) -> bool:
        """Whether there is anything to import, and the preview is whole."""
        counts = self.job.counts
        wanted = counts.get("new", 0) + counts.get("changed", 0)
        return self.preview and self.job.state == jobs.DONE and bool(wanted)

    def reason(self) -> str:
        """Why it failed, or why it could not be started."""
        if self.error:
            return self.t(self.error)
        return self.t(jobs.unpack(self.job.reason)) if self.job.reason else ""

    def params(self) -> dict[str, Any]:
        """The job, and the verdict to which the list is narrowed."""
        return {"job": self.job.id, "verdict": self.choice("verdict", TITLES)}

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@import-preview"

    def job_url(self) -> str:
        """Address of the job."""
        return f"{self.portal_url}/@@job?id={self.job.id}"

    def join(self, words: list[str]) -> str:
        """Several words as one enumeration."""
        return self.t(_("list_separator", default=", ")).join(words)

    def verdicts(self) -> list[dict[str, Any]]:
        """The ways to narrow the list, with their numbers."""
        current = self.params()["verdict"]
        counts = self.job.counts
        rows = [("", _("All"), sum(counts.values()))] + [
            (name, title, counts.get(name, 0))
            for name, title in TITLES.items()
            if name != NOTE
        ]
        return [
            {
                "url": self.link(verdict=name, start=0),
                "title": self.t(title),
                "number": number,
                "current": "true" if name == current else None,
            }
            for name, title, number in rows
        ]

    def report_url(self) -> str:
        """Address of the report, when there is one."""
        if REPORT not in self.job.files:
            return ""
        return f"{self.portal_url}/@@job-file?id={self.job.id}&name={REPORT}"

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def _entry(self, row: dict[str, Any]) -> dict[str, Any]:
        uid = row["uid"]
        return {
            "title": row["title"],
            "type": self.t(type_title(row["type"])),
            "url": f"{self.portal_url}/resolveuid/{uid}" if uid else "",
            "verdict": row["verdict"],
            "verdict_title": self.t(TITLES[row["verdict"]]),
            "place": place(row),
            "key": row["key"],
            "materials": row["materials"],
            "added": row["added"],
            "reordered": row["reordered"],
            "changes": [
                {
                    "field": self._field(change),
                    "old": change["old"],
                    "new": change["new"],
                }
                for change in row["changes"]
            ],
            "findings": [
                {
                    "field": self._field(found),
                    "value": found["value"],
                    "reason": found["reason"],
                    "place": place(found) if found["sheet"] else "",
                    "refused": found["refused"],
                }
                for found in row["findings"]
            ],
        }

    def _field(self, found: dict[str, Any]) -> str:
        name = found["field"]
        title = self.t(title_of(found["type"], name)) if name else ""
        return " / ".join(part for part in (found["of"], title) if part)


@implementer(IResultPage)
class ImportResult:
    """An import shows its result on a page of its own."""

    def view(self, job: jobs.Job) -> str:
        """The page, where there are rows to show."""
        return "import-preview" if job.row_count() else ""


IMPORT_RESULT = ImportResult()
