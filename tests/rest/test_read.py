"""Reading through REST: guides, materials, forms and files for everyone."""

from .sample import BLANK_PDF
from .sample import GUIDE
from .sample import GUIDE_DATA
from .sample import MATERIAL
from .sample import MATERIAL_DATA
from .sample import OLD_PDF
from .sample import SAMPLE_PDF
from .sample import upload
from .sample import VERSION
from urllib.parse import unquote
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import elements

import hashlib
import json
import pytest


def got(client, address, **kwargs):
    """The JSON of an address that has to answer."""
    answer = client.get(address, **kwargs)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_guide_is_public_with_all_elements(public, published):
    """Every element is there; codes have token and title, in plain fields and rows."""
    data = got(public, published)
    names = {
        element.name for element in elements().guide if element.kind != "materials"
    }
    assert names <= data.keys()
    assert data["department"] == {"token": "shili", "title": "嘉峪关市示例局"}
    assert data["matter_type"] == {"token": "10", "title": "其他行政权力"}
    assert data["themes"][0] == {"token": "construction", "title": "工程建设"}
    assert data["flow"][0]["unit"] == {"token": "workday", "title": "工作日"}
    assert data["flow"][2]["unit"] is None
    assert data["type_title"] == "办事指南"
    assert data["@components"]["materials"]["@id"].endswith("/@materials")


def test_materials_come_with_their_forms(public, published):
    """In one request, with the version in force and every older one."""
    listed = got(public, f"{published}/@materials")
    expanded = got(public, f"{published}?expand=materials")
    assert expanded["@components"]["materials"] == listed
    assert listed["items_total"] == 1
    (item,) = listed["items"]
    assert item["title"] == MATERIAL_DATA["title"]
    assert item["necessity"] == {"token": "1", "title": "必要"}
    assert item["current"]["version"] == "2026.1"
    assert [version["version"] for version in item["versions"]] == ["2025.1", "2026.1"]
    old = item["versions"][0]
    assert old["superseded_by"] == "2026.1" and old["filled_sample"] is None
    assert got(public, f"{MATERIAL}/@forms")["current"] == item["current"]


@pytest.mark.parametrize(
    "version,name,data",
    [
        (-1, "blank_form", BLANK_PDF),
        (-1, "filled_sample", SAMPLE_PDF),
        (0, "blank_form", OLD_PDF),
    ],
    ids=["blank", "sample", "old"],
)
def test_the_files_can_be_had(public, published, version, name, data):
    """At the address given, under a readable name, with the checksum as entity tag."""
    (item,) = got(public, f"{published}/@materials")["items"]
    about = item["versions"][version][name]
    assert about["size"] == len(data)
    assert about["sha256"] == hashlib.sha256(data).hexdigest()
    # Browsers and programs that know nothing of REST get the file too.
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "text/html"}):
        answer = public.get(about["download"], headers=headers)
        assert answer.status_code == 200
        assert answer.content == data
        assert answer.headers["Content-Type"] == about["content-type"]
        assert answer.headers["ETag"] == f'"{about["sha256"]}"'
        name_ = unquote(answer.headers["Content-Disposition"].split("UTF-8''")[1])
        assert name_.startswith(VERSION["title"]) and name_.endswith(".pdf")
    again = public.get(
        about["download"], headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (
        public.get(about["download"], headers={"If-None-Match": '"x"'}).content == data
    )


def test_the_address_of_the_form_in_force_stays(manager, public, published):
    """``always`` gives the version in force, whichever that is."""
    (item,) = got(public, f"{published}/@materials")["items"]
    assert public.get(item["always"]["blank_form"]).content == BLANK_PDF
    assert public.get(item["always"]["filled_sample"]).content == SAMPLE_PDF
    newer = {**VERSION, "version": "2026.2", "in_force_from": "2026-02-01"}
    newer["blank_form"] = upload(OLD_PDF, "新表.pdf")
    assert manager.post(MATERIAL, json=newer).status_code == 201
    assert public.get(item["always"]["blank_form"]).content == OLD_PDF
    assert public.get(item["current"]["blank_form"]["download"]).content == BLANK_PDF


def test_a_form_version_tells_its_files(public, published):
    """GET of a version has the same file summary as the list."""
    (item,) = got(public, f"{published}/@materials")["items"]
    data = got(public, item["current"]["@id"])
    assert data["version"] == "2026.1"
    assert data["files"]["blank_form"] == item["current"]["blank_form"]
    stock = public.get(data["blank_form"]["download"])
    assert stock.content == BLANK_PDF


def test_what_is_not_published_is_not_public(public, manager, guide):
    """A draft is for those who work on it, with everything inside."""
    assert manager.post(guide, json=MATERIAL_DATA).status_code == 201
    assert manager.post(MATERIAL, json=VERSION).status_code == 201
    version = f"{MATERIAL}/v2026-1"
    for address in (
        guide,
        f"{guide}/@materials",
        f"{guide}/@short",
        f"{guide}/@history",
        MATERIAL,
        f"{MATERIAL}/@forms",
        version,
        f"{version}/@@blank-form",
        f"{version}/@@download/blank_form",
        f"{MATERIAL}/@@blank-form",
    ):
        assert public.get(address).status_code in {401, 302}, address
        assert manager.get(address).status_code == 200, address
    found = got(public, "@search?SearchableText=示例设施&department=shili")
    assert found["items"] == []


def test_the_short_version(public, published):
    """The elements marked as short, in their order, with titles."""
    data = got(public, f"{published}/@short")
    short = [element for element in elements().guide if element.short]
    assert [item["name"] for item in data["items"]] == [e.name for e in short]
    assert [item["title"] for item in data["items"]] == [e.title for e in short]
    by_name = {item["name"]: item["value"] for item in data["items"]}
    assert by_name["title"] == GUIDE_DATA["title"]
    (material,) = by_name["materials"]
    assert set(material) == {e.name for e in elements().material if e.short}


def test_the_table_of_elements(public, manager, department):
    """A client can derive its forms from it: nothing is missing, all is Chinese."""
    data = got(public, "@elements")
    table = elements()
    assert [row["name"] for row in data["MatterGuide"]] == [e.name for e in table.guide]
    assert [row["name"] for row in data["Material"]] == [e.name for e in table.material]
    rows = {row["name"]: row for row in data["MatterGuide"]}
    assert rows["title"]["required"] and rows["title"]["max_length"] == 200
    assert rows["flow"]["columns"][3] == {
        "name": "unit",
        "kind": "choice",
        "title": "单位",
        "required": False,
        "list": "time_unit",
    }
    assert rows["statutory_limit"]["exchange"] == "LEGAL_LIMIT"
    assert data["lists"].keys() == code_lists().keys()
    # The addresses of the vocabularies are real, and they are public.
    for codes in data["lists"].values():
        terms = got(public, f"{codes['vocabulary']}?b_size=100")["items"]
        assert [t["token"] for t in terms] == [c["token"] for c in codes["codes"]]
        assert [t["title"] for t in terms] == [c["title"] for c in codes["codes"]]
    # A department that is being prepared is offered to those who prepare it.
    for client, offered in ((manager, True), (public, False)):
        terms = got(client, f"{rows['department']['vocabulary']}?b_size=100")["items"]
        assert ({"token": "shili", "title": "嘉峪关市示例局"} in terms) is offered
    # What the table says is what a guide has.
    assert manager.post("guides", json=GUIDE_DATA).status_code == 201
    guide = got(manager, GUIDE)
    assert all(
        row["name"] in guide
        for row in data["MatterGuide"]
        if row["kind"] != "materials"
    )


TITLES = {
    "Department": "部门",
    "MatterGuide": "办事指南",
    "Material": "申请材料",
    "FormVersion": "表格版本",
    "PolicyDocument": "政策文件",
}


def test_types_have_chinese_titles_and_json_schemas(editor, public):
    """Every type's schema is there, rows with their columns."""
    listed = {row["id"]: row["title"] for row in got(editor, "@types")}
    assert {name: listed[name] for name in TITLES} == TITLES
    for name in TITLES:
        schema = got(editor, f"@types/{name}")
        assert schema["title"] == TITLES[name]
        assert set(schema["required"]) <= schema["properties"].keys()
        # JSON that any other program can read.
        assert json.loads(json.dumps(schema)) == schema
    flow = got(editor, "@types/MatterGuide")["properties"]["flow"]["items"]
    assert flow["type"] == "object" and flow["required"] == ["step"]
    (columns,) = [e.columns for e in elements().guide if e.name == "flow"]
    assert flow["fieldsets"][0]["fields"] == [column.name for column in columns]
    assert flow["properties"]["limit"]["type"] == "integer"
    assert flow["properties"]["unit"]["vocabulary"]["@id"].endswith(
        "/@vocabularies/zhinan.codes.time_unit"
    )
    assert flow["properties"]["step"]["title"] == "环节"
    assert public.get("@types").status_code == 401


def test_a_department_and_a_policy_are_public(public, published):
    """With their rows, dates and codes."""
    data = got(public, "departments/shili")
    assert data["phones"] == [{"label": "咨询", "number": "0937-0000101"}]
    data = got(public, "policies/shili-banfa")
    assert data["issued"] == "2026-08-01"
    assert data["effect_status"] == {"token": "in_force", "title": "现行有效"}
    assert "第八条" in data["text"]["data"]
