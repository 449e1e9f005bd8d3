"""One line for the staff: whether a window may handle the matter of a page."""

from typing import Any
from zhinan.pages.layout import PublicPage
from zhinan.registers import authorisations
from zhinan.registers import directory


def cover(page: PublicPage, code: str, department: str) -> dict[str, Any] | None:
    """What the page says of authorisations; None for the public.

    Nothing either where neither the catalogue nor an authorisation speaks of a window:
    most matters are handled by their department.
    """
    if page.anonymous or not authorisations.may_read():
        return None
    found = authorisations.standing(code, department)
    if found.code == "none" and not _entrusted(code, department):
        return None
    papers = found.authorisations
    return {
        "valid": found.valid,
        "text": page.t(found.reason),
        "url": papers[0].url if papers else f"{page.portal_url}/@@seals",
    }


def _entrusted(code: str, department: str) -> bool:
    return any(
        entry.values.get("entrusted")
        and entry.values.get("catalog_code") == code
        and entry.values.get("department") == department
        for entry in directory.entries("catalogue_entry")
    )
