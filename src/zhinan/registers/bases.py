"""The register of legal bases as the rules see it, from the catalogue."""

from . import directory
from .directory import Entry
from zhinan.departments.citytime import today
from zhinan.rules.bases import articles_in
from zhinan.rules.bases import Basis
from zhinan.rules.bases import Register

import datetime


NAME = "legal_basis"


def basis(entry: Entry) -> Basis:
    """An entry as far as citing it is concerned."""
    values = entry.values
    articles = {
        key: row["status"]
        for row in values.get("articles") or ()
        if row.get("status")
        for key in articles_in(row.get("article"))
    }
    return Basis(
        id=entry.uid,
        title=entry.title,
        aliases=tuple(values.get("aliases") or ()),
        number=values.get("document_number") or "",
        status=values.get("effect_status") or "in_force",
        start=entry.day("in_force_from"),
        end=entry.day("in_force_until"),
        replaced_by=tuple(values.get("replaced_by") or ()),
        articles=articles,
    )


def register(day: datetime.date | None = None) -> Register:
    """The published entries on a day, today without one; made once a request."""
    day = day or today()
    return directory.derived(
        f"{NAME}.{day}",
        lambda: Register(map(basis, directory.current(NAME)), day),
    )


def by_uid() -> dict[str, Entry]:
    """The published entries by their UID."""
    return directory.derived(
        f"{NAME}.uid", lambda: {e.uid: e for e in directory.current(NAME)}
    )


def known(name: str) -> Entry | None:
    """The published entry of a law's name, such as one that replaces another."""
    found = register().find(name, None)
    return by_uid().get(found.id) if found else None
