"""Records of a source become records of ours, by its mapping table.

Everything that does not fit is a finding with field, value and reason; a record without
name or key does not land. Nothing here knows the site.
"""

from .checks import is_phone
from .codes import Problem
from .elements import code_lists
from .elements import Element
from .elements import elements
from .jsonlines import Line
from .jsonlines import read
from .records import Finding
from .records import Place
from .records import Record
from .sources import FieldMapping
from .sources import MATERIALS
from .sources import OWNER
from .sources import SourceMapping
from collections.abc import Iterator
from typing import Any
from typing import BinaryIO

import json
import re


GUIDE = "MatterGuide"
MATERIAL = "Material"
#: Characters of a value that a finding repeats.
SHOWN = 200
#: Unknown fields that are named one by one.
NAMED = 20
MOST_MATERIALS = 500
_URL = re.compile(r"^https?://[^\s/]+(/\S*)?$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DIGITS = re.compile(r"^\d{1,9}$", re.ASCII)


def shown(value: Any) -> str:
    """A value of a source as a report can repeat it."""
    text = value if isinstance(value, str) else _dumped(value)
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _dumped(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)[: SHOWN * 2]
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__


def squeeze(text: str, lines: bool) -> str:
    """White space as a field holds it: trimmed, and without line breaks in one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines:
        return "\n".join(line.strip() for line in text.split("\n")).strip()
    return " ".join(text.split())


class _Reader:
    """One line on its way to a record."""

    def __init__(self, mapping: SourceMapping, line: Line):
        self.mapping = mapping
        self.line = line
        self.place = Place(line=line.number)
        self.record = Record(GUIDE, "", self.place)
        self.group = {element.name: element for element in elements().guide}

    def find(
        self, field: str, id: str, value: Any = "", refused: bool = False, **values: Any
    ) -> None:
        """Keep a finding."""
        problem = Problem(field, id, tuple((k, str(v)) for k, v in values.items()))
        self.record.findings.append(
            Finding(self.place, problem, shown(value) if value != "" else "", refused)
        )

    def convert(self) -> Record:
        """The record of this line."""
        data = self.line.data
        if data is None:
            problem = self.line.problem or Problem("", "source_line_broken")
            self.record.findings.append(
                Finding(self.place, problem, shown(self.line.text), refused=True)
            )
            return self.record
        for name in self.line.doubled:
            self.find(shown(name), "source_field_twice")
        self._unknown(data)
        for name, value in self.mapping.defaults.items():
            self.record.values[name] = value
        for mapped in self.mapping.fields:
            if mapped.source in data:
                self._field(mapped, data[mapped.source])
        self._key(data.get(self.mapping.key))
        if not self.record.values.get("title"):
            self.find("title", "source_no_title", refused=True)
        if not self.record.owner_name and not self.record.owner_credit_code:
            self.find("department", "source_no_owner", refused=True)
        return self.record

    def _unknown(self, data: dict[str, Any]) -> None:
        known = self.mapping.known
        names = [name for name in data if name not in known]
        for name in names[:NAMED]:
            self.find(shown(name), "source_field_unknown", data[name])
        if len(names) > NAMED:
            self.find("", "source_fields_unknown", number=len(names) - NAMED)

    def _key(self, value: Any) -> None:
        if isinstance(value, str) and value.strip():
            self.record.key = shown(squeeze(value, False))
        else:
            # A code that was written as a number has lost its leading zeros.
            self.find(self.mapping.key, "source_no_key", value or "", refused=True)

    def _field(self, mapped: FieldMapping, value: Any) -> None:
        if mapped.element == MATERIALS:
            self._materials(mapped, value)
            return
        if value is None:
            return
        if mapped.read == "parts":
            self._parts(mapped, value)
            return
        if mapped.element in OWNER:
            text = self._text(mapped, value, lines=False)
            if text:
                setattr(self.record, mapped.element, text)
            return
        element = self.group[mapped.element]
        if mapped.read == "limit":
            self._limit(mapped, value)
        elif element.kind == "choices":
            self._choices(mapped, element, value)
        else:
            found = self._single(mapped, element, value)
            if found is not None:
                self.record.values[element.name] = found

    def _text(self, mapped: FieldMapping, value: Any, lines: bool) -> str:
        """The text of a value, or empty after a finding."""
        if not isinstance(value, str):
            self.find(mapped.element or mapped.source, "source_not_text", value)
            return ""
        if _CONTROL.search(value):
            self.find(mapped.element or mapped.source, "source_unprintable", value)
            return ""
        text = squeeze(value, lines)
        if text in mapped.empty:
            return ""
        if mapped.strip:
            text = squeeze(mapped.strip.sub("", text, count=1), lines)
        return "" if text in mapped.empty else text

    def _word(self, value: Any) -> Any:
        """A code as text: a number or yes/no of JSON is as good as its digits."""
        if isinstance(value, bool):
            return "1" if value else "0"
        return str(value) if isinstance(value, int) else value

    def _single(self, mapped: FieldMapping, element: Element, value: Any) -> Any:
        kind = element.kind
        if kind in {"choice", "bool"}:
            text = self._text(mapped, self._word(value), lines=False)
            codes = self._code(mapped, element, text) if text else ()
            return codes[0] if codes else None
        if kind == "int":
            return self._int(mapped, element, value)
        text = self._text(mapped, value, lines=kind in {"text", "lines"})
        if not text:
            return None
        if kind == "lines":
            return [line for line in text.split("\n") if line]
        if kind == "phone" and not is_phone(text):
            return self._otherwise(mapped, "source_no_phone", text)
        if kind == "url" and not _URL.match(text):
            return self._otherwise(mapped, "source_no_url", text)
        if element.max_length and len(text) > element.max_length:
            self.find(element.name, "source_long", text, most=element.max_length)
            return None
        return text

    def _otherwise(self, mapped: FieldMapping, id: str, text: str) -> None:
        """Keep a value where words are allowed, rather than lose it."""
        if mapped.otherwise:
            self.record.values[mapped.otherwise] = text
            self.find(mapped.element, f"{id}_kept", text, other=mapped.otherwise)
        else:
            self.find(mapped.element, id, text)

    def _int(self, mapped: FieldMapping, element: Element, value: Any) -> int | None:
        text = self._text(mapped, self._word(value), lines=False)
        if not text:
            return None
        if not _DIGITS.match(text):
            self.find(element.name, "source_no_number", text)
            return None
        number = int(text)
        if (element.min is not None and number < element.min) or (
            element.max is not None and number > element.max
        ):
            self.find(
                element.name,
                "source_out_of_range",
                text,
                min=element.min if element.min is not None else "",
                max=element.max if element.max is not None else "",
            )
            return None
        return number

    def _code(
        self, mapped: FieldMapping, element: Element, word: str
    ) -> tuple[Any, ...]:
        if word in mapped.codes:
            return mapped.codes[word]
        own = not mapped.codes and element.list
        if own and code_lists()[element.list].get(word):
            # No table: the source uses our codes.
            return (word,)
        self.find(element.name, "source_code_unknown", word)
        return ()

    def _choices(self, mapped: FieldMapping, element: Element, value: Any) -> None:
        items = value if isinstance(value, list) else [value]
        found: list[Any] = []
        for item in items:
            text = self._text(mapped, self._word(item), lines=False)
            for code in self._code(mapped, element, text) if text else ():
                if code not in found:
                    found.append(code)
        if found:
            self.record.values[element.name] = found

    def _limit(self, mapped: FieldMapping, value: Any) -> None:
        text = self._text(mapped, value, lines=False)
        if not text:
            return
        match = mapped.pattern.match(text) if mapped.pattern else None
        unit = mapped.units.get(match["unit"]) if match else None
        if match is None or unit is None or not _DIGITS.match(match["number"]):
            self.find(mapped.element, "source_no_limit", text)
            return
        self.record.values[mapped.element] = int(match["number"])
        self.record.values[mapped.unit] = unit

    def _parts(self, mapped: FieldMapping, value: Any) -> None:
        if not isinstance(value, str):
            # Reported with the key, or as a value of the wrong type.
            if mapped.source != self.mapping.key:
                self.find(mapped.source, "source_not_text", value)
            return
        text = self._text(mapped, value, lines=False)
        cut = next((cut for cut in mapped.cuts if cut.length == len(text)), None)
        if cut is None:
            if text:
                lengths = "/".join(str(cut.length) for cut in mapped.cuts)
                self.find(
                    mapped.source, "source_length", text, lengths=lengths, refused=True
                )
            return
        for name, start, end in cut.parts:
            if name in OWNER:
                setattr(self.record, name, text[start:end])
            else:
                self.record.values[name] = text[start:end]

    def _materials(self, mapped: FieldMapping, value: Any) -> None:
        """Names of materials; a word that means nothing says nothing of them."""
        if value is None or (isinstance(value, str) and value.strip() in mapped.empty):
            return
        items = value if isinstance(value, list) else [value]
        children = []
        for item in items[:MOST_MATERIALS]:
            title = self._text(mapped, item, lines=False)
            if not title:
                continue
            child = Record(
                MATERIAL,
                title,
                self.place,
                values={**self.mapping.material_defaults, "title": title},
                # Where a material has forms here, the source does not know of them.
                children=None,
            )
            children.append(child)
        if len(items) > MOST_MATERIALS:
            self.find(MATERIALS, "source_many_materials", most=MOST_MATERIALS)
        if children:
            self.record.children = children


def records(stream: BinaryIO, mapping: SourceMapping) -> Iterator[Record]:
    """The records of a JSON Lines file; each line that is not blank gives one.

    A key that stood before makes the later record one that does not land.

    :raises zhinan.rules.records.SourceRefused: if the file cannot be read at all.
    """
    seen: dict[str, int] = {}
    for line in read(stream):
        record = _Reader(mapping, line).convert()
        if record.key:
            first = seen.setdefault(record.key, line.number)
            if first != line.number:
                problem = Problem(mapping.key, "source_twice", (("line", str(first)),))
                record.findings.append(
                    Finding(record.place, problem, record.key, refused=True)
                )
        yield record
