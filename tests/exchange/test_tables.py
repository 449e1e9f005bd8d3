"""The tables of the exchange agree with the content types and registers."""

from collections import Counter
from zhinan.departments.content import IDepartment
from zhinan.exchange.workbook.layout import example
from zhinan.exchange.workbook.layout import Head
from zhinan.exchange.workbook.layout import sheets
from zhinan.exchange.workbook.values import Cell
from zhinan.exchange.workbook.values import Directory
from zhinan.exchange.workbook.values import parse
from zhinan.guides.content import IFormVersion
from zhinan.registers.entries import TYPES
from zhinan.rules.interchange import json_schema
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import register_type
from zhinan.rules.interchange import states
from zope.schema import getFieldsInOrder

import jsonschema
import pytest


@pytest.mark.parametrize(
    ("schema", "portal_type"),
    [(IDepartment, "Department"), (IFormVersion, "FormVersion")],
)
def test_tables_of_what_is_no_element(schema, portal_type):
    """Departments and form versions: names, order, needs and lengths are the same."""
    fields = getFieldsInOrder(schema)
    table = kinds()[portal_type].elements
    assert [(name, field.required) for name, field in fields] == [
        (element.name, element.required) for element in table
    ]
    lengths = {n: getattr(f, "max_length", None) for n, f in fields}
    assert lengths == {element.name: element.max_length for element in table}
    row = dict(fields).get("phones")
    if row is not None:
        columns = getFieldsInOrder(row.value_type.schema)
        element = next(e for e in table if e.name == "phones")
        assert [(n, f.required) for n, f in columns] == [
            (c.name, c.required) for c in element.columns
        ]


def test_registers_and_their_types():
    """The type of a register's entries follows from its name."""
    assert {name: register_type(name) for name in TYPES} == TYPES
    assert set(TYPES.values()) < set(kinds())


def test_states_are_those_of_the_workflows(integration):
    """Every state of a workflow that our types have has its words."""
    tool = integration["portal"].portal_workflow
    found = {
        state
        for portal_type in kinds()
        for name in tool.getChainForPortalType(portal_type)
        for state in tool[name].states
    }
    assert found == set(states())


def test_heads_are_clear():
    """Within a sheet no head and no identifier stands twice."""
    for sheet in sheets():
        for name in ("title", "name"):
            counted = Counter(getattr(head, name) for head in sheet.heads)
            assert max(counted.values()) == 1, (sheet.title, counted)


def cell_of(head: Head, value):
    text = "、".join(value) if isinstance(value, list) else value
    return Cell("\n".join(value) if head.part.kind == "lines" else text)


def test_examples_are_good_ones():
    """Each sheet has an example row that the reader itself would take."""
    for sheet in sheets():
        values = example(sheet)
        assert values, sheet.title
        for name, value in values.items():
            head = sheet.head(name)
            assert head is not None, (sheet.title, name)
            if head.part is not None:
                assert parse(head.part, cell_of(head, value), Directory()) is not None
        for head in sheet.heads:
            if head.part is not None and head.required and head.part.kind != "file":
                assert head.name in values, (sheet.title, head.title)


def test_the_schema_is_a_schema():
    """And knows every element."""
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for portal_type, kind in kinds().items():
        found = schema["$defs"][portal_type]["properties"]["elements"]["properties"]
        assert list(found) == [element.name for element in kind.elements]
