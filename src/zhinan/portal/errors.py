"""Pages for what is not there or not allowed, in words that say what to do."""

from Products.CMFPlone.browser.exceptions import ExceptionView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zhinan import _
from zhinan.pages.layout import PublicPage
from zhinan.portal.gone import gone_page
from zhinan.portal.gone import is_gone


class ErrorPage(PublicPage):
    """The lean layout around an error; the exception is not shown."""

    template = ViewPageTemplateFile("templates/error.pt")
    title = _("This page was not found")


class NotFoundView(ExceptionView):
    """404: redirects of moved content first, then our page.

    Below what was published in error nothing is merely not found.
    """

    def __call__(self) -> str:
        """The page around the error."""
        return gone_page(self.request) if is_gone(self.request) else super().__call__()

    def index(self, error_type: str, error_tb: str) -> str:
        """The page around the error."""
        return ErrorPage(self.context, self.request)()
