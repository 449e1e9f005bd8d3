"""Guards and effects of the transitions of ``zhinan_enquiry_workflow``.

The answer is the comment of its transition and the next department an argument of its
own, so that a page and REST (``POST @workflow/answer`` with a comment) do the same, and
each answer that was ever given stays in the history with its writer and its hour.
"""

from plone import api
from Products.CMFCore.WorkflowCore import WorkflowException
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from Products.DCWorkflow.interfaces import IBeforeTransitionEvent
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.feedback import mail
from zhinan.feedback.content import CONTACT
from zhinan.feedback.content import Enquiry
from zhinan.feedback.content import IEnquiry
from zhinan.feedback.content import LONGEST
from zhinan.feedback.content import WORKFLOW
from zhinan.publishing.workflow import importing
from zope.component import adapter
from zope.i18nmessageid import Message


RECEIVED, ANSWERED, CLOSED = "received", "answered", "closed"
ANSWER, FORWARD, CLOSE = "answer", "forward", "close"

EMPTY_ANSWER = _("Write the answer first.")
LONG_ANSWER = _(
    "long_answer",
    default="The answer has ${length} characters. Shorten it to ${longest}.",
)
NO_DEPARTMENT = _("Choose another department to which the enquiry goes.")


def answer(enquiry: Enquiry, text: str) -> None:
    """Answer an enquiry; WorkflowException with a message if that cannot be."""
    _do(enquiry, ANSWER, comment=text)


def forward(enquiry: Enquiry, department: str, comment: str = "") -> None:
    """Give an enquiry to another department; WorkflowException as above."""
    _do(enquiry, FORWARD, comment=comment, department=department)


def close(enquiry: Enquiry) -> None:
    """Close an enquiry and take off who asked; WorkflowException as above."""
    _do(enquiry, CLOSE)


def _do(enquiry: Enquiry, transition: str, **arguments: Any) -> None:
    tool = api.portal.get_tool("portal_workflow")
    tool.doActionFor(enquiry, transition, **arguments)


def _ours(event: Any) -> str:
    """Id of a transition of our workflow that a person makes, else empty."""
    if event.transition is None or event.workflow.getId() != WORKFLOW or importing():
        return ""
    return event.transition.getId()


@adapter(IEnquiry, IBeforeTransitionEvent)
def check(obj: Enquiry, event: Any) -> None:
    """Refuse an answer without text and a way to nowhere."""
    transition = _ours(event)
    if transition == ANSWER:
        text = _text(event)
        if not text:
            raise WorkflowException(EMPTY_ANSWER)
        if len(text) > LONGEST:
            values = {"length": str(len(text)), "longest": str(LONGEST)}
            raise WorkflowException(Message(LONG_ANSWER, mapping=values))
    elif transition == FORWARD:
        code = event.kwargs.get("department")
        if directory.get(code) is None or code == obj.department:
            raise WorkflowException(NO_DEPARTMENT)


@adapter(IEnquiry, IAfterTransitionEvent)
def apply(obj: Enquiry, event: Any) -> None:
    """Keep the answer, move the enquiry, or take off who asked."""
    transition = _ours(event)
    if transition == ANSWER:
        obj.answer = _text(event)
        obj.reindexObject(idxs=["SearchableText"])
        mail.tell_sender(obj)
    elif transition == FORWARD:
        obj.department = event.kwargs["department"]
        obj.reindexObject(idxs=["department"])
        obj.reindexObjectSecurity()
        mail.tell_of_forwarding(obj)
    elif transition == CLOSE:
        for name in CONTACT:
            setattr(obj, name, "")
        obj.reindexObject(idxs=["SearchableText"])


def _text(event: Any) -> str:
    return str(event.kwargs.get("comment") or "").replace("\r\n", "\n").strip()
