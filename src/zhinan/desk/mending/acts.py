"""Proposing, approving, refusing and taking back; each leaves its entry in the trail.

A mending that is approved is published in many guides at once, so two persons stand
behind it as behind every edition. Here nothing exempts the technical administrator.
"""

from collections.abc import Iterable
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import functions
from zhinan.desk.mending import store
from zhinan.desk.mending.store import Mending
from zhinan.desk.mending.store import Spot
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import NotStarted
from zhinan.publishing import foureyes
from zhinan.publishing.rounds import Round
from zhinan.publishing.transitions import person_name
from zhinan.rules.mending import turned
from zhinan.rules.mending import Wish
from zhinan.trail.acts import record
from zope.i18nmessageid import Message

import dataclasses


KIND = "mending"
#: Who proposes and who approves in a department.
PROPOSERS, APPROVERS = ("editor", "publisher"), ("reviewer", "head")
KEEPER = "Zhinan: Keep the site"
SEE_ALL = "Zhinan: See all tasks"
#: Longest note or reason, in characters.
LONGEST = 2000


class Refused(Exception):
    """It cannot be done; the first argument is the sentence."""


def _may(permission: str) -> bool:
    return bool(api.user.has_permission(permission, obj=api.portal.get()))


def departments_to_propose() -> set[str] | None:
    """Departments for which the person may propose; None for all."""
    if _may(KEEPER):
        return None
    return functions.departments_of(None, *PROPOSERS)


def may_propose(department: str = "") -> bool:
    """Whether the person proposes for a department, or for any."""
    if api.user.is_anonymous():
        return False
    own = departments_to_propose()
    if own is None:
        return True
    return department in own if department else bool(own)


def may_approve(mending: Mending) -> bool:
    """Whether the person has the right to approve in the department of it."""
    if api.user.is_anonymous():
        return False
    if _may(KEEPER):
        return True
    return mending.department in functions.departments_of(None, *APPROVERS)


def may_see(mending: Mending) -> bool:
    """Whether the person is shown a mending: those of the own departments, or all."""
    if api.user.is_anonymous():
        return False
    if _may(SEE_ALL) or _may(KEEPER):
        return True
    return mending.department in functions.departments_of()


def concerned() -> bool:
    """Whether the page of mendings is for the person who is logged in."""
    if api.user.is_anonymous():
        return False
    return _may(SEE_ALL) or _may(KEEPER) or bool(functions.departments_of())


def against(mending: Mending) -> Message | None:
    """Why the person may not approve it, or None."""
    if not may_approve(mending):
        return _(
            "mending_not_yours",
            default="A reviewer or head of the department approves it.",
        )
    own = foureyes.own_work(Round(drafted_by=(mending.proposed_by,)))
    if foureyes.me() in own:
        return _(
            "mending_four_eyes",
            default="You proposed this yourself. Somebody else has to approve it.",
        )
    if own:
        return _(
            "mending_four_eyes_substitute",
            default="You stand in for ${person}, who proposed this. Somebody else has "
            "to approve it.",
            mapping={"person": person_name(mending.proposed_by)},
        )
    return None


def _trace(mending: Mending, act: str, note: str = "") -> None:
    record(
        None,
        f"mending.{act}",
        uid=f"mending:{mending.number}",
        title=mending.number,
        note=note,
        before=mending.wish.old,
        after=mending.wish.new,
        edition=mending.number,
    )


def propose(
    department: str,
    wish: Wish,
    spots: Iterable[Spot],
    note: str,
    minor: bool,
    undo_of: str = "",
) -> Mending:
    """Keep a proposal.

    :raises Refused: if the person may not, or nothing is to be done.
    """
    if not may_propose(department):
        raise Refused(
            _(
                "mending_not_proposer",
                default="Editors and publishers of the department propose mendings.",
            )
        )
    chosen = tuple(spots)
    if not chosen:
        raise Refused(_("Tick at least one place."))
    if not note.strip() and not minor:
        raise Refused(
            _("Write what has changed: everybody reads it. Or tick “Minor correction”.")
        )
    made = store.add(
        department=department,
        wish=wish,
        spots=chosen,
        note=note.strip()[:LONGEST],
        minor=minor,
        person=foureyes.me(),
        undo_of=undo_of,
    )
    _trace(made, "proposed", made.note)
    return made


def undo(mending: Mending, note: str, minor: bool) -> Mending:
    """Propose the way back of everything that was written.

    :raises Refused: if it was not done, or is being taken back already.
    """
    if mending.state != store.DONE or not mending.written():
        raise Refused(_("Only what was written can be taken back."))
    other = store.get(mending.undone_by)
    if other is not None and other.state not in {store.REFUSED, store.WITHDRAWN}:
        raise Refused(
            _(
                "mending_undone_already",
                default="It is taken back already, by ${number}.",
                mapping={"number": other.number},
            )
        )
    wish = dataclasses.replace(mending.wish, old=mending.wish.new, new=mending.wish.old)
    spots = [
        dataclasses.replace(spot, place=turned(spot.place))
        for spot in mending.written()
    ]
    made = propose(mending.department, wish, spots, note, minor, mending.number)
    mending.undone_by = made.number
    return made


def approve(mending: Mending) -> Any:
    """Have it written, as the person who approves; the job.

    Also for one whose job ended before its end: what is written stays, and whoever
    starts it again answers for the rest.

    :raises Refused: if it cannot be.
    """
    if mending.state == store.APPROVED:
        if job_runs(mending):
            raise Refused(_("It is being written."))
    elif mending.state != store.PROPOSED:
        raise Refused(_("It has been decided already. Load the page again."))
    reason = against(mending)
    if reason is not None:
        raise Refused(reason)
    mending.state = store.APPROVED
    mending.decided_by = foureyes.me()
    mending.decided_at = store.now()
    try:
        job = jobs.start(
            KIND,
            {"mending": mending.number, "filename": mending.number},
            key=mending.number,
        )
    except NotStarted as error:
        raise Refused(error.args[0]) from error
    mending.job = job.id
    _trace(mending, "approved")
    return job


def job_runs(mending: Mending) -> bool:
    """Whether its job waits or runs."""
    job = jobs.get(mending.job) if mending.job else None
    return job is not None and job.state not in jobs.ENDED


def refuse(mending: Mending, reason: str) -> None:
    """Refuse it with a reason; who proposed it may also take it back so.

    :raises Refused: if it cannot be.
    """
    if mending.state != store.PROPOSED:
        raise Refused(_("It has been decided already. Load the page again."))
    own = foureyes.me() == mending.proposed_by
    if not own and not may_approve(mending):
        raise Refused(
            _(
                "mending_not_yours",
                default="A reviewer or head of the department approves it.",
            )
        )
    if not reason.strip() and not own:
        raise Refused(_("Write the reason: who proposed it reads it."))
    mending.state = store.WITHDRAWN if own else store.REFUSED
    mending.decided_by = foureyes.me()
    mending.decided_at = store.now()
    mending.reason = reason.strip()[:LONGEST]
    _trace(mending, "withdrawn" if own else "refused", mending.reason)


def finish(mending: Mending) -> None:
    """All of it was looked at."""
    mending.state = store.DONE
    mending.done_at = store.now()
    _trace(mending, "done", mending.note)


def waiting() -> int:
    """Proposals that the person can approve."""
    return sum(
        mending.state == store.PROPOSED and against(mending) is None
        for mending in store.newest()
    )
