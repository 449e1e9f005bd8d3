"""What a room gives and gets to have long or scheduled work done.

A room registers an ``IJobKind`` (a utility, named by the kind) for work that a person
starts, and an ``IScheduled`` (a utility, named) for work that time starts. Both run in
the site's job thread, or in the command itself where the site is stopped.
"""

from zope.interface import Attribute
from zope.interface import Interface


#: What scheduled work gives back that wrote and left something for the next look.
MORE = "more"


class IJobKind(Interface):
    """One kind of long work.

    A job is done in batches. Each batch is one transaction, in which the job's progress
    is kept together with what the batch did: after ``kill -9`` the job goes on behind
    its last batch, and a batch that meets a conflict is done again from the same
    checkpoint. So a batch depends on ``run.checkpoint`` and the database alone.
    """

    title = Attribute("What people call it, a Message")
    permission = Attribute(
        "Title of the permission on the site; asked when the job is started, and of "
        "the person who started it before every batch"
    )
    importing = Attribute(
        "Whether nothing meant for people's acts may fire: the request of the batches "
        "is marked as an import"
    )
    keep_days = Attribute("Days for which result and files are kept after the end")

    def batch(run):
        """Do the next piece of the work, at most some seconds of it.

        :param run: an ``IRun``.
        :returns: whether there is more to do.
        :raises zhinan.jobs.interfaces.JobFailed: to end the job with a reason.
        """


class IRun(Interface):
    """A job while it runs, as its kind sees it."""

    site = Attribute("The Plone site; the person who started the job is logged in")
    job_id = Attribute("Id of the job")
    params = Attribute("Parameters of the job: a dict of plain JSON values")
    checkpoint = Attribute(
        "Where to go on: plain JSON value, None in the first batch. Assign anew; it is "
        "kept with the batch."
    )
    memory = Attribute(
        "A dict of this process that lives between batches and not beyond a restart or "
        "a conflict; for what can be made again, such as a parsed file"
    )
    total = Attribute("Number of things to do, or None while it is not known")
    done = Attribute("Number of things done")
    counts = Attribute("Mapping of a result's name to its number")

    def count(name, number=1):
        """Add to a result's number."""

    def say(message, level="info"):
        """Keep a message for people; ``level`` is info, warning or error."""

    def row(**values):
        """Keep one row of the detailed result: plain JSON values."""

    def rows():
        """All rows kept so far, in order."""

    def input(name):
        """Path of a file that was given with the job; KeyError if there is none."""

    def attach(name, data, content_type):
        """Keep a file of the result (bytes); one of the same name is replaced."""


class IScheduled(Interface):
    """Work that time starts, done by the system itself; every run is short."""

    every = Attribute("Seconds between two runs; at least 5")

    def run(site):
        """Do what is due, in one transaction.

        :returns: whether it wrote anything; if not, the transaction is dropped. With
            ``MORE`` it wrote, and is run again at the next look instead of waiting.
        """


class JobFailed(Exception):
    """The job cannot be done; the first argument is the reason, a Message."""


class NotStarted(Exception):
    """The job was not taken; the first argument is the reason, a Message."""


class IJobEvent(Interface):
    """A person did something about a job, in the transaction that runs."""

    job = Attribute("The job")


class IJobStarted(IJobEvent):
    """A person had a job done."""


class IJobCancelled(IJobEvent):
    """A person asked that a job ends."""


class IResultPage(Interface):
    """Where the result of a kind of job is shown: a utility, named by the kind."""

    def view(job):
        """Name of the site's view that shows the result of this job, or empty."""
