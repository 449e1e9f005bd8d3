"""Checks across the elements of one guide.

The same checks run when a person saves (an error refuses), when a person submits or
publishes (what must be filled), and on import (everything is a warning). Numbers in
the docstrings are those of the rule catalogue for inspectors.
"""

from .codes import MatterCodes
from .codes import Problem
from .elements import Element
from .elements import elements
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import re


#: Catch-all words for materials: GB/T 36114 forbids them (recalled), inspectors count.
VAGUE_MATERIAL = re.compile(
    r"(其他|其它|相关|有关)(的)?(申请)?(材料|资料|文件)$|等(材料|资料|文件)?$|"
    r"法律法规规定的其他|(要求|需要)的其他"
)
PHONE = re.compile(
    r"^(?:(?:\d{3,4}-)?\d{7,8}(?:(?:转|-)\d{1,5})?|1\d{10}|"
    r"(?:\d{3,4}-)?(?:1\d{4}|95\d{3})(?:-\d){0,3}|\d{3}-?\d{3}-?\d{4}|400-\d{4}-\d{3})$",
    re.ASCII,
)


def _problem(field: str, id: str, **values: object) -> Problem:
    return Problem(field, id, tuple((key, str(v)) for key, v in values.items()))


def is_phone(text: str) -> bool:
    """Whether this is a telephone number: area code, extension and hotlines allowed."""
    return bool(PHONE.match(text.strip()))


def longer(limit: int, unit: str, than: int, than_unit: str) -> bool:
    """Whether a limit is certainly longer than another.

    Different units are compared only where no calendar can change the answer: months
    with years, and a working day with a calendar day (n working days are never shorter
    than n calendar days).
    """
    if unit == than_unit:
        return limit > than
    months = {"month": 1, "year": 12}
    if unit in months and than_unit in months:
        return limit * months[unit] > than * months[than_unit]
    if unit == "workday" and than_unit == "day":
        return limit > than
    if unit in {"workday", "day"} and than_unit == "hour":
        return limit * 24 > than and than <= 24
    if unit in months and than_unit == "day":
        return limit * months[unit] * 28 > than
    if unit == "day" and than_unit in months:
        return limit > than * months[than_unit] * 31
    return False


def consistency_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What contradicts itself in a guide; every one is an error on the form.

    ``values`` maps element names to plain values; ``credit_code`` is the owner
    department's. Missing or None values are not judged here.
    """
    found = MatterCodes(
        **{
            key: values.get(key) or ""
            for key in (
                "catalog_code",
                "implementation_code",
                "handling_code",
                "matter_type",
                "exercise_level",
                "credit_code",
            )
        }
    ).problems()

    statutory, promised = values.get("statutory_limit"), values.get("promised_limit")
    if statutory is not None and promised is not None:
        unit = values.get("promised_unit") or "workday"
        if longer(promised, unit, statutory, values.get("statutory_unit") or "workday"):
            found.append(
                _problem(
                    "promised_limit",
                    "promised_longer",
                    promised=promised,
                    statutory=statutory,
                )
            )
    for name in ("statutory", "promised"):
        if values.get(f"{name}_limit") is not None and not values.get(f"{name}_unit"):
            found.append(_problem(f"{name}_unit", "unit_missing"))
    if values.get("visits") and not values.get("onsite_reason"):
        found.append(_problem("onsite_reason", "onsite_reason_missing"))
    if values.get("charged") is True and not values.get("fees"):
        found.append(_problem("fees", "fees_missing"))
    if values.get("charged") is False and values.get("fees"):
        found.append(_problem("fees", "fees_unexpected"))
    consult, complaint = values.get("consult_phone"), values.get("complaint_phone")
    if consult and consult == complaint:
        found.append(_problem("complaint_phone", "phones_same"))
    start, end = values.get("planned_effective"), values.get("planned_end")
    if start and end and end < start:
        found.append(_problem("planned_end", "end_before_start"))
    if values.get("department") in (values.get("co_departments") or ()):
        found.append(_problem("co_departments", "co_department_is_owner"))
    return found


def material_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What contradicts itself in a material."""
    found = []
    title = values.get("title") or ""
    if VAGUE_MATERIAL.search(title):
        found.append(_problem("title", "material_vague", title=title))
    deferrable = values.get("necessity") == "3"
    if deferrable and not values.get("deferrable_days"):
        found.append(_problem("deferrable_days", "deferrable_days_missing"))
    if not deferrable and values.get("deferrable_days"):
        found.append(_problem("deferrable_days", "deferrable_days_unexpected"))
    kind = values.get("material_kind")
    counts = values.get("original_count"), values.get("copy_count")
    if kind in {"original", "both"} and counts[0] == 0:
        found.append(_problem("original_count", "original_count_zero"))
    if kind in {"copy", "both"} and counts[1] == 0:
        found.append(_problem("copy_count", "copy_count_zero"))
    return found


def is_empty(element: Element, value: object) -> bool:
    """Whether an element counts as not filled in: 0 and False are answers."""
    if element.kind in {"bool", "int"}:
        return value is None
    return not value


def missing(
    group: Iterable[Element], values: Mapping[str, Any], materials: int | None = None
) -> list[Element]:
    """The elements that must be filled before publication and are not.

    ``materials`` is the number of contained materials, or None to leave them out.
    """
    found = []
    for element in group:
        if element.kind == "materials":
            if element.publish and materials == 0:
                found.append(element)
        elif element.publish and is_empty(element, values.get(element.name)):
            found.append(element)
    return found


def missing_in_guide(values: Mapping[str, Any], materials: int) -> list[Element]:
    """The guide's elements that are missing for publication."""
    return missing(elements().guide, values, materials)
