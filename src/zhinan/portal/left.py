"""The band over a guide that left the site, and the way to what takes its place."""

from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import functions
from zhinan.departments.citytime import CITY_TIME
from zhinan.guides import leaving
from zhinan.guides.reading import guide_around
from zope.i18nmessageid import Message


SENTENCES = {
    leaving.WITHDRAWN: _(
        "left_withdrawn",
        default="This guide was withdrawn on ${day}. It is kept to be read; do not act "
        "on it any more.",
    ),
    leaving.CONSOLIDATED: _(
        "left_consolidated",
        default="This guide was consolidated on ${day}. It is kept to be read; do not "
        "act on it any more.",
    ),
    leaving.RETRACTED: _(
        "left_retracted",
        default="This guide was retracted on ${day} because it was published in error. "
        "The public is told that it is gone.",
    ),
}


class Left:
    """Mixin for the pages of a guide and of its parts."""

    left_template = ViewPageTemplateFile("templates/left.pt")

    @cached_property
    def what_left(self) -> leaving.Left | None:
        """What became of the guide."""
        return leaving.left_of(guide_around(self.context))

    @property
    def noindex(self) -> bool:
        """Search engines shall not lead to what is not offered any more."""
        return self.what_left is not None

    def left(self) -> dict[str, Any] | None:
        """Sentence, reason and successor, or None."""
        found = self.what_left
        if found is None:
            return None
        day = found.moment.astimezone(CITY_TIME).date() if found.moment else None
        sentence = SENTENCES[found.state]
        return {
            "sentence": self.t(Message(sentence, mapping={"day": self.date(day)})),
            "reason": found.reason,
            "successor": None
            if found.successor is None
            else {
                "url": found.successor.absolute_url(),
                "title": found.successor.title,
            },
        }

    def update(self) -> None:
        """The public is led from a consolidated guide to the one that took it in."""
        super().update()
        found = self.what_left
        if (
            found is not None
            and found.state == leaving.CONSOLIDATED
            and found.successor is not None
            and not functions.is_staff()
        ):
            url = found.successor.absolute_url()
            self.request.response.redirect(url, status=301)
            # A browser keeps such a way for good; it ends when the guide is reopened.
            self.request.response.setHeader("Cache-Control", "no-cache")
