"""What became of a guide that left the site, and what takes its place."""

from .editionsof import state_of
from dataclasses import dataclass
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing.steps import find

import datetime


WITHDRAWN, CONSOLIDATED, RETRACTED = "withdrawn", "consolidated", "retracted"
STATES = (WITHDRAWN, CONSOLIDATED, RETRACTED)


@dataclass(frozen=True)
class Left:
    """How and when a guide left the site."""

    #: withdrawn, consolidated or retracted
    state: str
    moment: datetime.datetime | None
    reason: str
    #: the guide in its place, as far as whoever asks may view it
    successor: Any = None


def left_of(guide: Any) -> Left | None:
    """What became of a guide; None if it is there, or was never online."""
    state = state_of(guide)
    if state not in STATES:
        return None
    standing = rounds.peek(editions.site_of(guide)).standing(IUUID(guide))
    other = successor_of(guide)
    if other is not None and not api.user.has_permission("View", obj=other):
        other = None
    return Left(state, standing.left_at, standing.left, other)


def successor_of(guide: Any) -> Any:
    """The guide at the end of the chain of successors; None if there is none.

    Guides that were consolidated only lead on. A chain that comes back to where it was
    leads nowhere.
    """
    known, obj = {IUUID(guide)}, guide
    store = rounds.peek(editions.site_of(guide))
    while True:
        obj = find(store.standing(IUUID(obj)).successor)
        if obj is None or IUUID(obj) in known:
            return None
        if state_of(obj) != CONSOLIDATED:
            return None if state_of(obj) == RETRACTED else obj
        known.add(IUUID(obj))


def is_gone(guide: Any) -> bool:
    """Whether a guide was public, and was published in error."""
    return state_of(guide) == RETRACTED and editions.current(guide) is not None
