"""Who drafts: told by the trail, which knows what really changed and who did it."""

from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from Acquisition import aq_parent
from plone.uuid.interfaces import IUUID
from Products.CMFCore.utils import getToolByName
from typing import Any
from zhinan.forms.validation import IChecked
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.workflow import GUIDE_WORKFLOW
from zhinan.publishing.workflow import importing
from zhinan.publishing.workflow import is_online
from zhinan.trail import acts
from zhinan.trail.interfaces import IActHappened
from zope.component import adapter
from zope.lifecycleevent.interfaces import IObjectCopiedEvent
from zope.lifecycleevent.interfaces import IObjectRemovedEvent


#: Acts after which somebody counts as one who drafted.
_DRAFTING = frozenset(
    [acts.ADDED, acts.COPIED, acts.CHANGED, acts.REVERTED, acts.RENAMED, acts.MOVED]
    # Who imports into a draft has written it.
    + [acts.IMPORTED]
)
#: States in which somebody has approved what is there.
_APPROVED = frozenset({"approved", "scheduled", "failed"})


def whole_of(obj: Any) -> Any:
    """What is published as a whole with this object inside, or None."""
    chain = aq_chain(aq_inner(obj))
    return next((item for item in chain if IEditioned.providedBy(item)), None)


def _note(obj: Any, person: str) -> None:
    whole = whole_of(obj)
    site = editions.site_of(obj)
    uid = IUUID(whole, None) if whole is not None else None
    # What is online has no round: a working copy has one, or it is reopened first.
    if site is None or not uid or is_online(whole):
        return
    rounds.drafted(site, uid, person)
    tool = getToolByName(site, "portal_workflow")
    approved = tool.getInfoFor(whole, "review_state", "") in _APPROVED
    if approved and not rounds.approved_now(uid):
        # Nobody has approved what is there now. The trail tells at the commit: what was
        # written before it was approved in this very transaction was approved.
        rounds.change(site, uid, approved_by="", approved_at=None)


@adapter(IActHappened)
def acted(event: Any) -> None:
    """Somebody changed a guide, or something in it."""
    entry = event.entry
    if event.object is None or not entry.who or entry.who == "system":
        return
    if entry.act in _DRAFTING:
        _note(event.object, entry.who)


@adapter(IChecked, IObjectRemovedEvent)
def removed(obj: Any, event: Any) -> None:
    """Taking out a material is drafting; a guide that is gone waits for nothing."""
    site = editions.site_of(event.oldParent) if event.oldParent is not None else None
    if site is None:
        return
    if IEditioned.providedBy(obj):
        found, uid = rounds.peek(site), IUUID(obj, None)
        if uid in found.rounds:
            found.put(uid, None)
        if uid in found.standings:
            found.stand(uid, None)
        return
    if event.object is obj and not importing():
        _note(event.oldParent, acts.person())


@adapter(IEditioned, IObjectCopiedEvent)
def copied(obj: Any, event: Any) -> None:
    """A copy is a draft from the beginning.

    The platform makes it one only after its first version was saved, which nobody may
    do in what is online.
    """
    base = aq_base(obj)
    if hasattr(base, "workflow_history"):
        del base.workflow_history
    tool = getToolByName(event.original, "portal_workflow", None)
    workflow = tool.getWorkflowById(GUIDE_WORKFLOW) if tool is not None else None
    if workflow is not None:
        workflow.updateRoleMappingsFor(obj.__of__(aq_parent(aq_inner(event.original))))
