"""What a keeper asks of the site: whether it is well, and what is to be done.

Each fact is *fine*, *worth a look* or *bad*. What makes the site unable to serve or to
save makes ``@@ok`` answer 503; an old backup does not: a site is not taken out of
service for it.
"""

from .daily import DAILY
from .daily import depot
from .daily import NEWEST
from .daily import rule
from .daily import var
from .guard import file_storage
from .guard import free
from .guard import reserve
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from plone import api
from typing import Any
from weakref import WeakKeyDictionary
from zhinan import _
from zhinan.clock import dates
from zhinan.clock import filing
from zhinan.clock.store import calendar
from zhinan.departments.citytime import CITY_TIME
from zhinan.documents.names import human_size
from zhinan.jobs import store as jobs
from zhinan.jobs.disk import disk_failure
from zhinan.jobs.thread import job_thread
from zhinan.jobs.thread import SWITCH
from zhinan.publishing import schedule
from zhinan.publishing import verifying
from zope.i18nmessageid import Message

import datetime
import os
import secrets
import time


FINE, LOOK, BAD = "fine", "look", "bad"
#: Seconds without a sign of life after which the job thread counts as stuck.
STUCK = 300
#: Shares and bytes of the disk below which it is worth a look.
LOW_SHARE, LOW_BYTES = 0.1, 1_000_000_000
#: Seconds for which an answer about the disk is good.
PROBE_AGE = 5.0
#: Seconds for which a look at the editions is good.
EDITIONS_AGE = 3600
#: Facts on which it hangs whether the site can serve and save.
VITAL = ("database", "disk", "jobs")


@dataclass(frozen=True)
class Fact:
    """One thing that was looked at."""

    name: str
    title: Message
    state: str
    text: Any
    #: what to do about it
    advice: Any = ""
    #: the same for machines
    data: Any = None


def facts(site: Any) -> list[Fact]:
    """All of them, the vital ones first."""
    return [
        *vital(site),
        backup_fact(),
        *folder_fact(),
        scheduled_fact(site),
        editions_fact(site),
        calendar_fact(site),
        schedule_fact(site),
        size_fact(site),
        upgrade_fact(site),
        version_fact(site),
    ]


def vital(site: Any) -> list[Fact]:
    """Those on which it hangs whether the site can serve and save."""
    return [database_fact(site), disk_fact(), jobs_fact(site)]


def is_well(site: Any) -> bool:
    """Whether the site can serve and save."""
    return all(fact.state != BAD for fact in vital(site))


# ------------------------------------------------------------------------ disk


class Probe:
    """Tries now and then whether the disk takes a file."""

    def __init__(self) -> None:
        self.moment = -PROBE_AGE
        self.failure = ""

    def look(self, folder: Path) -> str:
        """What kind of failure there is, or nothing."""
        if time.monotonic() - self.moment >= PROBE_AGE:
            self.failure = self._try(folder)
            self.moment = time.monotonic()
        return self.failure

    @staticmethod
    def _try(folder: Path) -> str:
        path = folder / f".probe-{secrets.token_hex(4)}"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(handle, b"0" * 4096)
                os.fsync(handle)
            finally:
                os.close(handle)
                path.unlink()
        except OSError as error:
            return disk_failure(error) or type(error).__name__
        return ""


PROBE = Probe()


def database_fact(site: Any) -> Fact:
    """Whether the database can be written to."""
    title = _("Database")
    storage = site._p_jar.db().storage
    found = file_storage(storage)
    closed = found is not None and found._file.closed
    folder = Path(found._file_name).parent if found is not None else None
    failure = PROBE.look(folder) if folder is not None else ""
    if closed:
        text, state = _("It has closed itself after a failure."), BAD
        advice = _("Start the site again, and look into its log.")
    elif storage.isReadOnly() or failure:
        text, state = _("It can only be read."), BAD
        advice = _("See whether the disk is full, or can only be read.")
    else:
        return Fact("database", title, FINE, _("It can be read and written."))
    return Fact("database", title, state, text, advice, {"failure": failure})


def disk_fact() -> Fact:
    """Space where the data is."""
    return _space("disk", _("Disk of the data"), var(), reserve())


def folder_fact() -> Iterator[Fact]:
    """Space where the backups are, where that is another disk."""
    found = depot()
    folder = found.folder if found is not None else None
    if folder is None or not folder.is_dir():
        return
    if folder.stat().st_dev != var().stat().st_dev:
        yield _space("backup-disk", _("Disk of the backups"), folder, 0)


def _space(name: str, title: Message, folder: Path, kept_free: int) -> Fact:
    found = os.statvfs(folder)
    total = found.f_blocks * found.f_frsize
    left = free(folder)
    low = min(LOW_BYTES, int(total * LOW_SHARE))
    text = _(
        "disk_space",
        default="${free} of ${total} are free.",
        mapping={"free": human_size(left), "total": human_size(total)},
    )
    data = {"free": left, "total": total, "reserve": kept_free}
    if left < max(kept_free, 1_000_000):
        advice = _("Nothing can be saved until there is room. Make room now.")
        return Fact(name, title, BAD, text, advice, data)
    if left < low + kept_free:
        advice = _("Make room: remove old logs, or take a larger disk.")
        return Fact(name, title, LOOK, text, advice, data)
    return Fact(name, title, FINE, text, "", data)


# ------------------------------------------------------------------------ jobs


def jobs_fact(site: Any) -> Fact:
    """Whether long and scheduled work is done."""
    title = _("Job thread")
    thread = job_thread()
    if thread is not None:
        age = time.monotonic() - thread.beat
        data = {"seconds_since_sign_of_life": round(age)}
        if thread.disk:
            text = _("It waits for the disk.")
            advice = _("See whether the disk is full, or can only be read.")
            return Fact("jobs", title, BAD, text, advice, data)
        if age > STUCK:
            text = _(
                "jobs_stuck",
                default="It has given no sign of life for ${minutes} minutes.",
                mapping={"minutes": str(int(age / 60))},
            )
            advice = _("Look into the log; start the site again if it stays so.")
            return Fact("jobs", title, BAD, text, advice, data)
        return Fact("jobs", title, FINE, _("It works."), "", data)
    store = jobs.of(site)
    until = store.lease.until if store is not None else 0.0
    if os.environ.get(SWITCH, "1") == "0":
        if time.time() < until:
            return Fact("jobs", title, FINE, _("Another process does the work."))
        text = _("No process does the work.")
        return Fact("jobs", title, LOOK, text, _("See whether the other one runs."))
    text = _("It has ended.")
    advice = _("Start the site again, and look into its log.")
    return Fact("jobs", title, BAD, text, advice)


def scheduled_fact(site: Any) -> Fact:
    """Scheduled work that fails."""
    title = _("Scheduled work")
    store = jobs.of(site)
    troubles = dict(store.troubles) if store is not None else {}
    if not troubles:
        return Fact("scheduled", title, FINE, _("Nothing fails."), "", [])
    names = ", ".join(sorted(troubles))
    text = _("scheduled_fails", default="It fails: ${names}", mapping={"names": names})
    data = [
        {"name": name, "reason": one["reason"], "since": one["since"].isoformat()}
        for name, one in sorted(troubles.items())
    ]
    advice = _("The page of the jobs tells the reason.")
    return Fact("scheduled", title, LOOK, text, advice, data)


# -------------------------------------------------------------------- editions


class Verified:
    """What the last look at the editions found; their files are not read here.

    It takes a second or two for a city, so it is good for a while.
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, tuple[float, verifying.Looked]]
        self._known = WeakKeyDictionary()

    def of(self, site: Any) -> verifying.Looked:
        """As the editions were within the hour."""
        database, now = site._p_jar.db(), time.monotonic()
        found = self._known.get(database)
        if found is None or now - found[0] >= EDITIONS_AGE:
            found = self._known[database] = (now, verifying.verify(site, files=False))
        return found[1]


VERIFIED = Verified()


def editions_fact(site: Any) -> Fact:
    """Whether the editions are as they were frozen."""
    title = _("Editions of guides")
    looked = VERIFIED.of(site)
    data = {
        "histories": looked.histories,
        "editions": looked.editions,
        "faults": [fault.plain() for fault in looked.faults],
    }
    mapping = {"editions": str(looked.editions), "guides": str(looked.histories)}
    if looked.fine:
        text = _(
            "editions_whole",
            default="${editions} of ${guides} guides, each as it was frozen.",
            mapping=mapping,
        )
        return Fact("editions", title, FINE, text, "", data)
    mapping["faults"] = str(len(looked.faults))
    text = _(
        "editions_faults",
        default="${editions} of ${guides} guides; ${faults} faults.",
        mapping=mapping,
    )
    advice = _("Name them: bin/zhinan editions verify.")
    return Fact("editions", title, BAD, text, advice, data)


# -------------------------------------------------------------------- calendar


def calendar_fact(site: Any) -> Fact:
    """Whether everything that counts days does so by the site's calendar."""
    title = _("Calendar of working days")
    found = calendar(site)
    data = {"edition": found.edition, "file": "current", "dates": "current"}
    if dates.unsettled(site):
        data["dates"] = "old"
        text = _("Open dates were not counted anew after the last change.")
        advice = _("Start the recount on the page of the calendar.")
        return Fact("calendar", title, LOOK, text, advice, data)
    if filing.is_current(site):
        text = _("The file for the command line is that of the site.")
        return Fact("calendar", title, FINE, text, "", data)
    data["file"] = "old"
    reason = filing.trouble()
    if not reason:
        text = _("The file for the command line is not written yet.")
        advice = _("It is written within a minute.")
        return Fact("calendar", title, LOOK, text, advice, data)
    text = _(
        "calendar_unwritten",
        default="The file for the command line cannot be written: ${reason}",
        mapping={"reason": reason},
    )
    advice = _("See whether the disk is full, or can only be read.")
    return Fact("calendar", title, LOOK, text, advice, data)


# -------------------------------------------------------------------- schedule


def schedule_fact(site: Any) -> Fact:
    """Whether what was due to be published or withdrawn was, and in time."""
    title = _("Publishing at a time")
    found = schedule.report(site)
    data = {
        "due": found.due,
        "done": found.done,
        "failed": found.failed,
        "overdue": found.overdue,
        "waiting": found.waiting,
        "open_failures": found.open_failures,
        "worst_lateness_seconds": found.worst,
        "worst_lateness_while_running_seconds": found.worst_running,
        "stuck": [{"uid": uid, "reason": reason} for uid, reason in found.stuck],
    }
    text = _(
        "schedule_report",
        default="In the last 7 days ${due} were due and ${done} done, ${failed} "
        "failed; at most ${late} s late. ${waiting} wait for their time.",
        mapping={
            "due": str(found.due),
            "done": str(found.done),
            "failed": str(found.failed),
            "late": str(found.worst),
            "waiting": str(found.waiting),
        },
    )
    if found.is_well:
        return Fact("schedule", title, FINE, text, "", data)
    if found.overdue or found.stuck:
        advice = _(
            "schedule_overdue",
            default="${number} are overdue. See whether the job thread works, and look "
            "into the log.",
            mapping={"number": str(max(found.overdue, len(found.stuck)))},
        )
    elif found.open_failures:
        advice = _(
            "schedule_failures",
            default="${number} could not be published. Their departments find the "
            "reason on them and on their desk.",
            mapping={"number": str(found.open_failures)},
        )
    else:
        advice = _("Long work held it up. See what else ran at that time.")
    return Fact("schedule", title, LOOK, text, advice, data)


# --------------------------------------------------------------------- backups


def backup_fact() -> Fact:
    """The last whole backup, and whether it is too old."""
    title = _("Last backup")
    found = depot()
    if found is None:
        text = _("No folder is set, so there is no daily backup.")
        advice = _("The manual of operations tells how to set one.")
        return Fact("backup", title, LOOK, text, advice, {"folder": None})
    newest = NEWEST.of(found)
    data: dict[str, Any] = {
        "folder": str(found.folder),
        "rule": str(rule()),
        "running": DAILY.running,
        "failure": DAILY.failure or None,
        "not_whole": NEWEST.broken,
    }
    if newest is None:
        text = _("There is none yet.")
        if DAILY.running:
            return Fact("backup", title, LOOK, text, _("One is being made."), data)
        return Fact("backup", title, BAD, text, _failure(), data)
    age = datetime.datetime.now(datetime.UTC) - newest.moment
    data |= {
        "backup": newest.stamp,
        "moment": newest.data["moment"],
        "age_seconds": int(age.total_seconds()),
        "size": newest.size,
        "blobs": len(newest.blobs),
        "missing_blobs": len(newest.data["missing"]),
    }
    local = newest.moment.astimezone(CITY_TIME)
    text = _(
        "backup_of",
        default="${day} ${time}, ${size}, ${files} files.",
        mapping={
            "day": f"{local:%Y-%m-%d}",
            "time": f"{local:%H:%M}",
            "size": human_size(newest.size),
            "files": str(len(newest.blobs)),
        },
    )
    if age > rule().longest_age():
        return Fact("backup", title, BAD, text, _failure(), data)
    if DAILY.failure:
        return Fact("backup", title, LOOK, text, _failure(), data)
    if NEWEST.broken or newest.data["missing"]:
        advice = _("Check it: bin/zhinan verify-backup, and bin/zhinan verify.")
        return Fact("backup", title, LOOK, text, advice, data)
    return Fact("backup", title, FINE, text, "", data)


def _failure() -> Any:
    if DAILY.failure:
        return _(
            "backup_failed",
            default="The last attempt failed: ${reason}",
            mapping={"reason": DAILY.failure},
        )
    return _("It is too old. See whether the folder can be written to.")


# ------------------------------------------------------------ size and versions


def size_fact(site: Any) -> Fact:
    """Size of the database."""
    size = site._p_jar.db().getSize() or 0
    text = human_size(size)
    try:
        blobs = NEWEST.of(found) if (found := depot()) is not None else None
    except OSError:
        blobs = None
    data = {"database": size, "blobs": None}
    if blobs is not None:
        number = sum(blob[2] for blob in blobs.blobs)
        data["blobs"] = number
        text = _(
            "size_with_files",
            default="${size}, and ${files} of files at the last backup.",
            mapping={"size": human_size(size), "files": human_size(number)},
        )
    return Fact("size", _("Size of the database"), FINE, text, "", data)


def upgrade_fact(site: Any) -> Fact:
    """Upgrade steps that have not been run."""
    title = _("Upgrade steps")
    setup = api.portal.get_tool("portal_setup")
    pending = setup.listUpgrades("zhinan:default")
    flat = [
        step
        for group in pending
        for step in (group if isinstance(group, list) else [group])
    ]
    names = [str(step["title"]) for step in flat]
    if api.portal.get_tool("portal_migration").needUpgrading():
        names.append("Plone")
    if not names:
        return Fact("upgrade", title, FINE, _("None is due."), "", [])
    text = _(
        "upgrades_due",
        default="${number} are due.",
        mapping={"number": str(len(names))},
    )
    advice = _("Make a backup, then run them under Site Setup, Add-ons.")
    return Fact("upgrade", title, LOOK, text, advice, names)


def version_fact(site: Any) -> Fact:
    """What runs."""
    setup = api.portal.get_tool("portal_setup")
    profile = ".".join(setup.getLastVersionForProfile("zhinan:default"))
    data = {name: version(name) for name in ("zhinan", "Plone", "ZODB")}
    text = ", ".join(f"{name} {number}" for name, number in data.items())
    return Fact("version", _("Software"), FINE, text, "", {**data, "profile": profile})
