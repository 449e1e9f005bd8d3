"""REST of everything with fields: strict reading, helpful refusals, rows with columns.

Registered for checked content only; other types keep what plone.restapi does. While
content is imported the same readers work, since what they refuse could not be stored.
"""

from .newer import tag_of
from .refusals import answers
from .refusals import Cell
from .refusals import ItemsRefused
from .refusals import NotAFile
from .refusals import NotARow
from .refusals import shown
from .refusals import UnknownColumn
from .refusals import Unprintable
from .validation import CheckedDeserializer
from .validation import IChecked
from base64 import b64decode
from collective.z3cform.datagridfield.interfaces import IRow
from plone import api
from plone.app.textfield.interfaces import IRichText
from plone.exportimport.deserializers.blob import ExportImportNamedFieldDeserializer
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.namedfile.interfaces import INamedField
from plone.rest.errors import ErrorHandling
from plone.rest.interfaces import IAPIRequest
from plone.restapi.deserializer.dxfields import ChoiceFieldDeserializer
from plone.restapi.deserializer.dxfields import CollectionFieldDeserializer
from plone.restapi.deserializer.dxfields import DefaultFieldDeserializer
from plone.restapi.deserializer.dxfields import NamedFieldDeserializer
from plone.restapi.deserializer.dxfields import RichTextFieldDeserializer
from plone.restapi.deserializer.dxfields import TextLineFieldDeserializer
from plone.restapi.exceptions import DeserializationError
from plone.restapi.interfaces import IFieldDeserializer
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.serializer.dxfields import CollectionFieldSerializer
from plone.restapi.services.content.get import ContentGet
from plone.restapi.services.content.tus import TUSUpload
from plone.restapi.types.adapters import DefaultJsonSchemaProvider
from plone.restapi.types.interfaces import IJsonSchemaProvider
from typing import Any
from zExceptions import BadRequest
from zhinan import _
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.i18n import translate
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces.browser import IBrowserRequest
from zope.schema import getFields
from zope.schema import getFieldsInOrder
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IChoice
from zope.schema.interfaces import ICollection
from zope.schema.interfaces import IField
from zope.schema.interfaces import IInt
from zope.schema.interfaces import IList
from zope.schema.interfaces import ITextLine
from zope.schema.interfaces import IVocabularyTokenized
from zope.schema.interfaces import RequiredMissing
from zope.schema.interfaces import ValidationError
from zope.schema.interfaces import WrongType

import re


#: What a reader may raise over a value that a client made up.
REFUSALS = (ValidationError, ValueError, TypeError, LookupError, AttributeError)

#: Control characters but tab and line ends, and halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class ExplainedDeserializer(CheckedDeserializer):
    """Writes of checked content whose refusals name field, row, column and remedy."""

    def get_schema_data(
        self, data: dict[str, Any], validate_all: bool, create: bool = False
    ) -> tuple[dict, list]:
        """Deserialized values and errors; one error for each wrong cell."""
        schema_data, errors = super().get_schema_data(data, validate_all, create)
        fields = {
            name: f for schema in schema_data for name, f in getFields(schema).items()
        }
        found = []
        for error in errors:
            field, cause = fields.get(error.get("field")), error.get("error")
            # The judge's own problems have their sentence already.
            if field is None or not isinstance(cause, (*REFUSALS, type(None))):
                found.append(error)
            else:
                found += answers(error["field"], cause, field)
        if "layout" in data and data["layout"] not in self._layouts():
            found.append(self._impossible("layout", data["layout"]))
        return schema_data, found

    def handle_ordering(self, data: dict[str, Any]) -> None:
        """Move a child; BadRequest where the stock reader would fail."""
        try:
            super().handle_ordering(data)
        except REFUSALS as error:
            wrong = self._impossible("ordering", data.get("ordering"))
            wrong["message"] = translate(wrong["message"], context=self.request)
            raise BadRequest([wrong]) from error

    def _layouts(self) -> list[str]:
        return [name for name, _title in self.context.getAvailableLayouts()]

    @staticmethod
    def _impossible(name: str, value: Any) -> dict[str, Any]:
        sentence = _(
            "rest_impossible",
            default="“${value}” is not possible as ${name}.",
            mapping={"value": shown(value), "name": name},
        )
        return {"field": name, "message": sentence, "error": "ValidationError"}


class _Careful:
    """Any value of a wrong kind is a field error, never a failure of the server."""

    def __call__(self, value: Any) -> Any:
        """The value; ValidationError if it is not of this field's kind."""
        try:
            return super().__call__(value)
        except ValidationError:
            raise
        except REFUSALS as error:
            raise WrongType(value, str(error)) from error


class _Printable(_Careful):
    """Text without characters that no page or document can hold."""

    def __call__(self, value: Any) -> Any:
        """The text; Unprintable if it has control characters or half of a pair."""
        if isinstance(value, str) and _UNPRINTABLE.search(value):
            raise Unprintable(value)
        return super().__call__(value)


@implementer(IFieldDeserializer)
@adapter(IField, IChecked, IBrowserRequest)
class FieldDeserializer(_Printable, DefaultFieldDeserializer):
    """Text, numbers, dates."""


@implementer(IFieldDeserializer)
@adapter(ITextLine, IChecked, IBrowserRequest)
class LineDeserializer(_Printable, TextLineFieldDeserializer):
    """One line of text."""


@implementer(IFieldDeserializer)
@adapter(IChoice, IChecked, IBrowserRequest)
class ChoiceDeserializer(_Careful, ChoiceFieldDeserializer):
    """A code, or the object with token and title that GET gives."""


@implementer(IFieldDeserializer)
@adapter(IRichText, IChecked, IBrowserRequest)
class RichTextDeserializer(_Careful, RichTextFieldDeserializer):
    """Formatted text as text, or as an object with data and content-type."""

    def __call__(self, value: Any) -> Any:
        """The text; Unprintable as for plain text."""
        data = value.get("data") if isinstance(value, dict) else value
        if isinstance(data, str) and _UNPRINTABLE.search(data):
            raise Unprintable(data)
        return super().__call__(value)


@adapter(IBool, IChecked, IBrowserRequest)
class BoolDeserializer(FieldDeserializer):
    """Only true and false: the stock reader takes "yes" for false."""

    def __call__(self, value: Any) -> bool:
        """The truth value."""
        if not isinstance(value, bool):
            raise WrongType(value, bool, self.field.__name__)
        return super().__call__(value)


@adapter(IInt, IChecked, IBrowserRequest)
class IntDeserializer(FieldDeserializer):
    """Whole numbers; the stock reader stores true as a limit of one day."""

    def __call__(self, value: Any) -> int:
        """The number."""
        if isinstance(value, bool):
            raise WrongType(value, int, self.field.__name__)
        return super().__call__(value)


@implementer(IFieldDeserializer)
@adapter(INamedField, IChecked, IBrowserRequest)
class FileDeserializer(NamedFieldDeserializer):
    """A file as an object with base64 data, or what GET gave, which changes nothing."""

    def __call__(self, value: Any) -> Any:
        """The file; NotAFile if the value is something else."""
        if IExportImportRequestMarker.providedBy(self.request):
            reader = ExportImportNamedFieldDeserializer
            return reader(self.field, self.context, self.request)(value)
        if isinstance(value, dict) and "data" not in value:
            return self.field.get(self.context)
        if isinstance(value, dict):
            value = {**value, "data": self._base64(value)}
            value.setdefault("content-type", "application/octet-stream")
            if not isinstance(value["content-type"], str):
                raise NotAFile(value)
        elif not isinstance(value, TUSUpload):
            raise NotAFile(value)
        return super().__call__(value)

    @staticmethod
    def _base64(value: dict[str, Any]) -> str:
        """The data, proper base64 of at least one byte.

        The stock reader skips what is no base64, and takes what is left for no file.
        """
        data = value["data"]
        named = isinstance(value.get("filename"), str)
        if not (named and isinstance(data, str) and value.get("encoding") == "base64"):
            raise NotAFile(value)
        try:
            found = b64decode("".join(data.split()), validate=True)
        except ValueError as error:
            raise NotAFile(value) from error
        if not found:
            raise NotAFile(value)
        return data


@implementer(IFieldDeserializer)
@adapter(IList, IChecked, IBrowserRequest)
class ListDeserializer(CollectionFieldDeserializer):
    """Lists of text, codes or rows; every wrong item is reported with its place.

    collective.z3cform.datagridfield's own reader of rows drops columns that it does
    not know, and fails on a row that is no object.
    """

    def __call__(self, value: Any) -> list[Any]:
        """The list; ItemsRefused if items of it are wrong."""
        items = value if isinstance(value, list) else [value]
        read = self._row if IRow.providedBy(self.field.value_type) else self._item
        found, cells = [], []
        for number, item in enumerate(items, 1):
            found.append(read(number, item, cells))
        if cells:
            raise ItemsRefused(cells)
        if IChoice.providedBy(self.field.value_type):
            found = list(dict.fromkeys(found))
        self.field.validate(found)
        return found

    def _read(self, field: IField, value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            value = None
        if value is None:
            if field.required:
                raise RequiredMissing(field.__name__)
            return field.missing_value
        reader = getMultiAdapter(
            (field, self.context, self.request), IFieldDeserializer
        )
        return reader(value)

    def _item(self, number: int, item: Any, cells: list[Cell]) -> Any:
        field = self.field.value_type
        try:
            return self._read(field, item)
        except REFUSALS as error:
            # The items of a list have no title of their own.
            named = field.bind(self.context)
            named.title = self.field.title
            cells.append(Cell(number, "", named, error))

    def _row(self, number: int, row: Any, cells: list[Cell]) -> dict[str, Any] | None:
        if not isinstance(row, dict):
            cells.append(Cell(number, "", self.field, NotARow(row)))
            return None
        columns = dict(getFieldsInOrder(self.field.value_type.schema))
        for name in row.keys() - columns.keys():
            cells.append(Cell(number, name, self.field, UnknownColumn(name)))
        found = {}
        for name, field in columns.items():
            try:
                found[name] = self._read(field, row.get(name))
            except REFUSALS as error:
                cells.append(Cell(number, name, field, error))
        return found


@implementer(IFieldSerializer)
@adapter(ICollection, IChecked, IZhinanLayer)
class ListSerializer(CollectionFieldSerializer):
    """Rows whose codes are given with token and title, as those of plain fields are."""

    def __call__(self) -> Any:
        """The list for JSON; an export gets the bare codes."""
        value_type = self.field.value_type
        if IExportImportRequestMarker.providedBy(self.request):
            return json_compatible(self.get_value())
        if not IRow.providedBy(value_type):
            return super().__call__()
        fields = getFieldsInOrder(value_type.schema)
        columns = {name: field.bind(self.context) for name, field in fields}
        value = self.get_value()
        if value is None:
            return None
        return [
            {name: self._cell(columns.get(name), row[name]) for name in row}
            for row in value
        ]

    @staticmethod
    def _cell(field: IField | None, value: Any) -> Any:
        vocabulary = getattr(field, "vocabulary", None)
        if value is not None and IVocabularyTokenized.providedBy(vocabulary):
            try:
                term = vocabulary.getTerm(value)
            except LookupError:
                return json_compatible(value)
            return json_compatible({"token": term.token, "title": term.title})
        return json_compatible(value)


@implementer(IJsonSchemaProvider)
@adapter(IRow, Interface, Interface)
class RowJsonSchemaProvider(DefaultJsonSchemaProvider):
    """The JSON schema of a row: its columns, which the stock provider leaves out."""

    def get_type(self) -> str:
        """A row is an object."""
        return "object"

    def additional(self) -> dict[str, Any]:
        """Columns in order and which of them are required."""
        columns = getFieldsInOrder(self.field.schema)
        return {
            "properties": {
                name: getMultiAdapter(
                    (field, self.context, self.request), IJsonSchemaProvider
                ).get_schema()
                for name, field in columns
            },
            "fieldsets": [
                {"id": "default", "title": "", "fields": [name for name, _f in columns]}
            ],
            "required": [name for name, field in columns if field.required],
            "additionalProperties": False,
        }


@adapter(BadRequest, IAPIRequest)
class FieldErrors(ErrorHandling):
    """Field errors as a list beside the message.

    The stock answer has them only as the text of a Python list.
    """

    def render_exception(self, exception: BadRequest) -> dict[str, Any]:
        """The stock answer with ``errors``."""
        result = super().render_exception(exception)
        found = exception.args[0] if exception.args else None
        if IZhinanLayer.providedBy(self.request) and isinstance(found, list):
            result["errors"] = json_compatible(found)
        return result


@adapter(DeserializationError, IAPIRequest)
class MalformedBody(ErrorHandling):
    """A body that is no JSON object is the client's mistake.

    The stock services for POST let it pass as a failure of the server.
    """

    def __call__(self) -> None:
        """The stock answer with status 400."""
        self.request.response.setStatus(400, lock=1)
        super().__call__()


class StateGet(ContentGet):
    """GET of checked content, with the tag for ``If-Match`` for who may change it."""

    def reply(self) -> Any:
        """The stock answer."""
        if self.request.get("version") is None and api.user.has_permission(
            "Modify portal content", obj=self.context
        ):
            self.request.response.setHeader("ETag", tag_of(self.context))
        return super().reply()
