"""What a hand-over finds in the site, as the plain values that the rules want.

Fields are found by what they are (a choice of departments) and by the names of the
rules, so that content of the rooms above needs no word here.
"""

from collections.abc import Iterator
from plone import api
from plone.dexterity.utils import iterSchemata
from plone.locking.interfaces import ILockable
from typing import Any
from zhinan.departments import absences
from zhinan.departments import directory
from zhinan.departments.content import IDepartmental
from zhinan.departments.content import PORTAL_TYPE
from zhinan.departments.owned import IOwned
from zhinan.rules.handover import Department
from zhinan.rules.handover import ENQUIRY
from zhinan.rules.handover import FOLLOW
from zhinan.rules.handover import Membership
from zhinan.rules.handover import PAPERS
from zhinan.rules.handover import Thing
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import parse_group
from zhinan.rules.permissions import words
from zope.schema import getFieldNames

import datetime


_ELEMENTS = frozenset(
    element.partition(".")[0] for names in FOLLOW.values() for element in names
)
#: Beside them, what is looked at of papers.
_OF_PAPERS = ("seal_number", "valid_until", "revoked_on", "remarks")


def plain(value: Any) -> Any:
    """A value as plain JSON value."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def departments(with_ended: bool = False) -> dict[str, Department]:
    """All departments by code with their states.

    :param with_ended: those too that were merged into another one.
    """
    known = directory.entries()
    found = {}
    for brain in api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        portal_type=PORTAL_TYPE, sort_on="getObjPositionInParent"
    ):
        if brain.department not in known and not with_ended:
            continue
        row = brain.row or {}
        found[brain.department] = Department(
            brain.department,
            brain.Title,
            row.get("short_name") or "",
            row.get("credit_code") or "",
            brain.review_state,
        )
    return found


def department(code: str) -> Any:
    """The department object with this very code, or None."""
    brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        portal_type=PORTAL_TYPE, department=code
    )
    return brains[0]._unrestrictedGetObject() if brains else None


def uids() -> list[str]:
    """UIDs of everything on which functions of departments count, sorted."""
    brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        object_provides=IDepartmental.__identifier__
    )
    return sorted(brain.UID for brain in brains if brain.portal_type != PORTAL_TYPE)


def find(uid: str) -> Any:
    """The object with this UID, or None."""
    brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(UID=uid)
    return brains[0]._unrestrictedGetObject() if brains else None


def _fields(obj: Any) -> dict[str, Any]:
    """Elements of an object that may follow, as plain values."""
    names = {
        name
        for schema in iterSchemata(obj)
        if schema is not IOwned
        for name in getFieldNames(schema)
    }
    wanted = _ELEMENTS | set(_OF_PAPERS if obj.portal_type in PAPERS else ())
    return {
        name: plain(getattr(obj, name, None)) for name in sorted(names & set(wanted))
    }


def _parts(obj: Any) -> dict[str, dict[str, Any]]:
    """What lies inside and is no thing of its own, by id."""
    if not getattr(obj, "isPrincipiaFolderish", False):
        return {}
    found = {}
    for part in obj.objectValues():
        fields = {k: v for k, v in _fields(part).items() if v}
        if fields and not IDepartmental.providedBy(part):
            found[part.getId()] = fields
    return found


def thing(obj: Any) -> Thing:
    """An object as the rules want it."""
    tool = api.portal.get_tool("portal_workflow")
    lockable = ILockable(obj, None)
    return Thing(
        uid=obj.UID(),
        type=obj.portal_type,
        title=obj.title or "",
        state=tool.getInfoFor(obj, "review_state", "") or "",
        code=str(getattr(obj, "catalog_code", None) or ""),
        owner=getattr(obj, "owner_department", None) or "",
        shared=tuple(getattr(obj, "co_owners", None) or ()),
        fields=_fields(obj),
        parts=_parts(obj),
        locked=lockable is not None and lockable.locked(),
        matter=(getattr(obj, "matter", None) or "")
        if obj.portal_type == ENQUIRY
        else "",
    )


def things(found: list[str]) -> Iterator[Thing]:
    """The things with these UIDs, as far as they are still there."""
    for uid in found:
        obj = find(uid)
        if obj is not None:
            yield thing(obj)


def belonging(code: str) -> list[dict[str, str]]:
    """What belongs to a department, for a person who chooses; nothing is woken."""
    catalog = api.portal.get_tool("portal_catalog")
    found = {}
    for index in ("owner_department", "department"):
        for brain in catalog.unrestrictedSearchResults({index: code}):
            if brain.portal_type not in {PORTAL_TYPE, ENQUIRY}:
                found[brain.UID] = brain
    rows = [
        {
            "uid": brain.UID,
            "title": brain.Title,
            "type": brain.portal_type,
            "code": (brain.catalog_code or "")
            if isinstance(brain.catalog_code, str)
            else "",
            "matter_code": (brain.matter_code or "")
            if isinstance(brain.matter_code, str)
            else "",
            "state": brain.review_state,
            "matter_type": (brain.row or {}).get("matter_type") or "",
        }
        for brain in found.values()
    ]
    return sorted(rows, key=lambda row: (row["type"], row["code"], row["title"]))


def members(codes: list[str]) -> list[Membership]:
    """Who has which function in these departments."""
    tool = api.portal.get_tool("portal_groups")
    found = []
    for code in codes:
        for function in words().department_functions():
            group = tool.getGroupById(group_id(code, function.name))
            for person in sorted(group.getGroupMemberIds()) if group else ():
                found.append(
                    Membership(person, _name(person), code, function.name),
                )
    return found


def functions_elsewhere(people: set[str], codes: set[str]) -> list[Membership]:
    """What these people are in other departments and beside all of them."""
    found = []
    for person in sorted(people):
        user = api.user.get(userid=person)
        held = set(user.getGroups()) if user is not None else set()
        for function in words().site_functions():
            if function.group in held:
                found.append(Membership(person, _name(person), "", function.name))
        # What is lent for an absence is nobody's own.
        for group in absences.own_groups(person) if user is not None else ():
            code, function_name = parse_group(group) or ("", "")
            if code not in codes:
                found.append(Membership(person, _name(person), code, function_name))
    return found


def _name(person: str) -> str:
    user = api.user.get(userid=person)
    return (user.getProperty("fullname") if user is not None else "") or person
