"""An import warns of what its guides lack, by the same set as publishing."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from zhinan.exchange.plan import Planner
from zhinan.exchange.rows import as_row
from zhinan.guides.requirementsettings import change
from zhinan.rules.records import Place
from zhinan.rules.records import Record
from zhinan.search import files

import pytest


@pytest.fixture
def site(integration):
    portal = integration["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    api.content.create(
        portal["departments"],
        "Department",
        title="示例局",
        short_name="示例局",
        code="shili",
        credit_code="11620200000000019K",
    )
    return portal


def record(materials, **values):
    given = {"title": "示例事项", "department": "shili", "catalog_code": "622001001000"}
    children = [
        Record("Material", title, Place(line=1), {"title": title, "necessity": "1"}, [])
        for title in materials
    ]
    return Record("MatterGuide", "x", Place(line=1), {**given, **values}, children)


def reasons(site, one):
    """Problem ids and reasons of the report's row."""
    planner = Planner(site)
    row = as_row(planner.plan(one), planner)
    assert row["verdict"] in {"new", "changed"}
    return {found["problem"]: found for found in row["findings"]}


def test_what_is_empty_is_told_in_one_line(site):
    """A record of elsewhere lacks many elements: one warning names them all."""
    found = reasons(site, record([], conditions=["甲"]))
    text = found["import_incomplete"]["reason"]
    assert "设定依据、" in text
    assert "办理流程" in text
    assert "申请条件" not in text
    assert not found["import_incomplete"]["refused"]
    assert "materials_missing" in found


def test_contradictions_are_told_of_their_part(site):
    """Those that the forms refuse come from the judges, once; the others from here."""
    one = record(
        ["其他材料"],
        visits=0,
        online=False,
        courier=False,
        consult_phone="12345",
        complaint_phone="12345",
    )
    planner = Planner(site)
    row = as_row(planner.plan(one), planner)
    ids = [found["problem"] for found in row["findings"]]
    assert ids.count("material_vague") == 1
    assert ids.count("phones_same") == 1
    assert ids.count("visits_no_way") == 1
    # What is a mere warning at publishing is none at an import.
    assert "result_sample" not in ids
    vague = next(f for f in row["findings"] if f["problem"] == "material_vague")
    assert vague["of"] == "其他材料"


def test_switched_off_is_not_told(site):
    """The settings count for the import as well."""
    change({"off": ["visits_zero_way"]})
    one = record(["甲"], visits=0, online=False, courier=False)
    assert "visits_no_way" not in reasons(site, one)


def test_no_file_is_opened(site, monkeypatch):
    """An import of thousands stays quick."""
    monkeypatch.setattr(files, "look", None)
    monkeypatch.setattr("zhinan.guides.facts.look", None)
    assert "import_incomplete" in reasons(site, record(["甲申请表"]))
