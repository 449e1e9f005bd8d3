"""The table of requirements, read once from data."""

from ..elements import elements
from ..elements import read_data
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from functools import cache
from typing import Any


class Severity(StrEnum):
    """How much a finding matters: an error keeps a guide from being published."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Occasion(StrEnum):
    """When it is looked."""

    SAVE = "save"
    PREVIEW = "preview"
    PUBLISH = "publish"
    IMPORT = "import"
    NIGHTLY = "nightly"


GROUPS = ("completeness", "format", "consistency", "site")
OFF = "off"
Words = tuple[str, str]


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked of guides.

    Pairs of words are Chinese and English. ``mark`` tells how certain the basis is.
    """

    id: str
    group: str
    severity: Severity
    element: str
    title: Words
    basis: Words
    mark: str
    #: points off the score, the default of a setting and no official value
    weight: float
    #: number in the rule catalogue for inspectors, 0 for none
    number: int = 0
    #: one of the eight classes of the national survey of 2015
    key: bool = False
    #: whether it is asked for until the keeper of a site says otherwise
    on: bool = True
    occasions: Mapping[Occasion, Severity] = field(default_factory=dict)
    #: thresholds, defaults of settings
    limits: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """What the keeper of a site has set; what is absent is as in the table."""

    on: Mapping[str, bool] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    #: by requirement and name, such as ``licence_steps.steps``
    limits: Mapping[str, int] = field(default_factory=dict)

    def asks(self, requirement: Requirement) -> bool:
        """Whether it is asked for."""
        return self.on.get(requirement.id, requirement.on)

    def weight(self, requirement: Requirement) -> float:
        """Points off the score."""
        return self.weights.get(requirement.id, requirement.weight)

    def limit(self, requirement: Requirement, name: str) -> int:
        """A threshold."""
        return self.limits.get(
            f"{requirement.id}.{name}", int(requirement.limits[name])
        )


def _occasions(row: Mapping[str, Any]) -> dict[Occasion, Severity]:
    """Severity by occasion; saving is lenient, an import warns of errors alone."""
    usual = row["severity"]
    given = {
        Occasion.SAVE: row.get("save", OFF),
        Occasion.PREVIEW: row.get("preview", usual),
        Occasion.PUBLISH: row.get("publish", usual),
        Occasion.IMPORT: row.get(
            "import", "warning" if usual == Severity.ERROR else OFF
        ),
        Occasion.NIGHTLY: row.get("nightly", usual),
    }
    return {when: Severity(name) for when, name in given.items() if name != OFF}


def _pair(words: Any, what: str) -> Words:
    if not (isinstance(words, list) and len(words) == 2 and all(words)):
        raise ValueError(f"{what}: Chinese and English are needed")
    return words[0], words[1]


def _rows(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows as written, and one for each element that must be filled in."""
    yield from data["requirement"]
    by_name = {element.name: element for element in elements().guide}
    for severity, group in data["missing"].items():
        for name in group["elements"]:
            if name not in by_name:
                raise ValueError(f"requirements: there is no element {name!r}")
            element = by_name[name]
            yield {
                "id": f"missing_{name}",
                "group": "completeness",
                "severity": severity,
                "element": name,
                "title": [element.title, element.title_en],
                **{key: group[key] for key in ("basis", "mark", "weight")},
                "on": group.get("on", True),
            }


@cache
def data() -> Mapping[str, Any]:
    """The file as it is: sentences and words of groups stand beside the rows."""
    return read_data("requirements.toml")


@cache
def requirements() -> Mapping[str, Requirement]:
    """All requirements by id, in their order; a mistake in the data is an error."""
    table, found = data(), {}
    for row in _rows(table):
        name = row["id"]
        basis = row["basis"]
        if isinstance(basis, str):
            basis = table["bases"][basis]
        if name in found or row["group"] not in GROUPS:
            raise ValueError(f"{name}: twice, or of an unknown group")
        if row["mark"] not in table["marks"]:
            raise ValueError(f"{name}: unknown mark {row['mark']!r}")
        found[name] = Requirement(
            id=name,
            group=row["group"],
            severity=Severity(row["severity"]),
            element=row["element"],
            title=_pair(row["title"], name),
            basis=_pair(basis, name),
            mark=row["mark"],
            weight=float(row["weight"]),
            number=row.get("number", 0),
            key=row.get("key", False),
            on=row.get("on", True),
            occasions=_occasions(row),
            limits=row.get("limits", {}),
            words={key: tuple(words) for key, words in row.get("words", {}).items()},
        )
    order = {group: place for place, group in enumerate(GROUPS)}
    ordered = sorted(found.values(), key=lambda row: order[row.group])
    return {row.id: row for row in ordered}
