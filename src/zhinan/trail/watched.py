"""What of an object the trail watches: the fields of all its schemata."""

from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from DateTime import DateTime
from functools import lru_cache
from plone.app.textfield.interfaces import IRichTextValue
from plone.dexterity.utils import iterSchemata
from plone.namedfile.interfaces import INamed
from plone.uuid.interfaces import IUUID
from typing import Any
from z3c.relationfield.interfaces import IRelationValue
from zhinan.trail.interfaces import ITracked
from zhinan.trail.interfaces import ITrailFields
from zope.component import adapter
from zope.interface import implementer
from zope.schema import getFieldNames

import datetime
import hashlib


#: Fields that are none: a remark on the way to a version, a switch, the address.
SKIPPED = frozenset({"changeNote", "versioning_enabled", "id"})
#: Attributes that name the department of an object, nearest first.
OWNERS = ("owner_department", "department", "code")
_MISSING = object()
_EMPTY: tuple[Any, ...] = (None, "", [], {})
#: Checksums of stored files by address and revision in the database.
_SUMS: dict[tuple[Any, ...], str] = {}
_MOST_SUMS = 10_000


@lru_cache(maxsize=256)
def _names(schema: Any) -> tuple[str, ...]:
    return tuple(sorted(set(getFieldNames(schema)) - SKIPPED))


@implementer(ITrailFields)
@adapter(ITracked)
class Watched:
    """Reads the fields without waking anything else."""

    def __init__(self, context: Any):
        self.context = context

    @property
    def uid(self) -> str:
        """UID of the object."""
        return IUUID(self.context, None) or ""

    @property
    def title(self) -> str:
        """Its title."""
        return str(getattr(aq_base(self.context), "title", "") or "")

    @property
    def department(self) -> str:
        """Its own department, or that of what it lies in."""
        for item in aq_chain(aq_inner(self.context)):
            if not ITracked.providedBy(item):
                break
            for name in OWNERS:
                found = getattr(aq_base(item), name, None)
                if isinstance(found, str) and found:
                    return found
        return ""

    def fields(self) -> dict[str, Any]:
        """Every field that is not empty."""
        found = {}
        for schema in iterSchemata(self.context):
            names = _names(schema)
            if not names:
                continue
            for name, value in self._values(schema, names):
                value = plain(value)
                if value not in _EMPTY:
                    found[name] = value
        return found

    def _values(self, schema: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        base = aq_base(self.context)
        if schema.providedBy(base):
            base._p_activate()
            there = vars(base)
            for name in names:
                value = there.get(name, _MISSING)
                if value is _MISSING:
                    value = getattr(base, name, None)
                yield name, value
        else:
            adapted = schema(self.context, None)
            for name in names if adapted is not None else ():
                yield name, getattr(adapted, name, None)

    def former(self) -> dict[str, Any]:
        """The object's own fields as they were committed last."""
        base = aq_base(self.context)
        jar = base._p_jar
        if jar is None:
            return {}
        try:
            # Not what a savepoint has put aside, but what this transaction found.
            data, _serial = jar._normal_storage.load(base._p_oid)
        except KeyError:
            # It is new.
            return {}
        state = jar._reader.getState(data)
        if not isinstance(state, dict):
            return {}
        ghost = type(base).__new__(type(base))
        ghost.__setstate__(state)
        return Watched(ghost.__of__(self.context.__parent__)).fields()


def plain(value: Any) -> Any:
    """A value as JSON knows it; line ends and kinds of lists make no difference."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.replace("\r\n", "\n") if "\r" in value else value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, DateTime):
        return value.ISO8601()
    if isinstance(value, Mapping):
        rows = {str(key): plain(item) for key, item in value.items()}
        return {key: item for key, item in rows.items() if item not in _EMPTY}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [item for item in map(plain, value) if item not in _EMPTY]
    if INamed.providedBy(value):
        return {
            "filename": value.filename or "",
            "type": getattr(value, "contentType", ""),
            "sha256": _sum(value),
        }
    if IRichTextValue.providedBy(value):
        return {"raw": plain(value.raw), "type": value.mimeType}
    if IRelationValue.providedBy(value):
        return {"to": value.to_id}
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Iterable):
        return [item for item in map(plain, value) if item not in _EMPTY]
    # It has no text that would be the same the next time.
    return type(value).__name__


def _sum(value: Any) -> str:
    """SHA-256 of a file; of one that is stored already it is kept in memory."""
    blob = getattr(value, "_blob", None)
    key = None
    if blob is not None and blob._p_oid and blob._p_jar and not blob._p_changed:
        blob._p_activate()
        if int.from_bytes(blob._p_serial, "big"):
            key = (blob._p_jar.db().database_name, blob._p_oid, blob._p_serial)
            if key in _SUMS:
                return _SUMS[key]
    digest = hashlib.sha256()
    if blob is None:
        data = value.data
        digest.update(data if isinstance(data, bytes) else str(data).encode())
    else:
        try:
            with value.open() as stream:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
        except (OSError, KeyError):
            # That a file is gone is found by those who verify files.
            return "missing"
    if key is not None:
        if len(_SUMS) >= _MOST_SUMS:
            _SUMS.clear()
        _SUMS[key] = digest.hexdigest()
    return digest.hexdigest()
