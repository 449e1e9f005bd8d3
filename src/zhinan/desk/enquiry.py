"""Enquiries for the staff: the list of what a person may see, and the answer."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.CMFCore.WorkflowCore import WorkflowException
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.feedback import mail
from zhinan.feedback import workflow
from zhinan.feedback.access import PERMISSION
from zhinan.feedback.content import LONGEST
from zhinan.feedback.content import PORTAL_TYPE
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zope.i18nmessageid import Message

import datetime


LIST = "enquiries"
STATES = {
    workflow.RECEIVED: _("To be answered"),
    workflow.ANSWERED: _("Answered"),
    workflow.CLOSED: _("Closed"),
}
#: What the pages say after a step; the list says it when the enquiry is out of sight.
DONE = {
    workflow.ANSWER: _("The answer is kept."),
    workflow.FORWARD: _("The enquiry was forwarded."),
    workflow.CLOSE: _("The enquiry is closed; name and contact were taken off."),
}
_STEPS = {
    None: _("Received"),
    workflow.ANSWER: _("Answered"),
    workflow.FORWARD: _("Forwarded"),
    workflow.CLOSE: _("Closed"),
}


def in_city(moment: Any) -> datetime.datetime:
    """A DateTime in the city.

    By its seconds: where the server's zone is that of the city, called CST, the
    platform takes it for another one (US/Central), and asdatetime is wrong by hours.
    """
    return datetime.datetime.fromtimestamp(moment.timeTime(), CITY_TIME)


def day_of(moment: Any) -> datetime.date:
    """The day of a DateTime in the city."""
    return in_city(moment).date()


def done(request: Any) -> Message | str:
    """What a page says about the step before, if it was one of ours."""
    return DONE.get(str(request.form.get("done", "")), "")


class EnquiriesPage(ListPage):
    """The enquiries that the person may see, the newest first."""

    template = ViewPageTemplateFile("templates/enquiries.pt")
    title = _("Enquiries")

    def update(self) -> None:
        """Ask the catalogue, which shows to each what is theirs.

        :raises Unauthorized: if nobody is logged in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to read enquiries.")))
        state = self.params()["state"]
        query = {"review_state": state} if state else {}
        brains = self.catalog(
            portal_type=PORTAL_TYPE,
            sort_on="created",
            sort_order="descending",
            **query,
        )
        self.total = len(brains)
        day = today()
        self.entries = [
            self._entry(brain, day)
            for brain in brains[self.start : self.start + PAGE_SIZE]
        ]

    def params(self) -> dict[str, Any]:
        """The state to which the list is narrowed."""
        return {"state": self.choice("state", STATES)}

    def page_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@{LIST}"

    def states(self) -> list[dict[str, Any]]:
        """The ways to narrow the list."""
        current = self.params()["state"]
        rows = {"": _("All"), **STATES}
        return [
            {
                "url": self.link(state=state, start=0),
                "title": self.t(title),
                "current": "true" if state == current else None,
            }
            for state, title in rows.items()
        ]

    def message(self) -> str:
        """What became of the enquiry from which the person comes."""
        return self.t(done(self.request))

    def _entry(self, brain: Any, today: datetime.date) -> dict[str, Any]:
        owner = directory.get(brain.department)
        received = day_of(brain.created)
        return {
            "url": brain.getURL(),
            "title": brain.Title,
            "department": owner.short_name if owner else brain.department,
            "state": self.t(STATES.get(brain.review_state, "")),
            "state_id": brain.review_state,
            "received": self.date(received),
            "age": self._age((today - received).days),
        }

    def _age(self, days: int) -> str:
        if days < 1:
            return self.t(_("today"))
        return self.t(
            _("age_in_days", default="${days} days", mapping={"days": str(days)})
        )


class EnquiryPage(PublicPage):
    """One enquiry: what was asked, by whom, and what the department says."""

    template = ViewPageTemplateFile("templates/enquiry.pt")
    longest = LONGEST

    def update(self) -> None:
        """Take a step when a button was pressed."""
        self.error: Message | str = ""
        self.draft = self.context.answer or ""
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        self.draft = self._typed("answer").replace("\r\n", "\n")
        step = self._typed("step")
        try:
            if step == workflow.ANSWER:
                workflow.answer(self.context, self.draft)
            elif step == workflow.FORWARD:
                target = self._typed("department")
                workflow.forward(self.context, target, self._typed("note")[:LONGEST])
            elif step == workflow.CLOSE:
                workflow.close(self.context)
        except WorkflowException as error:
            self.error = error.args[0] if error.args else ""
            return
        # Once forwarded, it is for others to read.
        gone = step == workflow.FORWARD
        page = f"{self.portal_url}/@@{LIST}" if gone else self.context.absolute_url()
        self.request.response.redirect(f"{page}?done={step}", status=303)

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def title(self) -> str:
        """The enquiry in short."""
        return self.context.title

    @cached_property
    def list_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@{LIST}"

    @cached_property
    def state(self) -> str:
        """State of the enquiry."""
        return api.content.get_state(self.context)

    def state_title(self) -> str:
        """State in words."""
        return self.t(STATES.get(self.state, ""))

    @cached_property
    def may_answer(self) -> bool:
        """Whether this person may take a step now."""
        return api.user.has_permission(PERMISSION, obj=self.context)

    @cached_property
    def by_mail(self) -> bool:
        """Whether the answer reaches who asked without a call."""
        return bool(self.context.sender_email) and mail.ready()

    def may_forward(self) -> bool:
        """Whether it still waits for its answer."""
        return self.may_answer and self.state == workflow.RECEIVED

    def department(self) -> str:
        """Name of the department for which it is."""
        entry = directory.get(self.context.department)
        return entry.title if entry else self.context.department

    def others(self) -> list[directory.Entry]:
        """The departments to which it can go."""
        own = self.context.department
        return [e for e in directory.visible().values() if e.code != own]

    def contact(self) -> list[dict[str, str]]:
        """Who asked and how to reach them, as far as that is kept."""
        enquiry = self.context
        phone, email = enquiry.sender_phone, enquiry.sender_email
        rows = (
            (_("Asked by"), enquiry.sender_name, ""),
            (_("Telephone"), phone, f"tel:{phone}"),
            (_("E-mail"), email, f"mailto:{email}"),
            (_("Matter"), enquiry.matter, ""),
        )
        return [
            {"title": self.t(title), "value": value, "url": url}
            for title, value, url in rows
            if value
        ]

    def message(self) -> str:
        """What became of the step before."""
        message = done(self.request)
        if message == DONE[workflow.ANSWER] and self.by_mail:
            message = _("The answer is kept and goes out by mail.")
        return self.t(message)

    def failure(self) -> str:
        """Why a step could not be taken."""
        return self.t(self.error)

    def history(self) -> list[dict[str, str]]:
        """Who did what and when, the newest first; answers as they were given."""
        tool = api.portal.get_tool("portal_workflow")
        entries = tool.getInfoFor(self.context, "review_history", ())
        return [self._step(entry) for entry in reversed(entries)]

    def _step(self, entry: dict[str, Any]) -> dict[str, str]:
        moment = in_city(entry["time"])
        actor = api.user.get(username=entry["actor"]) if entry["actor"] else None
        name = actor.getProperty("fullname") if actor else ""
        return {
            "step": self.t(_STEPS.get(entry["action"] or None, "")),
            "who": name or entry["actor"] or "",
            "day": self.date(moment.date()),
            "time": f"{moment:%H:%M}",
            "text": entry["comments"] or "",
        }

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
