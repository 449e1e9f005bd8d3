"""Makes a backup while the site runs: the database first, then the blobs it names.

A blob is in its place before the transaction that names it is, so whatever a database
file names is there, unless packing took both away meanwhile. Packing puts a new file in
the place of the old one; that is seen, and the backup is begun anew.
"""

from .depot import Depot
from .depot import fsync_folder
from .depot import KeepingRefused
from .depot import Manifest
from .depot import now
from .depot import SCHEMA
from .depot import sha256_of
from .depot import STAMP
from .depot import write_manifest
from .place import last_tid
from .place import Place
from .place import read_part
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from pathlib import Path
from typing import Any
from typing import NamedTuple
from zhinan.departments.citytime import CITY_TIME
from zhinan.rules import retention

import datetime
import gzip
import hashlib
import os
import platform
import secrets
import subprocess
import sys
import time


#: How often packing may come in between.
TRIES = 5
#: Days after which the database is kept in full anew, so that no chain grows for ever.
FULL_EVERY = datetime.timedelta(days=7)
_PACKAGES = ("zhinan", "Plone", "ZODB")


class Packed(Exception):
    """The database file was replaced meanwhile."""


@dataclass(frozen=True)
class Made:
    """What came of it."""

    manifest: Manifest
    full: bool
    #: blobs copied now, and bytes of all that was written
    copied: int
    written: int
    removed: int
    seconds: float


class Line(NamedTuple):
    """A line of repozo's own list."""

    name: str
    start: int
    end: int
    md5: str


def back_up(
    place: Place,
    depot: Depot,
    rule: retention.Rule | None = None,
    full: bool = False,
    between: Callable[[str], None] = lambda step: None,
) -> Made:
    """Make one backup, and remove old ones by the rule.

    :param full: whether the database is kept in full, whatever there is.
    :param between: called between the steps, for tests.
    :raises KeepingRefused: if it cannot be made.
    """
    began = time.monotonic()
    place.need_data()
    depot.prepare()
    with depot.locked():
        depot.sweep()
        before = depot.newest()
        moment = _free_moment(depot)
        try:
            for _attempt in range(TRIES):
                try:
                    made = _Backup(place, depot, moment, before, full, between).make()
                    break
                except Packed:
                    full = True
                    moment = _free_moment(depot)
            else:
                raise KeepingRefused("packed", path=place.data)
        except OSError as error:
            depot.sweep()
            raise KeepingRefused("not_made", reason=error) from error
        removed = prune(depot, rule) if rule is not None else 0
    return Made(
        made.manifest,
        made.full,
        made.copied,
        made.written,
        removed,
        time.monotonic() - began,
    )


def prune(depot: Depot, rule: retention.Rule) -> int:
    """Remove backups that the rule does not keep; their number."""
    moments = {
        found.moment.astimezone(CITY_TIME): found.stamp for found in depot.whole()
    }
    stay = retention.kept(moments, rule)
    gone = {stamp for moment, stamp in moments.items() if moment not in stay}
    depot.remove(gone)
    return len(gone)


def _free_moment(depot: Depot) -> datetime.datetime:
    """A moment whose name is free: repozo and we tell seconds only."""
    while True:
        moment = now()
        stamp = moment.strftime(STAMP)
        taken = {*depot.stamps(), *(path.name for path in depot.data.iterdir())}
        last = max((p.name for p in depot.data.glob("*/*")), default="")
        if stamp not in taken and not last.startswith(moment.strftime(_REPOZO)):
            return moment
        time.sleep(0.2)


#: How repozo names its files.
_REPOZO = "%Y-%m-%d-%H-%M-%S"


class _Backup:
    """One attempt at a backup."""

    def __init__(
        self,
        place: Place,
        depot: Depot,
        moment: datetime.datetime,
        before: Manifest | None,
        full: bool,
        between: Callable[[str], None],
    ):
        self.place = place
        self.depot = depot
        self.stamp = moment.strftime(STAMP)
        self.moment = moment
        self.between = between
        self.copied = self.written = 0
        self.mark = self._file_mark()
        self.before = None if full else self._goes_on(before)
        self.full = self.before is None
        self.chain = self.before.chain if self.before is not None else self.stamp

    def _file_mark(self) -> list[int]:
        found = self.place.data.stat()
        return [found.st_dev, found.st_ino]

    def _goes_on(self, before: Manifest | None) -> Manifest | None:
        """The backup to which this one adds, or None where it begins anew.

        Each piece of the chain is only looked at: all are read by ``verify``.
        """
        if before is None or before.data["source"] != self.mark:
            return None
        first = datetime.datetime.strptime(before.chain, STAMP)
        if self.moment - first.replace(tzinfo=datetime.UTC) >= FULL_EVERY:
            return None
        folder = self.depot.chain(before.chain)
        for file in before.files:
            path = folder / file["name"]
            if not path.is_file() or path.stat().st_size != file["size"]:
                return None
        return before

    def make(self) -> "_Backup":
        """Make it.

        :raises Packed: if the database was packed meanwhile.
        """
        try:
            files = self._data()
            self.between("data")
            self._blobs(files[-1]["end"])
        except Exception:
            # Two files read as one make nonsense of any kind.
            if self._file_mark() != self.mark:
                raise Packed from None
            raise
        if self._file_mark() != self.mark:
            raise Packed
        self.between("blobs")
        self.manifest = Manifest(
            {
                "schema": SCHEMA,
                "stamp": self.stamp,
                "moment": self.moment.isoformat(),
                "tid": self.tid.hex(),
                "software": _software(),
                "profile": self.profile,
                "source": self.mark,
                "data": {
                    "chain": self.chain,
                    "size": files[-1]["end"],
                    "files": files,
                },
                "blobs": self.blobs,
                "missing": self.missing,
                "kept_elsewhere": self.place.kept_elsewhere(),
            }
        )
        fsync_folder(self.depot.data)
        fsync_folder(self.depot.blobs)
        write_manifest(self.depot, self.manifest)
        return self

    # ----------------------------------------------------------------- database

    def _data(self) -> list[dict[str, Any]]:
        """Let repozo add what is new; every file of the chain with its hash."""
        folder = self.depot.chain(self.chain)
        folder.mkdir(mode=0o700, exist_ok=True)
        known = (
            {file["name"]: file for file in self.before.files} if self.before else {}
        )
        if known:
            self._forget_unnamed(folder, list(known))
        # Names relative to the folder: a blank in its path would spoil repozo's list.
        command = [sys.executable, "-m", "ZODB.scripts.repozo", "-B", "-Q", "-z"]
        found = subprocess.run(
            [*command, "-r", ".", "-f", str(self.place.data.resolve())],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if found.returncode:
            last = found.stderr.strip().splitlines()[-1:] or [str(found.returncode)]
            raise KeepingRefused("not_made", reason=last[0])
        lines = _listed(folder)
        if known and lines[0].name not in known:
            # The file was packed into the same place: repozo began anew.
            raise Packed
        files = []
        for line in lines:
            file = known.get(line.name) or self._seen(folder / line.name, line)
            files.append(file)
        fsync_folder(folder)
        return files

    @staticmethod
    def _forget_unnamed(folder: Path, names: list[str]) -> None:
        """Let repozo's list end where the last whole backup does."""
        dat = folder / (names[0].rpartition(".")[0] + ".dat")
        lines = dat.read_text("utf-8").splitlines()
        kept = [line for line in lines if Path(line.split()[0]).name in names]
        if kept != lines:
            fresh = dat.with_suffix(".part")
            fresh.write_text("\n".join(kept) + "\n", "utf-8")
            fresh.replace(dat)

    def _seen(self, path: Path, line: Line) -> dict[str, Any]:
        """A file that repozo wrote, read again: it must be what repozo read."""
        md5, count = hashlib.md5(usedforsecurity=False), 0
        with path.open("rb") as stream:
            # repozo asks the disk before the end of a compressed file is written.
            os.fsync(stream.fileno())
        checksum = sha256_of(path, fresh=True)
        with gzip.open(path, "rb") as stream:
            while part := stream.read(1 << 20):
                md5.update(part)
                count += len(part)
        if (count, md5.hexdigest()) != (line.end - line.start, line.md5):
            raise KeepingRefused("not_written", path=path)
        size = path.stat().st_size
        self.written += size
        return {
            "name": line.name,
            "size": size,
            "sha256": checksum,
            "start": line.start,
            "end": line.end,
            "md5": line.md5,
        }

    # -------------------------------------------------------------------- blobs

    def _blobs(self, end: int) -> None:
        """Copy the blobs that the database names up to here and that are new."""
        self.tid = last_tid(self.place.data, end)
        start = 4
        self.blobs: list[list[Any]] = []
        self.missing: list[list[str]] = []
        self.profile = ""
        if self.before is not None:
            start = int(self.before.data["data"]["size"])
            self.blobs = self.before.blobs
            self.missing = list(self.before.data["missing"])
            self.profile = str(self.before.data["profile"])
        part = read_part(self.place.data, start, self.tid)
        self.profile = part.profile or self.profile
        if not part.blobs:
            return
        from ZODB.blob import FilesystemHelper

        helper = FilesystemHelper(str(self.place.blobs))
        for oid, tid in part.blobs:
            source = Path(helper.getBlobFilename(oid, tid))
            name = [oid.hex(), tid.hex()]
            try:
                size, checksum = self._keep(source)
            except FileNotFoundError:
                if self._file_mark() != self.mark:
                    raise Packed from None
                self.missing.append(name)
                continue
            self.blobs.append([*name, size, checksum])

    def _keep(self, source: Path) -> tuple[int, str]:
        """Keep a blob; its size and hash. One that is there is not copied again."""
        with source.open("rb") as stream:
            checksum = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
            target = self.depot.blob(checksum)
            if target.exists() and target.stat().st_size == size:
                return size, checksum
            target.parent.mkdir(mode=0o700, exist_ok=True)
            fresh = target.with_name(f".{checksum}.{secrets.token_hex(4)}.part")
            stream.seek(0)
            with fresh.open("xb") as copy:
                while part := stream.read(1 << 20):
                    copy.write(part)
                copy.flush()
                os.fsync(copy.fileno())
        if sha256_of(fresh, fresh=True) != checksum:
            fresh.unlink()
            raise KeepingRefused("not_written", path=target)
        fresh.chmod(0o400)
        fresh.replace(target)
        fsync_folder(target.parent)
        self.copied += 1
        self.written += size
        return size, checksum


def _listed(folder: Path) -> list[Line]:
    """The newest list of repozo in a folder."""
    newest = max(folder.glob("*.dat"))
    lines = []
    for text in newest.read_text("utf-8").splitlines():
        name, start, end, md5 = text.split()
        lines.append(Line(Path(name).name, int(start), int(end), md5))
    return lines


def _software() -> dict[str, str]:
    found = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
