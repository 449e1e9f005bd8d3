"""Which object of the site a record means.

By the UID that it was exported from; else by what tells such objects apart: codes of a
guide, the key of a register's entry, the code of a department, the name of a material
within its guide, the version of a form.
"""

from collections.abc import Iterable
from plone import api
from typing import Any
from zhinan.departments.content import PORTAL_TYPE as DEPARTMENT
from zhinan.registers.entries import REGISTERS
from zhinan.rules.records import Record
from zhinan.rules.registers import registers


GUIDE, MATERIAL, FORM_VERSION = "MatterGuide", "Material", "FormVersion"


class Ambiguous(Exception):
    """Several objects of the site fit."""


def matter_code(values: Any) -> str:
    """The code that tells a guide from all others, or empty."""
    return values.get("handling_code") or values.get("implementation_code") or ""


def _catalog(**query: Any) -> list[Any]:
    return list(
        api.portal.get_tool("portal_catalog").unrestrictedSearchResults(**query)
    )


def _one(brains: Iterable[Any]) -> Any:
    found = list(brains)
    if len(found) > 1:
        raise Ambiguous
    return found[0]._unrestrictedGetObject() if found else None


def find(record: Record, department: str) -> Any:
    """The object that a record at the top of a source means, or None.

    :param department: code of the record's department in the site, or empty.
    :raises Ambiguous: if several fit.
    """
    if record.uid:
        brains = _catalog(UID=record.uid, portal_type=record.portal_type)
        if brains:
            return _one(brains)
    if record.portal_type == GUIDE:
        return _guide(record.values, department)
    if record.portal_type == DEPARTMENT:
        return _department(record.values)
    return _entry(record, department)


def _guide(values: dict[str, Any], department: str) -> Any:
    code = matter_code(values)
    if code:
        brains = _catalog(portal_type=GUIDE, matter_code=code)
        if brains:
            return _one(brains)
    if not department:
        return None
    if values.get("catalog_code"):
        brains = _catalog(
            portal_type=GUIDE,
            catalog_code=values["catalog_code"],
            department=department,
        )
    else:
        brains = _catalog(portal_type=GUIDE, department=department)
        brains = [brain for brain in brains if brain.Title == values.get("title")]
    if code:
        # A guide with a code of its own is another matter.
        return _one(b for b in brains if not b.matter_code)
    same_title = [brain for brain in brains if brain.Title == values.get("title")]
    return _one(same_title if len(brains) > 1 and same_title else brains)


def _department(values: dict[str, Any]) -> Any:
    if values.get("code"):
        brains = _catalog(portal_type=DEPARTMENT, department=values["code"])
        if brains:
            return _one(brains)
    code = values.get("credit_code")
    if not code:
        return None
    brains = _catalog(portal_type=DEPARTMENT)
    return _one(b for b in brains if (b.row or {}).get("credit_code") == code)


def _entry(record: Record, department: str) -> Any:
    register = registers()[REGISTERS[record.portal_type]]
    wanted = {**record.values}
    if department:
        wanted["department"] = department
    key = [_plain(wanted.get(name)) for name in register.key]
    if not any(key):
        return None
    folder = api.portal.get()["registers"][register.name.replace("_", "-")]
    narrowed = {}
    if "catalog_code" in register.key and wanted.get("catalog_code"):
        narrowed["catalog_code"] = wanted["catalog_code"]
    brains = _catalog(
        portal_type=record.portal_type,
        path={"query": "/".join(folder.getPhysicalPath()), "depth": 1},
        **narrowed,
    )
    if "title" in register.key:
        brains = [b for b in brains if _plain(b.Title) == _plain(wanted.get("title"))]
    objects = [brain._unrestrictedGetObject() for brain in brains]
    found = [
        obj
        for obj in objects
        if [_plain(getattr(obj, name, None)) for name in register.key] == key
    ]
    if len(found) > 1:
        raise Ambiguous
    return found[0] if found else None


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def key_of(record: Record, department: str) -> tuple[str, ...]:
    """What must not stand twice in one source."""
    values = record.values
    if record.portal_type == GUIDE:
        code = matter_code(values)
        if code:
            return (GUIDE, code)
        return (
            GUIDE,
            department,
            values.get("catalog_code") or "",
            values.get("title") or "",
        )
    if record.portal_type == DEPARTMENT:
        return (DEPARTMENT, values.get("code") or values.get("credit_code") or "")
    register = registers()[REGISTERS[record.portal_type]]
    wanted = {**values, **({"department": department} if department else {})}
    return (record.portal_type, *(_plain(wanted.get(k)) for k in register.key))


def pair(records: list[Record], objects: list[Any], name: str) -> list[Any]:
    """For each record within a parent, the object that it means, or None.

    By UID, else the nth with this value of ``name``.
    """
    left = list(objects)
    found: list[Any] = [None] * len(records)
    for number, record in enumerate(records):
        match = next((o for o in left if record.uid and o.UID() == record.uid), None)
        if match is not None:
            found[number] = match
            left.remove(match)
    for number, record in enumerate(records):
        if found[number] is not None:
            continue
        value = record.values.get(name)
        match = next((o for o in left if getattr(o, name, None) == value), None)
        if match is not None:
            found[number] = match
            left.remove(match)
    return found
