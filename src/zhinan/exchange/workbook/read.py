"""Reading the workbook: what it says, and what it says that cannot be meant.

A cell that is not taken leaves its element as it is and is named with sheet, row and
column; a row that nobody can place is a record of its own that is refused. Nothing is
guessed where two answers are possible.
"""

from .container import Facts
from .container import look_over
from .container import parsing
from .container import refuse
from .heads import Found
from .heads import is_decoration
from .heads import recognise
from .heads import Row
from .heads import rows
from .layout import choice_title
from .layout import Department
from .layout import example
from .layout import Head
from .layout import KEY
from .layout import NUMBER
from .layout import Sheet
from .layout import sheets
from .layout import STATE
from .layout import UID
from .layout import words
from .values import Cell
from .values import clean
from .values import Directory
from .values import fold
from .values import is_code
from .values import is_credit_code
from .values import parse
from .values import text_of
from .values import Wrong
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from io import BytesIO
from openpyxl import load_workbook
from openpyxl.utils.datetime import MAC_EPOCH
from typing import Any
from zhinan.rules.interchange import Keys
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import problem
from zhinan.rules.interchange import record_key
from zhinan.rules.interchange import shorten
from zhinan.rules.interchange import states
from zhinan.rules.interchange import UNPRINTABLE
from zhinan.rules.records import Finding
from zhinan.rules.records import Place
from zhinan.rules.records import Record

import re
import warnings


_UID = re.compile(r"^[0-9a-f]{32}$")
#: Days between the two calendars that a workbook may count its days in.
_MAC_DAYS = 1462
#: Merged ranges higher than this are asked for in every row.
_TALL = 1000


@dataclass
class _Line:
    """One row of a sheet, read."""

    place: Place
    key: str = ""
    number: str = ""
    uid: str = ""
    state: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    owner: str = ""
    #: whether what this row belongs to was found
    placed: bool = False

    def find(
        self, head: Head, id: str, shown: Any = "", refused: bool = False, **more: Any
    ) -> None:
        """Note what is wrong with a cell of this row."""
        wrong = problem(head.name, id, **more)
        self.findings.append(Finding(self.place, wrong, shorten(str(shown)), refused))


def read(data: bytes, departments: Iterable[Department] = ()) -> Iterator[Record]:
    """The records of a workbook: departments, matters, registers.

    Before them may stand a record of no type that says what was noticed in the file
    as a whole. A department that is not among ``departments`` nor in the workbook is
    left to the site: the record tells it by ``owner_name`` or ``owner_credit_code``.

    :raises SourceRefused: at once, if the file cannot be read as a whole.
    """
    facts = look_over(data)
    with parsing(), warnings.catch_warnings():
        # Parts that openpyxl does not keep are none of ours.
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
    return iter(_Reader(book, facts, departments).records())


class _Reader:
    """A workbook while it is read."""

    def __init__(
        self, book: Any, facts: dict[str, Facts], departments: Iterable[Department]
    ):
        self._directory = Directory(departments)
        self._mac = book.epoch == MAC_EPOCH
        self._notes: list[Finding] = []
        self._orphans: list[Record] = []
        self._uids: dict[str, Place] = {}
        self._found: dict[str, Found] = {}
        for source in book.worksheets:
            path = str(source._worksheet_path).lstrip("/")
            self._recognise(source, facts.get(path, Facts()))
        if not any(found.sheet.element is None for found in self._found.values()):
            names = words()["marks"]["separator"].join(
                sheet.title for sheet in sheets() if sheet.element is None
            )
            raise refuse("source_no_sheet", names=names)
        #: rows by the sheet's identifier, and by the key of what they belong to
        self._lines: dict[str, list[_Line]] = {}
        self._index: dict[str, dict[str, list[_Line]]] = {}

    def _recognise(self, source: Any, facts: Facts) -> None:
        names = words()["sheets"]
        if source.title in {names["about"], names["codes"]} or not facts.last_row:
            return
        found = recognise(source, facts)
        place = Place(sheet=source.title)
        if found is None:
            self._note(place, "sheet_unknown", sheet=source.title)
            return
        other = self._found.get(found.sheet.id)
        if other is not None:
            raise refuse("sheet_doubled", sheet=source.title, second=other.name)
        self._found[found.sheet.id] = found
        for number, title in found.unknown.items():
            where = Place(sheet=source.title, row=found.head_row, column=number)
            self._note(where, "column_unknown", column=title, sheet=source.title)
        if found.left_out:
            names_left = words()["marks"]["separator"].join(found.left_out[:8])
            if len(found.left_out) > 8:
                names_left += "…"
            self._note(place, "columns_left", columns=names_left, sheet=source.title)
        hidden = [row for row in facts.hidden_rows if row > found.head_row]
        if hidden:
            self._note(
                Place(sheet=source.title, row=hidden[0]),
                "hidden_rows",
                sheet=source.title,
                number=len(hidden),
            )

    def _note(self, place: Place, id: str, **values: Any) -> None:
        self._notes.append(Finding(place, problem("", id, **values)))

    # ------------------------------------------------------------------ records

    def records(self) -> list[Record]:
        """Everything, read and put together."""
        order = ["department", *self._found]
        for sheet_id in dict.fromkeys(order):
            if sheet_id in self._found:
                self._lines[sheet_id] = list(self._read(self._found[sheet_id]))
            if sheet_id == "department":
                self._know_departments()
        self._materials()
        records = []
        by_id = {sheet.id: sheet for sheet in sheets()}
        for kind in kinds().values():
            # Departments first: matters name them.
            if kind.name not in {"material", "form_version"}:
                records += self._objects(by_id[kind.name])
        for sheet in sheets():
            self._left_over(sheet)
        if self._notes:
            records.insert(0, Record("", "", Place(), findings=self._notes))
        return records + self._orphans

    def _know_departments(self) -> None:
        for line in self._lines.get("department", ()):
            values = line.values
            if values.get("code"):
                self._directory.add(
                    Department(
                        values["code"],
                        values.get("title") or "",
                        values.get("short_name") or "",
                        values.get("credit_code") or "",
                    )
                )

    def _objects(self, sheet: Sheet) -> list[Record]:
        """The records of a kind, with their rows and what is inside them."""
        lines = self._lines.get(sheet.id, [])
        kind = sheet.kind
        is_guide = kind.name == "guide"
        places: dict[str, list[_Line]] = defaultdict(list)
        for line in lines:
            if not line.key and (is_guide or kind.name == "department"):
                line.key = record_key(kind, line.values)
            if line.key:
                places[fold(line.key)].append(line)
        found = []
        unique = Keys()
        for line in lines:
            record = self._record(kind.portal_type, line)
            twins = [twin for twin in places[fold(line.key)] if twin is not line]
            key_head = sheet.heads[0]
            if not line.key and is_guide:
                line.find(key_head, "key_missing", refused=True)
            elif line.key and twins:
                # Nobody can tell to which of them the other sheets' rows belong.
                line.find(
                    key_head, "key_doubled", line.key, True, key=shorten(line.key)
                )
            own_key = record_key(kind, line.values)
            record.key = line.key if is_guide else unique.unique(own_key or line.key)
            self._rows_of(sheet, record, line)
            if is_guide and self._lines.get("material"):
                record.children = self._inside.pop(fold(line.key), [])
            found.append(record)
        return found

    def _record(self, portal_type: str, line: _Line) -> Record:
        record = Record(
            portal_type,
            line.key,
            line.place,
            line.values,
            findings=line.findings,
            state=line.state,
            uid=line.uid,
        )
        if line.owner:
            if is_credit_code(line.owner):
                record.owner_credit_code = line.owner
            else:
                record.owner_name = line.owner
        return record

    def _rows_of(self, sheet: Sheet, record: Record, line: _Line) -> None:
        """Give an object the rows that its elements have on other sheets.

        A sheet without any row says nothing.
        """
        for other in sheets():
            lines = self._lines.get(other.id)
            if other.element is None or other.kind is not sheet.kind or not lines:
                continue
            mine = self._by_key(other.id).get(fold(line.key), [])
            wrong = [finding for row in mine for finding in row.findings]
            for row in mine:
                row.placed = True
            if wrong:
                # A part of a list would be another list: leave it as it is.
                record.findings += wrong
            else:
                record.values[other.element.name] = [r.values for r in mine] or None

    def _by_key(self, sheet_id: str) -> dict[str, list[_Line]]:
        if sheet_id not in self._index:
            found = defaultdict(list)
            for line in self._lines[sheet_id]:
                if line.key:
                    found[fold(line.key)].append(line)
            self._index[sheet_id] = found
        return self._index[sheet_id]

    def _materials(self) -> None:
        """Materials by the key of their matter, each with its form versions."""
        self._inside: dict[str, list[Record]] = defaultdict(list)
        versions: dict[tuple[str, str], list[_Line]] = defaultdict(list)
        for line in self._lines.get("form_version", ()):
            versions[fold(line.key), fold(line.number)].append(line)
        by_guide: dict[str, list[_Line]] = defaultdict(list)
        for line in self._lines.get("material", ()):
            if line.key:
                by_guide[fold(line.key)].append(line)
        for key, lines in by_guide.items():
            self._inside[key] = self._materials_of(key, lines, versions)
        for left in versions.values():
            for line in left:
                self._orphan("form_version", line)

    def _materials_of(
        self,
        key: str,
        lines: list[_Line],
        versions: dict[tuple[str, str], list[_Line]],
    ) -> list[Record]:
        for place, line in enumerate(lines, 1):
            line.number = line.number or str(place)
        if all(line.number.isdecimal() for line in lines):
            lines = sorted(lines, key=lambda line: int(line.number[:9]))
        numbers: dict[str, int] = defaultdict(int)
        for line in lines:
            numbers[fold(line.number)] += 1
        unique = Keys()
        found = []
        kind = kinds()["Material"]
        number_head = next(
            head for head in self._found["material"].sheet.heads if head.name == NUMBER
        )
        for line in lines:
            record = self._record("Material", line)
            record.key = unique.unique(record_key(kind, line.values) or line.number)
            if numbers[fold(line.number)] > 1:
                line.find(
                    number_head, "key_doubled", line.number, True, key=line.number
                )
            if self._lines.get("form_version"):
                names = [line.number, str(line.values.get("title") or "")]
                record.children = self._versions_of(key, names, versions)
            found.append(record)
        return found

    def _versions_of(
        self,
        key: str,
        names: list[str],
        versions: dict[tuple[str, str], list[_Line]],
    ) -> list[Record]:
        unique = Keys()
        found = []
        kind = kinds()["FormVersion"]
        for name in dict.fromkeys(fold(name) for name in names if name):
            for line in versions.pop((key, name), ()):
                record = self._record("FormVersion", line)
                record.key = unique.unique(record_key(kind, line.values))
                found.append(record)
        return found

    def _left_over(self, sheet: Sheet) -> None:
        """Rows that belong to nothing are refused, one by one."""
        if sheet.element is not None:
            for line in self._lines.get(sheet.id, ()):
                if not line.placed:
                    self._orphan(sheet.id, line)
        elif sheet.id == "material":
            for records in self._inside.values():
                for record in records:
                    self._refuse_unplaced(sheet, record)
            for line in self._lines.get("material", ()):
                if not line.key:
                    self._orphan("material", line)

    def _refuse_unplaced(self, sheet: Sheet, record: Record) -> None:
        key = next(
            line.key for line in self._lines[sheet.id] if line.place == record.place
        )
        wrong = problem(KEY, "key_unknown", key=shorten(key))
        record.findings.append(Finding(record.place, wrong, shorten(key), True))
        self._orphans.append(record)

    def _orphan(self, sheet_id: str, line: _Line) -> None:
        sheet = self._found[sheet_id].sheet
        head = sheet.heads[0]
        if not line.key:
            line.find(head, "key_missing", refused=True)
        else:
            given = " / ".join(text for text in (line.key, line.number) if text)
            line.find(head, "key_unknown", given, True, key=shorten(given))
        record = self._record(sheet.kind.portal_type, line)
        if sheet.element is not None:
            record.values = {}
        self._orphans.append(record)

    # --------------------------------------------------------------------- rows

    def _read(self, found: Found) -> Iterator[_Line]:
        """The rows of a sheet; the example and copied heads are no rows."""
        merged = _Merged(found.facts)
        known = set(found.columns)
        headless: set[int] = set()
        key_column = next((c for c, h in found.columns.items() if h.name == KEY), 0)
        for number, cells in rows(found.source, found.facts, found.head_row + 1):
            key = cells.get(key_column, Cell(None)).value
            if isinstance(key, str) and _is_example(key):
                self._check_example(found, number, cells)
                continue
            for column in set(cells) - known - set(found.unknown) - headless:
                headless.add(column)
                where = Place(sheet=found.name, row=number, column=column)
                if len(headless) <= 20:
                    self._note(where, "column_headless", sheet=found.name)
            if is_decoration(found, cells) or not set(cells) & known:
                continue
            yield self._line(found, number, cells, merged.columns(number))

    def _check_example(self, found: Found, number: int, cells: Row) -> None:
        """Say so where somebody filled in the example row itself."""
        wanted = example(found.sheet)
        for column, head in found.columns.items():
            if head.part is None or column not in cells:
                continue
            try:
                value = parse(head.part, cells[column], Directory())
            except Wrong:
                value = clean(str(cells[column].value))
            expected = wanted.get(head.name)
            if head.part.kind == "date" and value is not None:
                value = str(value)
            if value != expected and not (
                head.part.list and choice_title(head.part, str(expected)) == value
            ):
                where = Place(sheet=found.name, row=number, column=column)
                self._note(where, "example_changed", sheet=found.name, row=number)
                return

    def _line(self, found: Found, number: int, cells: Row, covered: set[int]) -> _Line:
        line = _Line(Place(sheet=found.name, row=number))
        for column, head in found.columns.items():
            line.place = Place(sheet=found.name, row=number, column=column)
            cell = cells.get(column, Cell(None))
            if column in covered:
                line.find(head, "cell_merged", refused=head.name == KEY)
                continue
            try:
                if head.part is None:
                    self._link(line, head, cell)
                elif head.part.kind != "file":
                    self._cell(line, found.sheet, head, cell)
            except Wrong as error:
                line.findings.append(
                    Finding(
                        line.place,
                        error.problem,
                        shorten(str(cell.value), 200),
                        refused=head.name == KEY,
                    )
                )
        line.place = Place(sheet=found.name, row=number)
        return line

    def _link(self, line: _Line, head: Head, cell: Cell) -> None:
        """A cell that links rows, or tells what the system knows of the object."""
        text = text_of(cell, head.name)
        if UNPRINTABLE.search(text):
            raise Wrong(problem(head.name, "unprintable"))
        if head.name == KEY:
            line.key = text
        elif head.name == NUMBER:
            line.number = text
        elif head.name == UID and text:
            if not _UID.match(text):
                line.find(head, "uid_form", text)
            elif text in self._uids:
                other = self._uids[text]
                line.find(head, "uid_doubled", text, True, row=other.row, uid=text)
            else:
                self._uids[text] = line.place
                line.uid = text
        elif head.name == STATE and text:
            wanted = fold(text)
            for state, titles in states().items():
                if wanted in {fold(state), *map(fold, titles)}:
                    line.state = state
                    return
            line.find(head, "state_unknown", text, value=shorten(text))

    def _cell(self, line: _Line, sheet: Sheet, head: Head, cell: Cell) -> None:
        """A cell that holds a value."""
        part = head.part
        assert part is not None
        if self._mac and part.kind == "date" and isinstance(cell.value, (int, float)):
            cell = Cell(cell.value + _MAC_DAYS, cell.kind, cell.format)
        value = parse(part, cell, self._directory)
        if part.kind == "department" and value is not None:
            code = self._directory.code(value)
            if not code and not is_code(value):
                line.owner = value
                return
            value = code or value
        if sheet.element is None or value is not None:
            line.values[head.name] = value
        elif head.required:
            raise Wrong(problem(head.name, "value_missing", column=head.title))


def _is_example(key: str) -> bool:
    """Whether a row is marked as an example; a matter's own name is no mark."""
    marks = words()["marks"]
    text = fold(key)
    start = fold(marks["example_start"])
    return text.startswith(start) or text == fold(marks["example_word"])


class _Merged:
    """Which cells of a row are covered by merged ranges."""

    def __init__(self, facts: Facts):
        self._tall = []
        self._rows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for left, top, right, bottom in facts.merged:
            bottom = min(bottom, facts.last_row)
            if bottom - top > _TALL:
                self._tall.append((left, top, right, bottom))
            else:
                for row in range(top, bottom + 1):
                    self._rows[row].append((left, right, top))

    def columns(self, row: int) -> set[int]:
        """Columns of a row whose cells are merged into another cell."""
        spans = list(self._rows.get(row, ()))
        spans += [(lf, rt, top) for lf, top, rt, end in self._tall if top <= row <= end]
        found = set()
        for left, right, top in spans:
            found |= set(range(left, min(right, 1000) + 1))
            if top == row:
                found.discard(left)
        return found
