"""Writes an approved mending into the guides, a few in each transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from plone import api
from plone.uuid.interfaces import IUUID
from Products.CMFCore.indexing import processQueue
from typing import Any
from zhinan import _
from zhinan.departments.owned import owners
from zhinan.desk.mending import acts
from zhinan.desk.mending import look
from zhinan.desk.mending import store
from zhinan.desk.mending.store import Mending
from zhinan.desk.mending.store import Result
from zhinan.desk.mending.store import Spot
from zhinan.documents.sheets import sheet
from zhinan.documents.sheets import XLSX
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import JobFailed
from zhinan.publishing import editions
from zhinan.publishing import revisions
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.publishing.unspoken import because
from zhinan.publishing.unspoken import Cause
from zhinan.rules import mending as rules
from zhinan.rules.editions import MENDED
from zhinan.trail.acts import record
from zope.annotation.interfaces import IAnnotations
from zope.event import notify
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.interface import implementer
from zope.lifecycleevent import ObjectModifiedEvent

import dataclasses


#: Guides of one batch: each may become an edition, and a batch takes some seconds.
BATCH = 5
REPORT = "report.xlsx"
#: Where the versioning looks for what people noted of a change.
_CHANGE_NOTE = "plone.app.versioningbehavior-changeNote"

#: What people call what became of a place.
VERDICTS = {
    store.WRITTEN: _("mending_written", default="Changed"),
    store.CHANGED: _(
        "mending_changed", default="Skipped: the place reads differently by now"
    ),
    store.GONE: _("mending_gone", default="Skipped: it is no longer there"),
    store.LEFT: _(
        "mending_left",
        default="Skipped: not online any more, or with another department",
    ),
    store.UNFIT: _(
        "mending_unfit", default="Skipped: the new value contradicts another element"
    ),
}


@implementer(IJobKind)
class Mend:
    """Kind ``mending``; parameter ``mending``: its number."""

    title = _("Bulk mending")
    permission = "Zhinan: Run jobs"
    importing = False
    keep_days = 3650

    def batch(self, run: Any) -> bool:
        """The next guides."""
        mending = store.get(run.params.get("mending"))
        if mending is None or mending.state not in {store.APPROVED, store.DONE}:
            raise JobFailed(_("This mending is not approved."))
        if mending.state == store.DONE:
            return False
        if acts.against(mending) is not None:
            # Functions may have been taken from the person since the approval.
            raise JobFailed(
                _("Who approved it may not do so any more. Approve it anew.")
            )
        todo = [uid for uid in mending.guides if uid not in mending.results]
        run.total = len(mending.guides)
        cause = Cause(
            MENDED,
            note=mending.note,
            minor=mending.minor,
            drafted_by=mending.proposed_by,
            approved_by=mending.decided_by,
        )
        with because(cause), _as_program(f"{mending.number} {mending.note}".strip()):
            for uid in todo[:BATCH]:
                result = mend(run.site, mending, uid)
                mending.results[uid] = result
                for _spot, verdict in result.spots:
                    run.count(f"mending_{verdict}")
                if any(verdict != store.WRITTEN for _spot, verdict in result.spots):
                    run.say(
                        _(
                            "mending_not_all",
                            default="${title}: not everything could be changed.",
                            mapping={"title": result.title},
                        ),
                        "warning",
                    )
        run.done = len(mending.results)
        run.checkpoint = {"done": run.done}
        if run.done < len(mending.guides):
            return True
        acts.finish(mending)
        run.attach(REPORT, report(mending), XLSX)
        return False


MEND = Mend()


@contextmanager
def _as_program(comment: str) -> Iterator[None]:
    """Nobody holds the permission to write into what is online.

    Who is signed in stays who it is: the trail names the person.
    """
    notes = IAnnotations(getRequest())
    before = notes.get(_CHANGE_NOTE)
    notes[_CHANGE_NOTE] = comment
    try:
        with api.env.adopt_roles(["Manager"]):
            yield
    finally:
        notes[_CHANGE_NOTE] = before


def mend(site: Any, mending: Mending, uid: str) -> Result:
    """Write the places of one guide, as far as they still fit."""
    spots = mending.of_guide(uid)
    guide = steps.find(uid)
    if guide is None:
        return Result("", tuple((spot, store.GONE) for spot in spots))
    title, state = guide.title or "", steps.state_of(guide)
    if state not in look.STATES or owners(guide)[0] != mending.department:
        return Result(title, tuple((spot, store.LEFT) for spot in spots))
    known = {IUUID(part.obj): part for part in look.parts(guide)}
    outcome: list[tuple[Spot, str]] = []
    for own in dict.fromkeys(spot.part for spot in spots):
        mine = [spot for spot in spots if spot.part == own]
        part = known.get(own)
        if part is None:
            outcome += [(spot, store.GONE) for spot in mine]
            continue
        outcome += _write(mending, part, mine)
    written = any(verdict == store.WRITTEN for _spot, verdict in outcome)
    if not written:
        return Result(title, tuple(outcome))
    if state in look.DRAFTING:
        # Who proposed it drafted a part of this; somebody else will approve it.
        rounds.drafted(site, uid, mending.proposed_by)
    number = ""
    if state == look.PUBLISHED:
        # Its edition is frozen now, so that the report can name it.
        processQueue()
        revisions.settle()
        made = editions.current(guide)
        number = str(made.number) if made is not None else ""
    return Result(title, tuple(outcome), number)


def _write(
    mending: Mending, part: look.Part, spots: list[Spot]
) -> list[tuple[Spot, str]]:
    """Write the places of one part; what became of each."""
    values = part.values()
    made, done, _left = rules.apply(values, [spot.place for spot in spots])
    against = look.objections(part, values, done)
    unfit = [place for place in done if against[place.key]]
    if unfit:
        fit = [place for place in done if not against[place.key]]
        made, done, _left = rules.apply(values, fit)
    if made:
        for name, value in made.items():
            setattr(part.obj, name, value)
        record(part.obj, "mending.changed", note=mending.note, after=mending.number)
        notify(ObjectModifiedEvent(part.obj))
        part.obj.reindexObject()
    outcome = []
    for spot in spots:
        place = _of(spot, done)
        if place is not None:
            outcome.append((dataclasses.replace(spot, place=place), store.WRITTEN))
        elif _of(spot, unfit) is not None:
            outcome.append((spot, store.UNFIT))
        else:
            outcome.append((spot, store.CHANGED))
    return outcome


def _of(spot: Spot, places: list[rules.Place]) -> rules.Place | None:
    """The place of a spot among those found, whose row may be another."""
    wanted = spot.place
    exact = [place for place in places if place == wanted]
    if exact:
        return exact[0]
    return next(
        (
            place
            for place in places
            if dataclasses.replace(place, row=wanted.row) == wanted
        ),
        None,
    )


def _say(text: Any) -> str:
    return str(translate(text, target_language="zh_CN"))


def report(mending: Mending) -> bytes:
    """What became of every place, as XLSX in Chinese."""
    head = [
        _("Guide"),
        _("Place"),
        _("Before"),
        _("After"),
        _("Outcome"),
        _("Edition"),
    ]
    rows = []
    for uid in mending.guides:
        result = mending.results.get(uid)
        guide = steps.find(uid)
        known = {IUUID(part.obj): part for part in look.parts(guide)} if guide else {}
        for spot, verdict in result.spots if result is not None else ():
            part = known.get(spot.part)
            rows.append(
                [
                    result.title,
                    place_words(part, spot, _say),
                    spot.place.before,
                    spot.place.after,
                    _say(VERDICTS[verdict]),
                    result.edition,
                ]
            )
    return sheet(mending.number, [_say(text) for text in head], rows)


def place_words(part: look.Part | None, spot: Spot, say: Any) -> str:
    """A place in words: the material, the element, the row."""
    if part is None:
        return spot.place.element
    words = [say(text) for text in look.words_of(part, spot.place)]
    if part.prefix == "material":
        words.insert(0, part.obj.title or "")
    return " · ".join(words)
