"""The job that shows what a hand-over would do, does it, or takes it back.

First everything is looked at, in batches that write nothing; the fingerprint of what
was found is kept. A hand-over looks again and stops before it has written anything if
the fingerprint is another one. Then it does the steps of its preview in their order.
"""

from . import look
from . import report
from . import trace
from .doing import Doer
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments import citytime
from zhinan.departments.events import HandedOver
from zhinan.departments.handover.words import sentence
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import JobFailed
from zhinan.rules import handover as rules
from zhinan.rules.handover import Membership
from zhinan.rules.handover import Plan
from zhinan.rules.handover import Step
from zhinan.rules.handover import Thing
from zhinan.rules.handover import Wish
from zope.event import notify
from zope.interface import implementer

import dataclasses


KIND = "handover"
PREVIEW, APPLY = "preview", "apply"
#: Things looked at, and steps done, in one batch.
LOOKED, DONE = 250, 20
#: Kinds of rows of the preview.
STEP, PERSON, PAPER, NOTE = "step", "person", "paper", "note"
_CHANGED = _(
    "handover_changed",
    default="Content, people or departments have changed since the preview. Nothing "
    "was written. Make a new preview and look at it again.",
)


def is_preview(job: jobs.Job) -> bool:
    """Whether a job only looks."""
    return job.params.get("mode") != APPLY


def wish_of(job: jobs.Job) -> Wish:
    """What a job was asked for; of one that takes back, what it takes back."""
    return rules.wish_from(job.params["wish"])


def fingerprint(job: jobs.Job) -> str:
    """Fingerprint of a preview that was finished."""
    return (job.checkpoint or {}).get("digest", "")


def rows_of(job: jobs.Job, kind: str) -> Iterator[dict[str, Any]]:
    """Rows of one kind."""
    return (row for row in job.rows() if row["row"] == kind)


def memberships(job: jobs.Job) -> list[Membership]:
    """The functions of people that a preview found."""
    names = ("person", "name", "department", "function")
    return [
        Membership(**{name: row[name] for name in names})
        for row in rows_of(job, PERSON)
    ]


def papers(job: jobs.Job) -> list[Thing]:
    """The papers in force that a preview found."""
    return [
        Thing(row["uid"], row["type"], row["title"], row["state"], fields=row["fields"])
        for row in rows_of(job, PAPER)
    ]


def steps(job: jobs.Job, params: dict[str, Any]) -> list[Step]:
    """All steps of a preview with what was decided on it, in order."""
    wish = wish_of(job)
    found = [rules.step_from(row) for row in rows_of(job, STEP)]
    if job.params.get("undo"):
        return found
    found += rules.people_steps(wish, memberships(job), params.get("people") or {})
    found += rules.paper_steps(
        wish, papers(job), params.get("papers") or {}, params.get("day") or ""
    )
    return rules.ordered(found)


def undo_problem(number: str) -> str:
    """Why a hand-over cannot be taken back, or empty."""
    known = [
        (one.number, frozenset((*one.sources, one.target)), one.undone)
        for one in aliases.handovers()[::-1]
        if one.kind != rules.UNDO
    ]
    return rules.undo_problem(number, known)


@implementer(IJobKind)
class HandOver:
    """Kind ``handover``.

    Parameters: ``mode`` (preview or apply), ``wish``; of a preview that takes back:
    ``undo``, the id of the job that did it; of apply: ``preview`` (id of the preview's
    job), ``fingerprint``, ``people``, ``papers``, ``document``, ``note``, ``day``.
    """

    title = _("Hand-over of departments")
    permission = "Zhinan: Hand over departments"
    importing = False
    #: So long it can be taken back.
    keep_days = 3650

    def batch(self, run: Any) -> bool:
        """The next things to look at, or the next steps."""
        at = run.checkpoint or {"phase": "look", "after": "", "digest": ""}
        if at["phase"] == "look":
            return self._look(run, at)
        return self._do(run, at)

    # --------------------------------------------------------------------- look

    def _look(self, run: Any, at: dict[str, Any]) -> bool:
        preview = run.params.get("mode") != APPLY
        digest = at["digest"]

        def found(row: dict[str, Any]) -> None:
            nonlocal digest
            if row["row"] != NOTE:
                digest = rules.digest(digest, row)
            if preview:
                run.row(**row)

        undone = run.params.get("undo")
        if undone:
            self._look_back(run, undone, found)
            more = []
        else:
            if not at["after"]:
                self._check(run)
            more = self._look_on(run, at, found)
        if more:
            run.checkpoint = {"phase": "look", "after": more[-1], "digest": digest}
            return True
        if not undone:
            self._look_at_people(run, found)
        if preview:
            if not undone:
                self._notes(run)
            run.checkpoint = {"phase": "end", "after": "", "digest": digest}
            run.done = run.total or 0
            run.attach(report.PREVIEW, report.preview(run), report.XLSX)
            return False
        if digest != run.params.get("fingerprint"):
            raise JobFailed(_CHANGED)
        self._check_papers(run)
        run.done = 0
        run.total = len(self._steps(run))
        run.checkpoint = {"phase": "do", "at": 0, "number": self._number()}
        return True

    def _check(self, run: Any) -> None:
        found = rules.problems(
            self._wish(run), look.departments(True), aliases.successors()
        )
        if found:
            raise JobFailed(sentence(found[0]))

    def _check_papers(self, run: Any) -> None:
        """What is in force in an old name is decided expressly, whoever asks.

        :raises JobFailed: if something is open.
        """
        preview = jobs.get(run.params["preview"])
        if preview is None or run.params.get("undo"):
            return
        decided = run.params.get("papers") or {}
        found = rules.paper_problems(self._wish(run), papers(preview), decided)
        if found:
            raise JobFailed(sentence(found[0]))

    def _wish(self, run: Any) -> Wish:
        return rules.wish_from(run.params["wish"])

    def _plan(self, run: Any) -> Plan:
        if "plan" not in run.memory:
            wish = self._wish(run)
            chosen = {look.find(uid) for uid in wish.selected}
            titles = frozenset(obj.title for obj in chosen if obj is not None)
            run.memory["plan"] = Plan(wish, look.departments(), titles)
        return run.memory["plan"]

    def _look_on(
        self, run: Any, at: dict[str, Any], found: Callable[[dict[str, Any]], None]
    ) -> list[str]:
        """Look at the next things; their UIDs, or nothing if there are none."""
        plan = self._plan(run)
        if "uids" not in run.memory:
            run.memory["uids"] = look.uids()
        uids = run.memory["uids"]
        run.total = len(uids)
        batch = [uid for uid in uids if uid > at["after"]][:LOOKED]
        for thing in look.things(batch):
            step = plan.step(thing)
            if step is not None:
                found(
                    {
                        "row": STEP,
                        **step.as_dict(),
                        "code": thing.code,
                        "state": thing.state,
                        "locked": thing.locked,
                        "left": plan.left(thing),
                    }
                )
            if rules.in_force(plan.wish, [thing]):
                found(
                    {
                        "row": PAPER,
                        "uid": thing.uid,
                        "type": thing.type,
                        "title": thing.title,
                        "state": thing.state,
                        "fields": dict(thing.fields),
                    }
                )
        run.done += len(batch)
        return batch

    def _look_at_people(
        self, run: Any, found: Callable[[dict[str, Any]], None]
    ) -> None:
        plan = self._plan(run)
        codes = list(dict.fromkeys([*plan.wish.sources, plan.wish.target]))
        for one in look.members(codes):
            found({"row": PERSON, **dataclasses.asdict(one)})
        for step in rules.department_steps(plan):
            found({"row": STEP, **step.as_dict()})

    def _look_back(
        self, run: Any, job_id: str, found: Callable[[dict[str, Any]], None]
    ) -> None:
        """The way back of what a job did."""
        done = jobs.get(job_id)
        if done is None or is_preview(done):
            raise JobFailed(sentence_of("handover_undo_unknown"))
        problem = undo_problem((done.checkpoint or {}).get("number", ""))
        if problem:
            raise JobFailed(sentence_of(problem))
        doer = Doer(run.site, "", "")
        moved = [
            rules.step_from(row) for row in done.rows() if row["verdict"] == rules.MOVED
        ]
        for step in rules.turned(moved):
            verdict = doer.look(step)
            found({"row": STEP, **step.as_dict(), "verdict": verdict})
            if verdict != rules.MOVED:
                found(note("handover_note_back", "warning", title=step.title))
        run.total = len(moved)

    def _notes(self, run: Any) -> None:
        """What somebody should know before it is done."""
        plan = self._plan(run)
        kept = list(run.rows())
        members = [
            Membership(row["person"], row["name"], row["department"], row["function"])
            for row in kept
            if row["row"] == PERSON
        ]
        elsewhere = look.functions_elsewhere(
            {one.person for one in members},
            {one.department for one in members},
        )
        ways = rules.people_steps(plan.wish, members)
        for name in rules.losing([*members, *elsewhere], ways):
            run.row(**note("handover_note_losing", "warning", name=name))
        for function in rules.lacking(plan.wish.target, members, ways):
            run.row(**note("handover_note_lacking", "warning", function=function))
        for id_, level, number in report.tallies(kept, plan):
            if number:
                run.row(**note(id_, level, number=str(number)))
        store = jobs.of(run.site)
        waiting = [j for j in store.open if j != run.job_id]
        if waiting:
            run.row(**note("handover_note_jobs", "warning", number=str(len(waiting))))

    # ----------------------------------------------------------------------- do

    def _number(self) -> str:
        day = citytime.today()
        same = [o for o in aliases.handovers() if o.day == day.isoformat()]
        return f"JG{day:%Y%m%d}-{len(same) + 1:02d}"

    def _steps(self, run: Any) -> list[Step]:
        if "steps" not in run.memory:
            preview = jobs.get(run.params["preview"])
            if preview is None:
                raise JobFailed(_CHANGED)
            run.memory["steps"] = steps(preview, run.params)
        return run.memory["steps"]

    def _do(self, run: Any, at: dict[str, Any]) -> bool:
        todo, start, number = self._steps(run), at["at"], at["number"]
        wish = self._wish(run)
        if start == 0:
            aliases.write(self._written(run, number))
        note_ = run.params.get("document") or ""
        doer = Doer(run.site, number, f"{number} {note_}".strip())
        batch = todo[start : start + DONE]
        for step in batch:
            verdict = doer.do(step)
            run.row(row=STEP, **step.as_dict(), verdict=verdict)
            run.count(f"handover_{verdict}")
            if verdict == rules.MOVED:
                self._trace(step, wish, number, note_)
        run.done = start + len(batch)
        run.checkpoint = {**at, "at": run.done}
        if run.done < len(todo):
            return True
        self._end(run, wish, number, note_)
        return False

    def _trace(self, step: Step, wish: Wish, number: str, document: str) -> None:
        if step.kind in {rules.MOVE, rules.PAPER, rules.REVIVE}:
            obj = look.find(step.key)
        elif step.kind.startswith("department."):
            obj = next(
                filter(None, map(look.department, (step.key, wish.target))), None
            )
        else:
            # Who joins and leaves a group stands in the trail already.
            return
        if obj is None:
            return
        owners = {c.field: c for c in step.changes}
        change = owners.get("owner_department") or owners.get("department")
        before, after = "", ""
        if change is not None and isinstance(change.after, str):
            before, after = change.before or "", change.after
        trace.thing(obj, number, document, before, after)

    def _written(self, run: Any, number: str) -> aliases.Handover:
        wish = self._wish(run)
        job = jobs.get(run.job_id)
        return aliases.Handover(
            number,
            rules.UNDO if run.params.get("undo") else wish.kind,
            wish.sources,
            wish.target,
            run.params.get("document") or "",
            run.params.get("note") or "",
            job.person,
            citytime.today().isoformat(),
            run.job_id,
        )

    def _end(self, run: Any, wish: Wish, number: str, document: str) -> None:
        """The entry for the whole, the event, the report."""
        kind = wish.kind
        undone = run.params.get("undo")
        if undone:
            kind = rules.UNDO
            done = jobs.get(undone)
            aliases.mark_undone((done.checkpoint or {}).get("number", ""), number)
        trace.whole(
            kind,
            number,
            " ".join(filter(None, (document, run.params.get("note")))),
            " ".join(wish.sources),
            wish.target,
        )
        counts = {k.removeprefix("handover_"): v for k, v in run.counts.items()}
        notify(HandedOver(number, kind, wish.sources, wish.target, counts))
        run.attach(report.REPORT, report.done(run, number), report.XLSX)


def note(id: str, level: str, **mapping: str) -> dict[str, Any]:
    """A row that tells people something."""
    return {"row": NOTE, "id": id, "level": level, "mapping": mapping}


def sentence_of(id: str) -> Any:
    """The sentence of a problem without values."""
    return sentence(rules.Problem("", id))


HANDOVER = HandOver()
