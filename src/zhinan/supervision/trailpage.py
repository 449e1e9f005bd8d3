"""``@@trail``: all that was done, for supervision and administrators of the site.

Whoever looks is seen: each look stands in the second stream of the trail.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from plone import api
from plone.protect import CheckAuthenticator
from plone.protect.authenticator import createToken
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import BadRequest
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import directory
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import NotStarted
from zhinan.pages.layout import PublicPage
from zhinan.supervision import asked
from zhinan.supervision import exporting
from zhinan.supervision import finding
from zhinan.supervision import known
from zhinan.supervision import verification
from zhinan.supervision.finding import Filters
from zhinan.supervision.finding import Found
from zhinan.supervision.telling import Teller
from zhinan.supervision.timeline import size_of
from zhinan.supervision.words import CHAINS
from zhinan.supervision.words import KINDS
from zhinan.trail import anchors
from zhinan.trail import store
from zhinan.trail.events import note_event
from zhinan.trail.exporting import plain
from zope.i18nmessageid import Message
from zope.interface import alsoProvides


STREAMS: dict[str, Message] = {
    finding.ACTS: _("Acts"),
    finding.EVENTS: _("Sign-ins, refusals and confidential reading"),
    finding.ALL: _("Everything"),
}
#: Types that people look for, in this order; then the chains that are no content.
TYPES = (
    "MatterGuide",
    "WorkingCopy",
    "Material",
    "FormVersion",
    "PolicyDocument",
    "Department",
    "CatalogueEntry",
    "CancelledProof",
    "IntermediaryService",
    "LegalBasis",
    "ApprovalSeal",
    "Authorisation",
    "Enquiry",
    "SupervisionNotice",
)


#: What the filters are called where a look is told.
_ASKED: dict[str, Message] = {
    "from": _("From"),
    "to": _("To"),
    "department": _("Department"),
    "person": _("Person"),
    "kind": _("Act"),
    "type": _("Kind of thing"),
    "object": _("One thing (its address)"),
    "stream": _("Stream"),
    "text": _("Title or address contains"),
}


def looked(filters: Filters, how: str = "trail.read") -> None:
    """Write down that somebody looked, and for what."""
    note_event(how, path="@@trail", note=filters.told())


class Lines(Teller):
    """Lines of the trail as the page gives them."""

    def asked(self, note: str) -> str:
        """For what somebody looked, in words."""
        found = []
        for part in note.split():
            name, _equals, value = part.partition("=")
            title = _ASKED.get(name)
            if title is None:
                continue
            if name == "person":
                value = self.person(value)
            elif name == "department":
                value = self.department(value)
            elif name == "kind":
                value = self.t(KINDS[value][0]) if value in KINDS else value
            elif name == "stream":
                value = self.t(STREAMS.get(value, value))
            elif name == "object":
                value = self.name_of(value)
            elif name == "type":
                value = self.type_title({"type": value, "uid": f"{value}:"})
            found.append(
                self.t(
                    _(
                        "part_named",
                        default="${type}: ${title}",
                        mapping={"type": self.t(title), "title": value},
                    )
                )
            )
        return self.several(found)

    def name_of(self, uid: str) -> str:
        """What the thing of a chain was called last."""
        chain = store.peek(api.portal.get()).chain(uid)
        said = next(finding.backwards(chain), None) if chain is not None else None
        return self.title(said) if said is not None else uid

    def line(self, found: Found) -> dict[str, Any]:
        """One line."""
        said = found.said
        own = said.get("act", "") in {"trail.read", "trail.exported"}
        return {
            "moment": self.moment(said["at"]),
            "at": said["at"],
            "who": self.who(said),
            "did": self.did(said),
            "title": self.title(said) if not found.row.chain else "",
            "type": self.type_title(said),
            "path": "" if own else said.get("path", ""),
            "department": self.department(said.get("department", "")),
            "event": bool(found.row.chain),
            "uid": said.get("uid", ""),
            "network": said.get("network", ""),
            "note": self.asked(said.get("note", "")) if own else said.get("note", ""),
        }


def addresses(uids: Iterable[str]) -> dict[str, str]:
    """Where things are that the person may see now."""
    wanted = [uid for uid in set(uids) if uid]
    if not wanted:
        return {}
    brains = api.portal.get_tool("portal_catalog").searchResults(UID=wanted)
    return {brain.UID: brain.getURL() for brain in brains}


class TrailPage(PublicPage):
    """The trail with its filters."""

    template = ViewPageTemplateFile("templates/trail.pt")
    title = _("Trail")

    def update(self) -> None:
        """Read a page of the trail."""
        form = self.request.form
        self.filters, wrong = asked.read(form)
        self.before = ""
        try:
            self.before = asked.cursor(form)
        except asked.Wrong as error:
            wrong.append(error)
        self.errors = {error.name: self.t(error.message) for error in wrong}
        self.lines: list[dict[str, Any]] = []
        self.page = finding.Page()
        if not self.errors:
            looked(self.filters)
            self.page = finding.page(self.filters, self.before)
            told = Lines(self.request)
            self.lines = [told.line(found) for found in self.page.lines]
            there = addresses(line["uid"] for line in self.lines)
            for line in self.lines:
                uid = line["uid"]
                line["url"] = there.get(uid, "")
                line["timeline"] = self.timeline(uid) if uid else ""

    def timeline(self, uid: str) -> str:
        """Address of the timeline of whatever has this chain."""
        return f"{self.portal_url}/@@timeline?{urlencode({'uid': uid})}"

    # ----------------------------------------------------------------- addresses

    def url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@trail"

    def link(self, **values: str) -> str:
        """The page with these filters and some of them changed."""
        query = {**self.asked(), **values}
        kept = urlencode({k: v for k, v in query.items() if v})
        return f"{self.url()}?{kept}" if kept else self.url()

    def asked(self) -> dict[str, str]:
        """What the form holds, as it was typed."""
        form = self.request.form
        names = ("period", "from", "to", "department", "person", "kind", "type")
        found = {n: form.get(n, "") for n in (*names, "object", "stream", "text")}
        return {n: v for n, v in found.items() if isinstance(v, str)}

    def older(self) -> str:
        """Address of what lies before this page."""
        return self.link(before=self.page.next) if self.page.next else ""

    def newest(self) -> str:
        """Address of the first page, where this is not it."""
        return self.link() if self.before else ""

    def until(self) -> str:
        """How far back it was looked, where the search stopped before its end."""
        place = finding.read_cursor(self.page.next) if self.page.stopped else None
        return Teller(self.request).moment(place[0]) if place else ""

    # ------------------------------------------------------------------ the form

    def periods(self) -> list[dict[str, Any]]:
        """Periods with a name."""
        form = self.asked()
        custom = form["from"] or form["to"]
        current = "" if custom else form["period"]
        rows = {"": _("All")} | {n: t for n, (t, _d) in asked.PERIODS.items()}
        return [
            {
                "url": self.link(period=name, before="", **{"from": "", "to": ""}),
                "title": self.t(title),
                "current": "true" if name == current and not custom else None,
            }
            for name, title in rows.items()
        ]

    def _options(self, name: str, rows: Mapping[str, Any]) -> list[dict[str, Any]]:
        current = self.asked()[name]
        return [
            {
                "value": value,
                "title": self.t(title),
                "selected": "selected" if value == current else None,
            }
            for value, title in rows.items()
        ]

    def departments(self) -> list[dict[str, Any]]:
        """Departments, also those that are gone."""
        rows = {e.code: e.short_name for e in directory.entries().values()}
        gone = _("department_gone", default="${name} (dissolved)")
        for code, name in known.of().departments.items():
            rows.setdefault(code, self.t(Message(gone, mapping={"name": name})))
        return self._options("department", {"": _("All"), **rows})

    def kinds(self) -> list[dict[str, Any]]:
        """Kinds of acts."""
        rows = {name: row[0] for name, row in KINDS.items()}
        return self._options("kind", {"": _("All"), **rows})

    def types(self) -> list[dict[str, Any]]:
        """Types of things."""
        tool = api.portal.get_tool("portal_types")
        rows = {n: tool[n].Title() for n in TYPES if n in tool.objectIds()}
        return self._options("type", {"": _("All"), **rows, **CHAINS})

    def streams(self) -> list[dict[str, Any]]:
        """The streams."""
        current = self.filters.stream
        return [
            {**row, "selected": "selected" if row["value"] == current else None}
            for row in self._options("stream", STREAMS)
        ]

    def token(self) -> str:
        """The value that proves that the form is ours."""
        return createToken()

    def hidden(self) -> list[tuple[str, str]]:
        """The filters for the form of the export."""
        return list(self.filters.plain().items())

    # ------------------------------------------------------------------ the chain

    def anchor(self) -> dict[str, str] | None:
        """The last anchor."""
        found = anchors.latest(store.peek(api.portal.get()))
        if found is None:
            return None
        return {
            "number": str(found.number),
            "moment": Teller(self.request).moment(found.at),
        }

    def verified(self) -> dict[str, Any] | None:
        """What the last verification found."""
        return verification.last(self.request)


class ExportTrail(PublicPage):
    """``@@trail-export``: a short export at once, a long one as a job."""

    def __call__(self) -> Any:
        """The file, or the job's page."""
        if self.request.method != "POST":
            raise NotFound("trail-export")
        CheckAuthenticator(self.request)
        form = self.request.form
        filters, wrong = asked.read(form)
        fmt = form.get("format", "")
        if wrong or fmt not in exporting.FORMATS:
            return self._back()
        whole = exporting.at_once(filters, fmt, self.request)
        looked(filters, "trail.exported")
        if whole is not None:
            return exporting.answer(whole, self.request)
        try:
            job = exporting.start(filters, fmt)
        except NotStarted:
            return self._back()
        address = f"{self.portal_url}/@@job?id={job.id}"
        self.request.response.redirect(address, status=303)
        return ""

    def _back(self) -> str:
        url = f"{self.portal_url}/@@trail"
        self.request.response.redirect(url, status=303)
        return ""


# ------------------------------------------------------------------------- REST


def refuse(errors: list[asked.Wrong], request: Any) -> None:
    """Tell a program what is wrong.

    :raises BadRequest: with a sentence for each parameter.
    """
    if errors:
        teller = Teller(request)
        raise BadRequest(
            [
                {
                    "field": error.name,
                    "message": teller.t(error.message),
                    "error": "ValidationError",
                }
                for error in errors
            ]
        )


class TrailGet(Service):
    """``GET @trail``: filters as on the page; goes on by ``next``."""

    def reply(self) -> dict[str, Any]:
        """A page of the trail."""
        form = self.request.form
        filters, wrong = asked.read(form)
        before = ""
        try:
            before = asked.cursor(form)
        except asked.Wrong as error:
            wrong.append(error)
        refuse(wrong, self.request)
        size = size_of(self.request)
        looked(filters)
        page = finding.page(filters, before, size)
        teller = Teller(self.request)
        site = api.portal.get()
        url = f"{site.absolute_url()}/@trail"
        answer: dict[str, Any] = {
            "@id": url,
            "items": [
                {**plain(found.row, site), "sentence": teller.sentence(found.said)}
                for found in page.lines
            ],
            "stopped": page.stopped,
            "anchor": _anchor(),
            "verified": known.of().verified or None,
        }
        if page.next:
            more = {**filters.plain(), "before": page.next}
            if size != finding.PAGE:
                more["limit"] = str(size)
            answer["next"] = f"{url}?{urlencode(more)}"
        return answer


def _anchor() -> dict[str, Any] | None:
    found = anchors.latest(store.peek(api.portal.get()))
    return {"number": found.number, "at": found.at} if found is not None else None


class _JobService(Service):
    """Starts a job and tells where it is."""

    def answer(self, job: jobs.Job) -> dict[str, Any]:
        """202 with the address of the job."""
        alsoProvides(self.request, IDisableCSRFProtection)
        url = f"{api.portal.get().absolute_url()}/@jobs/{job.id}"
        response = self.request.response
        response.setStatus(202)
        response.setHeader("Location", url)
        return {"@id": url, "id": job.id, "kind": job.kind, "state": job.state}

    def body(self) -> dict[str, Any]:
        """The body as an object; an empty one where it is something else."""
        found = json_body(self.request)
        return found if isinstance(found, dict) else {}


class VerifyPost(_JobService):
    """``POST @trail-verify``: have the trail verified."""

    def reply(self) -> dict[str, Any]:
        """202 with the job."""
        return self.answer(verification.start())


class ExportPost(_JobService):
    """``POST @trail-export``: an export as a job."""

    def reply(self) -> dict[str, Any]:
        """202 with the job."""
        body = self.body()
        filters, wrong = asked.read(body)
        fmt = body.get("format", "jsonl")
        if fmt not in exporting.FORMATS:
            message = _(
                "trail_export_format",
                default="Choose one of these formats: ${names}.",
                mapping={"names": ", ".join(exporting.FORMATS)},
            )
            wrong.append(asked.Wrong("format", message))
        refuse(wrong, self.request)
        looked(filters, "trail.exported")
        return self.answer(exporting.start(filters, fmt))
