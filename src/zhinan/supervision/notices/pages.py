"""Pages of notices: the list, one notice, the form."""

from functools import cached_property
from plone import api
from plone.dexterity.utils import createContentInContainer
from plone.namedfile.file import NamedBlobFile
from plone.protect import CheckAuthenticator
from Products.CMFCore.WorkflowCore import WorkflowException
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments.citytime import today
from zhinan.documents.names import content_disposition
from zhinan.documents.names import human_size
from zhinan.feedback import mail
from zhinan.forms.refusals import explain
from zhinan.forms.validation import problems
from zhinan.forms.validation import sentence
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.rules import notices as rules
from zhinan.supervision.notices import listing
from zhinan.supervision.notices import workflow
from zhinan.supervision.notices.content import FOLDER
from zhinan.supervision.notices.content import INotice
from zhinan.supervision.notices.content import ISSUED
from zhinan.supervision.notices.content import issued_on
from zhinan.supervision.notices.content import LARGEST
from zhinan.supervision.notices.content import LONGEST
from zhinan.supervision.notices.content import look_up
from zhinan.supervision.notices.content import moment_of
from zhinan.supervision.notices.content import PORTAL_TYPE
from zhinan.supervision.notices.content import subject_of
from zhinan.supervision.notices.reminders import occasions
from zhinan.supervision.telling import Teller
from zhinan.trail import moments
from zope.event import notify
from zope.i18nmessageid import Message
from zope.lifecycleevent import ObjectModifiedEvent
from zope.schema.interfaces import ValidationError
from ZPublisher.Iterators import filestream_iterator

import datetime
import re


STATES = {
    "issued": _("notice_state_issued", default="Reply awaited"),
    "replied": _("notice_state_replied", default="Replied"),
    "closed": _("notice_state_closed", default="Closed"),
    "cancelled": _("notice_state_cancelled", default="Cancelled"),
}
_SHOWN = {
    "open": _("notices_open", default="Open"),
    "overdue": _("notices_overdue", default="Overdue"),
    "mine": _("notices_mine", default="Mine"),
    "department": _("notices_department", default="To my departments"),
    "all": _("All"),
}
_STEPS = {
    None: _("notice_step_issued", default="Issued"),
    workflow.REPLY: _("notice_step_replied", default="Replied"),
    workflow.CLOSE: _("notice_step_closed", default="Closed"),
    workflow.REOPEN: _("notice_step_reopened", default="More was asked"),
    workflow.CANCEL: _("notice_step_cancelled", default="Cancelled"),
}
DONE = {
    "issued": _("The notice is issued."),
    "changed": _("The notice is changed."),
    workflow.REPLY: _("The reply is kept."),
    workflow.CLOSE: _("The notice is closed."),
    workflow.REOPEN: _("The notice is open again."),
    workflow.CANCEL: _("The notice is cancelled."),
}
FILES = ("attachments", "reply_files")


def overdue_words(days: int) -> Message:
    """How long a reply is overdue."""
    return _(
        "notice_overdue_days",
        default="overdue for ${days} days",
        mapping={"days": str(days)},
    )


class NoticesPage(ListPage):
    """The notices that the person may see, the overdue ones first."""

    template = ViewPageTemplateFile("../templates/notices.pt")
    title = _("Supervision notices")

    def update(self) -> None:
        """Ask the catalogue, which shows to each what is theirs.

        :raises Unauthorized: if nobody is logged in, or who is no staff.
        """
        if not functions.is_staff():
            raise Unauthorized(self.t(_("Log in to read supervision notices.")))
        self.teller = Teller(self.request)
        found = listing.entries(self.shown)
        self.total = len(found)
        page = found[self.start : self.start + self.page_size]
        self.entries = [self._entry(entry) for entry in page]
        self.may_issue = listing.may_issue()

    @cached_property
    def shown(self) -> str:
        """Which are wanted; the open ones if nothing is said."""
        return self.choice("show", _SHOWN) or "open"

    def params(self) -> dict[str, str]:
        """What the list is narrowed to."""
        return {"show": self.shown if self.shown != "open" else ""}

    def page_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@notices"

    def ways(self) -> list[dict[str, Any]]:
        """The ways to narrow the list."""
        return [
            {
                "url": self.link(show=name if name != "open" else "", start=0),
                "title": self.t(title),
                "current": "true" if name == self.shown else None,
            }
            for name, title in _SHOWN.items()
        ]

    def no_mail(self) -> bool:
        """Whether nobody is reminded by mail, which those who issue have to know."""
        return self.may_issue and not mail.ready()

    def _entry(self, entry: listing.Entry) -> dict[str, Any]:
        brain = entry.brain
        said = {"type": entry.row["about_type"], "title": entry.row["about_title"]}
        return {
            "url": brain.getURL(),
            "number": entry.row["number"],
            "title": brain.Title,
            "about": self.teller.title(said),
            "department": self.teller.department(brain.department),
            "due": self.date(entry.due),
            "overdue": self.t(overdue_words(entry.overdue)) if entry.overdue else "",
            "state": self.t(STATES.get(brain.review_state, "")),
            "state_id": brain.review_state,
        }


class _Notice:
    """What pages of one notice have in common."""

    context: Any
    request: Any

    def files(self, name: str) -> list[dict[str, str]]:
        """Files of one side with their addresses."""
        url = self.context.absolute_url()
        return [
            {
                "name": file.filename or "",
                "size": human_size(file.getSize()),
                "url": f"{url}/@@notice-file?of={name}&n={number}",
            }
            for number, file in enumerate(getattr(self.context, name, None) or (), 1)
        ]


def uploads(form: Any, name: str) -> list[NamedBlobFile]:
    """Files that were sent; none where nothing was chosen."""
    given = form.get(name)
    found = []
    for upload in given if isinstance(given, list) else [given]:
        filename = getattr(upload, "filename", "")
        if not filename or not hasattr(upload, "read"):
            continue
        data = upload.read(LARGEST + 1)
        short = re.split(r"[\\/]", str(filename))[-1][:200]
        kind = upload.headers.get("content-type") or "application/octet-stream"
        found.append(NamedBlobFile(data=data, filename=short, contentType=kind))
    return found


class NoticePage(_Notice, PublicPage):
    """One notice: what is asked, what was replied, and the next step."""

    template = ViewPageTemplateFile("../templates/notice.pt")
    longest = LONGEST

    def update(self) -> None:
        """Take a step when a button was pressed."""
        self.teller = Teller(self.request)
        self.errors: list[str] = []
        self.draft = {"step": "", "text": ""}
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        form = self.request.form
        step, text = str(form.get("step", "")), form.get("text", "")
        text = text if isinstance(text, str) else ""
        self.draft = {"step": step, "text": text}
        if step not in set(_STEPS) - {None}:
            return
        files = uploads(form, "files") if step == workflow.REPLY else []
        kept = [*(self.context.reply_files or ()), *files]
        found = list(problems(PORTAL_TYPE, self.context, self._with(kept)))
        self.errors = [self.t(sentence(problem)) for problem in found if files]
        if self.errors:
            return
        try:
            workflow.step(self.context, step, text, files)
        except WorkflowException as error:
            self.errors = [workflow.why(error, self.request)]
            return
        url = self.context.absolute_url()
        self.request.response.redirect(f"{url}?done={step}", status=303)

    def _with(self, files: list[Any]) -> dict[str, Any]:
        return {"about": self.context.about, "reply_files": files}

    @property
    def title(self) -> str:
        """Its number and what it is about."""
        return f"{self.context.number} {self.context.title}"

    @cached_property
    def state(self) -> str:
        """State of the notice."""
        return api.content.get_state(self.context)

    def state_title(self) -> str:
        """State in words."""
        return self.t(STATES.get(self.state, ""))

    def late(self) -> str:
        """How long the reply is overdue."""
        days = rules.overdue(self.context.due, today()) if self.state == ISSUED else 0
        return self.t(overdue_words(days)) if days else ""

    @cached_property
    def steps(self) -> set[str]:
        """Steps that the person may take now."""
        return set(workflow.possible(self.context))

    def may_edit(self) -> bool:
        """Whether the person may change the notice."""
        return bool(api.user.has_permission("Modify portal content", obj=self.context))

    def about(self) -> dict[str, str]:
        """What it is about; with its address, where the person may see it."""
        notice = self.context
        said = {"type": notice.about_type, "title": notice.about_title}
        brains = api.portal.get_tool("portal_catalog")(UID=notice.about)
        return {
            "title": self.teller.title(said) or notice.about_path,
            "type": self.teller.type_title(said) if notice.about_title else "",
            "url": brains[0].getURL() if brains else "",
            "gone": "" if self._there() else self.t(_("deleted meanwhile")),
        }

    def _there(self) -> bool:
        catalog = api.portal.get_tool("portal_catalog")
        return bool(catalog.unrestrictedSearchResults(UID=self.context.about))

    def department(self) -> str:
        """Name of the department that has to reply."""
        entry = directory.get(self.context.department)
        return entry.title if entry else self.teller.department(self.context.department)

    def inform(self) -> str:
        """Names of those who are informed."""
        return self.teller.several(map(self.teller.person, self.context.inform or ()))

    def issued(self) -> str:
        """Day of issue."""
        return self.date(issued_on(self.context))

    def due(self) -> str:
        """Day by which the reply is awaited."""
        return self.date(self.context.due)

    def reminded(self) -> list[str]:
        """When reminders were sent."""
        sent = sorted(occasions(self.context).values())
        return [self.teller.moment(at) for at in sent]

    def no_mail(self) -> bool:
        """Whether nobody is reminded by mail, although the reply is awaited."""
        return self.state == ISSUED and not mail.ready()

    def message(self) -> str:
        """What became of the step before."""
        done = str(self.request.form.get("done", ""))
        return self.t(DONE[done]) if done in DONE else ""

    def history(self) -> list[dict[str, str]]:
        """Who did what and when, the newest first; replies as they were given."""
        tool = api.portal.get_tool("portal_workflow")
        entries = tool.getInfoFor(self.context, "review_history", ())
        return [self._step(entry) for entry in reversed(entries)]

    def _step(self, entry: dict[str, Any]) -> dict[str, str]:
        at = moments.text(moment_of(entry["time"]))
        return {
            "step": self.t(_STEPS.get(entry["action"] or None, entry["action"] or "")),
            "who": self.teller.person(entry["actor"] or ""),
            "moment": self.teller.moment(at),
            "text": entry["comments"] or "",
        }

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


class NoticeFile(BrowserView):
    """``@@notice-file?of=attachments&n=1``: a file of a notice."""

    def __call__(self) -> Any:
        """The file.

        :raises NotFound: if there is none.
        """
        form = self.request.form
        name, number = form.get("of", ""), form.get("n", "")
        if name not in FILES or not str(number).isdecimal():
            raise NotFound(str(name))
        files = getattr(self.context, name, None) or ()
        if not 0 < int(number) <= len(files):
            raise NotFound(str(number))
        file = files[int(number) - 1]
        response = self.request.response
        # As a download alone: what somebody uploaded is never a page of this site.
        response.setHeader("Content-Type", "application/octet-stream")
        response.setHeader("Content-Length", str(file.getSize()))
        response.setHeader("Content-Disposition", content_disposition(file.filename))
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "private, no-store")
        return filestream_iterator(file._blob.committed(), "rb")


class IssuePage(PublicPage):
    """``@@issue-notice``: a new notice, with what it is about filled in."""

    template = ViewPageTemplateFile("../templates/notice-form.pt")
    title = _("Issue a supervision notice")
    notice: Any = None
    longest = LONGEST
    _names = ("title", "about", "department", "question", "due", "inform")

    def update(self) -> None:
        """Issue it when the button was pressed; what was typed stays on errors."""
        self.errors: dict[str, str] = {}
        form = self.request.form
        if self.request.method != "POST":
            self.typed = self.beginning()
            return
        CheckAuthenticator(self.request)
        self.typed = {n: str(form.get(n, "") or "").strip() for n in self._names}
        values = self.values()
        files = uploads(form, "files")
        values["attachments"] = [*self.kept(), *files]
        self.check(values)
        if self.errors:
            self.again = bool(files)
            self.request.response.setStatus(400)
            return
        notice = self.write(values)
        done = "changed" if self.notice is not None else "issued"
        url = f"{notice.absolute_url()}?done={done}"
        self.request.response.redirect(url, status=303)

    #: whether files were chosen that have to be chosen again
    again = False

    def beginning(self) -> dict[str, str]:
        """What the empty form holds."""
        found = dict.fromkeys(self._names, "")
        about = self.request.form.get("about", "")
        subject = look_up(about)
        if subject is not None:
            kept = subject_of(subject)
            title = kept.title or Teller(self.request).type_title({"type": kept.type})
            words = _(
                "notice_about_title",
                default="About “${title}”",
                mapping={"title": title},
            )
            found["about"] = subject.absolute_url()
            found["title"] = self.t(words)[:100]
            found["department"] = kept.department
        return found

    def kept(self) -> list[Any]:
        """Files that are there already and stay."""
        return []

    def values(self) -> dict[str, Any]:
        """What was typed as values of the fields."""
        typed = self.typed
        found: dict[str, Any] = {
            "title": " ".join(typed["title"].split()) or None,
            "about": typed["about"] or None,
            "department": typed["department"] or None,
            "question": typed["question"].replace("\r\n", "\n") or None,
            "due": None,
            "inform": [n for n in re.split(r"[^\w.@+-]+", typed["inform"]) if n],
        }
        if typed["due"]:
            try:
                found["due"] = datetime.date.fromisoformat(typed["due"])
            except ValueError:
                self.errors["due"] = self.t(
                    _("Write the day as 2026-09-01, or choose it.")
                )
        return found

    def check(self, values: dict[str, Any]) -> None:
        """Find what is wrong, one sentence for each field."""
        place = self.place()
        for name, value in values.items():
            field = INotice[name].bind(place)
            if name in self.errors or name == "attachments":
                continue
            try:
                field.validate(value)
            except ValidationError as error:
                self.errors[name] = self.t(explain(error, field))
        for problem in problems(PORTAL_TYPE, place, values):
            self.errors.setdefault(problem.field, self.t(sentence(problem)))

    def place(self) -> Any:
        """Where the notice will lie."""
        return api.portal.get()[FOLDER]

    def write(self, values: dict[str, Any]) -> Any:
        """Issue it."""
        # Who may issue is asked by the view; the folder takes nothing else.
        return createContentInContainer(self.place(), PORTAL_TYPE, **values)

    def action(self) -> str:
        """Address to which the form goes."""
        return f"{self.portal_url}/@@issue-notice"

    def departments(self) -> list[dict[str, Any]]:
        """All departments."""
        return [
            {
                "value": entry.code,
                "title": entry.title,
                "selected": "selected"
                if entry.code == self.typed["department"]
                else None,
            }
            for entry in directory.entries().values()
        ]

    def subject(self) -> dict[str, str] | None:
        """What it is about, as far as the address is right."""
        obj = look_up(self.typed["about"])
        if obj is None:
            return None
        kept = subject_of(obj)
        teller = Teller(self.request)
        said = {"type": kept.type, "title": kept.title}
        return {
            "title": teller.title(said),
            "type": teller.type_title(said),
            "url": obj.absolute_url(),
        }

    def earliest(self) -> str:
        """The first day that is possible."""
        return today().isoformat()

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


class EditNotice(_Notice, IssuePage):
    """``<notice>/edit``: change it as long as the reply is awaited."""

    title = _("Change the supervision notice")

    @property
    def notice(self) -> Any:
        """The notice itself."""
        return self.context

    def beginning(self) -> dict[str, str]:
        """What it holds now."""
        notice = self.context
        return {
            "title": notice.title or "",
            "about": notice.about or "",
            "department": notice.department or "",
            "question": notice.question or "",
            "due": notice.due.isoformat() if notice.due else "",
            "inform": "\n".join(notice.inform or ()),
        }

    def kept(self) -> list[Any]:
        """Files without a tick at “take away”."""
        gone = self.request.form.get("remove", [])
        gone = gone if isinstance(gone, list) else [gone]
        files = self.context.attachments or ()
        return [f for n, f in enumerate(files, 1) if str(n) not in gone]

    def place(self) -> Any:
        """The notice."""
        return self.context

    def values(self) -> dict[str, Any]:
        """What was typed; what it is about stays."""
        return {**super().values(), "about": self.context.about}

    def write(self, values: dict[str, Any]) -> Any:
        """Change it."""
        for name, value in values.items():
            if getattr(self.context, name, None) != value:
                setattr(self.context, name, value)
        notify(ObjectModifiedEvent(self.context))
        return self.context

    def action(self) -> str:
        """Address to which the form goes."""
        return f"{self.context.absolute_url()}/edit"

    def earliest(self) -> str:
        """The day that it has now may stay."""
        return min(today(), self.context.due).isoformat()


class ToIssuePage(BrowserView):
    """The platform's own add form leads to ours."""

    def __init__(self, context: Any, request: Any, info: Any):
        super().__init__(context, request)

    def __call__(self) -> str:
        """Go there."""
        url = api.portal.get().absolute_url()
        about = self.request.form.get("about", "")
        query = f"?{urlencode({'about': about})}" if about else ""
        self.request.response.redirect(f"{url}/@@issue-notice{query}")
        return ""
