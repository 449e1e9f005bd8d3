"""A register as a file: what its public list says, as XLSX and as JSON."""

from .spreadsheet import write_sheet
from .spreadsheet import XLSX
from io import BytesIO
from openpyxl import Workbook
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.documents.names import content_disposition
from zhinan.forms.messages import message
from zhinan.registers import listing
from zhinan.registers.services import as_json
from zhinan.rules.registers import Register
from zope.i18n import translate

import json


class RegisterFile(BrowserView):
    """Base: the entries that this person may see, under the register's name."""

    content_type = ""
    extension = ""

    def __call__(self) -> bytes:
        """The file."""
        register = listing.register_of(self.context)
        if register is None:
            raise NotFound(self.__name__)
        if not listing.readable(register):
            raise Unauthorized(self.t(_("Only the staff reads this register.")))
        name = self.t(message(f"register.{register.name}", register.title))
        data = self.data(register, name)
        response = self.request.response
        response.setHeader("Content-Type", self.content_type)
        response.setHeader(
            "Content-Disposition", content_disposition(f"{name}.{self.extension}")
        )
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "no-cache")
        return data

    def t(self, text: Any) -> str:
        """A message in the language of this request."""
        return translate(text, context=self.request)

    def data(self, register: Register, name: str) -> bytes:
        """The bytes of the file."""
        raise NotImplementedError


class RegisterXlsx(RegisterFile):
    """``<register>/@@list-xlsx``."""

    content_type = XLSX
    extension = "xlsx"

    def data(self, register: Register, name: str) -> bytes:
        """One sheet, every cell as text."""
        entries = listing.visible(register.name)
        head, rows = listing.registers_table(register.name, entries, self.t)
        book = Workbook()
        book.remove(book.active)
        write_sheet(book, name, head, rows)
        buffer = BytesIO()
        book.save(buffer)
        return buffer.getvalue()


class RegisterJson(RegisterFile):
    """``<register>/@@list-json``: columns and entries as ``@register`` gives them."""

    content_type = "application/json; charset=utf-8"
    extension = "json"

    def data(self, register: Register, name: str) -> bytes:
        """All entries in one document."""
        entries = listing.visible(register.name)
        found = as_json(register, entries, self.t)
        found["items_total"] = len(entries)
        return json.dumps(found, ensure_ascii=False, indent=1).encode()
