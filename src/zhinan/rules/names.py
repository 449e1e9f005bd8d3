"""Whether two names mean the same material, and whether services are one service.

A checker must find 居住证明 in 社区出具的居住证明（复印件）, and must not find 证明 in
无犯罪记录证明 because both end alike. So names are brought to one form and then are
compared whole, never searched for within each other. The words that do not count are
data (``data/names.toml``).
"""

from .elements import read_data
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import re
import unicodedata


_QUOTES = re.compile("[“”\"'‘’「」『』《》〈〉<>]")
_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
#: What separates several things in one name.
_BETWEEN = re.compile(r"[、,;/+]|以及|及其|及|和|与|或者|或")
_LIST = re.compile(r"[、,;/+]")
_COUNT = re.compile(r"(各)?[0-9一二两三四五六七八九十]+(份|张|件|套|页|册)$")
_PROOF = "证明"


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return read_data("names.toml")


@cache
def _copies() -> tuple[str, ...]:
    return tuple(sorted(_words()["material"]["copies"], key=len, reverse=True))


@cache
def _issued() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, _words()["material"]["issued"]))
    return re.compile(rf"^.{{2,16}}?(?:{verbs})(?=.{{2,}})")


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _QUOTES.sub("", "".join(folded.split()))


def _is_about_copies(text: str) -> bool:
    """Whether these words say nothing but how many copies of which kind."""
    parts = [part for part in _BETWEEN.split(text) if part]
    return all(part in _copies() or _COUNT.fullmatch(part) for part in parts)


def _without_brackets(text: str) -> str:
    def kept(match: re.Match[str]) -> str:
        return "" if _is_about_copies(match[1]) else match[1]

    previous = ""
    while text != previous:
        previous, text = text, _BRACKETS.sub(kept, text)
    return text


def _without_copies(text: str) -> str:
    """Without 原件及复印件 and the like at the end; a name is never emptied."""
    while True:
        shorter = _COUNT.sub("", text)
        for word in _copies():
            if shorter.endswith(word):
                shorter = shorter[: -len(word)]
                break
        shorter = re.sub(rf"(?:{_BETWEEN.pattern}|的)+$", "", shorter)
        if shorter in ("", text):
            return text
        text = shorter


def normal_name(text: str) -> str:
    """The form in which names of materials are compared; empty if there is no name."""
    name = _without_copies(_without_brackets(_fold(text)))
    name = _issued().sub("", name)
    for head in _words()["material"]["heads"]:
        if name.startswith(head) and len(name) > len(head) + 1:
            name = name[len(head) :]
            break
    for tail in _words()["material"]["proof_tails"]:
        if name.endswith(_PROOF + tail):
            name = name[: -len(tail)]
            break
    return name.replace(f"的{_PROOF}", _PROOF).strip(".。:")


def names_in(text: str) -> list[str]:
    """The normal name of a material, and those of its parts if it lists several."""
    found = [normal_name(text)]
    flat = _without_brackets(_fold(text))
    parts = [part for part in _LIST.split(flat) if part]
    if len(parts) > 1:
        found += [normal_name(part) for part in parts]
    return [name for name in dict.fromkeys(found) if re.search(r"\w", name)]


# --------------------------------------------------------------------- services


@dataclass(frozen=True)
class Service:
    """An intermediary service as far as splitting is concerned."""

    id: str
    name: str
    matters: tuple[str, ...]
    basis: str


@cache
def _stages() -> re.Pattern[str]:
    words = sorted(_words()["service"]["stages"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def stem(name: str) -> str:
    """A service's name without the words for its steps."""
    folded = _BETWEEN.sub("", _without_brackets(_fold(name)))
    return _stages().sub("", folded)


def _plain(text: str) -> str:
    return "".join(char for char in _fold(text) if char.isalnum())


def split_services(services: Iterable[Service]) -> list[tuple[Service, ...]]:
    """Groups of services that are one service split into several.

    They serve the same matter on the same basis, and their names differ only in words
    for steps: 编制, 评审, 检测. The city's work plan forbids it (task 15).
    """
    groups: dict[tuple[str, str, str], list[Service]] = {}
    for service in services:
        core, basis = stem(service.name), _plain(service.basis)
        if not core or not basis:
            continue
        for matter in dict.fromkeys(map(_plain, service.matters)):
            groups.setdefault((core, basis, matter), []).append(service)
    found: list[tuple[Service, ...]] = []
    for group in groups.values():
        members = tuple(group)
        if len(members) > 1 and members not in found:
            found.append(members)
    return found


def matching(names: Sequence[str], known: dict[str, str]) -> str | None:
    """What the first of these normal names stands for in ``known``, or None."""
    return next((known[name] for name in names if name in known), None)
