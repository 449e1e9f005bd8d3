"""What the elements of an object say, as people read it; for the full text."""

from collections.abc import Iterator
from typing import Any
from zhinan.departments import directory
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Element


def _texts(element: Element, value: Any) -> Iterator[str]:
    """The words of one element as people read them."""
    if value is None or value == "":
        return
    match element.kind:
        case "line" | "text" | "phone":
            yield value
        case "lines":
            yield from value
        case "choice":
            code = code_lists()[element.list].get(value)
            yield code.title if code else value
        case "choices":
            for item in value:
                code = code_lists()[element.list].get(item)
                yield code.title if code else item
        case "rows":
            for row in value:
                for column in element.columns:
                    cell = row.get(column.name)
                    if isinstance(cell, str) and not column.list:
                        yield cell
        case "department" | "departments":
            for code_ in [value] if isinstance(value, str) else value:
                owner = directory.get(code_)
                if owner:
                    yield f"{owner.title} {owner.short_name}"


def text_of(group: tuple[Element, ...], obj: Any) -> str:
    """All elements of an object as text, one a line."""
    parts: list[str] = []
    for element in group:
        if element.kind not in {"materials", "file"}:
            parts += _texts(element, getattr(obj, element.name, None))
    return "\n".join(parts)
