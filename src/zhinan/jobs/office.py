"""Jobs for whoever has no browser: the same for the socket and for a command.

Each function takes the root of the database, works in a transaction of this thread and
gives plain data with sentences in the reader's language.
"""

from .acting import acting
from .acting import person_of
from .interfaces import NotStarted
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zhinan import _
from zhinan.jobs import store as jobs
from zope.i18n import translate
from zope.i18nmessageid import Message

import transaction


LANGUAGE = "zh_CN"
#: Jobs that a list shows.
LISTED = 20


class Refused(Exception):
    """A wish that cannot be met; the first argument is the sentence."""


def say(message: Any) -> str:
    """A message as a sentence."""
    return str(translate(message, target_language=LANGUAGE))


def site_path(app: Any, site_id: str = "") -> str:
    """Path of the site with this id, or of the only one.

    :raises Refused: if there is none, or several and none is named.
    """
    sites = [site.getId() for site in app.objectValues("Plone Site")]
    if site_id in sites:
        return f"/{site_id}"
    if len(sites) == 1 and not site_id:
        return f"/{sites[0]}"
    raise Refused(
        say(
            _(
                "which_site",
                default="Which site? There are: ${sites}. Name one with --site.",
                mapping={"sites": ", ".join(sites) or "–"},
            )
        )
    )


def start(
    app: Any,
    path: str,
    person: str,
    kind: str,
    params: Mapping[str, Any],
    files: Mapping[str, Path],
    key: str = "",
) -> str:
    """Start a job as a person; its id.

    :raises Refused: if there is no such person, or the job was not taken.
    """
    transaction.begin()
    try:
        site = app.unrestrictedTraverse(path)
        user = person_of(site, person)
        if user is None:
            raise Refused(
                say(
                    _(
                        "no_such_person",
                        default="“${person}” has no account on this site. Name one "
                        "with --user.",
                        mapping={"person": person},
                    )
                )
            )
        store = jobs.of(site)
        address = (store and store.address) or f"http://localhost:8080{path}"
        with acting(app, path, user, address):
            job = jobs.start(kind, params, files, key)
            transaction.commit()
            return job.id
    except NotStarted as refusal:
        raise Refused(say(refusal.args[0])) from refusal
    finally:
        transaction.abort()


def _job(app: Any, path: str, job_id: str) -> jobs.Job:
    store = jobs.of(app.unrestrictedTraverse(path))
    job = store.jobs.get(job_id) if store is not None else None
    if job is None:
        raise Refused(
            say(
                _(
                    "no_such_job",
                    default="There is no job “${job}” (any more).",
                    mapping={"job": job_id},
                )
            )
        )
    return job


def report(app: Any, path: str, job_id: str, told: int = 0) -> dict[str, Any]:
    """How a job stands, with the messages behind the first ``told`` ones.

    :raises Refused: if there is no such job.
    """
    transaction.begin()
    try:
        job = _job(app, path, job_id)
        with acting(app, path):
            return describe(job, told)
    finally:
        transaction.abort()


def describe(job: jobs.Job, told: int = 0) -> dict[str, Any]:
    """A job as plain data; counts by their names in the reader's language."""
    kind = jobs.kind_of(job.kind)
    return {
        "job": job.id,
        "kind": job.kind,
        "title": say(kind.title) if kind is not None else job.kind,
        "state": job.state,
        "ending": job.ending,
        "done": job.done,
        "total": job.total,
        "counts": {count_title(name): n for name, n in job.counts.items()},
        "reason": say(jobs.unpack(job.reason)) if job.reason else "",
        "messages": [
            {"level": message["level"], "text": say(jobs.unpack(message["text"]))}
            for message in list(job.messages)[told:]
        ],
        "files": {name: file.size for name, file in job.files.items()},
        "person": job.person,
        "created": job.created.isoformat(timespec="seconds"),
    }


def count_title(name: str) -> str:
    """What people call a count: the message ``count_<name>``, else the name."""
    return say(Message(f"count_{name}", domain="zhinan", default=name))


def cancel(app: Any, path: str, person: str, job_id: str) -> bool:
    """Ask that a job ends; whether it could still be asked.

    :raises Refused: if there is no such job.
    """
    transaction.begin()
    try:
        site = app.unrestrictedTraverse(path)
        job = _job(app, path, job_id)
        with acting(app, path, person_of(site, person)):
            asked = jobs.cancel(job)
            transaction.commit()
            return asked
    finally:
        transaction.abort()


def listing(app: Any, path: str) -> list[dict[str, Any]]:
    """The newest jobs."""
    transaction.begin()
    try:
        store = jobs.of(app.unrestrictedTraverse(path))
        if store is None:
            return []
        with acting(app, path):
            newest = list(reversed(store.jobs.keys()))[:LISTED]
            return [describe(store.jobs[job_id]) for job_id in newest]
    finally:
        transaction.abort()


def file(app: Any, path: str, job_id: str, name: str) -> Path:
    """Where a file of a result stands on this machine.

    :raises Refused: if there is no such job or file.
    """
    transaction.begin()
    try:
        job = _job(app, path, job_id)
        if name not in job.files:
            raise Refused(
                say(
                    _(
                        "no_such_file",
                        default="The job has no file “${name}”.",
                        mapping={"name": name},
                    )
                )
            )
        return Path(job.files[name].blob.committed())
    finally:
        transaction.abort()
