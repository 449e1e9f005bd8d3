"""Any valid matter comes back from the workbook and from JSON as it went."""

from .books import DEPARTMENTS
from .books import written
from collections.abc import Iterable
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zhinan.exchange.package import JsonWriter
from zhinan.exchange.package import read_json
from zhinan.exchange.workbook.read import read
from zhinan.exchange.workbook.values import clean
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.interchange import json_schema
from zhinan.rules.interchange import Kind
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import plain
from zhinan.rules.interchange import record_key
from zhinan.rules.records import Place
from zhinan.rules.records import Record

import datetime
import json
import jsonschema


MOMENT = datetime.datetime(2026, 9, 1, 9, 0, tzinfo=datetime.UTC)
#: What people type, and what spreadsheets mistake for something else.
WORDS = st.one_of(
    st.text(
        st.characters(
            exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\ufeff"
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(
        ["=1+1", "+86", "-1", "@x", "00123", "1E5", "2026-03-18", "_x0041_", "示范"]
        + ["是", "1.0", "<b>&amp;</b>", "甲、乙", "'x", '"x"', "#REF!", "x" * 200]
    ),
)


def line(text: str, longest: int = 200) -> str:
    """A line as a person leaves it in a cell; never an empty one."""
    return clean(clean(" ".join(text.split()))[:longest]) or "空"


def value(part: Element | Column) -> st.SearchStrategy[Any]:
    """Valid values of an element; none too, where it may be empty."""
    codes = [c.value for c in code_lists()[part.list].codes] if part.list else []
    longest = getattr(part, "max_length", None) or 200
    lines = WORDS.map(lambda text: line(text, longest))
    departments = st.sampled_from([d.code for d in DEPARTMENTS])
    match part.kind:
        case "line" if part.name.endswith("code"):
            found = st.from_regex(r"[0-9A-Z]{1,12}", fullmatch=True)
        case "line":
            found = lines
        case "text":
            found = st.lists(lines, min_size=1, max_size=3).map("\n".join).map(clean)
        case "lines":
            found = st.lists(lines, min_size=1, max_size=3)
        case "int":
            most = part.max if part.max is not None else 10**9
            found = st.integers(part.min or 0, most)
        case "bool":
            found = st.booleans()
        case "date":
            found = st.dates(datetime.date(1900, 1, 1), datetime.date(2119, 1, 1))
        case "choice":
            found = st.sampled_from(codes)
        case "choices":
            found = st.lists(st.sampled_from(codes), min_size=1, unique=True)
        case "department":
            found = departments
        case "departments":
            found = st.lists(departments, min_size=1, unique=True)
        case "phone":
            found = st.sampled_from(["12345", "0937-0000101", "13800000000"])
        case "url":
            found = st.sampled_from(["https://www.example.com/a?b=1#c", "http://x.cn"])
        case "rows":
            row = st.fixed_dictionaries({c.name: value(c) for c in part.columns})
            found = st.lists(row, min_size=1, max_size=3).map(plain)
    return found if part.required else st.one_of(st.none(), found)


def values(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a whole object."""
    return st.fixed_dictionaries(
        {e.name: value(e) for e in kind.elements if e.kind != "file"}
    )


def unlike(records: Iterable[Record]) -> list[Record]:
    """Those that can be told from the ones before by their key."""
    return list({record.key: record for record in records}.values())


@st.composite
def guides(draw: st.DrawFn) -> Record:
    """A matter with materials and form versions."""

    def record(kind: Kind) -> Record:
        found = draw(values(kind))
        return Record(kind.portal_type, record_key(kind, found), Place(), found)

    table = kinds()
    guide = record(table["MatterGuide"])
    guide.children = []
    for _number in range(draw(st.integers(0, 2))):
        material = record(table["Material"])
        material.children = unlike(
            record(table["FormVersion"]) for _n in range(draw(st.integers(0, 2)))
        )
        guide.children.append(material)
    guide.children = unlike(guide.children)
    guide.state = draw(st.sampled_from(["", "draft", "published"]))
    guide.uid = draw(st.one_of(st.just(""), st.uuids().map(lambda u: u.hex)))
    return guide


def told(record: Record) -> Any:
    """What a record says, an element that is empty or not told alike."""
    return {
        "type": record.portal_type,
        "values": {k: v for k, v in record.values.items() if v is not None},
        "children": [told(child) for child in record.children or ()],
        "state": record.state,
        "uid": record.uid,
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(guides())
def test_workbook(guide):
    """Text stays text, codes keep their zeros, rows their order."""
    (found,) = read(written(guide), DEPARTMENTS)
    assert list(found.all_findings()) == []
    assert told(found) == told(guide)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(guides())
def test_json(guide):
    """The document follows its schema and says the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        writer = JsonWriter(path, "示范", MOMENT)
        writer.add(guide)
        writer.close()
        data = path.read_bytes()
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(data))
    (found,) = read_json(data)
    assert list(found.all_findings()) == []
    assert told(found) == told(guide)
    assert found.values == guide.values
