"""What differs between a working copy and its guide, in the words of the page."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zhinan import _
from zhinan.departments.confidentiality import may_read
from zhinan.forms.readable import difference
from zhinan.forms.readable import lines
from zhinan.guides import units
from zhinan.guides.workingcopy import guide_of
from zhinan.guides.workingcopy import opened
from zhinan.rules.merging import Conflict
from zhinan.rules.merging import Node
from zhinan.rules.merging import ORDER
from zhinan.rules.merging import Path
from zhinan.rules.merging import Unit
from zhinan.rules.merging import WHOLE


Translate = Callable[[Any], str]


@dataclass(frozen=True)
class ConflictRow:
    """One element that was changed on both sides, each state as lines of text."""

    key: str
    #: material or form, or an empty text for the guide itself
    part: str
    title: str
    base: list[str]
    theirs: list[str]
    mine: list[str]


@dataclass(frozen=True)
class Changed:
    """One part that differs; ``kind`` is guide, altered, added or removed.

    ``elements`` are pairs of a title and the lines that differ, as ``difference`` gives
    them.
    """

    kind: str
    title: str
    elements: list[tuple[str, list[Any]]]


def part_title(path: Path, *units_: Unit) -> str:
    """Name of a part, with the material before its form; empty for the whole."""
    found = []
    for depth in range(1, len(path) + 1):
        node = next((u[path[:depth]] for u in units_ if path[:depth] in u), None)
        title = str(node.values.get("title", "")) if node is not None else ""
        version = str(node.values.get("version", "")) if node is not None else ""
        found.append(" ".join(filter(None, (title, version))) or path[depth - 1])
    return " / ".join(found)


def conflict_rows(
    copy: Any, conflicts: Iterable[Conflict], t: Translate
) -> list[ConflictRow]:
    """Every conflict with what it was, what is online, and what the copy has."""
    known = opened(copy)
    base = known.base if known is not None else {}
    sides = (base, units.snapshot(guide_of(copy)), units.snapshot(copy))
    found = []
    for conflict in conflicts:
        title, states = _states(conflict, sides, copy, t)
        part = part_title(conflict.path, *reversed(sides))
        found.append(ConflictRow(conflict.key, part, title, *states))
    return found


def _states(
    conflict: Conflict, sides: tuple[Unit, ...], copy: Any, t: Translate
) -> tuple[str, list[list[str]]]:
    path, name = conflict.path, conflict.name
    if name == WHOLE:
        there, gone = t(_("still there")), t(_("taken away"))
        return t(_("Whether it is there")), [
            [there if path in side else gone] for side in sides
        ]
    nodes = [side.get(path) for side in sides]
    if name == ORDER:
        return t(_("order of the materials")), [
            [part_title((*path, key), side) for key in node.children] if node else []
            for side, node in zip(sides, nodes, strict=True)
        ]
    portal_type = next(node.type for node in nodes if node is not None)
    field = dict(units.fields(portal_type)).get(name)
    if field is None:
        # The table no longer has it; nobody knows its name.
        return name, [[], [], []]
    return t(field.title), [_lines(field, path, node, copy, t) for node in nodes]


def _lines(
    field: Any, path: Path, node: Node | None, copy: Any, t: Translate
) -> list[str]:
    value = node.values.get(field.getName()) if node is not None else None
    if isinstance(value, Mapping) and not _open(field, path, copy):
        # Also the name of a file is for who may have the file.
        value = {}
    return lines(field, value, copy, t) if value != {} else [t(_("a file"))]


def _open(field: Any, path: Path, copy: Any) -> bool:
    """Whether who is signed in may know the file, as it is in copy and guide."""
    for whole in (copy, guide_of(copy)):
        try:
            obj = units.part(whole, path)
        except (AttributeError, KeyError):
            continue
        if not may_read(obj, field.getName()):
            return False
    return True


def changes(old: Unit, new: Unit, copy: Any, t: Translate) -> list[Changed]:
    """What a reader of the old state has to read again in the new one."""
    found = []
    for path in dict.fromkeys([*new, *old]):
        before, after = old.get(path), new.get(path)
        if before is not None and after is not None:
            elements = _elements(path, before, after, copy, t)
            row = _reordered(path, old, new, t)
            if row:
                elements.append(row)
            if elements:
                kind = "altered" if path else "guide"
                found.append(Changed(kind, part_title(path, new, old), elements))
        elif path[:-1] in old and path[:-1] in new:
            # Of what came or went as a whole, its parts need no line of their own.
            kind = "added" if after is not None else "removed"
            found.append(Changed(kind, part_title(path, new, old), []))
    return found


def _elements(
    path: Path, before: Node, after: Node, copy: Any, t: Translate
) -> list[tuple[str, list[Any]]]:
    found = []
    for name, field in units.fields(after.type):
        old, new = (node.values.get(name) for node in (before, after))
        if old != new:
            then, now = (_lines(field, path, node, copy, t) for node in (before, after))
            rows = difference(then, now)
            if not rows:
                # Another file of the same name and size.
                rows = [("added", [("added", t(_("another file")))])]
            found.append((t(field.title), rows))
    return found


def _reordered(
    path: Path, old: Unit, new: Unit, t: Translate
) -> tuple[str, list[Any]] | None:
    common = set(old[path].children) & set(new[path].children)
    one, two = (
        [key for key in unit[path].children if key in common] for unit in (old, new)
    )
    if one == two:
        return None
    names = [part_title((*path, key), new) for key in two]
    title = _("order of the materials") if not path else _("order of the forms")
    return t(title), [("added", [("same", name)]) for name in names]
