"""The list of one register as a person may see it: narrowed, and as a table."""

from .directory import Entry
from .directory import from_brain
from .entries import TYPES
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.interfaces import IRegisterFolder
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.registers import Register
from zhinan.rules.registers import registers
from zhinan.search.splitter import query


Say = Callable[[Any], str]
#: Id of the folder that holds the folders of the registers.
FOLDER = "registers"


def folder_id(register: str) -> str:
    """Id of a register's folder."""
    return register.replace("_", "-")


def register_of(folder: Any) -> Register | None:
    """The register that a folder holds, or None for any other object."""
    if not IRegisterFolder.providedBy(folder):
        return None
    return registers().get(folder.getId().replace("-", "_"))


def folder_of(register: str) -> Any:
    """The folder of a register, or None in a site that has none."""
    parent = api.portal.get().get(FOLDER)
    return parent.get(folder_id(register)) if parent is not None else None


def readable(register: Register) -> bool:
    """Whether this person may read the register.

    An internal one is for people who are logged in, even if somebody published its
    folder by mistake.
    """
    folder = folder_of(register.name)
    if folder is None or not api.user.has_permission("View", obj=folder):
        return False
    return register.public or not api.user.is_anonymous()


def visible(register: str, text: str = "") -> list[Entry]:
    """The entries that this person may see, in their order; with ``text`` those found.

    A text without any word finds nothing.
    """
    asked: dict[str, Any] = {}
    if text:
        asked["SearchableText"] = query(text)
        if not asked["SearchableText"]:
            return []
    brains = api.portal.get_tool("portal_catalog")(
        portal_type=TYPES[register], sort_on="getObjPositionInParent", **asked
    )
    return [from_brain(brain) for brain in brains]


def holds(entry: Entry, name: str, value: str) -> bool:
    """Whether an element of the entry is or has this value."""
    found = entry.values.get(name)
    return value in found if isinstance(found, list) else found == value


def narrowed(entries: Iterable[Entry], filters: Mapping[str, str]) -> list[Entry]:
    """The entries that have all these values; an empty one narrows nothing."""
    wanted = [(name, value) for name, value in filters.items() if value]
    return [e for e in entries if all(holds(e, name, value) for name, value in wanted)]


def heading(register: Register, name: str) -> Any:
    """Title of a column."""
    return message(f"register.{register.name}.{name}", register.element(name).title)


def words(element: Element | Column, value: Any, say: Say) -> str:
    """A value in words; several stand on a line each, a date as 2026-08-15."""
    if value in (None, "", []):
        return ""
    match element.kind:
        case "bool":
            return say(_("yes") if value else _("no"))
        case "choice":
            return say(code_title(element.list, value))
        case "choices":
            return "\n".join(say(code_title(element.list, item)) for item in value)
        case "department":
            owner = departments.with_past().get(value)
            return owner.title if owner else str(value)
        case "lines":
            return "\n".join(value)
        case "rows":
            return "\n".join(_row(element, row, say) for row in value)
    return str(value)


def _row(element: Any, row: Mapping[str, Any], say: Say) -> str:
    cells = (words(column, row.get(column.name), say) for column in element.columns)
    return " ".join(cell for cell in cells if cell)


def registers_table(
    name: str, entries: Iterable[Entry], say: Say
) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a register as a table of texts, files left out."""
    register = registers()[name]
    shown = [element for element in register.elements if element.kind != "file"]
    head = [say(heading(register, element.name)) for element in shown]
    rows = [
        [words(element, entry.values.get(element.name), say) for element in shown]
        for entry in entries
    ]
    return head, rows
