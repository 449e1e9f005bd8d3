"""REST of jobs: how far they are, what came of them, and cancel."""

from .jobs import JobWords
from plone import api
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.documents.names import content_disposition
from zhinan.jobs import store as jobs
from zhinan.pages.formats import Formats
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse
from ZPublisher.Iterators import filestream_iterator


#: Rows of the detailed result, or jobs, in one answer.
MOST = 200


@implementer(IPublishTraverse)
class JobService(Formats, JobWords, Service):
    """Base: finds the job that the address names; a foreign one is not there."""

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.parts: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "JobService":
        """Take a part of the address behind ``@jobs``."""
        self.parts.append(name)
        return self

    def job(self) -> jobs.Job:
        """The job.

        :raises NotFound: if there is none that the person may see.
        """
        job = jobs.get(self.parts[0])
        if job is None or not jobs.may_see(job):
            raise NotFound(self.parts[0])
        return job

    def number(self, name: str, default: int) -> int:
        """A number of the query string, 0 or more.

        :raises BadRequest: if it is none.
        """
        text = self.request.form.get(name, str(default))
        if not (isinstance(text, str) and text.isascii() and text.isdecimal()):
            raise BadRequest(
                self.t(
                    _(
                        "not_a_count",
                        default="${name} is a whole number, 0 or more.",
                        mapping={"name": name},
                    )
                )
            )
        return min(int(text), 10**9)

    def summary(self, job: jobs.Job) -> dict[str, Any]:
        """A job as a client needs it."""
        return json_compatible(
            {
                "@id": f"{self.portal_url}/@jobs/{job.id}",
                "id": job.id,
                "kind": job.kind,
                "title": self.job_title(job),
                "state": job.state,
                "state_title": self.job_state(job),
                "ended": job.state in jobs.ENDED,
                "being_cancelled": job.ending,
                "done": job.done,
                "total": job.total,
                "progress": self.progress(job),
                "counts": dict(job.counts),
                "reason": self.t(jobs.unpack(job.reason)) if job.reason else None,
                "person": job.person,
                "created": job.created,
                "started": job.started,
                "finished": job.ended,
                "kept_until": jobs.kept_until(job),
                "page": self.job_url(job),
            }
        )

    def whole(self, job: jobs.Job) -> dict[str, Any]:
        """A job with its messages and files."""
        url = f"{self.portal_url}/@jobs/{job.id}"
        return {
            **self.summary(job),
            "params": dict(job.params),
            "messages": [
                {
                    "level": message["level"],
                    "text": self.t(jobs.unpack(message["text"])),
                }
                for message in job.messages
            ],
            "messages_not_kept": job.unkept,
            "files": [
                {
                    "@id": f"{url}/files/{name}",
                    "filename": name,
                    "content-type": file.content_type,
                    "size": file.size,
                }
                for name, file in job.files.items()
            ],
            "rows": {"@id": f"{url}/rows", "items_total": job.row_count()},
        }


class JobsGet(JobService):
    """``GET @jobs``, ``@jobs/ID``, ``@jobs/ID/rows`` and ``@jobs/ID/files/NAME``."""

    def reply(self) -> Any:
        """What the address names.

        :raises Unauthorized: if nobody is logged in.
        """
        if api.user.is_anonymous():
            raise Unauthorized(self.t(_("Log in to see jobs.")))
        match self.parts:
            case []:
                return self.listing()
            case [_id]:
                return self.whole(self.job())
            case [_id, "rows"]:
                return self.rows(self.job())
            case [_id, "files", name]:
                return self.file(self.job(), name)
        raise NotFound("/".join(self.parts))

    def listing(self) -> dict[str, Any]:
        """The jobs that the person may see, the newest first."""
        start = self.number("start", 0)
        found = list(jobs.visible())
        page = found[start : start + MOST]
        return {
            "@id": f"{self.portal_url}/@jobs",
            "items": [self.summary(job) for job in page],
            "items_total": len(found),
        }

    def rows(self, job: jobs.Job) -> dict[str, Any]:
        """Rows of the detailed result from ``start`` on."""
        start = self.number("start", 0)
        size = min(self.number("limit", MOST), MOST)
        found = list(job.rows(start, size)) if size else []
        url = f"{self.portal_url}/@jobs/{job.id}/rows"
        after = start + len(found)
        answer = {"@id": url, "items": found, "items_total": job.row_count()}
        if found and after < job.row_count():
            answer["next"] = f"{url}?start={after}"
        return answer

    def file(self, job: jobs.Job, name: str) -> Any:
        """A file of the result.

        :raises NotFound: if there is none of this name.
        """
        file = job.files.get(name)
        if file is None:
            raise NotFound(name)
        response = self.request.response
        response.setHeader("Content-Type", file.content_type)
        response.setHeader("Content-Length", str(file.size))
        response.setHeader("Content-Disposition", content_disposition(name))
        response.setHeader("X-Content-Type-Options", "nosniff")
        return filestream_iterator(file.blob.committed(), "rb")

    def render(self) -> Any:
        """A file as it is, everything else as JSON."""
        if len(self.parts) != len(["ID", "files", "NAME"]):
            return super().render()
        self.check_permission()
        return self.reply()


class JobCancel(JobService):
    """``DELETE @jobs/ID``: ask that a job ends; what is done so far stays."""

    def reply(self) -> Any:
        """202 with the job, 409 if it has ended.

        :raises NotFound: if the address names no job.
        """
        if len(self.parts) != 1:
            raise NotFound("/".join(self.parts))
        job = self.job()
        if not jobs.cancel(job):
            self.request.response.setStatus(409)
            message = _("The job has ended already.")
            return {"error": {"type": "Conflict", "message": self.t(message)}}
        self.request.response.setStatus(202)
        return self.summary(job)
