"""What an exchange file says, before it meets the site.

Every source (records of another province, our own spreadsheet, our own JSON) is read
into these; comparing, importing and reporting know nothing of the source.
"""

from .codes import Problem
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where something stands in a source: a line of a text, or a cell of a sheet."""

    line: int = 0
    sheet: str = ""
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Finding:
    """Something that the source says and the site does not take as it stands.

    ``field`` is an element's name, or the source's own name where no element fits.
    ``refused`` findings keep the whole record out; the others leave a field as it is.
    """

    place: Place
    problem: Problem
    value: str = ""
    refused: bool = False

    @property
    def field(self) -> str:
        """The element, or the source's own name."""
        return self.problem.field


@dataclass(frozen=True)
class SourceFile:
    """A file of a record: name, media type, SHA-256 and where its bytes stand."""

    filename: str
    content_type: str
    sha256: str
    size: int
    #: path inside the package that brought it
    path: str


@dataclass
class Record:
    """One object as the source tells it.

    ``portal_type`` is empty where a source says something of itself and of no object,
    such as a column that nobody knows; such a record has findings alone.
    ``values`` holds only the elements that the source carries, as plain Python values
    (a date is a ``datetime.date``, rows are lists of dicts, a file is a SourceFile);
    an element with the value None is emptied, an absent one is left alone. The same
    for ``children``: None when the source says nothing of them.
    """

    portal_type: str
    #: what tells this object from its siblings, in the source's own terms
    key: str
    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    children: "list[Record] | None" = None
    findings: list[Finding] = field(default_factory=list)
    #: workflow state that the source gives, or empty
    state: str = ""
    #: UID in the site that the record was exported from, or empty
    uid: str = ""
    #: short name (the last part of its address) in that site, or empty
    id: str = ""
    #: credit code and name of the owner, where the source has no department code
    owner_credit_code: str = ""
    owner_name: str = ""

    @property
    def refused(self) -> bool:
        """Whether the record cannot land."""
        return any(finding.refused for finding in self.findings)

    def all_findings(self) -> Iterator[Finding]:
        """The findings of the record and of everything in it."""
        yield from self.findings
        for child in self.children or ():
            yield from child.all_findings()


class SourceRefused(Exception):
    """A source that cannot be read at all; nothing of it lands.

    :ivar problem: why, for one sentence that says what to do.
    """

    def __init__(self, problem: Problem):
        super().__init__(problem.id)
        self.problem = problem
