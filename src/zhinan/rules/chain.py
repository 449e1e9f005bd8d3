"""Chains of entries by their hashes, and the anchors that seal them.

An entry is canonical JSON with its number and the SHA-256 of the entry before it. So no
entry can be changed, taken out or put in without the ones behind it. What a chain
cannot show by itself, an end that was cut off or a chain that was written anew, shows
against an anchor: it names how long each chain was and its last hash, follows the
anchor before it, and is sealed with a key that the database does not have.
"""

from .canonical import canonical
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from typing import Any

import hmac
import json


#: What an entry of the trail says beside its number and the hash before it; an entry
#: leaves out what is empty.
NAMES = (
    "uid",
    "type",
    "title",
    "path",
    "department",
    "act",
    "who",
    "function",
    "at",
    "from",
    "to",
    "fields",
    "note",
    "edition",
)
#: Stands for the digest of a field that was emptied.
EMPTIED = "-"
#: Hexadecimal digits of a field's digest.
_DIGITS = 20

CHANGED, MISSING, INSERTED, CUT = "changed", "missing", "inserted", "cut"
#: Changed, missing or inserted as well, but an anchor says so.
REWRITTEN = "rewritten"
#: Of anchors: the seal is wrong; the key it was made with is not there.
BROKEN_SEAL, NO_KEY = "broken_seal", "no_key"

Head = tuple[int, str]


class Garbled(ValueError):
    """Bytes that are no entry or no anchor."""


@dataclass(frozen=True)
class Entry:
    """One act, as the trail keeps it; ``before`` and ``after`` are its from and to."""

    n: int
    prev: str = ""
    uid: str = ""
    type: str = ""
    title: str = ""
    path: str = ""
    #: code of the department to which the object belonged then
    department: str = ""
    act: str = ""
    who: str = ""
    function: str = ""
    #: ISO 8601, UTC, with microseconds
    at: str = ""
    before: str = ""
    after: str = ""
    #: name of each field that changed, and the keyed digest of its value
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    edition: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one entry: its chain, its number, and how it is wrong.

    ``since`` is the first number that may be meant where one cannot be told alone.
    """

    kind: str
    chain: str
    n: int
    since: int = 0
    at: str = ""


def make(n: int, prev: str, values: Mapping[str, Any]) -> bytes:
    """The bytes of an entry: what is empty is left out."""
    return canonical({**values, "n": n, "prev": prev})


def digest(text: bytes) -> str:
    """The hash of an entry or an anchor."""
    return sha256(text).hexdigest()


def values(text: bytes) -> dict[str, Any]:
    """What an entry says.

    :raises Garbled: if it is none.
    """
    try:
        found = json.loads(text)
        right = isinstance(found, dict) and isinstance(found["n"], int)
    except (ValueError, KeyError, RecursionError) as error:
        raise Garbled(str(error)) from error
    if not right:
        raise Garbled("no entry")
    return dict(found)


def parse(text: bytes) -> Entry:
    """An entry of the trail.

    :raises Garbled: if it is none.
    """
    found = values(text)
    found["before"], found["after"] = found.pop("from", ""), found.pop("to", "")
    try:
        return Entry(**found)
    except TypeError as error:
        raise Garbled(str(error)) from error


def keyed(key: bytes, uid: str, name: str, value: bytes) -> str:
    """Digest of a field's value that tells equal from different and nothing else.

    The same value has another digest in another field or object, and without the key
    a short value cannot be found by trying.
    """
    whole = b"\0".join((uid.encode(), name.encode(), value))
    return hmac.digest(key, whole, "sha256").hex()[:_DIGITS]


def subkey(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, from which neither the key nor another one follows."""
    return hmac.digest(key, f"zhinan.trail/{purpose}".encode(), "sha256")


def fingerprint(key: bytes) -> str:
    """The name of a key, which tells nothing of it."""
    return subkey(key, "fingerprint").hex()[:16]


# -------------------------------------------------------------------- one chain


@dataclass(frozen=True)
class _Row:
    place: int
    hash: str
    n: int
    prev: str
    at: str


def _row(place: int, text: bytes) -> _Row:
    try:
        found = values(text)
    except Garbled:
        return _Row(place, digest(text), 0, "", "")
    prev, at = found.get("prev", ""), found.get("at", "")
    return _Row(place, digest(text), found["n"], str(prev), str(at))


def check(
    chain: str,
    rows: Mapping[int, bytes],
    head: Head,
    marks: Mapping[int, str] | None = None,
    said: list[dict[str, Any]] | None = None,
) -> list[Fault]:
    """All that is wrong with one chain.

    :param rows: the entries by the number under which they are kept.
    :param head: number and hash of the last one, as the store knows it.
    :param marks: hashes that anchors named, by number.
    :param said: what each readable entry says is added to this list.
    """
    marks = marks or {}
    whole = [] if said is None else said
    if _links(rows, head, marks, whole):
        return []
    whole[:] = _readable(rows)
    # Whatever the walk makes of it: it is not whole.
    return list(_faults(chain, rows, head, marks)) or [Fault(CHANGED, chain, head[0])]


def _readable(rows: Mapping[int, bytes]) -> Iterator[dict[str, Any]]:
    for text in rows.values():
        try:
            yield values(text)
        except Garbled:
            continue


def _links(
    rows: Mapping[int, bytes],
    head: Head,
    marks: Mapping[int, str],
    said: list[dict[str, Any]],
) -> bool:
    """Whether all is well: the quick way, since it nearly always is."""
    count, prev, sealed = 0, "", 0
    for place, text in rows.items():
        count += 1
        try:
            found = values(text)
        except Garbled:
            return False
        if not (place == found["n"] == count and found.get("prev", "") == prev):
            return False
        said.append(found)
        prev = digest(text)
        if count in marks:
            if marks[count] != prev:
                return False
            sealed += 1
    return (count, prev) == tuple(head) and sealed == len(marks)


def _faults(
    chain: str, rows: Mapping[int, bytes], head: Head, marks: Mapping[int, str]
) -> Iterator[Fault]:
    """Walk from the last entry to the first, hash by hash, and name what is off."""
    kept = {place: _row(place, text) for place, text in rows.items()}
    by_hash = {row.hash: row for row in kept.values()}
    good: set[int] = set()
    named: set[int] = set()
    moved: list[Fault] = []
    number, wanted = head
    if number < max(marks, default=0) and marks[max(marks)] in by_hash:
        # The anchors know entries behind the store's end, and they are there.
        number = max(marks)
        wanted = marks[number]
    elif wanted in by_hash:
        number = by_hash[wanted].n
    while number > 0:
        row = by_hash.get(wanted)
        if row is not None and row.place not in good:
            good.add(row.place)
            if row.place != number:
                moved.append(Fault(MISSING, chain, number, at=row.at))
            number, wanted = number - 1, row.prev
            continue
        off = kept.get(number)
        if off is not None and off.place not in good:
            good.add(off.place)
            named.add(off.place)
            yield Fault(CHANGED, chain, number, at=off.at)
        else:
            off = None
            kind = CUT if number > max(kept, default=0) else MISSING
            yield Fault(kind, chain, number)
            named.add(number)
        number -= 1
        # Go on behind it: by an anchor, by its own word, or by what lies there.
        before = kept.get(number)
        ways = [marks.get(number, ""), off.prev if off is not None else ""]
        wanted = next((way for way in ways if way in by_hash), "")
        if not wanted and before is not None:
            wanted = before.hash
    inserted = [row for place, row in kept.items() if place not in good]
    for row in inserted:
        named.add(row.place)
        yield Fault(INSERTED, chain, row.place, at=row.at)
    if not named:
        # All are there, but not under their numbers.
        yield from moved
    sealed = 0
    for number, mark in sorted(marks.items()):
        there = kept.get(number)
        if there is None:
            if number > head[0]:
                yield Fault(CUT, chain, number, max(head[0], sealed) + 1)
        elif there.hash != mark and not named:
            yield Fault(REWRITTEN, chain, number, sealed + 1, there.at)
        sealed = number


# ---------------------------------------------------------------------- anchors


@dataclass(frozen=True)
class Anchor:
    """The heads of a day: of the chains that changed since the anchor before it."""

    number: int
    #: the day in the city, ``2026-09-01``
    date: str
    at: str
    #: hash of the anchor before it, seal included; empty for the first
    prev: str = ""
    heads: Mapping[str, Head] = field(default_factory=dict)
    #: heads of the chains of the second stream
    events: Mapping[str, Head] = field(default_factory=dict)
    #: rows in each segment of the journal
    journal: Mapping[str, int] = field(default_factory=dict)
    #: name of the key
    key: str = ""
    seal: str = ""


def _said(anchor: Anchor) -> dict[str, Any]:
    return {
        "schema": "zhinan.trail.anchor/1",
        "number": anchor.number,
        "date": anchor.date,
        "at": anchor.at,
        "prev": anchor.prev,
        "heads": {uid: list(head) for uid, head in anchor.heads.items()},
        "events": {uid: list(head) for uid, head in anchor.events.items()},
        "journal": dict(anchor.journal),
        "key": anchor.key,
    }


def _seal(said: Mapping[str, Any], key: bytes) -> str:
    return hmac.digest(subkey(key, "anchor"), _text(said), "sha256").hex()


def _text(said: Mapping[str, Any]) -> bytes:
    # Not the other canonical form, which has ASCII keys alone: a login may have others.
    return json.dumps(
        said, ensure_ascii=True, sort_keys=True, separators=(",", ":")
    ).encode("ascii")


def seal(anchor: Anchor, key: bytes) -> bytes:
    """The text of an anchor with its seal."""
    said = {**_said(anchor), "key": fingerprint(key)}
    return _text({**said, "seal": _seal(said, key)})


def read_anchor(text: bytes) -> Anchor:
    """The anchor that a text is.

    :raises Garbled: if it is none.
    """
    try:
        found = json.loads(text)
        if found.pop("schema") != "zhinan.trail.anchor/1":
            raise Garbled("no anchor")
        for name in ("heads", "events"):
            found[name] = {
                str(uid): (int(count), str(head))
                for uid, (count, head) in found[name].items()
            }
        found["journal"] = {str(k): int(n) for k, n in found["journal"].items()}
        return Anchor(**found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Garbled(str(error)) from error


def readable(text: bytes) -> str:
    """An anchor for people to read; :func:`compact` gives its text again."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True)


def compact(text: str) -> bytes:
    """The text of an anchor that was made readable.

    :raises Garbled: if it is no JSON.
    """
    try:
        return _text(json.loads(text))
    except ValueError as error:
        raise Garbled(str(error)) from error


def holds(text: bytes, key: bytes) -> bool:
    """Whether an anchor's seal was made with this key."""
    try:
        said = json.loads(text)
        given = said.pop("seal")
        right = _text({**said, "seal": given}) == text
        return right and hmac.compare_digest(str(given), _seal(said, key))
    except (ValueError, KeyError, AttributeError, TypeError):
        return False


@dataclass
class Marks:
    """What all anchors together say."""

    #: UID of a chain: its hashes by number
    heads: dict[str, dict[int, str]] = field(default_factory=dict)
    events: dict[str, dict[int, str]] = field(default_factory=dict)
    journal: dict[str, int] = field(default_factory=dict)
    #: number and hash of the last one
    head: Head = (0, "")
    faults: list[Fault] = field(default_factory=list)


ANCHORS = "anchors"


def fold(texts: Mapping[int, bytes], keys: Mapping[str, bytes]) -> Marks:
    """Read all anchors by their numbers; what is wrong with them stands in ``faults``.

    :param keys: the keys that are there, by their fingerprints.
    """
    marks = Marks()
    previous: str | None = ""
    for number in range(1, max(texts, default=0) + 1):
        text = texts.get(number)
        if text is None:
            marks.faults.append(Fault(MISSING, ANCHORS, number))
            previous = None
            continue
        try:
            anchor = read_anchor(text)
        except Garbled:
            marks.faults.append(Fault(CHANGED, ANCHORS, number))
            previous = None
            continue
        key = keys.get(anchor.key)
        trusted = key is not None and holds(text, key)
        if anchor.number != number:
            marks.faults.append(Fault(INSERTED, ANCHORS, number, at=anchor.at))
            trusted = False
        elif key is None:
            marks.faults.append(Fault(NO_KEY, ANCHORS, number, at=anchor.at))
            # Unsealed it says still what fits together and what does not.
            trusted = True
        elif not trusted:
            marks.faults.append(Fault(BROKEN_SEAL, ANCHORS, number, at=anchor.at))
        if trusted and previous is not None and anchor.prev != previous:
            marks.faults.append(Fault(CHANGED, ANCHORS, number - 1, at=anchor.at))
        previous = digest(text)
        if not trusted:
            continue
        marks.head = (number, previous)
        for found, heads in (
            (marks.heads, anchor.heads),
            (marks.events, anchor.events),
        ):
            for uid, (count, head) in heads.items():
                found.setdefault(uid, {})[count] = head
        for segment, count in anchor.journal.items():
            marks.journal[segment] = max(count, marks.journal.get(segment, 0))
    return marks
