"""Quality as the person may read it: departments and guides, the worst first.

Who has tasks reads of the own departments, who sees all tasks reads of all. Guides are
asked of the catalogue as that person.
"""

from . import quality
from .citations import has_tasks
from .citations import own_departments
from .citations import sees_all
from collections.abc import Iterator
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan.departments import directory
from zhinan.guides.nightly import GUIDE
from zhinan.guides.nightly import PUBLISHED
from zhinan.guides.quality import Result
from zhinan.guides.quality import Row


#: Days of the trend that are shown.
SHOWN = 30

may_read = has_tasks
may_check = sees_all


@dataclass(frozen=True)
class Department:
    """A department with its figures of the last check and of the one before."""

    code: str
    title: str
    row: Row
    before: Row | None


@dataclass(frozen=True)
class Guide:
    """A guide with what was found of it."""

    uid: str
    title: str
    url: str
    department: str
    result: Result


def codes() -> list[str]:
    """The departments of which the person reads, in their order."""
    return list(directory.entries()) if sees_all() else own_departments()


def title_of(code: str) -> str:
    """Name of a department, or its code."""
    entry = directory.get(code)
    return entry.short_name if entry else code


def _days() -> list[tuple[str, dict[str, Row]]]:
    return list(quality.peek().trend.items())


def departments() -> list[Department]:
    """The person's departments with guides, the lowest score first."""
    days = _days()
    if not days:
        return []
    last, before = days[-1][1], days[-2][1] if len(days) > 1 else {}
    found = [
        Department(code, title_of(code), last[code], before.get(code))
        for code in codes()
        if code in last
    ]
    return sorted(found, key=lambda one: (one.row.score, one.title))


def whole() -> Row | None:
    """The figures of the whole site, for who reads of all departments."""
    days = _days()
    return days[-1][1].get("") if days and sees_all() else None


def trend(department: str = "") -> list[tuple[str, Row]]:
    """Day by day, the latest first; of all departments without one.

    :param department: a code of which the person reads.
    """
    if not department and not sees_all():
        own = codes()
        department = own[0] if len(own) == 1 else "-"
    found = [(day, rows[department]) for day, rows in _days() if department in rows]
    return found[::-1][:SHOWN]


def guides(department: str = "") -> list[Guide]:
    """The guides that the person may see, the lowest score first."""
    wanted = [code for code in codes() if department in ("", code)]
    if not wanted:
        return []
    results = quality.peek().results
    brains = api.portal.get_tool("portal_catalog")(
        portal_type=GUIDE, review_state=PUBLISHED, department=wanted
    )
    found = [
        Guide(brain.UID, brain.Title, brain.getURL(), brain.department or "", result)
        for brain in brains
        if (result := results.get(brain.UID)) is not None
    ]
    return sorted(found, key=lambda one: (one.result.score, one.title, one.url))


def lines(found: list[Guide]) -> Iterator[tuple[Guide, Any]]:
    """Each finding with its guide."""
    for guide in found:
        for finding in guide.result.findings:
            yield guide, finding
