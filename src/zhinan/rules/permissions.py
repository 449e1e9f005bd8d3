"""The permission matrix: who may do what with which content in which state.

It stands once, in ``data/permissions.csv``; its words are in ``data/permissions.toml``.
Workflows and roles are written from it, the provider of local roles and the page that
explains a right read it, and the tests go through each of its cells.

A function inside a department becomes one of three roles: ``Own <function>`` on what
the department owns, ``Co <function>`` on what is shared with it, ``Any <function>``
everywhere. The role does not depend on the state; what it may do does.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import csv
import tomllib


OWN, CO, ANY = "own", "co", "any"
WHOSE = (OWN, CO, ANY)
#: The type whose rows hold for the site as a whole; it has no states.
SITE = "Site"
ANONYMOUS = "Anonymous"
#: Holds every right; the technical administrator, who appears in no row.
MANAGER = "Manager"
_COLUMNS = ["type", "state", "function", "whose", "rights"]
_DATA = files(__package__) / "data"


class MatrixError(ValueError):
    """The matrix is wrong: what, and in which line (from 1; 0 for the whole)."""

    def __init__(self, line: int, reason: str):
        super().__init__(f"permissions.csv, line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Function:
    """What a person is in a department, or beside the departments."""

    name: str
    #: public, department or site
    kind: str
    title: str
    title_en: str
    #: what it is for, in one Chinese sentence
    help: str = ""
    #: role and group of a function of the site; empty for those of departments
    role: str = ""
    group: str = ""

    def role_for(self, whose: str) -> str:
        """The role that stands for this function on such content."""
        return self.role or f"{whose.capitalize()} {self.name}"


@dataclass(frozen=True)
class Right:
    """What a row grants, and the permissions of the platform that it stands for."""

    name: str
    title: str
    title_en: str
    permissions: tuple[str, ...]
    #: whether it is held on the site as a whole and not on content
    site: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the matrix for one type, state, function and whose."""

    line: int
    type: str
    state: str
    function: str
    whose: str
    rights: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The words that the matrix may use."""

    functions: Mapping[str, Function]
    rights: Mapping[str, Right]
    groups: Mapping[str, tuple[str, ...]]
    #: permissions that no row can grant
    closed: tuple[str, ...] = ()

    def department_functions(self) -> list[Function]:
        """The functions inside a department, in their order."""
        return [f for f in self.functions.values() if f.kind == "department"]

    def site_functions(self) -> list[Function]:
        """The functions beside the departments, in their order."""
        return [f for f in self.functions.values() if f.kind == "site"]

    def roles(self) -> list[str]:
        """Every role of ours, the platform's own left out."""
        made = [
            function.role_for(whose)
            for whose in WHOSE
            for function in self.department_functions()
        ]
        return made + [
            function.role
            for function in self.site_functions()
            if function.role != "Site Administrator"
        ]


@dataclass(frozen=True)
class Matrix:
    """All rows, and what follows from them."""

    words: Words
    rows: tuple[Row, ...]
    #: states of each type, in the order of its workflow
    states: Mapping[str, tuple[str, ...]]

    def types(self) -> list[str]:
        """The types of content that the matrix speaks of."""
        return list(self.states)

    def rows_for(self, type: str, state: str = "") -> list[Row]:
        """The rows of one type in one state, in the order of the file."""
        return [row for row in self.rows if row.type == type and row.state == state]

    def granting(self, type: str, state: str, right: str) -> list[Row]:
        """The rows that grant a right."""
        return [row for row in self.rows_for(type, state) if right in row.rights]

    def roles(self, type: str, state: str, permission: str) -> set[str]:
        """The roles that hold a permission of the platform on such content."""
        found = {MANAGER}
        if permission in self.words.closed:
            return found
        for row in self.rows_for(type, state):
            function = self.words.functions[row.function]
            granted = (self.words.rights[name].permissions for name in row.rights)
            if any(permission in permissions for permissions in granted):
                found.add(function.role_for(row.whose))
        # What everybody holds needs nobody beside.
        return {ANONYMOUS} if ANONYMOUS in found else found

    def permissions(self) -> list[str]:
        """Every permission that depends on the state, sorted; the closed ones too."""
        open_ = {
            permission
            for right in self.words.rights.values()
            if not right.site
            for permission in right.permissions
        }
        return sorted(open_ | set(self.words.closed))

    def site_permissions(self) -> list[str]:
        """Every permission that a row grants on the site as a whole, sorted."""
        return sorted(
            {
                permission
                for right in self.words.rights.values()
                if right.site
                for permission in right.permissions
            }
        )


def group_id(department: str, function: str) -> str:
    """Id of the group of those who have a function in a department."""
    return f"dept-{department}-{function}"


def parse_group(group: str) -> tuple[str, str] | None:
    """Department and function of such a group; None of any other."""
    parts = group.split("-")
    if len(parts) != 3 or parts[0] != "dept" or not parts[1]:
        return None
    known = words().functions.get(parts[2])
    if known is None or known.kind != "department":
        return None
    return parts[1], parts[2]


@cache
def words() -> Words:
    """The words as they stand in ``permissions.toml``."""
    return read_words((_DATA / "permissions.toml").read_text(encoding="utf-8"))


def read_words(text: str) -> Words:
    """Functions, rights and groups of types.

    :raises MatrixError: if a function or right is not told in full.
    """
    data = tomllib.loads(text)
    functions = {}
    for name, given in data["functions"].items():
        function = Function(name=name, **given)
        if function.kind not in {"public", "department", "site"}:
            raise MatrixError(0, f"function {name}: unknown kind {function.kind}")
        if (function.kind == "department") == bool(function.role):
            raise MatrixError(0, f"function {name}: a role, or a department's function")
        if (function.kind == "site") != bool(function.group):
            raise MatrixError(0, f"function {name}: a group is missing or too much")
        functions[name] = function
    rights = {
        name: Right(
            name,
            given["title"],
            given["title_en"],
            tuple(given["permissions"]),
            given.get("site", False),
        )
        for name, given in data["rights"].items()
    }
    groups = {name: tuple(given["types"]) for name, given in data["groups"].items()}
    return Words(functions, rights, groups, tuple(data["closed"]["permissions"]))


def text() -> str:
    """The file of the matrix."""
    return (_DATA / "permissions.csv").read_text(encoding="utf-8")


def load(
    text: str, words: Words, workflows: Mapping[str, tuple[str, tuple[str, ...]]]
) -> Matrix:
    """Read the matrix.

    :param workflows: of each type the name of its workflow and the workflow's states.
    :raises MatrixError: for an unknown type, state, function, whose or right, a cell
        that is given twice, or types of one workflow with different rows.
    """
    states = {type_: found for type_, (_name, found) in workflows.items()}
    rows: list[Row] = []
    seen: dict[tuple[str, str, str, str, str], int] = {}
    for line, given in _lines(text):
        for row in _rows(line, given, words, states):
            for right in row.rights:
                cell = (row.type, row.state, row.function, row.whose, right)
                if cell in seen:
                    raise MatrixError(
                        line,
                        f"{' '.join(cell)} is granted in line {seen[cell]} already",
                    )
                seen[cell] = line
            rows.append(row)
    matrix = Matrix(words, tuple(rows), states)
    _same(matrix, workflows)
    return matrix


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    header = False
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip() or content.startswith("#"):
            continue
        fields = [field.strip() for field in next(csv.reader([content]))]
        if not header:
            if fields != _COLUMNS:
                raise MatrixError(line, f"the columns must be {','.join(_COLUMNS)}")
            header = True
            continue
        if len(fields) != len(_COLUMNS):
            raise MatrixError(line, f"{len(fields)} fields instead of {len(_COLUMNS)}")
        yield line, fields


def _rows(
    line: int,
    given: list[str],
    words: Words,
    states: Mapping[str, tuple[str, ...]],
) -> Iterator[Row]:
    named, in_states, functions, whose, rights = given
    if whose not in WHOSE:
        raise MatrixError(line, f"unknown whose “{whose}”: {', '.join(WHOSE)}")
    names = tuple(_known(line, "right", rights, words.rights))
    for function in _known(line, "function", functions, words.functions):
        if words.functions[function].kind != "department" and whose != ANY:
            raise MatrixError(line, f"{function} stands beside the departments: any")
        for type_ in _types(line, named, words, states):
            for name in names:
                if words.rights[name].site != (type_ == SITE):
                    raise MatrixError(line, f"{name} cannot be held on {type_}")
            if type_ == SITE:
                if in_states or whose != ANY:
                    raise MatrixError(line, f"{SITE} has no states and no owner")
                yield Row(line, type_, "", function, whose, names)
                continue
            wanted: Iterable[str] = states[type_]
            if in_states != "*":
                wanted = _known(line, "state", in_states, states[type_])
            for state in wanted:
                yield Row(line, type_, state, function, whose, names)


def _types(
    line: int, named: str, words: Words, states: Mapping[str, tuple[str, ...]]
) -> list[str]:
    found: list[str] = []
    for name in _known(line, "type", named, {*states, *words.groups, SITE}):
        found += words.groups.get(name, (name,))
    for type_ in found:
        if type_ != SITE and type_ not in states:
            raise MatrixError(line, f"unknown type “{type_}”")
    return found


def _known(line: int, what: str, given: str, known: Iterable[str]) -> list[str]:
    names = given.split()
    if not names:
        raise MatrixError(line, f"no {what}")
    for name in names:
        if name not in known:
            raise MatrixError(line, f"unknown {what} “{name}”")
    return names


def _same(matrix: Matrix, workflows: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
    """A workflow has one map for each state, whatever the type."""
    first: dict[str, str] = {}
    for type_, (workflow, states) in workflows.items():
        other = first.setdefault(workflow, type_)
        for state in states:
            for permission in matrix.permissions():
                if matrix.roles(type_, state, permission) != matrix.roles(
                    other, state, permission
                ):
                    raise MatrixError(
                        0,
                        f"{type_} and {other} share {workflow}, but not their rows "
                        f"in {state} ({permission})",
                    )


# --------------------------------------------------------------------- why, or why not


@dataclass(frozen=True)
class Holding:
    """One function that a person holds, and where it comes from."""

    function: str
    #: code of the department; empty beside the departments
    department: str = ""
    #: the group that gives it; empty where the role was given to the person directly
    group: str = ""
    #: the absent person in whose place it is held
    for_person: str = ""


@dataclass(frozen=True)
class Ground:
    """One row that grants a right, and by which function of the person."""

    row: Row
    #: None where everybody has it
    holding: Holding | None


@dataclass(frozen=True)
class Decision:
    """Whether the matrix grants a right to a person, and what decides."""

    granted: bool
    #: rows that grant it to this person
    grounds: tuple[Ground, ...]
    #: rows that would have granted it to others
    others: tuple[Row, ...]


def stands_to(
    words: Words, holding: Holding, owner: str, shared: Iterable[str]
) -> tuple[str, ...]:
    """In which ways a function counts on such content.

    A function of a department counts everywhere as ``any``, beside what it is there. A
    role that was given without a group belongs to no department.
    """
    function = words.functions[holding.function]
    if function.kind != "department" or not holding.department:
        return (ANY,)
    if holding.department == owner:
        return (OWN, ANY)
    return (CO, ANY) if holding.department in shared else (ANY,)


def decide(
    matrix: Matrix,
    type_: str,
    state: str,
    right: str,
    holdings: Iterable[Holding],
    owner: str = "",
    shared: Iterable[str] = (),
) -> Decision:
    """Whether the matrix grants a right on such content to who holds these functions.

    :param right: name of a right; of one on the whole site with ``Site`` as type.
    """
    held = list(holdings)
    departments = tuple(shared)
    grounds, others = [], []
    for row in matrix.granting(type_, state, right):
        function = matrix.words.functions[row.function]
        found = [
            Ground(row, holding)
            for holding in held
            if holding.function == row.function
            and row.whose in stands_to(matrix.words, holding, owner, departments)
        ]
        if function.kind == "public":
            found = [Ground(row, None)]
        grounds += found
        if not found:
            others.append(row)
    return Decision(bool(grounds), tuple(grounds), tuple(others))
