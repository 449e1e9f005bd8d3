"""Where a value stands in the guides of a department, and what speaks against it."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.departments.owned import owners
from zhinan.desk.mending.store import Spot
from zhinan.forms import validation
from zhinan.forms.messages import element_title
from zhinan.forms.messages import message
from zhinan.guides.content import IGuideElements
from zhinan.guides.content import IMaterialElements
from zhinan.guides.files import materials
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.publishing.steps import state_of
from zhinan.rules import mending as rules
from zhinan.rules.codes import Problem
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zhinan.rules.mending import Place
from zhinan.rules.mending import Wish
from zope.schema import ValidationError


PUBLISHED = "published"
#: States in which guides and copies are mended: what is online, and what will be.
STATES = (PUBLISHED, "draft", "in_review", "approved", "scheduled", "failed")
#: States in which the one who proposed it counts as one who drafted. What is approved
#: has been looked at; the mending has its own second pair of eyes.
DRAFTING = frozenset({"draft", "in_review"})
#: Places that one mending holds at most.
MOST = 2000


@dataclass(frozen=True)
class Part:
    """A guide or one of its materials, as it is mended."""

    obj: Any
    prefix: str
    group: tuple[Element, ...]
    schema: Any
    judge: str

    def values(self) -> dict[str, Any]:
        """Its elements by name."""
        return {e.name: getattr(self.obj, e.name, None) for e in self.group}

    def element(self, name: str) -> Element:
        """One of its elements."""
        return next(e for e in self.group if e.name == name)


@dataclass(frozen=True)
class Found:
    """A spot with what is known of it."""

    spot: Spot
    part: Part
    guide: Any
    #: why it cannot be written, in sentences; empty if it can
    against: tuple[Any, ...] = ()


def parts(guide: Any) -> Iterator[Part]:
    """The guide itself and its materials, in order."""
    yield Part(guide, "guide", elements().guide, IGuideElements, "MatterGuide")
    for material in materials(guide):
        yield Part(
            material, "material", elements().material, IMaterialElements, "Material"
        )


def guides(department: str) -> Iterator[Any]:
    """Guides, drafts and working copies of which a department is in charge."""
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(
        object_provides=IEditioned.__identifier__,
        owner_department=department,
        review_state=list(STATES),
        sort_on="path",
    ):
        guide = brain._unrestrictedGetObject()
        if owners(guide)[0] == department:
            yield guide


def find(department: str, wish: Wish) -> list[Found]:
    """Every place of a value, with what speaks against the new one; at most ``MOST``.

    One more than that is given where there are more.
    """
    found: list[Found] = []
    for guide in guides(department):
        uid = IUUID(guide)
        for part in parts(guide):
            values = part.values()
            places = list(rules.find(wish, part.group, values))
            if not places:
                continue
            own = IUUID(part.obj)
            against = objections(part, values, places)
            for place in places:
                spot = Spot(uid, own, place)
                found.append(Found(spot, part, guide, against[place.key]))
        if len(found) > MOST:
            return found[: MOST + 1]
    return found


def field_of(part: Part, place: Place) -> Any:
    """The field that a place is checked by."""
    field = part.schema[place.element]
    if place.row < 0:
        return field
    value_type = field.value_type
    return value_type.schema[place.column] if place.column else value_type


def objections(
    part: Part, values: Mapping[str, Any], places: Iterable[Place]
) -> dict[str, tuple[Any, ...]]:
    """Why places cannot be written, by their key: the element's own checks.

    What contradicts itself already is not the mending's; only new contradictions count.
    """
    found: dict[str, list[Any]] = {}
    places = list(places)
    for place in places:
        found[place.key] = []
        try:
            field_of(part, place).validate(place.after)
        except ValidationError as error:
            found[place.key].append(error.doc())
    known = set(validation.problems(part.judge, part.obj, values))
    for problem, place in _contradictions(part, values, places, known):
        found[place.key].append(validation.sentence(problem))
    return {key: tuple(sentences) for key, sentences in found.items()}


def _contradictions(
    part: Part, values: Mapping[str, Any], places: list[Place], known: set[Problem]
) -> Iterator[tuple[Problem, Place]]:
    """New problems, each with the places to which it is laid."""

    def new(some: list[Place]) -> set[Problem]:
        made, _done, _left = rules.apply(values, some)
        whole = {**values, **made}
        return set(validation.problems(part.judge, part.obj, whole)) - known

    for problem in new(places):
        # The place that makes it alone; all of them where only together they do.
        alone = [place for place in places if problem in new([place])]
        for place in alone or places:
            yield problem, place


def words_of(part: Part, place: Place) -> list[Any]:
    """Messages that name a place: element, row, column."""
    element = part.element(place.element)
    found = [element_title(part.prefix, element.name, element.title)]
    if place.row >= 0:
        row = {"number": str(place.row + 1)}
        found.append(_("mending_row", default="row ${number}", mapping=row))
    if place.column:
        column = next(c for c in element.columns if c.name == place.column)
        key = f"{part.prefix}.{element.name}.{column.name}"
        found.append(message(key, column.title))
    return found


def kind_of(guide: Any) -> Any:
    """What a guide is, for people: online, a draft, a working copy."""
    if IWorkingCopy.providedBy(guide):
        return _("Working copy")
    return _("Online") if state_of(guide) == PUBLISHED else _("Draft")
