"""The workflows of what is published, and who watches their transitions."""

from DateTime import DateTime
from plone import api
from plone.api.exc import InvalidParameterError
from plone.exportimport.interfaces import IExportImportRequestMarker
from Products.CMFCore.utils import getToolByName
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from typing import Any
from zhinan.forms.validation import IChecked
from zhinan.publishing import editions
from zhinan.publishing.interfaces import IEditioned
from zope.component import adapter
from zope.globalrequest import getRequest

import datetime


WORKFLOW = "zhinan_content_workflow"
#: Of guides, which are published in editions, and of their working copies.
GUIDE_WORKFLOW = "zhinan_guide_workflow"
COPY_WORKFLOW = "zhinan_copy_workflow"
PUBLISHED = "published"
#: States in which something still answers at its address, though no list names it.
LEFT = frozenset({"withdrawn", "consolidated"})


def importing() -> bool:
    """Whether content is being imported: nothing meant for people's acts fires then."""
    return IExportImportRequestMarker.providedBy(getRequest())


@adapter(IChecked, IAfterTransitionEvent)
def set_effective_date(obj: Any, event: Any) -> None:
    """Publication sets the effective date; leaving the public takes it away.

    An import brings its own date.
    """
    if event.transition is None or importing():
        return
    if event.workflow.getId() != WORKFLOW:
        return
    if event.new_state.getId() == PUBLISHED:
        obj.setEffectiveDate(DateTime())
    elif event.old_state.getId() == PUBLISHED:
        obj.setEffectiveDate(None)


#: The ways to the states of guides; an import goes them without a word.
_WAY = ("reopen", "submit", "approve", "publish")
_BACK = ("withdraw", "return_for_changes", "reopen")
_WAYS = {
    "draft": _BACK,
    "in_review": (*_BACK, *_WAY[1:2]),
    PUBLISHED: _WAY,
    "withdrawn": (*_WAY, "withdraw"),
    "consolidated": (*_WAY, "consolidate"),
    "retracted": (*_WAY, "retract"),
}


#: Neither an approval nor a time to publish travels: who approved is unknown here.
_HERE = frozenset({"approved", "scheduled", "failed"})


def travelled(state: str) -> str:
    """The state of a guide in an import, as it is here."""
    return "in_review" if state in _HERE else state


def bring(obj: Any, state: str) -> bool:
    """Bring something that an import has added, or changes, to a state.

    The platform takes the shortest way that a workflow has, whether the person may go
    it or not; that of guides would lead through an emergency.

    :returns: whether it is there now.
    """
    tool = api.portal.get_tool("portal_workflow")
    if GUIDE_WORKFLOW not in tool.getChainFor(obj):
        try:
            api.content.transition(obj, to_state=state)
        except InvalidParameterError:
            # No way leads there for this person.
            return False
        return True
    state = travelled(state)
    if tool.getInfoFor(obj, "review_state", "") == state:
        return True
    for step in _WAYS.get(state, ()):
        if tool.getWorkflowById(GUIDE_WORKFLOW).isActionSupported(obj, step):
            tool.doActionFor(obj, step)
    if state in LEFT:
        obj.setExpirationDate(just_past())
    elif obj.expiration_date is not None and obj.expiration_date.isPast():
        obj.setExpirationDate(None)
    obj.reindexObject(idxs=["expires", "effectiveRange"])
    last = editions.current(obj)
    if state == "retracted" and last is not None:
        moment = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        editions.editions(editions.site_of(obj)).retract(last, moment)
    return bool(tool.getInfoFor(obj, "review_state", "") == state)


def just_past() -> DateTime:
    """A moment by which something has left the lists.

    Their index counts in whole minutes: what expires in this one is still listed.
    """
    return DateTime(DateTime().timeTime() - 60)


def is_online(obj: Any) -> bool:
    """Whether something published in editions is online, not merely readable.

    What has no editions is online where the public reads it, which others ask.
    """
    if not IEditioned.providedBy(obj):
        return True
    tool = getToolByName(obj, "portal_workflow")
    return bool(tool.getInfoFor(obj, "review_state", "") == PUBLISHED)
