"""Values of records as fields hold them: fitted, compared, and read by people.

A value that a field cannot hold comes back as a reason; a row of which a needed cell is
missing is left out alone.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import cache
from plone.dexterity.interfaces import IDexterityFTI
from plone.namedfile.file import NamedBlobFile
from plone.namedfile.interfaces import INamedField
from typing import Any
from zhinan import _
from zhinan.forms.fields import DEPARTMENTS
from zhinan.forms.refusals import explain
from zhinan.forms.refusals import Unprintable
from zhinan.forms.vocabularies import PREFIX
from zhinan.guides.files import describe
from zhinan.rules.elements import code_lists
from zhinan.rules.records import SourceFile
from zope.component import getUtility
from zope.i18nmessageid import Message
from zope.schema import getFieldsInOrder
from zope.schema.interfaces import ConstraintNotSatisfied
from zope.schema.interfaces import IChoice
from zope.schema.interfaces import ICollection
from zope.schema.interfaces import IField
from zope.schema.interfaces import RequiredMissing
from zope.schema.interfaces import ValidationError
from zope.schema.interfaces import WrongType

import re


#: The bytes of a file of a record.
OpenFile = Callable[[SourceFile], bytes]
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):
    """A value does not fit; the first argument is the reason, a Message."""

    def __init__(self, reason: Message | str, column: str = "", row: int = 0):
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.row = row


def fields_of(portal_type: str) -> dict[str, IField]:
    """The fields of a content type by name, in order."""
    fti = getUtility(IDexterityFTI, name=portal_type)
    return dict(getFieldsInOrder(fti.lookupSchema()))


@cache
def _codes(name: str) -> frozenset[str]:
    return frozenset(code.value for code in code_lists()[name].codes)


class Fitter:
    """Fits values to fields.

    :param departments: codes of the departments that the site has or will have.
    """

    def __init__(self, departments: Mapping[str, Any]):
        self.departments = departments

    def fit(self, field: IField, value: Any) -> tuple[Any, list[Refused]]:
        """The value for this field, and what of it was left out.

        :raises Refused: if nothing of it can be held.
        """
        value = normal(value)
        if value is None:
            return None, []
        row = getattr(getattr(field, "value_type", None), "schema", None)
        if row is not None:
            return self._rows(field, row, value)
        if isinstance(value, SourceFile):
            if not INamedField.providedBy(field):
                raise Refused(explain(WrongType(value), field))
            return value, []
        if ICollection.providedBy(field):
            return self._items(field, value)
        self._check(field, value)
        return value, []

    def _check(self, field: IField, value: Any) -> None:
        if isinstance(value, str) and _UNPRINTABLE.search(value):
            raise Refused(explain(Unprintable(value), field))
        try:
            if IChoice.providedBy(field):
                self._choice(field, value)
            elif type(value) is bool and field._type is not bool:
                raise WrongType(value)
            else:
                field.validate(value)
        except ValidationError as error:
            raise Refused(explain(error, field)) from error

    def _choice(self, field: IField, value: Any) -> None:
        name = field.vocabularyName or ""
        known = self.departments if name == DEPARTMENTS else _codes(name[len(PREFIX) :])
        if not isinstance(value, str) or value not in known:
            raise ConstraintNotSatisfied(value)

    def _items(self, field: Any, value: Any) -> tuple[Any, list[Refused]]:
        if not isinstance(value, list):
            raise Refused(explain(WrongType(value), field))
        kept, lost = [], []
        for number, item in enumerate(value, 1):
            try:
                self._check(field.value_type, item)
            except Refused as refused:
                lost.append(Refused(refused.reason, "", number))
            else:
                kept.append(item)
        return kept or None, lost

    def _rows(self, field: Any, row: Any, value: Any) -> tuple[Any, list[Refused]]:
        if not isinstance(value, list):
            raise Refused(explain(WrongType(value), field))
        columns = dict(getFieldsInOrder(row))
        kept: list[dict[str, Any]] = []
        lost: list[Refused] = []
        for number, item in enumerate(value, 1):
            if not isinstance(item, Mapping):
                lost.append(Refused(explain(WrongType(item), field), "", number))
                continue
            cells, wrong = self._cells(columns, item, number)
            lost += wrong
            if cells is not None:
                kept.append(cells)
        return kept or None, lost

    def _cells(
        self, columns: dict[str, IField], item: Mapping[str, Any], number: int
    ) -> tuple[dict[str, Any] | None, list[Refused]]:
        cells: dict[str, Any] = {}
        lost = []
        for name in item:
            if name not in columns:
                reason = _(
                    "import_no_column",
                    default="There is no column “${name}” here.",
                    mapping={"name": str(name)},
                )
                lost.append(Refused(reason, str(name), number))
        for name, column in columns.items():
            cell = normal(item.get(name))
            try:
                if cell is not None:
                    self._check(column, cell)
                elif column.required:
                    raise Refused(explain(RequiredMissing(name), column))
            except Refused as refused:
                lost.append(Refused(refused.reason, name, number))
                if column.required:
                    return None, lost
                cell = None
            cells[name] = cell
        return cells, lost


def normal(value: Any) -> Any:
    """One form of a value, so that empty is empty however it is written."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") or None
    if isinstance(value, tuple | list):
        return [normal(item) for item in value] or None
    return value


def _comparable(value: Any) -> Any:
    value = normal(value)
    if isinstance(value, Mapping):
        return {k: v for k, v in value.items() if normal(v) is not None}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return value


def same(stored: Any, new: Any, kept: Mapping[str, Any] | None = None) -> bool:
    """Whether a field already holds this value.

    :param kept: size and checksum of a stored file, where they are known.
    """
    if isinstance(new, SourceFile):
        if stored is None:
            return False
        facts = kept or describe(stored)
        return (facts["sha256"], facts["filename"]) == (new.sha256, new.filename)
    return _comparable(stored) == _comparable(new)


def stored_file(source: SourceFile, open_file: OpenFile) -> NamedBlobFile:
    """A file of a record as the site keeps it."""
    return NamedBlobFile(
        data=open_file(source),
        contentType=source.content_type,
        filename=source.filename,
    )


def words(value: Any, field: IField) -> str:
    """A value in a few words, for the list of differences."""
    if value is None:
        return ""
    listed = IChoice.providedBy(getattr(field, "value_type", None))
    return (" / " if listed else "\n").join(_words(value, field))


def _words(value: Any, field: IField) -> Iterator[str]:
    row = getattr(getattr(field, "value_type", None), "schema", None)
    if isinstance(value, SourceFile):
        yield value.filename
    elif INamedField.providedBy(field):
        yield value.filename or ""
    elif row is not None:
        for item in value:
            columns = dict(getFieldsInOrder(row))
            yield " | ".join(
                words(item[name], column)
                for name, column in columns.items()
                if item.get(name) not in (None, "")
            )
    elif isinstance(value, list | tuple):
        for item in value:
            yield words(item, field.value_type)
    elif isinstance(value, bool):
        yield "✓" if value else "✗"
    elif IChoice.providedBy(field) and (field.vocabularyName or "").startswith(PREFIX):
        code = code_lists()[field.vocabularyName[len(PREFIX) :]].get(value)
        yield code.title if code else str(value)
    else:
        yield str(value)
