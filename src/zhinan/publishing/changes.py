"""The outbox as others read it: nothing but what the public may read today."""

from collections.abc import Iterable
from Products.CMFCore.utils import getToolByName
from typing import Any
from zhinan.departments import directory
from zhinan.publishing.store import Line
from zhinan.publishing.store import Outbox
from zhinan.publishing.store import peek
from zhinan.rules.revisions import GONE


LIMIT, LONGEST = 100, 1000


def public_uids(site: Any, uids: Iterable[str]) -> set[str]:
    """Those of these that the public may read now, as the catalogue knows it."""
    catalog = getToolByName(site, "portal_catalog")
    brains = catalog.unrestrictedSearchResults(
        UID=sorted(uids), allowedRolesAndUsers=["Anonymous"]
    )
    return {brain.UID for brain in brains}


def page(
    site: Any,
    base: str,
    since: int,
    limit: int = LIMIT,
    content: bool = False,
) -> dict[str, Any]:
    """The changes after a sequence number, and where to go on.

    :param base: address of the site as the reader knows it.
    """
    box = peek(site)
    lines = box.since(since, limit)
    shown = public_uids(site, {line.uid for line in lines}) if lines else set()
    last = lines[-1].sequence if lines else since
    tail = f"&limit={limit}" if limit != LIMIT else ""
    tail += "&content=1" if content else ""
    return {
        "@id": f"{base}/@changes?since={since}{tail}",
        "feed": box.id,
        "items": [_item(box, base, line, line.uid in shown, content) for line in lines],
        "last": last,
        "latest": box.latest,
        "more": last < box.latest,
        "next": f"{base}/@changes?since={last}{tail}",
    }


def _item(
    box: Outbox, base: str, line: Line, shown: bool, content: bool
) -> dict[str, Any]:
    """One change. Where the content is no longer public, what identifies it alone."""
    record = box.records[line.uid]
    current = record.steps[-1].sequence == line.sequence
    found: dict[str, Any] = {
        "sequence": line.sequence,
        "uid": line.uid,
        "kind": line.kind,
        "at": line.moment.isoformat(timespec="seconds"),
        "revision": line.revision,
        "hash": line.hash,
        "address": f"{base}/{line.path}",
        "superseded": not current,
        **line.codes,
    }
    if line.kind in GONE or not (shown and record.seen.public):
        return found
    owner = directory.get(line.department)
    found["title"] = line.title
    found["department"] = {
        "code": line.department,
        "title": owner.title if owner else "",
    }
    if content and current:
        # What was corrected since may have been wrong: only the newest is given.
        found["content"] = box.content(line.hash)
    return found
