"""A guide as a spreadsheet: every element, derived from the table of elements.

One sheet for the elements with one value, one sheet for each element that is rows, and
one for the materials. Cells hold text: a spreadsheet program must not make a date or a
formula of a code.
"""

from io import BytesIO
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from plone.dexterity.interfaces import IDexterityFTI
from Products.Five.browser import BrowserView
from typing import Any
from zhinan import _
from zhinan.documents.names import content_disposition
from zhinan.forms.messages import message
from zhinan.forms.readable import lines
from zhinan.guides.files import materials
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.component import getUtility
from zope.i18n import translate

import re


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Characters that a sheet's name cannot hold, and its greatest length.
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_NAME_LENGTH = 31
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 60


class GuideSpreadsheet(BrowserView):
    """``<guide>/@@spreadsheet``: the guide as XLSX."""

    def __call__(self) -> bytes:
        """The file under the guide's name."""
        data = self.workbook()
        response = self.request.response
        response.setHeader("Content-Type", XLSX)
        response.setHeader(
            "Content-Disposition", content_disposition(f"{self.context.title}.xlsx")
        )
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "no-cache")
        return data

    def t(self, text: Any) -> str:
        """A message in the language of this request."""
        return translate(text, context=self.request)

    def workbook(self) -> bytes:
        """All sheets."""
        book = Workbook()
        book.remove(book.active)
        guide = self.context
        fields = getUtility(IDexterityFTI, name=guide.portal_type).lookupSchema()
        plain: list[list[str]] = []
        sheets: list[tuple[str, list[str], list[list[str]]]] = []
        for element in elements().guide:
            title = self.t(message(f"guide.{element.name}", element.title))
            if element.kind == "materials":
                sheets.append((title, *self._materials()))
            elif element.kind == "rows":
                rows = getattr(guide, element.name, None) or []
                sheets.append((title, *self._rows(element, fields, rows)))
            else:
                value = getattr(guide, element.name, None)
                text = lines(fields[element.name], value, guide, self.t)
                plain.append([title, "\n".join(text)])
        write_sheet(
            book,
            self.t(_("Elements")),
            [self.t(_("Element")), self.t(_("Value"))],
            plain,
        )
        for title, head, rows in sheets:
            write_sheet(book, title, head, rows)
        buffer = BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _rows(
        self, element: Element, fields: Any, rows: list[dict[str, Any]]
    ) -> tuple[list[str], list[list[str]]]:
        row_schema = fields[element.name].value_type.schema
        head = [
            self.t(message(f"guide.{element.name}.{column.name}", column.title))
            for column in element.columns
        ]
        body = [
            [
                "\n".join(
                    lines(row_schema[c.name], row.get(c.name), self.context, self.t)
                )
                for c in element.columns
            ]
            for row in rows
        ]
        return head, body

    def _materials(self) -> tuple[list[str], list[list[str]]]:
        group = elements().material
        fields = getUtility(IDexterityFTI, name="Material").lookupSchema()
        head = [self.t(message(f"material.{e.name}", e.title)) for e in group]
        body = [
            [
                "\n".join(lines(fields[e.name], getattr(m, e.name, None), m, self.t))
                for e in group
            ]
            for m in materials(self.context)
        ]
        return head, body


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
