"""The work lists of what is published in editions."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.departments.citytime import today
from zhinan.guides import quality
from zhinan.pages.work import IWorkLists
from zhinan.pages.work import Line
from zhinan.pages.work import of_day
from zhinan.pages.work import of_moment
from zhinan.pages.work import Worker
from zhinan.pages.work import WorkList
from zhinan.publishing.rounds import Round
from zope.interface import implementer


GUIDE, COPY = "MatterGuide", "WorkingCopy"
BOTH = (GUIDE, COPY)
APPROVE, PUBLISH = "Zhinan: Approve", "Zhinan: Publish"
CONFIRM = "Zhinan: Confirm the review"
EDIT = "Modify portal content"
CHECK_OUT = "Zhinan: Check out working copies"


def _in(state: str, permission: str, or_authors: bool = False) -> Any:
    """A query for everything in a state, for who has a right in it."""

    def query(worker: Worker) -> Mapping[str, Any] | None:
        held = worker.holds(permission, [(type_, state) for type_ in BOTH])
        if not held and not (or_authors and is_author(worker)):
            return None
        # The same words for each list, so that lists of one state ask once.
        return {"portal_type": list(BOTH), "review_state": state}

    return query


def _by_uid(uids: Any, permission: str) -> Any:
    """A query for some that are online, for who has a right on such."""

    def query(worker: Worker) -> Mapping[str, Any] | None:
        codes = worker.codes(permission, [(GUIDE, "published")])
        if codes == []:
            return None
        found: dict[str, Any] = {"portal_type": GUIDE, "review_state": "published"}
        found["UID"] = sorted(set(uids(worker)))
        return found if codes is None else {**found, "owner_department": codes}

    return query


def _of_authors(**query: Any) -> Any:
    """A query for who may have written something."""
    return lambda worker: query if is_author(worker) else None


def is_author(worker: Worker) -> bool:
    """Whether the person writes: as an editor, or as a reviewer who mends."""
    places = [(type_, state) for type_ in BOTH for state in ("draft", "in_review")]
    return worker.holds(EDIT, places)


def is_own(worker: Worker, known: Round, strict: bool = False) -> bool:
    """Whether the person, or whom he or she stands in for, drafted or submitted."""
    made = {*known.drafted_by, known.submitted_by}
    return bool(worker.selves & made) and (strict or not worker.is_technical)


def is_mine(worker: Worker, known: Round) -> bool:
    """Whether it is the person's own work."""
    return worker.me in {*known.drafted_by, known.submitted_by}


# -------------------------------------------------------------------------- lines


def to_review(worker: Worker, brain: Any) -> Line | None:
    """Somebody else's draft that the person may approve."""
    known = worker.round(brain)
    if not worker.may(brain, APPROVE) or is_own(worker, known):
        return None
    return Line(brain, known.submitted_at or of_moment(brain), known.submitted_by)


def to_publish(worker: Worker, brain: Any) -> Line | None:
    """Approved, and the person may put it online."""
    if not worker.may(brain, PUBLISH):
        return None
    known = worker.round(brain)
    return Line(brain, known.approved_at or of_moment(brain), known.approved_by)


def returned(worker: Worker, brain: Any) -> Line | None:
    """A draft of the person's that a reviewer gave back."""
    known = worker.round(brain)
    if known.returned_at is None or not is_mine(worker, known):
        return None
    text = next((comment.text for comment in known.comments), "")
    return Line(brain, known.returned_at, known.returned_by, shortened(text))


def drafts(worker: Worker, brain: Any) -> Line | None:
    """A draft of the person's that nobody has given back."""
    known = worker.round(brain)
    if brain.portal_type != GUIDE or known.returned_at is not None:
        return None
    return Line(brain, of_moment(brain)) if is_mine(worker, known) else None


def copies(worker: Worker, brain: Any) -> Line | None:
    """A working copy of the person's, wherever on its way."""
    known = worker.round(brain)
    back = known.returned_at is not None and brain.review_state == "draft"
    if back or not is_mine(worker, known):
        return None
    return Line(brain, of_moment(brain))


def scheduled(worker: Worker, brain: Any) -> Line | None:
    """It waits for its time; the one that comes first is the first."""
    known = worker.round(brain)
    if known.schedule is None:
        return None
    if not (is_mine(worker, known) or worker.may(brain, PUBLISH)):
        return None
    return Line(brain, known.schedule.publish_at, known.schedule.by)


def failed(worker: Worker, brain: Any) -> Line | None:
    """It could not be published at its time."""
    known = worker.round(brain)
    if not (is_mine(worker, known) or worker.may(brain, PUBLISH)):
        return None
    since = known.failed_at or of_moment(brain)
    return Line(brain, since, known.approved_by, known.failure)


def unseen(worker: Worker, brain: Any) -> Line | None:
    """Online without a second person; the person may be that one."""
    last = worker.editions.current(brain.UID)
    if last is None or not worker.editions.is_unseen(last):
        return None
    made = Round(
        drafted_by=(*last.drafted_by, last.published_by),
        submitted_by=last.submitted_by,
    )
    if not worker.may(brain, APPROVE) or is_own(worker, made, strict=True):
        return None
    return Line(brain, last.moment, last.published_by, last.emergency)


def review_due(worker: Worker, brain: Any) -> Line | None:
    """It should have been looked at again."""
    known = worker.standing(brain)
    if known.next_review is None or not worker.may(brain, CONFIRM):
        return None
    return Line(brain, of_day(known.next_review), known.reviewed_by, known.postponed)


def failing(worker: Worker, brain: Any) -> Line | None:
    """Online, with something that the last check of the requirements calls wrong."""
    found = quality.peek(worker.site).results.get(brain.UID)
    if found is None or not found.errors or not worker.may(brain, CHECK_OUT):
        return None
    words = _(
        "errors_to_mend",
        default="To be mended: ${number}",
        mapping={"number": str(found.errors)},
    )
    return Line(brain, of_day(found.since), "", words, "requirements")


def shortened(text: str, longest: int = 60) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _unseen_uids(worker: Worker) -> Iterable[str]:
    return [uid for uid, _serial in worker.editions.unseen]


def _failing_uids(worker: Worker) -> Iterable[str]:
    results = quality.peek(worker.site).results
    return [uid for uid, result in results.items() if result.errors]


def _overdue_uids(worker: Worker) -> Iterable[str]:
    return worker.reviews_until(today())


# -------------------------------------------------------------------------- table

_DRAFTS = _of_authors(portal_type=list(BOTH), review_state="draft")

LISTS = (
    WorkList(
        "to_review",
        _("To review"),
        _("Submitted"),
        _in("in_review", APPROVE),
        to_review,
        ("approve", "return_for_changes"),
    ),
    WorkList(
        "to_publish",
        _("To publish"),
        _("Approved"),
        _in("approved", PUBLISH),
        to_publish,
        ("publish", "schedule", "return_for_changes"),
    ),
    WorkList(
        "failed",
        _("Failed to publish"),
        _("Failed"),
        _in("failed", PUBLISH, or_authors=True),
        failed,
        ("publish", "schedule", "return_for_changes"),
    ),
    WorkList(
        "returned",
        _("Returned to me"),
        _("Returned"),
        _DRAFTS,
        returned,
        ("submit",),
    ),
    WorkList(
        "unseen",
        _("To approve afterwards"),
        _("Went online"),
        _by_uid(_unseen_uids, APPROVE),
        unseen,
        ("approve_afterwards",),
    ),
    WorkList(
        "review_due",
        _("Overdue review"),
        _("Review was due"),
        _by_uid(_overdue_uids, CONFIRM),
        review_due,
        ("confirm_review", "postpone_review"),
        covers="reviews",
    ),
    WorkList(
        "failing",
        _("Failing requirements"),
        _("Found"),
        _by_uid(_failing_uids, CHECK_OUT),
        failing,
    ),
    WorkList("drafts", _("My drafts"), _("Last changed"), _DRAFTS, drafts, ("submit",)),
    WorkList(
        "copies",
        _("My working copies"),
        _("Last changed"),
        _of_authors(portal_type=COPY),
        copies,
        ("submit",),
    ),
    WorkList(
        "scheduled",
        _("Scheduled"),
        _("To be published"),
        _in("scheduled", PUBLISH, or_authors=True),
        scheduled,
        ("unschedule",),
    ),
)


@implementer(IWorkLists)
class Lists:
    """The lists of the publishing of guides."""

    def lists(self) -> tuple[WorkList, ...]:
        """In the order in which they wait."""
        return LISTS


WORKLISTS = Lists()
