"""Writing the workbook: template and export are one layout.

Sheets are written as streams, row by row, so that an export holds no more than one
record; ``close`` saves the file.
"""

from .layout import choice_title
from .layout import Department
from .layout import example
from .layout import for_kinds
from .layout import Head
from .layout import HEAD_ROW
from .layout import HELP_ROW
from .layout import IDENTIFIER_ROW
from .layout import KEY
from .layout import NUMBER
from .layout import Sheet
from .layout import SHEET_MARK
from .layout import sheets
from .layout import STATE
from .layout import state_title
from .layout import UID
from .layout import words
from .look import column_width
from .look import FIRST_YEAR
from .look import height_for
from .look import HIGHEST_ROW
from .look import Painter
from .look import safe_text
from .look import STYLES
from .look import TAB_REGISTER
from .look import TAB_ROWS
from .look import TABS
from .look import WIDTH_OF_CODE
from .look import WIDTH_OF_UID
from collections import Counter
from collections.abc import Iterable
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from pathlib import Path
from typing import Any
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import plain
from zhinan.rules.interchange import states
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile

import datetime


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LAST_ROW = 1_048_576
_STYLES = {"int": "int", "date": "date"}
_INSIDE = ("material", "form_version")
#: Lists of the hidden sheet that are no code lists.
_BOOL, _STATES, _DEPARTMENTS = "bool", "states", "departments"


class WorkbookWriter:
    """A workbook while it is written.

    :param departments: all departments that a cell may name.
    :param names: short names of the kinds that get sheets; all of them if None.
    :param examples: whether each sheet begins with an example row.
    """

    def __init__(
        self,
        path: Path,
        departments: Iterable[Department] = (),
        names: Iterable[str] | None = None,
        examples: bool = False,
    ):
        self._path = path
        self._departments = list(departments)
        titles = Counter(d.title for d in self._departments)
        #: what a cell says for a department: its name where it has one of its own
        self._names = {
            d.code: d.title if titles[d.title] == 1 else d.code
            for d in self._departments
        }
        self.layout = sheets() if names is None else for_kinds(names)
        self._book = Workbook(write_only=True)
        self._book.properties.title = words()["about"]["title"]
        self._book.properties.creator = ""
        self._paint = Painter(self._book)
        self._lists = self._code_lists()
        self._about()
        self._widths: dict[str, list[int]] = {}
        self._rows = dict.fromkeys((sheet.id for sheet in self.layout), HELP_ROW)
        self._sheets = {sheet.id: self._begin(sheet) for sheet in self.layout}
        #: places whose text was longer than a cell, as (sheet, key)
        self.cut: list[tuple[str, str]] = []
        if examples:
            for sheet in self.layout:
                self._example(sheet)

    # ------------------------------------------------------------------ records

    def add(self, record: Record, open_file: Any = None) -> None:
        """Write one record with everything in it."""
        kind = kinds()[record.portal_type]
        links = {KEY: record.key, STATE: state_title(record.state), UID: record.uid}
        self._object(kind.name, record, links)
        for number, child in enumerate(record.children or (), 1):
            inside = {KEY: record.key, NUMBER: str(number), UID: child.uid}
            self._object("material", child, inside)
            for version in child.children or ():
                self._object("form_version", version, {**inside, UID: version.uid})

    def _object(self, sheet_id: str, record: Record, links: dict[str, str]) -> None:
        sheet = next(sheet for sheet in self.layout if sheet.id == sheet_id)
        self._row(sheet, {**record.values, **links}, "")
        for rows in self.layout:
            if rows.element is not None and rows.kind is sheet.kind:
                for row in plain(record.values.get(rows.element.name)) or ():
                    self._row(rows, {**row, KEY: record.key}, "")

    def _row(self, sheet: Sheet, values: dict[str, Any], style: str) -> None:
        target = self._sheets[sheet.id]
        cells: list[Any] = []
        for head in sheet.heads:
            value = self._value(head.part, values.get(head.name))
            if isinstance(value, str):
                value, cut = safe_text(value)
                if cut:
                    self.cut.append((sheet.title, str(values.get(KEY, ""))))
            name = _STYLES.get(head.part.kind if head.part else "", "text")
            cells.append(self._paint.cell(target, value, style + name))
        self._rows[sheet.id] += 1
        # Not every program works the height out where the file does not tell it.
        texts = [
            (cell.value, width)
            for cell, width in zip(cells, self._widths[sheet.id], strict=True)
            if cell is not None and isinstance(cell.value, str)
        ]
        height = height_for(texts, HIGHEST_ROW)
        target.row_dimensions[self._rows[sheet.id]].height = height
        target.append(cells)
        del target.row_dimensions[self._rows[sheet.id]]

    def _value(self, part: Element | Column | None, value: Any) -> Any:
        """A value as its cell holds it: text, a number, or a date."""
        value = plain(value)
        if value is None or part is None:
            return value
        marks = words()["marks"]
        match part.kind:
            case "choice":
                return choice_title(part, value)
            case "choices":
                titles = [choice_title(part, item) for item in value]
                return marks["separator"].join(titles)
            case "bool":
                return marks["yes" if value else "no"]
            case "lines":
                return "\n".join(value)
            case "department":
                return self._names.get(value, value)
            case "departments":
                names = [self._names.get(item, item) for item in value]
                return marks["separator"].join(names)
            case "file":
                return value.filename if isinstance(value, SourceFile) else str(value)
            case "date":
                if isinstance(value, str):
                    return datetime.date.fromisoformat(value)
                return value if value.year >= FIRST_YEAR else value.isoformat()
        return value

    def close(self) -> None:
        """Write the hidden lists and save."""
        self._hidden_lists()
        self._book.save(self._path)

    def abort(self) -> None:
        """Let go of what was written."""
        for sheet in self._book.worksheets:
            if not sheet.closed:
                sheet.close()

    # ------------------------------------------------------------------- sheets

    def _begin(self, sheet: Sheet) -> WriteOnlyWorksheet:
        target: WriteOnlyWorksheet = self._book.create_sheet(sheet.title)
        widths = []
        for number, head in enumerate(sheet.heads, 1):
            kind = head.part.kind if head.part else ""
            width = column_width(head.name, kind)
            if head.name == NUMBER:
                width = 10
            elif head.name == UID:
                width = WIDTH_OF_UID
            elif head.name == KEY and sheet.kind.name in {*_INSIDE, "guide"}:
                width = WIDTH_OF_CODE
            widths.append(width)
            column = target.column_dimensions[get_column_letter(number)]
            column.width = width
            # What people type below is text, a number or a date as the column says.
            for name, value in STYLES[_STYLES.get(kind, "text")].items():
                if name != "border":
                    setattr(column, name, value)
            self._validate(target, head, get_column_letter(number))
        named = 1 if sheet.element is not None else 2
        if sheet.head(NUMBER):
            named = 3
        target.freeze_panes = f"{get_column_letter(named + 1)}{HELP_ROW + 1}"
        target.sheet_view.zoomScale = 100
        target.sheet_properties.tabColor = TABS.get(
            sheet.id,
            TAB_REGISTER if sheet.id.startswith("register.") else TAB_ROWS,
        )
        target.page_setup.orientation = "landscape"
        target.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        self._widths[sheet.id] = widths
        self._heads(target, sheet, widths)
        return target

    def _heads(
        self, target: WriteOnlyWorksheet, sheet: Sheet, widths: list[int]
    ) -> None:
        marks = words()["marks"]
        titles = [head.title for head in sheet.heads]
        helps = []
        for head in sheet.heads:
            parts = [marks["required"] if head.required else "", head.help]
            helps.append("\n".join(part for part in parts if part))
        identifiers = [
            f"{SHEET_MARK}{sheet.id}" if head.name == KEY else head.name
            for head in sheet.heads
        ]
        rows = target.row_dimensions
        rows[HEAD_ROW].height = height_for(list(zip(titles, widths, strict=True)), 60)
        rows[IDENTIFIER_ROW].hidden = True
        rows[HELP_ROW].height = height_for(list(zip(helps, widths, strict=True)))
        cell = self._paint.cell
        target.append(
            [
                cell(target, head.title, "required" if head.required else "head")
                for head in sheet.heads
            ]
        )
        target.append([cell(target, text, "identifier") for text in identifiers])
        target.append([cell(target, text, "help") for text in helps])

    def _example(self, sheet: Sheet) -> None:
        values = example(sheet)
        if values:
            values[KEY] = words()["marks"]["example"]
            self._row(sheet, values, "example_")

    # -------------------------------------------------------------------- lists

    def _code_lists(self) -> dict[str, tuple[str, list[str]]]:
        """Lists of the hidden sheet by name: head and entries."""
        marks = words()["marks"]
        found = {_BOOL: ("", [marks["yes"], marks["no"]])}
        for name, codes in code_lists().items():
            found[name] = (codes.title, [code.title for code in codes.codes])
        found[_STATES] = ("", [state_title(state) for state in states()])
        found[_DEPARTMENTS] = (
            kinds()["Department"].title,
            [self._names[d.code] for d in self._departments],
        )
        return found

    def _list_of(self, head: Head) -> str:
        if head.name == STATE and head.part is None:
            return _STATES
        part = head.part
        if part is None:
            return ""
        if part.kind in {"department", "departments"}:
            return _DEPARTMENTS
        return _BOOL if part.kind == "bool" else part.list

    def _validate(self, target: WriteOnlyWorksheet, head: Head, column: str) -> None:
        """Offer the allowed values of a column as a list to choose from."""
        name = self._list_of(head)
        entries = self._lists[name][1] if name else []
        if not entries:
            return
        place = get_column_letter(list(self._lists).index(name) + 1)
        codes = words()["sheets"]["codes"]
        validation = DataValidation(
            type="list",
            formula1=f"'{codes}'!${place}$3:${place}${len(entries) + 2}",
            allow_blank=True,
            # Codes and several values are accepted, too: offer, do not forbid.
            showErrorMessage=False,
        )
        validation.add(f"{column}{HELP_ROW + 1}:{column}{_LAST_ROW}")
        target.data_validations.append(validation)

    def _hidden_lists(self) -> None:
        target = self._book.create_sheet(words()["sheets"]["codes"])
        target.sheet_state = "hidden"
        lists = list(self._lists.items())
        target.append([title or name for name, (title, _entries) in lists])
        target.append([name for name, _list in lists])
        longest = max(len(entries) for _name, (_title, entries) in lists)
        for number in range(longest):
            target.append(
                [
                    self._paint.cell(target, safe_text(entries[number])[0], "text")
                    if number < len(entries)
                    else None
                    for _name, (_title, entries) in lists
                ]
            )

    # -------------------------------------------------------------------- about

    def _about(self) -> None:
        about, names = words()["about"], words()["sheets"]
        target = self._book.create_sheet(names["about"])
        widths = (24, 48, 62)
        for letter, width in zip("ABC", widths, strict=True):
            target.column_dimensions[letter].width = width
        target.sheet_view.showGridLines = False
        target.sheet_properties.tabColor = "F0B429"
        number = 0

        def row(*cells: tuple[str, str], height: float | None = None) -> None:
            nonlocal number
            number += 1
            if height:
                target.row_dimensions[number].height = height
            made = [self._paint.cell(target, text, style) for text, style in cells]
            if made and cells[0][1] == "link":
                made[0].hyperlink = f"#'{cells[0][0]}'!A1"
                made[0]._style = self._paint.cell(target, None, "link")._style
            target.append(made)

        row((about["title"], "title"), height=30)
        row((about["lead"], "free"), height=18)
        self._spread(target, number, about["lead"])
        row()
        row((about["steps_title"], "section"), height=22)
        for place, step in enumerate(about["steps"], 1):
            text = f"{place}. {step}"
            row((text, "free"))
            self._spread(target, number, text)
        row()
        row(*((text, "required") for text in about["heads"]), height=22)
        for sheet in self.layout:
            what, how = self._about_sheet(sheet)
            height = height_for(
                list(zip((sheet.title, what, how), widths, strict=True))
            )
            row((sheet.title, "link"), (what, "plain"), (how, "plain"), height=height)
        row(
            (names["codes"], "plain"),
            (about["code_sheet"], "plain"),
            ("", "plain"),
        )

    @staticmethod
    def _spread(target: WriteOnlyWorksheet, number: int, text: str) -> None:
        """Let a long text run over the three columns."""
        target.merged_cells.add(f"A{number}:C{number}")
        target.row_dimensions[number].height = height_for([(text, 132)])

    @staticmethod
    def _about_sheet(sheet: Sheet) -> tuple[str, str]:
        about, marks = words()["about"], words()["marks"]
        if sheet.element is None:
            what = about["one_row"].format(title=sheet.kind.title)
        else:
            what = about["rows_of"].format(
                title=sheet.kind.title,
                rows=sheet.element.title,
                key=sheet.heads[0].title,
            )
        needed = [head.title for head in sheet.heads if head.required]
        how = about["how_free"]
        if needed:
            how = about["how_required"].format(titles=marks["separator"].join(needed))
        return what, how


def write_template(
    path: Path,
    departments: Iterable[Department] = (),
    names: Iterable[str] | None = None,
) -> None:
    """An empty workbook with help, lists of allowed values and example rows."""
    writer = WorkbookWriter(path, departments, names, examples=True)
    writer.close()
