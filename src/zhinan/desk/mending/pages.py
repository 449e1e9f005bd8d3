"""Bulk mending for people: propose, look, approve or refuse, take back."""

from collections.abc import Iterable
from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from plone.uuid.interfaces import IUUID
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.desk.mending import acts
from zhinan.desk.mending import look
from zhinan.desk.mending import store
from zhinan.desk.mending.job import place_words
from zhinan.desk.mending.job import VERDICTS
from zhinan.desk.mending.store import Mending
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IResultPage
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.pages.staff import IWaiting
from zhinan.publishing import steps
from zhinan.publishing.transitions import person_name
from zhinan.rules import mending as rules
from zhinan.rules.codes import Problem
from zhinan.rules.mending import Wish
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime
import re


LIST, NEW, ONE = "mendings", "mend", "mending"
KINDS: dict[str, Message] = {
    rules.PHONE: _("mending_kind_phone", default="Telephone number"),
    rules.ADDRESS: _("mending_kind_address", default="Address"),
    rules.HOURS: _("mending_kind_hours", default="Office hours"),
    rules.URL: _("mending_kind_url", default="Web address"),
    rules.TEXT: _("mending_kind_text", default="Any other text"),
}
MATCHES: dict[str, Message] = {
    rules.WHOLE: _(
        "mending_whole", default="Where it is the whole value of a field of this kind"
    ),
    rules.PART: _(
        "mending_part", default="Also within texts: numbers and words as a whole"
    ),
}
STATES: dict[str, Message] = {
    store.PROPOSED: _("mending_state_proposed", default="Waits for approval"),
    store.APPROVED: _("mending_state_approved", default="Being written"),
    store.DONE: _("mending_state_done", default="Done"),
    store.REFUSED: _("mending_state_refused", default="Refused"),
    store.WITHDRAWN: _("mending_state_withdrawn", default="Taken back"),
}
MESSAGES: dict[str, Message] = {
    "mending_old_missing": _(
        "mending_old_missing", default="Enter the value that is to be changed."
    ),
    "mending_old_short": _(
        "mending_old_short",
        default="Enter at least two characters: one alone stands everywhere.",
    ),
    "mending_new_missing": _("mending_new_missing", default="Enter the new value."),
    "mending_same": _("mending_same", default="The new value is the old one."),
    "mending_phone_unfit": _(
        "mending_phone_unfit",
        default="Not a telephone number. Write it with the area code, such as "
        "0937-0000101, or as a mobile number or a five-digit hotline.",
    ),
    "mending_url_unfit": _(
        "mending_url_unfit",
        default="Not a web address. It has to begin with http:// or https://.",
    ),
    "mending_too_long": _("mending_too_long", default="At most 2000 characters."),
}


class MendingWords(PublicPage):
    """How the pages tell of mendings."""

    def moment(self, moment: datetime.datetime | None) -> str:
        """Day and time in the city."""
        if moment is None:
            return ""
        local = moment.astimezone(CITY_TIME)
        return f"{self.date(local.date())} {local:%H:%M}"

    def department_name(self, code: str) -> str:
        """Short name of a department."""
        entry = directory.get(code)
        return entry.short_name if entry else code

    def line(self, mending: Mending) -> dict[str, Any]:
        """A mending as a line of a list."""
        return {
            "number": mending.number,
            "url": f"{self.portal_url}/@@{ONE}?number={mending.number}",
            "kind": self.t(KINDS[mending.wish.kind]),
            "old": mending.wish.old,
            "new": mending.wish.new,
            "department": self.department_name(mending.department),
            "state": mending.state,
            "state_title": self.t(STATES[mending.state]),
            "places": len(mending.spots),
            "guides": len(mending.guides),
            "person": person_name(mending.proposed_by),
            "moment": self.moment(mending.proposed_at),
            "mine": mending.state == store.PROPOSED and acts.against(mending) is None,
        }

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def text(self, name: str) -> str:
        """A field of the form as text."""
        value = self.request.form.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def places(
        self, rows: Iterable[tuple[store.Spot, str, Any]]
    ) -> list[dict[str, Any]]:
        """Spots in groups, guide by guide; each with a word behind it and a reason."""
        groups: dict[str, dict[str, Any]] = {}
        known: dict[str, dict[str, look.Part]] = {}
        for spot, word, against in rows:
            if spot.guide not in groups:
                guide = steps.find(spot.guide)
                known[spot.guide] = (
                    {IUUID(part.obj): part for part in look.parts(guide)}
                    if guide is not None
                    else {}
                )
                shown = guide is not None and api.user.has_permission("View", obj=guide)
                groups[spot.guide] = {
                    "title": guide.title if guide is not None else "",
                    "url": guide.absolute_url() if shown else "",
                    "kind": self.t(look.kind_of(guide)) if guide is not None else "",
                    "places": [],
                }
            part = known[spot.guide].get(spot.part)
            before, after = cut(spot.place.before, spot.place.after)
            groups[spot.guide]["places"].append(
                {
                    "key": spot.key,
                    "words": place_words(part, spot, self.t),
                    "before": before,
                    "after": after,
                    "word": word,
                    "against": against,
                }
            )
        return list(groups.values())


#: What numbers and Latin words consist of.
_WORD = re.compile(r"[0-9A-Za-z:/._-]", re.ASCII)
#: Characters shown before and behind what differs in a long text.
_AROUND = 24


def cut(before: str, after: str) -> tuple[list[str], list[str]]:
    """Both texts in three pieces: what they share, what differs, what they share.

    Long shared pieces are cut, so that a line of the preview stays a line.
    """
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    # A number or a Latin word is shown as a whole.
    while start and _WORD.fullmatch(before[start - 1]):
        start -= 1
    while end and _WORD.fullmatch(before[len(before) - end]):
        end -= 1
    head, tail = before[:start], before[len(before) - end :]
    head = f"…{head[-_AROUND:]}" if len(head) > _AROUND else head
    tail = f"{tail[:_AROUND]}…" if len(tail) > _AROUND else tail
    return (
        [head, before[start : len(before) - end], tail],
        [head, after[start : len(after) - end], tail],
    )


class MendingsPage(MendingWords, ListPage):
    """``@@mendings``: what was proposed, and what waits for approval."""

    template = ViewPageTemplateFile("templates/mendings.pt")
    title = _("Bulk mending")
    page_size = 50

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@{LIST}"

    def params(self) -> dict[str, Any]:
        """The state chosen."""
        return {"state": self.choice("state", STATES)}

    def update(self) -> None:
        """Those that the person may see, the newest first.

        :raises Unauthorized: for strangers to every department.
        """
        if not acts.concerned():
            raise Unauthorized(
                self.t(_("Mendings are shown to the members of a department."))
            )
        state = self.params()["state"]
        self.rows = [one for one in store.newest() if acts.may_see(one)]
        chosen = [one for one in self.rows if state in ("", one.state)]
        self.total = len(chosen)
        self.entries = [
            self.line(one) for one in chosen[self.start : self.start + self.page_size]
        ]

    def states(self) -> list[dict[str, Any]]:
        """The ways to narrow, with numbers."""
        found = []
        for state, title in (("", _("All")), *STATES.items()):
            number = sum(state in ("", one.state) for one in self.rows)
            if number or not state:
                found.append(
                    {
                        "url": self.link(state=state, start=0),
                        "title": self.t(title),
                        "number": number,
                        "current": "true" if state == self.params()["state"] else None,
                    }
                )
        return found

    def new_url(self) -> str:
        """Address of the form; empty if the person may not propose."""
        return f"{self.portal_url}/@@{NEW}" if acts.may_propose() else ""


class MendPage(MendingWords):
    """``@@mend``: choose, look at every place, propose."""

    template = ViewPageTemplateFile("templates/mend.pt")
    title = _("Propose a mending")
    longest = acts.LONGEST

    def update(self) -> None:
        """Look, or propose what was looked at.

        :raises Unauthorized: if the person may not propose.
        """
        if not acts.may_propose():
            raise Unauthorized(
                self.t(
                    _(
                        "mending_not_proposer",
                        default="Editors and publishers of the department propose "
                        "mendings.",
                    )
                )
            )
        self.errors: list[dict[str, str]] = []
        self.found: list[look.Found] | None = None
        form = self.request.form
        kind, match = self.text("kind"), self.text("match")
        self.kind = kind if kind in KINDS else rules.PHONE
        self.match = match if match in MATCHES else rules.PART
        self.old, self.new = self.text("old"), self.text("new")
        self.note, self.minor = self.text("note"), form.get("minor") == "1"
        wanted = self.text("department")
        codes = [row["code"] for row in self.departments]
        self.department = wanted if wanted in codes else (codes[0] if codes else "")
        self.ticked = self._ticked()
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        wish = Wish(self.kind, self.match, self.old, self.new)
        for problem in wish.problems():
            self._wrong(problem)
        if self.errors:
            return
        found = look.find(self.department, wish)
        if len(found) > look.MOST:
            number = {"number": str(look.MOST)}
            self.errors.append(
                {
                    "field": "old",
                    "text": self.t(
                        _(
                            "mending_too_many",
                            default="It stands in more than ${number} places. Enter "
                            "more of it.",
                            mapping=number,
                        )
                    ),
                }
            )
            return
        self.found = found
        if form.get("step") == "propose":
            self._propose(wish)

    def _ticked(self) -> set[str] | None:
        """Keys of what is ticked; None before anything could be ticked."""
        if self.request.form.get("step") != "propose":
            return None
        value = self.request.form.get("places", [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple):
            return set()
        return {item for item in value if isinstance(item, str)}

    def _wrong(self, problem: Problem) -> None:
        self.errors.append(
            {"field": problem.field, "text": self.t(MESSAGES[problem.id])}
        )

    def _propose(self, wish: Wish) -> None:
        chosen = [
            one.spot
            for one in self.found or ()
            if not one.against and one.spot.key in (self.ticked or ())
        ]
        try:
            made = acts.propose(self.department, wish, chosen, self.note, self.minor)
        except acts.Refused as refused:
            field = "note" if chosen else "places"
            text = self.t(refused.args[0])
            self.errors.append({"field": field, "text": text})
            return
        url = f"{self.portal_url}/@@{ONE}?number={made.number}&done=proposed"
        self.request.response.redirect(url, status=303)

    def error(self, field: str) -> str:
        """What is wrong with a field."""
        return next((e["text"] for e in self.errors if e["field"] == field), "")

    @cached_property
    def departments(self) -> list[dict[str, str]]:
        """Departments for which the person may propose."""
        own = acts.departments_to_propose()
        return [
            {"code": code, "title": entry.title}
            for code, entry in directory.entries().items()
            if own is None or code in own
        ]

    def kinds(self) -> list[dict[str, Any]]:
        """The kinds to choose from."""
        return [
            {
                "id": name,
                "title": self.t(title),
                "checked": "checked" if name == self.kind else None,
            }
            for name, title in KINDS.items()
        ]

    def matches(self) -> list[dict[str, Any]]:
        """Whole value or part."""
        return [
            {
                "id": name,
                "title": self.t(title),
                "checked": "checked" if name == self.match else None,
            }
            for name, title in MATCHES.items()
        ]

    def groups(self) -> list[dict[str, Any]]:
        """The places found, guide by guide."""
        groups = self.places(
            (one.spot, "", [self.t(sentence) for sentence in one.against])
            for one in self.found or ()
        )
        for group in groups:
            for place in group["places"]:
                on = self.ticked is None or place["key"] in self.ticked
                place["checked"] = "checked" if on and not place["against"] else None
        return groups

    def number(self) -> int:
        """How many places there are."""
        return len(self.found or ())


class MendingPage(MendingWords):
    """``@@mending?number=``: one mending, and what the person may do about it."""

    template = ViewPageTemplateFile("templates/mending.pt")
    longest = acts.LONGEST

    @cached_property
    def mending(self) -> Mending:
        """The mending that the address names, also by its job.

        :raises NotFound: if there is none that the person may see.
        """
        number = self.text("number")
        if not number and self.text("job"):
            job = jobs.get(self.text("job"))
            number = str(job.params.get("mending", "")) if job is not None else ""
        found = store.get(number)
        if found is None or not acts.may_see(found):
            raise NotFound(number)
        return found

    @property
    def title(self) -> str:
        """Its number."""
        return self.t(
            _(
                "mending_title",
                default="Mending ${number}",
                mapping={"number": self.mending.number},
            )
        )

    def update(self) -> None:
        """Decide when a form was sent.

        :raises NotFound: if there is none that the person may see.
        """
        mending = self.mending
        self.errors: list[str] = []
        self.reason = self.text("reason")
        self.note = self.text("note")
        self.minor = self.request.form.get("minor") == "1"
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        step = self.text("step")
        number, done = mending.number, step
        try:
            if step == "approve":
                acts.approve(mending)
            elif step == "refuse":
                acts.refuse(mending, self.reason)
            elif step == "undo":
                number = acts.undo(mending, self.note, self.minor).number
                done = "proposed"
            else:
                return
        except acts.Refused as refused:
            self.errors.append(self.t(refused.args[0]))
            return
        url = f"{self.portal_url}/@@{ONE}?number={number}&done={done}"
        self.request.response.redirect(url, status=303)

    def message(self) -> str:
        """What became of the form."""
        words = {
            "proposed": _(
                "It is proposed. Somebody else of the department approves it."
            ),
            "approve": _("It is approved, and is being written."),
            "refuse": _("It is closed."),
        }
        found = words.get(self.text("done"))
        return self.t(found) if found is not None and not self.errors else ""

    def facts(self) -> list[dict[str, str]]:
        """What is known of it."""
        one = self.mending
        rows = [
            (_("Department"), self.department_name(one.department)),
            (_("Kind"), self.t(KINDS[one.wish.kind])),
            (_("Old value"), one.wish.old),
            (_("New value"), one.wish.new),
            (_("Looked for"), self.t(MATCHES[one.wish.match])),
            (_("What has changed"), one.note),
            (
                _("Weight"),
                self.t(_("Minor correction")) if one.minor else "",
            ),
            (
                _("Proposed by"),
                f"{person_name(one.proposed_by)} {self.moment(one.proposed_at)}",
            ),
            (
                _("Decided by"),
                f"{person_name(one.decided_by)} {self.moment(one.decided_at)}"
                if one.decided_by
                else "",
            ),
            (_("Reason"), one.reason),
            (_("Done"), self.moment(one.done_at)),
        ]
        return [{"title": self.t(t), "value": value} for t, value in rows if value]

    def tally(self) -> list[dict[str, Any]]:
        """How many places came to what."""
        found = self.mending.tally()
        return [
            {"title": self.t(title), "number": found[name]}
            for name, title in VERDICTS.items()
            if name in found
        ]

    def groups(self) -> list[dict[str, Any]]:
        """All places, with what became of each."""
        one = self.mending
        rows: list[tuple[store.Spot, str, Any]] = []
        numbers = {}
        for uid in one.guides:
            result = one.results.get(uid)
            if result is None:
                rows += [(spot, "", ()) for spot in one.of_guide(uid)]
                continue
            numbers[uid] = result.edition
            rows += [
                (spot, self.t(VERDICTS[verdict]), ()) for spot, verdict in result.spots
            ]
        groups = self.places(rows)
        for uid, group in zip(
            dict.fromkeys(r[0].guide for r in rows), groups, strict=True
        ):
            group["edition"] = numbers.get(uid, "")
            if not group["title"] and uid in one.results:
                group["title"] = one.results[uid].title
        return groups

    def against(self) -> str:
        """Why this person may not approve it; empty if they may, or it is decided."""
        reason = acts.against(self.mending)
        return self.t(reason) if reason is not None else ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.mending.state == store.PROPOSED

    @property
    def is_stuck(self) -> bool:
        """Whether it was approved and its job ended before its end."""
        return self.mending.state == store.APPROVED and not acts.job_runs(self.mending)

    @property
    def is_mine(self) -> bool:
        """Whether the person proposed it."""
        return self.mending.proposed_by == api.user.get_current().getId()

    @property
    def may_decide(self) -> bool:
        """Whether the person may refuse it or take it back."""
        return self.is_open and (self.is_mine or acts.may_approve(self.mending))

    @property
    def may_undo(self) -> bool:
        """Whether the person may propose the way back."""
        one = self.mending
        other = store.get(one.undone_by)
        return (
            one.state == store.DONE
            and bool(one.written())
            and acts.may_propose(one.department)
            and (other is None or other.state in {store.REFUSED, store.WITHDRAWN})
        )

    def undo_note(self) -> str:
        """The note that is offered for the way back."""
        return self.note or self.t(
            _(
                "mending_undo_note",
                default="Takes back: “${old}” instead of “${new}”.",
                mapping={"old": self.mending.wish.old, "new": self.mending.wish.new},
            )
        )

    def others(self) -> list[dict[str, str]]:
        """The mending that this one takes back, and the one that takes it back."""
        one = self.mending
        rows = (
            (one.undo_of, _("Takes back")),
            (one.undone_by, _("Taken back by")),
        )
        return [
            {
                "title": self.t(title),
                "number": number,
                "url": f"{self.portal_url}/@@{ONE}?number={number}",
            }
            for number, title in rows
            if number
        ]

    def job_url(self) -> str:
        """Address of its job, for whoever may see that."""
        job = jobs.get(self.mending.job) if self.mending.job else None
        if job is None or not jobs.may_see(job):
            return ""
        return f"{self.portal_url}/@@job?id={job.id}"

    def report_url(self) -> str:
        """Address of the report as XLSX."""
        job = jobs.get(self.mending.job) if self.mending.job else None
        if job is None or not jobs.may_see(job) or "report.xlsx" not in job.files:
            return ""
        return f"{self.portal_url}/@@job-file?id={job.id}&name=report.xlsx"


@implementer(IResultPage)
class MendingResult:
    """The job leads to its mending."""

    def view(self, job: jobs.Job) -> str:
        """The page of the mending."""
        return ONE


MENDING_RESULT = MendingResult()


@implementer(IWaiting)
class Waiting:
    """Mendings that the person can approve."""

    def number(self) -> int:
        """How many."""
        return acts.waiting()


WAITING = Waiting()
