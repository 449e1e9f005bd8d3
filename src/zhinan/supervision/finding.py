"""Looking things up in the trail: by filters, the newest first, a page at a time.

No list is counted. Where a page ends, the next one begins: a cursor names the last
entry that was looked at, so that what is written meanwhile moves nothing.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zhinan.rules import chain as rules
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import words as functions
from zhinan.supervision.words import kind_of
from zhinan.trail import moments
from zhinan.trail import store
from zhinan.trail.store import Chain
from zhinan.trail.store import Row
from zope.component.hooks import getSite

import datetime
import heapq


#: Entries on one page.
PAGE = 50
#: Entries that are looked at for one page; the reader is asked before more are.
MOST_LOOKED_AT = 20_000
ACTS, EVENTS, ALL = "acts", "events", "all"
STREAMS = (ACTS, EVENTS, ALL)
#: Entries that are read together, from the end of a chain.
_STEP = 100


@dataclass(frozen=True)
class Filters:
    """What is wanted; what is empty narrows nothing. Acts, if nothing else is said."""

    start: datetime.date | None = None
    end: datetime.date | None = None
    department: str = ""
    person: str = ""
    kind: str = ""
    type: str = ""
    uid: str = ""
    stream: str = ACTS
    text: str = ""

    def plain(self) -> dict[str, str]:
        """As parameters of an address and of a job; empty ones are left out."""
        found = {
            "from": self.start.isoformat() if self.start else "",
            "to": self.end.isoformat() if self.end else "",
            "department": self.department,
            "person": self.person,
            "kind": self.kind,
            "type": self.type,
            "object": self.uid,
            "stream": self.stream if self.stream != ACTS else "",
            "text": self.text,
        }
        return {name: value for name, value in found.items() if value}

    def told(self) -> str:
        """What stands in the trail about this look: not what was typed as a text."""
        found = self.plain()
        if "text" in found:
            found["text"] = "…"
        return " ".join(f"{name}={value}" for name, value in found.items())


def from_plain(data: Mapping[str, Any]) -> Filters:
    """The filters of a job's parameters.

    :raises ValueError: if a day is none.
    """

    def day(name: str) -> datetime.date | None:
        return datetime.date.fromisoformat(data[name]) if data.get(name) else None

    return Filters(
        start=day("from"),
        end=day("to"),
        department=data.get("department", ""),
        person=data.get("person", ""),
        kind=data.get("kind", ""),
        type=data.get("type", ""),
        uid=data.get("object", ""),
        stream=data.get("stream") or ACTS,
        text=data.get("text", ""),
    )


@dataclass(frozen=True)
class Found:
    """One line of the trail, and all that it says."""

    row: Row
    said: Mapping[str, Any]

    @property
    def cursor(self) -> str:
        """Where the page behind this line begins."""
        return cursor_of(self.row)


@dataclass
class Page:
    """Lines, and where it goes on; ``next`` is empty at the end."""

    lines: list[Found] = field(default_factory=list)
    next: str = ""
    #: whether it stopped because so much was looked at, not because the page is full
    stopped: bool = False


def cursor_of(row: Row) -> str:
    """A row's place among the others."""
    return f"{row.at}~{row.chain or row.uid}~{row.n}"


def read_cursor(text: str) -> tuple[str, str, int] | None:
    """Moment, chain and number of a cursor; None if it is none."""
    at, _tilde, rest = text.partition("~")
    name, _tilde, number = rest.rpartition("~")
    try:
        moment = datetime.datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None or not name or not number.isascii():
        return None
    return (moments.text(moment), name, int(number)) if number.isdecimal() else None


# ------------------------------------------------------------------------ chains


def backwards(chain: Chain) -> Iterator[dict[str, Any]]:
    """What the entries of a chain say, the last one first."""
    for high in range(chain.count, 0, -_STEP):
        for text in reversed(list(chain.entries.values(high - _STEP + 1, high))):
            try:
                yield rules.values(text)
            except rules.Garbled:
                # Verification names it; a page goes on.
                continue


def row_of(said: Mapping[str, Any], uid: str) -> Row:
    """The line of an entry."""
    return Row(
        said.get("at", ""),
        uid,
        said["n"],
        said.get("act", ""),
        said.get("who", ""),
        said.get("function", ""),
        said.get("department", ""),
    )


def _of_chain(uid: str, chain: Chain) -> Iterator[Found]:
    for said in backwards(chain):
        yield Found(row_of(said, uid), said)


def of_chains(uids: Iterable[str], site: Any = None) -> Iterator[Found]:
    """The lines of some chains, the newest first."""
    trail = store.peek(site if site is not None else getSite())
    chains = [(uid, trail.chain(uid)) for uid in dict.fromkeys(uids)]
    return heapq.merge(
        *(_of_chain(uid, chain) for uid, chain in chains if chain is not None),
        key=lambda found: (found.row.at, found.row.uid, found.row.n),
        reverse=True,
    )


# ------------------------------------------------------------------------- pages


def take(
    lines: Iterable[Found],
    wanted: Callable[[Found], bool],
    cursor: str = "",
    size: int = PAGE,
    most: int = MOST_LOOKED_AT,
) -> Page:
    """A page of the lines, the newest first, that are wanted.

    :param most: lines that are looked at; None of them again when it goes on.
    """
    page, last = Page(), None
    for looked, found in enumerate(after(lines, cursor), 1):
        if len(page.lines) == size:
            page.next = page.lines[-1].cursor
            break
        if wanted(found):
            page.lines.append(found)
        last = found
        if looked >= most:
            page.next, page.stopped = last.cursor, True
            break
    return page


def after(lines: Iterable[Found], cursor: str) -> Iterator[Found]:
    """The lines behind the place that a cursor names."""
    place = read_cursor(cursor) if cursor else None
    passed = place is None
    for found in lines:
        if place is not None and not passed:
            row = found.row
            if row.at > place[0]:
                continue
            if row.at == place[0]:
                # Several of one moment: behind the one that was named.
                passed = (row.chain or row.uid, row.n) == place[1:]
                continue
            passed = True
        yield found


def lines(filters: Filters, site: Any = None, cursor: str = "") -> Iterator[Found]:
    """Lines of the period and stream from a cursor on; the other filters are asked."""
    site = site if site is not None else getSite()
    start, end = _bounds(filters, cursor)
    if filters.uid:
        yield from _of_object(filters, site, start, end)
        return
    trail = store.peek(site)
    rows = store.between(
        start,
        end,
        newest_first=True,
        acts=filters.stream != EVENTS,
        events=filters.stream != ACTS,
        site=site,
    )
    quick = _quick(filters)
    for row in rows:
        if row.event is not None:
            yield Found(row, row.event)
        elif not quick(row):
            # It need not be read to be left out, but it was looked at.
            yield Found(row, {})
        else:
            yield Found(row, _said(trail, row))


def _of_object(
    filters: Filters,
    site: Any,
    start: datetime.datetime | None,
    end: datetime.datetime | None,
) -> Iterator[Found]:
    parts: list[Iterator[Found]] = []
    if filters.stream != EVENTS:
        parts.append(of_chains([filters.uid], site))
    if filters.stream != ACTS:
        rows = store.between(
            start, end, newest_first=True, acts=False, events=True, site=site
        )
        parts.append(
            Found(row, row.event or {}) for row in rows if row.uid == filters.uid
        )
    first = moments.text(start) if start else ""
    last = moments.text(end) if end else ""
    for found in heapq.merge(*parts, key=lambda one: one.row.at, reverse=True):
        if (not first or found.row.at >= first) and (not last or found.row.at < last):
            yield found


def _bounds(
    filters: Filters, cursor: str
) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    def midnight(day: datetime.date) -> datetime.datetime:
        return datetime.datetime.combine(day, datetime.time(), tzinfo=moments.CITY_TIME)

    start = midnight(filters.start) if filters.start else None
    end = None
    if filters.end and filters.end < datetime.date.max:
        end = midnight(filters.end + datetime.timedelta(days=1))
    place = read_cursor(cursor) if cursor else None
    if place is not None:
        # The end is not taken in.
        behind = datetime.datetime.fromisoformat(place[0]) + datetime.timedelta(
            microseconds=1
        )
        end = behind if end is None else min(end, behind)
    return start, end


def _said(trail: store.Trail, row: Row) -> Mapping[str, Any]:
    chain = trail.chain(row.uid)
    text = chain.entries.get(row.n) if chain is not None else None
    try:
        return rules.values(text) if text is not None else _as_listed(row)
    except rules.Garbled:
        return _as_listed(row)


def _as_listed(row: Row) -> dict[str, Any]:
    """What the journal knows of an entry that is not there; verification names it."""
    return {
        "at": row.at,
        "uid": row.uid,
        "n": row.n,
        "act": row.act,
        "who": row.who,
        "function": row.function,
        "department": row.department,
    }


def _quick(filters: Filters) -> Callable[[Row], bool]:
    """What can be told from a line alone."""
    members = _members(filters.department) if filters.department else frozenset()

    def wanted(row: Row) -> bool:
        if filters.person and row.who != filters.person:
            return False
        if filters.kind and kind_of(row.act) != filters.kind:
            return False
        if not filters.department or row.department == filters.department:
            return True
        if any(p.startswith(f"{filters.department}:") for p in row.function.split()):
            return True
        return bool(row.chain) and row.who in members

    return wanted


def _members(department: str) -> frozenset[str]:
    """Who is in a department now: events tell no function."""
    groups = getSite()["acl_users"]["source_groups"]
    return frozenset(
        name
        for function in functions().department_functions()
        for name in groups.getGroupMembers(group_id(department, function.name))
    )


def asks(filters: Filters) -> Callable[[Found], bool]:
    """Whether a line is wanted."""
    quick = _quick(filters)
    text = filters.text.casefold()

    def wanted(found: Found) -> bool:
        if not found.said or not quick(found.row):
            return False
        if filters.type and type_of(found.said) != filters.type:
            return False
        if not text:
            return True
        places = (found.said.get("title", ""), found.said.get("path", ""))
        return any(text in str(place).casefold() for place in places)

    return wanted


def type_of(said: Mapping[str, Any]) -> str:
    """The type, or the kind of chain for what is no content."""
    return str(said.get("type") or said.get("uid", "").partition(":")[0])


def page(filters: Filters, cursor: str = "", size: int = PAGE) -> Page:
    """A page of the trail."""
    return take(
        lines(filters, cursor=cursor), asks(filters), cursor, size, MOST_LOOKED_AT
    )
