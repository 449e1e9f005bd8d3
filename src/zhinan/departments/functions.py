"""Functions of people: the groups of each department, and those beside them.

Groups are the platform's own, so that membership is given and taken where it always is,
and nothing has to be indexed anew after it.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from plone import api
from typing import Any
from zhinan.departments import absences
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments.content import IDepartment
from zhinan.forms.messages import message
from zhinan.rules.permissions import Function
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import parse_group
from zhinan.rules.permissions import words
from zhinan.trail.interfaces import ICapacity
from zope.component import adapter
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import implementer
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent
from zope.lifecycleevent.interfaces import IObjectRemovedEvent


LANGUAGE = "zh_CN"


def title(function: Function) -> Message:
    """What people call a function."""
    return message(f"function.{function.name}", function.title)


def _group_title(department: str, function: Function) -> str:
    return f"{department} · {translate(title(function), target_language=LANGUAGE)}"


def prepare() -> None:
    """Make the groups of the functions beside the departments where there are none."""
    tool = api.portal.get_tool("portal_groups")
    for function in words().site_functions():
        if tool.getGroupById(function.group) is None:
            name = translate(title(function), target_language=LANGUAGE)
            tool.addGroup(function.group, title=name)


def ensure(code: str, name: str) -> None:
    """Make the groups of a department, or give them its name anew."""
    tool = api.portal.get_tool("portal_groups")
    for function in words().department_functions():
        group = group_id(code, function.name)
        called = _group_title(name, function)
        if tool.getGroupById(group) is None:
            tool.addGroup(group, title=called)
        else:
            tool.getGroupById(group).setGroupProperties({"title": called})


def drop(code: str) -> None:
    """Take the groups of a department away, and with them every membership."""
    tool = api.portal.get_tool("portal_groups")
    wanted = [group_id(code, f.name) for f in words().department_functions()]
    known = set(tool.getGroupIds())
    tool.removeGroups([group for group in wanted if group in known])


@adapter(IDepartment, IObjectAddedEvent)
def department_added(obj: Any, event: Any) -> None:
    """A department comes with its groups."""
    if obj.code:
        ensure(obj.code, obj.short_name or obj.title)


@adapter(IDepartment, IObjectModifiedEvent)
def department_modified(obj: Any, event: Any) -> None:
    """Its groups are called as it is called; one that has ended has none."""
    if obj.code and not aliases.is_old(obj.code):
        ensure(obj.code, obj.short_name or obj.title)


@adapter(IDepartment, IObjectRemovedEvent)
def department_removed(obj: Any, event: Any) -> None:
    """They go when it goes; a site that is deleted takes everything along anyway."""
    if obj.code and event.newParent is None and event.object is obj:
        directory.forget()
        if obj.code not in directory.entries():
            drop(obj.code)


# ----------------------------------------------------------------- who is what


def groups_of(user: Any = None) -> list[str]:
    """Groups of a person; of the one who is logged in without a person."""
    if user is None:
        if api.user.is_anonymous():
            return []
        user = api.user.get_current()
    user = getattr(user, "getUser", lambda: user)()
    return list(user.getGroups()) if hasattr(user, "getGroups") else []


def held(groups: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Department and function of each group that stands for one."""
    for group in groups:
        found = parse_group(group)
        if found is not None:
            yield found


def departments_of(user: Any = None, *functions: str) -> set[str]:
    """Codes of the departments in which a person has one of these functions, or any."""
    return {
        code
        for code, function in held(groups_of(user))
        if not functions or function in functions
    }


def is_staff() -> bool:
    """Whether the person who is logged in has any function."""
    if api.user.is_anonymous():
        return False
    groups = set(groups_of())
    site = {function.group for function in words().site_functions()}
    if groups & site or any(True for _found in held(groups)):
        return True
    return bool({"Manager", "Site Administrator"} & set(api.user.get_roles()))


@implementer(ICapacity)
class Capacity:
    """In which function somebody acts, for the trail."""

    def capacity(self, obj: Any, user_id: str) -> str:
        """``fgw:editor`` for a function in the owner department, else the first held.

        Several are divided by spaces: which of them was needed, the matrix tells.
        """
        from zhinan.departments.owned import owners

        user = api.user.get(userid=user_id)
        if user is None:
            return ""
        groups = groups_of(user)
        functions = list(held(groups))
        lent = absences.lent_groups(user_id)
        mine = set(absences.own_groups(user_id)) if lent else set(groups)

        def named(code: str, function: str) -> str:
            """With the absent person where it is held in his or her place."""
            group = group_id(code, function)
            absent = ",".join(lent.get(group, ())) if group not in mine else ""
            return f"{code}:{function}" + (f"(for {absent})" if absent else "")

        owner, shared = owners(obj) if obj is not None else ("", ())
        for wanted in ({owner}, set(shared)):
            own = [named(code, f) for code, f in functions if code in wanted]
            if own:
                return " ".join(own)
        beside = [
            function.name
            for function in words().site_functions()
            if function.group in groups
        ]
        return " ".join(beside or [named(code, f) for code, f in functions][:3])
