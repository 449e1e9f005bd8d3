"""Editions: what was published stays readable as it was.

An edition freezes a guide with its materials and files as one unit. It is kept at the
site by UID and never written again, so that reverting, copying, moving, deleting and
importing leave it whole. Contents are kept once for each checksum, and so are files:
the database's own blob is referenced, which plone.namedfile replaces and never writes
into.
"""

from Acquisition import aq_chain
from Acquisition import aq_inner
from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from dataclasses import dataclass
from dataclasses import field
from importlib.metadata import version
from persistent import Persistent
from plone.base.interfaces import IPloneSiteRoot
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.publishing.interfaces import IEditionContent
from zhinan.publishing.store import Text
from zhinan.rules import editions as rules
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.rules.editions import Number
from zope.annotation.interfaces import IAnnotations

import datetime
import json
import zlib


KEY = "zhinan.publishing.editions"


@dataclass(frozen=True)
class Correction:
    """The public note of an edition was corrected; the first one stays known."""

    note: str
    by: str
    moment: datetime.datetime
    reason: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition; people in it are ids, which the public never sees."""

    uid: str
    serial: int
    number: Number
    content_hash: str
    previous: str
    hash: str
    moment: datetime.datetime
    note: str = ""
    minor: bool = False
    origin: str = rules.PUBLISHED
    drafted_by: tuple[str, ...] = ()
    submitted_by: str = ""
    approved_by: str = ""
    approved_at: datetime.datetime | None = None
    published_by: str = ""
    #: reason of a publication in an emergency
    emergency: str = ""
    software: str = ""

    def facts(self) -> dict[str, Any]:
        """What its hash binds together with its content."""
        return {
            "uid": self.uid,
            "number": str(self.number),
            "moment": self.moment.isoformat(),
            "note": self.note,
            "minor": self.minor,
            "origin": self.origin,
            "drafted_by": list(self.drafted_by),
            "submitted_by": self.submitted_by,
            "approved_by": self.approved_by,
            "approved_at": self.approved_at.isoformat() if self.approved_at else "",
            "published_by": self.published_by,
            "emergency": self.emergency,
            "software": self.software,
        }


@dataclass(frozen=True)
class Draft:
    """What is said of an edition that is to be frozen."""

    note: str = ""
    minor: bool = False
    origin: str = rules.PUBLISHED
    drafted_by: tuple[str, ...] = field(default=())
    submitted_by: str = ""
    approved_by: str = ""
    approved_at: datetime.datetime | None = None
    published_by: str = ""
    emergency: str = ""


@dataclass(frozen=True)
class Afterwards:
    """A second person looked at an edition that went online without one."""

    by: str
    moment: datetime.datetime
    note: str = ""


class History(Persistent):
    """The editions of one thing by serial number; 1 is the first."""

    def __init__(self) -> None:
        self.editions = IOBTree()
        self.corrections = IOBTree()
        self.afterwards = IOBTree()
        #: serials of what was published in error
        self.retracted = IOBTree()

    @property
    def last(self) -> Edition | None:
        """The newest one."""
        return self.editions[self.editions.maxKey()] if self.editions else None


class Editions(Persistent):
    """Histories by UID; contents and blobs by checksum."""

    def __init__(self) -> None:
        self.histories = OOBTree()
        self.contents = OOBTree()
        self.blobs = OOBTree()
        #: (UID, serial) of what nobody has looked at beside who published it
        self.unseen = OOBTree()

    # -------------------------------------------------------------------- reading

    def all(self, uid: str) -> list[Edition]:
        """The editions of a thing, the first one first."""
        history = self.histories.get(uid)
        return [] if history is None else list(history.editions.values())

    def current(self, uid: str) -> Edition | None:
        """The newest edition of a thing."""
        history = self.histories.get(uid)
        return None if history is None else history.last

    def get(self, uid: str, number: str) -> Edition | None:
        """An edition by its number, such as 2.1."""
        wanted = rules.read_number(number)
        return next((e for e in self.all(uid) if e.number == wanted), None)

    def content(self, edition: Edition) -> dict[str, Any]:
        """What it froze: plain values, as they were."""
        found = json.loads(zlib.decompress(self.contents[edition.content_hash].data))
        return dict(found)

    def blob(self, sha256: str) -> Any:
        """The blob of a file of some edition, or None."""
        return self.blobs.get(sha256)

    def note(self, edition: Edition) -> str:
        """The public note as it reads now, corrected if it was."""
        found = self.corrections(edition)
        return found[-1].note if found else edition.note

    def corrections(self, edition: Edition) -> tuple[Correction, ...]:
        """How the note was corrected, the first correction first."""
        history = self.histories.get(edition.uid)
        return () if history is None else history.corrections.get(edition.serial, ())

    def afterwards(self, edition: Edition) -> Afterwards | None:
        """Who looked at it afterwards, if it went online without a second person."""
        history = self.histories.get(edition.uid)
        return None if history is None else history.afterwards.get(edition.serial)

    def is_unseen(self, edition: Edition) -> bool:
        """Whether a second person has still to look at it."""
        return (edition.uid, edition.serial) in self.unseen

    def is_retracted(self, edition: Edition) -> bool:
        """Whether it was published in error: the public reads it never again."""
        history = self.histories.get(edition.uid)
        return history is not None and edition.serial in history.retracted

    def check(self, uid: str) -> list[Edition]:
        """The editions whose hash does not fit what they hold; none if all is whole."""
        wrong, previous = [], ""
        for edition in self.all(uid):
            kept = self.contents.get(edition.content_hash)
            try:
                text = zlib.decompress(kept.data) if kept is not None else b""
            except zlib.error:
                text = b""
            fits = (
                checksum(text) == edition.content_hash
                and edition.previous == previous
                and edition.hash
                == rules.seal(edition.content_hash, previous, edition.facts())
            )
            if not fits:
                wrong.append(edition)
            previous = edition.hash
        return wrong

    # -------------------------------------------------------------------- writing

    def add(
        self, uid: str, text: bytes, blobs: dict[str, Any], said: Draft, seen: bool
    ) -> Edition:
        """Freeze one more edition.

        :param text: its canonical content.
        :param seen: whether a second person has looked at it.
        """
        history = self.histories.get(uid)
        if history is None:
            history = self.histories[uid] = History()
        last = history.last
        number = rules.next_number(last.number if last else None, said.minor)
        made = Edition(
            uid=uid,
            serial=last.serial + 1 if last else 1,
            number=number,
            content_hash=checksum(text),
            previous=last.hash if last else "",
            hash="",
            moment=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
            software=version("zhinan"),
            **vars(said),
        )
        made = Edition(
            **{
                **vars(made),
                "hash": rules.seal(made.content_hash, made.previous, made.facts()),
            }
        )
        if made.content_hash not in self.contents:
            self.contents[made.content_hash] = Text(text)
        for sha256, blob in blobs.items():
            if sha256 not in self.blobs:
                self.blobs[sha256] = blob
        history.editions[made.serial] = made
        # What is online now is what has to be looked at.
        for serial in list(history.editions):
            self.unseen.pop((uid, serial), None)
        if not seen:
            self.unseen[uid, made.serial] = made.moment.isoformat()
        return made

    def correct(self, edition: Edition, correction: Correction) -> None:
        """Correct the note of an edition; the first one stays known."""
        kept = self.histories[edition.uid].corrections
        kept[edition.serial] = (*kept.get(edition.serial, ()), correction)

    def retract(self, edition: Edition, moment: datetime.datetime) -> None:
        """It was published in error; it stays so when the next one is online."""
        self.histories[edition.uid].retracted[edition.serial] = moment

    def look(self, edition: Edition, seen: Afterwards) -> None:
        """A second person has looked at it."""
        self.histories[edition.uid].afterwards[edition.serial] = seen
        self.unseen.pop((edition.uid, edition.serial), None)


# ------------------------------------------------------------------------ the site


def editions(site: Any) -> Editions:
    """The editions of a site; made where there are none."""
    notes = IAnnotations(site)
    if KEY not in notes:
        notes[KEY] = Editions()
    return notes[KEY]


def peek(site: Any) -> Editions:
    """The editions for reading: an empty store, not kept, where there is none."""
    found = IAnnotations(site).get(KEY)
    return Editions() if found is None else found


def site_of(obj: Any) -> Any:
    """The site in which an object lies, or None."""
    chain = aq_chain(aq_inner(obj))
    return next((item for item in chain if IPloneSiteRoot.providedBy(item)), None)


def current(obj: Any) -> Edition | None:
    """The edition of an object that is, or was last, online."""
    site, uid = site_of(obj), IUUID(obj, None)
    return peek(site).current(uid) if site is not None and uid else None


def current_content(obj: Any) -> dict[str, Any] | None:
    """The content of that edition, or None if there is none."""
    found = current(obj)
    return None if found is None else peek(site_of(obj)).content(found)


def freeze(obj: Any, said: Draft, seen: bool = True) -> Edition:
    """Freeze what an object holds now as its next edition."""
    about = IEditionContent(obj)
    store = editions(site_of(obj))
    uid = IUUID(obj)
    text = canonical(about.content())
    return store.add(uid, text, about.blobs(), said, seen)


def differs(obj: Any) -> bool:
    """Whether an object is not, or no longer, as its last edition."""
    last = current(obj)
    text = canonical(IEditionContent(obj).content())
    return last is None or last.content_hash != checksum(text)
