"""A plain sheet: a head that stays in sight, and cells that are all text."""

from io import BytesIO
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

import re


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Characters that a sheet's name cannot hold, and its greatest length.
_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST = 31
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 60


def sheet(name: str, head: list[str], rows: list[list[str]]) -> bytes:
    """A workbook with one sheet.

    All cells are text, also where they begin like a formula: a spreadsheet program must
    not make a date or a formula of a telephone number.
    """
    book = Workbook()
    page = book.active
    page.title = _NAME.sub(" ", name)[:_LONGEST]
    widths = [0] * len(head)
    for number, row in enumerate([head, *rows], 1):
        for column, text in enumerate(row, 1):
            cell = page.cell(number, column)
            cell.value = _CONTROL.sub("", text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
            widest = max(
                sum(2 if ord(char) > 0x2E7F else 1 for char in line)
                for line in (text or " ").split("\n")
            )
            widths[column - 1] = max(widths[column - 1], widest)
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = min(
            _WIDEST, width + 2
        )
    page.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
