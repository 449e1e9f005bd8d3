"""The job thread of the site's process, and the socket at which it takes orders.

WSGI has no clock of its own and FileStorage has one writer, so long and scheduled work
runs here. A filter in the server's pipeline starts it (``egg:zhinan#jobs``): a console
or a script that opens the database does not.
"""

from .disk import disk_failure
from .runner import Leader
from App.config import getConfiguration
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from typing import BinaryIO
from zhinan import logger
from zhinan.jobs import office
from zhinan.jobs import store as jobs
from zhinan.jobs import wire

import os
import socket
import threading
import time
import transaction


#: Seconds between two looks for work when nobody calls.
POLL = 1.0
#: Seconds between two looks at a job that is watched.
WATCH = 0.3
#: Seconds for which the thread waits when the disk takes nothing.
DISK_PAUSE = 15.0
#: Set to 0 for a process that serves pages only, on a storage with many writers.
SWITCH = "ZHINAN_JOBS"
#: Commands that are served at the same time.
MOST_LINES = 8


class JobThread(threading.Thread):
    """Leads the jobs while the process lives."""

    def __init__(self, database: Any):
        super().__init__(name="zhinan-jobs", daemon=True)
        self.database = database
        self.called = threading.Event()
        self.ending = threading.Event()
        #: moment of the last sign of life, on the clock that is never set
        self.beat = time.monotonic()
        #: what the disk said when it took nothing; empty while it does
        self.disk = ""

    def run(self) -> None:
        """Work until the process ends; what goes wrong is logged and tried again."""
        jobs.WAKERS.append(self.called.set)
        while not self.ending.is_set():
            try:
                self.lead()
            except Exception as error:
                self.disk, before = disk_failure(error), self.disk
                if not self.disk:
                    logger.exception("The job thread begins anew")
                    time.sleep(POLL)
                    continue
                if self.disk != before:
                    # Once: a full disk is not made fuller by telling it each time.
                    logger.error("The job thread waits for the disk: %s", error)
                self.ending.wait(DISK_PAUSE)
        jobs.WAKERS.remove(self.called.set)

    def lead(self) -> None:
        """Work with one connection to the database."""
        connection = self.database.open()
        try:
            leader = Leader(connection.root()["Application"])
            while not self.ending.is_set():
                self.beat = time.monotonic()
                busy = leader.step()
                self.disk = ""
                if not busy:
                    self.called.wait(POLL)
                    self.called.clear()
            leader.leave()
        finally:
            transaction.abort()
            connection.close()

    def stop(self) -> None:
        """End behind the batch that runs now, and give the lease back."""
        self.ending.set()
        self.called.set()
        self.join()


class Line(threading.Thread):
    """Takes orders at the socket; each command has a thread of its own."""

    def __init__(self, database: Any, path: Path):
        super().__init__(name="zhinan-line", daemon=True)
        self.database = database
        self.server = wire.listen(path)
        self.free = threading.BoundedSemaphore(MOST_LINES)

    def run(self) -> None:
        """Accept commands of the owner of this process alone."""
        while True:
            connection, _address = self.server.accept()
            if wire.peer(connection) not in {0, os.getuid()}:
                connection.close()
                continue
            self.free.acquire()
            threading.Thread(
                target=self.serve, args=(connection,), name="zhinan-order", daemon=True
            ).start()

    def serve(self, connection: socket.socket) -> None:
        """Answer one command."""
        try:
            with connection, connection.makefile("rwb") as stream:
                question = wire.receive(stream)
                if question is not None:
                    Order(self.database, stream, question).answer()
        except (OSError, wire.Garbled) as error:
            logger.info("A command hung up: %s", error)
        except Exception:
            logger.exception("A command could not be answered")
        finally:
            self.free.release()


class Order:
    """One command and its answer."""

    def __init__(self, database: Any, stream: BinaryIO, question: dict[str, Any]):
        self.database = database
        self.stream = stream
        self.question = question

    def answer(self) -> None:
        """Send the answer; what cannot be done is answered with a sentence."""
        orders: dict[str, Callable[[Any, str], None]] = {
            "start": self.start,
            "watch": self.watch,
            "cancel": self.cancel,
            "jobs": self.jobs,
            "file": self.file,
        }
        order = orders.get(self.text("do"))
        try:
            if order is None:
                raise wire.Garbled(self.text("do"))
            with self.opened() as app:
                order(app, office.site_path(app, self.text("site")))
        except office.Refused as refusal:
            wire.send(self.stream, {"ok": False, "say": refusal.args[0]})

    def text(self, name: str) -> str:
        """A parameter that is text."""
        value = self.question.get(name, "")
        return value if isinstance(value, str) else ""

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """The root of the database in a connection of this thread."""
        connection = self.database.open()
        try:
            yield connection.root()["Application"]
        finally:
            transaction.abort()
            connection.close()

    def start(self, app: Any, path: str) -> None:
        """Start a job with the files that follow."""
        with TemporaryDirectory(prefix="zhinan-") as folder:
            files = {}
            for number, entry in enumerate(self.question.get("files") or ()):
                target = Path(folder) / str(number)
                with target.open("wb") as stream:
                    wire.receive_file(self.stream, int(entry["size"]), stream)
                files[str(entry["name"])] = target
            params = self.question.get("params")
            job_id = office.start(
                app,
                path,
                self.text("person"),
                self.text("kind"),
                params if isinstance(params, dict) else {},
                files,
                self.text("key"),
            )
        wire.send(self.stream, {"ok": True, "job": job_id})

    def watch(self, app: Any, path: str) -> None:
        """Tell how a job stands whenever that changes, until it has ended."""
        last, told = None, 0
        while True:
            found = office.report(app, path, self.text("job"), told)
            if found != last or found["messages"]:
                wire.send(self.stream, {"ok": True, **found})
                told += len(found["messages"])
                last = {**found, "messages": []}
            if found["state"] in jobs.ENDED:
                return
            time.sleep(WATCH)

    def cancel(self, app: Any, path: str) -> None:
        """Ask that a job ends."""
        asked = office.cancel(app, path, self.text("person"), self.text("job"))
        wire.send(self.stream, {"ok": True, "asked": asked})

    def jobs(self, app: Any, path: str) -> None:
        """The newest jobs."""
        wire.send(self.stream, {"ok": True, "jobs": office.listing(app, path)})

    def file(self, app: Any, path: str) -> None:
        """A file of a result."""
        found = office.file(app, path, self.text("job"), self.text("name"))
        wire.send(self.stream, {"ok": True, "size": found.stat().st_size})
        wire.send_file(self.stream, found)


def job_thread() -> JobThread | None:
    """The job thread of this process, if it has one that lives."""
    for thread in threading.enumerate():
        if isinstance(thread, JobThread):
            return thread
    return None


def launch() -> None:
    """Start the thread and the line of this process, unless it is not to have them."""
    from Zope2 import DB

    if os.environ.get(SWITCH, "1") == "0" or DB is None:
        return
    JobThread(DB).start()
    path = Path(getConfiguration().clienthome).parent / wire.SOCKET
    try:
        Line(DB, path).start()
    except OSError as error:
        # Pages and jobs go on without commands.
        logger.error("No commands at %s: %s", path, error)


def jobs_filter(global_conf: dict[str, str], **options: str) -> Callable[[Any], Any]:
    """Paste filter: the application as it is, with the job thread beside it."""

    def with_jobs(application: Any) -> Any:
        launch()
        return application

    return with_jobs
