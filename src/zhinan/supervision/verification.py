"""Verifying the trail from the page: a job, its result, and the memory of the last."""

from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import IResultPage
from zhinan.pages.layout import PublicPage
from zhinan.supervision import known
from zhinan.supervision.telling import Teller
from zhinan.trail import moments
from zhinan.trail.acts import record
from zhinan.trail.verifying import verify
from zope.interface import implementer


JOB = "trail-verify"
#: Faults that the result keeps; a trail with more of them is to be restored.
MOST = 1000
#: The words of the job's counts.
COUNTS = (
    _("count_trail_chains", default="Chains"),
    _("count_trail_entries", default="Entries"),
    _("count_trail_events", default="Events"),
    _("count_trail_anchors", default="Anchors"),
    _("count_trail_faults", default="Faults"),
)


@implementer(IJobKind)
class VerifyJob:
    """All of the trail in one look: a chain is whole or it is not."""

    title = _("Verification of the trail")
    permission = "Zhinan: Read the trail"
    importing = False
    keep_days = 365

    def batch(self, run: Any) -> bool:
        """Look at everything; what is wrong becomes a row each."""
        found = verify(run.site)
        for name in ("chains", "entries", "events", "anchors"):
            run.count(f"trail_{name}", getattr(found, name))
        wrong = len(found.faults) + len(found.troubles)
        run.count("trail_faults", wrong)
        for sentence in found.troubles:
            run.row(kind="trouble", sentence=sentence)
        for fault in found.faults[:MOST]:
            run.row(**fault.plain())
        for sentence in found.remarks:
            run.row(kind="remark", sentence=sentence)
        run.total = run.done = found.entries + found.events
        known.prepare(run.site).verified = {
            "at": moments.now(),
            "fine": found.fine,
            "faults": wrong,
            "entries": found.entries,
            "events": found.events,
            "job": run.job_id,
        }
        after = "" if found.fine else "faults"
        record(None, "trail.verified", uid="trail", after=after)
        return False


VERIFY_JOB = VerifyJob()


@implementer(IResultPage)
class Result:
    """Where a job tells its result."""

    def view(self, job: jobs.Job) -> str:
        """Name of the view."""
        return "trail-verified" if job.state == jobs.DONE else ""


RESULT = Result()


def start() -> jobs.Job:
    """Have it verified; pressing the button twice does it once."""
    return jobs.start(JOB, key=JOB)


def last(request: Any) -> dict[str, Any] | None:
    """What the last verification found, for people."""
    found = known.of().verified
    if not found:
        return None
    job = jobs.get(found["job"])
    site = api.portal.get().absolute_url()
    return {
        "fine": found["fine"],
        "faults": str(found["faults"]),
        "entries": str(found["entries"] + found["events"]),
        "moment": Teller(request).moment(found["at"]),
        "url": f"{site}/@@trail-verified?job={job.id}" if job is not None else "",
    }


class VerifyPage(PublicPage):
    """``@@trail-verify``: starts the job."""

    def __call__(self) -> str:
        """Go to the job's page."""
        if self.request.method != "POST":
            raise NotFound("trail-verify")
        CheckAuthenticator(self.request)
        address = f"{self.portal_url}/@@job?id={start().id}"
        self.request.response.redirect(address, status=303)
        return ""


class VerifiedPage(PublicPage):
    """``@@trail-verified?job=ID``: what came of it."""

    template = ViewPageTemplateFile("templates/trail-verified.pt")
    title = _("Verification of the trail")

    def update(self) -> None:
        """Read the job.

        :raises NotFound: if there is none of this kind.
        """
        name = self.request.form.get("job", "")
        job = jobs.get(name) if isinstance(name, str) else None
        if job is None or job.kind != JOB:
            raise NotFound(str(name))
        self.job = job
        rows = list(job.rows())
        self.remarks = [r["sentence"] for r in rows if r["kind"] == "remark"]
        self.faults = [r["sentence"] for r in rows if r["kind"] != "remark"]
        self.number = job.counts.get("trail_faults", 0)
        self.unkept = self.number - len(self.faults)

    def moment(self) -> str:
        """When it ended."""
        ended = self.job.ended
        return Teller(self.request).moment(moments.text(ended)) if ended else ""

    def counts(self) -> list[dict[str, Any]]:
        """What was looked at."""
        names = ("chains", "entries", "events", "anchors")
        return [
            {"title": self.t(title), "number": self.job.counts.get(f"trail_{name}", 0)}
            for name, title in zip(names, COUNTS, strict=False)
        ]
