"""Two states that grew out of one are brought together, element by element.

A unit is a thing with its parts: a guide, its materials, their forms. Parts are told
apart by their ids, which stay the same in a working copy. What one side alone changed
is taken from that side; what both changed differently is a conflict, and nobody but a
person decides it.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any


#: Ids on the way from the whole to a part; the whole itself is the empty one.
Path = tuple[str, ...]
#: Names beside those of elements: that a part is there at all, and how parts follow.
WHOLE, ORDER = "*whole", "*order"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Node:
    """The whole or one part: its type, its elements, and the ids of its parts."""

    type: str
    values: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[str, ...] = ()


Unit = Mapping[Path, Node]


@dataclass(frozen=True)
class Conflict:
    """One element that both sides changed differently."""

    path: Path
    name: str

    @property
    def key(self) -> str:
        """One text for it, as a form sends it back."""
        return f"{'/'.join(self.path)}#{self.name}"


@dataclass(frozen=True)
class Merged:
    """What has to be done to the one side, ``theirs``, so that it has both.

    ``values`` are the elements to take from ``mine`` by part, ``added`` and ``removed``
    the topmost parts that come and go, ``order`` the ids of parts in their new order.
    """

    conflicts: tuple[Conflict, ...] = ()
    values: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    added: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    order: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything has to be done or decided."""
        return any((self.conflicts, self.values, self.added, self.removed, self.order))


def merge(
    base: Unit, theirs: Unit, mine: Unit, choices: Mapping[str, str] | None = None
) -> Merged:
    """Bring ``mine`` into ``theirs``; both grew out of ``base``.

    :param choices: ``mine`` or ``theirs`` by the key of a conflict that was decided.
    """
    work = _Work(base, theirs, mine, choices or {})
    work.node(())
    return Merged(
        tuple(work.conflicts),
        work.values,
        tuple(work.added),
        tuple(work.removed),
        work.order,
    )


def subtree(unit: Unit, path: Path) -> dict[Path, Node]:
    """A part with everything in it."""
    return {key: node for key, node in unit.items() if key[: len(path)] == path}


class _Work:
    def __init__(
        self, base: Unit, theirs: Unit, mine: Unit, choices: Mapping[str, str]
    ) -> None:
        self.base, self.theirs, self.mine = base, theirs, mine
        self.choices = choices
        self.conflicts: list[Conflict] = []
        self.values: dict[Path, tuple[str, ...]] = {}
        self.added: list[Path] = []
        self.removed: list[Path] = []
        self.order: dict[Path, tuple[str, ...]] = {}

    def decided(self, path: Path, name: str) -> str:
        """The choice for a conflict; it is noted where there is none yet."""
        conflict = Conflict(path, name)
        choice = self.choices.get(conflict.key)
        if choice in (MINE, THEIRS):
            return choice
        self.conflicts.append(conflict)
        return ""

    def node(self, path: Path) -> None:
        """One part that both sides have."""
        theirs, mine, base = self.theirs[path], self.mine[path], self.base.get(path)
        taken = [
            name
            for name in dict.fromkeys([*mine.values, *theirs.values])
            if self.takes(path, name, base, theirs, mine)
        ]
        if taken:
            self.values[path] = tuple(taken)
        known = base.children if base is not None else ()
        result = set()
        for name in dict.fromkeys([*theirs.children, *mine.children]):
            if self.child((*path, name), name in known):
                result.add(name)
        self.arrange(path, known, theirs.children, mine.children, result)

    def takes(
        self, path: Path, name: str, base: Node | None, theirs: Node, mine: Node
    ) -> bool:
        """Whether an element is taken from ``mine``."""
        now, wanted = theirs.values.get(name), mine.values.get(name)
        if now == wanted:
            return False
        if base is not None:
            before = base.values.get(name)
            if wanted == before:
                return False
            if now == before:
                return True
        return self.decided(path, name) == MINE

    def child(self, path: Path, known: bool) -> bool:
        """Decide about a part below; whether it is there in the end."""
        there, here = path in self.theirs, path in self.mine
        if there and here:
            self.node(path)
            return True
        side = self.theirs if there else self.mine
        untouched = known and subtree(self.base, path) == subtree(side, path)
        if not known:
            keep = True
        elif untouched:
            # The other side took it away, and on this one nobody missed it.
            keep = False
        else:
            keep = self.decided(path, WHOLE) == (THEIRS if there else MINE)
        if here and keep:
            self.added.append(path)
        if there and not keep and not self.open(path, WHOLE):
            self.removed.append(path)
        return keep or (there and path not in self.removed)

    def open(self, path: Path, name: str) -> bool:
        """Whether this is a conflict that nobody has decided."""
        return Conflict(path, name) in self.conflicts

    def arrange(
        self,
        path: Path,
        base: Sequence[str],
        theirs: Sequence[str],
        mine: Sequence[str],
        result: set[str],
    ) -> None:
        """The order of the parts."""
        common = set(theirs) & set(mine)
        now = [name for name in theirs if name in common]
        wanted = [name for name in mine if name in common]
        before = [name for name in base if name in common]
        first, second = theirs, mine
        if now != wanted and wanted != before:
            # Parts that both sides brought have no order from before.
            alone = now == before
            if alone or self.decided(path, ORDER) == MINE:
                first, second = mine, theirs
        arranged = weave(first, second, result)
        if arranged != weave(theirs, (), result & set(theirs)):
            self.order[path] = tuple(arranged)


def weave(first: Iterable[str], second: Sequence[str], wanted: set[str]) -> list[str]:
    """The wanted ones of ``first``, those of ``second`` behind what they followed."""
    found = [name for name in first if name in wanted]
    for position, name in enumerate(second):
        if name not in wanted or name in found:
            continue
        followed = next(
            (other for other in reversed(second[:position]) if other in found), None
        )
        found.insert(found.index(followed) + 1 if followed is not None else 0, name)
    return found
