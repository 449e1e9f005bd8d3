"""A guide as workbook: the layout of template and import, every element, as text."""

from io import BytesIO
from openpyxl import load_workbook
from plone import api
from zhinan.exchange.workbook.layout import for_kinds
from zhinan.exchange.workbook.read import read
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.elements import elements
from zope.interface import alsoProvides

import pytest


@pytest.fixture
def spreadsheet(demo):
    """The bytes of a guide's workbook, and the guide."""
    portal = demo["portal"]
    request = demo["request"]
    alsoProvides(request, IZhinanLayer)
    guide = portal.guides["621002001000"]
    return lambda: api.content.get_view("spreadsheet", guide, request)(), guide


@pytest.fixture
def book(spreadsheet):
    """The workbook of a guide, opened as a reader opens it, with the guide."""
    write, guide = spreadsheet
    return load_workbook(BytesIO(write())), guide


def test_every_element_has_its_place(book):
    """A column for each single value, a sheet for rows, materials and forms."""
    workbook, _guide = book
    heads = [cell.value for cell in workbook["事项"][1]]
    for element in elements().guide:
        if element.kind in {"rows", "materials"}:
            assert element.title in workbook.sheetnames
        else:
            assert element.title in heads
    names = [sheet.title for sheet in for_kinds(["guide", "material", "form_version"])]
    assert workbook.sheetnames == ["填写说明", *names, "代码"]


def test_values_are_those_of_the_guide(book):
    """Rows, codes in words and materials stand as the guide has them."""
    workbook, guide = book
    flow = workbook["办理流程"]
    assert flow.max_row == len(guide.flow) + 3
    assert flow.cell(4, 2).value == guide.flow[0]["step"]
    materials = workbook["申请材料"]
    assert [materials.cell(n, 3).value for n in range(4, materials.max_row + 1)] == [
        child.title for child in guide.objectValues()
    ]


def test_no_cell_is_a_formula(spreadsheet):
    """Text that begins like a formula stays text."""
    write, guide = spreadsheet
    guide.description = "=1+1"
    data = write()
    cells = [
        cell for sheet in load_workbook(BytesIO(data)) for row in sheet for cell in row
    ]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    (record,) = read(data)
    assert record.values["description"] == "=1+1"
