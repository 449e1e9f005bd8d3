"""A transition is one object: permission, guards, parameters, effect and trail entry.

The states and ways between them stand in the workflow, and the platform's engine walks
them. A transition object hangs at the two events of the engine, so that the page, the
bulk action, REST and every way of the platform itself pass the same guards, and the
reason of a guard is the message that the person reads. What is refused writes nothing.

The pattern is that of an edition service whose failure reason is guard and message at
once; see docs/decisions.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from Products.CMFCore.WorkflowCore import ObjectDeleted
from typing import Any
from zhinan import _
from zhinan.publishing import editions
from zhinan.publishing.interfaces import IObstacles
from zhinan.publishing.services import Said
from zhinan.publishing.workflow import importing
from zope.component import subscribers
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import Interface
from zope.schema import getFieldsInOrder
from zope.schema import ValidationError
from zope.schema.interfaces import RequiredMissing


@dataclass(frozen=True)
class Reason:
    """Why a transition is not possible, in a sentence that says what to do."""

    id: str
    message: Message | str
    #: element, material or parameter that it is about
    element: str = ""
    material: str = ""


class Refused(Said):
    """A transition is refused; the first argument is all of it in one sentence."""

    def __init__(self, reasons: Any):
        # The workflow tool raises a copy made of the exception itself.
        if isinstance(reasons, Refused):
            reasons = reasons.reasons
        self.reasons = list(reasons)
        request = getRequest()
        super().__init__(
            " ".join(translate(r.message, context=request) for r in self.reasons)
        )


@dataclass(frozen=True)
class Outcome:
    """What a transition led to."""

    object: Any
    state: str
    edition: str = ""


class Transition:
    """One step; a subclass gives what differs.

    ``values`` are always complete: parameters that were not given have their default.
    """

    id = ""
    title: Message | str = ""
    help: Message | str = ""
    #: schema of the parameters; its fields are asked in their order
    schema: type[Interface] = Interface
    #: whether the program alone takes it
    by_system = False
    #: whether it takes something from the public, and is asked twice
    grave = False
    #: whether it may be done for many things at once
    bulk = True

    def offered(self, obj: Any) -> bool:
        """Whether the bar of a page offers it, where state and permission allow it."""
        return True

    def reasons(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Reason]:
        """What speaks against it."""
        yield from ()

    def effect(self, obj: Any, values: Mapping[str, Any]) -> Outcome | None:
        """What happens after the state has changed.

        :returns: an outcome if the object itself is gone, such as a merged copy.
        """
        return None

    def comment(self, values: Mapping[str, Any]) -> str:
        """What history and trail say of it: the word along the way, or the reason."""
        return str(values.get("comment") or values.get("reason") or "")


_TRANSITIONS: dict[str, dict[str, Transition]] = {}


def register(workflow: str, *transitions: Transition) -> None:
    """Give a workflow its transition objects."""
    _TRANSITIONS.setdefault(workflow, {}).update({t.id: t for t in transitions})


def _tool() -> Any:
    return api.portal.get_tool("portal_workflow")


def workflow_of(obj: Any) -> Any:
    """The workflow of an object if it has transition objects, else None."""
    return next(
        (w for w in _tool().getWorkflowsFor(obj) if w.getId() in _TRANSITIONS), None
    )


def transition_of(obj: Any, name: str) -> Transition | None:
    """The transition object with this id, or None."""
    workflow = workflow_of(obj)
    return _TRANSITIONS[workflow.getId()].get(name) if workflow is not None else None


def known(name: str) -> Transition | None:
    """The transition object with this id, for what is the same in all workflows."""
    found = (steps[name] for steps in _TRANSITIONS.values() if name in steps)
    return next(found, None)


def possible(obj: Any) -> list[Transition]:
    """The transitions that state and permission let this person take now, in order.

    Guards are asked when one is taken: their reasons are worth reading.
    """
    workflow = workflow_of(obj)
    if workflow is None:
        return []
    known = _TRANSITIONS[workflow.getId()]
    state = workflow._getWorkflowStateOf(obj)
    return [
        known[name]
        for name in known
        if name in state.transitions
        and not known[name].by_system
        and workflow.isActionSupported(obj, name)
    ]


# -------------------------------------------------------------------- parameters

EMPTY = _("parameter_missing", default="“${title}”: fill this in.")
UNFIT = _("parameter_unfit", default="“${title}”: this value is not possible.")


def fields(transition: Transition) -> list[tuple[str, Any]]:
    """Names and fields of the parameters, in order."""
    return list(getFieldsInOrder(transition.schema))


def complete(transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with defaults for those that were not given.

    What a field requires is the guards' to say: the ways of the platform give a comment
    and nothing else, and have to meet a sentence, not an error of the server.
    """
    found = {}
    for name, field in fields(transition):
        value = given.get(name)
        found[name] = field.default if value is None else value
    if "comment" in given and "comment" in found and not found["comment"]:
        found["comment"] = given["comment"]
    if not found.get("note", True) and given.get("comment"):
        # A comment given by a way of the platform is the note.
        found["note"] = given["comment"]
    if not found.get("reason", True) and given.get("comment"):
        found["reason"] = given["comment"]
    return found


def unfit(transition: Transition, values: Mapping[str, Any]) -> Iterator[Reason]:
    """What is wrong with the parameters themselves."""
    for name, field in fields(transition):
        value = values.get(name)
        blank = value is None or value == "" or value == ()
        if blank and not field.required:
            continue
        try:
            if blank:
                raise RequiredMissing(name)
            field.validate(value)
        except RequiredMissing:
            title = {"title": field.title}
            yield Reason("parameter_missing", Message(EMPTY, mapping=title), name)
        except ValidationError:
            title = {"title": field.title}
            yield Reason("parameter_unfit", Message(UNFIT, mapping=title), name)


# ------------------------------------------------------------------------ taking


def reasons(obj: Any, name: str, **given: Any) -> list[Reason]:
    """Everything that speaks against a transition with these parameters."""
    transition = transition_of(obj, name)
    if transition is None:
        return [_impossible(obj, name)]
    return list(_reasons(obj, transition, complete(transition, given)))


def _reasons(
    obj: Any, transition: Transition, values: Mapping[str, Any]
) -> Iterator[Reason]:
    yield from unfit(transition, values)
    yield from transition.reasons(obj, values)
    for obstacles in subscribers((obj,), IObstacles):
        yield from obstacles.reasons(transition.id, values)


def perform(obj: Any, name: str, **given: Any) -> Outcome:
    """Take a transition as the person who is logged in.

    :raises Refused: with the reasons; nothing was written then.
    """
    transition = transition_of(obj, name)
    workflow = workflow_of(obj)
    if transition is None or not workflow.isActionSupported(obj, name):
        raise Refused([_impossible(obj, name)])
    values = complete(transition, given)
    found = {"comment": transition.comment(values), "zhinan_values": values}
    result = _tool().doActionFor(obj, name, wf_id=workflow.getId(), **found)
    if isinstance(result, Outcome):
        return result
    edition = editions.current(obj)
    state = _tool().getInfoFor(obj, "review_state", "")
    return Outcome(obj, state, str(edition.number) if edition else "")


def impossible(obj: Any, name: str) -> Reason | None:
    """Why state or permission do not allow a step now; None where they do."""
    known = {transition.id for transition in possible(obj)}
    return None if name in known else _impossible(obj, name)


def _impossible(obj: Any, name: str) -> Reason:
    """The state has changed, or the person may not; say who was quicker."""
    workflow = workflow_of(obj)
    if workflow is None:
        message = _("This has no such step.")
        return Reason("no_transition", message)
    transition = transition_of(obj, name)
    status = _tool().getStatusOf(workflow.getId(), obj) or {}
    state = workflow._getWorkflowStateOf(obj)
    values = {
        "state": translate(Message(state.title, domain="plone"), context=getRequest()),
        "who": person_name(status.get("actor") or ""),
        "transition": translate(transition.title, context=getRequest())
        if transition
        else name,
    }
    if transition is not None and name in state.transitions:
        return Reason(
            "not_allowed",
            _(
                "transition_not_allowed",
                default="“${transition}”: your functions do not allow this here. The "
                "page “Rights” tells who may do it.",
                mapping=values,
            ),
        )
    return Reason(
        "wrong_state",
        _(
            "transition_wrong_state",
            default="“${transition}” is not possible any more: the state is “${state}” "
            "since a step by ${who}. Load the page again.",
            mapping=values,
        ),
    )


def person_name(user_id: str) -> str:
    """Name of a person for the staff; the id where there is none."""
    user = api.user.get(userid=user_id) if user_id else None
    return (user.getProperty("fullname") if user else "") or user_id or "–"


# ------------------------------------------------------------ the engine's events


def _ours(event: Any) -> Transition | None:
    if event.transition is None or importing():
        return None
    known = _TRANSITIONS.get(event.workflow.getId(), {})
    return known.get(event.transition.getId())


def _values(transition: Transition, event: Any) -> Mapping[str, Any]:
    given = event.kwargs or {}
    found = given.get("zhinan_values")
    return complete(transition, given) if found is None else found


def check(obj: Any, event: Any) -> None:
    """Before the state changes: ask everything that may speak against it.

    :raises Refused: with all reasons.
    """
    transition = _ours(event)
    if transition is None:
        return
    found = list(_reasons(obj, transition, _values(transition, event)))
    if found:
        raise Refused(found)


def apply(obj: Any, event: Any) -> None:
    """After it: what the transition is for."""
    transition = _ours(event)
    if transition is None:
        return
    result = transition.effect(obj, _values(transition, event))
    if result is not None:
        # The engine must not index what was merged and is gone.
        raise ObjectDeleted(result)
