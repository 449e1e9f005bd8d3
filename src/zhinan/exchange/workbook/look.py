"""How the workbook looks: fonts, colours, widths, and heights that show all text."""

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.styles import Border
from openpyxl.styles import Font
from openpyxl.styles import PatternFill
from openpyxl.styles import Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from typing import Any

import re


FONT = "Microsoft YaHei"
INK, BLUE, PALE, LINE = "1F2933", "1F4E79", "DCE6F1", "C5CED8"
HELP, EXAMPLE, EXAMPLE_INK, MUTED = "F5F7FA", "FFF2CC", "7F6000", "52606D"
TABS = {"guide": BLUE, "material": BLUE, "form_version": BLUE, "department": "7B8794"}
TAB_ROWS, TAB_REGISTER = "8FB3D9", "5B8C5A"

#: Width of a column in characters, by kind of value.
WIDTHS = {
    "line": 24,
    "text": 46,
    "lines": 42,
    "int": 11,
    "bool": 9,
    "date": 13,
    "choice": 17,
    "choices": 30,
    "phone": 18,
    "url": 30,
    "department": 26,
    "departments": 30,
    "file": 26,
}
#: Columns that hold codes are as wide as these.
WIDTH_OF_CODES = {"catalog_code": 16, "parent_code": 16, "code": 14, "credit_code": 22}
WIDTH_OF_LINKS, WIDTH_OF_CODE, WIDTH_OF_UID = 22, 37, 36
TEXT, DATE, NUMBER = "@", "yyyy-mm-dd", "0"
#: Points of one line of text, and the greatest height of a row of help.
_LINE_HEIGHT, _HIGHEST = 14.5, 110
#: The greatest height of a row of data: a long text does not push the others away.
HIGHEST_ROW = 160
_TOP = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(vertical="center", wrap_text=True)
_BORDER = Border(*[Side(style="thin", color=LINE)] * 4)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(x[0-9A-Fa-f]{4}_)")
#: Dates before this year stand as text: a program would take them for numbers.
FIRST_YEAR = 1927
#: What a cell can hold.
LONGEST = 32_767


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour)


#: Styles by name, as attributes of a cell.
STYLES: dict[str, dict[str, Any]] = {
    "head": {
        "font": Font(FONT, size=10, bold=True, color=INK),
        "fill": _fill(PALE),
        "alignment": _MIDDLE,
        "border": _BORDER,
    },
    "required": {
        "font": Font(FONT, size=10, bold=True, color="FFFFFF"),
        "fill": _fill(BLUE),
        "alignment": _MIDDLE,
        "border": _BORDER,
    },
    "identifier": {"font": Font(FONT, size=8, color=MUTED)},
    "help": {
        "font": Font(FONT, size=9, color=MUTED),
        "fill": _fill(HELP),
        "alignment": _TOP,
        "border": _BORDER,
    },
    "title": {"font": Font(FONT, size=18, bold=True, color=BLUE)},
    "lead": {"font": Font(FONT, size=10, color=MUTED), "alignment": _TOP},
    "section": {"font": Font(FONT, size=12, bold=True, color=INK)},
    "link": {
        "font": Font(FONT, size=10, color="0563C1", underline="single"),
        "alignment": _TOP,
        "border": _BORDER,
    },
    "plain": {"font": Font(FONT, size=10), "alignment": _TOP, "border": _BORDER},
    "free": {"font": Font(FONT, size=10), "alignment": _TOP},
}
_EXAMPLE = {
    "font": Font(FONT, size=10, italic=True, color=EXAMPLE_INK),
    "fill": _fill(EXAMPLE),
    "alignment": _TOP,
    "border": _BORDER,
}
_VALUE = {
    "font": Font(FONT, size=10, color=INK),
    "alignment": _TOP,
    "border": _BORDER,
}
_CENTRE = Alignment(horizontal="center", vertical="top", wrap_text=True)
for _name, _format in (("text", TEXT), ("date", DATE), ("int", NUMBER)):
    _how = {"number_format": _format, "alignment": _TOP if _name == "text" else _CENTRE}
    STYLES[_name] = {**_VALUE, **_how}
    STYLES[f"example_{_name}"] = {**_EXAMPLE, **_how}


def safe_text(text: str) -> tuple[str, bool]:
    """A text as a cell can hold it, and whether it had to be cut.

    What looks like the format's own escape is escaped, control characters are not
    possible at all.
    """
    text = _ESCAPE.sub(r"_x005F_\1", _CONTROL.sub("", text.replace("\r\n", "\n")))
    return text[:LONGEST], len(text) > LONGEST


class Painter:
    """Makes cells of a sheet; a style is worked out once for a whole workbook."""

    def __init__(self, book: Workbook):
        self._sheet = book.create_sheet("x")
        self._styles: dict[str, Any] = {}
        for name, style in STYLES.items():
            cell = WriteOnlyCell(self._sheet)
            for attribute, value in style.items():
                setattr(cell, attribute, value)
            self._styles[name] = cell._style
        book.remove(self._sheet)

    def cell(self, sheet: WriteOnlyWorksheet, value: Any, style: str) -> WriteOnlyCell:
        """A cell; text stays text even where it begins like a formula."""
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell._style = self._styles[style]
        return cell


def width_of(text: str) -> int:
    """Columns that a line of text takes: a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def column_width(name: str, kind: str) -> int:
    """Width of a column by the identifier of its element and the kind of its value."""
    if name in WIDTH_OF_CODES:
        return WIDTH_OF_CODES[name]
    return WIDTH_OF_CODE if name.endswith("_code") else WIDTHS.get(kind, WIDTH_OF_LINKS)


def lines_of(text: str, width: int) -> int:
    """Lines that a text takes in a column of this width."""
    return sum(
        max(1, -(-width_of(line) // max(1, width - 2))) for line in text.split("\n")
    )


def height_for(texts: list[tuple[str, int]], highest: float = _HIGHEST) -> float:
    """Height in points of a row with these texts in columns of these widths."""
    most = max((lines_of(text, width) for text, width in texts), default=1)
    return min(highest, max(1, most) * _LINE_HEIGHT + 4)
