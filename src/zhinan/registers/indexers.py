"""What the catalogue knows of register entries, so that no list wakes one."""

from .entries import IRegisterEntry
from .entries import REGISTERS
from plone.indexer import indexer
from typing import Any
from zhinan.departments.texts import text_of
from zhinan.rules.registers import entry_key
from zhinan.rules.registers import plain
from zhinan.rules.registers import registers


@indexer(IRegisterEntry)
def entry_text(obj: Any) -> str:
    """Full text of an entry."""
    return text_of(registers()[REGISTERS[obj.portal_type]].elements, obj)


@indexer(IRegisterEntry)
def register_key(obj: Any) -> str:
    """What tells the entry from the others of its register."""
    name = REGISTERS[obj.portal_type]
    values = {key: getattr(obj, key, None) for key in registers()[name].key}
    return entry_key(name, values)


@indexer(IRegisterEntry)
def entry_row(obj: Any) -> dict[str, Any]:
    """Every element that is filled, but long texts of rows and files."""
    found = {}
    for element in registers()[REGISTERS[obj.portal_type]].elements:
        value = plain(element, getattr(obj, element.name, None))
        if value not in (None, "", []):
            found[element.name] = value
    return found
