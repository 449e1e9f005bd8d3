"""Mails about notices: a convenience; the list shows everything all the same.

They name number, department and day, and lead to the notice; the question itself stays
behind the login.
"""

from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import today
from zhinan.feedback import mail
from zhinan.rules import notices as rules
from zhinan.rules.permissions import group_id
from zhinan.supervision.notices.content import may_read
from zope.i18n import translate
from zope.i18nmessageid import Message

import datetime


#: Who acts for the department that has to reply.
REPLIERS = ("handler", "head")
LANGUAGE = "zh_CN"

_SUBJECTS = {
    "issued": _("mail_notice_issued", default="${number}: reply by ${due}"),
    "reopened": _("mail_notice_reopened", default="${number}: more is asked"),
    "replied": _("mail_notice_replied", default="${number}: replied"),
    "ahead": _("mail_notice_ahead", default="${number}: due on ${due}"),
    "overdue": _("mail_notice_overdue", default="${number}: overdue for ${days} days"),
}
_BODY = _(
    "mail_notice_body",
    default="${department}:\n\n${subject}.\n\nRead it and reply at:\n${url}\n",
)


def replying(notice: Any) -> list[str]:
    """Addresses of those who reply for the department, and of persons to inform."""
    found = set()
    for function in REPLIERS:
        group = group_id(notice.department or "", function)
        if api.group.get(group) is None:
            continue
        for user in api.user.get_users(groupname=group):
            found.add(_address(user))
    for name in notice.inform or ():
        user = api.user.get(userid=name) or api.user.get(username=name)
        # Who has left the departments since is told no more.
        if user and may_read(user, notice.department, notice.about_department):
            found.add(_address(user))
    return sorted(filter(None, found))


def _address(user: Any) -> str:
    return mail.one_line(str(user.getProperty("email") or ""))


def _send(notice: Any, to: list[str], kind: str) -> bool:
    """Send with the commit; whether there was somebody to send it to."""
    if not to or not mail.ready():
        return False
    entry = directory.get(notice.department)
    values = {
        "number": notice.number or "",
        "due": _day(notice.due),
        "days": str(rules.overdue(notice.due, today())),
        "department": entry.title if entry else notice.department or "",
        "url": notice.absolute_url(),
    }
    subject = _t(Message(_SUBJECTS[kind], mapping=values))
    body = _t(Message(_BODY, mapping={**values, "subject": subject}))
    mail.send(to, subject, body)
    return True


def _day(day: datetime.date) -> str:
    return _t(
        _(
            "date_in_full",
            default="${year}-${month}-${day}",
            mapping={
                "year": str(day.year),
                "month": str(day.month),
                "day": str(day.day),
            },
        )
    )


def _t(message: Message) -> str:
    return str(translate(message, target_language=LANGUAGE))


def issued(notice: Any) -> bool:
    """To the department: there is a notice for you."""
    return _send(notice, replying(notice), "issued")


def reopened(notice: Any, why: str) -> bool:
    """To the department: it is not done yet."""
    return _send(notice, replying(notice), "reopened")


def replied(notice: Any) -> bool:
    """To who issued it."""
    user = api.user.get(userid=notice.Creator()) or api.user.get(
        username=notice.Creator()
    )
    return _send(notice, [_address(user)] if user and _address(user) else [], "replied")


def reminder(notice: Any, occasion: str) -> bool:
    """To the department: it is due, or overdue."""
    kind = "overdue" if occasion.startswith("overdue") else "ahead"
    return _send(notice, replying(notice), kind)
