"""The trail as it is kept: in an annotation of the site's root, by UID.

So a revert, a copy, a move or the deletion of an object leaves its chain whole. Acts on
different objects write different records of the database: each object has a chain of
its own, new chains lie in one of many shards, and the journal, by which all acts of a
period are read, has a segment for each day and each connection to the database. A
connection serves one transaction at a time, so nobody else ever writes its segment.
"""

from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from weakref import WeakKeyDictionary
from zhinan.rules import chain as rules
from zhinan.rules.chain import Entry
from zhinan.trail import keys
from zhinan.trail import moments
from zope.annotation.interfaces import IAnnotations
from zope.component.hooks import getSite

import datetime
import hashlib
import heapq
import itertools
import secrets
import zlib


KEY = "zhinan.trail"
SHARDS = 256
#: Rows of the journal that are read at a time from its end.
_STEP = 100

#: The name under which a connection writes its segments of the journal.
_WRITERS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


class Rows(IOBTree):
    """Rows by number, to which is only added.

    The leaves are small: each act is a transaction, which writes the last leaf anew.
    """

    max_leaf_size = 16


class Chain(Persistent):
    """The entries of one object, or of one process, as bytes by number."""

    count = 0
    head = ""
    #: digest of each field that is not empty, when the last entry was written, and the
    #: name of the key with which they were made
    known: Mapping[str, str] | None = None
    key = ""

    def __init__(self) -> None:
        self.entries = Rows()

    def append(self, values: Mapping[str, Any]) -> int:
        """Write one entry; its number."""
        number = self.count + 1
        text = rules.make(number, self.head, values)
        self.entries[number] = text
        self.count, self.head = number, rules.digest(text)
        return number

    def last(self) -> Entry | None:
        """The last entry."""
        return rules.parse(self.entries[self.count]) if self.count else None


@dataclass(frozen=True)
class Row:
    """One line of the journal: enough to find and to filter.

    ``chain`` is empty for an act; of the second stream, it is the name of the chain and
    ``event`` what the event says.
    """

    at: str
    uid: str
    n: int
    act: str
    who: str = ""
    function: str = ""
    #: to which department the object belonged
    department: str = ""
    chain: str = ""
    event: Mapping[str, Any] | None = None

    @property
    def moment(self) -> datetime.datetime:
        """When it was, in UTC."""
        return datetime.datetime.fromisoformat(self.at)


class Text(Persistent):
    """An anchor's text; it can be long, so it has a record of its own."""

    def __init__(self, text: bytes):
        self.text = text


class Sealed(Persistent):
    """How far the anchors have come; only who makes an anchor writes here."""

    def __init__(self) -> None:
        self.journal: dict[str, int] = {}
        self.events: dict[str, int] = {}


class Trail(Persistent):
    """Everything that is kept of what was done."""

    #: name of the key
    key = ""

    def __init__(self) -> None:
        self.shards = tuple(OOBTree() for _number in range(SHARDS))
        #: rows by number, under the day and the name of who wrote them
        self.journal = OOBTree()
        #: the second stream: chains by the name of their process
        self.events = OOBTree()
        #: ``Text`` by number
        self.anchors = IOBTree()
        self.sealed = Sealed()

    # ------------------------------------------------------------------ chains

    def shard(self, uid: str) -> OOBTree:
        """Where the chain of a UID lies."""
        return self.shards[zlib.crc32(uid.encode()) % SHARDS]

    def chain(self, uid: str) -> Chain | None:
        """The chain of a UID, or None."""
        return self.shard(uid).get(uid)

    def chains(self) -> Iterator[tuple[str, Chain]]:
        """All chains with their UIDs."""
        for shard in self.shards:
            yield from shard.items()

    def write(
        self,
        uid: str,
        values: Mapping[str, Any],
        known: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Entry:
        """Write an act into the chain of this UID and into the journal.

        :param values: what the entry says, as named in the rules; UID and hour are
            added.
        :param known: digests of all fields by now, where they are known.
        """
        found = self.chain(uid)
        if found is None:
            found = self.shard(uid)[uid] = Chain()
        said = {**values, "uid": uid, "at": moments.now()}
        number = found.append(said)
        if known is not None and (known != found.known or key != found.key):
            found.known, found.key = dict(known), key
        self._note(
            (
                said["at"],
                uid,
                number,
                said.get("act", ""),
                said.get("who", ""),
                said.get("function", ""),
                said.get("department", ""),
            )
        )
        return rules.parse(found.entries[number])

    # ----------------------------------------------------------------- journal

    def _note(self, row: tuple[Any, ...]) -> None:
        name = f"{moments.day(row[0])} {self._writer()}"
        rows = self.journal.get(name)
        if rows is None:
            rows = self.journal[name] = Rows()
        rows[(rows.maxKey() if rows else 0) + 1] = row

    def _writer(self) -> str:
        jar = self._p_jar
        if jar is None:
            return "0"
        if jar not in _WRITERS:
            _WRITERS[jar] = secrets.token_hex(6)
        return _WRITERS[jar]

    def rows(
        self, start: str = "", end: str = "", newest_first: bool = False
    ) -> Iterator[Row]:
        """Rows of the journal from ``start`` on and before ``end``, by time."""
        days: dict[str, list[IOBTree]] = {}
        first = moments.day(start) if start else None
        last = f"{moments.day(end)} ~" if end else None
        for name, rows in self.journal.items(first, last):
            days.setdefault(name.partition(" ")[0], []).append(rows)
        for day in sorted(days, reverse=newest_first):
            lists = [_stepwise(rows, newest_first) for rows in days[day]]
            merged = heapq.merge(
                *lists, key=lambda row: (row[0], row[1], row[2]), reverse=newest_first
            )
            for row in merged:
                if (not start or row[0] >= start) and (not end or row[0] < end):
                    yield Row(*row)

    # ------------------------------------------------------------ second stream

    def event_rows(
        self, start: str = "", end: str = "", newest_first: bool = False
    ) -> Iterator[Row]:
        """Events of all processes as rows, by time."""
        lists = []
        for name, chain in self.events.items():
            if not chain.count or (end and name >= end):
                continue
            last = rules.values(chain.entries[chain.count])
            if not start or last["at"] >= start:
                lists.append(_events(name, chain, newest_first))
        for row in heapq.merge(*lists, key=lambda row: row.at, reverse=newest_first):
            if (not start or row.at >= start) and (not end or row.at < end):
                yield row


def _stepwise(rows: IOBTree, newest_first: bool) -> Iterator[tuple[Any, ...]]:
    """Values of a segment, whose numbers have no gaps."""
    if not newest_first:
        yield from rows.values()
        return
    for high in range(rows.maxKey() if rows else 0, 0, -_STEP):
        yield from reversed(list(rows.values(high - _STEP + 1, high)))


def _events(name: str, chain: Chain, newest_first: bool) -> Iterator[Row]:
    for text in _stepwise(chain.entries, newest_first):
        said = rules.values(text)
        yield Row(
            said["at"],
            said.get("uid", ""),
            said["n"],
            said.get("act", ""),
            said.get("who", ""),
            said.get("function", ""),
            said.get("department", ""),
            name,
            said,
        )


# --------------------------------------------------------------------- reaching it


def of(site: Any) -> Trail | None:
    """The trail of a site, or None while it has none."""
    return IAnnotations(site).get(KEY)


def peek(site: Any) -> Trail:
    """The trail for reading: an empty one, which is not kept, where there is none."""
    found = of(site)
    return Trail() if found is None else found


def prepare(site: Any) -> Trail:
    """The trail of a site with its key, made where there is none.

    :raises zhinan.trail.keys.KeyTrouble: if the key is missing or another one.
    """
    annotations = IAnnotations(site)
    found = annotations.get(KEY)
    if found is None:
        found = annotations[KEY] = Trail()
    key_of(found)
    return found


def key_of(trail: Trail) -> keys.Key:
    """The key of a trail that is written to.

    :raises zhinan.trail.keys.KeyTrouble: if it is missing or another one.
    """
    key = keys.of(trail.key)
    if key.name != trail.key:
        before, trail.key = trail.key, key.name
        if before:
            said = {"act": "trail.key", "from": before, "to": key.name, "who": "system"}
            trail.write("site", said)
    return key


# ------------------------------------------------------------------------- reading


def entries(uid: str, site: Any = None) -> list[Entry]:
    """The chain of a UID, the first entry first."""
    chain = peek(site if site is not None else getSite()).chain(uid)
    if chain is None:
        return []
    return [rules.parse(text) for text in chain.entries.values()]


def entry(uid: str, n: int, site: Any = None) -> Entry | None:
    """One entry of a chain."""
    chain = peek(site if site is not None else getSite()).chain(uid)
    text = chain.entries.get(n) if chain is not None else None
    return None if text is None else rules.parse(text)


def between(
    start: datetime.datetime | None = None,
    end: datetime.datetime | None = None,
    *,
    department: str = "",
    who: str = "",
    act: str = "",
    newest_first: bool = False,
    acts: bool = True,
    events: bool = False,
    site: Any = None,
) -> Iterator[Row]:
    """What happened from ``start`` on and before ``end``, by time.

    :param department: a department's code: it acted, or the object was its own.
    :param act: name of an act; with a dot at its end all acts that begin so.
    :param acts: the acts themselves.
    :param events: the second stream: refusals, sign-ins, reading of files.
    """
    trail = peek(site if site is not None else getSite())
    first = moments.text(start) if start else ""
    last = moments.text(end) if end else ""
    lists: list[Iterable[Row]] = []
    if acts:
        lists.append(trail.rows(first, last, newest_first))
    if events:
        lists.append(trail.event_rows(first, last, newest_first))
    for row in heapq.merge(*lists, key=lambda row: row.at, reverse=newest_first):
        if (
            (not who or row.who == who)
            and (not act or row.act == act or _begins(row.act, act))
            and (not department or _concerns(row, department))
        ):
            yield row


def newest(number: int = 50, **filters: Any) -> list[Row]:
    """The newest rows; filters as in :func:`between`."""
    found = between(newest_first=True, **filters)
    return list(itertools.islice(found, number))


def _begins(name: str, act: str) -> bool:
    return act.endswith(".") and name.startswith(act)


def _concerns(row: Row, department: str) -> bool:
    acting = row.function.partition(":")[0]
    return department in {row.department, acting}


def address_digest(key: keys.Key, address: str) -> str:
    """What stands for an address or a login that must not be written down."""
    return hashlib.blake2b(
        address.encode(), key=key.addresses, digest_size=8
    ).hexdigest()
