"""What went online without a second pair of eyes is marked on the guide itself."""

from collections.abc import Iterator
from typing import Any
from zhinan import _
from zhinan.guides.editionacts import sees_people
from zhinan.guides.editionsof import edition_online
from zhinan.guides.editionsof import store_of
from zhinan.guides.workingcopy import is_copy
from zhinan.guides.workingcopy import whole_of
from zhinan.pages.staff import IStaffTools
from zhinan.publishing.transitions import possible
from zope.i18nmessageid import Message
from zope.interface import implementer


STEP = "approve_afterwards"


@implementer(IStaffTools)
class Marks:
    """A note that stands out, until somebody else has looked at the edition."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """The step itself stands among the steps."""
        yield from ()

    def notes(self, context: Any) -> Iterator[tuple[str, Message]]:
        """For who may see who made an edition; it leads to the step where one may."""
        guide = whole_of(context)
        if guide is None or is_copy(guide) or not sees_people(guide):
            return
        edition = edition_online(guide)
        if edition is None or not store_of(guide).is_unseen(edition):
            return
        page = "@@editions"
        if any(step.id == STEP for step in possible(guide)):
            page = f"@@transition?id={STEP}"
        number = {"number": str(edition.number)}
        yield (
            f"{guide.absolute_url()}/{page}",
            _(
                "edition_in_emergency_unseen",
                default="Edition ${number} was published in an emergency: a second "
                "person has still to approve it",
                mapping=number,
            )
            if edition.emergency
            else _(
                "edition_unseen",
                default="Edition ${number} went online without a second person, who "
                "has still to approve it",
                mapping=number,
            ),
        )


MARKS = Marks()
