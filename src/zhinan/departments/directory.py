"""Looking departments up by code, from the catalogue, without waking one."""

from dataclasses import dataclass
from plone import api
from plone.indexer import indexer
from typing import Any
from zhinan.departments.content import IDepartment
from zhinan.departments.content import PORTAL_TYPE
from zope.globalrequest import getRequest
from zope.interface import implementer
from zope.schema.interfaces import IVocabularyFactory
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


_KEY = "zhinan.departments.directory"


@dataclass(frozen=True)
class Entry:
    """What a listing needs to know of a department."""

    code: str
    title: str
    short_name: str
    credit_code: str
    url: str
    uid: str


def entries() -> dict[str, Entry]:
    """All departments by code, in their order; read once a request.

    Not filtered by permission: the name of a department is public wherever a guide
    names its owner.
    """
    request = getRequest()
    annotations = getattr(request, "other", None)
    if annotations is not None and _KEY in annotations:
        return annotations[_KEY]
    catalog = api.portal.get_tool("portal_catalog")
    found = {}
    for brain in catalog.unrestrictedSearchResults(
        portal_type=PORTAL_TYPE, sort_on="getObjPositionInParent"
    ):
        row = brain.row or {}
        code = brain.department
        found[code] = Entry(
            code=code,
            title=brain.Title,
            short_name=row.get("short_name") or brain.Title,
            credit_code=row.get("credit_code") or "",
            url=brain.getURL(),
            uid=brain.UID,
        )
    if annotations is not None:
        annotations[_KEY] = found
    return found


def forget() -> None:
    """Read the departments again: this request has added one."""
    annotations = getattr(getRequest(), "other", None)
    if annotations is not None:
        annotations.pop(_KEY, None)


def get(code: str | None) -> Entry | None:
    """The department with this code, or None."""
    return entries().get(code) if code else None


@implementer(IVocabularyFactory)
class DepartmentsVocabulary:
    """All departments: the code is value and token."""

    def __call__(self, context: Any) -> SimpleVocabulary:
        return SimpleVocabulary(
            [SimpleTerm(e.code, e.code, e.title) for e in entries().values()]
        )


@indexer(IDepartment)
def department_code(obj: Any) -> str:
    """The code of the department itself."""
    return obj.code


@indexer(IDepartment)
def department_row(obj: Any) -> dict[str, str]:
    """Metadata for listings."""
    return {"short_name": obj.short_name, "credit_code": obj.credit_code}


@indexer(IDepartment)
def searchable_text(obj: Any) -> str:
    """Everything that a person may look for."""
    phones = [row.get("number") or "" for row in obj.phones or ()]
    parts = [obj.title, obj.short_name, obj.description, obj.address, *phones]
    return " \n".join(part for part in (*parts, *(obj.duties or ())) if part)
