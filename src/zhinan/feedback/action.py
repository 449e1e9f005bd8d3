"""The action of a form that hands what was sent to the department it is for.

collective.easyform's own way to keep what was sent is a tree on the form itself: one
permission for all rows, all of them in the REST answer of the form, no state, no end.
This action makes an enquiry of each instead, which has all of that.
"""

from collections.abc import Mapping
from collective.easyform.actions import Action
from collective.easyform.actions import ActionFactory
from collective.easyform.api import get_context
from collective.easyform.config import FORM_ERROR_MARKER
from collective.easyform.interfaces import IAction
from plone.supermodel.exportimport import BaseHandler
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.departments import directory
from zhinan.feedback import mail
from zhinan.feedback import store
from zhinan.feedback.content import Enquiry
from ZODB.POSException import ConflictError
from zope import schema
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.interface import implementer
from zope.schema import getFieldsInOrder

import transaction


#: Name of the page to which a person comes after sending.
SENT = "sent"


class IDeliver(IAction):
    """Deliver to the department."""

    mail_subject = schema.TextLine(
        title=_("Subject of the mail"),
        description=_("{department} stands for the name of the department."),
        required=False,
        default="",
        missing_value="",
    )
    mail_body = schema.Text(
        title=_("Text of the mail"),
        description=_("{name of a field} stands for what was entered there."),
        required=False,
        default="",
        missing_value="",
    )
    empty = schema.TextLine(
        title=_("Words for an empty field"),
        required=False,
        default="",
        missing_value="",
    )
    yes = schema.TextLine(
        title=_("Word for yes"), required=False, default="", missing_value=""
    )
    no = schema.TextLine(
        title=_("Word for no"), required=False, default="", missing_value=""
    )
    failure = schema.Text(
        title=_("What is said when nothing could be sent"),
        required=False,
        default="",
        missing_value="",
    )


@implementer(IDeliver)
class Deliver(Action):
    """Makes an enquiry of what was sent and tells the department of it."""

    def __init__(self, **values: Any):
        for name, field in getFieldsInOrder(IDeliver):
            if field.interface is IDeliver:
                setattr(self, name, values.pop(name, field.default))
        super().__init__(**values)

    def onSuccess(self, fields: Mapping[str, Any], request: Any) -> dict | None:
        """Keep the enquiry, then send the person on; an error of the form if it failed.

        Nothing half-made stays: the form shows what was entered, to be sent again.
        """
        before = transaction.savepoint(optimistic=True)
        try:
            enquiry, new = store.keep(fields)
        except ConflictError:
            raise
        except Exception:
            logger.exception("An enquiry could not be kept")
            before.rollback()
            failure = self.failure or translate(
                _("Nothing was sent. Please try again later."), context=getRequest()
            )
            return {FORM_ERROR_MARKER: failure}
        if new:
            self._tell(enquiry)
        # Sent on by a redirect, loading the page again asks and sends nothing.
        url = get_context(self).absolute_url()
        request.response.redirect(
            f"{url}/@@{SENT}?department={enquiry.department}", status=303
        )
        return None

    def _tell(self, enquiry: Enquiry) -> None:
        if not self.mail_subject or not self.mail_body:
            return
        entry = directory.get(enquiry.department)
        values = {
            name: str(getattr(enquiry, name) or self.empty)
            for name in ("sender_name", "sender_phone", "sender_email", "matter")
        }
        values["department"] = entry.title if entry else enquiry.department
        values["question"] = enquiry.question
        values["publish_answer"] = self.yes if enquiry.publish_answer else self.no
        values["url"] = enquiry.absolute_url()
        subject = mail.fill(self.mail_subject, {"department": values["department"]})
        mail.tell_department(enquiry, subject, mail.fill(self.mail_body, values))


DeliverAction = ActionFactory(
    Deliver, _("Deliver to the department"), "collective.easyform.AddMailers"
)
DeliverHandler = BaseHandler(Deliver)
