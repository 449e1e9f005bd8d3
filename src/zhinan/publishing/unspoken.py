"""Editions of what reached the public without anybody publishing it.

An import brings guides that are online where they come from; a hand-over of
departments or a bulk change alters many; the technical administrator can write into
anything. The public reads editions and nothing else, so each of them becomes one, and
says how it came about. What nobody answers for is listed until a second person has
looked at it.
"""

from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.publishing import editions
from zhinan.publishing import foureyes
from zhinan.publishing import rounds
from zhinan.publishing.steps import begin_standing
from zhinan.publishing.workflow import is_online
from zhinan.rules.editions import DIRECT
from zhinan.rules.editions import IMPORTED
from zhinan.rules.editions import SEEN_BY_TWO
from zhinan.trail.acts import record
from zhinan.trail.causes import because
from zhinan.trail.causes import Cause
from zhinan.trail.causes import cause


__all__ = ["Cause", "because", "settle"]


def settle(site: Any, obj: Any, brought: bool) -> None:
    """Freeze what is online and differs from its last edition."""
    uid = IUUID(obj)
    if is_online(obj) and rounds.peek(site).standing(uid).next_review is None:
        begin_standing(site, uid)
    if not editions.differs(obj):
        return
    said = cause() or Cause(IMPORTED if brought else DIRECT)
    last = editions.current(obj)
    drafted = (said.drafted_by,) if said.drafted_by else ()
    emergency = ""
    # What comes for the first time was published where it comes from.
    seen = said.origin in SEEN_BY_TWO and (said.origin != IMPORTED or last is None)
    act = "edition.frozen" if seen else "edition.direct"
    if last is not None and editions.peek(site).is_unseen(last):
        # A telephone that is mended makes nobody look at the rest.
        seen, emergency = False, last.emergency
        before = (*last.drafted_by, last.submitted_by, last.published_by)
        drafted = tuple(dict.fromkeys(p for p in (*before, *drafted) if p))
    made = editions.freeze(
        obj,
        editions.Draft(
            note=said.note,
            # A first edition is new as a whole.
            minor=said.minor and last is not None,
            origin=said.origin,
            drafted_by=drafted,
            approved_by=said.approved_by,
            published_by=foureyes.me(),
            emergency=emergency,
        ),
        seen=seen,
    )
    record(obj, act, note=said.note, edition=str(made.number))
