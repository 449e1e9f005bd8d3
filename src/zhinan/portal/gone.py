"""What was published in error is gone for the public, at every address below it."""

from plone import api
from plone.rest.errors import ErrorHandling
from plone.rest.interfaces import IAPIRequest
from plone.rest.traverse import RESTWrapper
from Products import CMFPlone
from Products.CMFPlone.browser.exceptions import ExceptionView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.guides import leaving
from zhinan.guides.content import IMatterGuide
from zhinan.pages.layout import PublicPage
from zope.i18n import translate

import json
import pathlib


GONE = _("This guide was published in error and taken back. It is no longer there.")
_STOCK = pathlib.Path(CMFPlone.__file__).parent / "browser"


class GonePage(PublicPage):
    """410: a sentence, and where to look for what is valid."""

    template = ViewPageTemplateFile("templates/gone.pt")
    title = _("This guide is gone")
    noindex = True

    def update(self) -> None:
        """It will not come back at this address as it was."""
        self.request.response.setStatus(410)

    def sentence(self) -> str:
        """What happened."""
        return self.t(GONE)


def is_gone(request: Any) -> bool:
    """Whether somebody who is not signed in asks for what was published in error."""
    if request.get_header("Authorization") or request.cookies.get("__ac"):
        # Staff: a refusal says whether the session is over, or the right is missing.
        return False
    for parent in request.get("PARENTS") or ():
        obj = parent.context if isinstance(parent, RESTWrapper) else parent
        if IMatterGuide.providedBy(obj):
            return leaving.is_gone(obj)
    return False


def gone_page(request: Any) -> Any:
    """The page; the platform does not send to the login then."""
    body = GonePage(api.portal.get(), request)()
    response = request.response
    response._has_challenged = True
    response.setStatus(410, lock=1)
    return body


class UnauthorizedView(ExceptionView):
    """A refusal as it always was, or 410 for what was published in error."""

    index = ViewPageTemplateFile("templates/error_message.pt", str(_STOCK))

    def __call__(self) -> Any:
        """Page or JSON."""
        if not is_gone(self.request):
            if IAPIRequest.providedBy(self.request):
                return ErrorHandling(self.context, self.request)()
            return super().__call__()
        if not IAPIRequest.providedBy(self.request):
            return gone_page(self.request)
        response = self.request.response
        sentence = translate(GONE, context=self.request)
        response.setHeader("Content-Type", "application/json")
        response._has_challenged = True
        response.setStatus(410, lock=1)
        body = {"type": "Gone", "message": sentence}
        response.setBody(json.dumps(body, ensure_ascii=False), lock=1)
        return None
