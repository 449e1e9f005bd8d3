"""Records of another province: every line is a record or named, nothing is lost."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from io import BytesIO
from pathlib import Path
from zhinan.rules import jsonlines
from zhinan.rules import sources
from zhinan.rules.records import SourceRefused
from zhinan.rules.sourcerecords import records

import json
import pytest


EXTRACT = (
    Path(__file__).parents[1] / "exchange" / "data" / "guangdong-extract.jsonl"
).read_bytes()
GOOD = json.loads(EXTRACT.splitlines()[0])
GUANGDONG = sources.get("guangdong")


def read(data, mapping=GUANGDONG):
    """The records of these bytes."""
    return list(records(BytesIO(data), mapping))


def one(**changes):
    """The record of the good one with some fields changed."""
    data = {**GOOD, **changes}
    (record,) = read(json.dumps(data, ensure_ascii=False).encode())
    return record


def ids(record):
    """Field and problem of each finding."""
    return [(f.field, f.problem.id) for f in record.all_findings()]


def test_extract():
    """Every real record can land."""
    found = read(EXTRACT)
    assert len(found) == len(EXTRACT.splitlines())
    assert not any(record.refused for record in found)
    assert len({record.key for record in found}) == len(found)


def test_values():
    """What one record becomes."""
    record = read(EXTRACT)[0]
    code = GOOD["TASK_CODE"]
    assert record.values["title"] == GOOD["TASK_NAME"]
    assert record.values["implementation_code"] == code
    assert record.values["statutory_limit"] == 30
    assert record.values["statutory_unit"] == "workday"
    assert record.values["visits"] == 0
    assert record.values["courier"] is True
    assert record.owner_credit_code == code[:18]
    assert record.owner_name == GOOD["DEPT_NAME"]
    assert [child.values for child in record.children] == [
        {"necessity": "1", "title": GOOD["material_intro"][0]}
    ]
    assert "exercise_content" not in record.values


def test_handling_item():
    """33 characters are a handling item of the matter in the first 31."""
    code = GOOD["TASK_CODE"] + "07"
    record = one(TASK_CODE=code)
    assert record.values["handling_code"] == code
    assert record.values["implementation_code"] == GOOD["TASK_CODE"]


@pytest.mark.parametrize(
    ("field", "value", "element", "expected"),
    [
        ("TASK_TYPE", "20", "matter_type", "10"),
        ("TASK_TYPE", "21", "matter_type", "20"),
        ("TASK_TYPE", 21, "matter_type", "20"),
        ("matter_level", "市级", "exercise_level", "3"),
        ("handle_time", "90(自然日)", "statutory_unit", "day"),
        ("handle_time", "5（工作日）", "statutory_limit", 5),
        ("handle_time", "3个月", "statutory_unit", "month"),
        ("courier_service", "不支持", "courier", False),
        ("ONLINECHECK", "0", "online", False),
        ("ONLINECHECK", True, "online", True),
        ("visit_number", 2, "visits", 2),
        ("consult_phone", "020-12345", "consult_phone", "020-12345"),
        ("TASK_NAME", "采伐\u3000", "title", "采伐"),
        ("service_object_name", ["其他组织", "非法人企业"], "service_targets", ["6"]),
        ("theme_category", ["规划建设"], "themes", ["land", "construction"]),
        (
            "accept_standard",
            "一、甲。\r\n\n二、乙。",
            "conditions",
            ["一、甲。", "二、乙。"],
        ),
    ],
)
def test_value_is_taken(field, value, element, expected):
    """Codes, limits with units, yes and no, lists."""
    assert one(**{field: value}).values[element] == expected


@pytest.mark.parametrize(
    ("field", "element"),
    [
        ("accept_standard", "conditions"),
        ("handle_time", "statutory_limit"),
        ("consult_phone", "consult_phone"),
        ("co_department", "exercise_content"),
    ],
)
def test_empty_words(field, element):
    """“None” and nothing say nothing, and are no mistake."""
    for word in ("无", " ", "暂无", None):
        record = one(**{field: word})
        assert element not in record.values
        assert ids(record) == []


@pytest.mark.parametrize(
    ("field", "value", "element", "problem"),
    [
        ("TASK_TYPE", "22", "matter_type", "source_code_unknown"),
        ("TASK_TYPE", 1.5, "matter_type", "source_not_text"),
        ("handle_time", "二十个工作日", "statutory_limit", "source_no_limit"),
        ("handle_time", "20(周)", "statutory_limit", "source_no_limit"),
        ("handle_time", 20, "statutory_limit", "source_not_text"),
        ("visit_number", "10", "visits", "source_out_of_range"),
        ("visit_number", "-1", "visits", "source_no_number"),
        ("visit_number", "１", "visits", "source_no_number"),
        ("consult_phone", "甲、乙", "consult_phone", "source_no_phone_kept"),
        ("URL", "www.example.com", "online_url", "source_no_url"),
        ("theme_category", ["交通出行"], "themes", "source_code_unknown"),
        ("theme_category", {"a": [1]}, "themes", "source_not_text"),
        ("accept_standard", "甲\x00乙", "conditions", "source_unprintable"),
        ("accept_standard", "\ud800", "conditions", "source_unprintable"),
        ("accept_standard", ["甲"], "conditions", "source_not_text"),
        ("matter_level", ["省级"], "exercise_level", "source_not_text"),
        ("material_intro", [7], "materials", "source_not_text"),
        ("NEU", "x", "NEU", "source_field_unknown"),
    ],
)
def test_what_does_not_fit_is_named(field, value, element, problem):
    """The record lands without it; field and value are told."""
    (record,) = read(json.dumps({**GOOD, field: value}).encode())
    assert not record.refused
    assert (element, problem) in ids(record)


def test_a_phone_that_is_none_is_kept_as_words():
    """Several numbers stand where words are allowed."""
    record = one(consult_phone="020-83527072；020-83805040")
    assert "consult_phone" not in record.values
    assert record.values["consultation"] == "020-83527072；020-83805040"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"TASK_NAME": None}, "source_no_title"),
        ({"TASK_NAME": "无"}, "source_no_title"),
        ({"TASK_NAME": 7}, "source_no_title"),
        ({"TASK_NAME": "长" * 201}, "source_no_title"),
        ({"TASK_CODE": None}, "source_no_key"),
        ({"TASK_CODE": 11440000006939756}, "source_no_key"),
        ({"TASK_CODE": "123"}, "source_length"),
        ({"TASK_CODE": None, "DEPT_NAME": None}, "source_no_owner"),
    ],
)
def test_refused(changes, problem):
    """Without name, code or owner a record does not land."""
    record = one(**changes)
    assert record.refused
    assert problem in [f.problem.id for f in record.findings if f.refused]


def test_ten_thousand_fields():
    """Some are named, the others counted."""
    record = one(**{f"F{n}": n for n in range(10_000)})
    assert len(record.findings) == 21
    assert record.findings[-1].problem.mapping == {"number": "9980"}


def test_twice():
    """The second record with a code is refused and names the first line."""
    line = json.dumps(GOOD).encode()
    first, second = read(line + b"\n\n" + line + b"\n")
    assert not first.refused
    assert second.refused
    assert second.place.line == 3
    assert second.findings[-1].problem.mapping == {"line": "1"}


def test_a_field_twice_in_a_record():
    """The last one counts, and it is said."""
    text = json.dumps(GOOD)[:-1] + ', "visit_number": "1"}'
    (record,) = read(text.encode())
    assert record.values["visits"] == 1
    assert ("visit_number", "source_field_twice") in ids(record)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"a": NaN}',
        b"[1, 2]",
        b'"text"',
        b"null",
        b'{"a": "\x00"}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_broken_line_is_named(line):
    """The lines around it land."""
    good = json.dumps(GOOD).encode()
    other = json.dumps({**GOOD, "TASK_CODE": GOOD["TASK_CODE"] + "01"}).encode()
    first, broken, last = read(b"\n".join([good, line, other]))
    assert (first.refused, broken.refused, last.refused) == (False, True, False)
    assert broken.place.line == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "source_empty"),
        (b" \n\n", "source_empty"),
        (b"\xef\xbb\xbf\n", "source_empty"),
        (EXTRACT.decode().encode("gbk", "ignore"), "source_gbk"),
        (EXTRACT.decode().encode("utf-16"), "source_utf16"),
        (EXTRACT.decode().encode("utf-16-le"), "source_utf16"),
        (b"\0" * 1000, "source_utf16"),
        (b'{"a": 1}\n{"b": "\xff\xff\xff"}', "source_not_utf8"),
        (b"PK\x03\x04rest", "source_is_office_file"),
        (b"[" + EXTRACT.replace(b"\n", b",\n") + b"]", "source_json_array"),
        (b"[\n{}]", "source_json_array"),
        (json.dumps(GOOD, indent=1).encode(), "source_not_json_lines"),
        (b"a,b,c\n1,2,3", "source_not_json_lines"),
        (b"<html>", "source_not_json_lines"),
        (b'{"a": 1}\r{"b": 2}', "source_not_json_lines"),
    ],
)
def test_a_file_that_is_something_else(data, problem):
    """One sentence, and nothing of it lands."""
    with pytest.raises(SourceRefused) as refused:
        read(data)
    assert refused.value.problem.id == problem


def test_a_mark_at_the_start_and_windows_line_ends():
    """Both are common and mean nothing."""
    data = b"\xef\xbb\xbf" + EXTRACT.replace(b"\n", b"\r\n")
    assert len(read(data)) == len(EXTRACT.splitlines())


def test_a_line_without_end():
    """It is refused without being read into memory."""
    data = EXTRACT.splitlines(True)[0] + b'{"a": "' + b"x" * (5 << 20) + b'"}'
    with pytest.raises(SourceRefused) as refused:
        read(data)
    assert refused.value.problem.mapping == {"line": "2", "most": "4"}


def test_too_many_lines(monkeypatch):
    """A bound for what one import reads."""
    monkeypatch.setattr(jsonlines, "MOST_LINES", 3)
    with pytest.raises(SourceRefused) as refused:
        read(EXTRACT)
    assert refused.value.problem.id == "source_too_many_lines"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(sorted(GUANGDONG.known)), JSON), st.booleans())
def test_any_record_is_a_record(changes, ascii_only):
    """Whatever stands in the fields: values that fit, and findings; no failure."""
    text = (
        json.dumps({**GOOD, **changes}, ensure_ascii=ascii_only, allow_nan=False)
        if (not _has_nan(changes))
        else "{}"
    )
    data = text.encode("utf-8", "replace")
    for record in read(data):
        for finding in record.all_findings():
            assert len(finding.value) <= 201
            finding.value.encode("utf-8")
        title = record.values.get("title")
        assert title is None or (isinstance(title, str) and title == title.strip())
        assert record.refused or (title and record.key)


def _has_nan(value):
    if isinstance(value, float):
        return value != value or value in {float("inf"), float("-inf")}
    if isinstance(value, dict):
        return any(_has_nan(item) for item in value.values())
    return isinstance(value, list) and any(_has_nan(item) for item in value)


@given(st.binary(max_size=400))
def test_any_bytes(data):
    """Records or one refusal, never anything else."""
    for before in (b"", json.dumps(GOOD).encode() + b"\n"):
        try:
            found = read(before + data)
        except SourceRefused:
            continue
        assert all(record.key or record.refused for record in found)
