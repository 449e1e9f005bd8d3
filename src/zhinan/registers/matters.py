"""What is refused in an entry of the catalogue, beside what every entry needs."""

from .judges import judge_entry
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.forms import validation
from zhinan.rules.catalogue import parent_problem
from zhinan.rules.codes import CATALOG_CODE
from zhinan.rules.codes import Problem
from zhinan.rules.requirements import guide_problems


#: What an entry has in common with a guide, where it can contradict itself.
_LIMITS = ("statutory_limit", "statutory_unit", "promised_limit", "promised_unit")

MESSAGES = {
    "parent_is_itself": _(
        "parent_is_itself",
        default="An entry is not its own parent. Leave the code of the parent empty.",
    ),
    "parent_other": _(
        "parent_other",
        default="The parent of ${code} is ${expected}: the same first nine places, "
        "then 00Y.",
    ),
}


def judge_matter(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Codes of entry and parent that fit, limits that a guide could have."""
    yield from judge_entry("catalogue_entry")(context, values)
    code, parent = values.get("catalog_code") or "", values.get("parent_code") or ""
    wrong = parent_problem(code, parent) if CATALOG_CODE.match(parent) else ""
    if wrong:
        named = (("code", code), ("expected", f"{code[:9]}00Y"))
        yield Problem("parent_code", wrong, named)
    yield from guide_problems({name: values.get(name) for name in _LIMITS})


JUDGE = validation.Judge(judge_matter, MESSAGES)
