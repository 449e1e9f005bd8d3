"""Plain sheets for lists and reports: a head, and cells that are all text.

A spreadsheet program must not make a date or a formula of a code.
"""

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from zhinan.exchange.workbook.write import XLSX

import re


#: Characters that a sheet's name cannot hold, and its greatest length.
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_NAME_LENGTH = 31
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 60


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return max(
        (sum(2 if ord(char) > 0x2E7F else 1 for char in line))
        for line in (text or " ").split("\n")
    )


def write_sheet(
    book: Workbook, name: str, head: list[str], rows: list[list[str]]
) -> None:
    """A sheet with a head that stays in sight; all cells are text."""
    sheet: Worksheet = book.create_sheet(_SHEET_NAME.sub(" ", name)[:_NAME_LENGTH])
    for number, row in enumerate([head, *rows], 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            # Set as text even where it begins like a formula.
            cell.value = _CONTROL.sub("", text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(head) + 1):
        widest = max(_width(row[column - 1]) for row in [head, *rows])
        sheet.column_dimensions[get_column_letter(column)].width = min(
            _WIDEST, widest + 2
        )
    sheet.freeze_panes = "A2"


__all__ = ["XLSX", "write_sheet"]
