"""Running the checks for an occasion."""

from ..codes import Problem
from . import completeness
from . import consistency
from . import files
from . import forms
from . import related
from .facts import Asked
from .facts import Facts
from .facts import Fault
from .facts import Finding
from .facts import FORM
from .facts import FormFacts
from .facts import GUIDE
from .facts import MATERIAL
from .facts import MaterialFacts
from .facts import Place
from .table import Occasion
from .table import Options
from .table import Requirement
from .table import requirements
from .table import Severity
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any


#: They register their checks when they are read.
MODULES = (completeness, consistency, files, forms, related)
DEFAULT = Options()
_ORDER = {severity: place for place, severity in enumerate(Severity)}


def _complete() -> None:
    """Every requirement has a check, and every check a requirement."""
    differing = set(requirements()) ^ {*GUIDE, *MATERIAL, *FORM}
    if differing:
        raise ValueError(f"requirements without check, or the other way: {differing}")


_complete()


def asked_for(
    occasion: Occasion, options: Options
) -> Iterator[tuple[Requirement, Severity, Asked]]:
    """The requirements that are looked at, with severity and thresholds."""
    for row in requirements().values():
        severity = row.occasions.get(occasion)
        if severity is not None and options.asks(row):
            limits = {name: options.limit(row, name) for name in row.limits}
            yield row, severity, Asked(row, limits)


def _found(
    row: Requirement, severity: Severity, faults: Iterable[Fault], place: Place
) -> Iterator[Finding]:
    for one in faults:
        where = one.place or Place(place.material, place.form, one.row or place.row)
        yield Finding(row.id, severity, one.element, one.says, one.values, where)


def check_guide(
    facts: Facts, occasion: Occasion, options: Options = DEFAULT
) -> list[Finding]:
    """Everything about a guide with its materials and forms, the worst first."""
    found: list[Finding] = []
    for row, severity, asked in asked_for(occasion, options):
        if row.id in GUIDE:
            found += _found(row, severity, GUIDE[row.id](facts, asked), Place())
        for one in facts.materials or ():
            at = Place(material=one.id)
            if row.id in MATERIAL:
                found += _found(row, severity, MATERIAL[row.id](one, asked), at)
            for version in one.forms or ():
                if row.id in FORM:
                    place = Place(material=one.id, form=version.id)
                    checked = FORM[row.id](version, asked)
                    found += _found(row, severity, checked, place)
    return sorted(found, key=lambda one: _ORDER[one.severity])


def check_version(
    version: FormFacts, occasion: Occasion, options: Options = DEFAULT
) -> list[Finding]:
    """Everything about one version of a form."""
    return [
        finding
        for row, severity, asked in asked_for(occasion, options)
        if row.id in FORM
        for finding in _found(row, severity, FORM[row.id](version, asked), Place())
    ]


def guide_problems(
    values: Mapping[str, Any], credit_code: str = "", options: Options = DEFAULT
) -> list[Problem]:
    """What refuses a guide on its form."""
    facts = Facts(values, credit_code=credit_code)
    return [one.problem for one in check_guide(facts, Occasion.SAVE, options)]


def material_problems(
    values: Mapping[str, Any],
    listed: Iterable[Problem] = (),
    options: Options = DEFAULT,
) -> list[Problem]:
    """What refuses a material on its form; ``listed`` is what the registers say."""
    one = MaterialFacts(values, listed=tuple(listed))
    return [
        finding.problem
        for row, severity, asked in asked_for(Occasion.SAVE, options)
        if row.id in MATERIAL
        for finding in _found(row, severity, MATERIAL[row.id](one, asked), Place())
    ]


def version_problems(version: FormFacts, options: Options = DEFAULT) -> list[Problem]:
    """What refuses a version of a form."""
    return [one.problem for one in check_version(version, Occasion.SAVE, options)]
