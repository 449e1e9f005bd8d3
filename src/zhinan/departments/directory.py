"""Looking departments up by code, from the catalogue, without waking one."""

from dataclasses import dataclass
from plone import api
from plone.indexer import indexer
from plone.restapi.interfaces import IIndexQueryParser
from plone.restapi.search.query import FieldIndexQueryParser
from plone.restapi.search.query import KeywordIndexQueryParser
from Products.PluginIndexes.FieldIndex.FieldIndex import FieldIndex
from Products.PluginIndexes.KeywordIndex.KeywordIndex import KeywordIndex
from typing import Any
from zhinan.departments import aliases
from zhinan.departments.content import IDepartment
from zhinan.departments.content import PORTAL_TYPE
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import implementer
from zope.interface import Interface
from zope.schema.interfaces import IVocabularyFactory
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


_KEY = "zhinan.departments.directory"
#: Indexes that hold codes of departments.
_INDEXES = frozenset({"department", "owner_department"})


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

    One that was merged into another is none any more: its code means its successor.
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
        if aliases.is_old(code):
            continue
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
    """The department with this code or what has taken it over, or None."""
    return entries().get(resolve(code)) if code else None


def with_past() -> dict[str, Entry]:
    """The departments, and behind them those of the past under the names they had.

    What still says an old code is a record of that time, such as a release of the
    catalogue: it keeps the name, and leads to the department that has taken over.
    """
    found = dict(entries())
    for alias in aliases.known():
        successor = get(alias.code)
        if successor is not None and alias.code not in found:
            found[alias.code] = Entry(
                code=alias.code,
                title=alias.title,
                short_name=alias.short_name or alias.title,
                credit_code="",
                url=successor.url,
                uid=successor.uid,
            )
    return found


def resolve(code: Any) -> Any:
    """The code that an old code means today; anything else comes back as it is."""
    return aliases.resolve(code)


@implementer(IVocabularyFactory)
class DepartmentsVocabulary:
    """All departments: the code is value and token."""

    def __call__(self, context: Any) -> SimpleVocabulary:
        return SimpleVocabulary(
            [SimpleTerm(e.code, e.code, e.title) for e in entries().values()]
        )


class _Resolved:
    """A query for an old code is one for the department that has taken over."""

    def parse_query_value(self, query_value: Any) -> Any:
        """The code that counts today, where the index holds codes of departments."""
        value = super().parse_query_value(query_value)
        return resolve(value) if self.index.id in _INDEXES else value


@implementer(IIndexQueryParser)
@adapter(FieldIndex, Interface, IZhinanLayer)
class FieldQueryParser(_Resolved, FieldIndexQueryParser):
    """Queries of REST clients in indexes of single values."""


@implementer(IIndexQueryParser)
@adapter(KeywordIndex, Interface, IZhinanLayer)
class KeywordQueryParser(_Resolved, KeywordIndexQueryParser):
    """Queries of REST clients in indexes of several values."""


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
