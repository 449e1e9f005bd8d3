"""Preview and report of a hand-over as spreadsheets, and the numbers in them."""

from . import words
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from io import BytesIO
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from typing import Any
from zhinan import _
from zhinan.rules import handover as rules
from zhinan.rules.handover import Plan
from zope.i18n import translate

import re


PREVIEW, REPORT = "preview.xlsx", "report.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEAD = (
    _("ho_step", default="Step"),
    _("Type"),
    _("ho_code", default="Code"),
    _("Object"),
    _("Element"),
    _("Before"),
    _("After"),
    _("Outcome"),
)
_WIDTHS = (18, 16, 16, 44, 24, 34, 34, 20)
GUIDE, ENTRY = "MatterGuide", "CatalogueEntry"
_RIGHTS = frozenset({"owner_department", "co_owners"})


def say(text: Any) -> str:
    """A message in Chinese, the language of the report."""
    return str(translate(text, target_language="zh_CN"))


def tallies(
    rows: Iterable[Mapping[str, Any]], plan: Plan
) -> Iterator[tuple[str, str, int]]:
    """Notes with a number: id, level and how many."""
    kept = list(rows)
    moves = [row for row in kept if row.get("kind") == rules.MOVE]

    def many(test: Any) -> int:
        return sum(bool(test(row)) for row in moves)

    if plan.wish.kind != rules.RENAME:
        papers = sum(row["row"] == "paper" for row in kept)
        yield "handover_note_papers", "warning", papers
    yield (
        "handover_note_enquiries",
        "info",
        many(lambda r: r["type"] == rules.ENQUIRY and r["state"] != "closed"),
    )
    yield "handover_note_locked", "warning", many(lambda r: r["locked"])
    yield "handover_note_review", "info", many(lambda r: r["state"] == "in_review")
    yield "handover_note_revised", "info", many(revised)
    codes = {"implementation_code", "handling_code"}
    yield (
        "handover_note_codes",
        "warning",
        many(lambda r: codes & set(r["left"])),
    )
    yield (
        "handover_note_release",
        "info",
        many(lambda r: r["type"] == ENTRY and r["state"] == "published"),
    )
    yield (
        "handover_note_left",
        "warning",
        many(lambda r: set(r["left"]) - codes),
    )


def revised(row: Mapping[str, Any]) -> bool:
    """Whether what the public reads of a guide changes."""
    return (
        row["type"] == GUIDE
        and row["state"] == "published"
        and any(c["field"] not in _RIGHTS for c in row["changes"])
    )


def lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """One line for each field of each step."""
    for row in rows:
        if row["row"] != "step":
            continue
        outcome = words.VERDICTS.get(row.get("verdict") or "")
        for change in row["changes"] or [None]:
            name = change["field"] if change else ""
            yield [
                say(words.STEPS[row["kind"]]),
                say(words.type_title(row["type"])),
                row.get("code") or "",
                row["title"],
                say(words.field_title(name)) if name else "",
                words.value_words(name, change["before"]) if change else "",
                words.value_words(name, change["after"]) if change else "",
                say(outcome) if outcome else "",
            ]


def preview(run: Any) -> bytes:
    """Everything that would be done, and what to know before."""
    rows = list(run.rows())
    book = _book()
    _sheet(book, _("What would be done"), _HEAD[:-1], _cut(lines(rows)))
    people = [
        [row["name"], row["person"], words.value_words("function", _function(row))]
        for row in rows
        if row["row"] == "person"
    ]
    _sheet(
        book,
        _("ho_people", default="People"),
        (
            _("ho_person", default="Person"),
            _("ho_user", default="User name"),
            _("ho_function", default="Function"),
        ),
        people,
    )
    notes = [[say(words.told(row))] for row in rows if row["row"] == "note"]
    _sheet(book, _("ho_notes", default="Notes"), (_("Note"),), notes)
    return _bytes(book)


def done(run: Any, number: str) -> bytes:
    """What was done."""
    book = _book()
    facts = [
        [say(_("Number of the hand-over")), number],
        [say(_("Number of the decision")), run.params.get("document") or ""],
        [say(_("Note")), run.params.get("note") or ""],
        *(
            [say(words.VERDICTS[name.removeprefix("handover_")]), str(count)]
            for name, count in run.counts.items()
        ),
    ]
    head = (_("ho_fact", default="Fact"), _("Value"))
    _sheet(book, _("ho_summary", default="Summary"), head, facts)
    _sheet(book, _("What was done"), _HEAD, lines(run.rows()))
    return _bytes(book)


def _function(row: Mapping[str, Any]) -> str:
    return f"{row['department']}:{row['function']}"


def _cut(found: Iterable[list[str]]) -> Iterator[list[str]]:
    return (line[:-1] for line in found)


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.active)
    return book


def _bytes(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, name: Any, head: Any, rows: Iterable[list[str]]) -> None:
    """A sheet with a head that stays in sight; all cells are text."""
    sheet = book.create_sheet(say(name)[:31])
    for number, row in enumerate([[say(text) for text in head], *rows], 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            # Set as text even where it begins like a formula.
            cell.value = _CONTROL.sub("", text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    widths = _WIDTHS if len(head) >= len(_WIDTHS) - 1 else (30,) * len(head)
    for column, width in enumerate(widths[: len(head)], 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
