"""The day's anchor: the heads of all chains, sealed, in the store and as a file.

A chain whose end was cut off is whole in itself; the anchor alone knows how long it
was. Whoever can write the database could cut off the anchors as well, so each is also a
file, which is to be carried to another place.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zhinan import logger
from zhinan.rules import chain as rules
from zhinan.rules.chain import Anchor
from zhinan.trail import keys
from zhinan.trail import moments
from zhinan.trail import store
from zhinan.trail.store import Trail

import datetime
import os
import re
import transaction


ENVIRONMENT = "ZHINAN_TRAIL_ANCHORS"
_NAME = re.compile(r"^\d{4}-\d\d-\d\d-(\d+)\.json$")
#: Days behind the last anchor whose journal may still have grown: an act is written
#: shortly before it is committed, and midnight may come in between.
_LATE = datetime.timedelta(days=2)


def folder() -> Path:
    """Where the files lie."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else keys.var() / "anchors"


def latest(trail: Trail) -> Anchor | None:
    """The last anchor."""
    if not trail.anchors:
        return None
    return rules.read_anchor(trail.anchors[trail.anchors.maxKey()].text)


def due(trail: Trail) -> bool:
    """Whether this day has no anchor yet."""
    last = latest(trail)
    return last is None or last.date < moments.today()


def seal(site: Any) -> Anchor:
    """Make an anchor of everything up to now; its file is written after the commit.

    :raises zhinan.trail.keys.KeyTrouble: if the key is missing or another one.
    """
    trail = store.prepare(site)
    key = store.key_of(trail)
    number, previous = 1, ""
    if trail.anchors:
        number = trail.anchors.maxKey() + 1
        previous = rules.digest(trail.anchors[number - 1].text)
    journal, uids = _journal(trail)
    at = moments.now()
    heads = {}
    for uid in sorted(uids):
        chain = trail.chain(uid)
        if chain is not None:
            heads[uid] = (chain.count, chain.head)
    events = {
        name: (chain.count, chain.head)
        for name, chain in trail.events.items()
        if trail.sealed.events.get(name) != chain.count
    }
    anchor = Anchor(
        number, moments.day(at), at, previous, heads, events, journal, key.name
    )
    trail.anchors[number] = store.Text(rules.seal(anchor, key.secret))
    first = _first(anchor)
    trail.sealed.journal = {
        name: count
        for name, count in {**trail.sealed.journal, **journal}.items()
        if name >= first
    }
    trail.sealed.events = {
        **trail.sealed.events,
        **{name: count for name, (count, _head) in events.items()},
    }
    transaction.get().addAfterCommitHook(_export_if, (trail.anchors[number].text,))
    return anchor


def _first(anchor: Anchor | None) -> str:
    """The first day whose journal may have grown since an anchor."""
    if anchor is None:
        return ""
    return (datetime.date.fromisoformat(anchor.date) - _LATE).isoformat()


def _journal(trail: Trail) -> tuple[dict[str, int], set[str]]:
    """Segments that grew since the last anchor, and whose acts stand there."""
    counts, uids = {}, set()
    for name, rows in trail.journal.items(_first(latest(trail)) or None):
        known = trail.sealed.journal.get(name, 0)
        count = rows.maxKey() if rows else 0
        if count > known:
            counts[name] = count
            uids.update(row[1] for row in rows.values(known, excludemin=True))
    return counts, uids


# -------------------------------------------------------------------------- files


def _export_if(success: bool, text: bytes) -> None:
    if success:
        _export(text)


def _export(text: bytes) -> bool:
    """Write the file of an anchor; a failure is logged, and tried again later."""
    anchor = rules.read_anchor(text)
    place = folder() / f"{anchor.date}-{anchor.number}.json"
    fresh = place.with_name(f".{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(rules.readable(text) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(place)
    except OSError as error:
        logger.error("The anchor %s cannot be written: %s", place, error)
        return False
    return True


def export_missing(site: Any) -> int:
    """Write the file of the last anchors where there is none; how many."""
    trail = store.of(site)
    written = 0
    for number in reversed(trail.anchors.keys() if trail is not None else ()):
        text = trail.anchors[number].text
        anchor = rules.read_anchor(text)
        if (folder() / f"{anchor.date}-{number}.json").exists():
            break
        written += _export(text)
    return written


def files(place: Path) -> Mapping[int, bytes]:
    """The anchors in a folder by number; what cannot be read is empty."""
    found: dict[int, bytes] = {}
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        match = _NAME.match(path.name)
        if match is None:
            continue
        try:
            found[int(match[1])] = rules.compact(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, rules.Garbled):
            found[int(match[1])] = b""
    return found
