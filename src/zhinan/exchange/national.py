"""The national exchange tables: their column names, coded values as codes.

What those tables have no column for is listed beside them, so that nothing is lost
without a word. Names and sources stand in ``rules/data/national.toml``.
"""

from .workbook.layout import Department
from .workbook.layout import sheet_name
from .workbook.look import Painter
from .workbook.look import safe_text
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from pathlib import Path
from typing import Any
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zhinan.rules.elements import read_data
from zhinan.rules.formversions import in_force
from zhinan.rules.formversions import Period
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import plain
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile

import datetime
import json


FORMAT, VERSION = "zhinan-national", 1


@dataclass(frozen=True)
class Table:
    """One table: its name and columns as (name, title)."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]


@dataclass
class Matter:
    """One matter as rows of the tables, by table; and what has no column."""

    rows: dict[str, list[dict[str, Any]]]
    notes: list[tuple[str, str, str, str, str]]


def _data() -> dict[str, Any]:
    return read_data("national.toml")


def _main() -> list[Element]:
    return [e for e in elements().guide if e.exchange and e.kind != "materials"]


def _material() -> list[Element]:
    return [e for e in elements().material if e.exchange]


@cache
def tables() -> tuple[Table, ...]:
    """All tables, the main one first."""
    data = _data()
    links = tuple(data["links"].items())

    def table(name: str, own: Iterable[tuple[str, str]]) -> Table:
        row = data[name] if name in data else data["rows"][name]
        return Table(row["name"], row["title"], tuple(own))

    extra = {
        key: [(r[0], r[1]) for r in data[key]["extra"]] for key in ("task", "material")
    }
    found = [
        table("task", [*((e.exchange, e.title) for e in _main()), *extra["task"]]),
        table(
            "material",
            [*links, *((e.exchange, e.title) for e in _material()), *extra["material"]],
        ),
    ]
    for name, row in data["rows"].items():
        found.append(table(name, [*links, *((c[1], c[2]) for c in row["columns"])]))
    return tuple(found)


class Converter:
    """Makes rows of the tables from records."""

    def __init__(self, departments: Iterable[Department], day: datetime.date):
        self._departments = {d.code: d for d in departments}
        self._day = day

    def matter(self, record: Record) -> Matter:
        """A guide's record as rows."""
        data = _data()
        values = record.values
        main = {e.exchange: self._code(e, values.get(e.name)) for e in _main()}
        owner = self._departments.get(values.get("department") or "")
        hours = [row.get("hours") for row in values.get("places") or ()]
        main["DEPT_CODE"] = owner.credit_code if owner else None
        main["TRANSACT_TIME"] = "\n".join(text for text in hours if text) or None
        links = {
            "TASK_CODE": values.get("implementation_code"),
            "TASK_HANDLE_ITEM": values.get("handling_code"),
            "CATALOG_CODE": values.get("catalog_code"),
        }
        rows = {data["task"]["name"]: [main]}
        rows[data["material"]["name"]] = [
            {**links, "ORDER_NUM": number, **self._material(child)}
            for number, child in enumerate(record.children or (), 1)
        ]
        for name, row in data["rows"].items():
            element = kinds()["MatterGuide"].element(name)
            columns = {c.name: c for c in element.columns} if element else {}
            rows[row["name"]] = [
                {
                    **links,
                    "ORDER_NUM": number,
                    **{
                        code: self._code(columns[own], item.get(own))
                        for own, code, _title in row["columns"]
                    },
                }
                for number, item in enumerate(values.get(name) or (), 1)
            ]
        head = tuple(str(main.get(k) or "") for k in ("TASK_CODE", "TASK_HANDLE_ITEM"))
        title = str(values.get("title") or "")
        notes = [(*head, title, *note) for note in self._notes(record)]
        return Matter(rows, notes)

    def _material(self, record: Record) -> dict[str, Any]:
        found = {
            e.exchange: self._code(e, record.values.get(e.name)) for e in _material()
        }
        versions = record.children or []
        index = in_force(
            [
                Period(
                    str(v.values.get("version") or ""),
                    v.values.get("in_force_from"),
                    v.values.get("in_force_until"),
                )
                for v in versions
            ],
            self._day,
        )
        files = versions[index].values if index is not None else {}
        for name, code in (
            ("blank_form", "FORM_GUID"),
            ("filled_sample", "EXAMPLE_GUID"),
        ):
            file = files.get(name)
            found[code] = file.sha256 if isinstance(file, SourceFile) else None
        return found

    def _notes(self, record: Record) -> Iterator[tuple[str, str]]:
        """What has no column: title and text."""
        for element in kinds()["MatterGuide"].elements:
            text = self._text(element, record.values.get(element.name))
            if text and not element.exchange:
                yield element.title, text
        for child in record.children or ():
            name = str(child.values.get("title") or "")
            for element in kinds()["Material"].elements:
                text = self._text(element, child.values.get(element.name))
                if text and not element.exchange:
                    yield f"{name}: {element.title}", text
            for version in child.children or ():
                parts = [
                    self._text(element, version.values.get(element.name))
                    for element in kinds()["FormVersion"].elements
                ]
                title = kinds()["FormVersion"].title
                yield f"{name}: {title}", "; ".join(part for part in parts if part)

    def _code(self, part: Element | Column, value: Any) -> Any:
        """A value as the tables hold it: codes, 1 and 0, text."""
        value = plain(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        match part.kind:
            case "bool":
                return "1" if value else "0"
            case "choices":
                return ",".join(value)
            case "file":
                return value.sha256
        return self._text(part, value)

    def _text(self, part: Element | Column, value: Any) -> str:
        value = plain(value)
        if value is None:
            return ""
        match part.kind:
            case "department":
                return self._name(value)
            case "departments":
                return "\n".join(self._name(code) for code in value)
            case "lines" | "choices":
                return "\n".join(value)
            case "file":
                return f"{value.filename} ({value.sha256})"
            case "rows":
                columns = part.columns if isinstance(part, Element) else ()
                return "\n".join(
                    "; ".join(
                        f"{c.title}: {self._code(c, row[c.name])}"
                        for c in columns
                        if c.name in row
                    )
                    for row in value
                )
        return str(value)

    def _name(self, code: str) -> str:
        known = self._departments.get(code)
        return known.title if known else code


class NationalJson:
    """Writes the tables as JSON, matter by matter."""

    def __init__(self, path: Path, converter: Converter):
        self._out = path.open("w", encoding="utf-8")
        self._converter = converter
        self._first = True
        head = {
            "format": FORMAT,
            "version": VERSION,
            "columns": {t.name: dict(t.columns) for t in tables()},
        }
        self._out.write(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"matters": [')

    def add(self, record: Record, open_file: Any = None) -> None:
        """Write one matter; other records have no place in these tables."""
        if record.portal_type != "MatterGuide":
            return
        matter = self._converter.matter(record)
        notes = [dict(zip(("title", "text"), n[3:], strict=True)) for n in matter.notes]
        self._out.write("\n" if self._first else ",\n")
        self._first = False
        self._out.write(json.dumps({**matter.rows, "NOTES": notes}, ensure_ascii=False))

    def close(self) -> None:
        """Write the end."""
        self._out.write("\n]}\n")
        self._out.close()

    def abort(self) -> None:
        """Let go of the file."""
        self._out.close()


class NationalWorkbook:
    """Writes the tables as a workbook, a sheet for each, notes behind them."""

    def __init__(self, path: Path, converter: Converter):
        self._path = path
        self._converter = converter
        self._book = Workbook(write_only=True)
        self._paint = Painter(self._book)
        self._sheets = {}
        for table in tables():
            self._sheets[table.name] = self._begin(
                table.name, [code for code, _title in table.columns]
            )
        words = _data()["words"]
        self._notes = self._begin(words["notes"], words["notes_head"])
        columns = self._begin(words["columns"], words["columns_head"])
        for table in tables():
            for code, title in table.columns:
                row = (f"{table.name} {table.title}", code, title)
                columns.append([self._paint.cell(columns, t, "text") for t in row])

    def _begin(self, name: str, heads: list[str]) -> Any:
        sheet = self._book.create_sheet(sheet_name(name))
        for number, head in enumerate(heads, 1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = max(
                16, 2 * len(head) + 2 if not head.isascii() else len(head) + 4
            )
            column.number_format = "@"
        sheet.freeze_panes = "A2"
        sheet.append([self._paint.cell(sheet, head, "head") for head in heads])
        return sheet

    def _append(self, sheet: Any, values: Iterable[Any]) -> None:
        cells = []
        for value in values:
            if isinstance(value, str):
                cells.append(self._paint.cell(sheet, safe_text(value)[0], "text"))
            elif value is None:
                cells.append(None)
            else:
                cells.append(self._paint.cell(sheet, value, "int"))
        sheet.append(cells)

    def add(self, record: Record, open_file: Any = None) -> None:
        """Write one matter; other records have no place in these tables."""
        if record.portal_type != "MatterGuide":
            return
        matter = self._converter.matter(record)
        for table in tables():
            for row in matter.rows[table.name]:
                values = (row.get(code) for code, _title in table.columns)
                self._append(self._sheets[table.name], values)
        for note in matter.notes:
            self._append(self._notes, note)

    def close(self) -> None:
        """Save."""
        self._book.save(self._path)

    def abort(self) -> None:
        """Let go of what was written."""
        for sheet in self._book.worksheets:
            if not sheet.closed:
                sheet.close()
