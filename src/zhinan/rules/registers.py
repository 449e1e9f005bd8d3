"""The tables of the registers, read once from ``data/registers.toml``.

A register is a list beside the guides: the matter catalogue, cancelled proofs,
intermediary services, legal bases, seals and authorisations. Its columns are elements
like those of a guide, so that form, page, spreadsheet and REST are derived from them.
"""

from .elements import code_lists
from .elements import Element
from .elements import make_element
from .elements import read_data
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Register:
    """One register: its words, who reads it, and the elements of its entries."""

    name: str
    title: str
    title_en: str
    entry: str
    entry_en: str
    #: whether the public reads it
    public: bool
    #: the elements that tell one entry from another, for exchange
    key: tuple[str, ...]
    elements: tuple[Element, ...]


@cache
def registers() -> Mapping[str, Register]:
    """All registers by name; a mistake in the data is an error that names its row."""
    lists = code_lists()
    found = {}
    for name, row in read_data("registers.toml").items():
        rows = tuple(make_element(element, lists) for element in row.pop("elements"))
        register = Register(
            name=name, elements=rows, **{**row, "key": tuple(row["key"])}
        )
        names = [element.name for element in rows]
        if len(set(names)) != len(names):
            raise ValueError(f"{name}: an element stands twice")
        for key in register.key:
            if key not in names:
                raise ValueError(f"{name}: unknown element in the key: {key!r}")
        found[name] = register
    return found
