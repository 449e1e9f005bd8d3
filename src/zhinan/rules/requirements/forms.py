"""How values are written: codes, limits, telephones, addresses, dates, names."""

from ..checks import is_phone
from ..checks import is_url
from ..checks import VAGUE_MATERIAL
from ..codes import MatterCodes
from ..codes import Problem
from .facts import Asked
from .facts import Facts
from .facts import Fault
from .facts import fault
from .facts import form
from .facts import FormFacts
from .facts import guide
from .facts import material
from .facts import MaterialFacts
from .facts import of_problem
from collections.abc import Iterator

import re


LICENCE = "01"
#: Problems of the codes that say that they do not agree with something else.
_AGREE = frozenset(
    [
        "catalog_type",
        "implementation_body",
        "implementation_level",
        "implementation_catalog",
        "handling_implementation",
    ]
)
_LANDLINE = re.compile(r"^\d{7,8}(?:(?:转|-)\d{1,5})?$", re.ASCII)


def _codes(facts: Facts, agree: bool) -> Iterator[Fault]:
    names = (
        "catalog_code",
        "implementation_code",
        "handling_code",
        "matter_type",
        "exercise_level",
    )
    given = {name: facts.values.get(name) or "" for name in names}
    codes = MatterCodes(**given, credit_code=facts.credit_code)
    for problem in codes.problems():
        if (problem.id in _AGREE) == agree:
            yield of_problem(problem)


@guide("code_form")
def code_form(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Codes have their length and check characters."""
    yield from _codes(facts, False)


@guide("codes_agree")
def codes_agree(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Codes agree with each other, the owner, the level and the type."""
    yield from _codes(facts, True)


@guide("limit_form")
def limits(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """A limit is no negative number and has a unit."""
    for name in ("statutory", "promised"):
        number = facts.values.get(f"{name}_limit")
        if number is None:
            continue
        if number < 0:
            yield fault(f"{name}_limit", "limit_negative")
        if not facts.values.get(f"{name}_unit"):
            yield fault(f"{name}_unit", "unit_missing")


@guide("limit_workdays")
def workdays(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """The limits of a licence count working days."""
    if facts.values.get("matter_type") != LICENCE:
        return
    for name in ("statutory", "promised"):
        unit = facts.values.get(f"{name}_unit")
        if facts.values.get(f"{name}_limit") and unit and unit != "workday":
            yield fault(f"{name}_unit", "licence_unit", unit=f"time_unit.{unit}")


def phones(facts: Facts) -> Iterator[tuple[str, int, str]]:
    """All telephone numbers with their element and row."""
    for name in ("consult_phone", "complaint_phone"):
        if number := (facts.values.get(name) or "").strip():
            yield name, 0, number
    for name in ("places", "remedies"):
        for row, values in enumerate(facts.values.get(name) or (), 1):
            if number := (values.get("phone") or "").strip():
                yield name, row, number


@guide("phone_form")
def phone_form(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Telephone numbers can be dialled."""
    for name, row, number in phones(facts):
        if not is_phone(number):
            yield fault(name, "phone_bad", row, number=number)


@guide("phone_area")
def phone_area(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Landlines have their area code."""
    for name, row, number in phones(facts):
        if _LANDLINE.match(number):
            yield fault(name, "phone_no_area", row, number=number)


@guide("url_form")
def urls(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Web addresses are complete."""
    for name in ("online_url", "mobile_url"):
        url = (facts.values.get(name) or "").strip()
        if url and not is_url(url):
            yield fault(name, "url_bad", url=url)


@guide("dates_in_order")
def dates(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """The matter does not end before it begins."""
    start, end = (facts.values.get(f"planned_{x}") for x in ("effective", "end"))
    if start and end and end < start:
        yield fault("planned_end", "end_before_start")


@guide("co_department")
def co_department(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """The owner is not named beside itself."""
    values = facts.values
    if values.get("department") in (values.get("co_departments") or ()):
        yield fault("co_departments", "co_department_is_owner")


# ---------------------------------------------------------------------- materials


@material("material_vague")
def vague(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """A material is named, not “others”."""
    title = found.values.get("title") or ""
    if VAGUE_MATERIAL.search(title):
        yield fault("title", "material_vague", title=title)


@material("copies")
def copies(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """What is asked for is asked for at least once."""
    kind = found.values.get("material_kind")
    for name, kinds in (("original", {"original"}), ("copy", {"copy"})):
        number = found.values.get(f"{name}_count")
        if number is None:
            continue
        if number < 0:
            yield fault(f"{name}_count", "count_negative")
        elif number == 0 and kind in kinds | {"both"}:
            yield fault(f"{name}_count", f"{name}_count_zero")


@material("deferral")
def deferral(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """Only what may follow has a limit for it, and it has one."""
    deferrable = found.values.get("necessity") == "3"
    days = found.values.get("deferrable_days")
    if deferrable and not days:
        yield fault("deferrable_days", "deferrable_days_missing")
    if not deferrable and days:
        yield fault("deferrable_days", "deferrable_days_unexpected")


def _listed(found: MaterialFacts, id: str) -> Iterator[Fault]:
    for problem in found.listed:
        if isinstance(problem, Problem) and problem.id == id:
            yield of_problem(problem)


@material("proof_cancelled")
def cancelled(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """No cancelled proof is asked for."""
    yield from _listed(found, "material_cancelled")


@material("service_unlisted")
def unlisted(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """What an intermediary makes is on the list of services."""
    yield from _listed(found, "material_unlisted_service")


# ------------------------------------------------------------------ form versions


@form("dates_in_order")
def form_dates(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """A version does not end before it begins."""
    if found.start and found.until and found.until < found.start:
        yield fault("in_force_until", "end_before_start")
