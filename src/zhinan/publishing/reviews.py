"""The review cycle: what is online is looked at again, and stays online meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.departments import functions
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.departments.owned import owners
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.settings import setting
from zhinan.publishing.workflow import PUBLISHED
from zhinan.rules import reviews as rules
from zhinan.rules.months import add_months

import datetime


@dataclass(frozen=True)
class Review:
    """A review to come."""

    uid: str
    due: datetime.date
    standing: str
    #: days since it was due; negative before that day
    days: int
    last: datetime.date | None
    postponed: str
    #: months between two reviews where they differ from the site's; 0 elsewhere
    months: int


def last_review(guide: Any) -> datetime.date | None:
    """When something was last reviewed or published, or None; the public reads it."""
    return _standing(guide).last_review


def next_review(guide: Any) -> datetime.date | None:
    """When something is to be reviewed next, or None if it is not online."""
    return _standing(guide).next_review


def _standing(guide: Any) -> rounds.Standing:
    site = editions.site_of(guide)
    uid = IUUID(guide, None)
    if site is None or not uid:
        return rounds.Standing()
    return rounds.peek(site).standing(uid)


def coming(site: Any, ahead: int | None = None) -> Iterator[Review]:
    """Reviews that are overdue or due within so many days, the longest overdue first.

    :param ahead: the site's own setting if None.
    """
    day = today()
    soon = setting("remind_days")
    within = soon if ahead is None else ahead
    known = rounds.peek(site)
    for due, uid in known.reviews_until(day + datetime.timedelta(days=within)):
        when = datetime.date.fromisoformat(due)
        yield _review(uid, when, known.standing(uid), day, soon)


def of(guide: Any) -> Review | None:
    """The next review of a guide, or None if it is not online."""
    about = _standing(guide)
    if about.next_review is None:
        return None
    soon = setting("remind_days")
    return _review(IUUID(guide), about.next_review, about, today(), soon)


def _review(
    uid: str,
    due: datetime.date,
    about: rounds.Standing,
    day: datetime.date,
    soon: int,
) -> Review:
    return Review(
        uid,
        due,
        rules.standing(due, day, soon),
        (day - due).days,
        about.last_review,
        about.postponed,
        about.months,
    )


#: Whoever has this permission is shown the reviews of all departments.
SEE_ALL = "Zhinan: See all tasks"


def sees_all() -> bool:
    """Whether the person who is logged in is shown those of all departments."""
    return bool(api.user.has_permission(SEE_ALL, obj=api.portal.get()))


def concerned() -> bool:
    """Whether the list of reviews is for the person who is logged in."""
    if api.user.is_anonymous():
        return False
    return sees_all() or bool(functions.departments_of())


def may_see(department: str) -> bool:
    """Whether the person is shown when the guides of a department are due."""
    if not concerned():
        return False
    return sees_all() or department in functions.departments_of()


def due_guides(
    site: Any, ahead: int | None = None
) -> Iterator[tuple[Review, Any, str]]:
    """Reviews that are due, with the guide and the department in charge of it."""
    catalog = api.portal.get_tool("portal_catalog")
    found = list(coming(site, ahead))
    brains = catalog.unrestrictedSearchResults(
        UID=[review.uid for review in found], review_state=PUBLISHED
    )
    guides = {brain.UID: brain._unrestrictedGetObject() for brain in brains}
    for review in found:
        guide = guides.get(review.uid)
        if guide is not None:
            yield review, guide, owners(guide)[0]


def of_person(ahead: int | None = None) -> list[tuple[Review, Any, str]]:
    """Reviews due in the departments of the person who is logged in."""
    found = due_guides(api.portal.get(), ahead)
    if sees_all():
        return list(found)
    own = functions.departments_of()
    return [row for row in found if row[2] in own]


def may_review(guide: Any) -> bool:
    """Whether the person who is logged in may confirm or postpone."""
    return bool(api.user.has_permission("Zhinan: Confirm the review", obj=guide))


def give(site: Any) -> int:
    """Give a next review to everything online that has none; how many there were.

    It is counted from the day of publication. What would be overdue at once is spread
    over the next three months.
    """
    catalog = api.portal.get_tool("portal_catalog")
    known = rounds.peek(site)
    day, months, number = today(), setting("review_months"), 0
    for brain in catalog.unrestrictedSearchResults(
        object_provides=IEditioned.__identifier__,
        review_state=PUBLISHED,
        sort_on="path",
    ):
        if known.standing(brain.UID).next_review is not None:
            continue
        effective = brain._unrestrictedGetObject().effective_date
        began = (
            effective.asdatetime().astimezone(CITY_TIME).date() if effective else day
        )
        due = add_months(began, months)
        rounds.restand(
            site,
            brain.UID,
            last_review=known.standing(brain.UID).last_review or began,
            next_review=rules.first_review(brain.UID, due, day),
        )
        number += 1
    return number
