"""Whether the trail is whole: both streams, the journal, and the anchors over them.

Reads only, and beside the running site. Every fault is named: of what, which number,
and in which way.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from zhinan import _
from zhinan.rules import chain as rules
from zhinan.rules.chain import Fault
from zhinan.trail import anchors
from zhinan.trail import keys
from zhinan.trail import moments
from zhinan.trail import store
from zhinan.trail.store import Trail
from zope.i18n import translate

import time


#: An entry that the journal does not list; a line of it that says something else.
UNLISTED, MISTOLD = "unlisted", "mistold"
LANGUAGE = "zh_CN"
#: Chains after which memory is given back.
_BREATH = 500

SENTENCES = {
    rules.CHANGED: _(
        "trail_changed",
        default="Entry ${number} of ${what} was changed afterwards.",
    ),
    rules.MISSING: _(
        "trail_missing",
        default="Entry ${number} of ${what} is missing: it was taken out.",
    ),
    rules.INSERTED: _(
        "trail_inserted",
        default="Entry ${number} of ${what} was put in afterwards.",
    ),
    rules.CUT: _(
        "trail_cut",
        default="The end of ${what} was cut off: entries ${since} to ${number} are "
        "missing.",
    ),
    rules.REWRITTEN: _(
        "trail_rewritten",
        default="${what} was written anew: entries ${since} to ${number} are not those "
        "that the anchor saw.",
    ),
    rules.BROKEN_SEAL: _(
        "trail_broken_seal",
        default="Anchor ${number} was changed or forged: its seal does not fit.",
    ),
    rules.NO_KEY: _(
        "trail_no_key",
        default="Anchor ${number} was sealed with another key than the one that is "
        "here, so its seal cannot be checked.",
    ),
    UNLISTED: _(
        "trail_unlisted",
        default="Entry ${number} of ${what} is missing in the journal.",
    ),
    MISTOLD: _(
        "trail_mistold",
        default="The journal tells entry ${number} of ${what} differently.",
    ),
}


@dataclass
class Named:
    """A fault with the names that people know."""

    fault: Fault
    title: str = ""
    path: str = ""
    stream: str = "acts"

    @property
    def what(self) -> str:
        """Of what it is, in words."""
        if self.fault.chain == rules.ANCHORS:
            return _say(_("trail_what_anchors", default="the anchors"))
        if self.stream == "events":
            started = self.fault.chain.partition(" ")[0]
            return _say(
                _(
                    "trail_what_process",
                    default="the events of the process begun at ${at}",
                    mapping={"at": started[:19].replace("T", " ") + " UTC"},
                )
            )
        if self.stream == "journal":
            return _say(
                _(
                    "trail_what_journal",
                    default="the journal of ${day}",
                    mapping={"day": self.fault.chain.partition(" ")[0]},
                )
            )
        title = self.title or self.fault.chain
        return _say(
            _(
                "trail_what_object",
                default="“${title}” (${path})",
                mapping={"title": title, "path": self.path or self.fault.chain},
            )
        )

    @property
    def sentence(self) -> str:
        """What is wrong, in a sentence."""
        fault = self.fault
        said = _say(
            SENTENCES[fault.kind],
            number=fault.n,
            what=self.what,
            since=min(fault.since or fault.n, fault.n),
        )
        return f"{said} [{_date(fault.at)}]" if fault.at else said

    def plain(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "kind": self.fault.kind,
            "stream": self.stream,
            "chain": self.fault.chain,
            "number": self.fault.n,
            "since": self.fault.since or self.fault.n,
            "at": self.fault.at,
            "title": self.title,
            "path": self.path,
            "sentence": self.sentence,
        }


def _date(at: str) -> str:
    try:
        return moments.day(at)
    except ValueError:
        return at[:10]


def _say(message: Any, **values: Any) -> str:
    mapping = {name: str(value) for name, value in values.items()}
    if mapping:
        message = type(message)(message, mapping=mapping)
    return str(translate(message, target_language=LANGUAGE))


@dataclass
class Found:
    """What was looked at, and what is wrong."""

    chains: int = 0
    entries: int = 0
    events: int = 0
    anchors: int = 0
    seconds: float = 0.0
    faults: list[Named] = field(default_factory=list)
    #: sentences about the key
    troubles: list[str] = field(default_factory=list)
    #: what is no fault, and yet good to know
    remarks: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.faults or self.troubles)

    def sentences(self) -> list[str]:
        """All that is wrong, in sentences."""
        return [*self.troubles, *(named.sentence for named in self.faults)]


def verify(site: Any, folder: Path | None = None) -> Found:
    """Look at every entry of the trail.

    :param folder: where the files of the anchors lie, if not in their own place.
    """
    found, started = Found(), time.perf_counter()
    trail = store.peek(site)
    known = _keys(trail, found)
    marks = _anchors(trail, folder or anchors.folder(), known, found)
    _acts(site, trail, marks, found)
    _events(trail, marks, found)
    found.seconds = time.perf_counter() - started
    return found


def _keys(trail: Trail, found: Found) -> Mapping[str, bytes]:
    if not trail.key:
        return {}
    try:
        key = keys.of(trail.key)
    except keys.KeyTrouble as trouble:
        found.troubles.append(str(trouble))
        return {}
    return {key.name: key.secret}


# ------------------------------------------------------------------------ anchors


def _anchors(
    trail: Trail, folder: Path, known: Mapping[str, bytes], found: Found
) -> rules.Marks:
    """What the anchors say, those of the store and those of the files together."""
    kept = {number: text.text for number, text in trail.anchors.items()}
    exported = anchors.files(folder)
    texts = {**exported, **kept}
    faults = []
    for number, text in exported.items():
        if number not in kept:
            faults.append(Fault(rules.CUT, rules.ANCHORS, number))
        elif text != kept[number]:
            faults.append(Fault(rules.CHANGED, rules.ANCHORS, number))
            if any(rules.holds(text, key) for key in known.values()):
                texts[number] = text
    marks = rules.fold(texts, known)
    found.anchors = len(texts)
    named = {fault.n for fault in faults}
    lost = _replaced()
    for fault in marks.faults:
        if fault.kind == rules.NO_KEY:
            if not known:
                # The trouble with the key has been told already.
                continue
            if rules.read_anchor(texts[fault.n]).key == lost:
                found.remarks.append(Named(fault).sentence)
                continue
        if fault.n not in named:
            faults.append(fault)
    found.faults += [Named(fault, stream="anchors") for fault in faults]
    return marks


def _replaced() -> str:
    try:
        key = keys.current()
    except keys.KeyTrouble:
        return ""
    return key.replaces if key is not None else ""


# --------------------------------------------------------------------------- acts


def _acts(site: Any, trail: Trail, marks: rules.Marks, found: Found) -> None:
    """Every chain, and the journal beside it."""
    rows = _journal(trail, marks, found)
    jar, seen = getattr(site, "_p_jar", None), set()
    for uid, chain in trail.chains():
        found.chains += 1
        seen.add(uid)
        _chain(uid, chain, marks.heads.get(uid, {}), rows, found)
        if found.chains % _BREATH == 0 and jar is not None:
            jar.cacheGC()
    for uid, heads in marks.heads.items():
        if uid not in seen:
            faults = rules.check(uid, {}, (0, ""), heads)
            found.faults += [Named(fault) for fault in faults]
            for number in [n for u, n in rows if u == uid]:
                del rows[uid, number]
    told = {(named.fault.chain, named.fault.n) for named in found.faults}
    for (uid, number), row in rows.items():
        if (uid, number) in told:
            continue
        chain = trail.chain(uid)
        last = chain.count if chain is not None else 0
        kind = rules.CUT if number > last else rules.MISSING
        fault = Fault(kind, uid, number, number, row[0])
        found.faults.append(_named(fault, chain))


def _chain(
    uid: str,
    chain: Any,
    marks: Mapping[int, str],
    rows: dict[tuple[str, int], tuple[Any, ...]],
    found: Found,
) -> None:
    said: list[dict[str, Any]] = []
    entries = chain.entries
    faults = rules.check(uid, entries, (chain.count, chain.head), marks, said)
    found.entries += len(entries)
    named = {fault.n for fault in faults}
    for values in said:
        number = values["n"]
        row = rows.pop((uid, number), None)
        if values.get("uid") != uid and number not in named:
            faults.append(Fault(rules.INSERTED, uid, number, at=values.get("at", "")))
        elif number in named:
            continue
        elif row is None:
            faults.append(Fault(UNLISTED, uid, number, at=values.get("at", "")))
        elif row[0] != values["at"] or tuple(row[3:]) != (
            values.get("act", ""),
            values.get("who", ""),
            values.get("function", ""),
            values.get("department", ""),
        ):
            faults.append(Fault(MISTOLD, uid, number, at=values.get("at", "")))
    # What cannot be read has its line in the journal all the same.
    for number in named:
        rows.pop((uid, number), None)
    found.faults += [_named(fault, chain) for fault in faults]


def _named(fault: Fault, chain: Any) -> Named:
    """A fault with what the object was called last, as far as that can be read."""
    for number in reversed(chain.entries.keys() if chain is not None else ()):
        try:
            values = rules.values(chain.entries[number])
        except rules.Garbled:
            continue
        return Named(fault, values.get("title", ""), values.get("path", ""))
    return Named(fault)


def _journal(
    trail: Trail, marks: rules.Marks, found: Found
) -> dict[tuple[str, int], tuple[Any, ...]]:
    """All lines of the journal by UID and number; gaps and cut ends are faults."""
    lines: dict[tuple[str, int], tuple[Any, ...]] = {}
    faults: list[Fault] = []
    counts: dict[str, int] = {}
    for name, rows in trail.journal.items():
        expected = 1
        for number, row in rows.items():
            while expected < number:
                faults.append(Fault(rules.MISSING, name, expected, at=row[0]))
                expected += 1
            expected = number + 1
            if (row[1], row[2]) in lines:
                faults.append(Fault(rules.INSERTED, name, number, at=row[0]))
            lines[row[1], row[2]] = row
        counts[name] = expected - 1
    faults += _short(counts, marks.journal)
    found.faults += [Named(fault, stream="journal") for fault in faults]
    return lines


def _short(counts: Mapping[str, int], marks: Mapping[str, int]) -> Iterable[Fault]:
    for name, count in marks.items():
        there = counts.get(name, 0)
        if there < count:
            yield Fault(rules.CUT, name, count, there + 1)


# ------------------------------------------------------------------------- events


def _events(trail: Trail, marks: rules.Marks, found: Found) -> None:
    """The chains of the second stream."""
    for name, chain in trail.events.items():
        faults = rules.check(
            name,
            chain.entries,
            (chain.count, chain.head),
            marks.events.get(name, {}),
        )
        found.events += len(chain.entries)
        found.faults += [Named(fault, stream="events") for fault in faults]
    for name, heads in marks.events.items():
        if name not in trail.events:
            faults = rules.check(name, {}, (0, ""), heads)
            found.faults += [Named(fault, stream="events") for fault in faults]
