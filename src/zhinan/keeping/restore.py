"""Brings a backup back: into an empty place, after every hash was looked at."""

from .depot import canonical
from .depot import Depot
from .depot import fsync_folder
from .depot import KeepingRefused
from .depot import Manifest
from .depot import Problem
from .depot import replace_file
from .place import key_id
from .place import last_tid
from .place import Place
from .place import read_part
from .place import RESTORED
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from zhinan.departments.citytime import CITY_TIME

import datetime
import gzip
import os
import re
import shutil


#: Behind the names of what is being restored.
ASIDE = ".restoring"
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
#: Bytes beside what is restored: indexes, logs, and room to begin.
ROOM = 50_000_000


@dataclass
class Restored:
    """What came of it."""

    manifest: Manifest
    blobs: int
    #: files that must be brought by hand: path, and whether it is there already
    by_hand: list[tuple[str, str, bool]] = field(default_factory=list)


class Damaged(Exception):
    """The backup is not whole; its problems."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems)
        self.problems = problems


def moment_of(text: str) -> datetime.datetime:
    """A moment as people write it, in the city's time, or as a backup is named.

    :raises KeepingRefused: if it is none.
    """
    if _STAMP.fullmatch(text):
        text = f"{text[:-1]}+00:00"
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise KeepingRefused("no_moment", text=text) from error
    if len(text) <= len("2026-01-01"):
        found = found.replace(hour=23, minute=59, second=59)
    return found if found.tzinfo else found.replace(tzinfo=CITY_TIME)


def choose(depot: Depot, at: str = "") -> Manifest:
    """The newest backup, or the newest that is not younger than a moment.

    :raises KeepingRefused: if there is none.
    """
    depot.need()
    limit = moment_of(at) if at else None
    for found in depot.whole():
        if limit is None or found.moment <= limit:
            return found
    key = "none_so_old" if any(depot.whole()) else "no_whole_backup"
    raise KeepingRefused(key, path=depot.folder, at=at)


def restore(depot: Depot, place: Place, at: str = "") -> Restored:
    """Restore a backup.

    :raises KeepingRefused: if the place is not empty or the disk is too small.
    :raises Damaged: if something of the backup is not as it was; nothing is written.
    """
    manifest = choose(depot, at)
    need_empty(place)
    with depot.locked(alone=False):
        problems = list(depot.verify(manifest))
        if problems:
            raise Damaged(problems)
        _need_space(place, manifest)
        try:
            return _write(depot, place, manifest)
        except OSError as error:
            raise KeepingRefused("not_restored", reason=error) from error


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ASIDE)


def need_empty(place: Place) -> None:
    """See that nothing can be lost; what an interrupted restore left is nothing.

    :raises KeepingRefused: if there is something.
    """
    if place.data.exists() and place.data.stat().st_size:
        raise KeepingRefused("not_empty", path=place.data)
    if not _aside(place.data).exists():
        blob = next(place.blobs.rglob("*.blob"), None)
        if blob is not None:
            raise KeepingRefused("not_empty", path=place.blobs)


def _need_space(place: Place, manifest: Manifest) -> None:
    for folder in (place.data.parent, place.blobs.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    need = manifest.size + ROOM
    free = shutil.disk_usage(place.data.parent).free
    if free < need:
        raise KeepingRefused(
            "no_space",
            path=place.data.parent,
            need=need // 1_000_000 + 1,
            free=free // 1_000_000,
        )


def _write(depot: Depot, place: Place, manifest: Manifest) -> Restored:
    """Write all of it aside, look at it, and move it into its place, data last."""
    data, blobs = _aside(place.data), _aside(place.blobs)
    _write_data(depot, manifest, data)
    shutil.rmtree(blobs, ignore_errors=True)
    _write_blobs(depot, manifest, blobs)
    _check(manifest, data, blobs)
    text = canonical(
        {
            "backup": manifest.stamp,
            "moment": manifest.data["moment"],
            "tid": manifest.data["tid"],
            "restored": datetime.datetime.now(datetime.UTC).isoformat(),
        }
    )
    place.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(place.var / RESTORED, lambda stream: _put(stream, text))
    shutil.rmtree(place.blobs, ignore_errors=True)
    blobs.rename(place.blobs)
    fsync_folder(place.blobs.parent)
    # An index of what was here before would tell of another file.
    for name in (".index", ".index.index_tmp", ".old", ".tmp"):
        place.data.with_name(place.data.name + name).unlink(missing_ok=True)
    data.replace(place.data)
    fsync_folder(place.data.parent)
    by_hand = []
    for file in manifest.data["kept_elsewhere"]:
        path = place.home / file["path"]
        there = path.is_file() and key_id(path) == file["id"]
        by_hand.append((file["path"], file["id"], there))
    return Restored(manifest, len(manifest.blobs), by_hand)


def _put(stream: object, data: bytes) -> None:
    stream.write(data)  # type: ignore[attr-defined]


def _write_data(depot: Depot, manifest: Manifest, target: Path) -> None:
    folder = depot.chain(manifest.chain)
    with target.open("wb") as out:
        os.chmod(target, 0o600)
        for file in manifest.files:
            with gzip.open(folder / file["name"], "rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
        size = out.tell()
    if size != manifest.data["data"]["size"]:
        raise KeepingRefused("not_restored", reason=f"{target}: {size}")


def _write_blobs(depot: Depot, manifest: Manifest, folder: Path) -> None:
    from ZODB.blob import FilesystemHelper

    helper = FilesystemHelper(str(folder), "bushy")
    helper.create()
    for oid, tid, _size, checksum in manifest.blobs:
        target = Path(helper.getBlobFilename(bytes.fromhex(oid), bytes.fromhex(tid)))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with depot.blob(checksum).open("rb") as stream, target.open("xb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        target.chmod(0o400)


def _check(manifest: Manifest, data: Path, blobs: Path) -> None:
    """The restored file ends where the backup did, and each blob it names is there.

    :raises KeepingRefused: if not.
    """
    from ZODB.blob import FilesystemHelper

    tid = last_tid(data, data.stat().st_size)
    if tid.hex() != manifest.data["tid"]:
        raise KeepingRefused("not_restored", reason=f"{data}: {tid.hex()}")
    helper = FilesystemHelper(str(blobs), "bushy")
    missing = {tuple(name) for name in manifest.data["missing"]}
    for oid, number in read_part(data, 4, tid).blobs:
        path = Path(helper.getBlobFilename(oid, number))
        if not path.is_file() and (oid.hex(), number.hex()) not in missing:
            raise KeepingRefused("not_restored", reason=path)
