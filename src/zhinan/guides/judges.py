"""What is refused on the forms of guides, materials and form versions, and why."""

from .content import IGuideElements
from .files import FILE_FIELDS
from .requirements import SENTENCES
from .requirementsettings import options
from collections.abc import Iterator
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.forms import validation
from zhinan.registers.checks import material_problems as listed_problems
from zhinan.rules.codes import Problem
from zhinan.rules.requirements import FileFacts
from zhinan.rules.requirements import FormFacts
from zhinan.rules.requirements import guide_problems
from zhinan.rules.requirements import material_problems
from zhinan.rules.requirements import version_problems
from zhinan.search.extract import sniff


def judge_guide(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Codes that must agree with each other and with the owner, limits, fees."""
    owner = directory.get(values.get("department"))
    known = {name: values.get(name) for name in IGuideElements.names()}
    yield from guide_problems(known, owner.credit_code if owner else "", options())


def judge_material(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Vague names, deferral without days, and what the registers forbid to ask for."""
    yield from material_problems(values, listed_problems(values), options())


def judge_form_version(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Dates in order, real files, and a sample that is not the blank form."""
    files = {}
    for name in FILE_FIELDS:
        value = values.get(name)
        if value is None or not hasattr(value, "data"):
            continue
        data = value.data
        files[name] = FileFacts(
            value.filename or "", sha256(data).hexdigest(), sniff(data)
        )
    version = FormFacts(
        start=values.get("in_force_from"),
        until=values.get("in_force_until"),
        files=files,
    )
    yield from version_problems(version, options())


MESSAGES = {
    "catalog_length": _(
        "catalog_length",
        default="A basic code has 12 characters, this one has ${length}.",
    ),
    "catalog_form": _(
        "catalog_form",
        default="A basic code has 12 digits, of which the last three may be 00Y.",
    ),
    "catalog_type": _(
        "catalog_type",
        default="Places 3 and 4 of the basic code are ${code}, but the matter type is "
        "${type}. Correct the one or the other.",
    ),
    "implementation_length": _(
        "implementation_length",
        default="An implementation code has 31 characters, this one has ${length}.",
    ),
    "implementation_body": _(
        "implementation_body",
        default="The first 18 characters (${code}) are not the credit code of the "
        "owner department (${expected}).",
    ),
    "implementation_level": _(
        "implementation_level",
        default="Place 19 of the implementation code is ${code}, but the exercise "
        "level is ${level}.",
    ),
    "implementation_catalog": _(
        "implementation_catalog",
        default="The last 12 characters (${code}) are not the basic code "
        "(${catalog_code}).",
    ),
    "handling_length": _(
        "handling_length",
        default="A handling item code has 33 characters, this one has ${length}.",
    ),
    "handling_serial": _(
        "handling_serial",
        default="A handling item code ends in two digits, this one in “${serial}”.",
    ),
    "handling_implementation": _(
        "handling_implementation",
        default="The first 31 characters (${code}) are not the implementation code.",
    ),
    "promised_longer": _(
        "promised_longer",
        default="The promised limit (${promised}) is longer than the statutory limit "
        "(${statutory}). Shorten the promise or correct the statutory limit.",
    ),
    "unit_missing": _("unit_missing", default="Choose the unit of the limit."),
    "onsite_reason_missing": _(
        "onsite_reason_missing",
        default="Tell why people have to come, or set the number of visits to 0.",
    ),
    "fees_missing": _(
        "fees_missing",
        default="There is a fee: add at least one row with item and standard.",
    ),
    "fees_unexpected": _(
        "fees_unexpected",
        default="There is no fee: remove the rows, or answer that there is one.",
    ),
    "phones_same": _(
        "phones_same",
        default="Questions and complaints need different numbers: a complaint must "
        "not reach the one it is about.",
    ),
    "end_before_start": _(
        "end_before_start", default="The end lies before the beginning."
    ),
    "co_department_is_owner": _(
        "co_department_is_owner",
        default="The owner department is not its own co-department. Take it out.",
    ),
    "material_vague": _(
        "material_vague",
        default="“${title}” does not say what to bring. Name the material.",
    ),
    "deferrable_days_missing": _(
        "deferrable_days_missing",
        default="Tell within how many working days the material must follow.",
    ),
    "deferrable_days_unexpected": _(
        "deferrable_days_unexpected",
        default="Only a material that may follow later has a limit for it. Empty this "
        "field or change the necessity.",
    ),
    "original_count_zero": _(
        "original_count_zero", default="An original is needed: how many?"
    ),
    "copy_count_zero": _("copy_count_zero", default="A copy is needed: how many?"),
    "form_file_kind": _(
        "form_file_kind",
        default="“${name}” is not a Word, Excel or PDF file. Choose the form as DOCX, "
        "XLSX, DOC or PDF.",
    ),
    "sample_is_blank": _(
        "sample_is_blank",
        default="The sample is the blank form itself. Upload the filled one.",
    ),
}

GUIDE = validation.Judge(judge_guide, {**SENTENCES, **MESSAGES})
MATERIAL = validation.Judge(judge_material)
FORM_VERSION = validation.Judge(judge_form_version)
