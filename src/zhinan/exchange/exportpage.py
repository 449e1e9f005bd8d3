"""The page on which staff have an export made."""

from .exporting import checked
from .exporting import FORMATS
from .exporting import JOB
from .exporting import state_titles
from plone import api
from plone.protect import CheckAuthenticator
from plone.protect.authenticator import createToken
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.jobs import store
from zhinan.jobs.interfaces import NotStarted
from zhinan.pages.layout import PublicPage
from zope.i18nmessageid import Message


def start(params: dict[str, Any]) -> Any:
    """The job of an export; pressing the button twice makes one.

    :raises ValueError: whose first argument says what is wrong with the choice.
    :raises zhinan.jobs.interfaces.NotStarted: if the person may not.
    """
    wanted = checked(params)
    key = repr((api.user.get_current().getId(), sorted(wanted.items())))
    return store.start(JOB, wanted, key=key)


class ExportPage(PublicPage):
    """``<site>/@@export``: what, in which format; then the job."""

    template = ViewPageTemplateFile("templates/export.pt")
    title = _("Export")

    def update(self) -> None:
        """Start the job when the button was pressed."""
        self.error: Message | str = ""
        form = self.request.form
        self.chosen = {
            "format": str(form.get("format", "xlsx")),
            "departments": _several(form.get("departments")),
            "states": _several(form.get("states")),
            "registers": bool(form.get("registers")),
        }
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        try:
            job = start(self.chosen)
        except (ValueError, NotStarted) as error:
            self.error = error.args[0]
            return
        address = f"{self.portal_url}/@@job?id={job.id}"
        self.request.response.redirect(address, status=303)

    def token(self) -> str:
        """The value that proves that the form is ours."""
        return createToken()

    def action(self) -> str:
        """Address to which the form goes."""
        return f"{self.portal_url}/@@export"

    def template_url(self) -> str:
        """Address of the empty workbook."""
        return f"{self.portal_url}/@@import-template"

    def failure(self) -> str:
        """What is wrong with the choice."""
        return self.t(self.error)

    def formats(self) -> list[dict[str, Any]]:
        """The formats with what each is good for."""
        return [
            {
                "value": row.name,
                "title": self.t(row.title),
                "help": self.t(row.help),
                "checked": row.name == self.chosen["format"],
            }
            for row in FORMATS.values()
        ]

    def departments(self) -> list[dict[str, Any]]:
        """The departments of the site."""
        return [
            {
                "value": entry.code,
                "title": entry.short_name,
                "checked": entry.code in self.chosen["departments"],
            }
            for entry in directory.visible().values()
        ]

    def states(self) -> list[dict[str, Any]]:
        """The states of matters."""
        return [
            {
                "value": state,
                "title": self.t(title),
                "checked": state in self.chosen["states"],
            }
            for state, title in state_titles().items()
        ]


def _several(value: Any) -> list[str]:
    """Values of boxes, however many were ticked."""
    if value is None or value == "":
        return []
    return [str(item) for item in (value if isinstance(value, list) else [value])]
