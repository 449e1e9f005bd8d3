"""A guide with its materials and their forms as one unit: read, copied, changed.

The program does this, not the person: inside what is published nobody holds the
permission to edit, add or delete. Who may ask for it is decided before.
"""

from Acquisition import aq_base
from Acquisition import aq_parent
from collections.abc import Iterator
from copy import deepcopy
from OFS.event import ObjectWillBeMovedEvent
from plone.dexterity.utils import createContent
from plone.dexterity.utils import iterSchemata
from plone.dexterity.utils import iterSchemataForType
from plone.namedfile.interfaces import INamedBlobFile
from typing import Any
from zhinan.departments.owned import IOwned
from zhinan.publishing.versions import later
from zhinan.rules.merging import Merged
from zhinan.rules.merging import Node
from zhinan.rules.merging import Path
from zhinan.trail.watched import SKIPPED
from zhinan.trail.watched import Watched
from zope.container.contained import notifyContainerModified
from zope.event import notify
from zope.lifecycleevent import ObjectCopiedEvent
from zope.lifecycleevent import ObjectModifiedEvent
from zope.lifecycleevent import ObjectMovedEvent
from zope.schema import getFieldsInOrder

import json
import zlib


#: Who owns content is decided on a page of its own, for each thing by itself.
NOT_MERGED = frozenset(IOwned.names())


# ------------------------------------------------------------------------- reading


def fields(portal_type: str) -> Iterator[tuple[str, Any]]:
    """The elements of a type that are merged, in the order of its form."""
    for schema in iterSchemataForType(portal_type):
        for name, field in getFieldsInOrder(schema):
            if name not in SKIPPED | NOT_MERGED and not field.readonly:
                yield name, field


def snapshot(whole: Any) -> dict[Path, Node]:
    """What the unit holds, as plain values; files by their checksum."""
    return dict(_nodes(whole, ()))


def _nodes(obj: Any, path: Path) -> Iterator[tuple[Path, Node]]:
    values = Watched(obj).fields()
    children = parts(obj)
    yield (
        path,
        Node(
            obj.portal_type,
            {name: value for name, value in values.items() if name not in NOT_MERGED},
            tuple(child.getId() for child in children),
        ),
    )
    for child in children:
        yield from _nodes(child, (*path, child.getId()))


def parts(obj: Any) -> list[Any]:
    """What lies in an object of the unit, in its order."""
    return list(getattr(obj, "objectValues", tuple)())


def part(whole: Any, path: Path) -> Any:
    """A part of the unit by its ids."""
    for name in path:
        whole = whole._getOb(name)
    return whole


def packed(unit: dict[Path, Node]) -> bytes:
    """A snapshot as it is kept."""
    rows = [
        [list(path), node.type, node.values, list(node.children)]
        for path, node in unit.items()
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), 9)


def unpacked(data: bytes) -> dict[Path, Node]:
    """The snapshot that was kept."""
    return {
        tuple(path): Node(type_, values, tuple(children))
        for path, type_, values, children in json.loads(zlib.decompress(data))
    }


# ------------------------------------------------------------------------- copying


def twin(original: Any, container: Any, name: str, portal_type: str = "") -> Any:
    """A copy of an object and of everything in it, under this id in a container."""
    made = createContent(portal_type or original.portal_type)
    for field, _field in _fields_of(original):
        there = vars(aq_base(original))
        if field in there:
            setattr(made, field, cloned(there[field]))
    made.id = name
    notify(ObjectCopiedEvent(made, original))
    made.addCreator()
    with later(made):
        # Its first version would say what the original's last one says.
        container._setObject(name, made)
    made = container._getOb(name)
    for child in parts(original):
        twin(child, made, child.getId())
    return made


def _fields_of(obj: Any) -> Iterator[tuple[str, Any]]:
    # Loaded first: what an object holds is not in its dictionary before.
    aq_base(obj)._p_activate()
    for schema in iterSchemata(obj):
        for name, field in getFieldsInOrder(schema):
            if name not in SKIPPED and not field.readonly:
                yield name, field


def cloned(value: Any) -> Any:
    """A value for another object; the content of a file is not stored again.

    A file that is replaced gets a new blob, nobody writes into an old one. So two
    objects may hold the same blob, each with a description of its own around it.
    """
    if INamedBlobFile.providedBy(value):
        base = aq_base(value)
        made = type(base).__new__(type(base))
        made.__setstate__(base.__getstate__())
        return made
    return deepcopy(value) if isinstance(value, list | dict | set) else value


# ------------------------------------------------------------------------ changing


def apply(merged: Merged, source: Any, target: Any, *, move: bool) -> list[Any]:
    """Do to ``target`` what was merged; the objects that changed, the whole first.

    :param move: whether new parts are taken out of ``source`` or copied from it.
    """
    for path in merged.removed:
        part(target, path[:-1])._delObject(path[-1])
    for path in merged.added:
        container = part(target, path[:-1])
        if move:
            _move(part(source, path), container)
        else:
            twin(part(source, path), container, path[-1])
    for path, names in merged.values.items():
        old, new = aq_base(part(target, path)), aq_base(part(source, path))
        for name in names:
            # A default of the class is no value of the object.
            setattr(old, name, cloned(getattr(new, name, None)))
    for path, names in merged.order.items():
        _arrange(part(target, path), names)
    changed = dict.fromkeys(merged.values)
    changed.update((path[:-1], None) for path in (*merged.added, *merged.removed))
    changed.update((path, None) for path in merged.order)
    if changed:
        # The full text of the whole has the names of its parts.
        changed[()] = None
    found = [part(target, path) for path in sorted(changed)]
    for obj in found:
        notify(ObjectModifiedEvent(obj))
    return found


def _arrange(container: Any, names: tuple[str, ...]) -> None:
    ordering = container.getOrdering()
    for position, name in enumerate(names):
        ordering.moveObjectToPosition(name, position, suppress_events=True)


def _move(obj: Any, container: Any) -> None:
    """Move without a question, as pasting what was cut does it with some."""
    name, source = obj.getId(), aq_parent(obj)
    notify(ObjectWillBeMovedEvent(obj, source, name, container, name))
    source._delObject(name, suppress_events=True)
    base = aq_base(obj)
    container._setObject(name, base, set_owner=0, suppress_events=True)
    moved = container._getOb(name)
    notify(ObjectMovedEvent(moved, source, name, container, name))
    notifyContainerModified(source)
    notifyContainerModified(container)
    moved._postCopy(container, op=1)
    moved.manage_changeOwnershipType(explicit=0)
