"""The desk: every page of the staff that a person may use, with what it is for."""

from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zExceptions import Unauthorized
from zhinan import _
from zhinan.pages.layout import PublicPage
from zhinan.pages.staff import waiting
from zhinan.pages.workplaces import workplaces


class DeskPage(PublicPage):
    """``@@desk``."""

    template = ViewPageTemplateFile("templates/desk.pt")
    title = _("Desk")

    def message(self) -> str:
        """What became of the page from which the person comes."""
        if self.request.form.get("done") != "owner":
            return ""
        return self.t(_("The department in charge was changed."))

    def update(self) -> None:
        """Ask what the person may use.

        :raises Unauthorized: if nobody is logged in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to work here.")))
        self.entries = [
            {
                "url": f"{self.portal_url}/@@{place.view}",
                "title": self.t(place.title),
                "help": self.t(place.help),
                "waiting": waiting(place.view),
            }
            for place in workplaces()
        ]
