"""The daily backup, off until a folder is set in the environment.

The settings stand in the environment and not on a page: who may write to which folder
of the machine is not for those who work on the site. The backup itself is a process of
its own, which reads files only: the job thread starts it and looks now and then whether
it has ended, so that jobs go on meanwhile.
"""

from .command import FOLDER
from .command import RULE
from .depot import Depot
from .depot import Manifest
from App.config import getConfiguration
from pathlib import Path
from typing import Any
from zhinan import logger
from zhinan.departments.citytime import CITY_TIME
from zhinan.jobs.interfaces import IScheduled
from zhinan.rules import retention
from zope.interface import implementer

import datetime
import os
import subprocess
import sys
import time


#: Hour of the day in the city from which on it is due, and the variable for another.
HOUR, HOUR_VARIABLE = 2, "ZHINAN_BACKUP_HOUR"
#: Seconds until a backup that failed is tried again.
PAUSE = 1800.0


def var() -> Path:
    """Where the site keeps its data."""
    return Path(getConfiguration().clienthome).parent


def depot() -> Depot | None:
    """The folder of the daily backup, if it is set."""
    folder = os.environ.get(FOLDER, "").strip()
    return Depot(Path(folder).absolute()) if folder else None


def rule() -> retention.Rule:
    """The rule for keeping; the default where the variable holds none."""
    try:
        return retention.parse(os.environ.get(RULE, "") or str(retention.Rule()))
    except retention.NoRule:
        return retention.Rule()


def hour() -> int:
    """The hour from which on it is due."""
    text = os.environ.get(HOUR_VARIABLE, "")
    return int(text) if text.isdecimal() and int(text) < 24 else HOUR


def is_due(
    newest: datetime.datetime | None, moment: datetime.datetime, hour: int
) -> bool:
    """Whether there is no backup yet since the hour came last."""
    if newest is None:
        return True
    local = moment.astimezone(CITY_TIME)
    last = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if last > local:
        last -= datetime.timedelta(days=1)
    return newest < last


class Newest:
    """The newest whole backup, read once as long as there is no newer manifest."""

    def __init__(self) -> None:
        self.key: tuple[str, str] = ("", "")
        self.manifest: Manifest | None = None
        #: names of manifests that are not whole
        self.broken: list[str] = []

    def of(self, found: Depot) -> Manifest | None:
        """Look again."""
        stamps = found.stamps()
        key = (str(found.folder), " ".join(stamps))
        if key != self.key:
            self.broken, self.manifest = [], None
            for stamp in stamps:
                self.manifest = found.manifest(stamp)
                if self.manifest is not None:
                    break
                self.broken.append(stamp)
            self.key = key
        return self.manifest


NEWEST = Newest()


@implementer(IScheduled)
class DailyBackup:
    """Starts the backup when it is due, and sees what came of it."""

    every = 30

    def __init__(self) -> None:
        self.child: subprocess.Popen[str] | None = None
        self.tried = -PAUSE
        #: why the last one failed, and when
        self.failure = ""
        self.failed: datetime.datetime | None = None

    @property
    def running(self) -> bool:
        """Whether one is being made."""
        return self.child is not None and self.child.poll() is None

    def run(self, site: Any) -> bool:
        """Nothing is ever written to the database."""
        found = depot()
        if found is None:
            return False
        if self.child is not None:
            if self.child.poll() is not None:
                self._ended(self.child)
                self.child = None
            return False
        moment = datetime.datetime.now(datetime.UTC)
        newest = NEWEST.of(found)
        if not is_due(newest.moment if newest else None, moment, hour()):
            self.failure, self.failed = "", None
        elif time.monotonic() - self.tried >= PAUSE:
            self.tried = time.monotonic()
            self.child = self._start(found)
        return False

    def _start(self, found: Depot) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "zhinan.keeping"]
        return subprocess.Popen(
            [*command, "--home", str(var().parent), "backup", str(found.folder)]
            + ["--keep", str(rule())],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def _ended(self, child: "subprocess.Popen[str]") -> None:
        output = (child.stdout.read() if child.stdout else "").strip()
        if child.returncode:
            last = output.splitlines()[-1:] or [f"exit {child.returncode}"]
            self.failure = last[0]
            self.failed = datetime.datetime.now(datetime.UTC)
            logger.error("The daily backup failed: %s", output)
        else:
            self.failure, self.failed = "", None
            logger.info("The daily backup: %s", output)


DAILY = DailyBackup()
