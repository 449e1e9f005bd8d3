"""Which guide is being worked on in which copy, and what it was when that began.

It lies at the site: taking back an older version of guide or copy, or moving one of
them, changes nothing here. Two people who open a copy of one guide at the same moment
write the same line: the later one meets a conflict, is done again, and finds the copy.
"""

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.mapping import PersistentMapping
from plone import api
from plone.app.iterate.interfaces import annotation_key
from plone.app.iterate.interfaces import IWorkingCopyRelation
from plone.app.iterate.interfaces import keys
from typing import Any
from zhinan.guides import units
from zhinan.rules.merging import Node
from zhinan.rules.merging import Path
from zope.annotation.interfaces import IAnnotations
from zope.annotation.interfaces import IAttributeAnnotatable
from zope.interface import implementer

import datetime


KEY = "zhinan.guides.copies"


@implementer(IWorkingCopyRelation, IAttributeAnnotatable)
class Opened(Persistent):
    """An open working copy: what iterate calls the relation to its baseline."""

    def __init__(self, guide: str, copy: str, base: dict[Path, Node]):
        self.guide, self.copy = guide, copy
        self._base = units.packed(base)
        self.moment = datetime.datetime.now(datetime.UTC)

    @property
    def base(self) -> dict[Path, Node]:
        """What both held when the copy was made, or brought up to date."""
        return units.unpacked(self._base)

    @base.setter
    def base(self, unit: dict[Path, Node]) -> None:
        self._base = units.packed(unit)

    @property
    def who(self) -> str:
        """Id of the person who opened it."""
        kept = IAnnotations(self).get(annotation_key) or PersistentMapping()
        return str(kept.get(keys.checkout_user) or "")


class Copies(Persistent):
    """All that are open, by guide and by copy."""

    def __init__(self) -> None:
        self.by_guide = OOBTree()
        self.by_copy = OOBTree()

    def open(self, opened: Opened) -> None:
        """A copy was made."""
        self.by_guide[opened.guide] = opened
        self.by_copy[opened.copy] = opened

    def close(self, opened: Opened) -> None:
        """It is no longer there."""
        self.by_guide.pop(opened.guide, None)
        self.by_copy.pop(opened.copy, None)


def copies(site: Any = None) -> Copies:
    """Those of the site, to write; it gets the place for them when it has none."""
    notes = IAnnotations(site if site is not None else api.portal.get())
    if KEY not in notes:
        notes[KEY] = Copies()
    return notes[KEY]


def of_guide(uid: str) -> Opened | None:
    """The open copy of a guide."""
    found = IAnnotations(api.portal.get()).get(KEY)
    return found.by_guide.get(uid) if found is not None and uid else None


def of_copy(uid: str) -> Opened | None:
    """What is known of a copy."""
    found = IAnnotations(api.portal.get()).get(KEY)
    return found.by_copy.get(uid) if found is not None and uid else None
