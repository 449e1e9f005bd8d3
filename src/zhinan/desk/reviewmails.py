"""Reminders of reviews by mail: once when due soon, once a week when overdue.

Each person gets one mail with everything that is new on that day. What was sent is kept
and kept before it is sent, so that a restart sends nothing twice.
"""

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.desk import mails
from zhinan.feedback import mail
from zhinan.jobs.interfaces import IScheduled
from zhinan.publishing import reviews
from zhinan.publishing.settings import setting
from zhinan.rules import reviews as rules
from zope.annotation.interfaces import IAnnotations
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime


KEY = "zhinan.desk.reviewmails"
#: From this hour on: nobody is reminded at night.
MORNING = 8
#: Who reviews for the department.
TOLD = ("editor", "reviewer", "head")
#: Guides that one mail names; it tells how many there are.
MOST = 100

_SUBJECT = _(
    "mail_reviews",
    default="Guides to review: ${overdue} overdue, ${soon} due soon",
)
_OVERDUE = _(
    "mail_review_overdue", default="${title}: due on ${due}, overdue for ${days} days"
)
_SOON = _("mail_review_soon", default="${title}: due on ${due}")
_MORE = _("mail_review_more", default="and ${number} more")
_BODY = _(
    "mail_reviews_body",
    default="${subject}.\n\n${lines}\n\n"
    "They stay online. Confirm that they are unchanged, correct them or postpone the "
    "review with a reason at:\n${url}\n",
)


class Sent(Persistent):
    """What was sent, by UID: the last occasion."""

    def __init__(self) -> None:
        self.occasions = OOBTree()


def now() -> datetime.datetime:
    """The moment in the city."""
    return datetime.datetime.now(CITY_TIME)


def _sent(site: Any) -> Sent:
    notes = IAnnotations(site)
    if KEY not in notes:
        notes[KEY] = Sent()
    return notes[KEY]


@implementer(IScheduled)
class ReviewMails:
    """Every ten minutes; after a mail was sent there is nothing to do for the day."""

    every = 600

    def run(self, site: Any) -> bool:
        """Send what is due; whether anything was."""
        moment = now()
        if moment.hour < MORNING or not mail.ready():
            # Without a mail server nothing counts as sent: the list shows it.
            return False
        kept = IAnnotations(site).get(KEY)
        known = kept.occasions if kept is not None else {}
        lists: dict[str, dict[str, tuple[Any, Any]]] = {}
        people: dict[str, dict[str, str]] = {}
        sent: dict[str, str] = {}
        for review, guide, department in reviews.due_guides(site):
            occasion = rules.occasion(review.due, moment.date(), setting("remind_days"))
            if not occasion or known.get(review.uid) == occasion:
                continue
            if department not in people:
                people[department] = mails.people_of(department, TOLD)
            if not people[department]:
                # Nobody has an address: the list shows it, and it does not count.
                continue
            sent[review.uid] = occasion
            for address in people[department].values():
                lists.setdefault(address, {})[review.uid] = (review, guide)
        if not sent:
            return False
        _sent(site).occasions.update(sent)
        for address, rows in sorted(lists.items()):
            self._send(site, address, list(rows.values()))
        return True

    def _send(self, site: Any, address: str, rows: list[tuple[Any, Any]]) -> None:
        overdue = sum(review.standing == rules.OVERDUE for review, _guide in rows)
        values = {"overdue": str(overdue), "soon": str(len(rows) - overdue)}
        lines = []
        for review, guide in rows[:MOST]:
            words = _OVERDUE if review.standing == rules.OVERDUE else _SOON
            about = {
                "title": guide.title or "",
                "due": mails.day(review.due),
                "days": str(review.days),
            }
            lines.append(mails.say(Message(words, mapping=about)))
        if len(rows) > MOST:
            more = {"number": str(len(rows) - MOST)}
            lines.append(mails.say(Message(_MORE, mapping=more)))
        subject = mails.say(Message(_SUBJECT, mapping=values))
        body = Message(
            _BODY,
            mapping={
                "subject": subject,
                "lines": "\n".join(lines),
                "url": f"{mails.address_of_site(site)}/@@reviews",
            },
        )
        mail.send([address], subject, mails.say(body))


REVIEW_MAILS = ReviewMails()
