"""Documents and packages that somebody made up, or that arrived broken."""

from hashlib import sha256
from io import BytesIO
from zhinan.exchange import package as packages
from zhinan.exchange.package import Package
from zhinan.exchange.package import read_json
from zhinan.exchange.wording import MESSAGES
from zhinan.rules.interchange import FORMAT
from zhinan.rules.interchange import VERSION
from zhinan.rules.records import SourceRefused

import json
import pytest
import zipfile


DATA = b"%PDF-1.7 form"
SHA = sha256(DATA).hexdigest()
PATH = f"files/{SHA}/form.pdf"
UID = "0123456789abcdef0123456789abcdef"


def file(**changes):
    return {
        "filename": "form.pdf",
        "content_type": "application/pdf",
        "sha256": SHA,
        "size": len(DATA),
        "path": PATH,
        **changes,
    }


def document(elements=None, **changes):
    guide = {"type": "MatterGuide", "key": "1", "elements": elements or {"title": "甲"}}
    return {"format": FORMAT, "version": VERSION, "guides": [guide], **changes}


def package(content, members=((PATH, DATA),)):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if content is not None:
            archive.writestr("zhinan.json", json.dumps(content))
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def refused(read, data):
    with pytest.raises(SourceRefused) as caught:
        read(data)
    assert caught.value.problem.id in MESSAGES
    return caught.value.problem.id


def found(content):
    """Ids of what was found, and the records."""
    records = list(read_json(json.dumps(content).encode()))
    ids = [f.problem.id for record in records for f in record.all_findings()]
    assert set(ids) <= set(MESSAGES)
    return ids, records


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "json_broken"),
        (b"{", "json_broken"),
        (b"[]", "json_format"),
        (b"null", "json_format"),
        (b'{"format": "zhinan"}', "json_format"),
        (b'{"format": "zhinan", "version": true}', "json_format"),
        (b'{"format": "zhinan", "version": "1"}', "json_format"),
        (b'{"format": "other", "version": 1}', "json_format"),
        (b'{"format": "zhinan", "version": 999}', "json_version"),
        (b'{"format": "zhinan", "version": 1, "guides": {}}', "json_list"),
        (b'{"format": "zhinan", "version": 1, "registers": []}', "json_list"),
        (b'{"format": "zhinan", "format": "zhinan"}', "json_doubled"),
        (b'{"format": NaN}', "json_constant"),
        (b'{"format": ' + b"9" * 5000 + b"}", "json_broken"),
        (b"[" * 200_000, "json_deep"),
        ('{"format": "指南"}'.encode("gbk"), "json_encoding"),
        ('{"format": "zhinan"}'.encode("utf-16"), "json_encoding"),
    ],
)
def test_documents_that_are_refused(data, reason):
    """One sentence for the whole document."""
    assert refused(read_json, data) == reason


def test_a_document_with_a_mark_at_its_beginning():
    """Editors of Windows put one there."""
    data = b"\xef\xbb\xbf" + json.dumps(document()).encode()
    assert len(list(read_json(data))) == 1


def test_a_document_that_is_too_large(monkeypatch):
    """It is not even looked at."""
    monkeypatch.setattr(packages, "DOCUMENT_LIMIT", 10)
    assert refused(read_json, json.dumps(document()).encode()) == "source_too_large"


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"title": 5}, "wrong_type"),
        ({"title": ["a"]}, "wrong_type"),
        ({"title": "a\nb"}, "line_breaks"),
        ({"title": "a\u0000b"}, "unprintable"),
        ({"title": "a\ud800b"}, "unprintable"),
        ({"title": "长" * 201}, "too_long"),
        ({"visits": "1"}, "wrong_type"),
        ({"visits": True}, "wrong_type"),
        ({"visits": 1.5}, "wrong_type"),
        ({"visits": -1}, "number_small"),
        ({"matter_version": 10**12}, "number_big"),
        ({"online": "yes"}, "wrong_type"),
        ({"matter_type": "99"}, "not_in_list"),
        ({"matter_type": {"token": "01"}}, "wrong_type"),
        ({"service_targets": ["1", "x"]}, "not_in_list"),
        ({"service_targets": "1"}, "wrong_type"),
        ({"planned_effective": "2026/3/18"}, "not_a_date"),
        ({"planned_effective": "2026-02-30"}, "not_a_date"),
        ({"planned_effective": 20260318}, "wrong_type"),
        ({"flow": {"step": "a"}}, "wrong_type"),
        ({"flow": ["a"]}, "wrong_type"),
        ({"flow": [{"step": 1}]}, "wrong_type"),
        ({"flow": [{"limit": 1}]}, "value_missing"),
        ({"flow": [{"step": "a", "colour": "red"}]}, "field_unknown"),
        ({"consult_phone": "问前台"}, "not_a_phone"),
        ({"online_url": "javascript:alert(1)"}, "not_a_url"),
        ({"colour": "red"}, "field_unknown"),
        ({"result_sample": "form.pdf"}, "wrong_type"),
        ({"result_sample": {"filename": "a"}}, "wrong_type"),
        ({"result_sample": file(sha256="x")}, "wrong_type"),
        ({"result_sample": file(size=-1)}, "wrong_type"),
    ],
)
def test_values_that_are_not_taken(elements, reason):
    """The element is left alone and named."""
    ids, records = found(document(elements))
    assert ids == [reason]
    assert not set(elements) & set(records[0].values)


def test_objects_that_are_refused():
    """No object, another type, doubled keys and numbers of the system."""
    good = {"type": "MatterGuide", "key": "1", "uid": UID, "elements": {"title": "甲"}}
    guides = [good, 5, None, {"elements": []}, {**good, "type": "Document"}]
    ids, records = found(document(guides=guides))
    assert ids == ["json_object"] * 4
    assert [r.refused for r in records] == [False, True, True, True, True]
    ids, records = found(
        document(guides=[good, {**good, "key": "2"}, {**good, "uid": ""}])
    )
    assert ids == ["uid_doubled", "key_doubled"]
    ids, _records = found(
        document(guides=[{**good, "uid": "../x", "state": "gone", "materials": 5}])
    )
    assert ids == ["wrong_type", "state_unknown", "wrong_type"]
    ids, records = found(document(colour="red", registers={"birds": []}))
    assert ids == ["field_unknown"] * 2
    assert records[0].portal_type == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "source_truncated"),
        (b"PK\x03\x04", "source_truncated"),
        (package(document())[:-30], "source_truncated"),
        (package(None), "package_no_document"),
        (package(document(), [("../../etc/x", b"")]), "package_path"),
        (package(document(), [("/etc/x", b"")]), "package_path"),
        (package(document(), [("a\\..\\x", b"")]), "package_path"),
        (package(document(), [("C:/x", b"")]), "package_path"),
        (package([]), "json_format"),
    ],
)
def test_packages_that_are_refused(data, reason):
    """One sentence for the whole package."""
    assert refused(Package, data) == reason


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_stands_twice():
    """Which of them counts nobody knows."""
    assert (
        refused(Package, package(document(), [(PATH, DATA)] * 2)) == "package_doubled"
    )


def test_bombs(monkeypatch):
    """What would unpack to more than we read is refused before."""
    data = package(document(), [("files/x", bytes(10_000))])
    monkeypatch.setattr(packages, "PACKAGE_LIMIT", 5_000)
    assert refused(Package, data) == "source_bomb"
    monkeypatch.setattr(packages, "PACKAGE_LIMIT", 10**9)
    monkeypatch.setattr(packages, "DOCUMENT_LIMIT", 10)
    assert refused(Package, data) == "source_too_large"
    monkeypatch.setattr(packages, "ENTRY_LIMIT", 1)
    assert refused(Package, data) == "package_entries"


def test_a_good_file():
    """It comes with its bytes."""
    with Package(package(document({"title": "甲", "result_sample": file()}))) as source:
        (record,) = source.records()
        assert record.findings == []
        assert source.read(record.values["result_sample"]) == DATA


@pytest.mark.parametrize(
    ("changes", "members", "reason"),
    [
        ({}, [], "file_missing"),
        ({"path": "zhinan.json"}, [(PATH, DATA)], "file_missing"),
        ({"path": f"files/{SHA}/../../x"}, [(PATH, DATA)], "file_missing"),
        ({"path": None}, [(PATH, DATA)], "file_missing"),
        ({"size": 5}, [(PATH, DATA)], "file_checksum"),
        ({}, [(PATH, DATA[::-1])], "file_checksum"),
    ],
)
def test_files_that_are_not_taken(changes, members, reason):
    """The file is named and its element left alone."""
    content = document({"title": "甲", "result_sample": file(**changes)})
    with Package(package(content, members)) as source:
        (record,) = source.records()
    assert [f.problem.id for f in record.findings] == [reason]
    assert record.values == {"title": "甲"}


def test_bytes_that_changed_on_the_way():
    """Wherever a byte is wrong, there is a sentence or a finding."""
    data = package(document({"title": "甲", "result_sample": file()}))
    for place in range(len(data)):
        wrong = bytearray(data)
        wrong[place] ^= 0x55
        try:
            with Package(bytes(wrong)) as source:
                list(source.records())
        except SourceRefused as error:
            assert error.problem.id in MESSAGES
