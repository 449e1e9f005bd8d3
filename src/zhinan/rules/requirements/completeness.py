"""What has to be filled in."""

from ..checks import is_empty
from ..elements import Element
from ..elements import elements
from .facts import Asked
from .facts import Facts
from .facts import Fault
from .facts import fault
from .facts import GUIDE
from .facts import guide
from .facts import GuideCheck
from .facts import material
from .facts import MaterialFacts
from .table import requirements
from collections.abc import Iterator


_ELEMENTS = {element.name: element for element in elements().guide}
_PARTS = {element.name: element for element in elements().material}
#: The key classes that are one element; the others have a check of their own.
_KEYS = {
    "key_title": "title",
    "key_basis": "legal_basis",
    "key_conditions": "conditions",
    "key_places": "places",
    "key_phone": "consult_phone",
    "key_flow": "flow",
}
_NEEDED = ("title", "necessity")


def _blank(element: Element, value: object) -> bool:
    """Whether it says nothing: blanks alone are no text."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return not any(v.strip() for v in value)
    return is_empty(element, value)


def _filled(name: str) -> GuideCheck:
    element = _ELEMENTS[name]

    def check(facts: Facts, asked: Asked) -> Iterator[Fault]:
        if _blank(element, facts.values.get(name)):
            yield fault(name, "element_missing", element=name)

    return check


def _register() -> None:
    for name, element in _KEYS.items():
        GUIDE[name] = _filled(element)
    for name in requirements():
        if name.startswith("missing_"):
            GUIDE[name] = _filled(name.removeprefix("missing_"))


_register()


@guide("key_materials")
def materials(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """At least one material is listed."""
    if facts.materials is not None and not facts.materials:
        yield fault("materials", "materials_missing")


@guide("key_hours")
def hours(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Each place tells when it is open."""
    for number, row in enumerate(facts.values.get("places") or (), 1):
        if not (row.get("hours") or "").strip():
            yield fault("places", "hours_missing", number, row=number)


@guide("row_incomplete")
def rows(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """Each row has its needed columns; hours of places and fees have own checks."""
    for element in elements().guide:
        if element.kind != "rows" or element.name == "fees":
            continue
        for number, row in enumerate(facts.values.get(element.name) or (), 1):
            for column in element.columns:
                if not column.required or column.name == "hours":
                    continue
                value = row.get(column.name)
                if value is None or not str(value).strip():
                    yield fault(
                        element.name,
                        "cell_missing",
                        number,
                        element=element.name,
                        row=number,
                        column=f"{element.name}.{column.name}",
                    )


def _parts(found: MaterialFacts, needed: bool) -> Iterator[Fault]:
    for name, element in _PARTS.items():
        if not element.publish or (name in _NEEDED) != needed:
            continue
        if _blank(element, found.values.get(name)):
            title = found.values.get("title") or found.id
            yield fault(name, "material_part_missing", title=title, part=name)


@material("material_incomplete")
def needed(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """A material has a name and tells whether it is needed."""
    yield from _parts(found, True)


@material("material_details")
def details(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """A material tells what exactly is brought."""
    yield from _parts(found, False)
