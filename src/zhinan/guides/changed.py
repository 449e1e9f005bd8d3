"""What differs between two revisions of a guide, in the words of the page."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from zhinan import _
from zhinan.forms.messages import element_title
from zhinan.publishing.compared import between
from zhinan.publishing.store import Outbox
from zhinan.rules.canonical import Difference
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements


Translate = Callable[[Any], str]
_FORMS = "forms"


def _titles(group: str, rows: Sequence[Element], t: Translate) -> dict[str, str]:
    return {row.name: t(element_title(group, row.name, row.title)) for row in rows}


def in_words(found: Sequence[Difference], t: Translate) -> list[str]:
    """One line for each difference: an element's title, or what became of a material.

    An element that the table no longer has is left out: nobody knows its name.
    """
    table = elements()
    guide = _titles("guide", table.guide, t)
    material = {
        **_titles("material", table.material, t),
        _FORMS: t(_("form and sample")),
    }
    return [line for row in found if (line := _line(row, guide, material, t))]


def _line(
    row: Difference, guide: dict[str, str], material: dict[str, str], t: Translate
) -> str:
    if row.kind == "element":
        return guide.get(row.name, "")
    if row.kind == "reordered":
        return t(_("order of the materials"))
    mapping = {"title": row.title}
    if row.kind == "added":
        return t(_("material_added", default="new material: ${title}", mapping=mapping))
    if row.kind == "removed":
        return t(
            _(
                "material_removed",
                default="no longer needed: ${title}",
                mapping=mapping,
            )
        )
    parts = [material[name] for name in row.parts if name in material]
    join = t(_("list_separator", default=", "))
    return t(
        _(
            "material_altered",
            default="material “${title}”: ${parts}",
            mapping={**mapping, "parts": join.join(parts)},
        )
    )


def changed_since(
    box: Outbox, uid: str, older: int, newer: int, t: Translate
) -> list[str]:
    """What a reader of an older revision has to read again; empty if nobody knows."""
    one, two = box.revision(uid, older), box.revision(uid, newer)
    if one is None or two is None:
        return []
    return in_words(between(box, one.hash, two.hash) or (), t)
