"""A guide as spreadsheet holds every element, as text."""

from io import BytesIO
from openpyxl import load_workbook
from plone import api
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.elements import elements
from zope.interface import alsoProvides

import pytest


@pytest.fixture
def book(demo):
    """The spreadsheet of a guide, opened as a reader opens it, with the guide."""
    portal = demo["portal"]
    request = demo["request"]
    alsoProvides(request, IZhinanLayer)
    guide = portal.guides["621002001000"]
    view = api.content.get_view("spreadsheet", guide, request)
    return load_workbook(BytesIO(view())), guide


def test_every_element_has_its_place(book):
    """A row for each single value, a sheet for rows and for the materials."""
    workbook, _guide = book
    table = elements().guide
    singles = [e.title for e in table if e.kind not in {"rows", "materials"}]
    first = workbook.worksheets[0]
    assert [first.cell(n, 1).value for n in range(2, first.max_row + 1)] == singles
    sheets = [e.title for e in table if e.kind in {"rows", "materials"}]
    assert workbook.sheetnames[1:] == sheets


def test_values_are_those_of_the_guide(book):
    """Rows, codes in words and materials stand as the guide has them."""
    workbook, guide = book
    flow = workbook["办理流程"]
    assert flow.max_row == len(guide.flow) + 1
    assert flow.cell(2, 1).value == guide.flow[0]["step"]
    materials = workbook["申请材料"]
    assert [materials.cell(n, 1).value for n in range(2, materials.max_row + 1)] == [
        child.title for child in guide.objectValues()
    ]


def test_no_cell_is_a_formula(book):
    """Text that begins like a formula stays text."""
    _workbook, guide = book
    guide.description = "=1+1"
    view = api.content.get_view("spreadsheet", guide, guide.REQUEST)
    again = load_workbook(BytesIO(view()))
    cells = [cell for sheet in again for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
