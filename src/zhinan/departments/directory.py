"""Looking departments up by code, from the catalogue, without waking one."""

from Acquisition import aq_base
from collections.abc import Iterator
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
_VISIBLE = f"{_KEY}.visible"


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
    Not filtered by permission: it is for looking up the department of a code that is
    known, since the name is public wherever a guide names its owner. Who offers
    departments to somebody asks ``visible``.
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


def visible() -> dict[str, Entry]:
    """The departments that this person may see, by code, in their order.

    One that is being prepared is not offered to others, by name or otherwise.
    """
    person = api.user.get_current().getId()
    annotations = getattr(getRequest(), "other", None)
    kept = annotations.setdefault(_VISIBLE, {}) if annotations is not None else {}
    if person not in kept:
        brains = api.portal.get_tool("portal_catalog")(portal_type=PORTAL_TYPE)
        kept[person] = {brain.department for brain in brains}
    return {code: entry for code, entry in entries().items() if code in kept[person]}


def forget() -> None:
    """Read the departments again: this request has added one."""
    annotations = getattr(getRequest(), "other", None)
    if annotations is not None:
        annotations.pop(_KEY, None)
        annotations.pop(_VISIBLE, None)


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


class Departments(SimpleVocabulary):
    """Knows every department by its code, and offers some of them."""

    def __init__(self, known: dict[str, Entry], offered: list[str]):
        super().__init__(
            [SimpleTerm(code, code, entry.title) for code, entry in known.items()]
        )
        self._offered = offered

    def __iter__(self) -> Iterator[SimpleTerm]:
        """What is offered; a code that is stored somewhere stays a valid one."""
        return iter(self.by_value[code] for code in self._offered)

    def __len__(self) -> int:
        return len(self._offered)


def _named(context: Any) -> set[str]:
    """All short texts in the fields of an object: its codes of departments, too."""
    found: set[str] = set()
    waiting = list(getattr(aq_base(context), "__dict__", {}).values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return found


@implementer(IVocabularyFactory)
class DepartmentsVocabulary:
    """The departments: the code is value and token.

    Offered are those that the person may see, and those that the object names already:
    a form must not lose what is chosen because a department was withdrawn.
    """

    def __call__(self, context: Any) -> SimpleVocabulary:
        known, seen = entries(), visible()
        named = _named(context) if len(seen) < len(known) else set()
        return Departments(known, [c for c in known if c in seen or c in named])


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
