"""What is wrong with a value that a client sent, in sentences that help.

``zope.schema`` says "Constraint not satisfied" of an unknown code and Python says
"invalid literal for int()" of a wrong number. Whoever keeps guides by spreadsheet or
program needs to know which field, row and column it was, and what would be right.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zhinan import _
from zope.i18nmessageid import Message
from zope.schema.interfaces import ConstraintNotSatisfied
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IChoice
from zope.schema.interfaces import ICollection
from zope.schema.interfaces import IDate
from zope.schema.interfaces import IField
from zope.schema.interfaces import IInt
from zope.schema.interfaces import IText
from zope.schema.interfaces import RequiredMissing
from zope.schema.interfaces import TooBig
from zope.schema.interfaces import TooLong
from zope.schema.interfaces import TooSmall
from zope.schema.interfaces import ValidationError
from zope.schema.interfaces import WrongContainedType
from zope.schema.interfaces import WrongType


#: Characters of a refused value that are repeated in the sentence.
SHOWN = 60


class UnknownColumn(ValidationError):
    """A row has a column that is not one of its element; the first argument is it."""


class Unprintable(ValidationError):
    """A text has characters that no page or document can hold."""


class NotARow(ValidationError):
    """Something else stands where a row should."""


class NotAFile(ValidationError):
    """Something else stands where a file should."""


@dataclass(frozen=True)
class Cell:
    """One refused item of a list: its number from 1, its column and the reason."""

    row: int
    column: str
    field: IField
    cause: Exception


class ItemsRefused(ValidationError):
    """Items of a list are wrong; each has its own sentence."""

    def __init__(self, cells: Sequence[Cell]):
        super().__init__(cells)
        self.cells = tuple(cells)


def shown(value: Any) -> str:
    """A value as it can be repeated in a sentence."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _wrong_type(field: IField) -> Message:
    if IBool.providedBy(field):
        return _("rest_bool", default="“${title}” is true, false or null.")
    if IInt.providedBy(field):
        return _("rest_int", default="“${title}” is a whole number or null.")
    if IDate.providedBy(field):
        return _(
            "rest_date",
            default="“${title}” is a date of the calendar such as 2026-09-01.",
        )
    if ICollection.providedBy(field):
        return _("rest_list", default="“${title}” is a list.")
    return _("rest_text", default="“${title}” is text.")


def explain(error: Exception | None, field: IField) -> Message | str:
    """The sentence for an error of a field; ``None`` stands for a null not allowed.

    Errors that have their own sentence keep it.
    """
    found = _sentence(error, field)
    if not isinstance(found, Message):
        return found
    value = error.args[0] if error is not None and error.args else ""
    values = {
        "title": field.title or field.__name__,
        "value": shown(value),
        "min": str(getattr(field, "min", "")),
        "max": str(getattr(field, "max", "")),
        "length": str(getattr(field, "max_length", "")),
        "vocabulary": getattr(field, "vocabularyName", None) or "",
    }
    return Message(found, mapping=values)


def _sentence(error: Exception | None, field: IField) -> Message | str:
    match error:
        case None | RequiredMissing():
            return _("rest_required", default="“${title}” must be filled in.")
        case UnknownColumn():
            return _("rest_column", default="There is no column “${value}” here.")
        case Unprintable():
            return _(
                "rest_unprintable",
                default="“${title}” has control characters. Type the text anew.",
            )
        case NotARow():
            return _(
                "rest_row",
                default="A row of “${title}” is an object with the columns as keys.",
            )
        case NotAFile():
            return _(
                "rest_file",
                default="“${title}” is an object with data (base64), encoding "
                "(base64), filename and content-type, or null.",
            )
        case ConstraintNotSatisfied() | WrongType() if IChoice.providedBy(field):
            return _(
                "rest_choice",
                default="“${value}” is not a value of “${title}”. All values: "
                "@vocabularies/${vocabulary}",
            )
        case ConstraintNotSatisfied() if IText.providedBy(field):
            return _(
                "rest_line", default="“${title}” is one line, without line breaks."
            )
        case TooLong():
            return _(
                "rest_long", default="“${title}” has at most ${length} characters."
            )
        case TooSmall():
            return _("rest_small", default="“${title}” is at least ${min}.")
        case TooBig():
            return _("rest_big", default="“${title}” is at most ${max}.")
        case WrongType() | WrongContainedType() | ValueError():
            return _wrong_type(field)
        case ValidationError():
            # Says itself what is wrong, as InvalidPhone does.
            return error.doc()
        case _:
            return _wrong_type(field)


def in_row(cell: Cell) -> Message | str:
    """The sentence for one item of a list, which says where it stands."""
    reason = explain(cell.cause, cell.field)
    return Message(
        _("rest_in_row", default="Row ${row}: ${reason}"),
        mapping={"row": str(cell.row), "reason": reason},
    )


def answers(name: str, error: Exception | None, field: IField) -> Iterator[dict]:
    """The entries of the answer for one error of a field.

    :returns: ``field``, ``message`` and ``error``; of rows also ``row`` (from 1) and
        ``column``.
    """
    if isinstance(error, ItemsRefused):
        for cell in error.cells:
            entry = {
                "field": name,
                "row": cell.row,
                "message": in_row(cell),
                "error": cell.cause,
            }
            if cell.column:
                entry["column"] = cell.column
            yield entry
    else:
        yield {"field": name, "message": explain(error, field), "error": error}
