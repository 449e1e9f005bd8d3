"""People: their names, the functions they hold, and who holds a function."""

from collections.abc import Iterator
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan.departments import absences
from zhinan.departments import functions
from zhinan.rules.permissions import Holding
from zhinan.rules.permissions import MANAGER
from zhinan.rules.permissions import words


#: People that a search for a name answers with at most.
MOST = 20


@dataclass(frozen=True)
class Person:
    """Somebody who holds a function."""

    id: str
    name: str
    #: id of the absent person in whose place it is held
    for_person: str = ""


def find(given: str) -> Any:
    """The person with this id or login, or None."""
    return api.user.get(userid=given) or api.user.get(username=given)


def name_of(user_id: str) -> str:
    """The name of a person, as far as there is one."""
    user = api.user.get(userid=user_id)
    return (user.getProperty("fullname", "") if user is not None else "") or user_id


def search(text: str) -> list[Person]:
    """People whose name or login holds this text, sorted by name."""
    text = text.strip()
    if not text:
        return []
    acl_users = api.portal.get_tool("acl_users")
    wanted: dict[str, str] = {}
    for criteria in ({"login": text}, {"fullname": text}):
        for found in acl_users.searchUsers(max_results=MOST * 2, **criteria):
            user_id = found.get("userid") or found["id"]
            wanted.setdefault(user_id, name_of(user_id))
    people = [Person(user_id, name) for user_id, name in wanted.items()]
    return sorted(people, key=lambda person: (person.name, person.id))[:MOST]


def is_administrator(user: Any) -> bool:
    """Whether a person is the technical administrator, who may do everything."""
    return MANAGER in user.getRoles()


def holdings(user: Any) -> list[Holding]:
    """Every function that a person holds, by group or by a role of his or her own."""
    groups = functions.groups_of(user)
    lent = absences.lent_groups(user.getId()) if user.getId() else {}
    own = set(absences.own_groups(user.getId())) if lent else set(groups)
    found = []
    for department, function in sorted(functions.held(groups)):
        group = functions.group_id(department, function)
        if group in own:
            found.append(Holding(function, department, group))
        else:
            found += [
                Holding(function, department, group, person)
                for person in lent.get(group, ())
            ]
    found += [
        Holding(function.name, group=function.group)
        for function in words().site_functions()
        if function.group in groups
    ]
    held = {holding.function for holding in found}
    roles = set(user.getRoles())
    for function in words().functions.values():
        role = function.role_for("any")
        if function.kind != "public" and function.name not in held and role in roles:
            # Given past the groups, such as by hand in the platform's own pages.
            found.append(Holding(function.name))
    return found


def members(group: str) -> Iterator[Person]:
    """The people in a group, those of groups inside it too, sorted by name."""
    found: dict[str, Person] = {}
    tool = api.portal.get_tool("portal_groups")
    waiting, seen = [group], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        data = tool.getGroupById(name)
        if data is None:
            continue
        for member in data.getGroupMemberIds():
            if tool.getGroupById(member) is not None:
                waiting += [member] if member not in seen else []
                continue
            user = api.user.get(userid=member)
            if user is not None:
                called = user.getProperty("fullname", "") or member
                found[member] = Person(member, called)
    for substitute, absent in absences.substitutes_in(group):
        if substitute not in found:
            found[substitute] = Person(substitute, name_of(substitute), absent)
    yield from sorted(found.values(), key=lambda person: (person.name, person.id))
