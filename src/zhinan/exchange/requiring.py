"""What an import would leave a guide without: the requirements, as warnings.

What the forms refuse has been said by the judges already, part by part; here stands the
rest of the same set. No file is opened.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import TYPE_CHECKING
from zhinan.guides.content import IGuideElements
from zhinan.guides.content import IMaterialElements
from zhinan.guides.files import FILE_FIELDS
from zhinan.guides.files import materials
from zhinan.guides.files import versions
from zhinan.guides.requirements import in_words
from zhinan.rules.codes import Problem
from zhinan.rules.records import Finding
from zhinan.rules.records import SourceFile
from zhinan.rules.requirements import check_guide
from zhinan.rules.requirements import Facts
from zhinan.rules.requirements import FileFacts
from zhinan.rules.requirements import FormFacts
from zhinan.rules.requirements import MaterialFacts
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import Options
from zhinan.rules.requirements import requirements


if TYPE_CHECKING:
    from .plan import Plan


#: Elements that are empty are told together: a record of elsewhere lacks many.
EMPTY = "element_missing"
#: Between the names of elements in Chinese.
_COMMA = "\u3001"


def warn(plan: "Plan", options: Options, language: str) -> None:
    """Add to a guide's plan, and to those of its materials, what they lack."""
    parts = {str(number): child for number, child in enumerate(plan.children)}
    found = [
        one
        for one in check_guide(_facts(plan), Occasion.IMPORT, options)
        if Occasion.SAVE not in requirements()[one.requirement].occasions
    ]
    empty = []
    for one in found:
        problem = in_words(one, language)
        if one.says == EMPTY:
            empty.append(problem.mapping["element"])
            continue
        part = parts.get(one.place.material, plan)
        value = _shown(part, one.element)
        part.findings.append(Finding(part.record.place, problem, value))
    if empty:
        said = (("elements", _COMMA.join(empty)),)
        problem = Problem("", "import_incomplete", said)
        plan.findings.append(Finding(plan.record.place, problem))


def _shown(plan: "Plan", name: str) -> str:
    value = plan.values.get(name)
    return value[:200] if isinstance(value, str) else ""


def _values(plan: "Plan", schema: Any) -> dict[str, Any]:
    names = schema.names()
    there = {name: getattr(plan.obj, name, None) for name in names}
    return {**there, **{k: v for k, v in plan.values.items() if k in there}}


def _facts(plan: "Plan") -> Facts:
    """The guide as it would be; what the source does not say stays as it is."""
    if plan.record.children is None:
        there = materials(plan.obj) if plan.obj is not None else []
        parts = tuple(_there(obj) for obj in there)
    else:
        parts = tuple(
            _planned(child, str(number)) for number, child in enumerate(plan.children)
        )
    return Facts(_values(plan, IGuideElements), parts)


def _there(obj: Any) -> MaterialFacts:
    values = {name: getattr(obj, name, None) for name in IMaterialElements.names()}
    return MaterialFacts(values, obj.getId(), tuple(map(_version, versions(obj))))


def _planned(plan: "Plan", number: str) -> MaterialFacts:
    forms: tuple[FormFacts, ...] | None = None
    if plan.record.children is not None:
        forms = tuple(FormFacts(files=_files(child)) for child in plan.children)
    elif plan.obj is not None:
        forms = tuple(map(_version, versions(plan.obj)))
    return MaterialFacts(_values(plan, IMaterialElements), number, forms)


def _version(obj: Any) -> FormFacts:
    files = {
        name: FileFacts(kept.get("filename") or "", kept.get("sha256", ""))
        for name, kept in (obj.files or {}).items()
    }
    return FormFacts(id=obj.getId(), files=files)


def _files(plan: "Plan") -> Mapping[str, FileFacts]:
    return dict(_each(plan))


def _each(plan: "Plan") -> Iterator[tuple[str, FileFacts]]:
    for name in FILE_FIELDS:
        value = plan.values.get(name)
        kept = (getattr(plan.obj, "files", None) or {}).get(name)
        if isinstance(value, SourceFile):
            yield name, FileFacts(value.filename, value.sha256)
        elif kept:
            yield name, FileFacts(kept.get("filename") or "", kept.get("sha256", ""))
