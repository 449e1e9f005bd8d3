"""Legal bases: what a guide cites, and whether that is still in force.

A citation is a row of a guide: law, document number, article. An entry of the register
is a law or document with its names. Both are turned into keys, so that an index of keys
answers which guides cite an entry, and no guide has to be read for it.

Keys. A law's key is its name without 中华人民共和国, title marks and blanks. A row with
a document number of its own (文号, which tells editions of a document apart) has the
number's key and the name's key marked as numbered; one without has the name's key. The
same keys again with an article behind them (行政许可法#42).
"""

from .documents import normalise_document_number
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import Any

import datetime
import re
import unicodedata


_STATE = "中华人民共和国"
_MARKS = re.compile("[“”\"'‘’「」『』《》〈〉<>\\s]")
#: Brackets at the end that tell an edition: （2019年修订）, （试行） stays.
_EDITION = re.compile(
    r"\((?:\d{4}年?)?(?:第[一二三四五六七八九十]+次)?(?:修订|修正|修改)\)$"
)
_ARTICLE = re.compile(
    r"第?([0-9〇零一二三四五六七八九十百千两]+)条(?:之([一二三四五六七八九十0-9]+))?"
)
_RANGE = re.compile(
    r"第?([0-9〇零一二三四五六七八九十百千两]+)条?[至到~—–-]+"
    r"第?([0-9〇零一二三四五六七八九十百千两]+)条"
)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
#: More articles than any law has: a longer range is a slip of the pen.
_LONGEST_RANGE = 200
NUMBERED = "+"
ARTICLE = "#"


def numeral(text: str) -> int:
    """The number that Chinese or Arabic digits write; ValueError if they do not."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text:
        raise ValueError(text)
    if not any(char in _UNITS for char in text):
        try:
            return int("".join(str(_DIGITS[char]) for char in text))
        except KeyError:
            raise ValueError(text) from None
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            raise ValueError(text)
    return total + digit


def law_key(name: str) -> str:
    """The form in which names of laws and documents are compared."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    folded = _EDITION.sub("", folded)
    return folded.removeprefix(_STATE) or folded


def number_key(number: str | None) -> str:
    """The key of a document number of its own (文号); empty for a decree or none."""
    return normalise_document_number(number or "") or ""


def articles_in(text: str | None) -> tuple[str, ...]:
    """The articles that a text names, as keys: 42, and 133-1 for 第一百三十三条之一."""
    folded = "".join(unicodedata.normalize("NFKC", text or "").split())
    found: dict[str, None] = {}
    for match in _RANGE.finditer(folded):
        first, last = _number(match[1]), _number(match[2])
        if first and last and 0 < last - first <= _LONGEST_RANGE:
            found.update(dict.fromkeys(map(str, range(first, last + 1))))
    for match in _ARTICLE.finditer(folded):
        number = _number(match[1])
        if number:
            part = f"-{_number(match[2])}" if match[2] else ""
            found[f"{number}{part}"] = None
    return tuple(found)


def _number(text: str) -> int:
    try:
        return numeral(text)
    except ValueError:
        return 0


def row_keys(law: str, number: str | None) -> tuple[str, ...]:
    """The keys of a citation without its articles."""
    name, own = law_key(law), number_key(number)
    if not name:
        return (own,) if own else ()
    return (own, name + NUMBERED) if own else (name,)


def citation_keys(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every key of a guide's legal bases, for the index."""
    found: dict[str, None] = {}
    for row in rows:
        keys = row_keys(row.get("law") or "", row.get("document_number"))
        found.update(dict.fromkeys(keys))
        for article in articles_in(row.get("article")):
            found.update(dict.fromkeys(f"{key}{ARTICLE}{article}" for key in keys))
    return list(found)


class Standing(StrEnum):
    """How a law or an article stands on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    #: in force with another text than before: what was written by it wants a look
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True)
class Basis:
    """An entry of the register as far as citing it is concerned."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    number: str = ""
    status: str = "in_force"
    start: datetime.date | None = None
    end: datetime.date | None = None
    replaced_by: tuple[str, ...] = ()
    #: status of articles that have one of their own, by key
    articles: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Title and other names as keys."""
        return [key for key in map(law_key, (self.title, *self.aliases)) if key]

    def cited_as(self) -> tuple[str, ...]:
        """The keys by which guides cite this entry.

        Where both have a document number of their own, the numbers decide.
        """
        names, own = self.names(), number_key(self.number)
        if own:
            return tuple(dict.fromkeys([own, *names]))
        return tuple(dict.fromkeys([*names, *(name + NUMBERED for name in names)]))

    def standing(self, day: datetime.date) -> Standing:
        """How the whole stands on a day; dates count more than the status."""
        if self.end is not None and self.end < day:
            return Standing.ENDED
        if self.status in {"repealed", "lapsed"}:
            # A last day that is still to come: in force until then.
            return Standing.ENDED if self.end is None else Standing.IN_FORCE
        if self.start is not None:
            if self.start > day:
                return Standing.NOT_YET
        elif self.status == "not_yet":
            return Standing.NOT_YET
        if self.status in {"amended", "partly"}:
            return Standing.CHANGED
        return Standing.IN_FORCE

    def since(self, day: datetime.date) -> datetime.date | None:
        """Since when it has ended, or from when it is in force; None if unknown."""
        standing = self.standing(day)
        if standing is Standing.ENDED and self.end is not None:
            return self.end + datetime.timedelta(days=1)
        return self.start if standing is Standing.NOT_YET else None

    def due_status(self, day: datetime.date) -> str:
        """The status that the dates ask for, or the present one."""
        if self.status in {"repealed", "lapsed"}:
            return self.status
        if self.end is not None and self.end < day:
            return "repealed" if self.replaced_by else "lapsed"
        if self.status == "not_yet" and self.start is not None and self.start <= day:
            return "in_force"
        if self.status == "in_force" and self.start is not None and self.start > day:
            return "not_yet"
        return self.status


def article_standing(status: str) -> Standing:
    """How an article of a law in force stands, by its status."""
    if status in {"repealed", "lapsed"}:
        return Standing.ENDED
    if status == "not_yet":
        return Standing.NOT_YET
    if status in {"amended", "partly"}:
        return Standing.CHANGED
    return Standing.IN_FORCE


@dataclass(frozen=True)
class Fault:
    """Why a citation has to be mended: the entry, how it stands, and which articles.

    ``articles`` are keys; empty when the whole is meant.
    """

    basis: Basis
    standing: Standing
    since: datetime.date | None
    articles: tuple[str, ...] = ()


class Register:
    """The entries by their keys, and what is wrong with citing them on a day."""

    def __init__(self, entries: Iterable[Basis], day: datetime.date):
        self.day = day
        self.entries = tuple(entries)
        self._by_key: dict[str, list[Basis]] = {}
        for basis in self.entries:
            for key in basis.cited_as():
                self._by_key.setdefault(key, []).append(basis)

    def of_key(self, key: str) -> Basis | None:
        """The entry that a key means: of several the one in force."""
        found = self._by_key.get(key, [])
        order = {Standing.IN_FORCE: 0, Standing.CHANGED: 1, Standing.NOT_YET: 2}
        return min(
            found, key=lambda b: order.get(b.standing(self.day), 3), default=None
        )

    def find(self, law: str, number: str | None) -> Basis | None:
        """The entry that a citation means."""
        found = (self.of_key(key) for key in row_keys(law, number))
        return next((basis for basis in found if basis is not None), None)

    def fault(self, basis: Basis, articles: Iterable[str]) -> Fault | None:
        """What is wrong with citing these articles of an entry; None if nothing is."""
        cited = tuple(articles)
        standing = basis.standing(self.day)
        since = basis.since(self.day)
        if standing in {Standing.ENDED, Standing.NOT_YET}:
            return Fault(basis, standing, since)
        bad = {
            key: article_standing(status)
            for key, status in basis.articles.items()
            if article_standing(status) is not Standing.IN_FORCE
        }
        hit = tuple(key for key in cited if key in bad)
        if hit:
            worst = [bad[key] for key in hit]
            kind = Standing.CHANGED
            for candidate in (Standing.ENDED, Standing.NOT_YET):
                if candidate in worst:
                    kind = candidate
                    break
            return Fault(basis, kind, since, hit)
        if standing is Standing.CHANGED and (not bad or not cited):
            # Which articles changed is not known, or none is cited: all want a look.
            return Fault(basis, standing, since)
        return None

    def faults(self, keys: Iterable[str]) -> list[Fault]:
        """What is wrong with the citations of a guide, from its keys in the index."""
        cited: dict[str, set[str]] = {}
        for key in keys:
            head, _, article = key.partition(ARTICLE)
            cited.setdefault(head, set())
            if article:
                cited[head].add(article)
        # Names whose number has an entry of its own are settled by the number.
        settled = {
            name
            for head in cited
            if (basis := self.of_key(head)) and number_key(basis.number) == head
            for name in basis.names()
        }
        found: dict[str, Fault] = {}
        for head, articles in cited.items():
            if head.endswith(NUMBERED) and head.removesuffix(NUMBERED) in settled:
                continue
            basis = self.of_key(head)
            if basis is None or basis.id in found:
                continue
            fault = self.fault(basis, sorted(articles))
            if fault is not None:
                found[basis.id] = fault
        return list(found.values())

    def suspects(self) -> list[str]:
        """Keys of entries whose citation may be a fault, to ask the index for."""
        found: dict[str, None] = {}
        for basis in self.entries:
            if basis.standing(self.day) is not Standing.IN_FORCE or basis.articles:
                found.update(dict.fromkeys(basis.cited_as()))
        return list(found)
