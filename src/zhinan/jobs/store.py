"""Jobs as they are kept: a store of the site's own, in an annotation of its root.

What a batch does and how far the job is are committed together, so the store always
tells the truth. What other people write (the wish to cancel) stands in an object of its
own, so that it never meets a conflict with the progress that the job thread writes.
"""

from .interfaces import IJobCancelled
from .interfaces import IJobKind
from .interfaces import IJobStarted
from .interfaces import NotStarted
from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from persistent import Persistent
from persistent.list import PersistentList
from persistent.mapping import PersistentMapping
from plone import api
from typing import Any
from zhinan import _
from zhinan.jobs.lease import Lease
from ZODB.blob import Blob
from zope.annotation.interfaces import IAnnotations
from zope.component import queryUtility
from zope.event import notify
from zope.globalrequest import getRequest
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime
import json
import secrets
import shutil
import transaction


KEY = "zhinan.jobs"
WAITING, RUNNING = "waiting", "running"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
ENDED = frozenset([DONE, FAILED, CANCELLED])
#: Messages that a job keeps; what comes after is counted only.
MOST_MESSAGES = 500
#: Days for which a result is kept where its kind says nothing else.
KEEP_DAYS = 30
#: The person of a job that the clock has started: nobody's id is empty.
CLOCK = ""
#: Called after the commit of a new job: the thread of this process need not poll.
WAKERS: list[Any] = []


def now() -> datetime.datetime:
    """The moment, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def pack(message: Any) -> dict[str, Any]:
    """A message as plain data, to be translated for whoever reads it."""
    if not isinstance(message, Message):
        return {"id": str(message), "domain": "", "default": None, "mapping": {}}
    mapping = {
        key: pack(value) if isinstance(value, Message) else str(value)
        for key, value in (message.mapping or {}).items()
    }
    return {
        "id": str(message),
        "domain": message.domain,
        "default": message.default,
        "mapping": mapping,
    }


def unpack(data: Mapping[str, Any]) -> Message | str:
    """The message that was packed."""
    if not data["domain"]:
        return str(data["id"])
    mapping = {
        key: unpack(value) if isinstance(value, dict) else value
        for key, value in data["mapping"].items()
    }
    return Message(
        data["id"], domain=data["domain"], default=data["default"], mapping=mapping
    )


class JobFile(Persistent):
    """A file that came with a job or came out of it."""

    def __init__(self, data: bytes | Path, content_type: str):
        self.content_type = content_type
        self.blob = Blob()
        with self.blob.open("w") as target:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, target)
            else:
                target.write(data)
            self.size = target.tell()


@implementer(IJobStarted)
class JobStarted:
    """A person had a job done."""

    def __init__(self, job: "Job"):
        self.job = job


@implementer(IJobCancelled)
class JobCancelled:
    """A person asked that a job ends."""

    def __init__(self, job: "Job"):
        self.job = job


class Control(Persistent):
    """What people ask of a job while it runs."""

    #: id of the person who asked to cancel it
    cancelled_by: str | None = None


class Job(Persistent):
    """One job; times are aware datetimes in UTC."""

    started: datetime.datetime | None = None
    ended: datetime.datetime | None = None
    state = WAITING
    done = 0
    total: int | None = None
    checkpoint: Any = None
    #: how often a process took the job up, and where it stood the last time
    attempts = 0
    taken_at: Any = None
    #: why it failed: a packed message
    reason: dict[str, Any] | None = None
    #: messages that were too many to be kept
    unkept = 0

    def __init__(
        self,
        kind: str,
        params: dict[str, Any],
        person: str,
        base_url: str,
        language: str,
        key: str,
    ):
        self.created = now()
        self.id = f"{self.created:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"
        self.kind = kind
        self.params = params
        self.person = person
        self.base_url = base_url
        self.language = language
        self.key = key
        self.control = Control()
        self.counts = PersistentMapping()
        self.messages = PersistentList()
        self.inputs = OOBTree()
        self.files = OOBTree()
        self._rows = IOBTree()

    @property
    def ending(self) -> bool:
        """Whether somebody asked to cancel it and it has not ended yet."""
        return self.control.cancelled_by is not None and self.state not in ENDED

    def rows(self, start: int = 0, size: int | None = None) -> Iterator[dict[str, Any]]:
        """Rows of the detailed result, in order."""
        last = None if size is None else start + size - 1
        return iter(self._rows.values(start, last))

    def row_count(self) -> int:
        """Number of rows."""
        return self._rows.maxKey() + 1 if self._rows else 0

    def add_row(self, row: dict[str, Any]) -> None:
        """Keep a row behind the others."""
        self._rows[self.row_count()] = row

    def say(self, message: Any, level: str) -> None:
        """Keep a message, or count it when there are too many."""
        if len(self.messages) < MOST_MESSAGES:
            self.messages.append({"level": level, "text": pack(message)})
        else:
            self.unkept += 1

    def end(self, state: str, reason: Any = None) -> None:
        """The job has ended in this state."""
        self.state = state
        self.ended = now()
        self.reason = None if reason is None else pack(reason)


class Store(Persistent):
    """All jobs of a site by id, which sorts by time."""

    def __init__(self) -> None:
        self.jobs = OOBTree()
        #: ids of the jobs that have not ended
        self.open = OOTreeSet()
        self.lease = Lease()
        #: the site's address as it was last used by a person
        self.address = ""
        #: names of scheduled work that fails, with the reason
        self.troubles = OOBTree()


def of(site: Any) -> Store | None:
    """The store of a site, or None while it has none."""
    return IAnnotations(site).get(KEY)


def prepare(site: Any) -> Store:
    """The store of a site, made where there is none."""
    annotations = IAnnotations(site)
    if KEY not in annotations:
        annotations[KEY] = Store()
    return annotations[KEY]


def kind_of(name: str) -> Any:
    """The kind with this name, or None."""
    return queryUtility(IJobKind, name=name)


def may_start(kind: Any, site: Any) -> bool:
    """Whether the person who is logged in may start jobs of a kind."""
    return bool(api.user.has_permission(kind.permission, obj=site))


def start(
    kind: str,
    params: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes | Path] | None = None,
    key: str = "",
) -> Job:
    """Have work done as the person who is logged in; the job, which waits.

    :param files: what the job works on, by name: bytes or the path of a file.
    :param key: where one of the same kind and key has not ended yet, it is the answer:
        a button pressed twice does nothing twice.
    :raises NotStarted: if there is no such kind, or the person may not.
    """
    site = api.portal.get()
    found = kind_of(kind)
    if found is None:
        raise NotStarted(
            _(
                "job_unknown",
                default="There is no job “${kind}”.",
                mapping={"kind": kind},
            )
        )
    if not may_start(found, site):
        raise NotStarted(
            _(
                "job_not_allowed",
                default="You may not start “${title}”. Ask the site's administrator.",
                mapping={"title": found.title},
            )
        )
    store = prepare(site)
    other = _unended(store, kind, key)
    if other is not None:
        return other
    request = getRequest()
    if store.address != site.absolute_url():
        store.address = site.absolute_url()
    job = Job(
        kind,
        # A copy that is certainly plain data.
        json.loads(json.dumps(dict(params or {}))),
        api.user.get_current().getId(),
        site.absolute_url(),
        (request.get("LANGUAGE") if request is not None else "") or "zh-cn",
        key,
    )
    for name, data in (files or {}).items():
        job.inputs[name] = JobFile(data, "application/octet-stream")
    return _add(store, job)


def start_by_clock(kind: str, key: str) -> Job:
    """Have work done by the system itself, when its time has come; for IScheduled.

    Never called for a person: nobody is asked whether they may.
    """
    store = prepare(api.portal.get())
    other = _unended(store, kind, key)
    if other is not None:
        return other
    # Links are those of the address that people used last.
    return _add(store, Job(kind, {}, CLOCK, store.address, "zh-cn", key))


def _unended(store: Store, kind: str, key: str) -> Job | None:
    for job_id in store.open if key else ():
        other = store.jobs[job_id]
        if (other.kind, other.key) == (kind, key) and not other.ending:
            return other
    return None


def _add(store: Store, job: Job) -> Job:
    store.jobs[job.id] = job
    store.open.insert(job.id)
    notify(JobStarted(job))
    transaction.get().addAfterCommitHook(_wake)
    return job


def _wake(success: bool) -> None:
    for wake in WAKERS if success else ():
        wake()


def get(job_id: str) -> Job | None:
    """The job with this id, or None."""
    store = of(api.portal.get())
    return store.jobs.get(job_id) if store is not None else None


def may_see(job: Job) -> bool:
    """Whether the person who is logged in may see a job: their own, or all of them."""
    if api.user.is_anonymous():
        return False
    if job.person == api.user.get_current().getId():
        return True
    return bool(api.user.has_permission("Zhinan: See all jobs", obj=api.portal.get()))


def visible() -> Iterator[Job]:
    """The jobs that the person may see, the newest first."""
    store = of(api.portal.get())
    if store is None:
        return
    for job_id in reversed(store.jobs.keys()):
        job = store.jobs[job_id]
        if may_see(job):
            yield job


def cancel(job: Job) -> bool:
    """Ask that a job ends; whether it can still be asked.

    What its batches did so far stays; it ends before the next one.
    """
    if job.state in ENDED:
        return False
    if job.control.cancelled_by is None:
        job.control.cancelled_by = api.user.get_current().getId()
        notify(JobCancelled(job))
        transaction.get().addAfterCommitHook(_wake)
    return True


def kept_until(job: Job) -> datetime.datetime | None:
    """When an ended job is removed with its files, or None while it has not ended."""
    if job.ended is None:
        return None
    days = getattr(kind_of(job.kind), "keep_days", KEEP_DAYS)
    return job.ended + datetime.timedelta(days=days)


def purge(site: Any) -> int:
    """Remove what was kept long enough; the number removed."""
    store = of(site)
    if store is None:
        return 0
    moment = now()
    old = [
        job_id
        for job_id, job in store.jobs.items()
        if (until := kept_until(job)) is not None and until < moment
    ]
    for job_id in old:
        del store.jobs[job_id]
    return len(old)
