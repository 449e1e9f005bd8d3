"""How a notice is issued, replied to, closed, reopened and cancelled.

Reply, closing note and reasons are the comments of their transitions, so that a page
and REST (``POST @workflow/reply`` with a comment) do the same, and each reply that was
ever given stays in the history with its writer and its hour.
"""

from collections.abc import Sequence
from DateTime import DateTime
from plone import api
from Products.CMFCore.WorkflowCore import WorkflowException
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from Products.DCWorkflow.interfaces import IBeforeTransitionEvent
from typing import Any
from zhinan import _
from zhinan.departments.citytime import today
from zhinan.publishing.services import Said
from zhinan.publishing.workflow import importing
from zhinan.rules import notices as rules
from zhinan.supervision import known
from zhinan.supervision.notices import mails
from zhinan.supervision.notices.content import INotice
from zhinan.supervision.notices.content import LONGEST
from zhinan.supervision.notices.content import look_up
from zhinan.supervision.notices.content import Notice
from zhinan.supervision.notices.content import remember
from zhinan.supervision.notices.content import subject_of
from zhinan.supervision.notices.content import WORKFLOW
from zhinan.trail.acts import record
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectCopiedEvent
from zope.lifecycleevent.interfaces import IObjectCreatedEvent

import datetime


REPLY, CLOSE, REOPEN, CANCEL = "reply", "close", "reopen", "cancel"
#: What is to be written for a transition, where something has to be.
MISSING = {
    REPLY: _("Write the reply first."),
    REOPEN: _("Write what is still missing."),
    CANCEL: _("Write why the notice is cancelled."),
}
TOO_LONG = _(
    "notice_too_long",
    default="The text has ${length} characters. Shorten it to ${longest}.",
)
#: Acts written into the trail of what a notice is about.
ABOUT = {
    "": "notice.issued",
    REPLY: "notice.replied",
    CLOSE: "notice.closed",
    REOPEN: "notice.reopened",
    CANCEL: "notice.cancelled",
}


# ------------------------------------------------------------------------ issue


def label(year: int, number: int) -> str:
    """A number as it is written on paper."""
    words = _(
        "notice_number",
        default="Supervision ${year} no. ${number}",
        mapping={"year": str(year), "number": str(number)},
    )
    return str(translate(words, target_language="zh_CN"))


def next_number(year: int) -> int:
    """The next number of a year.

    Two people who issue at the same time write the same record of the database: the
    second one's request is done again and gets the number behind.
    """
    numbers = known.prepare(api.portal.get()).numbers
    numbers[year] = numbers.get(year, 0) + 1
    return int(numbers[year])


@adapter(INotice, IObjectCreatedEvent)
def created(obj: Notice, event: Any) -> None:
    """Number it, and keep what it is about as it is now."""
    copied = IObjectCopiedEvent.providedBy(event)
    found = None if copied else rules.read_number(obj.number or "")
    if importing() and found:
        # It keeps its number, and nobody else will get it.
        numbers = known.prepare(api.portal.get()).numbers
        numbers[found[0]] = max(numbers.get(found[0], 0), found[1])
    elif found is None and (copied or obj.about):
        year = today().year
        obj.number = label(year, next_number(year))
    if copied:
        for name in ("reply", "replied", "replied_by", "reply_files", "closing_note"):
            setattr(obj, name, None)
    # It never depends on a date whether it can be seen.
    obj.effective_date = obj.effective_date or DateTime()
    subject = look_up(obj.about)
    if subject is not None:
        kept = subject_of(subject)
        obj.about, obj.about_title, obj.about_path = kept.uid, kept.title, kept.path
        obj.about_type, obj.about_department = kept.type, kept.department


@adapter(INotice, IObjectAddedEvent)
def added(obj: Notice, event: Any) -> None:
    """Tell the department, and the trail of what it is about."""
    remember(obj)
    if importing():
        return
    trace(obj, "")
    mails.issued(obj)


def trace(obj: Notice, transition: str) -> None:
    """The number of a notice in the trail of what it is about."""
    act = ABOUT.get(transition)
    if act is None or not obj.about:
        return
    subject = _subject(obj)
    if subject is not None:
        record(subject, act, edition=obj.number or "")
    else:
        record(None, act, edition=obj.number or "", uid=obj.about)


def _subject(obj: Notice) -> Any:
    catalog = api.portal.get_tool("portal_catalog")
    brains = catalog.unrestrictedSearchResults(UID=obj.about)
    return brains[0]._unrestrictedGetObject() if brains else None


# ------------------------------------------------------------------ transitions


def step(
    notice: Notice, transition: str, text: str = "", files: Sequence[Any] = ()
) -> None:
    """Take a step.

    :raises WorkflowException: if that cannot be; ``Said`` has a sentence.
    """
    tool = api.portal.get_tool("portal_workflow")
    tool.doActionFor(notice, transition, comment=text, files=list(files))


def why(error: WorkflowException, request: Any) -> str:
    """Why a step could not be taken, in a sentence."""
    if isinstance(error, Said) and error.args:
        return str(error.args[0])
    return str(translate(_("This step cannot be taken now."), context=request))


def possible(notice: Notice) -> list[str]:
    """Steps that the person may take now."""
    definition = api.portal.get_tool("portal_workflow")[WORKFLOW]
    return [
        name
        for name in definition.states[api.content.get_state(notice)].transitions
        if definition.isActionSupported(notice, name)
    ]


def _ours(event: Any) -> str:
    """Id of a transition of our workflow that a person makes, else empty."""
    if event.transition is None or event.workflow.getId() != WORKFLOW or importing():
        return ""
    return str(event.transition.getId())


def _refuse(message: Message) -> None:
    # REST shows the text as it is: it has to be Chinese already.
    raise Said(translate(message, context=getRequest()))


@adapter(INotice, IBeforeTransitionEvent)
def check(obj: Notice, event: Any) -> None:
    """Refuse a reply without text, and what is too long."""
    transition = _ours(event)
    if not transition:
        return
    text = _text(event)
    if not text and transition in MISSING:
        _refuse(MISSING[transition])
    if len(text) > LONGEST:
        values = {"length": str(len(text)), "longest": str(LONGEST)}
        _refuse(Message(TOO_LONG, mapping=values))


@adapter(INotice, IAfterTransitionEvent)
def apply(obj: Notice, event: Any) -> None:
    """Keep the reply or the closing note, and tell who has to know."""
    transition = _ours(event)
    if not transition:
        return
    if transition == REPLY:
        obj.reply = _text(event)
        obj.replied = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        obj.replied_by = api.user.get_current().getId() or ""
        files = event.kwargs.get("files") or ()
        if files:
            obj.reply_files = [*(obj.reply_files or ()), *files]
        mails.replied(obj)
    elif transition == CLOSE:
        obj.closing_note = _text(event)
    elif transition == REOPEN:
        obj.closing_note = None
        mails.reopened(obj, _text(event))
    obj.reindexObject(idxs=["SearchableText", "modified"])
    trace(obj, transition)


def _text(event: Any) -> str:
    return str(event.kwargs.get("comment") or "").replace("\r\n", "\n").strip()
