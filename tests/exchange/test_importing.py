"""The import of real records: everything lands or is named, twice changes nothing."""

from .importing import EXTRACT
from .importing import extract
from .importing import lines
from .importing import Run
from Acquisition import aq_base
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.locking.interfaces import ILockable
from zhinan.exchange.importing import IMPORT
from zhinan.testing import act_as
from zhinan.testing import add_person

import io
import openpyxl
import pytest


@pytest.fixture
def portal(integration):
    """The empty site with a manager logged in."""
    portal = integration["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    return portal


@pytest.fixture
def imported(portal):
    """The site with the extract."""
    run = Run(portal, EXTRACT, mode="apply", create_departments=True).finish()
    assert run.counts == {"new": 92}
    return run


def guide_with(code):
    """The guide with this implementation or handling code."""
    catalog = api.portal.get_tool("portal_catalog")
    (brain,) = catalog(portal_type="MatterGuide", matter_code=code)
    return brain.getObject()


def write(tmp_path, records):
    """A file with these records."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(lines(records))
    return path


def facts(portal):
    """Modification date and newest version of everything."""
    catalog = api.portal.get_tool("portal_catalog")
    types = ["MatterGuide", "Material", "Department"]
    return {
        brain.getPath(): (obj.modified(), getattr(aq_base(obj), "version_id", None))
        for brain in catalog(portal_type=types)
        if (obj := brain.getObject()) is not None
    }


def test_every_record_lands(portal, imported):
    """One guide for each record, with its materials and its department."""
    catalog = api.portal.get_tool("portal_catalog")
    records = extract()
    assert len(catalog(portal_type="MatterGuide")) == len(records)
    for record in records:
        guide = guide_with(record["TASK_CODE"])
        assert guide.title == " ".join(record["TASK_NAME"].split())
        named = record["material_intro"]
        names = [" ".join(n.split()) for n in named] if isinstance(named, list) else []
        assert [m.title for m in guide.objectValues()] == names
        owner = portal["departments"][guide.department]
        assert owner.title == record["DEPT_NAME"]


def test_codes_of_the_source_are_translated(imported):
    """Other powers and public services have other codes there."""
    types = {"20": "10", "21": "20"}
    for record in extract():
        guide = guide_with(record["TASK_CODE"])
        code = record["TASK_TYPE"]
        assert guide.matter_type == types.get(code, code)


def test_everything_has_its_first_version(portal, imported):
    """The first edit can be compared with what was imported."""
    assert {version for _modified, version in facts(portal).values()} == {0}


def test_search_finds_what_was_imported(imported):
    """The text of a guide holds the names of its materials."""
    catalog = api.portal.get_tool("portal_catalog")
    record = next(r for r in extract() if isinstance(r["material_intro"], list))
    found = catalog(
        portal_type="MatterGuide", SearchableText=record["material_intro"][0]
    )
    assert record["TASK_NAME"] in [brain.Title for brain in found]


def test_twice_changes_nothing(portal, imported):
    """No new date, no new version; everything is named as unchanged."""
    before = facts(portal)
    run = Run(portal, EXTRACT, mode="apply", create_departments=True).finish()
    assert run.counts == {"unchanged": len(extract())}
    assert facts(portal) == before


def test_preview_writes_nothing(portal):
    """What would come is said, and nothing is there."""
    run = Run(portal, EXTRACT, mode="preview", create_departments=True).finish()
    assert run.counts == {"new": 92}
    assert facts(portal) == {}
    assert [row["verdict"] for row in run.kept if row["type"] == "Department"] == [
        "new"
    ] * 24


def test_preview_says_what_the_import_does(portal):
    """Findings of preview and import are the same."""
    preview = Run(portal, EXTRACT, mode="preview", create_departments=True).finish()
    done = Run(portal, EXTRACT, mode="apply", create_departments=True).finish()

    def told(run):
        return [(row["title"], row["verdict"], row["findings"]) for row in run.kept]

    assert told(preview) == told(done)


def test_changes_are_told_and_made(portal, imported, tmp_path):
    """Old and new value of each element; nothing else is touched."""
    record = {**extract()[0], "handle_time_limit": "9(自然日)", "visit_number": "1"}
    path = write(tmp_path, [record])
    preview = Run(portal, path, mode="preview").finish()
    guide = guide_with(record["TASK_CODE"])
    old = guide.promised_limit
    told = {c["field"]: (c["old"], c["new"]) for c in preview.kept[0]["changes"]}
    assert told["promised_limit"] == (str(old), "9")
    assert told["promised_unit"] == ("工作日", "自然日")
    assert (guide.promised_limit, preview.counts) == (old, {"changed": 1})
    modified, conditions = guide.modified(), guide.conditions
    Run(portal, path, mode="apply").finish()
    assert (guide.promised_limit, guide.promised_unit, guide.visits) == (9, "day", 1)
    assert guide.conditions == conditions
    assert guide.modified() > modified
    assert aq_base(guide).version_id == 1


def test_what_the_source_does_not_say_stays(portal, imported, tmp_path):
    """An element that the record leaves out keeps what people wrote."""
    record = extract()[0]
    guide = guide_with(record["TASK_CODE"])
    guide.description = "由部门编写"
    material = guide.objectValues()[0]
    run = Run(portal, write(tmp_path, [record]), mode="apply").finish()
    assert run.counts == {"unchanged": 1}
    assert guide.description == "由部门编写"
    less = {**record, "material_intro": "无"}
    Run(portal, write(tmp_path, [less]), mode="apply").finish()
    assert guide.objectValues()[0] == material


def test_a_material_more(portal, imported, tmp_path):
    """A new material is added to a guide that is there; its own is left alone."""
    record = next(r for r in extract() if isinstance(r["material_intro"], list))
    more = {**record, "material_intro": ["新增的申请表", *record["material_intro"]]}
    run = Run(portal, write(tmp_path, [more]), mode="apply").finish()
    assert run.counts == {"changed": 1}
    assert run.kept[0]["added"] == ["新增的申请表"]
    guide = guide_with(record["TASK_CODE"])
    assert [m.title for m in guide.objectValues()] == more["material_intro"]
    assert aq_base(guide.objectValues()[0]).version_id == 0
    again = Run(portal, write(tmp_path, [more]), mode="apply").finish()
    assert again.counts == {"unchanged": 1}


def test_departments_only_when_wanted(portal, tmp_path):
    """Without the wish, the record is refused with the department's name."""
    record = extract()[0]
    run = Run(portal, write(tmp_path, [record]), mode="apply").finish()
    assert run.counts == {"refused": 1}
    assert record["DEPT_NAME"] in run.kept[0]["findings"][0]["reason"]
    assert facts(portal) == {}


def test_departments_need_the_right(portal, tmp_path):
    """Who may add guides but no departments is told so."""
    act_as(portal, "editor", department="shili")
    path = write(tmp_path, extract()[:1])
    run = Run(portal, path, mode="apply", create_departments=True).finish()
    assert run.counts == {"refused": 1}
    assert run.kept[0]["findings"][-1]["problem"] == "import_not_allowed"


def test_what_somebody_edits_is_left_alone(portal, imported, tmp_path):
    """A locked guide is refused with the person's name."""
    record = {**extract()[0], "visit_number": "2"}
    guide = guide_with(record["TASK_CODE"])
    add_person("zhangsan", "zhang-san-2026", "editor", department=guide.department)
    login(portal, "zhangsan")
    ILockable(guide).lock()
    login(portal, TEST_USER_NAME)
    run = Run(portal, write(tmp_path, [record]), mode="apply").finish()
    assert run.counts == {"refused": 1}
    assert "zhangsan" in run.kept[0]["findings"][-1]["reason"]
    assert guide.visits == 0


def test_what_one_may_not_change_is_refused(portal, imported, tmp_path):
    """A guide that the person may not change."""
    record = {**extract()[0], "visit_number": "2"}
    guide = guide_with(record["TASK_CODE"])
    act_as(portal, "editor", department="other")
    run = Run(portal, write(tmp_path, [record]), mode="apply").finish()
    assert run.kept[0]["findings"][-1]["problem"] == "import_not_yours"
    assert guide.visits == 0


def test_published_at_once(portal, tmp_path):
    """New ones are published, with their date; a draft that is there stays one."""
    records = extract()[:2]
    path = write(tmp_path, records[:1])
    Run(portal, path, mode="apply", create_departments=True).finish()
    path = write(tmp_path, records)
    options = {"state": "published", "create_departments": True}
    Run(portal, path, mode="apply", **options).finish()
    first, second = (guide_with(record["TASK_CODE"]) for record in records)
    assert api.content.get_state(first) == "draft"
    assert api.content.get_state(second) == "published"
    assert second.effective_date is not None


def test_interrupted_it_goes_on(portal):
    """Behind the last batch, with nothing in memory and nothing twice."""
    run = Run(portal, EXTRACT, mode="apply", create_departments=True)
    first = Run(portal, EXTRACT, mode="apply", create_departments=True)
    IMPORT.batch(first)
    run.checkpoint, run.total = first.checkpoint, first.total
    run.counts, run.kept = dict(first.counts), list(first.kept)
    run.finish()
    assert run.counts == {"new": 92}
    titles = [row["key"] for row in run.kept if row["type"] == "MatterGuide"]
    assert len(titles) == len(set(titles)) == len(extract())


def test_two_records_of_one_matter(portal, tmp_path):
    """The second one is refused and named with the line of the first."""
    record = extract()[0]
    other = {**record, "TASK_NAME": "另一个名称"}
    path = write(tmp_path, [record, other])
    run = Run(portal, path, mode="apply", create_departments=True).finish()
    assert run.counts == {"new": 2, "refused": 1}
    assert "第1行" in run.kept[-1]["findings"][-1]["reason"]


def test_one_bad_record_does_not_hold_up_the_others(portal, tmp_path, monkeypatch):
    """What fails while it is written is named; the rest of the batch lands."""
    from zhinan.exchange import apply

    broken = extract()[1]["TASK_NAME"]
    add = apply.addContentToContainer

    def fails(container, obj, **options):
        if obj.title == broken:
            raise RuntimeError("disk")
        return add(container, obj, **options)

    monkeypatch.setattr(apply, "addContentToContainer", fails)
    path = write(tmp_path, extract()[:3])
    run = Run(portal, path, mode="apply", create_departments=True).finish()
    verdicts = [r["verdict"] for r in run.kept if r["type"] == "MatterGuide"]
    assert verdicts == ["new", "refused", "new"]
    refused = next(row for row in run.kept if row["verdict"] == "refused")
    assert refused["title"] == broken
    assert refused["findings"][-1]["problem"] == "import_failed"


def test_the_report_names_every_finding(portal):
    """One row a finding: place, object, outcome, field, value, reason in Chinese."""
    run = Run(portal, EXTRACT, mode="preview", create_departments=True).finish()
    book = openpyxl.load_workbook(io.BytesIO(run.files["report.xlsx"]))
    sheet = book["导入报告"]
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    wanted = [found for row in run.kept for found in row["findings"]]
    assert len(told) == len(wanted)
    assert told[0][0].startswith("第")
    theme = next(row for row in told if row[3] == "主题")
    assert theme[5] == "本系统的列表中没有对应的值，未导入。"
