"""Jobs that people start leave a trace: their room knows no trail."""

from typing import Any
from zhinan.jobs.interfaces import IJobCancelled
from zhinan.jobs.interfaces import IJobStarted
from zhinan.trail.acts import record
from zope.component import adapter


@adapter(IJobStarted)
def started(event: Any) -> None:
    """Which kind of job; what it works on may be personal."""
    job = event.job
    record(None, "job.started", uid=f"job:{job.id}", title=job.kind, after=job.kind)


@adapter(IJobCancelled)
def cancelled(event: Any) -> None:
    """Somebody wanted it to end."""
    job = event.job
    record(None, "job.cancelled", uid=f"job:{job.id}", title=job.kind, before=job.kind)
