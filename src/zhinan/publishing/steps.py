"""The transitions of what is published in editions, and of its working copies."""

from collections.abc import Iterator
from collections.abc import Mapping
from DateTime import DateTime
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.publishing import editions
from zhinan.publishing import foureyes
from zhinan.publishing import parameters
from zhinan.publishing import rounds
from zhinan.publishing.interfaces import IOriginal
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.publishing.rounds import Comment
from zhinan.publishing.rounds import Round
from zhinan.publishing.settings import setting
from zhinan.publishing.transitions import Outcome
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import register
from zhinan.publishing.transitions import Transition
from zhinan.publishing.workflow import COPY_WORKFLOW
from zhinan.publishing.workflow import GUIDE_WORKFLOW
from zhinan.publishing.workflow import just_past
from zhinan.publishing.workflow import PUBLISHED
from zhinan.rules.months import add_months
from zhinan.trail.acts import record

import datetime


def now() -> datetime.datetime:
    """This moment, in whole seconds of UTC."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def moment_of(value: datetime.datetime) -> datetime.datetime:
    """A moment as it was typed: without a zone it is the city's."""
    return value if value.tzinfo is not None else value.replace(tzinfo=CITY_TIME)


def round_of(obj: Any) -> Round:
    """The round of an object."""
    return rounds.peek(editions.site_of(obj)).round(IUUID(obj))


def _change(obj: Any, **values: Any) -> None:
    rounds.change(editions.site_of(obj), IUUID(obj), **values)


# ------------------------------------------------------------------ to the public


def publish(
    obj: Any, said: editions.Draft, expire_at: Any = None, stay: bool = False
) -> Any:
    """Put online what an object holds, or what its working copy holds.

    :param stay: drop a withdrawal that was planned before; else it holds.
    :returns: what is online now.
    """
    site, uid, known = editions.site_of(obj), IUUID(obj), round_of(obj)
    said = editions.Draft(
        **{
            **vars(said),
            "drafted_by": known.drafted_by,
            "submitted_by": known.submitted_by,
            "approved_by": known.approved_by,
            "approved_at": known.approved_at,
        }
    )
    if IWorkingCopy.providedBy(obj):
        online = IOriginal(obj).merge(said.note)
        rounds.prepare(site).put(uid, None)
    else:
        online = obj
    seen = not said.emergency and foureyes.seen_by_two(known, known.approved_by)
    made = editions.freeze(online, said, seen)
    go_online(online, expire_at, stay)
    record(
        online,
        "edition.emergency" if said.emergency else "edition.frozen",
        note=said.emergency or said.note,
        edition=str(made.number),
    )
    return online


def go_online(
    obj: Any, expire_at: datetime.datetime | None = None, stay: bool = False
) -> None:
    """Dates and standing of something that was just published."""
    site, uid = editions.site_of(obj), IUUID(obj)
    planned = rounds.peek(site).standing(uid).expire_at
    if expire_at is None and not stay and planned is not None and planned > now():
        # A correction does not take off what was decided about the whole.
        expire_at = planned
    obj.setEffectiveDate(DateTime())
    obj.setExpirationDate(None)
    rounds.prepare(site).put(uid, None)
    begin_standing(site, uid, expire_at)
    obj.reindexObject(idxs=["effective", "effectiveRange", "expires"])


def begin_standing(
    site: Any, uid: str, expire_at: datetime.datetime | None = None
) -> None:
    """It was looked at today, and is to be looked at again."""
    months = rounds.peek(site).standing(uid).months
    rounds.prepare(site).stand(
        uid,
        rounds.Standing(
            next_review=add_months(today(), months or setting("review_months")),
            last_review=today(),
            reviewed_by=foureyes.me(),
            expire_at=expire_at,
            months=months,
        ),
    )


def _leave(obj: Any, reason: str, successor: str = "") -> None:
    """What is known of something that the public does not find any more."""
    site, uid = editions.site_of(obj), IUUID(obj)
    rounds.prepare(site).put(uid, None)
    rounds.prepare(site).stand(
        uid,
        rounds.Standing(
            last_review=rounds.peek(site).standing(uid).last_review,
            months=rounds.peek(site).standing(uid).months,
            left=reason,
            left_at=now(),
            left_by=foureyes.me(),
            successor=successor,
        ),
    )
    # Lists and searches leave out what has expired; its own address still answers.
    obj.setExpirationDate(just_past())
    obj.reindexObject(idxs=["expires", "effectiveRange"])


def find(uid: object) -> Any:
    """The guide with this UID, whoever asks, or None."""
    if not (isinstance(uid, str) and uid.strip()):
        return None
    catalog = api.portal.get_tool("portal_catalog")
    brains = catalog.unrestrictedSearchResults(UID=uid.strip())
    return brains[0]._unrestrictedGetObject() if brains else None


def state_of(obj: Any) -> str:
    """The state of an object."""
    tool = api.portal.get_tool("portal_workflow")
    return str(tool.getInfoFor(obj, "review_state", "") or "")


# ------------------------------------------------------------------- up to approval


class Submit(Transition):
    """Hand the draft to a reviewer."""

    id = "submit"
    title = _("Submit for review")
    help = _("Hand the draft to a reviewer.")
    schema = parameters.IComment

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Who submits counts as one of those who made it."""
        _change(
            obj,
            submitted_by=foureyes.me(),
            submitted_at=now(),
            approved_by="",
            approved_at=None,
            returned_by="",
            returned_at=None,
            comments=(),
        )


class Return(Transition):
    """Give it back, with comments on the elements."""

    id = "return_for_changes"
    title = _("Return for changes")
    help = _("Give it back to the editor, with what is to be mended.")
    schema = parameters.IReturn

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """A return without a word helps nobody."""
        if not self._comments(values):
            yield Reason(
                "comment_missing",
                _("Write what is to be mended, in the whole or element by element."),
                "comment",
            )

    @staticmethod
    def _comments(values: Mapping[str, Any]) -> tuple[Comment, ...]:
        found = []
        if (values.get("comment") or "").strip():
            found.append(Comment("", values["comment"].strip()))
        for row in values.get("comments") or ():
            text = (row.get("text") or "").strip()
            if text:
                found.append(
                    Comment(row.get("element") or "", text, row.get("material") or "")
                )
        return tuple(found)

    def comment(self, values: Mapping[str, Any]) -> str:
        """All comments, one on a line."""
        return "\n".join(c.text for c in self._comments(values))

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """The editor finds them on the draft."""
        _change(
            obj,
            returned_by=foureyes.me(),
            returned_at=now(),
            comments=self._comments(values),
            approved_by="",
            approved_at=None,
            schedule=None,
        )


class Approve(Transition):
    """It is right, says somebody who did not write it."""

    id = "approve"
    title = _("Approve")
    help = _("It is right and may be published.")
    schema = parameters.IComment

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """Four eyes."""
        against = foureyes.reason_against(round_of(obj))
        if against is not None:
            yield against

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Who approved goes into the edition."""
        site = editions.site_of(obj)
        rounds.approve(site, IUUID(obj), foureyes.me(), now())


# ----------------------------------------------------------------------- publication


def _note_reasons(obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
    """A change that matters is told; the first edition is new as a whole."""
    if values.get("minor") or (values.get("note") or "").strip():
        return
    online = IOriginal(obj).original if IWorkingCopy.providedBy(obj) else obj
    # What the technical administrator puts online is marked as not seen by two anyway.
    if online is None or editions.current(online) is None or foureyes.is_technical():
        return
    yield Reason(
        "note_missing",
        _("Write what has changed: everybody reads it. Or tick “Minor correction”."),
        "note",
    )


def _original_reasons(obj: Any) -> Iterator[Reason]:
    """A working copy needs something online that it can be merged into."""
    if not IWorkingCopy.providedBy(obj):
        return
    original = IOriginal(obj).original
    if original is None:
        yield Reason(
            "original_gone",
            _("The guide of this working copy is no longer there. Discard the copy."),
        )
    elif state_of(original) != PUBLISHED:
        yield Reason(
            "original_offline",
            _(
                "The guide of this working copy is not online any more. Reopen the "
                "guide as a draft, or discard the copy."
            ),
        )


def _time_reasons(values: Mapping[str, Any]) -> Iterator[Reason]:
    start, end = values.get("publish_at"), values.get("expire_at")
    if start is not None and moment_of(start) <= now():
        yield Reason(
            "time_past",
            _("The time of publication is past. Choose a later one, or publish now."),
            "publish_at",
        )
    if end is not None and moment_of(end) <= (moment_of(start) if start else now()):
        yield Reason(
            "end_past",
            _("The time of withdrawal has to lie behind the publication."),
            "expire_at",
        )


class Publish(Transition):
    """Put it online as a new edition."""

    id = "publish"
    title = _("Publish")
    help = _("Put it online as a new edition.")
    schema = parameters.IPublish

    def comment(self, values: Mapping[str, Any]) -> str:
        """The change note."""
        return str(values.get("note") or "")

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """Somebody else has approved it, and readers learn what changed."""
        known = round_of(obj)
        approved = foureyes.seen_by_two(known, known.approved_by)
        if not (approved or foureyes.is_technical()):
            yield Reason(
                "not_approved",
                _("Nobody but its authors has approved this. Have it approved."),
            )
        yield from _note_reasons(obj, values)
        yield from _original_reasons(obj)
        yield from _time_reasons(values)

    def effect(self, obj: Any, values: Mapping[str, Any]) -> Outcome | None:
        """Freeze the edition; a working copy is merged."""
        end = values.get("expire_at")
        online = publish(
            obj,
            editions.Draft(
                note=(values.get("note") or "").strip(),
                minor=bool(values.get("minor")),
                published_by=foureyes.me(),
            ),
            moment_of(end) if end else None,
            bool(values.get("stay")),
        )
        return outcome(online) if online is not obj else None


def outcome(obj: Any) -> Outcome:
    """What a person is told of something that is online now."""
    made = editions.current(obj)
    return Outcome(obj, state_of(obj), str(made.number) if made else "")


class Schedule(Publish):
    """Have it published at a time."""

    id = "schedule"
    title = _("Schedule")
    help = _("Have it published at a time.")
    schema = parameters.ISchedule

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Keep when, and by whom."""
        end = values.get("expire_at")
        _change(
            obj,
            failure="",
            failed_at=None,
            schedule=rounds.Schedule(
                moment_of(values["publish_at"]),
                foureyes.me(),
                (values.get("note") or "").strip(),
                bool(values.get("minor")),
                moment_of(end) if end else None,
                bool(values.get("stay")),
            ),
        )


class Unschedule(Transition):
    """Take it off the schedule."""

    id = "unschedule"
    title = _("Take off the schedule")
    help = _("It is not published at its time.")
    schema = parameters.IComment

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """It is approved as before."""
        _change(obj, schedule=None)


class PublishScheduled(Transition):
    """Its time has come."""

    id = "publish_scheduled"
    title = _("Publish as scheduled")
    by_system = True

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """What held when it was scheduled has to hold now."""
        known = round_of(obj)
        if known.schedule is None:
            yield Reason("not_scheduled", _("Nothing is scheduled."))
        elif not known.approved_by:
            yield Reason(
                "changed_since",
                _("This was changed after its approval. Have it approved again."),
            )
        yield from _original_reasons(obj)

    def effect(self, obj: Any, values: Mapping[str, Any]) -> Outcome | None:
        """As who scheduled it would have published it."""
        plan = round_of(obj).schedule
        online = publish(
            obj,
            editions.Draft(note=plan.note, minor=plan.minor, published_by=plan.by),
            plan.expire_at,
            plan.stay,
        )
        return outcome(online) if online is not obj else None


class Fail(Transition):
    """It could not be published at its time."""

    id = "fail"
    title = _("Fail to publish")
    schema = parameters.IFailure
    by_system = True

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """The reason waits for the people of the department."""
        _change(
            obj, failure=str(values.get("reason") or ""), failed_at=now(), schedule=None
        )


class Emergency(Transition):
    """Publish at once; a second person looks at it afterwards."""

    id = "publish_in_emergency"
    title = _("Publish in an emergency")
    help = _(
        "Without a second person. It is marked everywhere and listed until somebody "
        "else has approved it."
    )
    schema = parameters.IEmergency
    grave = True
    bulk = False

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """A copy needs its guide."""
        yield from _original_reasons(obj)

    def effect(self, obj: Any, values: Mapping[str, Any]) -> Outcome | None:
        """Online, and on the list."""
        online = publish(
            obj,
            editions.Draft(
                note=(values.get("note") or "").strip(),
                published_by=foureyes.me(),
                emergency=values["reason"].strip(),
            ),
        )
        return outcome(online) if online is not obj else None


class ApproveAfterwards(Transition):
    """A second person has looked at what went online without one."""

    id = "approve_afterwards"
    title = _("Approve afterwards")
    help = _("A second person has looked at what is online.")
    schema = parameters.IComment

    def offered(self, obj: Any) -> bool:
        """Only where nobody has."""
        last = editions.current(obj)
        store = editions.peek(editions.site_of(obj))
        return last is not None and store.is_unseen(last)

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """Only where nobody has, and by somebody else."""
        store = editions.peek(editions.site_of(obj))
        last = editions.current(obj)
        if last is None or not store.is_unseen(last):
            yield Reason(
                "nothing_to_approve",
                _("A second person has looked at this edition already."),
            )
            return
        made = Round(
            drafted_by=(*last.drafted_by, last.published_by),
            submitted_by=last.submitted_by,
        )
        against = foureyes.reason_against(made, strict=True)
        if against is not None:
            yield against

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Off the list."""
        store = editions.editions(editions.site_of(obj))
        last = editions.current(obj)
        note = str(values.get("comment") or "")
        store.look(last, editions.Afterwards(foureyes.me(), now(), note))


# ---------------------------------------------------------------------- while online


class ConfirmReview(Transition):
    """Everything is still right."""

    id = "confirm_review"
    title = _("Confirm unchanged")
    help = _("Everything is still right: the next review is counted from today.")
    schema = parameters.IConfirm

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """The public sees the day."""
        site, uid = editions.site_of(obj), IUUID(obj)
        months = values.get("months")
        if months is None:
            months = rounds.peek(site).standing(uid).months
        rounds.restand(
            site,
            uid,
            last_review=today(),
            reviewed_by=foureyes.me(),
            next_review=add_months(today(), months or setting("review_months")),
            postponed="",
            months=months,
        )


class PostponeReview(Transition):
    """Not now, with the reason."""

    id = "postpone_review"
    title = _("Postpone the review")
    help = _("With the reason why.")
    schema = parameters.IPostpone

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """A day to come, and not for ever."""
        until = values.get("until")
        if until is None:
            return
        longest = setting("postpone_days")
        if not today() < until <= today() + datetime.timedelta(days=longest):
            yield Reason(
                "postponed_too_far",
                _(
                    "postponed_too_far",
                    default="Choose a day within the next ${days} days.",
                    mapping={"days": str(longest)},
                ),
                "until",
            )

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """It stays online."""
        rounds.restand(
            editions.site_of(obj),
            IUUID(obj),
            next_review=values["until"],
            postponed=values["reason"].strip(),
        )


# ------------------------------------------------------------------ leaving the site


def _successor_reasons(
    obj: Any, values: Mapping[str, Any], required: bool
) -> Iterator[Reason]:
    wanted = (values.get("successor") or "").strip()
    if not wanted:
        # Its absence is told by the schema.
        return
    other = find(wanted)
    right = (
        other is not None
        and other.portal_type == obj.portal_type
        and IUUID(other) != IUUID(obj)
        and state_of(other) == PUBLISHED
    )
    if not right:
        yield Reason(
            "successor_unfit",
            _("Choose another guide that is online."),
            "successor",
        )


class Withdraw(Transition):
    """Off the site; readable at its address, with the reason."""

    id = "withdraw"
    title = _("Withdraw")
    help = _("It stays readable, with the reason and what takes its place.")
    schema = parameters.IWithdraw
    grave = True

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """What takes its place is online."""
        yield from _successor_reasons(obj, values, required=False)

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Out of lists and searches."""
        _leave(obj, values["reason"].strip(), (values.get("successor") or "").strip())


class Consolidate(Withdraw):
    """Its address leads to the guide that takes it in."""

    id = "consolidate"
    title = _("Consolidate")
    help = _("Its address leads to the guide that takes it in.")
    schema = parameters.IConsolidate

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Out of lists and searches."""
        _leave(obj, (values.get("reason") or "").strip(), values["successor"].strip())


class Retract(Transition):
    """Published in error: the public reads it no more."""

    id = "retract"
    title = _("Retract: published in error")
    help = _("The public reads it no more; it is kept inside.")
    schema = parameters.IReason
    grave = True

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """Its address answers that it is gone, and so does this edition for good."""
        store = editions.editions(editions.site_of(obj))
        last = editions.current(obj)
        for edition in store.all(IUUID(obj)):
            # A minor correction of what was published in error has its error as well.
            if last is not None and edition.number.major == last.number.major:
                store.retract(edition, now())
        _leave(obj, values["reason"].strip())


class Expire(Transition):
    """Its time is over."""

    id = "expire"
    title = _("Withdraw as scheduled")
    by_system = True

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """As a withdrawal."""
        _leave(obj, str(values.get("comment") or ""))


class Reopen(Transition):
    """Work on it again."""

    id = "reopen"
    title = _("Reopen as draft")
    help = _("Work on it again.")
    schema = parameters.IComment

    def effect(self, obj: Any, values: Mapping[str, Any]) -> None:
        """A new round; no date hides the draft from its department."""
        site, uid = editions.site_of(obj), IUUID(obj)
        last = editions.current(obj)
        made: tuple[str, ...] = ()
        if last is not None and editions.peek(site).is_unseen(last):
            # Nobody but its authors has looked at it: they stay its authors.
            people = (*last.drafted_by, last.submitted_by, last.published_by)
            made = tuple(dict.fromkeys(person for person in people if person))
        rounds.prepare(site).put(uid, Round(drafted_by=made))
        rounds.restand(site, uid, successor="", left="", left_at=None, left_by="")
        obj.setExpirationDate(None)
        obj.setEffectiveDate(None)
        obj.reindexObject(idxs=["effective", "expires", "effectiveRange"])


_WAY = (
    Submit(),
    Return(),
    Approve(),
    Publish(),
    Schedule(),
    Unschedule(),
    PublishScheduled(),
    Fail(),
    Emergency(),
)
register(
    GUIDE_WORKFLOW,
    *_WAY,
    ApproveAfterwards(),
    ConfirmReview(),
    PostponeReview(),
    Withdraw(),
    Consolidate(),
    Retract(),
    Expire(),
    Reopen(),
)
register(COPY_WORKFLOW, *_WAY)
