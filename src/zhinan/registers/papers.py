"""What is refused in a seal and in an authorisation, beside what every entry needs."""

from . import directory
from .authorisations import period
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.forms import validation
from zhinan.registers.judges import judge_entry
from zhinan.rules.authorisations import Period
from zhinan.rules.authorisations import within
from zhinan.rules.codes import Problem
from zhinan.search.extract import sniff


#: Files that an impression and a paper may be.
KINDS = frozenset({"png", "jpeg", "pdf"})

MESSAGES = {
    "paper_kind": _(
        "paper_kind",
        default="“${name}” is not a PNG or JPEG picture or a PDF. Scan it as one.",
    ),
    "window_missing": _(
        "window_missing", default="Name the window that is authorised."
    ),
    "seal_unknown": _(
        "seal_unknown",
        default="No seal with the number ${number} is registered. Register the seal "
        "first, or correct the number.",
    ),
    "seal_department": _(
        "seal_department",
        default="The seal ${number} belongs to another department. An authorisation "
        "needs a seal of its own department.",
    ),
    "codes_unknown": _(
        "codes_unknown",
        default="The catalogue does not have these basic codes, check them: ${codes}",
    ),
    "seal_period": _(
        "seal_period",
        default="The seal ${number} is not in use during the whole time of this "
        "authorisation. Shorten the authorisation or choose another seal.",
    ),
}


def _file_problems(name: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    value = values.get(name)
    if value is not None and hasattr(value, "data") and sniff(value.data) not in KINDS:
        yield Problem(name, "paper_kind", (("name", value.filename or ""),))


def judge_seal(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Dates in order, a number of its own, a picture as impression."""
    yield from judge_entry("approval_seal")(context, values)
    yield from _file_problems("impression", values)


def judge_authorisation(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Dates in order, a window, and a seal of the same department in the same time."""
    yield from judge_entry("authorisation")(context, values)
    yield from _file_problems("paper", values)
    window = values.get("window")
    if isinstance(window, str) and not window.strip():
        yield Problem("window", "window_missing")
    number = (values.get("seal_number") or "").strip()
    if not number:
        return
    named = (("number", number),)
    seal = next(
        (
            entry
            for entry in directory.entries("approval_seal")
            if entry.values.get("seal_number") == number
        ),
        None,
    )
    if seal is None:
        yield Problem("seal_number", "seal_unknown", named)
        return
    if seal.values.get("department") != values.get("department"):
        yield Problem("seal_number", "seal_department", named)
        return
    own = Period(
        values.get("valid_from"), values.get("valid_until"), values.get("revoked_on")
    )
    if not within(own, period(seal)):
        yield Problem("seal_number", "seal_period", named)


def code_hints(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Basic codes that the catalogue does not have.

    A hint and no refusal: the catalogue may still be on its way.
    """
    known = {
        entry.values.get("catalog_code")
        for entry in directory.entries("catalogue_entry")
    }
    unknown = [c for c in values.get("matter_codes") or () if c not in known]
    if unknown:
        codes = ", ".join(unknown)
        yield Problem("matter_codes", "codes_unknown", (("codes", codes),))


SEAL = validation.Judge(judge_seal, MESSAGES)
AUTHORISATION = validation.Judge(judge_authorisation, MESSAGES, code_hints)
