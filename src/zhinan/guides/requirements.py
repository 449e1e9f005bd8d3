"""What a guide still lacks, in sentences that lead to the field to mend.

``findings(guide, "publish")`` is what publishing asks; an error of it is a reason to
refuse. The same set looks at forms (judges), imports and, every night, everything.
"""

from .facts import facts
from .requirementsettings import options
from collections.abc import Iterable
from typing import Any
from zhinan.forms import validation
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.forms.messages import requirement_words
from zhinan.guides import catalogue
from zhinan.rules.codes import Problem
from zhinan.rules.elements import elements
from zhinan.rules.requirements import check_guide
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements import Severity
from zhinan.rules.requirements.table import data
from zope.i18n import translate
from zope.i18nmessageid import Message


__all__ = ["facts", "findings", "sentence", "where"]

#: Files of a version are no elements of the tables.
_VERSION = frozenset({"blank_form", "filled_sample", "in_force_until"})
_FORMS, _MATERIALS = "forms", "materials"


def findings(guide: Any, occasion: str) -> list[Finding]:
    """What is wrong with a guide, or its working copy, on an occasion; errors first.

    :param occasion: preview, publish or nightly (save and import have no object yet).
    """
    return check_guide(facts(guide), Occasion(occasion), options())


def errors(found: Iterable[Finding]) -> int:
    """How many of them are errors."""
    return sum(1 for one in found if one.severity == Severity.ERROR)


# --------------------------------------------------------------------- sentences


def _element(name: str, material: bool) -> Message:
    if material:
        return message(f"material.{name}", name)
    return message(f"guide.{name}", name)


def _value(key: str, value: str) -> Message | str:
    """Names of elements and codes become words; all else is what somebody wrote."""
    head, _dot, rest = value.partition(".")
    match key:
        case "element" | "column":
            return _element(value, False)
        case "part":
            return _element(value, True)
        case "unit" | "theme":
            return code_title(head, rest)
        case "stage" | "standing":
            return requirement_words(f"{head}s", rest)
        case "detail" if value in data()["details"]:
            return requirement_words("details", value)
        case "kind" if head == "catalogue":
            return catalogue.TITLES[rest]
    return value


def sentence_of(problem: Problem) -> Message:
    """The sentence of a problem that the requirements have found."""
    text = validation.sentence(problem)
    mapping = {key: _value(key, value) for key, value in problem.values}
    return Message(text, mapping=mapping)


def in_words(finding: Finding, language: str) -> Problem:
    """A finding whose values are words of a language, for reports of plain data."""
    said = tuple(
        (key, str(translate(_value(key, value), target_language=language)))
        for key, value in finding.values
    )
    return Problem(finding.element, finding.says, said)


def sentence(finding: Finding) -> Message:
    """What people read of a finding: what is wrong and what to do."""
    return sentence_of(finding.problem)


#: The sentences of the table, for the judges: a form may have to say one of them.
SENTENCES = {says: requirement_words("say", says) for says in data()["say"]}


def title(name: str) -> Message:
    """Name of a requirement."""
    return message(f"requirement.{name}", requirements()[name].title[0])


def basis(name: str) -> Message:
    """On what a requirement rests."""
    return message(f"requirement.{name}.basis", requirements()[name].basis[0])


def mark(name: str) -> Message:
    """How certain the basis is."""
    return requirement_words("marks", requirements()[name].mark)


def severity_title(severity: str) -> Message:
    """Name of a severity."""
    return requirement_words("severities", severity)


# ------------------------------------------------------------------------- where


def address(url: str, finding: Finding) -> str:
    """The address at which a finding is mended, below that of its guide."""
    place = finding.place
    if place.material:
        url = f"{url}/{place.material}"
    if place.form:
        url = f"{url}/{place.form}"
    if finding.element == _MATERIALS:
        return f"{url}/++add++Material"
    if finding.element == _FORMS:
        return f"{url}/++add++FormVersion"
    if not finding.element:
        return url
    return f"{url}/edit#formfield-form-widgets-{finding.element}"


def where(finding: Finding, guide: Any) -> str:
    """The address at which a finding about a guide is mended: form and field."""
    return address(guide.absolute_url(), finding)


def element_of(finding: Finding) -> Message | str:
    """Name of the element that is mended; empty where it is none."""
    name = finding.element
    if finding.place.form or name in _VERSION:
        return ""
    if finding.place.material:
        known = {element.name for element in elements().material}
        return _element(name, True) if name in known else ""
    known = {element.name for element in elements().guide}
    return _element(name, False) if name in known else ""
