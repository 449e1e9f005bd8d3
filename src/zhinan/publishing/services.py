"""REST: transitions that leave dates to the workflow, and nothing when refused."""

from Acquisition import aq_base
from collections.abc import Iterable
from plone.restapi.interfaces import IDeserializeFromJson
from plone.restapi.services.workflow.transition import WorkflowTransition
from Products.CMFCore.interfaces import IFolderish
from Products.CMFCore.WorkflowCore import WorkflowException
from typing import Any
from zhinan import _
from zhinan.publishing import told
from zope.component import queryMultiAdapter
from zope.i18n import translate

import transaction


class Said(WorkflowException):
    """A transition is refused; the first argument is a sentence in the reader's words.

    Other refusals are answered with what can be done instead.
    """


class ContentTransition(WorkflowTransition):
    """``POST @workflow/<transition>`` for our types.

    The stock service sets the effective date before it tries the transition, whatever
    the transition and even when it is refused (plone.restapi issue 616), and a refusal
    keeps what was written before it. Here the date belongs to publication alone, and a
    refused request leaves no write.
    """

    #: what a guard said
    said: Said | None = None
    #: what came of a thing that is gone, such as a merged working copy
    outcome: Any = None

    def reply(self) -> Any:
        """The stock answer; nothing is stored with an error, which has its reasons."""
        result = super().reply()
        if "error" in result:
            transaction.doom()
            if self.said is not None:
                found = getattr(self.said, "reasons", ())
                result["error"]["reasons"] = told.reasons(found, self.request)
        elif self.outcome is not None:
            # The stock answer tells of the copy, which is no longer there.
            result["@id"] = self.outcome.object.absolute_url()
            result["review_state"] = self.outcome.state
            title = self.wftool.getTitleForStateOnType(
                self.outcome.state, self.outcome.object.portal_type
            )
            result["title"] = self.context.translate(title)
        return result

    def recurse_transition(
        self,
        objs: Iterable[Any],
        comment: str,
        publication_dates: dict[str, Any],
        include_children: bool = False,
    ) -> None:
        """Move the objects; dates that the client gave come after the workflow's own.

        :raises WorkflowException: if one of them cannot be moved.
        """
        for obj in objs:
            if self.wftool.getWorkflowsFor(obj):
                try:
                    came_of = self.wftool.doActionFor(
                        obj, self.transition, comment=comment
                    )
                    if obj is self.context and came_of is not None:
                        self.outcome = came_of
                        return
                except Said as said:
                    self.said = said
                    raise
                except WorkflowException as error:
                    if not self.is_same_state(obj):
                        raise WorkflowException(self._why_not(obj)) from error
                else:
                    if publication_dates:
                        reader = queryMultiAdapter(
                            (obj, self.request), IDeserializeFromJson
                        )
                        reader(data=publication_dates)
            if include_children and IFolderish.providedBy(aq_base(obj)):
                self.recurse_transition(
                    obj.objectValues(), comment, publication_dates, include_children
                )

    def _why_not(self, obj: Any) -> str:
        """What can be done instead: the stock message is English with a hole."""
        possible = sorted(
            name
            for workflow in self.wftool.getWorkflowsFor(obj)
            for name in workflow.transitions.objectIds()
            if workflow.isActionSupported(obj, name)
        )
        sentence = _(
            "transition_refused",
            default="“${transition}” is not possible now. Possible: ${possible}",
            mapping={
                "transition": self.transition,
                "possible": ", ".join(possible) or "–",
            },
        )
        return translate(sentence, context=self.request)
