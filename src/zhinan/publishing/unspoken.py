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
from zhinan.publishing.steps import begin_standing
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
    if not editions.differs(obj):
        return
    said = cause() or Cause(IMPORTED if brought else DIRECT)
    uid = IUUID(obj)
    first = editions.current(obj) is None
    made = editions.freeze(
        obj,
        editions.Draft(
            note=said.note,
            # A first edition is new as a whole.
            minor=said.minor and not first,
            origin=said.origin,
            drafted_by=(said.drafted_by,) if said.drafted_by else (),
            approved_by=said.approved_by,
            published_by=foureyes.me(),
        ),
        seen=said.origin in SEEN_BY_TWO,
    )
    if first:
        begin_standing(site, uid)
    record(
        obj,
        "edition.frozen" if said.origin in SEEN_BY_TWO else "edition.direct",
        note=said.note,
        edition=str(made.number),
    )
