"""A folder of backups: what lies where in it, and how it is known to be whole.

::

    zhinan-backup.json          tells that the folder is one of ours
    manifests/<stamp>.json      one backup each; written last, so it is there or not
    data/<stamp>/               files of repozo: one full one and what was added since
    blobs/ab/abcd…              files of the site by their SHA-256, each stored once

A backup is what its manifest names and nothing else: what an interrupted one left
behind is named by none, and goes with the next.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from typing import BinaryIO

import datetime
import fcntl
import hashlib
import json
import os
import re
import secrets


SCHEMA = "zhinan-backup-1"
MARK = "zhinan-backup.json"
STAMP = "%Y%m%dT%H%M%SZ"
CHUNK = 1 << 20
_STAMPED = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class KeepingRefused(Exception):
    """What was asked cannot be done: key of a sentence, and its values."""

    def __init__(self, key: str, **values: object):
        super().__init__(key, values)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Problem:
    """Something of a backup that is not as it should be."""

    #: key of the sentence that tells it
    key: str
    #: the backup, and the file in it
    stamp: str
    name: str


def now() -> datetime.datetime:
    """The moment, in UTC and whole seconds, as stamps tell it."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def canonical(data: dict[str, Any]) -> bytes:
    """Data as bytes that are the same whenever the data is."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def fsync_folder(path: Path) -> None:
    """Let names in a folder reach the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path, fresh: bool = False) -> str:
    """The hash of a file.

    :param fresh: whether what the memory still knows of the file is set aside first,
        as far as the system does so: what counts is what the disk has.
    """
    with path.open("rb") as stream:
        if fresh:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file that is whole or not there, and lasts when this returns."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with fresh.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


class Manifest:
    """One backup, as its manifest tells."""

    def __init__(self, data: dict[str, Any]):
        self.data = data

    @property
    def stamp(self) -> str:
        """Its name."""
        return str(self.data["stamp"])

    @cached_property
    def moment(self) -> datetime.datetime:
        """When it was begun, in UTC."""
        found = datetime.datetime.strptime(self.stamp, STAMP)
        return found.replace(tzinfo=datetime.UTC)

    @property
    def chain(self) -> str:
        """The folder of its files of repozo."""
        return str(self.data["data"]["chain"])

    @property
    def files(self) -> list[dict[str, Any]]:
        """Its files of repozo, in their order."""
        return list(self.data["data"]["files"])

    @property
    def blobs(self) -> list[list[Any]]:
        """Its blobs: object, transaction, size and hash of each."""
        return list(self.data["blobs"])

    @property
    def size(self) -> int:
        """Bytes of the database and of all blobs."""
        return int(self.data["data"]["size"]) + sum(blob[2] for blob in self.blobs)

    def closed(self) -> bytes:
        """Its text, with the hash that closes it."""
        rest = {key: value for key, value in self.data.items() if key != "closing"}
        closing = hashlib.sha256(canonical(rest)).hexdigest()
        return canonical({**rest, "closing": closing}) + b"\n"


def read_manifest(path: Path) -> Manifest | None:
    """The manifest in a file, or None where it is not whole."""
    try:
        text = path.read_bytes()
        found = Manifest(json.loads(text))
        whole = (
            found.data["schema"] == SCHEMA
            and found.stamp == path.stem
            # To the last byte: the text, not what it means, is what was closed.
            and found.closed() == text
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if whole else None


class Depot:
    """A folder of backups."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifests = folder / "manifests"
        self.data = folder / "data"
        self.blobs = folder / "blobs"

    def prepare(self) -> None:
        """Make the folder, or see that it is ours.

        :raises KeepingRefused: if it holds something else.
        """
        mark = self.folder / MARK
        try:
            if not mark.exists():
                if self.folder.exists() and any(self.folder.iterdir()):
                    raise KeepingRefused("not_ours", path=self.folder)
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                text = canonical({"schema": SCHEMA}) + b"\n"
                replace_file(mark, lambda stream: _write(stream, text))
            for folder in (self.manifests, self.data, self.blobs):
                folder.mkdir(mode=0o700, exist_ok=True)
        except NotADirectoryError as error:
            raise KeepingRefused("no_folder", path=self.folder) from error
        except PermissionError as error:
            raise KeepingRefused("not_writable", path=self.folder) from error

    def need(self) -> None:
        """See that there is such a folder.

        :raises KeepingRefused: if there is none.
        """
        if not (self.folder / MARK).is_file():
            raise KeepingRefused("no_backups", path=self.folder)

    @contextmanager
    def locked(self, alone: bool = True) -> Iterator[None]:
        """Nobody else writes here meanwhile, nor reads where we write.

        :raises KeepingRefused: if somebody does.
        """
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        with (self.folder / MARK).open("rb") as handle:
            try:
                fcntl.flock(handle, how | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise KeepingRefused("busy", path=self.folder) from error
            yield

    def stamps(self) -> list[str]:
        """Names of all manifests, the newest first; whole or not."""
        if not self.manifests.is_dir():
            return []
        found = (path.stem for path in self.manifests.glob("*.json"))
        return sorted(filter(_STAMPED.fullmatch, found), reverse=True)

    def manifest(self, stamp: str) -> Manifest | None:
        """A backup by its name, or None where its manifest is not whole."""
        return read_manifest(self.manifests / f"{stamp}.json")

    def whole(self) -> Iterator[Manifest]:
        """Backups with a whole manifest, the newest first."""
        for stamp in self.stamps():
            found = self.manifest(stamp)
            if found is not None:
                yield found

    def newest(self) -> Manifest | None:
        """The newest backup."""
        return next(self.whole(), None)

    def blob(self, checksum: str) -> Path:
        """Where a blob with this hash lies."""
        return self.blobs / checksum[:2] / checksum

    def chain(self, name: str) -> Path:
        """Where the files of a chain lie."""
        return self.data / name

    # ---------------------------------------------------------------- verifying

    def verify(
        self, manifest: Manifest, seen: set[str] | None = None
    ) -> Iterator[Problem]:
        """What is wrong with a backup: every file is read.

        :param seen: hashes of blobs that were found right already; they are added.
        """
        seen = set() if seen is None else seen
        folder = self.chain(manifest.chain)
        for file in manifest.files:
            name = f"{manifest.chain}/{file['name']}"
            if name in seen:
                continue
            path = folder / file["name"]
            problem = self._look(path, file["size"], file["sha256"])
            if problem:
                yield Problem(f"data_{problem}", manifest.stamp, f"data/{name}")
            else:
                seen.add(name)
        for oid, tid, size, checksum in manifest.blobs:
            if checksum in seen:
                continue
            path = self.blob(checksum)
            problem = self._look(path, size, checksum)
            if problem:
                shown = f"{path.relative_to(self.folder)} ({oid}/{tid})"
                yield Problem(f"blob_{problem}", manifest.stamp, shown)
            else:
                seen.add(checksum)

    @staticmethod
    def _look(path: Path, size: int, checksum: str) -> str:
        """What is wrong with a file: missing, changed or nothing."""
        try:
            if path.stat().st_size != size:
                return "changed"
            return "" if sha256_of(path, fresh=True) == checksum else "changed"
        except FileNotFoundError:
            return "missing"
        except OSError:
            return "changed"

    # ----------------------------------------------------------------- removing

    def remove(self, stamps: set[str]) -> None:
        """Remove backups, and what no other one needs.

        The manifests go first: what is half removed is no backup any more.
        """
        for stamp in stamps:
            (self.manifests / f"{stamp}.json").unlink(missing_ok=True)
        if stamps:
            fsync_folder(self.manifests)
        self.sweep()

    def sweep(self) -> None:
        """Remove every file that no manifest names, as long as all are whole.

        A manifest that cannot be read keeps everything: what it named is unknown.
        """
        found = [self.manifest(stamp) for stamp in self.stamps()]
        if None in found:
            return
        needed, files = set(), set()
        for manifest in filter(None, found):
            needed.update(blob[3] for blob in manifest.blobs)
            for file in manifest.files:
                # What repozo itself needs to go on stands beside each file.
                stem = file["name"].rpartition(".")[0]
                for end in (file["name"], f"{stem}.dat", f"{stem}.index"):
                    files.add(f"{manifest.chain}/{end}")
        for path in self.blobs.glob("*/*"):
            if path.name not in needed:
                path.unlink()
        for path in self.data.glob("*/*"):
            if f"{path.parent.name}/{path.name}" not in files:
                path.unlink()
        for folder in (*self.data.iterdir(), *self.blobs.iterdir()):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        for folder in (self.manifests, self.folder):
            for path in folder.glob(".*.part"):
                path.unlink()


def _write(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)


def write_manifest(depot: Depot, manifest: Manifest) -> None:
    """Close a backup: from now on it is one."""
    text = manifest.closed()
    path = depot.manifests / f"{manifest.stamp}.json"
    replace_file(path, lambda stream: _write(stream, text))
    if read_manifest(path) is None:
        path.unlink(missing_ok=True)
        raise KeepingRefused("not_written", path=path)
