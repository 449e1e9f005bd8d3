"""My desk: what waits for the person who is logged in, first thing after signing in."""

from plone import api
from plone.base.interfaces import IRedirectAfterLogin
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlsplit
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import functions
from zhinan.desk.work import Rows
from zhinan.interfaces import IZhinanLayer
from zhinan.pages.layout import PublicPage
from zhinan.pages.staff import waiting
from zhinan.pages.work import worklists
from zhinan.pages.workplaces import workplaces
from zope.component import adapter
from zope.interface import implementer
from zope.interface import Interface


#: Lines of a list that the desk itself shows.
FIRST = 5
_DONE = {
    "owner": _("The department in charge was changed."),
    "step": _("The step is done. What it was about is not for your account now."),
}


class DeskPage(Rows, PublicPage):
    """``@@desk``."""

    template = ViewPageTemplateFile("templates/desk.pt")
    title = _("My desk")

    def message(self) -> str:
        """What became of the page from which the person comes."""
        done = self.request.form.get("done")
        return self.t(_DONE[done]) if isinstance(done, str) and done in _DONE else ""

    def update(self) -> None:
        """Ask what waits, and what the person may use.

        :raises Unauthorized: if nobody is logged in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to work here.")))
        self.sections: list[dict[str, Any]] = []
        self.empty: list[dict[str, str]] = []
        self.covered: dict[str, int] = {}
        for work in worklists():
            lines = work.lines(self.worker)
            if lines is None:
                continue
            self.covered[work.covers] = len(lines)
            known = {
                "id": work.id,
                "title": self.t(work.title),
                "url": f"{self.portal_url}/@@work?list={work.id}",
            }
            if not lines:
                self.empty.append(known)
                continue
            rows = [self.row(line) for line in lines[:FIRST]]
            more = {"since": self.t(work.since), "number": len(lines), "rows": rows}
            self.sections.append({**known, **more})
        self.entries = [
            {
                "view": place.view,
                "url": f"{self.portal_url}/@@{place.view}",
                "title": self.t(place.title),
                "help": self.t(place.help),
                # What a list has counted is not counted again.
                "waiting": self.covered[place.view]
                if place.view in self.covered
                else waiting(place.view),
            }
            for place in workplaces()
        ]

    def beside(self) -> list[dict[str, Any]]:
        """The other pages on which something waits."""
        return [
            entry
            for entry in self.entries
            if entry["waiting"] and entry["view"] not in self.covered
        ]

    def is_quiet(self) -> bool:
        """Whether nothing waits for the person at all."""
        return not self.sections and not self.beside()


@implementer(IRedirectAfterLogin)
@adapter(Interface, IZhinanLayer)
class AfterLogin:
    """The staff begin at the desk, unless they were on the way to some other page."""

    def __init__(self, context: Any, request: Any):
        self.request = request

    def __call__(
        self, came_from: str | None = None, is_initial_login: bool = False
    ) -> str | None:
        """Address to go to; None for the platform's own choice."""
        site = api.portal.get().absolute_url()
        home = urlsplit(site).path.rstrip("/")
        path = urlsplit(came_from or "").path.rstrip("/")
        if (came_from and path != home) or not functions.is_staff():
            return came_from
        return f"{site}/@@desk"
