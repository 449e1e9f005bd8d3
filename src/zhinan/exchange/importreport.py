"""The report of an import as a spreadsheet.

One row for each finding with place, field, value and reason. Where the source is a
workbook, the report is that workbook with the cells marked and the findings in a sheet
of its own, so that its author mends what is marked and sends it again.
"""

from .rows import title_of
from .spreadsheet import write_sheet
from collections.abc import Iterable
from collections.abc import Mapping
from io import BytesIO
from openpyxl import load_workbook
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from pathlib import Path
from typing import Any
from zhinan import _
from zope.i18n import translate
from zope.i18nmessageid import Message


REPORT = "report.xlsx"
#: Light red for what keeps a record out, light yellow for the rest.
_REFUSED = PatternFill("solid", start_color="FFF4C7C3")
_NOTED = PatternFill("solid", start_color="FFFFF2CC")
#: Longest comment on a cell.
_LONGEST = 2000
TITLES = {
    "new": _("count_new", default="New"),
    "changed": _("count_changed", default="Changed"),
    "unchanged": _("count_unchanged", default="Unchanged"),
    "refused": _("count_refused", default="Refused"),
    "note": _("import_note", default="Note on the file"),
}
HEAD = (
    _("Place"),
    _("Object"),
    _("Outcome"),
    _("Field"),
    _("Value"),
    _("Reason"),
)


def say(text: Message | str) -> str:
    """A message in Chinese, the language of the report."""
    return translate(text, target_language="zh_CN")


def place(found: Mapping[str, Any]) -> str:
    """Where a finding stands: line, or sheet and cell."""
    if found.get("sheet"):
        column = found.get("column") or 0
        row = found.get("row") or 0
        cell = f"{get_column_letter(column)}{row}" if column and row else str(row or "")
        return f"{found['sheet']}!{cell}" if cell else found["sheet"]
    if found.get("line"):
        return say(
            _(
                "import_line",
                default="Line ${line}",
                mapping={"line": str(found["line"])},
            )
        )
    return ""


def findings(rows: Iterable[Mapping[str, Any]]) -> Iterable[list[str]]:
    """The rows of the report's sheet."""
    for row in rows:
        for found in row["findings"]:
            title = " / ".join(part for part in (row["title"], found["of"]) if part)
            field = found["field"]
            yield [
                place(found),
                title,
                say(TITLES[row["verdict"]]),
                say(title_of(found["type"], field)) if field else "",
                found["value"],
                found["reason"],
            ]


def report(
    rows: Iterable[Mapping[str, Any]], counts: Mapping[str, int], source: Path | None
) -> bytes:
    """The workbook.

    :param source: the workbook that was imported, or None.
    """
    kept = list(rows)
    if source is None:
        book = Workbook()
        book.remove(book.active)
    else:
        # Opened here: openpyxl judges a file that it opens itself by its name.
        with source.open("rb") as stream:
            book = load_workbook(stream)
        _mark(book, kept)
    names = (say(_("Findings of the import")), say(_("Outcome of the import")))
    for name in names:
        if name in book.sheetnames:
            del book[name]
    write_sheet(book, names[0], [say(text) for text in HEAD], list(findings(kept)))
    write_sheet(
        book,
        names[1],
        [say(_("Outcome")), say(_("Number"))],
        [
            [say(title), str(counts.get(verdict, 0))]
            for verdict, title in TITLES.items()
            if verdict != "note"
        ],
    )
    book.active = book.sheetnames.index(names[0])
    for sheet in book:
        sheet.sheet_view.tabSelected = sheet.title == names[0]
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _mark(book: Workbook, rows: list[Mapping[str, Any]]) -> None:
    """Fill the cells that have findings and say why in a comment."""
    said: dict[tuple[str, int, int], list[str]] = {}
    refused = set()
    for row in rows:
        for found in row["findings"]:
            cell = (found["sheet"], found["row"], found["column"] or 1)
            if not cell[0] or not cell[1] or cell[0] not in book.sheetnames:
                continue
            said.setdefault(cell, []).append(found["reason"])
            if found["refused"]:
                refused.add(cell)
    for (sheet, row, column), reasons in said.items():
        target = book[sheet].cell(row, column)
        if not hasattr(target, "fill") or type(target).__name__ == "MergedCell":
            continue
        key = (sheet, row, column)
        target.fill = _REFUSED if key in refused else _NOTED
        target.comment = Comment("\n".join(reasons)[:_LONGEST], "Zhinan")
