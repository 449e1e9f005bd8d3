"""Checks across the elements of a guide, and the table of elements itself."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import checks
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import elements
from zhinan.rules.requirements import guide_problems
from zhinan.rules.requirements import material_problems

import pytest


UNITS = ["hour", "workday", "day", "month", "year"]
#: Fewest and most hours that one unit can take on any calendar.
HOURS = {
    "hour": (1, 1),
    "day": (24, 24),
    "month": (28 * 24, 31 * 24),
    "year": (365 * 24, 366 * 24),
}


@pytest.mark.parametrize(
    ("limit", "unit", "than", "than_unit", "expected"),
    [
        (21, "workday", 20, "workday", True),
        (20, "workday", 20, "workday", False),
        (8, "workday", 7, "day", True),
        (7, "workday", 7, "day", False),
        (30, "day", 20, "workday", False),
        (13, "month", 1, "year", True),
        (12, "month", 1, "year", False),
        (32, "day", 1, "month", True),
        (31, "day", 1, "month", False),
        (2, "month", 55, "day", True),
        (2, "month", 56, "day", False),
        (2, "day", 24, "hour", True),
    ],
)
def test_longer(limit, unit, than, than_unit, expected):
    """Only what no calendar can turn round counts as longer."""
    assert checks.longer(limit, unit, than, than_unit) is expected


@given(
    st.integers(0, 400),
    st.sampled_from(UNITS),
    st.integers(0, 400),
    st.sampled_from(UNITS),
)
def test_longer_is_never_claimed_wrongly(limit, unit, than, than_unit):
    """Without working days: longer means that the shortest exceeds the longest."""
    if "workday" in (unit, than_unit) or unit == than_unit:
        return
    if {unit, than_unit} == {"month", "year"}:
        return
    if checks.longer(limit, unit, than, than_unit):
        assert limit * HOURS[unit][0] > than * HOURS[than_unit][1]


@pytest.mark.parametrize(
    "name",
    ["其他材料", "法律法规规定的其他材料", "相关证明文件", "身份证等材料", "有关资料"],
)
def test_vague_materials(name):
    """Catch-all words are found, as far as they stand for a material."""
    found = [p.id for p in material_problems({"title": name})]
    assert ("material_vague" in found) == (name != "相关证明文件")


@pytest.mark.parametrize(
    "name", ["申请材料真实性承诺书", "项目备案文件", "营业执照", "建设工程规划许可证"]
)
def test_definite_materials(name):
    """A definite name is left alone."""
    assert material_problems({"title": name}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("020-83135078", True),
        ("0937-0000101", True),
        ("0937-0000101转8", True),
        ("0937-0000101-8012", True),
        ("12345", True),
        ("13800000000", True),
        ("4008-123-123", False),
        ("400-123-4567", True),
        ("020-12345", True),
        ("95598", True),
        ("020-12366-4-2", True),
        ("400-7000-690", True),
        ("020--12345", False),
        ("831350", False),
        ("无", False),
    ],
)
def test_phone(text, expected):
    """The shapes of the real data: area code, extension, hotline, mobile."""
    assert checks.is_phone(text) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"statutory_limit": 20, "promised_limit": 21}, "promised_longer"),
        ({"visits": 1}, "onsite_reason_missing"),
        ({"charged": True}, "fees_missing"),
        ({"charged": False, "fees": [{"name": "x"}]}, "fees_unexpected"),
        ({"consult_phone": "12345", "complaint_phone": "12345"}, "phones_same"),
        ({"department": "a", "co_departments": ["a"]}, "co_department_is_owner"),
        ({"statutory_limit": 1}, "unit_missing"),
    ],
)
def test_contradictions(values, expected):
    """Each contradiction has its own id, so that its sentence can be found."""
    assert expected in [p.id for p in guide_problems(values)]


def test_zero_and_false_are_answers():
    """A limit of 0 and a clear no are not missing."""
    by_name = {element.name: element for element in elements().guide}
    assert not checks.is_empty(by_name["promised_limit"], 0)
    assert not checks.is_empty(by_name["charged"], False)
    assert checks.is_empty(by_name["charged"], None)
    assert checks.is_empty(by_name["conditions"], [])


def test_all_elements_of_the_standard_are_there():
    """GB/T 36114-2018 (recalled order): 0 to 21 and the appendix."""
    numbers = {element.std for element in elements().guide if element.std}
    assert numbers == {str(n) for n in range(22)} | {"A"}


#: Columns that the national exchange tables declare NOT NULL (found in their DDL).
MANDATORY = (
    "TASK_NAME CATALOG_CODE TASK_CODE TASK_TYPE BY_LAW USE_LEVEL POWER_SOURCE DEPT_NAME "
    "DEPT_TYPE LEGAL_LIMIT LEGAL_LIMIT_UNIT PROMISE_LIMIT PROMISE_LIMIT_UNIT "
    "ACCEPT_CONDITION HANDLE_FLOW IS_FEE SERVE_TYPE PROJECT_TYPE LIMIT_SCENE_NUM "
    "TRANSACT_ADDR LINK_WAY SUPERVISE_WAY TASK_STATE TASK_VERSION IS_ENTRY_CENTER "
    "IS_EXPRESS IS_ONLINE RESULT_TYPE"
)


@pytest.mark.parametrize("column", MANDATORY.split())
def test_what_the_exchange_makes_mandatory_is_needed_to_publish(column):
    """Nothing goes online that the national tables would refuse."""
    (element,) = (e for e in elements().guide if e.exchange == column)
    assert element.publish


def test_special_procedures_and_payment_have_their_columns():
    """Mandatory in the tables, but empty or no for most matters: never required."""
    columns = {e.exchange for e in elements().guide}
    assert {"SPECIAL_PROCEDURE", "IS_PAY_ONLINE"} <= columns


def test_code_lists_name_their_source():
    """Every list says where it comes from, every code is there once."""
    for codes in code_lists().values():
        assert codes.source
        values = [code.value for code in codes.codes]
        assert len(set(values)) == len(values)


def test_the_short_version_is_what_the_standard_asks():
    """Name, conditions, materials, flow, limits, fee, place and telephones."""
    short = {element.name for element in elements().guide if element.short}
    assert short >= {
        "title",
        "conditions",
        "materials",
        "flow",
        "statutory_limit",
        "promised_limit",
        "charged",
        "places",
        "consult_phone",
        "complaint_phone",
    }
