"""Whether the editions are as they were frozen: chains of hashes, contents and files.

It only reads, and writes nothing about what it looked at. What somebody changes behind
the back shows in the hash of the edition; what was taken out, in that of the next one.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zhinan import _
from zhinan.publishing.editions import Edition
from zhinan.publishing.editions import Editions
from zhinan.publishing.editions import peek
from zope.i18n import translate
from zope.i18nmessageid import Message

import hashlib
import json
import time
import zlib


LANGUAGE = "zh_CN"
#: Histories after which memory is given back.
_BREATH = 200
#: What can be wrong with an edition, and with a file of one.
CHANGED, FILE_MISSING, FILE_CHANGED = "changed", "file_missing", "file_changed"
_SENTENCES = {
    CHANGED: _(
        "verify_edition",
        default="Edition ${number} of “${title}” (${uid}) is not as it was frozen.",
    ),
    FILE_MISSING: _(
        "verify_edition_file_missing",
        default="A file (${hash}) of edition ${number} of “${title}” (${uid}) is "
        "missing.",
    ),
    FILE_CHANGED: _(
        "verify_edition_file_changed",
        default="A file (${hash}) of edition ${number} of “${title}” (${uid}) was "
        "changed.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was frozen."""

    kind: str
    uid: str
    number: str
    title: str
    hash: str = ""

    def plain(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """For people."""
        mapping = {**asdict(self), "hash": self.hash[:8]}
        message = Message(_SENTENCES[self.kind], mapping=mapping)
        return str(translate(message, target_language=LANGUAGE))


@dataclass
class Looked:
    """What was looked at, and what is wrong."""

    histories: int = 0
    editions: int = 0
    files: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether everything is as it was frozen."""
        return not self.faults


def verify(site: Any, files: bool = True) -> Looked:
    """Look at every history of a site.

    :param files: whether the files are read, too, which takes its time.
    """
    start, store, found = time.monotonic(), peek(site), Looked()
    good: dict[str, str] = {}
    for number, uid in enumerate(store.histories.keys(), 1):
        found.histories += 1
        wrong = store.check(uid)
        for edition in store.all(uid):
            found.editions += 1
            if not files and edition not in wrong:
                continue
            content = _content(store, edition)
            title = str(content.get("title", ""))
            who = (edition.uid, str(edition.number), title)
            if edition in wrong:
                found.faults.append(Fault(CHANGED, *who))
            for sha256 in sorted(set(_files(content))) if files else ():
                if sha256 not in good:
                    found.files += 1
                    good[sha256] = _look(store.blob(sha256), sha256)
                if good[sha256]:
                    found.faults.append(Fault(good[sha256], *who, sha256))
        if number % _BREATH == 0:
            site._p_jar.cacheGC()
    found.seconds = time.monotonic() - start
    return found


def _content(store: Editions, edition: Edition) -> Mapping[str, Any]:
    """The content, or nothing where there is none that can be read."""
    try:
        return store.content(edition)
    except (KeyError, ValueError, zlib.error, json.JSONDecodeError):
        return {}


def _files(value: Any) -> Iterator[str]:
    """Checksums of all files in a content, wherever they stand."""
    if isinstance(value, Mapping):
        if isinstance(value.get("sha256"), str):
            yield value["sha256"]
        for item in value.values():
            yield from _files(item)
    elif isinstance(value, list):
        for item in value:
            yield from _files(item)


def _look(blob: Any, sha256: str) -> str:
    """What is wrong with a file; empty if nothing is."""
    if blob is None:
        return FILE_MISSING
    digest = hashlib.sha256()
    try:
        with blob.open("r") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    except (OSError, KeyError):
        return FILE_MISSING
    return "" if digest.hexdigest() == sha256 else FILE_CHANGED
