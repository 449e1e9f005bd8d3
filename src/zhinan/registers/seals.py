"""Each use of a seal: written down once, never changed, corrected by a further entry.

The record stands in an annotation of the site by the UID of the seal, so that it
outlives changes of the seal and the seal itself.
"""

from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from plone import api
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.registers.clock import now
from zhinan.registers.clock import today
from zhinan.rules.codes import Problem
from zhinan.trail.acts import record as record_act
from zope.annotation.interfaces import IAnnotations
from zope.i18nmessageid import Message

import datetime


KEY = "zhinan.registers.seal_uses"
#: Who may write a use down.
PERMISSION = "Zhinan: Use seals"
LONGEST = {"matter": 200, "note": 500}
MOST = 9999

MESSAGES = {
    "use_matter": _(
        "use_matter", default="Write for which matter or dossier the seal was used."
    ),
    "use_long": _("use_long", default="Too long: at most ${longest} characters."),
    "use_number": _(
        "use_number",
        default="Enter how many impressions were made: a whole number from 1 on, or "
        "0 where an entry is taken back.",
    ),
    "use_day": _("use_day", default="Enter the day of the use, such as 2026-09-01."),
    "use_future": _("use_future", default="The day of the use lies ahead."),
    "use_unknown": _(
        "use_unknown",
        default="There is no entry ${number} that could be corrected, or it has been "
        "corrected already.",
    ),
    "use_reason": _("use_reason", default="Write in the note why you correct it."),
}


@dataclass(frozen=True)
class Use:
    """One entry of the record."""

    number: int
    #: when it was written down, ISO 8601 with offset
    written: str
    #: login and name of who wrote it
    person: str
    name: str
    #: day of the use, ``2026-09-01``
    day: str
    matter: str
    impressions: int
    note: str = ""
    #: number of the entry that this one replaces, or 0
    corrects: int = 0


class Refused(ValueError):
    """Entries that cannot be written; ``problems`` say why."""

    def __init__(self, problems: list[Problem]):
        super().__init__(", ".join(problem.id for problem in problems))
        self.problems = problems

    def sentences(self) -> list[Message]:
        """What a person reads."""
        return [Message(MESSAGES[p.id], mapping=p.mapping) for p in self.problems]


def _all() -> Mapping[str, Any]:
    return IAnnotations(api.portal.get()).get(KEY) or {}


def uses(uid: str) -> list[Use]:
    """The record of a seal, in the order in which it was written."""
    return list((_all().get(uid) or {}).values())


def corrected(record: list[Use]) -> dict[int, int]:
    """Numbers of the entries that were corrected, with the entry that did it."""
    return {use.corrects: use.number for use in record if use.corrects}


def impressions(record: list[Use]) -> int:
    """How many impressions were made, corrections taken into account."""
    gone = corrected(record)
    return sum(use.impressions for use in record if use.number not in gone)


def may_write(seal: Any) -> bool:
    """Whether this person may write a use of this seal down."""
    return api.user.has_permission(PERMISSION, obj=seal)


def write(seal: Any, values: Mapping[str, Any]) -> Use:
    """Write a use down.

    :raises Unauthorized: if the person may not.
    :raises Refused: if something is missing or wrong.
    """
    if not may_write(seal):
        raise Unauthorized(PERMISSION)
    record = uses(seal.UID())
    clean = {
        "matter": " ".join(_text(values, "matter").split()),
        "note": _text(values, "note").replace("\r\n", "\n").strip(),
        "day": _text(values, "day").strip(),
    }
    number = _number(values.get("impressions"))
    corrects = _number(values.get("corrects") or 0)
    if found := list(_problems(clean, number, corrects, record)):
        raise Refused(found)
    person = api.user.get_current()
    use = Use(
        number=record[-1].number + 1 if record else 1,
        written=now().isoformat(timespec="seconds"),
        person=person.getId() or "",
        name=person.getProperty("fullname", "") or person.getId() or "",
        impressions=number or 0,
        corrects=corrects or 0,
        **clean,
    )
    _append(seal.UID(), use)
    # For which matter stands in the record of the seal alone: it may name a person.
    record_act(
        seal,
        "seal.used",
        edition=str(use.number),
        before=str(use.corrects) if use.corrects else "",
    )
    return use


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        value = int(value)
    good = isinstance(value, int) and not isinstance(value, bool)
    return value if good and 0 <= value <= MOST else None


def _problems(
    values: Mapping[str, str],
    number: int | None,
    corrects: int | None,
    record: list[Use],
) -> Iterator[Problem]:
    if not values["matter"]:
        yield Problem("matter", "use_matter")
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            yield Problem(name, "use_long", (("longest", str(longest)),))
    if number is None or (number == 0 and not corrects):
        yield Problem("impressions", "use_number")
    try:
        if datetime.date.fromisoformat(values["day"]) > today():
            yield Problem("day", "use_future")
    except ValueError:
        yield Problem("day", "use_day")
    if corrects == 0:
        return
    open_ = {use.number for use in record} - corrected(record).keys()
    if corrects not in open_:
        yield Problem("corrects", "use_unknown", (("number", str(corrects)),))
    if not values["note"]:
        yield Problem("note", "use_reason")


def _append(uid: str, use: Use) -> None:
    annotations = IAnnotations(api.portal.get())
    if KEY not in annotations:
        annotations[KEY] = OOBTree()
    record = annotations[KEY].setdefault(uid, IOBTree())
    # Two people who write at once get two numbers: the second one is tried again.
    if not record.insert(use.number, use):
        raise ValueError(f"{uid}: entry {use.number} is there already")


def dump() -> dict[str, list[dict[str, Any]]]:
    """All records for an export."""
    return {uid: [asdict(use) for use in uses(uid)] for uid in _all()}


def restore(records: Mapping[str, list[dict[str, Any]]]) -> int:
    """Records of an export; entries that are there already have to be the same."""
    added = 0
    for uid, rows in records.items():
        there = {use.number: use for use in uses(uid)}
        for row in rows:
            use = Use(**row)
            if use.number not in there:
                _append(uid, use)
                added += 1
            elif there[use.number] != use:
                raise ValueError(f"{uid}: another entry {use.number} is here already")
    return added
