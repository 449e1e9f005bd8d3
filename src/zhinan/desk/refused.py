"""The page for people who are signed in and asked for what is not theirs."""

from plone import api
from Products.CMFPlone.browser.login.login import RequireLoginView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import quote
from urllib.parse import urlsplit
from zhinan import _
from zhinan.departments import functions
from zhinan.departments import why
from zhinan.departments.content import IDepartmental
from zhinan.forms.validation import IChecked
from zhinan.pages.layout import PublicPage


class RequireLogin(RequireLoginView):
    """Remembers from where somebody was sent away, which the stock view forgets."""

    def __call__(self) -> None:
        """To the login, or to the page that says why."""
        came_from = self.request.get("came_from")
        if api.user.is_anonymous() or not isinstance(came_from, str):
            super().__call__()
            return
        site = api.portal.get().absolute_url()
        self.request.response.redirect(
            f"{site}/insufficient-privileges?came_from={quote(came_from)}"
        )


class RefusedPage(PublicPage):
    """``insufficient-privileges``: what one can do, and nothing of what is there."""

    template = ViewPageTemplateFile("templates/refused.pt")
    title = _("This page is not for your account")

    def update(self) -> None:
        """The answer is a refusal also for programs."""
        self.request.response.setStatus(403)

    def why_url(self) -> str:
        """Address of the page that says why; empty where there is nothing to say."""
        if self.anonymous or not functions.is_staff():
            return ""
        obj = self._asked()
        return f"{obj.absolute_url()}/@@rights" if obj is not None else ""

    def _asked(self) -> Any:
        """The content whose page was asked for, or None."""
        came_from = self.request.form.get("came_from", "")
        site = api.portal.get()
        root = urlsplit(site.absolute_url()).path
        path = urlsplit(came_from).path if isinstance(came_from, str) else ""
        if not path.startswith(f"{root}/"):
            return None
        obj, found = site, None
        for name in path[len(root) :].strip("/").split("/"):
            if name not in getattr(obj, "objectIds", tuple)():
                break
            obj = obj._getOb(name)
            found = obj if _ours(obj) else found
        return found


def _ours(obj: Any) -> bool:
    known = IChecked.providedBy(obj) or IDepartmental.providedBy(obj)
    return known and why.place_of(obj) is not None
