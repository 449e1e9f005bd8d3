"""What was exported is imported: nothing changes, and what was lost comes back."""

from .importing import Run
from openpyxl import load_workbook
from plone import api
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from zhinan.exchange.exporting import export
from zhinan.exchange.siterecords import SiteRecords
from zhinan.rules.records import SourceFile

import io
import pytest


GUIDE = "621002001000"


@pytest.fixture
def portal(demo):
    """The demonstration site with a manager logged in."""
    portal = demo["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    return portal


def exported(portal, tmp_path, fmt, suffix):
    """An export of the whole site."""
    path = tmp_path / f"out.{suffix}"
    export(portal, fmt, path, registers=True, restricted=False)
    return path


def told(record):
    """A record as plain data, its files by checksum."""
    return {
        "type": record.portal_type,
        "uid": record.uid,
        "id": record.id,
        "state": record.state,
        "values": {
            name: (value.sha256, value.filename)
            if isinstance(value, SourceFile)
            else value
            for name, value in record.values.items()
        },
        "children": [told(child) for child in record.children or ()],
    }


def site(portal):
    """Everything in the site, as an export tells it."""
    source = SiteRecords(portal, registers=True, restricted=False)
    return {record.uid: told(record) for record in source.records()}


@pytest.mark.parametrize(
    ("fmt", "suffix"), [("zip", "zip"), ("json", "json"), ("xlsx", "xlsx")]
)
def test_its_own_export_changes_nothing(portal, tmp_path, fmt, suffix):
    """Every format: all records are found again, each one unchanged."""
    path = exported(portal, tmp_path, fmt, suffix)
    before = site(portal)
    run = Run(portal, path, format=fmt, mode="apply", state="source").finish()
    changes = [
        (row["title"], row["changes"], row["added"], row["findings"])
        for row in run.kept
        if row["verdict"] not in {"unchanged", "note"}
    ]
    assert changes == []
    assert run.counts == {"unchanged": len(before)}
    assert site(portal) == before


def test_what_was_lost_comes_back(portal, tmp_path):
    """Departments and guides with materials, forms and files, byte for byte."""
    path = exported(portal, tmp_path, "zip", "zip")
    before = site(portal)
    guide = portal.guides[GUIDE]
    api.content.delete(
        objects=portal.guides.objectValues()[:4], check_linkintegrity=False
    )
    other = portal.guides.objectValues()[0]
    material = other.objectValues()[0]
    api.content.delete(material, check_linkintegrity=False)
    assert guide.getId() == GUIDE
    run = Run(portal, path, format="zip", mode="apply", state="source").finish()
    assert run.counts["new"] == 4
    assert run.counts["changed"] == 1
    assert site(portal) == before
    again = Run(portal, path, format="zip", mode="apply", state="source").finish()
    assert again.counts == {"unchanged": len(before)}


def test_mistakes_in_a_workbook_are_marked(portal, tmp_path):
    """The cell is filled and says why; the rest of its row lands."""
    path = exported(portal, tmp_path, "xlsx", "xlsx")
    book = load_workbook(path)
    name = next(
        sheet.title
        for sheet in book
        if any(cell.value == GUIDE for row in sheet.iter_rows() for cell in row)
        and any(
            cell.value == "承诺办结时限"
            for row in sheet.iter_rows(max_row=6)
            for cell in row
        )
    )
    sheet = book[name]
    head = next(
        cell
        for row in sheet.iter_rows(max_row=6)
        for cell in row
        if cell.value == "承诺办结时限"
    )
    line = next(
        cell.row for row in sheet.iter_rows() for cell in row if cell.value == GUIDE
    )
    sheet.cell(line, head.column).value = "很快"
    title = next(
        cell
        for row in sheet.iter_rows(max_row=6)
        for cell in row
        if cell.value == "事项名称"
    )
    sheet.cell(line, title.column).value = "改过的名称"
    changed = tmp_path / "changed.xlsx"
    book.save(changed)
    run = Run(portal, changed, format="xlsx", mode="apply").finish()
    assert run.counts["changed"] == 1
    assert portal.guides[GUIDE].title == "改过的名称"
    report = load_workbook(io.BytesIO(run.files["report.xlsx"]))
    marked = report[name].cell(line, head.column)
    assert marked.comment is not None
    assert marked.fill.fgColor.rgb == "FFFFF2CC"
    told = [[cell.value for cell in row] for row in report["导入报告"].iter_rows()]
    assert any(row[0] == f"{name}!{head.column_letter}{line}" for row in told)
