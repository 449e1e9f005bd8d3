"""Runs jobs, batch by batch, and what is scheduled in between.

The same code runs in the thread of the site's process, in a command while the site is
stopped, and in tests. Each batch is a transaction of its own, in which the progress and
the lease are kept with what the batch did: a process that has lost the lease can commit
nothing, so nothing is ever done twice.
"""

from .acting import acting
from .acting import person_of
from .disk import disk_failure
from .interfaces import IScheduled
from .interfaces import JobFailed
from .interfaces import MORE
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from transaction.interfaces import TransientError
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.jobs import store as jobs
from zhinan.jobs.lease import alone
from zhinan.jobs.lease import Holder
from zope.component import getUtilitiesFor
from zope.component.hooks import getSite
from zope.component.hooks import setSite

import time
import transaction


#: How often a batch that met a conflict is done again.
TRIES = 12
#: How often a job may be taken up at the same place: what kills the process each time
#: must not do so for ever.
ATTEMPTS = 3
#: Seconds between two looks at what is scheduled.
TICK = 1.0

#: One thread of a process at a time.
_ONE = Lock()


class Run:
    """A job while it runs, as its kind sees it; see ``IRun``."""

    def __init__(self, job: jobs.Job, site: Any, memory: dict[str, Any]):
        self._job = job
        self.site = site
        self.memory = memory
        self.job_id = job.id
        self.params = job.params
        self.checkpoint = job.checkpoint
        self.total = job.total
        self.done = job.done
        self.counts = dict(job.counts)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a result's number."""
        self.counts[name] = self.counts.get(name, 0) + number

    def say(self, message: Any, level: str = "info") -> None:
        """Keep a message for people."""
        self._job.say(message, level)

    def row(self, **values: Any) -> None:
        """Keep one row of the detailed result."""
        self._job.add_row(values)

    def rows(self) -> Iterator[dict[str, Any]]:
        """All rows kept so far, in order."""
        return self._job.rows()

    def input(self, name: str) -> Path:
        """Path of a file that was given with the job."""
        return Path(self._job.inputs[name].blob.committed())

    def attach(self, name: str, data: bytes, content_type: str) -> None:
        """Keep a file of the result."""
        self._job.files[name] = jobs.JobFile(data, content_type)

    def keep(self) -> None:
        """Write the progress to the job, as far as it changed."""
        for name in ("checkpoint", "total", "done"):
            if getattr(self._job, name) != getattr(self, name):
                setattr(self._job, name, getattr(self, name))
        if dict(self._job.counts) != self.counts:
            self._job.counts.clear()
            self._job.counts.update(self.counts)


class LeaseLost(Exception):
    """Another process runs the jobs now."""


class Leader:
    """Takes the lease of every site and does what is to be done, step by step.

    :param app: the root of the database, without a request; its connection is that
        of this thread and stays open.
    """

    def __init__(self, app: Any):
        self.app = app
        self.holder = Holder()
        self.alone = alone(app._p_jar.db().storage)
        self._memory: tuple[str, dict[str, Any]] = ("", {})
        self._due: dict[tuple[str, str], float] = {}
        self._ticked = 0.0
        self._taken: set[str] = set()

    def step(self) -> bool:
        """Do what is due and one batch of one job; whether there was a batch."""
        with _ONE:
            busy = False
            for path in self.sites():
                if not self.lead(path):
                    continue
                self.tick(path)
                busy = self.batch(path) or busy
            return busy

    def sites(self) -> list[str]:
        """Paths of the sites that have jobs."""
        transaction.begin()
        try:
            return [
                "/".join(site.getPhysicalPath())
                for site in self.app.objectValues("Plone Site")
                if jobs.of(site) is not None
            ]
        finally:
            transaction.abort()

    @contextmanager
    def _site(self, path: str) -> Iterator[Any]:
        """The site, whose own components are asked meanwhile."""
        before = getSite()
        site = self.app.unrestrictedTraverse(path)
        setSite(site)
        try:
            yield site
        finally:
            setSite(before)

    def _store(self, path: str) -> jobs.Store:
        return jobs.of(self.app.unrestrictedTraverse(path))

    def lead(self, path: str) -> bool:
        """Whether this process runs the jobs of a site, from now on if need be."""
        transaction.begin()
        try:
            if not self._store(path).lease.take(self.holder, self.alone):
                return False
            transaction.commit()
            return True
        except TransientError:
            return False
        finally:
            transaction.abort()

    def leave(self) -> None:
        """Give the leases back."""
        for path in self.sites():
            transaction.begin()
            try:
                self._store(path).lease.release(self.holder)
                transaction.commit()
            except TransientError:
                logger.info("The lease of %s was taken by somebody else", path)
            finally:
                transaction.abort()

    def _guard(self, store: jobs.Store) -> None:
        """Let the commit fail if somebody else takes the lease meanwhile.

        :raises LeaseLost: if somebody has taken it already.
        """
        if not store.lease.held_by(self.holder):
            raise LeaseLost
        self.app._p_jar.readCurrent(store.lease)

    # ---------------------------------------------------------------- scheduled

    def tick(self, path: str) -> None:
        """Do what is scheduled and due."""
        moment = time.monotonic()
        if moment - self._ticked < TICK:
            return
        self._ticked = moment
        transaction.begin()
        with self._site(path):
            names = [(name, work.every) for name, work in getUtilitiesFor(IScheduled)]
        transaction.abort()
        for name, every in names:
            if self._due.get((path, name), 0.0) <= moment:
                self._due[(path, name)] = moment + max(5.0, every)
                if self.scheduled(path, name):
                    del self._due[(path, name)]

    def scheduled(self, path: str, name: str) -> bool:
        """Do one piece of scheduled work; its failure is written down, and it stays.

        :returns: whether it left something that should not wait.
        """
        for _attempt in range(TRIES):
            transaction.begin()
            try:
                store = self._store(path)
                self._guard(store)
                with acting(self.app, path) as site:
                    work = dict(getUtilitiesFor(IScheduled)).get(name)
                    wrote = work is not None and work.run(site)
                    more = wrote == MORE
                    if name in store.troubles:
                        del store.troubles[name]
                        wrote = True
                    if wrote:
                        transaction.commit()
                return more
            except TransientError:
                time.sleep(0.05)
            except LeaseLost:
                return False
            except Exception as error:
                if disk_failure(error):
                    raise
                logger.exception("Scheduled work %s failed", name)
                transaction.abort()
                self._trouble(path, name, f"{type(error).__name__}: {error}")
                return False
            finally:
                transaction.abort()
        return False

    def _trouble(self, path: str, name: str, reason: str) -> None:
        transaction.begin()
        store = self._store(path)
        known = store.troubles.get(name)
        if known is None or known["reason"] != reason:
            store.troubles[name] = {"reason": reason, "since": jobs.now()}
            try:
                transaction.commit()
            except TransientError:
                logger.info("%s: the failure could not be written down", name)

    # --------------------------------------------------------------------- jobs

    def next_job(self, path: str) -> str | None:
        """The job to go on with: the one that was begun first, else the oldest."""
        store = self._store(path)
        waiting = None
        for job_id in store.open:
            if store.jobs[job_id].state == jobs.RUNNING:
                return job_id
            waiting = waiting or job_id
        return waiting

    def batch(self, path: str) -> bool:
        """Do one batch of the job whose turn it is; whether there was one."""
        transaction.begin()
        try:
            job_id = self.next_job(path)
        finally:
            transaction.abort()
        if job_id is None:
            return False
        if job_id not in self._taken:
            if not self._try(path, job_id, self._take_up):
                return False
            self._taken.add(job_id)
        if self._memory[0] != job_id:
            self._memory = (job_id, {})
        return self._try(path, job_id, self._batch)

    def _try(self, path: str, job_id: str, act: Callable[[str, str], None]) -> bool:
        """Do a transaction, again after a conflict; a failure ends the job.

        :returns: whether this process still runs the jobs.
        """
        reason: Any = None
        for attempt in range(TRIES):
            transaction.begin()
            try:
                act(path, job_id)
                transaction.commit()
                return True
            except LeaseLost:
                self._taken.discard(job_id)
                return False
            except TransientError:
                self._memory = (job_id, {})
                time.sleep(0.02 * (attempt + 1))
                reason = _(
                    "job_conflicts",
                    default="Too many people wrote at the same time. Start it again.",
                )
            except JobFailed as failure:
                reason = failure.args[0]
                break
            except Exception as error:
                if disk_failure(error):
                    # The job waits for space, and goes on behind its last batch.
                    raise
                logger.exception("Job %s failed", job_id)
                reason = _(
                    "job_broken",
                    default="A mistake of the program (${error}); the server's log "
                    "tells more under the number ${job}.",
                    mapping={"error": type(error).__name__, "job": job_id},
                )
                break
            finally:
                transaction.abort()
        self._end(path, job_id, jobs.FAILED, reason)
        return True

    def _end(self, path: str, job_id: str, state: str, reason: Any) -> None:
        for attempt in range(TRIES):
            transaction.begin()
            try:
                store = self._store(path)
                self._guard(store)
                self._close(store, job_id, state, reason)
                transaction.commit()
                return
            except LeaseLost:
                return
            except TransientError:
                time.sleep(0.05 * (attempt + 1))
            finally:
                transaction.abort()

    def _close(self, store: jobs.Store, job_id: str, state: str, reason: Any) -> None:
        job = store.jobs[job_id]
        if job.state not in jobs.ENDED:
            job.end(state, reason)
            store.open.remove(job_id)

    def _take_up(self, path: str, job_id: str) -> None:
        """Write down that this process has the job now.

        :raises JobFailed: if it was taken up too often without getting on.
        """
        store = self._store(path)
        self._guard(store)
        job = store.jobs[job_id]
        if job.state == jobs.RUNNING and job.taken_at != job.checkpoint:
            job.attempts = 0
        if job.attempts >= ATTEMPTS:
            raise JobFailed(
                _(
                    "job_interrupted",
                    default="The program was ended ${times} times at the same place.",
                    mapping={"times": str(job.attempts)},
                )
            )
        job.attempts += 1
        job.taken_at = job.checkpoint
        job.state = jobs.RUNNING
        job.started = job.started or jobs.now()

    def _batch(self, path: str, job_id: str) -> None:
        """One batch as the person who started the job, who must still be allowed to.

        :raises JobFailed: if the job cannot be done.
        """
        store = self._store(path)
        self._guard(store)
        store.lease.take(self.holder, self.alone)
        job = store.jobs[job_id]
        if job.state != jobs.RUNNING:
            # It could not be taken up.
            return
        if job.control.cancelled_by is not None:
            self._close(store, job_id, jobs.CANCELLED, None)
            return
        with self._site(path) as site:
            kind = jobs.kind_of(job.kind)
            by_clock = job.person == jobs.CLOCK
            user = None if by_clock else person_of(site, job.person)
        if kind is None:
            raise JobFailed(
                _(
                    "job_unknown",
                    default="There is no job “${kind}”.",
                    mapping={"kind": job.kind},
                )
            )
        if user is None and not by_clock:
            raise JobFailed(
                _(
                    "job_nobody",
                    default="“${person}”, who started it, has no account any more.",
                    mapping={"person": job.person},
                )
            )
        with acting(
            self.app, path, user, job.base_url, job.language, kind.importing
        ) as site:
            if not by_clock and not jobs.may_start(kind, site):
                raise JobFailed(
                    _(
                        "job_no_longer_allowed",
                        default="“${person}”, who started it, may do this no longer.",
                        mapping={"person": job.person},
                    )
                )
            run = Run(job, site, self._memory[1])
            more = kind.batch(run)
            run.keep()
            if not more:
                self._close(store, job_id, jobs.DONE, None)
            # What runs before a commit asks for the site and the person.
            transaction.commit()


def run_waiting(site: Any, watch: Callable[[], None] | None = None) -> None:
    """Do all jobs of a site that wait, in this thread, each to its end.

    For commands while the site is stopped, and for tests. What the caller has changed
    is committed first.

    :param watch: called after each batch.
    """
    transaction.commit()
    leader = Leader(site._p_jar.root()["Application"])
    path = "/".join(site.getPhysicalPath())
    with _ONE:
        try:
            if not leader.lead(path):
                raise JobFailed(
                    _(
                        "jobs_elsewhere",
                        default="Another process runs the jobs of this site.",
                    )
                )
            while leader.batch(path):
                if watch is not None:
                    watch()
        finally:
            leader.leave()
    transaction.begin()
