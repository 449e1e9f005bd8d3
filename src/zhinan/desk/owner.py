"""Another department in charge: first what it changes, then the change."""

from functools import cached_property
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments import ownership
from zhinan.departments.owned import owners
from zhinan.departments.rightwords import RightWords
from zhinan.pages.layout import PublicPage
from zope.i18nmessageid import Message


class ChangeOwnerPage(RightWords, PublicPage):
    """``@@change-owner``."""

    template = ViewPageTemplateFile("templates/change-owner.pt")
    longest = ownership.LONGEST

    @property
    def title(self) -> Message:
        """What is given away."""
        return _(
            "change_owner_of",
            default="Department in charge: ${title}",
            mapping={"title": self.context.title},
        )

    def update(self) -> None:
        """Show what would change; change it when that was sent."""
        self.errors: list[str] = []
        self.preview: ownership.Preview | None = None
        now = owners(self.context)
        form = self.request.form
        self.note = form.get("note") if isinstance(form.get("note"), str) else ""
        self.wanted = now
        step = form.get("step")
        if step not in {"preview", "change"}:
            return
        values = {
            "owner_department": form.get("owner_department"),
            "co_owners": form.get("co_owners"),
            "note": self.note,
        }
        try:
            self.wanted, note = ownership.wish(values)
        except ownership.Refused as refused:
            self.errors = [self.t(sentence) for _f, sentence in refused.sentences()]
            return
        self.preview = ownership.preview(self.context, self.wanted)
        if step != "change" or self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        confirmed = bool(form.get("confirm"))
        try:
            ownership.change(self.context, self.wanted, note, confirmed)
        except ownership.NotConfirmed:
            self.errors = [self.shut_out()]
            return
        # Who gave it away may have no right to see it any more.
        page = "@@desk?done=owner"
        self.request.response.redirect(f"{self.portal_url}/{page}", status=303)

    @cached_property
    def departments(self) -> list[directory.Entry]:
        """All departments, in their order."""
        return list(directory.entries().values())

    def choices(self) -> list[dict[str, Any]]:
        """The departments that can be in charge."""
        return [
            {
                "code": entry.code,
                "title": entry.title,
                "selected": "selected" if entry.code == self.wanted[0] else None,
                "checked": "checked" if entry.code in self.wanted[1] else None,
            }
            for entry in self.departments
        ]

    def wanted_title(self) -> str:
        """Who will be in charge."""
        return self.department_title(self.wanted[0])

    def shared_title(self) -> str:
        """With whom it will be shared."""
        join = self.t(_("list_separator", default=", "))
        return join.join(self.department_title(code) for code in self.wanted[1])

    def shut_out(self) -> str:
        """What the person has to confirm; empty if nothing."""
        found = self.preview.shut_out if self.preview is not None else ()
        if not found:
            return ""
        join = self.t(_("list_separator", default=", "))
        names = join.join(self.department_title(code) for code in found)
        return self.t(Message(ownership.SHUT_OUT, mapping={"departments": names}))

    def shifts(self) -> list[dict[str, Any]]:
        """Who gains and loses what."""
        join = self.t(_("list_separator", default=", "))
        return [
            {
                "department": self.department_title(shift.department),
                "function": self.function_title(shift.function),
                "gains": [self.right_title(name) for name in shift.gains],
                "loses": [self.right_title(name) for name in shift.loses],
                "people": join.join(self.person_title(p) for p in shift.people),
            }
            for shift in self.preview.shifts
        ]

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
