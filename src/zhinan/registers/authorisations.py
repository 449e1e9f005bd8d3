"""Seals and authorisations as they stand on a day; nothing is woken for the answer."""

from . import directory
from .clock import today
from .settings import expiring_days
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan import _
from zhinan.rules import authorisations as rules
from zhinan.rules.authorisations import Authorisation
from zhinan.rules.authorisations import Cover
from zhinan.rules.authorisations import Period
from zhinan.rules.authorisations import Seal
from zope.i18nmessageid import Message

import datetime


#: Who may see seals, authorisations and what follows from them.
PERMISSION = "Zhinan: Read internal registers"
TITLES = {
    "valid": _("Valid"),
    "expiring": _("Expiring"),
    "expired": _("Expired"),
    "not_yet": _("Not yet valid"),
    "revoked": _("Revoked"),
    "ended": _("standing_ended", default="Ended"),
    "draft": _("standing_draft", default="Draft"),
}
_REASONS = {
    "none": _(
        "cover_none",
        default="No valid authorisation: no authorisation names this matter.",
    ),
    "other_department": _(
        "cover_other_department",
        default="No valid authorisation: ${number} is of another department.",
    ),
    "other_window": _(
        "cover_other_window",
        default="No valid authorisation for this window: ${number} is for ${window}.",
    ),
    "seal": _(
        "cover_seal",
        default="No valid authorisation: the seal ${seal} of ${number} is not valid.",
    ),
    "not_yet": _(
        "cover_not_yet",
        default="No valid authorisation yet: ${number} begins on ${start}.",
    ),
    "expired": _(
        "cover_expired",
        default="No valid authorisation: ${number} ended on ${until}.",
    ),
    "revoked": _(
        "cover_revoked",
        default="No valid authorisation: ${number} was revoked on ${revoked}.",
    ),
    "ended": _(
        "cover_ended", default="No valid authorisation: ${number} was put out of force."
    ),
    "draft": _(
        "cover_draft",
        default="No valid authorisation: ${number} is not in force yet.",
    ),
}


@dataclass(frozen=True)
class Standing:
    """Whether a matter may be handled by a window, and why."""

    valid: bool
    reason: Message
    #: stable name of the reason: ``covered`` or one of ``rules.REASONS``
    code: str
    authorisations: tuple[Authorisation, ...]


def may_read() -> bool:
    """Whether this person may see how matters are authorised."""
    return api.user.has_permission(PERMISSION, obj=api.portal.get())


def _codes(entry: directory.Entry) -> tuple[str, ...]:
    return tuple(entry.values.get("matter_codes") or ())


def period(entry: directory.Entry) -> Period:
    """From when until when an entry holds."""
    return Period(
        start=entry.day("valid_from"),
        until=entry.day("valid_until"),
        revoked=entry.day("revoked_on"),
        state=entry.state,
    )


def papers() -> list[Authorisation]:
    """All authorisations, whatever their state."""
    return [
        Authorisation(
            number=str(entry.values.get("authorisation_number") or ""),
            title=entry.title,
            department=str(entry.values.get("department") or ""),
            window=str(entry.values.get("window") or ""),
            codes=_codes(entry),
            period=period(entry),
            seal=str(entry.values.get("seal_number") or ""),
            url=entry.url,
            holder=str(entry.values.get("holder") or ""),
        )
        for entry in directory.entries("authorisation")
    ]


def seals() -> dict[str, Seal]:
    """All seals by their number."""
    found = {}
    for entry in directory.entries("approval_seal"):
        number = str(entry.values.get("seal_number") or "")
        found[number] = Seal(
            number, str(entry.values.get("department") or ""), period(entry)
        )
    return found


def standing(
    catalog_code: str,
    department: str,
    day: datetime.date | None = None,
    window: str | None = None,
) -> Standing:
    """Whether a window may handle this matter for its department on a day (today).

    Not filtered by permission: ask ``may_read`` before it is shown.
    """
    found = rules.cover(
        papers(), seals(), catalog_code, department, day or today(), window
    )
    return Standing(found.valid, sentence(found), found.reason, found.authorisations)


def authorised(day: datetime.date | None = None) -> Any:
    """A function that answers for many matters; papers are read once."""
    known, stamps, when = papers(), seals(), day or today()

    def ask(code: str, department: str) -> bool:
        return rules.cover(known, stamps, code, department, when).valid

    return ask


def sentence(found: Cover) -> Message:
    """What people read of a cover."""
    mapping = _mapping(found)
    if not found.valid:
        return Message(_REASONS[found.reason], mapping=mapping)
    if found.until is None:
        return _(
            "cover_open",
            default="Covered by ${number} for ${window}.",
            mapping=mapping,
        )
    return _(
        "cover_until",
        default="Covered by ${number} for ${window} until ${until}.",
        mapping=mapping,
    )


def _mapping(found: Cover) -> dict[str, Message | str]:
    if not found.authorisations:
        return {}
    chosen = max(
        found.authorisations, key=lambda paper: paper.period.until or datetime.date.max
    )
    return {
        "number": chosen.number,
        "window": chosen.window,
        "seal": chosen.seal,
        "start": in_full(chosen.period.start),
        "until": in_full(found.until or chosen.period.until),
        "revoked": in_full(chosen.period.revoked),
    }


def in_full(day: datetime.date | None) -> Message | str:
    """A date as people write it."""
    if day is None:
        return ""
    parts = {"year": str(day.year), "month": str(day.month), "day": str(day.day)}
    return _("date_in_full", default="${year}-${month}-${day}", mapping=parts)


def how_it_stands(entry: directory.Entry, day: datetime.date | None = None) -> str:
    """How a seal or an authorisation stands on a day (today): one of STANDINGS."""
    return rules.standing(period(entry), day or today(), expiring_days())
