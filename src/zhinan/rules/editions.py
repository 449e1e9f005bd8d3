"""Numbers of editions, and the hash that binds each to the one before it."""

from .canonical import canonical
from .canonical import checksum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import re


#: How an edition came about: people published it; an import brought it; a hand-over of
#: departments or a bulk change made it; or somebody wrote past the ways of publishing.
PUBLISHED, IMPORTED, HANDED_OVER = "published", "imported", "handed_over"
MENDED, DIRECT = "mended", "direct"
ORIGINS = (PUBLISHED, IMPORTED, HANDED_OVER, MENDED, DIRECT)
#: Origins for which a second person answers, or none is asked.
SEEN_BY_TWO = frozenset({PUBLISHED, IMPORTED, HANDED_OVER, MENDED})

_NUMBER = re.compile(r"^([1-9]\d{0,5})\.(0|[1-9]\d{0,5})$", re.ASCII)


@dataclass(frozen=True, order=True)
class Number:
    """Number of an edition, such as 2.1."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def read_number(text: object) -> Number | None:
    """The number in a text, or None if it is none."""
    found = _NUMBER.match(text) if isinstance(text, str) else None
    return Number(int(found[1]), int(found[2])) if found else None


def next_number(last: Number | None, minor: bool) -> Number:
    """The number after the last one; the first edition is always 1.0."""
    if last is None:
        return Number(1, 0)
    if minor:
        return Number(last.major, last.minor + 1)
    return Number(last.major + 1, 0)


def seal(content_hash: str, previous: str, facts: Mapping[str, Any]) -> str:
    """The hash of an edition: of its content, of what is said of it, and of the last.

    :param content_hash: SHA-256 of the canonical content.
    :param previous: hash of the edition before it; empty for the first.
    :param facts: number, note, people and moment as plain values.
    :returns: 64 hexadecimal digits.
    """
    return checksum(
        canonical({"content": content_hash, "previous": previous, "facts": dict(facts)})
    )
