"""The page of a transition: what will happen, what is asked, what speaks against."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import Unauthorized
from zhinan import _
from zhinan.desk.differences import differences
from zhinan.desk.parameters import ParameterForm
from zhinan.desk.returned import field_url
from zhinan.pages.layout import PublicPage
from zhinan.publishing import each
from zhinan.publishing import editions
from zhinan.publishing import told as answers
from zhinan.publishing import transitions
from zhinan.publishing.interfaces import IOriginal
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.publishing.transitions import Outcome
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Transition
from zhinan.publishing.transitionservices import state_title
from zhinan.publishing.workflow import PUBLISHED
from zope.component import queryMultiAdapter

import transaction


#: Transitions that put something online.
ONLINE = frozenset({"publish", "schedule", "publish_in_emergency"})
#: What somebody ticks before a grave one.
KNOWN = {
    "withdraw": _(
        "I know that people will not find this guide in lists and searches any more."
    ),
    "consolidate": _(
        "I know that who comes to this guide is led to the other one, and that it is "
        "found no more."
    ),
    "retract": _("I know that the public cannot read this guide any more."),
    "publish_in_emergency": _(
        "I know that nobody else has looked at this, and that it is marked and listed "
        "until somebody has."
    ),
}
SURELY = _("I know that this takes something from the public.")
NOT_KNOWN = _("Tick that you know what this does.")


class TransitionForm(PublicPage):
    """What the page of one thing and that of many have in common."""

    parameters_template = ViewPageTemplateFile("templates/parameters.pt")
    form: ParameterForm

    def known_words(self, transition: Transition) -> str:
        """The sentence to tick; empty where nothing is grave."""
        if not transition.grave:
            return ""
        return self.t(KNOWN.get(transition.id, SURELY))

    def knows(self, transition: Transition) -> bool:
        """Whether the sentence was ticked, where there is one."""
        return not transition.grave or bool(self.request.form.get("known"))

    def pressed(self, name: str) -> bool:
        """Whether the form was sent with this button.

        :raises zExceptions.Forbidden: if the form is not ours.
        """
        if self.request.method != "POST":
            return False
        CheckAuthenticator(self.request)
        return bool(self.request.form.get(name))

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


class TransitionPage(TransitionForm):
    """``@@transition?id=…`` of a guide or of a working copy."""

    template = ViewPageTemplateFile("templates/transition.pt")

    def update(self) -> None:
        """Find the transition, and take it if the button was pressed.

        :raises Unauthorized: if nobody is logged in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to work here.")))
        name = self.request.form.get("id", "")
        self.name = name if isinstance(name, str) else ""
        self.errors: list[dict[str, str]] = []
        self.not_known = ""
        self.possible = transitions.possible(self.context)
        self.transition = next((t for t in self.possible if t.id == self.name), None)
        if self.transition is None:
            self._impossible()
            return
        self.form = ParameterForm(self, self.transition, self.context)
        if self.pressed("do"):
            self._take(self.transition)

    def _impossible(self) -> None:
        if not self.name:
            return
        reason = transitions.impossible(self.context, self.name)
        self.errors = self.told([reason])
        self.request.response.setStatus(answers.status([reason]))

    def _take(self, transition: Transition) -> None:
        values, wrong = self.form.read()
        if not self.knows(transition):
            self.not_known = self.t(NOT_KNOWN)
        if wrong or self.not_known:
            # What the guards say is told in the same breath.
            against = transitions.reasons(self.context, transition.id, **values)
            unread = {reason.element for reason in wrong}
            wrong += [r for r in against if r.element not in unread]
            self._refused(wrong)
            return
        result = each.attempt(self.context, transition.id, values)
        if result.outcome is None:
            self._refused(list(result.reasons))
            return
        self.request.response.redirect(
            self._after(transition, result.outcome), status=303
        )

    def _refused(self, reasons: list[Reason]) -> None:
        self.errors = self.told(self.form.refuse(reasons))
        transaction.doom()
        self.request.response.setStatus(answers.UNFIT)

    def _after(self, transition: Transition, outcome: Outcome) -> str:
        """Where the person reads what came of it."""
        obj = outcome.object
        if not api.user.has_permission("View", obj=obj):
            return f"{self.portal_url}/@@desk?done=step"
        query = {"done": transition.id}
        return f"{obj.absolute_url()}?{urlencode(query)}"

    # -------------------------------------------------------------------- showing

    @property
    def title(self) -> Any:
        """The transition's name."""
        found = getattr(self, "transition", None)
        return found.title if found is not None else _("Next step")

    def others(self) -> list[dict[str, str]]:
        """What can be done instead."""
        return [
            {"url": transition_url(self.context, step.id), "title": self.t(step.title)}
            for step in self.possible
        ]

    @cached_property
    def _workflow(self) -> Any:
        return transitions.workflow_of(self.context)

    def states(self) -> dict[str, str]:
        """From which state to which; a merged copy is no more."""
        state = self._workflow._getWorkflowStateOf(self.context).getId()
        goal = self._workflow.transitions[self.name].new_state_id or state
        target = self.context
        if self.is_copy and self.name in ONLINE - {"schedule"}:
            goal, target = PUBLISHED, IOriginal(self.context).original or self.context
        return {
            "from": self.t(state_title(self.context, state)),
            "from_id": state,
            "to": self.t(state_title(target, goal)),
            "to_id": goal,
            "stays": state == goal,
        }

    @cached_property
    def is_copy(self) -> bool:
        """Whether this is a working copy."""
        return IWorkingCopy.providedBy(self.context)

    def told(self, reasons: list[Reason]) -> list[dict[str, str]]:
        """Reasons in words, each with the address at which it is mended."""
        return [
            {"text": self.t(reason.message), "url": self._mended_at(reason)}
            for reason in reasons
        ]

    def _mended_at(self, reason: Reason) -> str:
        if not (reason.element or reason.material):
            return ""
        place = self.context
        if reason.material:
            place = self.context.get(reason.material)
        if place is None or not api.user.has_permission(
            "Modify portal content", obj=place
        ):
            return ""
        return field_url(self.context, reason.element, reason.material)

    def known_reasons(self) -> list[dict[str, str]]:
        """What speaks against it already; what the fields are about is asked later."""
        if self.request.method == "POST":
            return []
        found = transitions.reasons(self.context, self.name)
        return self.told([r for r in found if not self.form.is_about(r)])

    def requirements_url(self) -> str:
        """Address of what is to be mended before publication, where there is one."""
        view = queryMultiAdapter((self.context, self.request), name="requirements")
        goes = self.name in ONLINE | {"submit", "approve"}
        url = self.context.absolute_url()
        return f"{url}/@@requirements" if view is not None and goes else ""

    def changes(self) -> dict[str, Any] | None:
        """What will be different for the public; None where that is not asked."""
        if self.name not in ONLINE | {"approve"}:
            return None
        online = IOriginal(self.context).original if self.is_copy else self.context
        last = editions.current(online) if online is not None else None
        if last is None:
            return None
        found = differences(editions.current_content(online) or {}, self.context)
        return {"edition": str(last.number), "rows": [self.t(row) for row in found]}


def transition_url(obj: Any, name: str) -> str:
    """Address of the page of a transition."""
    return f"{obj.absolute_url()}/@@transition?{urlencode({'id': name})}"


class StatusModify(BrowserView):
    """The platform's own way leads to the page, which knows guards and parameters.

    The stock view sets the effective date before it asks, and shows a refusal as an
    error of the server.
    """

    def __call__(self) -> str:
        """To the page of the transition."""
        name = self.request.form.get("workflow_action", "")
        url = transition_url(self.context, name if isinstance(name, str) else "")
        self.request.response.redirect(url)
        return ""
