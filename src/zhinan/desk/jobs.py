"""Jobs for the staff: what runs, how far it is, what came of it."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.documents.names import content_disposition
from zhinan.documents.names import human_size
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IResultPage
from zhinan.pages.layout import PublicPage
from zhinan.pages.layout import static_url
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zope.component import queryUtility
from zope.i18nmessageid import Message
from ZPublisher.Iterators import filestream_iterator

import datetime


STATES = {
    jobs.WAITING: _("job_state_waiting", default="Waiting"),
    jobs.RUNNING: _("job_state_running", default="Running"),
    jobs.DONE: _("job_state_done", default="Done"),
    jobs.FAILED: _("job_state_failed", default="Failed"),
    jobs.CANCELLED: _("job_state_cancelled", default="Cancelled"),
}


class JobWords:
    """How the pages tell of jobs."""

    def moment(self, moment: datetime.datetime | None) -> str:
        """Day and time in the city."""
        if moment is None:
            return ""
        local = moment.astimezone(CITY_TIME)
        return f"{self.date(local.date())} {local:%H:%M}"

    def job_title(self, job: jobs.Job) -> str:
        """What people call the job."""
        kind = jobs.kind_of(job.kind)
        title = self.t(kind.title) if kind is not None else job.kind
        name = job.params.get("filename")
        if not isinstance(name, str) or not name:
            return title
        return self.t(
            _(
                "job_title_with_name",
                default="${title}: ${name}",
                mapping={"title": title, "name": name},
            )
        )

    def job_state(self, job: jobs.Job) -> str:
        """State in words."""
        if job.ending:
            return self.t(_("Being cancelled"))
        return self.t(STATES[job.state])

    def job_url(self, job: jobs.Job) -> str:
        """Address of the job's page."""
        return f"{self.portal_url}/@@job?id={job.id}"

    def person(self, job: jobs.Job) -> str:
        """Name of who started it."""
        if job.person == jobs.CLOCK:
            return self.t(_("The system"))
        user = api.user.get(userid=job.person)
        return (user.getProperty("fullname") if user else "") or job.person

    def progress(self, job: jobs.Job) -> str:
        """How far it is, in words."""
        if job.total:
            return f"{job.done} / {job.total}"
        return str(job.done) if job.done else ""

    def counts(self, job: jobs.Job) -> list[dict[str, Any]]:
        """The results with their numbers."""
        return [
            {
                "title": self.t(
                    Message(f"count_{name}", domain="zhinan", default=name)
                ),
                "number": number,
            }
            for name, number in job.counts.items()
        ]


class JobsPage(JobWords, ListPage):
    """The jobs that the person may see, the newest first."""

    template = ViewPageTemplateFile("templates/jobs.pt")
    title = _("Jobs")

    def update(self) -> None:
        """Read the store.

        :raises Unauthorized: if nobody is logged in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to see jobs.")))
        found = list(jobs.visible())
        self.total = len(found)
        self.entries = [
            {
                "url": self.job_url(job),
                "title": self.job_title(job),
                "state": self.job_state(job),
                "state_id": job.state,
                "progress": self.progress(job),
                "person": self.person(job),
                "created": self.moment(job.created),
            }
            for job in found[self.start : self.start + PAGE_SIZE]
        ]

    def page_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@jobs"

    def troubles(self) -> list[dict[str, str]]:
        """Scheduled work that fails, for those who may see all jobs."""
        store = jobs.of(api.portal.get())
        if store is None or not api.user.has_permission(
            "Zhinan: See all jobs", obj=api.portal.get()
        ):
            return []
        return [
            {
                "name": name,
                "reason": trouble["reason"],
                "since": self.moment(trouble["since"]),
            }
            for name, trouble in store.troubles.items()
        ]


class OneJob:
    """Finds the job that the address names."""

    @cached_property
    def job(self) -> jobs.Job:
        """The job; one that the person may not see is not there.

        :raises NotFound: if there is none.
        """
        name = self.request.form.get("id", "")
        job = jobs.get(name) if isinstance(name, str) else None
        if job is None or not jobs.may_see(job):
            raise NotFound(name)
        return job


class JobPage(OneJob, JobWords, PublicPage):
    """One job: progress while it runs, then what came of it."""

    template = ViewPageTemplateFile("templates/job.pt")

    def update(self) -> None:
        """Cancel it when the button was pressed."""
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            if "cancel" in self.request.form:
                jobs.cancel(self.job)
            self.request.response.redirect(self.job_url(self.job), status=303)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.job_title(self.job)

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.job.state in jobs.ENDED

    @property
    def percent(self) -> int:
        """Share done, 0 to 100."""
        return min(100, 100 * self.job.done // self.job.total) if self.job.total else 0

    def reason(self) -> str:
        """Why it failed."""
        return self.t(jobs.unpack(self.job.reason)) if self.job.reason else ""

    def messages(self) -> list[dict[str, str]]:
        """What it said."""
        return [
            {"level": message["level"], "text": self.t(jobs.unpack(message["text"]))}
            for message in self.job.messages
        ]

    def files(self) -> list[dict[str, str]]:
        """The files of the result."""
        return [
            {
                "name": name,
                "size": human_size(file.size),
                "url": f"{self.portal_url}/@@job-file?id={self.job.id}&name={name}",
            }
            for name, file in self.job.files.items()
        ]

    def result_url(self) -> str:
        """Address of the page that shows the result, where the kind has one."""
        page = queryUtility(IResultPage, name=self.job.kind)
        name = page.view(self.job) if page is not None else ""
        return f"{self.portal_url}/@@{name}?job={self.job.id}" if name else ""

    def kept(self) -> str:
        """Until when the result is kept."""
        until = jobs.kept_until(self.job)
        return self.date(until.astimezone(CITY_TIME).date()) if until else ""

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def script_url(self) -> str:
        """Address of the script that keeps the page up to date."""
        return static_url(self.portal_url, "progress.js")


class JobFile(OneJob, BrowserView):
    """``@@job-file?id=ID&name=NAME``: a file of a job's result."""

    def __call__(self) -> Any:
        """The file.

        :raises NotFound: if the job has no such file.
        """
        name = self.request.form.get("name", "")
        file = self.job.files.get(name) if isinstance(name, str) else None
        if file is None:
            raise NotFound(name)
        response = self.request.response
        response.setHeader("Content-Type", file.content_type)
        response.setHeader("Content-Length", str(file.size))
        response.setHeader("Content-Disposition", content_disposition(name))
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "private, no-store")
        return filestream_iterator(file.blob.committed(), "rb")
