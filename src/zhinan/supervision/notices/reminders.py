"""Reminders of notices by mail: each occasion once, whatever is restarted meanwhile."""

from plone import api
from typing import Any
from zhinan.departments.citytime import CITY_TIME
from zhinan.feedback import mail
from zhinan.jobs.interfaces import IScheduled
from zhinan.rules import notices as rules
from zhinan.supervision import known
from zhinan.supervision.notices import mails
from zhinan.supervision.notices.content import ISSUED
from zhinan.supervision.notices.content import PORTAL_TYPE
from zhinan.trail import moments
from zhinan.trail.acts import record
from zope.interface import implementer

import datetime


#: From this hour on: nobody is reminded at night.
MORNING = 8


def now() -> datetime.datetime:
    """The moment in the city."""
    return datetime.datetime.now(CITY_TIME)


@implementer(IScheduled)
class Reminders:
    """Every ten minutes; what was sent is kept, and kept before it is sent."""

    every = 600

    def run(self, site: Any) -> bool:
        """Send what is due; whether anything was."""
        moment = now()
        if moment.hour < MORNING or not mail.ready():
            # Without a mail server nothing counts as sent: the page says so.
            return False
        catalog = api.portal.get_tool("portal_catalog")
        sent = False
        for brain in catalog.unrestrictedSearchResults(
            portal_type=PORTAL_TYPE, review_state=ISSUED
        ):
            row = brain.row or {}
            if not row.get("due"):
                continue
            occasion = rules.occasion(
                datetime.date.fromisoformat(row["issued"]),
                datetime.date.fromisoformat(row["due"]),
                moment.date(),
            )
            if occasion and occasion not in known.of(site).reminded.get(brain.UID, {}):
                sent = self._remind(site, brain, occasion) or sent
        return sent

    def _remind(self, site: Any, brain: Any, occasion: str) -> bool:
        notice = brain._unrestrictedGetObject()
        if not mails.reminder(notice, occasion):
            return False
        reminded = known.prepare(site).reminded
        reminded[brain.UID] = {
            **reminded.get(brain.UID, {}),
            occasion: moments.now(),
        }
        record(notice, "notice.reminded", who="system")
        return True


REMINDERS = Reminders()


def occasions(notice: Any) -> dict[str, str]:
    """What was sent about a notice: occasion to moment."""
    return dict(known.of().reminded.get(notice.UID(), {}))
