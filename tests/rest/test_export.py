"""Export over HTTP: for staff, and for everyone what is public."""

from io import BytesIO
from openpyxl import load_workbook
from zhinan.exchange.package import read_json
from zhinan.rules.interchange import json_schema

import jsonschema


def test_an_export_is_started_by_staff(editor, public):
    """202 with the job's address; others are asked to log in."""
    answer = editor.post("@export", json={"format": "json", "states": ["draft"]})
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.json()["@id"]
    assert "/@jobs/" in answer.json()["@id"]
    assert public.post("@export", json={"format": "json"}).status_code == 401
    wrong = editor.post("@export", json={"format": "docx"})
    assert wrong.status_code == 400
    assert "xlsx" in wrong.text


def test_the_template_is_a_workbook(editor, public):
    """The empty workbook, for staff."""
    answer = editor.get("@export-template")
    assert answer.status_code == 200
    assert "事项" in load_workbook(BytesIO(answer.content)).sheetnames
    assert public.get("@export-template").status_code == 401


def test_a_draft_is_not_exported_for_the_public(public, editor, guide):
    """Only those who may view it."""
    assert editor.get(f"{guide}/@export").status_code == 200
    assert public.get(f"{guide}/@export").status_code == 401


def test_a_guide_by_the_schema(public, published):
    """A published guide and the schema that it follows are public."""
    schema = public.get("@export-schema").json()
    assert schema == json_schema()
    document = public.get(f"{published}/@export").json()
    jsonschema.Draft202012Validator(schema).validate(document)
    (record,) = read_json(str.encode(public.get(f"{published}/@export").text))
    assert record.children
    assert record.findings == []
