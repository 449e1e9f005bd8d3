"""REST: transitions that leave dates as the workflow set them."""

from plone.restapi.services.workflow.transition import WorkflowTransition
from typing import Any
from zhinan.publishing.workflow import PUBLISHED


class ContentTransition(WorkflowTransition):
    """``POST @workflow/<transition>`` for our types.

    The stock service sets the effective date before it tries the transition, whatever
    the transition and even when it is refused (plone.restapi issue 616). Here the date
    belongs to publication alone.
    """

    def reply(self) -> Any:
        """The stock answer, with the date put right."""
        before = self.context.effective_date
        result = super().reply()
        state = self.wftool.getInfoFor(self.context, "review_state", None)
        if state != PUBLISHED and self.context.effective_date != (
            wanted := None if self._moved(result) else before
        ):
            self.context.effective_date = wanted
            self.context.reindexObject(idxs=["effective", "effectiveRange"])
        return result

    @staticmethod
    def _moved(result: Any) -> bool:
        return "error" not in result
