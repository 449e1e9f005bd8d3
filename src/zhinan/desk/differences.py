"""What a draft changes for its readers, in short: which elements and materials."""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.forms.messages import element_title
from zhinan.publishing.interfaces import IEditionContent
from zhinan.rules.canonical import canonical
from zhinan.rules.elements import elements
from zope.i18nmessageid import Message


#: What differs between a guide and its copy though nothing was changed.
_NAMES = frozenset({"uid"})


def differences(old: Mapping[str, Any], obj: Any) -> list[Message | str]:
    """Names of what is new, changed or gone, in the order of the page."""
    new = IEditionContent(obj).content()
    return [*_elements(old, new), *_materials(old, new)]


def _plain(value: Any) -> Any:
    """Without what tells a copy from its guide."""
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items() if key not in _NAMES}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _same(one: Any, two: Any) -> bool:
    return canonical({"value": _plain(one)}) == canonical({"value": _plain(two)})


def _elements(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Message | str]:
    before, after = old.get("elements") or {}, new.get("elements") or {}
    for element in elements().guide:
        if not _same(before.get(element.name), after.get(element.name)):
            yield element_title("guide", element.name, element.title)


def _title(material: Mapping[str, Any]) -> str:
    found = material.get("title") or (material.get("elements") or {}).get("title")
    return str(found or material.get("id") or "")


def _materials(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Message | str]:
    before = {row["id"]: row for row in old.get("materials") or ()}
    after = {row["id"]: row for row in new.get("materials") or ()}
    for name, row in after.items():
        if name not in before:
            yield _said(_NEW, row)
        elif not _same(before[name], row):
            yield _said(_CHANGED, row)
    for name, row in before.items():
        if name not in after:
            yield _said(_GONE, row)
    shared = [name for name in before if name in after]
    if shared != [name for name in after if name in before]:
        yield _("Order of the materials")


def _said(message: Message, row: Mapping[str, Any]) -> Message:
    return Message(message, mapping={"title": _title(row)})


_NEW = _("material_new", default="new material: ${title}")
_CHANGED = _("material_changed", default="material: ${title}")
_GONE = _("material_gone", default="material taken out: ${title}")
