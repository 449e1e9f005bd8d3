"""What is told of an edition: to everybody, and to those who see the history."""

from .editioned import public_part
from .editionsof import content_of
from .editionsof import edition_url
from .editionsof import editions_of
from .editionsof import store_of
from dataclasses import dataclass
from typing import Any
from zhinan import _
from zhinan.publishing.editions import Edition
from zhinan.publishing.store import Revision
from zhinan.rules import editions as rules
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zope.i18nmessageid import Message


#: How editions came about, for the staff.
ORIGINS = {
    rules.PUBLISHED: _("published by people"),
    rules.IMPORTED: _("brought by an import"),
    rules.HANDED_OVER: _("from a hand-over between departments"),
    rules.MENDED: _("from a change of many guides at once"),
    rules.DIRECT: _("written past the ways of publishing"),
}


@dataclass(frozen=True)
class Told:
    """An edition as everybody reads of it."""

    edition: Edition
    #: the note as it reads now, or a sentence that says no more than everybody may know
    note: str | Message
    corrected: bool
    #: published in error: its content is for the staff alone
    retracted: bool
    #: checksum of what the public reads in it: the check code on its pages and papers
    public_hash: str
    url: str


def told(guide: Any, edition: Edition) -> Told:
    """What everybody may know of an edition.

    Neither an emergency nor that nobody looked at it is told: that is for the staff.
    """
    store = store_of(guide)
    return Told(
        edition=edition,
        note=store.note(edition) or _neutral(edition),
        corrected=bool(store.corrections(edition)),
        retracted=store.is_retracted(edition),
        public_hash=public_hash(guide, edition),
        url=edition_url(guide, edition),
    )


def _neutral(edition: Edition) -> Message:
    if edition.serial == 1:
        return _("First edition on this site.")
    if edition.minor:
        return _("Minor correction.")
    return _("Content updated.")


def public_hash(guide: Any, edition: Edition) -> str:
    """SHA-256 of what the public reads in an edition, as channels know it."""
    return checksum(canonical(public_part(content_of(guide, edition))))


def edition_at(guide: Any, revision: Revision) -> Edition | None:
    """The edition that a revision tells of; None if it is from before editions.

    The newest with this content, or else the one that was online then.
    """
    known = [e for e in editions_of(guide) if e.moment <= revision.moment]
    same = (e for e in known if public_hash(guide, e) == revision.hash)
    return next(same, known[0] if known else None)
