"""Hand-over of departments for whoever does it: choose, look, confirm, look back."""

from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from openpyxl import load_workbook
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments.citytime import today
from zhinan.departments.handover import job as handover
from zhinan.departments.handover import look
from zhinan.departments.handover import report
from zhinan.departments.handover import words
from zhinan.forms.messages import code_title
from zhinan.guides.content import COPY
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IResultPage
from zhinan.jobs.interfaces import NotStarted
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.publishing.store import peek
from zhinan.rules import handover as rules
from zhinan.rules.codes import Problem
from zhinan.rules.elements import code_lists
from zhinan.rules.permissions import words as permission_words
from zhinan.search.splitter import fold
from zope.interface import implementer

import datetime
import re


VIEW = "hand-over-preview"
#: Greatest file of codes, in bytes, and characters typed.
LARGEST, LONGEST = 5 << 20, 200_000
_TEXTS = ("target", "title", "short_name", "code", "credit_code", "codes", "q", "type")
_SPLIT = re.compile(r"[\s,;\uff0c\uff1b\u3001]+")
#: Longest number of a decision and note.
_LIMITS = {"document": 100, "note": 1000}


class _Form(PublicPage):
    """What the pages have in common."""

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def text(self, name: str) -> str:
        """A field of the form as text."""
        value = self.request.form.get(name, "")
        return value.strip()[:LONGEST] if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """A field of the form that may come several times."""
        value = self.request.form.get(name, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple):
            return []
        return list(
            dict.fromkeys(item for item in value if isinstance(item, str) and item)
        )

    def go(self, job: jobs.Job) -> None:
        """To the page of the job."""
        url = f"{self.portal_url}/@@job?id={job.id}"
        self.request.response.redirect(url, status=303)

    def ways(self, kind: str) -> str:
        """What people call a kind of hand-over."""
        return self.t(words.KINDS[kind])


def label(wish: rules.Wish) -> str:
    """From whom to whom, for titles."""
    names = words.joined(words.named(code) for code in wish.sources)
    target = words.named(wish.target) if not wish.short_name else wish.short_name
    return f"{names} → {target}"


class HandOverPage(_Form):
    """``@@hand-over``: what is to be done; it is shown before anything happens."""

    template = ViewPageTemplateFile("templates/handover.pt")
    title = _("Hand-over of departments")

    def update(self) -> None:
        """Start the preview when the form was sent and nothing is wrong with it."""
        self.problems: list[Problem] = []
        form = self.request.form
        wanted = form.get("kind")
        self.kind = wanted if wanted in rules.KINDS else rules.MERGE
        self.values = {name: self.text(name) for name in _TEXTS}
        self.sources = self.texts("sources")
        self.selected = self.texts("selected")
        self.follow = self.texts("follow")
        self.sent = self.request.method == "POST"
        if not self.sent:
            self.follow = sorted(
                rules.FOLLOW if self.kind == rules.RENAME else rules.USUAL
            )
            if self.kind == rules.RENAME:
                self.follow.remove("codes")
                self._fill_in()
            return
        CheckAuthenticator(self.request)
        if "fill" in form:
            self._fill_in()
            return
        self._read_file()
        if "all" in form:
            shown = [row["uid"] for row in self.shown()]
            self.selected = list(dict.fromkeys([*self.selected, *shown]))
        if "none" in form:
            shown = [row["uid"] for row in self.shown()]
            self.selected = [uid for uid in self.selected if uid not in shown]
        if "preview" in form:
            self._preview()

    def _fill_in(self) -> None:
        """Name and code as they are, to be changed."""
        entry = directory.get(self.sources[0]) if self.sources else None
        if entry is not None and self.kind == rules.RENAME:
            self.values |= {
                "title": entry.title,
                "short_name": entry.short_name,
                "code": entry.code,
            }

    # ---------------------------------------------------------------- selection

    @cached_property
    def belonging(self) -> list[dict[str, str]]:
        """What belongs to the department that is split."""
        if self.kind != rules.SPLIT or len(self.sources) != 1:
            return []
        return look.belonging(self.sources[0])

    def shown(self) -> list[dict[str, str]]:
        """The same, narrowed by text and matter type."""
        wanted, type_ = fold(self.values["q"]), self.values["type"]
        return [
            row
            for row in self.belonging
            if wanted in fold(f"{row['title']} {row['code']} {row['matter_code']}")
            and type_ in ("", row["matter_type"])
        ]

    def rows(self) -> list[dict[str, Any]]:
        """The rows to tick."""
        return [
            {
                **row,
                "type_title": self.t(words.type_title(row["type"])),
                "state_title": self.t(
                    words.STATES.get(row["state"], words.STATES["draft"])
                ),
                "checked": "checked" if row["uid"] in self.selected else None,
            }
            for row in self.shown()
        ]

    def hidden(self) -> list[str]:
        """What is ticked and not shown at the moment."""
        shown = {row["uid"] for row in self.shown()}
        known = {row["uid"] for row in self.belonging}
        return [uid for uid in self.selected if uid in known - shown]

    def matter_types(self) -> list[dict[str, Any]]:
        """The matter types that there are."""
        have = {row["matter_type"] for row in self.belonging}
        return [
            {
                "value": code.value,
                "title": self.t(code_title("matter_type", code.value)),
                "selected": "selected" if code.value == self.values["type"] else None,
            }
            for code in code_lists()["matter_type"].codes
            if code.value in have
        ]

    def _read_file(self) -> None:
        """Codes of a spreadsheet, put with those that were typed: nothing is lost."""
        upload = self.request.form.get("codes_file")
        if not hasattr(upload, "read") or not getattr(upload, "filename", ""):
            return
        data = upload.read(LARGEST + 1)
        try:
            if len(data) > LARGEST:
                raise ValueError("too large")
            found = list(dict.fromkeys(_codes(data)))
        except (ValueError, KeyError, OSError):
            self.problems.append(Problem("codes", "handover_file"))
            return
        typed = self.values["codes"]
        self.values["codes"] = "\n".join(filter(None, [typed, *found]))

    def _chosen(self) -> list[str]:
        """UIDs of what goes along: ticked, or named by a code."""
        known = {row["uid"] for row in self.belonging}
        found = [uid for uid in self.selected if uid in known]
        wanted = [code for code in _SPLIT.split(self.values["codes"]) if code]
        by_code: dict[str, list[str]] = {}
        for row in self.belonging:
            for name in ("code", "matter_code"):
                if row[name]:
                    by_code.setdefault(row[name], []).append(row["uid"])
        unknown = [code for code in wanted if code not in by_code]
        if unknown:
            codes = ", ".join(unknown[:20])
            self.problems.append(
                Problem("codes", "handover_codes_unknown", (("codes", codes),))
            )
        for code in wanted:
            found += by_code.get(code, [])
        return list(dict.fromkeys(found))

    # -------------------------------------------------------------------- start

    def wish(self) -> rules.Wish:
        """What the form says."""
        values, kind = self.values, self.kind
        new = kind != rules.RENAME and values["target"] == "+"
        named = new or kind == rules.RENAME
        target = values["code"].lower() if named else values["target"]
        follow = [name for name in rules.FOLLOW if name in self.follow]
        return rules.Wish(
            kind=kind,
            sources=tuple(self.sources),
            target=target,
            title=values["title"] if named else "",
            short_name=values["short_name"] if named else "",
            credit_code=values["credit_code"].upper() if new else "",
            new=new,
            follow=tuple(sorted({*follow, *rules.FORCED[kind]})),
            selected=tuple(self._chosen()) if kind == rules.SPLIT else (),
        )

    def _preview(self) -> None:
        wish = self.wish()
        found = rules.problems(wish, look.departments(True), aliases.successors())
        if any(p.field == "codes" for p in self.problems):
            found = [p for p in found if p.id != "handover_nothing"]
        self.problems += found
        if self.problems:
            self.request.response.setStatus(400)
            return
        try:
            job = jobs.start(
                handover.KIND,
                {
                    "mode": handover.PREVIEW,
                    "wish": wish.as_dict(),
                    "filename": label(wish),
                },
            )
        except NotStarted as refusal:
            self.refusal = refusal.args[0]
            self.request.response.setStatus(400)
            return
        self.go(job)

    refusal: Any = ""

    # --------------------------------------------------------------------- show

    def errors(self) -> list[dict[str, str]]:
        """What is wrong, with the field that it is about."""
        found = [
            {"field": self._place(p.field), "text": self.t(words.sentence(p))}
            for p in self.problems
        ]
        if self.refusal:
            found.append({"field": "", "text": self.t(self.refusal)})
        return found

    def _place(self, field: str) -> str:
        """The id of the control that a problem is about."""
        named = self.values["target"] == "+" or self.kind == rules.RENAME
        return "code" if field == "target" and named else field

    def error(self, field: str) -> str:
        """What is wrong with one field."""
        return " ".join(e["text"] for e in self.errors() if e["field"] == field)

    def tabs(self) -> list[dict[str, Any]]:
        """The kinds to choose from."""
        return [
            {
                "url": f"{self.portal_url}/@@hand-over?kind={kind}",
                "title": self.ways(kind),
                "current": "page" if kind == self.kind else None,
            }
            for kind in rules.KINDS
        ]

    def departments(self) -> list[dict[str, Any]]:
        """The departments of today."""
        return [
            {
                "code": code,
                "title": entry.title,
                "checked": "checked" if code in self.sources else None,
                "source": "selected" if code in self.sources else None,
                "target": "selected" if code == self.values["target"] else None,
            }
            for code, entry in directory.entries().items()
        ]

    def choices(self) -> list[dict[str, Any]]:
        """What may follow."""
        forced = rules.FORCED[self.kind]
        return [
            {
                "name": name,
                "title": self.t(words.FOLLOW[name]),
                "checked": "checked" if name in {*self.follow, *forced} else None,
                "disabled": "disabled" if name in forced else None,
            }
            for name in rules.FOLLOW
        ]

    def done(self) -> list[dict[str, Any]]:
        """The hand-overs so far, the newest first."""
        return [
            {
                "number": one.number,
                "url": f"{self.portal_url}/@@{VIEW}?job={one.job}"
                if jobs.get(one.job) is not None
                else "",
                "kind": self.ways(one.kind),
                "names": words.joined(words.named(code) for code in one.sources),
                "target": words.named(one.target),
                "document": one.document,
                "day": self.date(datetime.date.fromisoformat(one.day)),
                "undone": one.undone,
            }
            for one in aliases.handovers()
        ]


def _codes(data: bytes) -> Iterator[str]:
    """The codes in the first column of a workbook, or in a text.

    :raises ValueError: if it is neither.
    """
    if data[:2] == b"PK":
        try:
            book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        except Exception as error:
            raise ValueError("no workbook") from error
        for row in book.worksheets[0].iter_rows(max_col=1, values_only=True):
            text = str(row[0] if row and row[0] is not None else "").strip()
            # The head of a column has no digit.
            if text and any(char.isdecimal() for char in text):
                yield text
        return
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("no text")
    if "\0" in text:
        raise ValueError("no text")
    for line in text.splitlines():
        first = next(iter(_SPLIT.split(line.strip().strip('"'))), "").strip('"')
        if first and any(char.isdecimal() for char in first):
            yield first


#: Tabs of the list: what each holds, by type of content.
_TABS = (
    ("MatterGuide", _("Service guides")),
    ("entries", _("Register entries")),
    ("PolicyDocument", _("Policy documents")),
    ("Enquiry", _("Enquiries")),
    ("papers", _("Seals and authorisations")),
    ("people", _("People and groups")),
    ("Department", _("Departments")),
)


def _tab(row: dict[str, Any]) -> str:
    """The tab of a step."""
    if row["kind"] in {rules.JOIN, rules.PART, rules.DROP, rules.GROUPS}:
        return "people"
    if row["type"] in rules.PAPERS:
        return "papers"
    names = dict(_TABS)
    if row["type"] == COPY:
        # A copy goes with its guide, and is listed beside it.
        return "MatterGuide"
    return row["type"] if row["type"] in names else "entries"


class HandOverPreview(_Form, ListPage):
    """``@@hand-over-preview?job=ID``: what would be done, or was done."""

    template = ViewPageTemplateFile("templates/handoverpreview.pt")
    page_size = 50

    @cached_property
    def job(self) -> jobs.Job:
        """The job; one that the person may not see is not there.

        :raises NotFound: if there is none.
        """
        name = self.request.form.get("job", "")
        job = jobs.get(name) if isinstance(name, str) else None
        if job is None or job.kind != handover.KIND or not jobs.may_see(job):
            raise NotFound(name)
        return job

    @cached_property
    def wish(self) -> rules.Wish:
        """What was asked for."""
        return handover.wish_of(self.job)

    @property
    def undo(self) -> bool:
        """Whether this takes a hand-over back."""
        return bool(self.job.params.get("undo"))

    @cached_property
    def is_preview(self) -> bool:
        """Whether nothing was written."""
        return handover.is_preview(self.job)

    def update(self) -> None:
        """Confirm or take back when a button was pressed; else read the rows."""
        self.problems: list[Problem] = []
        self.refusal: Any = ""
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            job = self._take_back() if "undo" in self.request.form else self._confirm()
            if job is not None:
                self.go(job)
                return
            self.request.response.setStatus(400)
        tab = self.params()["tab"]
        self.numbers: dict[str, int] = {}
        chosen = []
        for row in self.steps():
            name = _tab(row)
            self.numbers[name] = self.numbers.get(name, 0) + 1
            if tab in ("", name):
                chosen.append(row)
        self.total = len(chosen)
        self.entries = [
            self._entry(row) for row in chosen[self.start : self.start + self.page_size]
        ]

    def steps(self) -> list[dict[str, Any]]:
        """The steps as rows; of a preview with the usual ways of people."""
        if not self.is_preview:
            return list(self.job.rows())
        known = {
            (row["kind"], row["key"]): row
            for row in handover.rows_of(self.job, handover.STEP)
        }
        plain = handover.steps(self.job, self.decided())
        return [
            {**known.get((step.kind, step.key), {}), **step.as_dict()} for step in plain
        ]

    # ------------------------------------------------------------------ deciding

    def decided(self) -> dict[str, Any]:
        """What the form says; before it was sent, nothing but the usual."""
        form = self.request.form
        return {
            # A colon in the name of a field means something to the publisher.
            "people": {
                one.key: form.get(f"person.{number}")
                for number, one in enumerate(self.people_that_move)
                if form.get(f"person.{number}")
            },
            "papers": {
                paper.uid: form.get(f"paper.{paper.uid}")
                for paper in self.papers
                if form.get(f"paper.{paper.uid}")
            },
            "document": self.text("document"),
            "note": self.text("note"),
            "day": today().isoformat(),
        }

    @cached_property
    def papers(self) -> list[Any]:
        """Papers in force on which somebody decides."""
        if self.undo or self.wish.kind == rules.RENAME:
            return []
        return handover.papers(self.job)

    @cached_property
    def people_that_move(self) -> list[Any]:
        """Functions of people of the departments that give something up."""
        if self.undo:
            return []
        wish = self.wish
        return [
            one
            for one in handover.memberships(self.job)
            if one.department in wish.sources and one.department != wish.target
        ]

    @property
    def can_confirm(self) -> bool:
        """Whether the preview is whole and somebody may say yes to it."""
        return self.is_preview and self.job.state == jobs.DONE

    def _confirm(self) -> jobs.Job | None:
        decided = self.decided()
        if not self.can_confirm:
            self.refusal = _("Wait until the preview is complete.")
            return None
        if not decided["document"]:
            self.problems.append(Problem("document", "handover_document"))
        for name, longest in _LIMITS.items():
            if len(decided[name]) > longest:
                values = (("longest", str(longest)),)
                self.problems.append(Problem(name, "handover_long", values))
        self.problems += [
            Problem(f"paper.{p.field}", p.id, p.values)
            for p in rules.paper_problems(self.wish, self.papers, decided["papers"])
        ]
        if self.request.form.get("sure") != "1":
            self.problems.append(Problem("sure", "handover_sure"))
        if self.problems:
            return None
        return self._start(
            {
                **decided,
                "mode": handover.APPLY,
                "wish": self.job.params["wish"],
                "undo": self.job.params.get("undo") or "",
                "preview": self.job.id,
                "fingerprint": handover.fingerprint(self.job),
                "filename": self.job.params.get("filename") or "",
            },
            f"apply-{self.job.id}",
        )

    def _take_back(self) -> jobs.Job | None:
        problem = self.undo_problem()
        if problem:
            self.problems.append(Problem("", problem))
            return None
        return self._start(
            {
                "mode": handover.PREVIEW,
                "wish": self.job.params["wish"],
                "undo": self.job.id,
                "filename": self.job.params.get("filename") or "",
            },
            f"undo-{self.job.id}",
        )

    def _start(self, params: dict[str, Any], key: str) -> jobs.Job | None:
        try:
            # Pressed twice, it is the same one.
            return jobs.start(handover.KIND, params, key=key)
        except NotStarted as refusal:
            self.refusal = refusal.args[0]
            return None

    # ---------------------------------------------------------------------- show

    @property
    def title(self) -> str:
        """Preview or outcome, of what."""
        if self.undo:
            what = _("Preview: take back") if self.is_preview else _("Taken back")
        else:
            what = _("Preview of the hand-over")
            if not self.is_preview:
                what = _("Outcome of the hand-over")
        return self.t(
            _(
                "import_of_file",
                default="${title}: ${name}",
                mapping={"title": what, "name": label(self.wish)},
            )
        )

    def kind_title(self) -> str:
        """What people call it."""
        return self.ways(rules.UNDO if self.undo else self.wish.kind)

    def reason(self) -> str:
        """Why the job failed."""
        return self.t(jobs.unpack(self.job.reason)) if self.job.reason else ""

    def number(self) -> str:
        """Number of the hand-over, once it is done."""
        return (self.job.checkpoint or {}).get("number", "")

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.job.state in jobs.ENDED

    def errors(self) -> list[dict[str, str]]:
        """What is wrong with what was entered."""
        found = [
            {"field": p.field, "text": self.t(self._sentence(p))} for p in self.problems
        ]
        if self.refusal:
            found.append({"field": "", "text": self.t(self.refusal)})
        return found

    def _sentence(self, problem: Problem) -> Any:
        own = {
            "handover_document": _(
                "handover_document",
                default="Enter the number of the decision on which this rests.",
            ),
            "handover_long": _(
                "handover_long",
                default="Too long: at most ${longest} characters.",
                mapping=problem.mapping,
            ),
            "handover_sure": _(
                "handover_sure",
                default="Tick the box to say that you have looked at everything.",
            ),
        }
        return own.get(problem.id) or words.sentence(problem)

    def error(self, field: str) -> str:
        """What is wrong with one field."""
        return " ".join(e["text"] for e in self.errors() if e["field"] == field)

    def facts(self) -> list[dict[str, Any]]:
        """The numbers."""
        found = [
            {"title": self.t(title), "number": self.numbers.get(name, 0)}
            for name, title in _TABS
            if self.numbers.get(name)
        ]
        if self.addresses():
            found.append(
                {"title": self.t(_("Redirections")), "number": len(self.addresses())}
            )
        return found

    def verdicts(self) -> list[dict[str, Any]]:
        """What came of the steps."""
        return [
            {"title": self.t(title), "number": self.job.counts[f"handover_{name}"]}
            for name, title in words.VERDICTS.items()
            if self.job.counts.get(f"handover_{name}")
        ]

    def notes(self) -> list[dict[str, str]]:
        """What to know before."""
        found = [
            {"level": row["level"], "text": self.t(words.told(row))}
            for row in handover.rows_of(self.job, handover.NOTE)
        ]
        found.sort(key=lambda note: note["level"] != "warning")
        channels = [c for c in peek(self.context).channels.values() if c.active]
        if channels and self.is_preview:
            names = words.joined(channel.title for channel in channels)
            text = _(
                "handover_note_channels",
                default="These channels are told of what changes: ${names}",
                mapping={"names": names},
            )
            found.append({"level": "info", "text": self.t(text)})
        return found

    @cached_property
    def _addresses(self) -> list[tuple[str, str]]:
        found = []
        base = f"{self.portal_url}/departments"
        for row in self.job.rows():
            if row["row"] != handover.STEP:
                continue
            fields = {change["field"]: change for change in row["changes"]}
            if row["kind"] == rules.CLOSE:
                target = fields["merged_into"]["after"]
                found.append((f"{base}/{row['key']}", f"{base}/{target}"))
            elif row["kind"] == rules.CALL and "code" in fields:
                code = fields["code"]
                found.append((f"{base}/{code['before']}", f"{base}/{code['after']}"))
        return found

    def addresses(self) -> list[dict[str, str]]:
        """Addresses that lead to others."""
        return [{"old": old, "new": new} for old, new in self._addresses]

    def people(self) -> list[dict[str, Any]]:
        """Functions on which somebody may decide."""
        kind = self.wish.kind
        usual = rules.usual_way(kind)
        chosen = self.decided()["people"]
        return [
            {
                "name": one.name,
                "id": str(number),
                "department": words.named(one.department),
                "function": self.t(
                    functions.title(permission_words().functions[one.function])
                ),
                "ways": [
                    {
                        "value": way,
                        "title": self.t(words.WAYS[way]),
                        "selected": "selected"
                        if chosen.get(one.key, usual) == way
                        else None,
                    }
                    for way in rules.WAYS[kind]
                ],
            }
            for number, one in enumerate(self.people_that_move)
        ]

    def decisions(self) -> list[dict[str, Any]]:
        """Papers in force on which somebody has to decide."""
        chosen = self.decided()["papers"]
        return [
            {
                "uid": paper.uid,
                "title": paper.title,
                "url": f"{self.portal_url}/resolveuid/{paper.uid}",
                "type": self.t(words.type_title(paper.type)),
                "error": self.error(f"paper.{paper.uid}"),
                "end": "checked" if chosen.get(paper.uid) == rules.END else None,
                "take": "checked" if chosen.get(paper.uid) == rules.TAKE else None,
            }
            for paper in self.papers
        ]

    def undo_problem(self) -> str:
        """Why it cannot be taken back: an id, or empty."""
        if self.is_preview or self.undo or not self.ended or not self.number():
            # What was cancelled or failed half-way can be taken back as well.
            return "handover_undo_unknown"
        return handover.undo_problem(self.number())

    def can_undo(self) -> bool:
        """Whether it can be taken back."""
        return not self.undo_problem()

    def why_no_undo(self) -> str:
        """Why a hand-over that was done cannot be taken back."""
        if self.is_preview or self.undo or not self.ended or not self.number():
            return ""
        problem = self.undo_problem()
        return self.t(words.PROBLEMS[problem]) if problem else ""

    def params(self) -> dict[str, Any]:
        """The job, and the part to which the list is narrowed."""
        return {"job": self.job.id, "tab": self.choice("tab", dict(_TABS))}

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@{VIEW}"

    def job_url(self) -> str:
        """Address of the job."""
        return f"{self.portal_url}/@@job?id={self.job.id}"

    def tabs(self) -> list[dict[str, Any]]:
        """The ways to narrow the list, with their numbers."""
        current = self.params()["tab"]
        everything = sum(self.numbers.values())
        rows = [("", _("All"), everything)] + [
            (name, title, self.numbers[name])
            for name, title in _TABS
            if self.numbers.get(name)
        ]
        return [
            {
                "url": f"{self.link(tab=name, start=0)}#list",
                "title": self.t(title),
                "number": number,
                "current": "true" if name == current else None,
            }
            for name, title, number in rows
        ]

    def report_url(self) -> str:
        """Address of the spreadsheet, when there is one."""
        name = report.PREVIEW if self.is_preview else report.REPORT
        if name not in self.job.files:
            return ""
        return f"{self.portal_url}/@@job-file?id={self.job.id}&name={name}"

    def _entry(self, row: dict[str, Any]) -> dict[str, Any]:
        content = row["kind"] in {rules.MOVE, rules.PAPER, rules.REVIVE}
        verdict = row.get("verdict") or ""
        return {
            "title": row["title"],
            "url": f"{self.portal_url}/resolveuid/{row['key']}" if content else "",
            "type": self.t(words.type_title(row["type"])),
            "code": row.get("code") or "",
            "step": self.t(words.STEPS[row["kind"]]),
            "verdict": verdict,
            "verdict_title": self.t(words.VERDICTS[verdict]) if verdict else "",
            "locked": bool(row.get("locked")),
            "left": [
                self.t(words.field_title(name.rpartition("/")[2]))
                for name in row.get("left") or ()
            ],
            "changes": [
                {
                    "field": self.t(words.field_title(change["field"])),
                    "old": words.value_words(change["field"], change["before"]),
                    "new": words.value_words(change["field"], change["after"]),
                }
                for change in row["changes"]
            ],
        }


@implementer(IResultPage)
class HandOverResult:
    """A hand-over shows its preview and its outcome on a page of its own."""

    def view(self, job: jobs.Job) -> str:
        """The page, where there is something to show."""
        return VIEW if job.row_count() else ""


HANDOVER_RESULT = HandOverResult()
