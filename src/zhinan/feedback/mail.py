"""Mail about enquiries: a convenience that can never cost an enquiry.

MailHost delivers while the transaction votes, so that a dead mail server undoes what a
person has sent. Here a message leaves after the commit; if it cannot, the log says so
and the enquiry stands in the list of its department all the same.
"""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from plone import api
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.departments import directory
from zhinan.feedback.access import handlers
from zhinan.feedback.content import Enquiry
from zope.globalrequest import getRequest
from zope.i18n import translate

import re
import transaction


_NAME = re.compile(r"\{(\w+)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of ``{name}``, once; what they hold is not read."""
    return _NAME.sub(lambda found: values.get(found[1], ""), text)


def one_line(text: str) -> str:
    """Without line breaks, so that it can begin no further header."""
    return " ".join(text.split())


def sender() -> str:
    """Address of the site as it stands in ``From``, or empty when it has none."""
    address = api.portal.get_registry_record("plone.email_from_address", default=None)
    name = api.portal.get_registry_record("plone.email_from_name", default=None)
    return formataddr((one_line(name or ""), one_line(address))) if address else ""


def ready() -> bool:
    """Whether the site has an address and a mail server."""
    host = api.portal.get_tool("MailHost")
    return bool(sender() and getattr(host, "smtp_host", ""))


def recipients(department: str) -> list[str]:
    """Addresses of the handlers of a department."""
    group = handlers(department)
    if api.group.get(group) is None:
        return []
    found = (
        one_line(str(user.getProperty("email") or ""))
        for user in api.user.get_users(groupname=group)
    )
    return sorted({address for address in found if address})


def tell_department(enquiry: Enquiry, subject: str, body: str) -> None:
    """Mail to the handlers of the department that an enquiry is for them."""
    send(recipients(enquiry.department), subject, body)


def tell_of_forwarding(enquiry: Enquiry) -> None:
    """Mail to the handlers of the department to which an enquiry was forwarded."""
    entry = directory.get(enquiry.department)
    values = {
        "department": entry.title if entry else enquiry.department,
        "url": enquiry.absolute_url(),
    }
    send(
        recipients(enquiry.department),
        _t(_("mail_forwarded_subject", default="An enquiry was forwarded to you")),
        _t(
            _(
                "mail_forwarded_body",
                default="${department}:\n\n"
                "An enquiry was forwarded to your department. Read and answer it at:\n"
                "${url}\n",
                mapping=values,
            )
        ),
    )


def tell_sender(enquiry: Enquiry) -> None:
    """Mail the answer to the person who asked and gave an address."""
    if not enquiry.sender_email:
        return
    entry = directory.get(enquiry.department)
    values = {
        "name": enquiry.sender_name or "",
        "department": entry.title if entry else enquiry.department,
        "question": enquiry.question or "",
        "answer": enquiry.answer or "",
    }
    send(
        [enquiry.sender_email],
        _t(_("mail_answer_subject", default="The answer to your enquiry")),
        _t(
            _(
                "mail_answer_body",
                default="${name}:\n\n"
                "You asked:\n\n${question}\n\n"
                "${department} answers:\n\n${answer}\n\n"
                "Nobody reads answers to this message. To ask more, use the form "
                "on the site or call the department.\n",
                mapping=values,
            )
        ),
    )


def send(to: list[str], subject: str, body: str) -> None:
    """Send a message after the commit of this transaction; never raises."""
    if not to or not ready():
        logger.info("No mail about an enquiry: no address, or no mail server set")
        return
    origin = sender()
    host = api.portal.get_tool("MailHost")
    try:
        message = EmailMessage()
        message["Subject"] = one_line(subject)
        message["From"] = origin
        # Everyone in the group is told, nobody learns who else is in it.
        message["To"] = to[0] if len(to) == 1 else origin
        message.set_content(body, charset="utf-8", cte="base64")
        if getattr(host, "smtp_queue", False):
            # The queue is on this machine: it takes the message with the commit.
            host.send(message, mto=to, mfrom=origin, immediate=False)
        else:
            hook = transaction.get().addAfterCommitHook
            hook(_deliver, args=(host, message, to, origin))
    except Exception:
        logger.exception("A mail about an enquiry could not be made")


def _deliver(
    committed: bool, host: Any, message: EmailMessage, to: list[str], origin: str
) -> None:
    """Hand the message to the mail server, after a commit that succeeded."""
    if not committed:
        return
    try:
        host.send(message, mto=to, mfrom=origin, immediate=True)
    except Exception:
        logger.exception("A mail about an enquiry was not taken by the mail server")


def _t(message: str) -> str:
    return translate(message, context=getRequest())
