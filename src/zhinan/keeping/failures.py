"""What people read when nothing can be saved: 503, and what to do."""

from plone.rest.interfaces import IAPIRequest
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.jobs.disk import disk_failure
from zhinan.jobs.disk import FULL
from zhinan.jobs.disk import READ_ONLY
from zhinan.pages.layout import PublicPage
from zope.component import getSiteManager
from zope.component.hooks import getSite
from zope.i18n import translate
from zope.interface import implementedBy
from zope.interface import Interface
from zope.interface import providedBy

import html
import json


RETRY_SECONDS = "120"
_NOT_SAVED = _(
    "disk_not_saved",
    default="What you sent was not saved, and nothing of it was written. What was "
    "saved before is whole, and reading goes on.",
)
_FULL = _("The server's disk is full.")
_READ_ONLY = _("The server's disk can only be read at the moment.")
_NO_KEY = _("The key of the trail is not at hand: without a trace nothing is changed.")
_TITLE = _("This cannot be saved now")
#: Of each kind of failure its name in the interface, and what people read.
_KINDS = {
    FULL: ("DiskFull", _FULL),
    READ_ONLY: ("ReadOnly", _READ_ONLY),
    "key": ("NoTrailKey", _NO_KEY),
}


class FailurePage(PublicPage):
    """The lean layout around the sentences."""

    template = ViewPageTemplateFile("templates/failure.pt")
    title = _TITLE
    reason = _FULL

    def sentences(self) -> str:
        """What is the matter, and what became of what was sent."""
        blank = "" if self.language.startswith("zh") else " "
        return blank.join((self.t(self.reason), self.t(_NOT_SAVED)))

    def contact(self) -> str:
        """Whom to call, as the site's keeper wrote it."""
        parts = [self.wording(name) for name in ("keeper", "contact")]
        return " ".join(part for part in parts if part)


class DiskFailure(BrowserView):
    """The view of an error that may be one of the disk."""

    def __call__(self) -> Any:
        """Our answer, or what anybody else would answer to another error."""
        kind = disk_failure(self.context)
        if not kind:
            return self.other()
        logger.error("Nothing can be saved: %s", self.context)
        return self.answer(kind)

    def answer(self, kind: str) -> Any:
        """503, for a person or for a program."""
        response = self.request.response
        # Locked: what comes behind would set the status by the kind of error.
        response.setStatus(503, lock=1)
        response.setHeader("Retry-After", RETRY_SECONDS)
        response.setHeader("Cache-Control", "no-store")
        if self.wants_json():
            return self.as_json(kind)
        return self.as_page(_KINDS[kind][1])

    def other(self) -> Any:
        """The view of any error."""
        wanted = (implementedBy(Exception), providedBy(self.request))
        factory = getSiteManager().adapters.lookup(wanted, Interface, "index.html")
        if factory is None:
            raise self.context
        view = factory(self.context, self.request)
        view.__parent__ = self.__parent__
        return view()

    def wants_json(self) -> bool:
        """Whether no person asked."""
        if IAPIRequest.providedBy(self.request):
            return True
        accepted = self.request.getHeader("Accept", "") or ""
        return "json" in accepted and "text/html" not in accepted

    def words(self, message: Any) -> str:
        """A sentence; in Chinese where nobody has said otherwise."""
        language = self.request.get("LANGUAGE") or "zh-cn"
        if language.lower().startswith("zh"):
            language = "zh_CN"
        return str(translate(message, target_language=language))

    def as_json(self, kind: str) -> str:
        """As every error of the interface."""
        name, reason = _KINDS[kind]
        sentence = self.words(reason) + self.words(_NOT_SAVED)
        error = {"type": name, "message": sentence}
        text = json.dumps({**error, "error": error}, ensure_ascii=False)
        response = self.request.response
        response.setHeader("Content-Type", "application/json; charset=utf-8")
        response.setBody(text, lock=1)
        # Nobody is asked to log in.
        response._has_challenged = True
        return text

    def as_page(self, reason: Any) -> str:
        """In the site's layout, or plain where that, too, needs the disk."""
        try:
            page = FailurePage(getSite() or self.__parent__, self.request)
            page.reason = reason
            return page()
        except Exception:
            logger.exception("The page of the disk's failure could not be made")
        self.request.response.setHeader("Content-Type", "text/html; charset=utf-8")
        lines = [self.words(text) for text in (_TITLE, reason, _NOT_SAVED)]
        body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        return f'<!DOCTYPE html><meta charset="utf-8"><title>503</title>{body}'


class KeyFailure(DiskFailure):
    """The trail cannot be written without its key; where that lies, the log tells."""

    def __call__(self) -> Any:
        """Our answer."""
        logger.error("Nothing can be saved: %s", self.context)
        return self.answer("key")
