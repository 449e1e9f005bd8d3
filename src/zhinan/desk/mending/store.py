"""Mendings that were proposed, with their places and what became of them."""

from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from dataclasses import dataclass
from persistent import Persistent
from plone import api
from typing import Any
from zhinan.departments.citytime import today
from zhinan.rules.mending import Place
from zhinan.rules.mending import Wish
from zope.annotation.interfaces import IAnnotations

import datetime


KEY = "zhinan.desk.mendings"
PROPOSED, APPROVED, DONE = "proposed", "approved", "done"
REFUSED, WITHDRAWN = "refused", "withdrawn"
#: States after which nothing happens by itself any more.
ENDED = frozenset({DONE, REFUSED, WITHDRAWN})

#: What became of a place.
WRITTEN, CHANGED, GONE, LEFT, UNFIT = "written", "changed", "gone", "left", "unfit"


@dataclass(frozen=True)
class Spot:
    """A place with the guide and the part of it in which it lies."""

    guide: str
    #: UID of the material; that of the guide itself for its own elements
    part: str
    place: Place

    @property
    def key(self) -> str:
        """A name of it within a mending."""
        return f"{self.guide}/{self.part}/{self.place.key}"


@dataclass(frozen=True)
class Result:
    """What became of the places of one guide."""

    title: str
    #: pairs of a spot, as it was written, and what became of it
    spots: tuple[tuple[Spot, str], ...]
    #: number of the new edition; empty for what is not online
    edition: str = ""


class Mending(Persistent):
    """One mending."""

    def __init__(
        self,
        number: str,
        department: str,
        wish: Wish,
        spots: tuple[Spot, ...],
        note: str,
        minor: bool,
        person: str,
        undo_of: str = "",
    ):
        self.number = number
        self.department = department
        self.wish = wish
        self.spots = spots
        self.note = note
        self.minor = minor
        self.proposed_by = person
        self.proposed_at = now()
        self.undo_of = undo_of
        self.state = PROPOSED
        self.decided_by = ""
        self.decided_at: datetime.datetime | None = None
        self.reason = ""
        self.job = ""
        self.done_at: datetime.datetime | None = None
        #: number of the mending that takes this one back
        self.undone_by = ""
        self.results = OOBTree()

    @property
    def guides(self) -> list[str]:
        """UIDs of the guides, in the order in which they are mended."""
        return list(dict.fromkeys(spot.guide for spot in self.spots))

    def of_guide(self, uid: str) -> list[Spot]:
        """The spots of one guide."""
        return [spot for spot in self.spots if spot.guide == uid]

    def written(self) -> list[Spot]:
        """Everything that was written, as it was."""
        return [
            spot
            for result in self.results.values()
            for spot, verdict in result.spots
            if verdict == WRITTEN
        ]

    def tally(self) -> dict[str, int]:
        """How many places came to what."""
        found: dict[str, int] = {}
        for result in self.results.values():
            for _spot, verdict in result.spots:
                found[verdict] = found.get(verdict, 0) + 1
        return found


class Store(Persistent):
    """Mendings by number, which is never given twice."""

    def __init__(self) -> None:
        self.mendings = OOBTree()


def now() -> datetime.datetime:
    """This moment, in whole seconds of UTC."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def _store(write: bool = False) -> Store:
    notes = IAnnotations(api.portal.get())
    found = notes.get(KEY)
    if found is None:
        found = Store()
        if write:
            notes[KEY] = found
    return found


def get(number: object) -> Mending | None:
    """The mending with this number, or None."""
    return _store().mendings.get(number) if isinstance(number, str) else None


def newest() -> Iterator[Mending]:
    """All of them, the newest first."""
    kept = _store().mendings
    for number in reversed(kept.keys()):
        yield kept[number]


def add(**values: Any) -> Mending:
    """Keep a new one under the next number of the day."""
    kept = _store(write=True).mendings
    day = f"{today():%Y%m%d}"
    same = list(kept.keys(min=f"XG{day}-", max=f"XG{day}-~"))
    last = int(same[-1].partition("-")[2]) if same else 0
    made = Mending(f"XG{day}-{last + 1:03d}", **values)
    kept[made.number] = made
    return made
