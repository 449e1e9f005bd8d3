"""The site in the command itself: while it is stopped, or read-only beside it."""

from .terminal import Refusal
from .terminal import Said
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import logging
import os
import re
import shutil
import time


#: Sections of zope.conf that open a database file.
_FILESTORAGE = re.compile(r"^(\s*)<filestorage>\s*$", re.MULTILINE)


def _configuration(home: Path, folder: Path, read_only: bool) -> Path:
    """The instance's configuration, changed where the database is only read."""
    source = home / "parts" / "instance" / "etc" / "zope.conf"
    if not source.is_file():
        raise Refusal("no_instance", path=home)
    conf = source.read_text("utf-8")
    if read_only:
        conf = _FILESTORAGE.sub(r"\g<0>\n\g<1>  read-only on", conf)
    target = folder / "zope.conf"
    target.write_text(conf, "utf-8")
    return target


@contextmanager
def opened(home: Path, read_only: bool = False) -> Iterator[Any]:
    """The root of the database.

    :raises Refusal: if there is no instance or database, or another process has it.
    """
    if not (home / "var" / "filestorage" / "Data.fs").is_file() and _is_file(home):
        raise Refusal("no_database", path=home)
    # Nothing of what Plone logs while it starts is news for who typed a command.
    logging.getLogger().setLevel(logging.ERROR)
    os.environ.setdefault("ZHINAN_JOBS", "0")
    # What lies beside the database lies in this home.
    os.environ["ZHINAN_HOME"] = str(home)
    from zc.lockfile import LockError

    with TemporaryDirectory(prefix="zhinan-") as folder:
        path = _configuration(home, Path(folder), read_only)
        from Zope2.Startup.run import make_wsgi_app

        try:
            make_wsgi_app({}, str(path))
        except LockError as error:
            raise Refusal("database_locked") from error
        import transaction
        import Zope2

        connection = Zope2.DB.open()
        try:
            yield connection.root()["Application"]
        finally:
            transaction.abort()
            connection.close()
            Zope2.DB.close()


def _is_file(home: Path) -> bool:
    """Whether the instance keeps its data in a file of its own."""
    source = home / "parts" / "instance" / "etc" / "zope.conf"
    return source.is_file() and bool(_FILESTORAGE.search(source.read_text("utf-8")))


class Local:
    """The jobs of a site that no process serves."""

    def __init__(self, app: Any, site: str, person: str):
        from zhinan.jobs import office

        self.app = app
        self.person = person
        self.office = office
        with self._sentences():
            self.path = office.site_path(app, site)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except self.office.Refused as refusal:
            raise Said(refusal.args[0]) from refusal

    def start(
        self, kind: str, params: dict[str, Any], files: dict[str, Path], key: str
    ) -> str:
        """Start a job; its id."""
        with self._sentences():
            return str(
                self.office.start(
                    self.app, self.path, self.person, kind, params, files, key
                )
            )

    def watch(self, job: str) -> Iterator[dict[str, Any]]:
        """Run what waits, batch by batch, until this job has ended.

        On a storage with many writers another process may have the lease; then it is
        watched.
        """
        from zhinan.jobs.runner import Leader

        leader, told, last = Leader(self.app), 0, None
        try:
            while True:
                with self._sentences():
                    found = self.office.report(self.app, self.path, job, told)
                if found != last:
                    told += len(found["messages"])
                    yield found
                    last = {**found, "messages": []}
                if found["state"] in {"done", "failed", "cancelled"}:
                    return
                if not (leader.lead(self.path) and leader.batch(self.path)):
                    time.sleep(0.5)
        finally:
            leader.leave()

    def cancel(self, job: str) -> bool:
        """Ask that a job ends; whether it still could be asked."""
        with self._sentences():
            return bool(self.office.cancel(self.app, self.path, self.person, job))

    def jobs(self) -> list[dict[str, Any]]:
        """The newest jobs."""
        return list(self.office.listing(self.app, self.path))

    def fetch(self, job: str, name: str, target: Path) -> None:
        """Write a file of a result to a path."""
        with self._sentences():
            shutil.copyfile(self.office.file(self.app, self.path, job, name), target)
