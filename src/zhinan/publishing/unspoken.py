"""Editions of what reached the public without anybody publishing it.

An import brings guides that are online where they come from; a hand-over of
departments or a bulk change alters many; the technical administrator can write into
anything. The public reads editions and nothing else, so each of them becomes one, and
says how it came about. What nobody answers for is listed until a second person has
looked at it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.publishing import editions
from zhinan.publishing import foureyes
from zhinan.publishing.steps import begin_standing
from zhinan.rules.editions import DIRECT
from zhinan.rules.editions import IMPORTED
from zhinan.rules.editions import SEEN_BY_TWO
from zhinan.trail.acts import record

import transaction


@dataclass(frozen=True)
class Cause:
    """Why many things change in this transaction, and who answers for it."""

    origin: str
    note: str = ""
    minor: bool = True
    drafted_by: str = ""
    approved_by: str = ""


class _Key:
    """Under this the cause hangs at its transaction."""


_KEY = _Key()


@contextmanager
def because(cause: Cause) -> Iterator[None]:
    """Editions of this transaction come about for this reason.

    It holds until the commit, at which they are made.
    """
    transaction.get().set_data(_KEY, cause)
    yield


def settle(site: Any, obj: Any, brought: bool) -> None:
    """Freeze what is online and differs from its last edition."""
    if not editions.differs(obj):
        return
    try:
        cause = transaction.get().data(_KEY)
    except KeyError:
        cause = Cause(IMPORTED) if brought else Cause(DIRECT)
    uid = IUUID(obj)
    first = editions.current(obj) is None
    made = editions.freeze(
        obj,
        editions.Draft(
            note=cause.note,
            # A first edition is new as a whole.
            minor=cause.minor and not first,
            origin=cause.origin,
            drafted_by=(cause.drafted_by,) if cause.drafted_by else (),
            approved_by=cause.approved_by,
            published_by=foureyes.me(),
        ),
        seen=cause.origin in SEEN_BY_TWO,
    )
    if first:
        begin_standing(site, uid)
    record(
        obj,
        "edition.frozen" if cause.origin in SEEN_BY_TWO else "edition.direct",
        note=cause.note,
        edition=str(made.number),
    )
