"""The outbox: revisions and changes of everything that was ever public.

It lies at the site and not at what it tells of, so that taking back an older version,
copying, moving or deleting an object leaves its history alone.

Sequence numbers come from one counter, which two transactions cannot raise at the same
time: the later one meets a conflict and is done again. So the order of the numbers is
the order in which changes became visible, and who has read up to a number has missed
nothing below it.
"""

from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from persistent import Persistent
from typing import Any
from zhinan.rules import revisions
from zhinan.rules.revisions import Seen
from zhinan.rules.revisions import Step
from zope.annotation.interfaces import IAnnotations

import datetime
import json
import secrets
import zlib


KEY = "zhinan.publishing.outbox"


@dataclass(frozen=True)
class Revision:
    """One state that the public read; ``public`` tells whether it does so now."""

    number: int
    hash: str
    moment: datetime.datetime
    public: bool = True


@dataclass(frozen=True)
class Line:
    """One change; the path is relative to the site."""

    sequence: int
    uid: str
    kind: str
    moment: datetime.datetime
    revision: int
    hash: str
    path: str
    title: str = ""
    department: str = ""
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What is known of one thing now, and its history."""

    uid: str
    seen: Seen
    title: str
    department: str
    codes: dict[str, str]
    revision: int
    revisions: tuple[Revision, ...] = ()
    steps: tuple[Step, ...] = ()


class Text(Persistent):
    """A canonical text, compressed."""

    def __init__(self, text: bytes):
        self.data = zlib.compress(text, 9)


class Counter(Persistent):
    """The last sequence number: no conflict on it is ever resolved, see above."""

    value = 0


class Outbox(Persistent):
    """Lines by sequence, records by UID, contents by checksum, channels by name."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.counter = Counter()
        self.lines = IOBTree()
        self.records = OOBTree()
        self.texts = OOBTree()
        self.channels = OOBTree()

    @property
    def latest(self) -> int:
        """The last sequence number; 0 before the first change."""
        return self.counter.value

    def since(self, sequence: int, limit: int) -> list[Line]:
        """The lines after a sequence number, in order, at most so many."""
        return list(self._since(sequence, limit))

    def _since(self, sequence: int, limit: int) -> Iterator[Line]:
        found = self.lines.itervalues(min=sequence, excludemin=True)
        for _number, line in zip(range(limit), found, strict=False):
            yield line

    def content(self, checksum: str) -> Any:
        """The content with this checksum as plain values, or None."""
        kept = self.texts.get(checksum)
        return None if kept is None else json.loads(zlib.decompress(kept.data))

    def revision(self, uid: str, number: int) -> Revision | None:
        """A revision by its number, or None if there is none."""
        record = self.records.get(uid)
        found = record.revisions if record is not None else ()
        return found[number - 1] if 1 <= number <= len(found) else None

    def add(self, record: Record, kind: str, text: bytes | None) -> Record:
        """Write one change; ``record`` is what is known after it.

        :param text: the canonical content when the public reads it now.
        :returns: the record as it was kept, with the step in its history.
        """
        now = datetime.datetime.now(datetime.UTC)
        checksum = record.seen.hash
        number, kept = record.revision, record.revisions
        before = kept[-1].hash if kept else ""
        if kind not in revisions.GONE:
            number = revisions.next_revision(number, before, checksum)
            if number > len(kept):
                kept = (*kept, Revision(number, checksum, now))
            if text is not None and checksum not in self.texts:
                self.texts[checksum] = Text(text)
        self.counter.value += 1
        sequence = self.counter.value
        self.lines[sequence] = Line(
            sequence,
            record.uid,
            kind,
            now,
            number,
            checksum,
            record.seen.path,
            record.title,
            record.department,
            record.codes,
        )
        step = Step(sequence, kind, number, checksum)
        made = replace(
            record, revision=number, revisions=kept, steps=(*record.steps, step)
        )
        self.records[record.uid] = made
        return made


def outbox(site: Any) -> Outbox:
    """The outbox of a site; made where there is none."""
    annotations = IAnnotations(site)
    if KEY not in annotations:
        annotations[KEY] = Outbox()
    return annotations[KEY]


def peek(site: Any) -> Outbox:
    """The outbox for reading: an empty one, which is not kept, where there is none."""
    found = IAnnotations(site).get(KEY)
    return Outbox() if found is None else found
