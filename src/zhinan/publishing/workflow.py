"""The workflows of what is published, and who watches their transitions."""

from DateTime import DateTime
from plone.exportimport.interfaces import IExportImportRequestMarker
from Products.CMFCore.utils import getToolByName
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from typing import Any
from zhinan.forms.validation import IChecked
from zhinan.publishing.interfaces import IEditioned
from zope.component import adapter
from zope.globalrequest import getRequest


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


def is_online(obj: Any) -> bool:
    """Whether something published in editions is online, not merely readable.

    What has no editions is online where the public reads it, which others ask.
    """
    if not IEditioned.providedBy(obj):
        return True
    tool = getToolByName(obj, "portal_workflow")
    return bool(tool.getInfoFor(obj, "review_state", "") == PUBLISHED)
