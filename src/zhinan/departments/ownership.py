"""Another department in charge: what it changes for whom, and doing it.

This is the one way: the form for editing leaves the two fields out, and REST refuses
them. Rights change with them, so people see first who gains and who loses which.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments import people
from zhinan.departments.events import OwnerChanged
from zhinan.departments.events import Owners
from zhinan.departments.matrix import matrix
from zhinan.departments.owned import IOwned
from zhinan.departments.owned import owners
from zhinan.departments.owned import regrant
from zhinan.departments.why import place_of
from zhinan.rules.codes import Problem
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import Holding
from zhinan.rules.permissions import stands_to
from zhinan.rules.permissions import words
from zope.event import notify
from zope.i18nmessageid import Message


PERMISSION = "Zhinan: Change the owner department"
#: Characters of a note.
LONGEST = 500

MESSAGES = {
    "owner_none": _("owner_none", default="Choose the department in charge."),
    "owner_unknown": _(
        "owner_unknown", default="There is no department “${code}”. Choose one."
    ),
    "owner_note_long": _(
        "owner_note_long", default="The note has at most ${longest} characters."
    ),
}
SHUT_OUT = _(
    "owner_shut_out",
    default="After this change your own department (${departments}) has no rights on "
    "it any more: only the new department in charge or an administrator can give it "
    "back. Confirm if that is meant.",
)


class Refused(ValueError):
    """The wish cannot be carried out; ``problems`` say why."""

    def __init__(self, problems: list[Problem]):
        super().__init__(", ".join(problem.id for problem in problems))
        self.problems = problems

    def sentences(self) -> list[tuple[str, Message]]:
        """Field and sentence of each problem."""
        return [
            (p.field, Message(MESSAGES[p.id], mapping=p.mapping)) for p in self.problems
        ]


class NotConfirmed(ValueError):
    """The change would shut out the acting person's own departments: these."""

    def __init__(self, departments: list[str]):
        super().__init__(", ".join(departments))
        self.departments = departments


@dataclass(frozen=True)
class Shift:
    """What changes for one function of one department, in the present state."""

    department: str
    function: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    people: tuple[people.Person, ...]


@dataclass(frozen=True)
class Preview:
    """What a change would do."""

    before: Owners
    after: Owners
    shifts: tuple[Shift, ...]
    #: departments of the acting person that would have no rights any more
    shut_out: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether it would change anything."""
        return self.before != self.after


def wish(values: Mapping[str, Any]) -> tuple[Owners, str]:
    """Owner, shared departments and note as a person asked for them.

    :raises Refused: if something is missing or unknown.
    """
    owner, shared, note = (
        values.get("owner_department"),
        values.get("co_owners") or (),
        values.get("note") or "",
    )
    shared = [shared] if isinstance(shared, str) else shared
    problems = list(_problems(owner, shared, note))
    if problems:
        raise Refused(problems)
    others = tuple(dict.fromkeys(code for code in shared if code != owner))
    return (str(owner), others), note.replace("\r\n", "\n").strip()


def _problems(owner: Any, shared: Any, note: Any) -> Iterator[Problem]:
    known = directory.entries()
    if not owner:
        yield Problem("owner_department", "owner_none")
    elif owner not in known:
        code = str(owner)[:40]
        yield Problem("owner_department", "owner_unknown", (("code", code),))
    codes: Iterable[Any] = shared if isinstance(shared, (list, tuple)) else [shared]
    for code in codes:
        if code not in known:
            yield Problem("co_owners", "owner_unknown", (("code", str(code)[:40]),))
    if not isinstance(note, str) or len(note) > LONGEST:
        longest = (("longest", str(LONGEST)),)
        yield Problem("note", "owner_note_long", longest)


def preview(obj: Any, after: Owners) -> Preview:
    """Who would gain and lose which rights, as the object stands now."""
    before = owners(obj)
    place = place_of(obj)
    codes = dict.fromkeys(
        code for code in (before[0], *before[1], after[0], *after[1]) if code
    )
    shifts = []
    for code in codes:
        for function in words().department_functions():
            had, has = (
                _rights(place.type, place.state, code, function.name, found)
                for found in (before, after)
            )
            if had != has:
                shifts.append(
                    Shift(
                        code,
                        function.name,
                        tuple(name for name in words().rights if name in has - had),
                        tuple(name for name in words().rights if name in had - has),
                        tuple(people.members(group_id(code, function.name))),
                    )
                )
    own = functions.departments_of()
    left = {before[0], *before[1]} - {after[0], *after[1]}
    return Preview(before, after, tuple(shifts), tuple(sorted(own & left)))


def _rights(
    type_: str, state: str, code: str, function: str, found: Owners
) -> set[str]:
    holding = Holding(function, code)
    ways = stands_to(words(), holding, *found)
    return {
        name
        for row in matrix().rows_for(type_, state)
        if row.function == function and row.whose in ways
        for name in row.rights
    }


def may_change(obj: Any) -> bool:
    """Whether the person may give this object away."""
    return IOwned.providedBy(obj) and bool(api.user.has_permission(PERMISSION, obj=obj))


def change(obj: Any, after: Owners, note: str = "", confirmed: bool = False) -> Preview:
    """Give the object to its new departments; what that changed.

    :raises Unauthorized: if the person may not.
    :raises NotConfirmed: if it would shut out the person's own department and was not
        confirmed.
    """
    if not may_change(obj):
        raise Unauthorized(PERMISSION)
    found = preview(obj, after)
    if not found.changes:
        return found
    if found.shut_out and not confirmed:
        raise NotConfirmed(list(found.shut_out))
    put(obj, after, note)
    return found


def put(obj: Any, after: Owners, note: str = "") -> None:
    """Set the departments, whoever asks: also for a hand-over in one job.

    The content stays what it is: it gets no new version, which who gives it away may
    have no right to save, and the public reads nothing new.
    """
    before = owners(obj)
    obj.owner_department = after[0]
    obj.co_owners = list(after[1]) or None
    regrant(obj)
    notify(OwnerChanged(obj, before, after, note))
