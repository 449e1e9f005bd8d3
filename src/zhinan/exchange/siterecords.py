"""The site as records: what a person may see of it, one object after the other.

Objects become ghosts again after use, so that a whole site can be read without being
held. Nothing is written, so a storage that is open for reading alone will do.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from plone import api
from typing import Any
from typing import BinaryIO
from zhinan.departments import directory
from zhinan.departments.confidentiality import may_read
from zhinan.departments.confidentiality import read
from zhinan.documents.names import safe_name
from zhinan.exchange.workbook.layout import Department
from zhinan.guides.files import describe
from zhinan.guides.files import materials
from zhinan.guides.files import versions
from zhinan.registers.entries import TYPES
from zhinan.rules.elements import Element
from zhinan.rules.interchange import Keys
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import plain
from zhinan.rules.interchange import record_key
from zhinan.rules.records import Place
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile


#: Objects after which the cache of the connection is brought back to its size.
_TIDY = 50


def departments() -> list[Department]:
    """The departments that the person may see, as the workbook names them."""
    return [
        Department(entry.code, entry.title, entry.short_name, entry.credit_code)
        for entry in directory.visible().values()
    ]


class SiteRecords:
    """The records of a site.

    :param codes: codes of the departments whose matters are wanted; all if empty.
    :param states: workflow states of the wanted matters; all if empty.
    :param registers: whether the registers' entries are wanted.
    :param restricted: whether only what the person may view is told; a command that
        runs for the site's owner wants everything.
    """

    def __init__(
        self,
        site: Any,
        codes: Iterable[str] = (),
        states: Iterable[str] = (),
        registers: bool = False,
        restricted: bool = True,
    ):
        self._site = site
        self._codes = set(codes)
        self._states = set(states)
        self._registers = registers
        self._restricted = restricted
        self._files: dict[str, Any] = {}
        self._keys: dict[str, Keys] = {}
        self._read = 0

    def paths(self) -> list[str]:
        """Paths of what is wanted: departments, matters, then registers."""
        found = []
        query: dict[str, Any] = {"portal_type": "Department"}
        if self._codes:
            query["department"] = sorted(self._codes)
        found += self._find(**query)
        query["portal_type"] = "MatterGuide"
        if self._states:
            query["review_state"] = sorted(self._states)
        found += self._find(**query)
        if self._registers:
            for portal_type in TYPES.values():
                found += self._find(portal_type=portal_type)
        return found

    def _find(self, **query: Any) -> list[str]:
        catalog = api.portal.get_tool("portal_catalog")
        search = catalog.unrestrictedSearchResults
        if self._restricted:
            search = catalog.searchResults
        # Matters that are out of date are still matters.
        brains = search(sort_on="getObjPositionInParent", show_inactive=True, **query)
        return [brain.getPath() for brain in brains]

    def record(self, path: str) -> Record | None:
        """The record of an object; None if it is gone or not to be seen or wanted."""
        self._files.clear()
        obj = self._site.unrestrictedTraverse(path, None)
        if obj is None or not self._may_view(obj):
            return None
        record = self.record_of(obj)
        owner = record.values.get("department")
        if self._codes and owner and owner not in self._codes:
            return None
        keys = self._keys.setdefault(record.portal_type, Keys())
        record.key = keys.unique(record.key)
        self._read += 1
        if self._read % _TIDY == 0 and self._site._p_jar is not None:
            self._site._p_jar.cacheGC()
        return record

    def records(self) -> Iterator[Record]:
        """All records, in the order of ``paths``."""
        for path in self.paths():
            record = self.record(path)
            if record is not None:
                yield record

    def _may_view(self, obj: Any) -> bool:
        return not self._restricted or api.user.has_permission("View", obj=obj)

    def record_of(self, obj: Any) -> Record:
        """An object with what is inside it, as far as the person may see it."""
        kind = kinds()[obj.portal_type]
        workflow = api.portal.get_tool("portal_workflow")
        record = Record(obj.portal_type, "", Place())
        for element in kind.elements:
            record.values[element.name] = self._value(element, obj)
        record.key = record_key(kind, record.values) or obj.getId()
        record.id = obj.getId()
        record.uid = obj.UID()
        record.state = workflow.getInfoFor(obj, "review_state", "") or ""
        if kind.children:
            inside = materials if kind.name == "guide" else versions
            unique = Keys()
            record.children = []
            for child in inside(obj):
                if self._may_view(child):
                    below = self.record_of(child)
                    below.key = unique.unique(below.key)
                    record.children.append(below)
        # Blobs are ghosts of their own and stay reachable until the next record.
        obj._p_deactivate()
        return record

    def _value(self, element: Element, obj: Any) -> Any:
        value = plain(getattr(obj, element.name, None))
        if element.kind != "file" or value is None:
            return value
        if self._restricted and not may_read(obj, element.name):
            return None
        kept = (getattr(obj, "files", None) or {}).get(element.name)
        facts = kept or describe(value)
        name = value.filename or element.name
        path = f"files/{facts['sha256']}/{safe_name(name)}"
        self._files[path] = (obj, element.name, value)
        return SourceFile(
            filename=name,
            content_type=value.contentType or "application/octet-stream",
            sha256=facts["sha256"],
            size=facts["size"],
            path=path,
        )

    def open(self, file: SourceFile) -> AbstractContextManager[BinaryIO]:
        """The bytes of a file of the record that was read last."""
        obj, name, value = self._files[file.path]
        if self._restricted:
            read(obj, name)
        return value.open()
