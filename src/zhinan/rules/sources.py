"""Mapping tables: how the records of a source become guides of ours.

Sources use their own field names and codes (type codes differ between provinces), so
each has a table as data: ``data/sources/<name>.toml``, or a file that a person brings.
A table is checked when it is read; a mistake in it is an error that names its row.
"""

from .elements import code_lists
from .elements import Element
from .elements import elements
from .elements import read_data
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from importlib.resources import files
from typing import Any

import re
import tomllib


#: What a field can feed beside the elements of a guide.
OWNER = ("owner_name", "owner_credit_code")
MATERIALS = "materials"
#: How a field is read where its element's kind does not say it.
READS = frozenset(["limit", "parts"])
#: Kinds of elements that a field of text can feed.
FED = frozenset(
    ["line", "text", "lines", "int", "bool", "choice", "choices", "phone", "url"]
)
_TOP = frozenset(["source", "field"])
_SOURCE_KEYS = {
    "name": str,
    "title": str,
    "title_en": str,
    "key": str,
    "empty": list,
    "ignored": list,
    "defaults": dict,
    "material_defaults": dict,
}
_FIELD_KEYS = {
    "source": str,
    "element": str,
    "read": str,
    "codes": dict,
    "empty": list,
    "strip": str,
    "otherwise": str,
    "unit": str,
    "units": dict,
    "pattern": str,
    "parts": list,
}
_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
#: Longest table that is read.
LONGEST = 200_000


class MappingRefused(ValueError):
    """A mapping table that cannot be used.

    :ivar where: the row, as it is written in the table; empty for the whole.
    :ivar what: what is wrong, with a ``{}`` for each of ``values``.
    """

    def __init__(self, where: str, what: str, *values: object):
        self.where = where
        self.what = what
        self.values = tuple(str(value) for value in values)
        # What stands first is quoted from the table.
        first = repr(values[0]) if values and isinstance(values[0], str) else None
        said = what.format(*((first,) if first else self.values[:1]), *self.values[1:])
        super().__init__(f"{where}: {said}" if where else said)

    def chinese(self) -> str:
        """The sentence for people (``data/mapping_refusals.toml``)."""
        table = read_data("mapping_refusals.toml")
        said = str(table.get(self.what, self.what)).format(*self.values)
        return f"{self.where} {said}" if self.where else said


@dataclass(frozen=True)
class Cut:
    """How a code of this length is cut into elements: name, from, to."""

    length: int
    parts: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class FieldMapping:
    """One field of the source."""

    source: str
    element: str = ""
    read: str = ""
    #: value of the source to values of ours; an empty tuple says nothing for us
    codes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    strip: re.Pattern[str] | None = None
    otherwise: str = ""
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    pattern: re.Pattern[str] | None = None
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class SourceMapping:
    """A whole mapping table."""

    name: str
    title: str
    title_en: str
    key: str
    fields: tuple[FieldMapping, ...]
    ignored: frozenset[str]
    defaults: Mapping[str, Any]
    material_defaults: Mapping[str, Any]

    @property
    def known(self) -> frozenset[str]:
        """Names of the fields that are read or known to say nothing new."""
        return self.ignored | {field.source for field in self.fields}


def _group(name: str) -> dict[str, Element]:
    table = elements()
    return {e.name: e for e in (table.guide if name == "guide" else table.material)}


def _keys(row: dict[str, Any], allowed: Mapping[str, type], where: str) -> None:
    for key, value in row.items():
        if key not in allowed:
            raise MappingRefused(where, "unknown key {}", key)
        if not isinstance(value, allowed[key]):
            raise MappingRefused(where, "{} is not a {}", key, allowed[key].__name__)


def _texts(value: list[Any], where: str) -> frozenset[str]:
    for item in value:
        if not isinstance(item, str):
            raise MappingRefused(where, "{} is not text", item)
    return frozenset(value)


def _regex(value: str | None, where: str) -> re.Pattern[str] | None:
    if value is None:
        return None
    try:
        return re.compile(value)
    except re.error as error:
        raise MappingRefused(where, "{}: {}", value, error) from error


def _check_code(element: Element, value: Any, where: str) -> None:
    if element.kind == "bool":
        if not isinstance(value, bool):
            raise MappingRefused(where, "{} is not true or false", value)
    elif element.list and code_lists()[element.list].get(value) is None:
        raise MappingRefused(where, "{} is no code of {}", value, element.list)
    elif not element.list:
        raise MappingRefused(where, "{} has no codes", element.name)


def _codes(
    row: dict[str, Any], element: Element | None, where: str
) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for word, value in row.get("codes", {}).items():
        if element is None:
            raise MappingRefused(where, "codes need an element")
        values = tuple(value) if isinstance(value, list) else (value,)
        values = () if values == ("",) else values
        if len(values) > 1 and element.kind != "choices":
            raise MappingRefused(where, "{} has several codes", word)
        for code in values:
            _check_code(element, code, where)
        found[word] = values
    if element is not None and element.kind == "bool" and not found:
        raise MappingRefused(where, "yes and no need codes")
    return found


def _cuts(row: dict[str, Any], guide: dict[str, Element], where: str) -> Iterator[Cut]:
    for part in row.get("parts", ()):
        cut = part.get("cut") if isinstance(part, dict) else None
        length = part.get("length") if isinstance(part, dict) else None
        if not isinstance(cut, dict) or not isinstance(length, int):
            raise MappingRefused(where, "a part has length and cut")
        parts = []
        for name, span in cut.items():
            if name not in OWNER and guide.get(name) is None:
                raise MappingRefused(where, "unknown element {}", name)
            if name in guide and guide[name].kind != "line":
                raise MappingRefused(where, "{} is not one line of text", name)
            numbers = span if isinstance(span, list) else []
            if (
                len(numbers) != 2
                or not all(type(number) is int for number in numbers)
                or not 0 <= numbers[0] < numbers[1] <= length
            ):
                raise MappingRefused(where, "{} has no place inside {}", name, length)
            parts.append((name, numbers[0], numbers[1]))
        yield Cut(length, tuple(parts))


def _limit(row: dict[str, Any], guide: dict[str, Element], where: str) -> None:
    unit = guide.get(row.get("unit", ""))
    if unit is None or unit.list != "time_unit":
        raise MappingRefused(where, "unknown unit element {}", row.get("unit"))
    if guide[row["element"]].kind != "int":
        raise MappingRefused(where, "{} is not a number", row["element"])
    for value in row.get("units", {}).values():
        if code_lists()["time_unit"].get(value) is None:
            raise MappingRefused(where, "{} is no code of time_unit", value)
    pattern = _regex(row.get("pattern"), where)
    if pattern is None or not {"number", "unit"} <= set(pattern.groupindex):
        raise MappingRefused(where, "the pattern needs number and unit")


def _field(row: Any, number: int, guide: dict[str, Element]) -> FieldMapping:
    where = f"[[field]] {number}"
    if not isinstance(row, dict):
        raise MappingRefused(where, "not a table")
    where = f"{where} ({row.get('source', '?')})"
    _keys(row, _FIELD_KEYS, where)
    if not row.get("source"):
        raise MappingRefused(where, "source is missing")
    read = row.get("read", "")
    if read and read not in READS:
        raise MappingRefused(where, "unknown way to read {}", read)
    name = row.get("element", "")
    element = guide.get(name)
    if read == "parts":
        if name or not row.get("parts"):
            raise MappingRefused(where, "parts stand instead of an element")
    elif name == MATERIALS or name in OWNER:
        element = None
    elif element is None:
        raise MappingRefused(where, "unknown element {}", name)
    elif element.kind not in FED:
        raise MappingRefused(where, "{} cannot be fed by a text", name)
    if read == "limit":
        _limit(row, guide, where)
    other = row.get("otherwise", "")
    if other and (other not in guide or guide[other].kind != "text"):
        raise MappingRefused(where, "{} is not an element of text", other)
    return FieldMapping(
        source=row["source"],
        element=name,
        read=read,
        codes=_codes(row, element, where),
        empty=_texts(row.get("empty", []), where),
        strip=_regex(row.get("strip"), where),
        otherwise=other,
        unit=row.get("unit", ""),
        units=row.get("units", {}),
        pattern=_regex(row.get("pattern"), where),
        cuts=tuple(_cuts(row, guide, where)),
    )


def _defaults(
    row: dict[str, Any], key: str, group: dict[str, Element]
) -> dict[str, Any]:
    where = f"[source] {key}"
    for name, value in row.get(key, {}).items():
        if name not in group:
            raise MappingRefused(where, "unknown element {}", name)
        for item in value if isinstance(value, list) else [value]:
            if group[name].kind in {"bool", "choice", "choices"}:
                _check_code(group[name], item, where)
    return dict(row.get(key, {}))


def parse(text: str) -> SourceMapping:
    """The mapping table in this text (TOML).

    :raises MappingRefused: with the row and what is wrong with it.
    """
    if len(text) > LONGEST:
        raise MappingRefused("", "more than {} characters", LONGEST)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingRefused("", "not TOML: {}", error) from error
    for key in data:
        if key not in _TOP:
            raise MappingRefused("", "unknown table {}", key)
    source, rows = data.get("source"), data.get("field")
    if not isinstance(source, dict) or not isinstance(rows, list) or not rows:
        raise MappingRefused("", "needs [source] and at least one [[field]]")
    where = "[source]"
    _keys(source, _SOURCE_KEYS, where)
    if not _NAME.match(source.get("name", "")):
        raise MappingRefused(where, "name is missing or not small letters")
    guide = _group("guide")
    fields = tuple(_field(row, number, guide) for number, row in enumerate(rows, 1))
    names = [field.source for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise MappingRefused(f"[[field]] ({name})", "stands twice")
    key = source.get("key", "")
    if key not in names:
        raise MappingRefused(where, "key {} is not one of the fields", key)
    empty = _texts(source.get("empty", []), where)
    title = str(source.get("title", source["name"]))
    return SourceMapping(
        name=source["name"],
        title=title,
        title_en=str(source.get("title_en", title)),
        key=key,
        fields=tuple(_with_empty(field, empty) for field in fields),
        ignored=_texts(source.get("ignored", []), where),
        defaults=_defaults(source, "defaults", guide),
        material_defaults=_defaults(source, "material_defaults", _group("material")),
    )


def _with_empty(mapped: FieldMapping, empty: frozenset[str]) -> FieldMapping:
    return FieldMapping(**{**mapped.__dict__, "empty": mapped.empty | empty})


def parse_bytes(data: bytes) -> SourceMapping:
    """The mapping table in a file that a person brings.

    :raises MappingRefused: if it is not a table in UTF-8, or has a mistake.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingRefused("", "not UTF-8 (byte {})", error.start) from error
    return parse(text)


def names() -> list[str]:
    """The mapping tables that come with the product."""
    folder = files(__package__) / "data" / "sources"
    return sorted(
        item.name.removesuffix(".toml")
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    )


def get(name: str) -> SourceMapping:
    """A mapping table that comes with the product; KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    path = files(__package__) / "data" / "sources" / f"{name}.toml"
    return parse(path.read_text(encoding="utf-8"))
