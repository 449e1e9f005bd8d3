"""Schemas made from the element tables.

A guide's form, its REST representation and its checks all use the schema that is made
here, so the table in ``rules/data/elements.toml`` stays the only place of an element.
"""

from .messages import element_title
from .messages import message
from .vocabularies import PREFIX
from collective.z3cform.datagridfield.blockdatagridfield import (
    BlockDataGridFieldFactory,
)
from collective.z3cform.datagridfield.datagridfield import DataGridFieldFactory
from collective.z3cform.datagridfield.row import DictRow
from plone.autoform.interfaces import WIDGETS_KEY
from plone.autoform.widgets import ParameterizedWidget
from plone.namedfile.field import NamedBlobFile
from plone.supermodel.interfaces import FIELDSETS_KEY
from plone.supermodel.model import Fieldset
from plone.supermodel.model import Schema
from plone.supermodel.model import SchemaClass
from typing import Any
from z3c.form.browser.checkbox import CheckBoxFieldWidget
from z3c.form.browser.radio import RadioFieldWidget
from z3c.form.browser.textlines import TextLinesFieldWidget
from zhinan import _
from zhinan.rules.checks import is_phone
from zhinan.rules.checks import is_url
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.elements import Fieldset as ElementFieldset
from zope import schema
from zope.interface import Interface
from zope.interface.interface import InterfaceClass
from zope.schema.interfaces import ValidationError


DEPARTMENTS = "zhinan.departments"
#: Rows with more columns than this are edited as stacked blocks.
NARROW_COLUMNS = 3
#: Tagged value of a schema: label of the form's default fieldset.
FIRST_FIELDSET = "zhinan.first_fieldset"


class InvalidPhone(ValidationError):
    __doc__ = _(
        "Not a telephone number. Write it with the area code, such as 0937-0000101, "
        "or as a mobile number or a five-digit hotline."
    )


class InvalidURL(ValidationError):
    __doc__ = _("Not a web address. It has to begin with http:// or https://.")


def phone_constraint(value: str) -> bool:
    """Accept a telephone number; InvalidPhone otherwise."""
    if value and not is_phone(value):
        raise InvalidPhone(value)
    return True


def url_constraint(value: str) -> bool:
    """Accept an absolute web address; InvalidURL otherwise."""
    if value and not is_url(value):
        raise InvalidURL(value)
    return True


def _field(part: Element | Column, prefix: str) -> schema.Field:
    """One zope.schema field for an element or a column of rows."""
    key = f"{prefix}.{part.name}"
    options: dict[str, Any] = {
        "title": message(key, part.title),
        "required": part.required,
    }
    if getattr(part, "help", ""):
        options["description"] = message(f"{key}.help", part.help)
    vocabulary = PREFIX + part.list if part.list else DEPARTMENTS
    match part.kind:
        case "line":
            return schema.TextLine(
                max_length=getattr(part, "max_length", None), **options
            )
        case "phone":
            return schema.TextLine(constraint=phone_constraint, **options)
        case "url":
            return schema.TextLine(constraint=url_constraint, **options)
        case "text":
            return schema.Text(**options)
        case "lines":
            return schema.List(value_type=schema.TextLine(), **options)
        case "int":
            return schema.Int(min=part.min, max=part.max, **options)
        case "bool":
            return schema.Bool(**options)
        case "date":
            return schema.Date(**options)
        case "file":
            return NamedBlobFile(**options)
        case "choice" | "department":
            return schema.Choice(vocabulary=vocabulary, **options)
        case "choices" | "departments":
            return schema.List(
                value_type=schema.Choice(vocabulary=vocabulary), **options
            )
    raise ValueError(f"{part.name}: no field for kind {part.kind!r}")


def _row_schema(element: Element, prefix: str, module: str) -> InterfaceClass:
    """The schema of one row, named after its element."""
    name = "I" + "".join(p.title() for p in element.name.split("_")) + "Row"
    fields = {c.name: _field(c, f"{prefix}.{element.name}") for c in element.columns}
    for order, field in enumerate(fields.values()):
        field.order = order
    return InterfaceClass(name, (Interface,), fields, __module__=module)


def make_schema(
    name: str,
    module: str,
    prefix: str,
    group: tuple[Element, ...],
    fieldsets: tuple[ElementFieldset, ...] = (),
) -> SchemaClass:
    """A Dexterity schema from a group of elements.

    :param name: name of the interface; it must be assigned to this name in ``module``.
    :param prefix: first part of the message ids, ``guide`` or ``material``.
    """
    fields: dict[str, schema.Field] = {}
    widgets: dict[str, ParameterizedWidget] = {}
    for element in group:
        if element.kind == "materials":
            continue
        if element.kind == "rows":
            row = _row_schema(element, prefix, module)
            key = f"{prefix}.{element.name}"
            fields[element.name] = schema.List(
                title=element_title(prefix, element.name, element.title),
                description=message(f"{key}.help", element.help)
                if element.help
                else "",
                required=element.required,
                value_type=DictRow(title=message(key, element.title), schema=row),
            )
            # Wide rows are stacked: a table of six columns leaves no room to write.
            wide = len(element.columns) > NARROW_COLUMNS
            widgets[element.name] = ParameterizedWidget(
                BlockDataGridFieldFactory if wide else DataGridFieldFactory,
                allow_reorder=True,
                auto_append=False,
            )
        else:
            fields[element.name] = _field(element, prefix)
            if element.kind == "bool":
                widgets[element.name] = ParameterizedWidget(RadioFieldWidget)
            elif element.kind in {"choices", "departments"}:
                widgets[element.name] = ParameterizedWidget(CheckBoxFieldWidget)
            elif element.kind == "lines":
                widgets[element.name] = ParameterizedWidget(
                    TextLinesFieldWidget, rows=6, klass="form-control"
                )
    for order, field in enumerate(fields.values()):
        field.order = order
    made = SchemaClass(name, (Schema,), dict(fields), __module__=module)
    made.setTaggedValue(WIDGETS_KEY, widgets)
    groups = [
        Fieldset(
            fieldset.name,
            label=message(f"fieldset.{fieldset.name}", fieldset.title),
            fields=[
                e.name
                for e in group
                if e.fieldset == fieldset.name and e.name in fields
            ],
        )
        for fieldset in fieldsets
    ]
    # The first fieldset is the form's default one, which needs a label only.
    made.setTaggedValue(FIELDSETS_KEY, groups[1:])
    if groups:
        made.setTaggedValue(FIRST_FIELDSET, groups[0].label)
    return made
