"""``@@health`` for keepers, ``@@ok`` for whoever watches, ``@health`` for programs."""

from .health import BAD
from .health import Fact
from .health import facts
from .health import FINE
from .health import is_well
from .health import LOOK
from plone import api
from plone.restapi.services import Service
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.pages.formats import Formats
from zhinan.pages.layout import PublicPage


STATES = {
    FINE: _("health_fine", default="In order"),
    LOOK: _("health_look", default="Worth a look"),
    BAD: _("health_bad", default="Needs you now"),
}
_ORDER = (BAD, LOOK, FINE)


def overall(found: list[Fact]) -> str:
    """The worst state of all."""
    return next(state for state in _ORDER if state in {*(f.state for f in found), FINE})


class HealthPage(PublicPage):
    """How the site is."""

    template = ViewPageTemplateFile("templates/health.pt")
    title = _("Health of the site")

    def update(self) -> None:
        """Look, at this moment."""
        found = facts(api.portal.get())
        self.state = overall(found)
        self.summary = self.t(STATES[self.state])
        self.entries = [
            {
                "name": fact.name,
                "title": self.t(fact.title),
                "state": fact.state,
                "state_title": self.t(STATES[fact.state]),
                "text": self.t(fact.text),
                "advice": self.t(fact.advice) if fact.advice else "",
            }
            for fact in sorted(found, key=lambda fact: _ORDER.index(fact.state))
        ]


class Ok(BrowserView):
    """Two words and a status, and nothing that helps a stranger."""

    def __call__(self) -> str:
        """200 while the site can serve and save, 503 else."""
        try:
            well = is_well(api.portal.get())
        except Exception:
            logger.exception("The site does not know whether it is well")
            well = False
        response = self.request.response
        response.setStatus(200 if well else 503)
        response.setHeader("Content-Type", "text/plain; charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        return "ok\n" if well else "not ok\n"


class HealthGet(Formats, Service):
    """``GET @health``."""

    def reply(self) -> dict[str, Any]:
        """All facts, for programs and for people."""
        found = facts(api.portal.get())
        state = overall(found)
        return {
            "@id": f"{self.context.absolute_url()}/@health",
            "state": state,
            "state_title": self.t(STATES[state]),
            "serves_and_saves": is_well(api.portal.get()),
            "items": [
                {
                    "name": fact.name,
                    "title": self.t(fact.title),
                    "state": fact.state,
                    "state_title": self.t(STATES[fact.state]),
                    "text": self.t(fact.text),
                    "advice": self.t(fact.advice) if fact.advice else "",
                    "data": fact.data,
                }
                for fact in found
            ],
        }
