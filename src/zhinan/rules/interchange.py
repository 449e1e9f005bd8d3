"""What is exchanged, and in what shape: kinds of objects, values, the JSON schema.

Everything is derived from the element tables, so that an element that is added there
is exchanged without a line here. ``VERSION`` is raised when a document of the old
shape could be read wrongly; a reader takes its own version and all older ones.
"""

from .checks import is_phone
from .codes import Problem
from .elements import code_lists
from .elements import Column
from .elements import Element
from .elements import elements
from .elements import make_element
from .elements import read_data
from .records import SourceFile
from .registers import registers
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import datetime
import re


FORMAT = "zhinan"
VERSION = 1

#: Control characters but tab and line end, and halves of surrogate pairs.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_URL = re.compile(r"^https?://[^\s/]+(/\S*)?$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
SHA256 = re.compile(r"^[0-9a-f]{64}$")
_LINES = frozenset({"line", "phone", "url", "department", "choice"})

Part = Element | Column


@dataclass(frozen=True)
class Kind:
    """One kind of object that is exchanged."""

    portal_type: str
    #: short name: guide, material, form_version, department, register.<name>
    name: str
    title: str
    title_en: str
    elements: tuple[Element, ...]
    #: portal type of the objects inside, and the key under which JSON holds them
    children: str = ""
    children_key: str = ""

    def element(self, name: str) -> Element | None:
        """The element with this name, or None."""
        return next((e for e in self.elements if e.name == name), None)


def register_type(name: str) -> str:
    """Portal type of the entries of a register."""
    return "".join(part.title() for part in name.split("_"))


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by portal type."""
    data = read_data("interchange.toml")
    lists = code_lists()

    def table(name: str) -> tuple[Element, ...]:
        return tuple(make_element(row, lists) for row in data[name])

    def kind(portal_type: str, name: str, *rest: Any) -> Kind:
        title, title_en = data["titles"][name]
        return Kind(portal_type, name, title, title_en, *rest)

    guide = tuple(e for e in elements().guide if e.kind != "materials")
    found = [
        kind("Department", "department", table("department")),
        kind("MatterGuide", "guide", guide, "Material", "materials"),
        kind(
            "Material", "material", elements().material, "FormVersion", "form_versions"
        ),
        kind("FormVersion", "form_version", table("form_version")),
    ]
    for register in registers().values():
        found.append(
            Kind(
                register_type(register.name),
                f"register.{register.name}",
                register.title,
                register.title_en,
                register.elements,
            )
        )
    return {row.portal_type: row for row in found}


@cache
def states() -> Mapping[str, tuple[str, str]]:
    """Titles (Chinese, English) of the workflow states by id."""
    return {row[0]: (row[1], row[2]) for row in read_data("interchange.toml")["states"]}


def problem(field: str, id: str, **values: object) -> Problem:
    """A problem of a field."""
    return Problem(field, id, tuple((key, str(v)) for key, v in values.items()))


def plain(value: Any) -> Any:
    """One form of a value: whatever is empty is None, line ends are single.

    Empty cells of rows are left out; a row that is empty is no row.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") or None
    if isinstance(value, (list, tuple)):
        rows = [plain(item) for item in value]
        return [row for row in rows if row is not None] or None
    if isinstance(value, Mapping):
        cells = {key: plain(item) for key, item in value.items()}
        return {key: item for key, item in cells.items() if item is not None} or None
    return value


def record_key(kind: Kind, values: Mapping[str, Any]) -> str:
    """What tells an object from its siblings, readable and fit to be typed."""

    def text(name: str) -> str:
        return str(values.get(name) or "")

    match kind.name:
        case "guide":
            for name in ("handling_code", "implementation_code"):
                if text(name):
                    return text(name)
            if text("catalog_code"):
                return "/".join(
                    filter(None, (text("catalog_code"), text("department")))
                )
            return text("title")
        case "material":
            return text("title")
        case "form_version":
            return text("version")
        case "department":
            return text("code")
    register = registers()[kind.name.partition(".")[2]]
    return "/".join(text(name) for name in register.key)


class Keys:
    """Makes keys of siblings different: the second of a kind gets ``#2``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, key: str) -> str:
        """This key, or one with a number behind it."""
        candidate, number = key, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{key}#{number}"
        self._taken.add(candidate)
        return candidate


# ------------------------------------------------------------------------- checks


def value_problem(part: Part, value: Any) -> Problem | None:
    """What is wrong with a value of an element or column; None stands for empty.

    The value is of Python's own types as in ``Record.values``. Required elements are
    not asked for here: only who lands a record knows whether it is a new one.
    """
    if value is None:
        return None
    name, kind = part.name, part.kind
    if kind == "rows":
        assert isinstance(part, Element)
        return _rows_problem(part, value)
    if kind in {"lines", "choices", "departments"}:
        if not isinstance(value, list):
            return problem(name, "wrong_type", kind=kind)
        for item in value:
            found = _single_problem(part, item, _LIST_ITEM[kind])
            if found:
                return found
        return None
    return _single_problem(part, value, kind)


_LIST_ITEM = {"lines": "line", "choices": "choice", "departments": "department"}
_TYPES: Mapping[str, type] = {
    "int": int,
    "bool": bool,
    "date": datetime.date,
    "file": SourceFile,
}


def _single_problem(part: Part, value: Any, kind: str) -> Problem | None:
    name = part.name
    wanted = _TYPES.get(kind, str)
    fits = isinstance(value, wanted) and not (
        (kind == "int" and isinstance(value, bool))
        or (kind == "date" and isinstance(value, datetime.datetime))
    )
    if not fits:
        return problem(name, "wrong_type", kind=kind)
    if kind == "int":
        if part.min is not None and value < part.min:
            return problem(name, "number_small", value=value, min=part.min)
        # Beyond this no database column and no spreadsheet keeps the number.
        most = part.max if part.max is not None else 10**9
        return (
            problem(name, "number_big", value=value, max=most) if value > most else None
        )
    return _text_problem(part, value, kind) if isinstance(value, str) else None


def _text_problem(part: Part, value: str, kind: str) -> Problem | None:
    name = part.name
    if UNPRINTABLE.search(value):
        return problem(name, "unprintable")
    if kind in _LINES and "\n" in value:
        return problem(name, "line_breaks")
    longest = part.max_length if isinstance(part, Element) else None
    if longest is not None and len(value) > longest:
        return problem(name, "too_long", length=len(value), max=longest)
    if kind == "choice" and code_lists()[part.list].get(value) is None:
        return not_in_list(part, value)
    if kind == "phone" and not is_phone(value):
        return problem(name, "not_a_phone", value=shorten(value))
    if kind == "url" and not _URL.match(value):
        return problem(name, "not_a_url", value=shorten(value))
    return None


def _rows_problem(element: Element, value: Any) -> Problem | None:
    if not isinstance(value, list):
        return problem(element.name, "wrong_type", kind="rows")
    columns = {column.name: column for column in element.columns}
    for number, row in enumerate(value, 1):
        if not isinstance(row, dict):
            return problem(element.name, "wrong_type", kind="rows", row=number)
        for key in row:
            if key not in columns:
                return problem(element.name, "field_unknown", name=shorten(str(key)))
        for key, column in columns.items():
            found = value_problem(column, row.get(key))
            if found is None and column.required and row.get(key) is None:
                found = problem(key, "value_missing", column=column.title)
            if found:
                where = (("row", str(number)), ("column", column.title))
                values = tuple(v for v in found.values if v[0] not in {"row", "column"})
                return Problem(element.name, found.id, values + where)
    return None


def not_in_list(part: Part, value: str) -> Problem:
    """The problem of a value outside its list, with the first allowed ones."""
    codes = code_lists()[part.list].codes
    allowed = "、".join(code.title for code in codes[:12]) + ("…" if codes[12:] else "")
    return problem(part.name, "not_in_list", value=shorten(value), allowed=allowed)


def shorten(text: str, length: int = 60) -> str:
    """A text short enough for a sentence."""
    flat = " ".join(UNPRINTABLE.sub(" ", text).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


# --------------------------------------------------------------------------- JSON


def to_json(part: Part, value: Any) -> Any:
    """A value as JSON; empty is null."""
    value = plain(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, SourceFile):
        return {
            "filename": value.filename,
            "content_type": value.content_type,
            "sha256": value.sha256,
            "size": value.size,
            "path": value.path or None,
        }
    return value


def from_json(part: Part, value: Any) -> tuple[Any, Problem | None]:
    """A value from JSON with what is wrong with it; the value is None then."""
    value = plain(value)
    if part.kind == "date" and isinstance(value, str):
        try:
            if not _DATE.match(value):
                raise ValueError
            value = datetime.date.fromisoformat(value)
        except ValueError:
            return None, problem(part.name, "not_a_date", value=shorten(value))
    elif part.kind == "file" and value is not None:
        file = _file_from_json(value)
        if file is None:
            return None, problem(part.name, "wrong_type", kind="file")
        value = file
    found = value_problem(part, value)
    return (None, found) if found else (value, None)


def _file_from_json(value: Any) -> SourceFile | None:
    if not isinstance(value, dict):
        return None
    name, sha256, size = value.get("filename"), value.get("sha256"), value.get("size")
    kind, path = value.get("content_type"), value.get("path")
    texts = all(isinstance(text, str) for text in (name, sha256))
    if not texts or not SHA256.match(str(sha256)):
        return None
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        return None
    if not isinstance(kind, (str, type(None))) or not isinstance(
        path, (str, type(None))
    ):
        return None
    if UNPRINTABLE.search(str(name)) or not 0 < len(str(name)) <= 255:
        return None
    return SourceFile(
        str(name), kind or "application/octet-stream", str(sha256), size, path or ""
    )


# ------------------------------------------------------------------------- schema


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an exchange document, made from the tables."""
    definitions: dict[str, Any] = {
        "file": {
            "type": "object",
            "properties": {
                "filename": {"type": "string", "minLength": 1, "maxLength": 255},
                "content_type": {"type": ["string", "null"]},
                "sha256": {"type": "string", "pattern": SHA256.pattern},
                "size": {"type": "integer", "minimum": 0},
                "path": {"type": ["string", "null"]},
            },
            "required": ["filename", "sha256", "size"],
            "additionalProperties": False,
        }
    }
    for kind in kinds().values():
        definitions[kind.portal_type] = _object_schema(kind)
    by_register = {
        name: _array(register_type(name), register.title)
        for name, register in registers().items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {VERSION}",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"type": "integer", "minimum": 1, "maximum": VERSION},
            "exported": {"type": "string"},
            "site": {"type": "string"},
            "departments": _array("Department", kinds()["Department"].title),
            "guides": _array("MatterGuide", kinds()["MatterGuide"].title),
            "registers": {
                "type": "object",
                "properties": by_register,
                "additionalProperties": False,
            },
        },
        "required": ["format", "version"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _array(portal_type: str, title: str) -> dict[str, Any]:
    return {
        "type": "array",
        "title": title,
        "items": {"$ref": f"#/$defs/{portal_type}"},
    }


def _object_schema(kind: Kind) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "type": {"const": kind.portal_type},
        "key": {"type": "string"},
        "id": {"type": "string"},
        "uid": {"type": "string"},
        "state": {"enum": ["", *states()]},
        "elements": {
            "type": "object",
            "properties": {e.name: _value_schema(e) for e in kind.elements},
            "additionalProperties": False,
        },
    }
    if kind.children:
        properties[kind.children_key] = _array(
            kind.children, kinds()[kind.children].title
        )
    return {
        "type": "object",
        "title": kind.title,
        "properties": properties,
        "required": ["type", "elements"],
        "additionalProperties": False,
    }


def _value_schema(part: Part) -> dict[str, Any]:
    """The schema of one value; every element may be null, which empties it."""
    help_text = getattr(part, "help", "")
    words = {"title": part.title, **({"description": help_text} if help_text else {})}
    if part.kind == "file":
        return {**words, "anyOf": [{"$ref": "#/$defs/file"}, {"type": "null"}]}
    return {**words, **_type_schema(part)}


def _type_schema(part: Part) -> dict[str, Any]:
    codes: list[str | None] = []
    if part.list:
        codes = [code.value for code in code_lists()[part.list].codes]
    match part.kind:
        case "int":
            found: dict[str, Any] = {"type": ["integer", "null"]}
            if part.min is not None:
                found["minimum"] = part.min
            found["maximum"] = part.max if part.max is not None else 10**9
            return found
        case "bool":
            return {"type": ["boolean", "null"]}
        case "date":
            return {"type": ["string", "null"], "format": "date"}
        case "choice":
            return {"enum": [*codes, None]}
        case "choices":
            return {"type": ["array", "null"], "items": {"enum": codes}}
        case "lines" | "departments":
            return {"type": ["array", "null"], "items": {"type": "string"}}
        case "rows":
            assert isinstance(part, Element)
            row = {
                "type": "object",
                "properties": {c.name: _value_schema(c) for c in part.columns},
                "required": [c.name for c in part.columns if c.required],
                "additionalProperties": False,
            }
            return {"type": ["array", "null"], "items": row}
    found = {"type": ["string", "null"]}
    if isinstance(part, Element) and part.max_length is not None:
        found["maxLength"] = part.max_length
    return found
