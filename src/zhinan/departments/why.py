"""Why somebody can, or cannot, do something here; and who can.

The answer is computed from the matrix and then compared with what the platform says. A
difference is a mistake of ours or a hand that went past the matrix, and never hidden.
"""

from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from plone import api
from plone.locking.interfaces import ILockable
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan import logger
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments import people
from zhinan.departments.interfaces import IHindrance
from zhinan.departments.matrix import matrix
from zhinan.departments.owned import owners
from zhinan.rules.permissions import ANY
from zhinan.rules.permissions import decide
from zhinan.rules.permissions import Decision
from zhinan.rules.permissions import Ground
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import Holding
from zhinan.rules.permissions import OWN
from zhinan.rules.permissions import Right
from zhinan.rules.permissions import Row
from zhinan.rules.permissions import SITE
from zhinan.rules.permissions import stands_to
from zhinan.rules.permissions import words
from zope.component import getUtilitiesFor
from zope.i18nmessageid import Message


#: Who may ask about other people everywhere.
PERMISSION = "Zhinan: Explain rights"
VIEW = "view"
#: Rights that a lock of somebody else keeps from being used.
_LOCKED = frozenset(["edit", "delete"])

WHOSE = {
    "own": _("whose_own", default="of the department in charge"),
    "co": _("whose_co", default="of a department it is shared with"),
    "any": _("whose_any", default="of any department"),
}


class UnknownRight(ValueError):
    """There is no such right or permission."""


@dataclass(frozen=True)
class Place:
    """What decides of an object: the type and state of itself or of what holds it."""

    obj: Any
    type: str
    state: str
    owner: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Holders:
    """Who holds the function of a row here: a group and the people in it."""

    function: str
    department: str
    group: str
    people: tuple[people.Person, ...]


@dataclass(frozen=True)
class Source:
    """A row of the matrix with those who have it."""

    row: Row
    #: whether everybody has it, signed in or not
    everybody: bool
    holders: tuple[Holders, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Whether a person has a right here, and everything that decides it."""

    user: str
    name: str
    right: str
    permissions: tuple[str, ...]
    place: Place
    administrator: bool
    holdings: tuple[Holding, ...]
    decision: Decision
    #: what the platform says of all the permissions
    checked: bool
    notes: tuple[Message, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        """What follows from the matrix."""
        return self.administrator or self.decision.granted

    @property
    def consistent(self) -> bool:
        """Whether the platform says the same."""
        return self.allowed == self.checked

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The rows that grant it to this person."""
        return self.decision.grounds

    def stands(self, holding: Holding) -> str:
        """How a function of the person counts here: own, co or any."""
        return stands_to(words(), holding, self.place.owner, self.place.shared)[0]


# ------------------------------------------------------------------- what decides


def place_of(obj: Any) -> Place | None:
    """Type, state and owners that decide of an object; None where the matrix is silent.

    What lies inside a guide has no state of its own.
    """
    known = matrix().types()
    while obj is not None:
        if getattr(obj, "portal_type", None) in known:
            owner, shared = owners(obj)
            state = api.content.get_state(obj)
            return Place(obj, obj.portal_type, state, owner, shared)
        obj = aq_parent(aq_inner(obj))
    return None


def right_named(name: str) -> Right:
    """A right by its name, or the one that a permission makes.

    :raises UnknownRight: if there is none of this name.
    """
    known = words().rights
    if name in known:
        return known[name]
    for right in known.values():
        if name in right.permissions:
            return Right(right.name, right.title, right.title_en, (name,), right.site)
    raise UnknownRight(name)


def rights_on(obj: Any) -> list[Right]:
    """The rights that some row of this type grants, in their order."""
    place = place_of(obj)
    if place is None:
        return []
    used = {r for row in matrix().rows if row.type == place.type for r in row.rights}
    return [right for right in words().rights.values() if right.name in used]


def explain(obj: Any, user: Any = None, right: str = VIEW) -> Answer:
    """Why a person (the one who is signed in) has a right on an object, or has not.

    :param right: a right, or a permission of the platform that belongs to one.
    :raises UnknownRight: for any other name.
    """
    wanted = right_named(right)
    if user is None:
        user = api.user.get_current()
    place = _place(obj, wanted)
    held = tuple(people.holdings(user))
    administrator = people.is_administrator(user)
    decision = decide(
        matrix(), place.type, place.state, wanted.name, held, place.owner, place.shared
    )
    target = api.portal.get() if wanted.site else obj
    checked = all(
        api.user.has_permission(permission, user=user, obj=target)
        for permission in wanted.permissions
    )
    answer = Answer(
        user=user.getId() or "",
        name=user.getProperty("fullname", "") or user.getId() or "",
        right=wanted.name,
        permissions=wanted.permissions,
        place=place,
        administrator=administrator,
        holdings=held,
        decision=decision,
        checked=checked,
    )
    if not answer.consistent:
        logger.error(
            "The matrix and the platform differ: %s for %s on %s: %s, %s",
            wanted.name,
            answer.user,
            "/".join(target.getPhysicalPath()),
            answer.allowed,
            checked,
        )
    return _with_notes(answer, obj)


def _place(obj: Any, right: Right) -> Place:
    if right.site:
        return Place(api.portal.get(), SITE, "", "", ())
    found = place_of(obj)
    if found is None:
        raise UnknownRight(right.name)
    return found


# ------------------------------------------------------------- what else decides


def _with_notes(answer: Answer, obj: Any) -> Answer:
    notes = [*_locks(answer, obj), *_steps(answer)]
    for _name, hindrance in sorted(getUtilitiesFor(IHindrance)):
        notes += hindrance.sentences(obj, answer.user, answer.right)
    return replace(answer, notes=tuple(notes))


def _locks(answer: Answer, obj: Any) -> Iterator[Message]:
    """Somebody else is at it."""
    lockable = ILockable(obj, None) if answer.right in _LOCKED else None
    for lock in lockable.lock_info() if lockable is not None else ():
        if lock["creator"] != answer.user:
            yield _(
                "why_locked",
                default="${person} has it open for editing; until that is closed, "
                "nobody else can change it.",
                mapping={"person": people.name_of(lock["creator"])},
            )


def _steps(answer: Answer) -> Iterator[Message]:
    """A right to take a step is of use only where the state has such a step."""
    if answer.place.type == SITE:
        return
    tool = api.portal.get_tool("portal_workflow")
    own = set(words().rights[answer.right].permissions)
    for workflow in tool.getWorkflowsFor(answer.place.obj):
        guards = {
            name: set(step.guard.permissions)
            for name, step in workflow.transitions.objectItems()
            if step.guard is not None
        }
        mine = {name for name, permissions in guards.items() if permissions & own}
        if not mine or answer.right in {VIEW, "edit"}:
            continue
        state = workflow.states.get(answer.place.state)
        here = [name for name in state.transitions if name in mine] if state else []
        if not here:
            yield _(
                "why_no_step",
                default="In this state the workflow has no step that goes with this "
                "right.",
            )


# ------------------------------------------------------------------------ who can


def who_can(obj: Any, right: str = VIEW) -> list[Source]:
    """The rows that grant a right on an object as it is now, each with its people.

    :raises UnknownRight: if there is no such right.
    """
    wanted = right_named(right)
    place = _place(obj, wanted)
    return [
        source_of(row, place)
        for row in matrix().granting(place.type, place.state, wanted.name)
    ]


def source_of(row: Row, place: Place) -> Source:
    """A row with those who have its function here."""
    function = words().functions[row.function]
    if function.kind == "public":
        return Source(row, True)
    if function.kind == "site":
        found = [("", function.group)]
    else:
        codes: tuple[str, ...]
        if row.whose == ANY:
            codes = tuple(directory.entries())
        else:
            codes = (place.owner,) if row.whose == OWN else place.shared
        found = [(code, group_id(code, row.function)) for code in codes if code]
    holders = tuple(
        Holders(row.function, code, group, tuple(people.members(group)))
        for code, group in found
    )
    return Source(row, False, holders)


# ----------------------------------------------------------------------- who asks


def may_see(obj: Any) -> bool:
    """Whether who asks may know of the object at all."""
    return bool(api.user.has_permission("View", obj=obj))


def may_ask_about_others(obj: Any) -> bool:
    """Supervision and administrators, and the head of the department in charge."""
    if api.user.is_anonymous():
        return False
    if api.user.has_permission(PERMISSION, obj=api.portal.get()):
        return True
    place = place_of(obj)
    return bool(
        place is not None
        and place.owner
        and place.owner in functions.departments_of(None, "head")
    )


def check_asker(obj: Any, user_id: str = "") -> None:
    """Refuse a question that is not this person's to ask.

    :raises Unauthorized: if the person has no function, or asks about somebody else
        without the right to.
    """
    if not functions.is_staff():
        raise Unauthorized(_("Only people with a function may ask about rights."))
    me = api.user.get_current().getId()
    if user_id in {"", me}:
        return
    if not (may_see(obj) and may_ask_about_others(obj)):
        raise Unauthorized(
            _(
                "You may ask about your own rights. About others, supervision, the "
                "administrators and the head of the department in charge may ask."
            )
        )
