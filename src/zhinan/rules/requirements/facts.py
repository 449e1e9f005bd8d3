"""What is known of a guide when it is looked at, and what was found: plain values.

A field that is None, or an empty text of a checksum, was not looked at: nothing is said
about it.
"""

from ..bases import Standing
from ..codes import Problem
from .table import Requirement
from .table import Severity
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import datetime


@dataclass(frozen=True)
class Place:
    """Where in a guide something stands: ids of material and version, row from 1."""

    material: str = ""
    form: str = ""
    row: int = 0


@dataclass(frozen=True)
class Finding:
    """What was found wrong with a guide.

    ``says`` is the id of the sentence, ``values`` what fills it. Values under the names
    ``element``, ``part`` and ``column`` are names of elements.
    """

    requirement: str
    severity: Severity
    element: str
    says: str
    values: tuple[tuple[str, str], ...] = ()
    place: Place = Place()

    @property
    def problem(self) -> Problem:
        """The same as the forms know it."""
        return Problem(self.element, self.says, self.values)


@dataclass(frozen=True)
class Fault:
    """What a check says, before anybody knows how much it matters here."""

    element: str
    says: str
    values: tuple[tuple[str, str], ...] = ()
    row: int = 0
    place: Place | None = None


def fault(element: str, says: str, row: int = 0, /, **values: object) -> Fault:
    """A fault with its values as text."""
    return Fault(element, says, tuple((k, str(v)) for k, v in values.items()), row)


def of_problem(problem: Problem) -> Fault:
    """A fault that an older check has found."""
    return Fault(problem.field, problem.id, problem.values)


@dataclass(frozen=True)
class FileFacts:
    """A file of a form: what it is called, and what it is.

    ``kind`` and ``state`` are those of the extraction of texts, empty where the file
    was not opened; ``words`` is a checksum of its text without blanks.
    """

    filename: str
    sha256: str = ""
    kind: str = ""
    state: str = ""
    words: str = ""
    gone: bool = False


@dataclass(frozen=True)
class FormFacts:
    """A version of a form."""

    id: str = ""
    title: str = ""
    version: str = ""
    #: whether it is the one in force today
    current: bool = True
    start: datetime.date | None = None
    until: datetime.date | None = None
    files: Mapping[str, FileFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class MaterialFacts:
    """A material with its forms, and what the registers say of it."""

    values: Mapping[str, Any]
    id: str = ""
    forms: tuple[FormFacts, ...] | None = None
    #: problems that the registers of proofs and services find
    listed: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class BasisFacts:
    """A cited law or document that is not as it should be."""

    row: int
    law: str
    standing: Standing


@dataclass(frozen=True)
class LinkFacts:
    """A link of a guide: how it stands (fine, dead, unsure, intranet, unknown)."""

    url: str
    element: str
    state: str
    detail: str = ""
    place: Place = Place()


@dataclass(frozen=True)
class Facts:
    """Everything that a guide is judged by."""

    values: Mapping[str, Any]
    materials: tuple[MaterialFacts, ...] | None = None
    credit_code: str = ""
    #: other guides of the department that have the same name
    namesakes: int = 0
    bases: tuple[BasisFacts, ...] = ()
    #: channels whose revision is another one: name and standing
    channels: tuple[tuple[str, str], ...] = ()
    links: tuple[LinkFacts, ...] = ()
    #: kinds of findings of the check of the catalogue
    catalogue: tuple[str, ...] = ()


class Asked:
    """A requirement with its thresholds as they are set, for its check."""

    def __init__(self, requirement: Requirement, limits: Mapping[str, int]):
        self.requirement = requirement
        self.limits = limits

    def words(self, name: str) -> tuple[str, ...]:
        """Words of the table."""
        return self.requirement.words[name]


GuideCheck = Callable[[Facts, Asked], Iterable[Fault]]
MaterialCheck = Callable[[MaterialFacts, Asked], Iterable[Fault]]
FormCheck = Callable[[FormFacts, Asked], Iterable[Fault]]

GUIDE: dict[str, GuideCheck] = {}
MATERIAL: dict[str, MaterialCheck] = {}
FORM: dict[str, FormCheck] = {}


def guide(name: str) -> Callable[[GuideCheck], GuideCheck]:
    """Register the check of a requirement on the guide as a whole."""

    def register(check: GuideCheck) -> GuideCheck:
        GUIDE[name] = check
        return check

    return register


def material(name: str) -> Callable[[MaterialCheck], MaterialCheck]:
    """Register the check of a requirement on each material."""

    def register(check: MaterialCheck) -> MaterialCheck:
        MATERIAL[name] = check
        return check

    return register


def form(name: str) -> Callable[[FormCheck], FormCheck]:
    """Register the check of a requirement on each version of a form."""

    def register(check: FormCheck) -> FormCheck:
        FORM[name] = check
        return check

    return register
