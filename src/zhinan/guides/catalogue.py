"""The check of the matter catalogue against the guides; no entry or guide is woken."""

from collections.abc import Iterator
from plone import api
from typing import Any
from zhinan import _
from zhinan.registers import authorisations
from zhinan.registers import directory
from zhinan.rules import catalogue as rules
from zhinan.rules.catalogue import Finding
from zhinan.rules.catalogue import Limit
from zhinan.rules.catalogue import Matter


#: A guide in these states is no guide any more.
GONE = frozenset({"withdrawn", "consolidated", "retracted"})


def _limit(row: Any, kind: str) -> Limit | None:
    number = row.get(f"{kind}_limit")
    if number is None:
        return None
    return number, row.get(f"{kind}_unit") or "workday"


def entries() -> list[Matter]:
    """The published entries of the working list."""
    return [
        Matter(
            uid=entry.uid,
            title=entry.title,
            code=entry.values.get("catalog_code", ""),
            department=entry.values.get("department", ""),
            matter_type=entry.values.get("matter_type", ""),
            statutory=_limit(entry.values, "statutory"),
            promised=_limit(entry.values, "promised"),
            parent_code=entry.values.get("parent_code", ""),
            entrusted=bool(entry.values.get("entrusted")),
            state=entry.state,
            url=entry.url,
        )
        for entry in directory.current("catalogue_entry")
    ]


def guides() -> Iterator[Matter]:
    """All guides but those that have left, drafts included."""
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(
        portal_type="MatterGuide", sort_on="getObjPositionInParent"
    ):
        if brain.review_state in GONE:
            continue
        row = brain.row or {}
        yield Matter(
            uid=brain.UID,
            title=brain.Title,
            code=brain.catalog_code or "",
            department=brain.department or "",
            matter_type=row.get("matter_type") or "",
            statutory=_limit(row, "statutory"),
            promised=_limit(row, "promised"),
            state=brain.review_state,
            url=brain.getURL(),
        )


def visible() -> list[Finding]:
    """What does not fit today, as far as this person may view both sides of it.

    A guide that is being written somewhere else is compared as well, but its name,
    its address and how it differs are told to nobody who may not view it.
    """
    found = check()
    sides = [m.uid for f in found for m in (f.entry, f.guide) if m is not None]
    if not sides:
        return []
    # What is out of date is still a side of a finding.
    brains = api.portal.get_tool("portal_catalog")(
        UID=sorted(set(sides)), show_inactive=True
    )
    seen = {brain.UID for brain in brains}
    return [
        finding
        for finding in found
        if all(m is None or m.uid in seen for m in (finding.entry, finding.guide))
    ]


def check() -> list[Finding]:
    """Everything that does not fit today.

    Not filtered by permission: people are shown what is ``visible``.
    """
    ask = authorisations.authorised()
    return rules.check(
        entries(), guides(), lambda entry: ask(entry.code, entry.department)
    )


#: What each kind of finding is called, and what to do about it.
TITLES = {
    "no_guide": _("In the catalogue, without guide"),
    "no_entry": _("Guide without entry in the catalogue"),
    "code": _("Another basic code"),
    "name": _("Another name"),
    "department": _("Another department"),
    "matter_type": _("Another matter type"),
    "statutory": _("Another statutory limit"),
    "promised": _("Another promised limit"),
    "several_guides": _("Several guides for one entry"),
    "guide_of_parent": _("Guide of a parent with sub-items"),
    "doubled_entry": _("Entry stands twice"),
    "orphan": _("Parent is not in the catalogue"),
    "not_authorised": _("Handled by the window without valid authorisation"),
}
ADVICE = {
    "no_guide": _("Write the guide, or take the entry out of the catalogue."),
    "no_entry": _("Enter the matter in the catalogue, or withdraw the guide."),
    "code": _("Find out which code is right and correct the other."),
    "name": _("The name of the catalogue counts: correct the guide."),
    "department": _("Settle who is responsible and correct the other side."),
    "matter_type": _("Correct the type in the guide or in the catalogue."),
    "statutory": _("Look the limit up in the law and correct the wrong side."),
    "promised": _("Give people one promise: correct the guide or the catalogue."),
    "several_guides": _("Keep one guide for each entry, or make sub-items of them."),
    "guide_of_parent": _("Write a guide for each sub-item instead."),
    "doubled_entry": _("Take one of the two entries out."),
    "orphan": _("Enter the parent, or correct its code."),
    "not_authorised": _(
        "Register a valid authorisation, or do not mark the matter so."
    ),
}
