"""The demonstration site leaves in every format and comes back equal."""

from openpyxl import load_workbook
from pathlib import Path
from zhinan.exchange.exporting import export
from zhinan.exchange.exporting import FORMATS
from zhinan.exchange.package import Package
from zhinan.exchange.package import read_json
from zhinan.exchange.siterecords import departments
from zhinan.exchange.siterecords import SiteRecords
from zhinan.exchange.workbook.read import read
from zhinan.rules.interchange import json_schema
from zhinan.rules.interchange import kinds
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile

import hashlib
import json
import jsonschema
import pytest


def told(record: Record, files: bool = True) -> dict:
    """What a record says, without the place where it stood."""
    values = {
        name: value
        for name, value in record.values.items()
        if files or kinds()[record.portal_type].element(name).kind != "file"
    }
    return {
        "type": record.portal_type,
        "uid": record.uid,
        "state": record.state,
        "values": values,
        "children": None
        if record.children is None
        else [told(child, files) for child in record.children],
    }


@pytest.fixture
def everything(demo):
    """The records of the whole site."""
    source = SiteRecords(demo["portal"], registers=True, restricted=False)
    return list(source.records())


@pytest.fixture
def exported(demo, tmp_path):
    """Writes an export of the whole site."""

    def write(fmt: str) -> Path:
        path = tmp_path / f"out.{FORMATS[fmt].suffix}"
        export(demo["portal"], fmt, path, registers=True, restricted=False)
        assert not list(tmp_path.glob("*.part*"))
        return path

    return write


def test_package_comes_back_file_by_file(exported, everything):
    """Every element, material, form version and file; each file has its bytes."""
    path = exported("zip")
    with Package(path) as package:
        records = list(package.records())
        assert [r.findings for r in records] == [[] for _r in records]
        assert [told(r) for r in records] == [told(r) for r in everything]
        assert [r.id for r in records] == [r.id for r in everything]
        guides = [r for r in records if r.portal_type == "MatterGuide"]
        versions = [
            v
            for guide in guides
            for material in guide.children
            for v in material.children
        ]
        files = [
            value
            for version in versions
            for value in version.values.values()
            if isinstance(value, SourceFile)
        ]
        assert len(guides) == 32
        assert sum(len(guide.children) for guide in guides) == 191
        assert len(files) == 214
        for file in files:
            data = package.read(file)
            assert hashlib.sha256(data).hexdigest() == file.sha256


def test_json_follows_its_schema(exported, everything):
    """The document is what the schema says; files are told by checksum alone."""
    data = exported("json").read_bytes()
    schema = json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert list(validator.iter_errors(json.loads(data))) == []
    records = list(read_json(data))
    assert [told(r, files=False) for r in records] == [
        told(r, files=False) for r in everything
    ]


def test_workbook_comes_back_equal(exported, everything):
    """What a sheet can hold comes back."""
    data = exported("xlsx").read_bytes()
    records = list(read(data, departments()))
    assert [r.findings for r in records if r.findings] == []
    assert len(records) == len(everything)
    for found, wanted in zip(records, everything, strict=True):
        found, wanted = told(found, files=False), told(wanted, files=False)
        silent = set(wanted["values"]) - set(found["values"])
        # A sheet without any row says nothing of its element.
        said = {name: wanted["values"].pop(name) for name in silent}
        assert {name: v for name, v in said.items() if v is not None} == {}
        assert found == wanted


def test_national_tables_lose_nothing(exported, everything):
    """Codes stay codes; what has no column stands in the notes."""
    book = load_workbook(exported("national-xlsx"), read_only=True)
    tasks = list(book["TASK"].iter_rows(values_only=True))
    guides = [r for r in everything if r.portal_type == "MatterGuide"]
    assert len(tasks) == len(guides) + 1
    first = dict(zip(tasks[0], tasks[1], strict=True))
    values = guides[0].values
    assert first["TASK_NAME"] == values["title"]
    assert first["CATALOG_CODE"] == values["catalog_code"]
    assert first["TASK_TYPE"] == values["matter_type"]
    assert first["SERVE_TYPE"] == ",".join(values["service_targets"])
    assert len(list(book["MATERIAL"].iter_rows())) == 192
    notes = [row[4] for row in book["未列入的内容"].iter_rows(values_only=True)]
    for guide in guides:
        for row in guide.values["remedies"] or ():
            assert any(row["body"] in (note or "") for note in notes)
    document = json.loads(exported("national-json").read_bytes())
    assert [m["TASK"][0]["TASK_NAME"] for m in document["matters"]] == [
        g.values["title"] for g in guides
    ]
