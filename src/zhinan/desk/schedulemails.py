"""A scheduled publication failed: the people whom it concerns are told at once."""

from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.owned import owners
from zhinan.desk import mails
from zhinan.feedback import mail
from zhinan.publishing import editions
from zhinan.publishing.interfaces import IScheduleFailed
from zhinan.publishing.schedule import PUBLISH
from zhinan.trail.acts import record
from zope.component import adapter
from zope.i18nmessageid import Message


#: Who publishes for the department.
TOLD = ("publisher", "head")

_SUBJECTS = {
    True: _(
        "mail_schedule_failed", default="Not published at its time: ${title} (${due})"
    ),
    False: _(
        "mail_expire_failed", default="Not withdrawn at its time: ${title} (${due})"
    ),
}
_BODY = _(
    "mail_schedule_body",
    default="${department}:\n\n${subject}.\n\nReason: ${reason}\n\n"
    "Mend it and publish or schedule it anew at:\n${url}\n",
)


@adapter(IScheduleFailed)
def failed(event: Any) -> None:
    """Mail to who scheduled it and to the department's publishers and heads."""
    obj = event.object
    site = editions.site_of(obj)
    department = owners(obj)[0]
    people = mails.people_of(department, TOLD)
    people[event.by] = mails.email_of(event.by)
    to = sorted({address for address in people.values() if address})
    if not to or not mail.ready():
        return
    entry = directory.get(department)
    due = event.due.astimezone(CITY_TIME)
    values = {
        "title": obj.title or "",
        "due": f"{due:%Y-%m-%d %H:%M}",
        "department": entry.title if entry else department,
        "reason": event.reason,
        "url": mails.address_of(site, obj),
    }
    subject = mails.say(Message(_SUBJECTS[event.step == PUBLISH], mapping=values))
    body = mails.say(Message(_BODY, mapping={**values, "subject": subject}))
    mail.send(to, subject, body)
    record(obj, "schedule.told", who="system")
