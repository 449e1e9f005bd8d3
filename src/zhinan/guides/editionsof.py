"""The editions of a guide: which one the public reads, and where an old one lies."""

from collections.abc import Iterator
from typing import Any
from zhinan.departments.citytime import CITY_TIME
from zhinan.publishing import editions
from zhinan.publishing.editions import Edition
from zhinan.publishing.steps import state_of
from zhinan.publishing.workflow import LEFT
from zhinan.publishing.workflow import PUBLISHED

import datetime


#: States in which the public reads the last edition, whatever stands in the guide.
READ = frozenset({PUBLISHED, *LEFT})


def edition_online(guide: Any) -> Edition | None:
    """The edition that the public reads at the guide's own address, or None."""
    return editions.current(guide) if state_of(guide) in READ else None


def content_online(guide: Any) -> dict[str, Any] | None:
    """Its content, or None: then the guide itself is all there is."""
    edition = edition_online(guide)
    return None if edition is None else content_of(guide, edition)


def content_of(guide: Any, edition: Edition) -> dict[str, Any]:
    """What an edition froze."""
    return store_of(guide).content(edition)


def store_of(guide: Any) -> editions.Editions:
    """The editions of the guide's site, for reading."""
    return editions.peek(editions.site_of(guide))


def editions_of(guide: Any) -> list[Edition]:
    """All editions of a guide, the newest first."""
    return store_of(guide).all(guide.UID())[::-1]


def edition_of(guide: Any, number: str) -> Edition | None:
    """An edition by its number, such as 2.1; None if there is none."""
    return store_of(guide).get(guide.UID(), number)


def edition_url(guide: Any, edition: Edition) -> str:
    """The address at which an edition stays readable."""
    return f"{guide.absolute_url()}/@@edition/{edition.number}"


def edition_day(edition: Edition) -> datetime.date:
    """The day on which it came about, in the city."""
    return edition.moment.astimezone(CITY_TIME).date()


#: Levels of the files of a content by checksum; contents never change.
_LEVELS: dict[str, dict[str, tuple[str, ...]]] = {}
_MOST_LEVELS = 4096


def last_levels(guide: Any, sha256: str) -> tuple[str, ...]:
    """The levels that a file had in the newest edition that has it; none if none has.

    They stand for the level of today where what had the file is gone: closing a file
    and deleting it must not open it in an edition from before.
    """
    for edition in editions_of(guide):
        found = _levels(guide, edition).get(sha256)
        if found:
            return found
    return ()


def _levels(guide: Any, edition: Edition) -> dict[str, tuple[str, ...]]:
    found = _LEVELS.get(edition.content_hash)
    if found is None:
        made: dict[str, tuple[str, ...]] = {}
        for sha256, level in _files(content_of(guide, edition)):
            made[sha256] = (*made.get(sha256, ()), level)
        if len(_LEVELS) >= _MOST_LEVELS:
            _LEVELS.clear()
        found = _LEVELS[edition.content_hash] = made
    return found


def _files(value: Any) -> Iterator[tuple[str, str]]:
    """Checksum and level of every file, wherever it stands."""
    if isinstance(value, dict):
        if "sha256" in value:
            yield value["sha256"], value.get("level", "")
        for item in value.values():
            yield from _files(item)
    elif isinstance(value, list):
        for item in value:
            yield from _files(item)
