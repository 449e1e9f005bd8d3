"""Levels of confidentiality: who may read a file, beside the right to see the content.

The levels stand in ``data/confidentiality.toml``, from open to closed. Of several that
hold for a file, the strictest counts.
"""

from .permissions import ANY
from .permissions import Holding
from .permissions import stands_to
from .permissions import WHOSE
from .permissions import Words
from .permissions import words
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import tomllib


_DATA = files(__package__) / "data"


class LevelsError(ValueError):
    """The table of the levels is wrong."""


@dataclass(frozen=True)
class Reader:
    """A line of the table: which functions, whose, on which types (empty: all)."""

    functions: tuple[str, ...]
    whose: tuple[str, ...]
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """How widely a file may be read."""

    name: str
    #: from 0, the open one
    rank: int
    title: str
    title_en: str
    help: str
    help_en: str
    right: str
    readers: tuple[Reader, ...]
    applicant: bool = False

    @property
    def open(self) -> bool:
        """Whether everybody reads it who sees the content."""
        return self.right == "view" and not self.readers

    def admits(
        self,
        holdings: Iterable[Holding],
        type_: str,
        owner: str = "",
        shared: Iterable[str] = (),
    ) -> bool:
        """Whether one of these functions is among the readers; the right is beside."""
        if not self.readers:
            return True
        departments = tuple(shared)
        return any(
            holding.function in reader.functions
            and (not reader.types or type_ in reader.types)
            and set(reader.whose) & set(stands_to(words(), holding, owner, departments))
            for holding in holdings
            for reader in self.readers
        )


@dataclass(frozen=True)
class Levels:
    """All levels in their order, and what holds where nothing was chosen."""

    by_name: Mapping[str, Level]
    defaults: Mapping[str, str]

    def default(self, type_: str) -> Level:
        """The level of a type where nobody chose one."""
        first = next(iter(self.by_name.values()))
        return self.by_name[self.defaults.get(type_, first.name)]

    def strictest(self, names: Iterable[str]) -> Level:
        """The strictest of these; what is not known counts as the strictest of all."""
        last = max(self.by_name.values(), key=lambda level: level.rank)
        found = [self.by_name.get(name, last) for name in names]
        return max(found, key=lambda level: level.rank)


def read_levels(text: str, known: Words) -> Levels:
    """Read the table.

    :raises LevelsError: for an unknown right, function, whose or level.
    """
    data = tomllib.loads(text)
    found = {}
    for rank, (name, given) in enumerate(data["levels"].items()):
        if given["right"] not in known.rights:
            raise LevelsError(f"{name}: unknown right “{given['right']}”")
        found[name] = Level(
            name=name,
            rank=rank,
            title=given["title"],
            title_en=given["title_en"],
            help=given["help"],
            help_en=given["help_en"],
            right=given["right"],
            readers=tuple(_reader(name, r, known) for r in given.get("readers", ())),
            applicant=given.get("applicant", False),
        )
    for type_, name in data.get("defaults", {}).items():
        if name not in found:
            raise LevelsError(f"{type_}: unknown level “{name}”")
    if not next(iter(found.values())).open:
        raise LevelsError("the first level is the open one")
    return Levels(found, data.get("defaults", {}))


def _reader(level: str, row: Mapping[str, Any], known: Words) -> Reader:
    functions, whose = row["functions"].split(), row["whose"].split()
    for function in functions:
        if function not in known.functions:
            raise LevelsError(f"{level}: unknown function “{function}”")
        if known.functions[function].kind != "department" and whose != [ANY]:
            raise LevelsError(f"{level}: {function} stands beside the departments: any")
    for one in whose:
        if one not in WHOSE:
            raise LevelsError(f"{level}: unknown whose “{one}”")
    return Reader(tuple(functions), tuple(whose), tuple(row.get("types", ())))


@cache
def levels() -> Levels:
    """The levels as they stand in ``confidentiality.toml``."""
    text = (_DATA / "confidentiality.toml").read_text(encoding="utf-8")
    return read_levels(text, words())
