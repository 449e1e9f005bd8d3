"""Where a site keeps its data, and what its database file says of itself.

Read from the files alone, beside the running site: no database is opened for writing,
and nothing of Plone is loaded.
"""

from .depot import KeepingRefused
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hashlib
import re
import struct


_PATH = re.compile(r"^\s*path\s+(\S.*?)\s*$", re.MULTILINE)
_BLOBS = re.compile(r"^\s*blob-dir\s+(\S.*?)\s*$", re.MULTILINE)
_FILESTORAGE = re.compile(r"<filestorage[^>]*>(.*?)</filestorage>", re.DOTALL)
#: Class of the tool that knows which version of our profile a site has.
_SETUP = b"Products.GenericSetup.tool"
_PROFILE = "zhinan:default"
#: What belongs to a site and stays out of its backup: who has both could forge, or
#: make the codes of second factors.
KEPT_ELSEWHERE = ("trail.key", "signin.key")
#: Left in var by a restore until the site has started once.
RESTORED = "restored.json"


class Place:
    """The home of an instance."""

    def __init__(self, home: Path):
        self.home = home
        self.var = home / "var"
        self.data = self.var / "filestorage" / "Data.fs"
        self.blobs = self.var / "blobstorage"
        conf = home / "parts" / "instance" / "etc" / "zope.conf"
        if conf.is_file():
            text = conf.read_text("utf-8")
            section = _FILESTORAGE.search(text)
            path = _PATH.search(section.group(1)) if section else None
            if path is None:
                raise KeepingRefused("no_filestorage", path=conf)
            self.data = Path(path.group(1))
            blobs = _BLOBS.search(text)
            if blobs:
                self.blobs = Path(blobs.group(1))

    def need_data(self) -> None:
        """See that there is a database.

        :raises KeepingRefused: if there is none.
        """
        if not self.data.is_file() or not self.data.stat().st_size:
            raise KeepingRefused("no_database", path=self.data)

    def kept_elsewhere(self) -> list[dict[str, str]]:
        """Files that must be kept apart, by name and a mark that gives nothing away."""
        found = []
        for name in KEPT_ELSEWHERE:
            path = self.var / name
            if path.is_file():
                found.append({"path": f"var/{name}", "id": key_id(path)})
        return found


def key_id(path: Path) -> str:
    """A mark by which a secret file is known, and from which it cannot be guessed."""
    return hashlib.sha256(b"zhinan-key\0" + path.read_bytes()).hexdigest()[:16]


def last_tid(path: Path, end: int) -> bytes:
    """The transaction that ends at this place of a database file."""
    with path.open("rb") as stream:
        stream.seek(end - 8)
        (length,) = struct.unpack(">Q", stream.read(8))
        stream.seek(end - 8 - length)
        return stream.read(8)


class Found:
    """What a part of a database file holds, as far as a backup asks."""

    def __init__(self) -> None:
        #: object and transaction of each blob
        self.blobs: list[tuple[bytes, bytes]] = []
        #: version of our profile, where this part tells
        self.profile = ""


def read_part(path: Path, start: int, stop: bytes) -> Found:
    """Read a database file from a place to a transaction."""
    from ZODB.blob import is_blob_record

    found = Found()
    for transaction in _transactions(path, start, stop):
        for record in transaction:
            data = record.data
            if not data:
                continue
            if is_blob_record(data):
                found.blobs.append((record.oid, record.tid))
            elif _SETUP in data[:200]:
                found.profile = _profile(data) or found.profile
    return found


def _transactions(path: Path, start: int, stop: bytes) -> Iterator[Any]:
    from ZODB.FileStorage.FileStorage import FileIterator

    iterator = FileIterator(str(path), stop=stop, pos=start)
    try:
        yield from iterator
    finally:
        iterator.close()


def _profile(data: bytes) -> str:
    """The version of our profile in the record of a site's setup tool."""
    from io import BytesIO
    from ZODB._compat import PersistentUnpickler

    unpickler = PersistentUnpickler(_stub, lambda reference: None, BytesIO(data))
    try:
        unpickler.load()
        state = unpickler.load()
        version = state["_profile_upgrade_versions"][_PROFILE]
    except Exception:
        # Whatever the tool of another version looks like: nobody's backup fails.
        return ""
    return ".".join(version) if isinstance(version, tuple | list) else str(version)


def _stub(module: str, name: str) -> Any:
    """A class that holds nothing, in the place of any."""
    return type(name, (), {"__module__": module, "__setstate__": lambda self, state: 0})
