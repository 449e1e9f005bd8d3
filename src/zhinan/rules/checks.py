"""Small questions about values, which several requirements ask (``requirements``)."""

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
_URL = re.compile(r"^https?://[^\s/]+(/\S*)?$")


def is_url(text: str) -> bool:
    """Whether this is an absolute web address."""
    return bool(_URL.match(text))


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
