"""The second pair of eyes: who approves has neither drafted nor submitted.

Who stands in for an absent person counts as both: what one may not approve oneself, one
may not approve through a substitute, nor for somebody as a substitute.
"""

from AccessControl import getSecurityManager
from plone import api
from zhinan import _
from zhinan.departments.absences import acting_for
from zhinan.publishing.rounds import Round
from zhinan.publishing.transitions import person_name
from zhinan.publishing.transitions import Reason


def me() -> str:
    """Id of the person who acts; empty for nobody and for the program."""
    return getSecurityManager().getUser().getId() or ""


def is_technical() -> bool:
    """Whether the technical administrator acts, whom nothing stops.

    What such an act publishes is marked as not seen by a second person.
    """
    found = api.user.has_permission("Manage portal", obj=api.portal.get())
    return bool(found)


def selves() -> set[str]:
    """The person who acts, and everybody for whom this person stands in."""
    user = api.user.get_current()
    return {me(), *acting_for(user)} - {""}


def own_work(known: Round) -> set[str]:
    """Those of them who drafted or submitted."""
    return selves() & {*known.drafted_by, known.submitted_by}


def reason_against(known: Round, strict: bool = False) -> Reason | None:
    """Why the person who acts may not approve this round, if so.

    :param strict: for the technical administrator as well. Without it such an approval
        is possible, and marked; the mark itself is taken off by somebody else.
    """
    own = own_work(known)
    if not own or (is_technical() and not strict):
        return None
    if me() in own:
        return Reason(
            "four_eyes",
            _(
                "four_eyes",
                default="You drafted or submitted this yourself. Somebody else has to "
                "approve it.",
            ),
        )
    return Reason(
        "four_eyes_substitute",
        _(
            "four_eyes_substitute",
            default="You stand in for ${person}, who drafted or submitted this. "
            "Somebody else has to approve it.",
            mapping={"person": person_name(sorted(own)[0])},
        ),
    )


def seen_by_two(known: Round, approver: str) -> bool:
    """Whether somebody who did not write it has approved it."""
    return bool(approver) and approver not in {*known.drafted_by, known.submitted_by}
