"""Effects of the transitions of ``zhinan_content_workflow``."""

from DateTime import DateTime
from plone.exportimport.interfaces import IExportImportRequestMarker
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from typing import Any
from zhinan.forms.validation import IChecked
from zope.component import adapter
from zope.globalrequest import getRequest


WORKFLOW = "zhinan_content_workflow"
PUBLISHED = "published"


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
