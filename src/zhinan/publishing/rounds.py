"""A round: what happened to a guide, or to its working copy, on the way to the public.

Who drafted, who submitted, who approved, what a reviewer wants mended and when it is to
be published belongs to one round, and a publication ends it. It is kept at the site by
UID, so that taking back an older version, copying or an import leaves it alone.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from persistent import Persistent
from typing import Any
from zope.annotation.interfaces import IAnnotations

import datetime
import transaction


KEY = "zhinan.publishing.rounds"


@dataclass(frozen=True)
class Comment:
    """What a reviewer wants mended in one element; empty element: in the whole."""

    element: str
    text: str
    #: id of the material, if it is about one
    material: str = ""


@dataclass(frozen=True)
class Schedule:
    """When to publish, and with which note."""

    publish_at: datetime.datetime
    by: str
    note: str = ""
    minor: bool = False
    expire_at: datetime.datetime | None = None
    #: drop a withdrawal that was planned before
    stay: bool = False


@dataclass(frozen=True)
class Round:
    """What is known of the way of one thing; frozen, so that each change is one write.

    ``drafted_by`` are the ids of all who changed it since its last edition, in the
    order in which they came.
    """

    drafted_by: tuple[str, ...] = ()
    submitted_by: str = ""
    submitted_at: datetime.datetime | None = None
    approved_by: str = ""
    approved_at: datetime.datetime | None = None
    returned_by: str = ""
    returned_at: datetime.datetime | None = None
    comments: tuple[Comment, ...] = ()
    schedule: Schedule | None = None
    #: why a scheduled publication failed, in the words that the person read
    failure: str = ""
    failed_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What is known of something that is, or was, online; it outlives the rounds."""

    #: when it is to be looked at again
    next_review: datetime.date | None = None
    last_review: datetime.date | None = None
    reviewed_by: str = ""
    #: reason of the last postponement
    postponed: str = ""
    expire_at: datetime.datetime | None = None
    #: why and when it left the public, and what takes its place (UID)
    left: str = ""
    left_at: datetime.datetime | None = None
    left_by: str = ""
    successor: str = ""
    #: months between two reviews, where they are not the site's; 0 elsewhere
    months: int = 0


class Rounds(Persistent):
    """Rounds and standings by UID, and of both what waits for a time."""

    def __init__(self) -> None:
        self.rounds = OOBTree()
        self.standings = OOBTree()
        #: (moment as ISO text in UTC, UID) of publications and withdrawals to come
        self.due = OOBTree()
        #: (day as ISO text, UID) of the next reviews
        self.reviews = OOBTree()

    def round(self, uid: str) -> Round:
        """The round of a thing; an empty one if nothing happened yet."""
        return self.rounds.get(uid) or Round()

    def standing(self, uid: str) -> Standing:
        """The standing of a thing."""
        return self.standings.get(uid) or Standing()

    def put(self, uid: str, made: Round | None) -> None:
        """Keep a round; None ends it."""
        old = self.rounds.get(uid)
        if old is not None and old.schedule is not None:
            self.due.pop((_key(old.schedule.publish_at), uid), None)
        if made is None:
            self.rounds.pop(uid, None)
            return
        self.rounds[uid] = made
        if made.schedule is not None:
            self.due[_key(made.schedule.publish_at), uid] = "publish_scheduled"

    def stand(self, uid: str, made: Standing | None) -> None:
        """Keep a standing; None forgets it."""
        old = self.standings.get(uid)
        if old is not None:
            if old.expire_at is not None:
                self.due.pop((_key(old.expire_at), uid), None)
            if old.next_review is not None:
                self.reviews.pop((old.next_review.isoformat(), uid), None)
        if made is None:
            self.standings.pop(uid, None)
            return
        self.standings[uid] = made
        if made.expire_at is not None:
            self.due[_key(made.expire_at), uid] = "expire"
        if made.next_review is not None:
            self.reviews[made.next_review.isoformat(), uid] = True

    def due_until(self, moment: datetime.datetime) -> list[tuple[str, str, str]]:
        """What is due: moment, UID and transition, the earliest first."""
        return [
            (key[0], key[1], step)
            for key, step in self.due.items(max=(_key(moment), "\U0010ffff"))
        ]

    def reviews_until(self, day: datetime.date) -> Iterator[tuple[str, str]]:
        """Reviews that are due: day and UID, the longest overdue first."""
        yield from self.reviews.keys(max=(day.isoformat(), "\U0010ffff"))


def _key(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).replace(microsecond=0).isoformat()


def prepare(site: Any) -> Rounds:
    """The rounds of a site; made where there are none."""
    notes = IAnnotations(site)
    if KEY not in notes:
        notes[KEY] = Rounds()
    return notes[KEY]


def peek(site: Any) -> Rounds:
    """The rounds for reading: empty ones, which are not kept, where there are none."""
    found = IAnnotations(site).get(KEY)
    return Rounds() if found is None else found


def change(site: Any, uid: str, **values: Any) -> Round:
    """Change some of what is known of a round; the new one."""
    rounds = prepare(site)
    made = replace(rounds.round(uid), **values)
    rounds.put(uid, made)
    return made


def restand(site: Any, uid: str, **values: Any) -> Standing:
    """Change some of what is known of a standing; the new one."""
    rounds = prepare(site)
    made = replace(rounds.standing(uid), **values)
    rounds.stand(uid, made)
    return made


class _Key:
    """Under this the things approved hang at their transaction."""


_KEY = _Key()


def approve(site: Any, uid: str, person: str, moment: datetime.datetime) -> None:
    """Somebody approved what is there."""
    change(site, uid, approved_by=person, approved_at=moment)
    current = transaction.get()
    try:
        current.data(_KEY).add(uid)
    except KeyError:
        current.set_data(_KEY, {uid})


def approved_now(uid: str) -> bool:
    """Whether it was approved in the transaction that runs."""
    try:
        return uid in transaction.get().data(_KEY)
    except KeyError:
        return False


def drafted(site: Any, uid: str, person: str) -> None:
    """Note who changed it; written only for somebody new."""
    known = peek(site).round(uid).drafted_by
    if person and person not in known:
        change(site, uid, drafted_by=(*known, person))
