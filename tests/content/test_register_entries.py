"""The registers of the demonstration content, and what they say of its guides."""

from datetime import date

import copy
import entries
import pytest
import sources


@pytest.fixture(scope="module")
def bases():
    """The legal bases by title."""
    return {row["title"]: row for row in entries.entries("legal_basis")}


def test_no_mistake_and_no_contradiction_of_a_guide():
    assert entries.mistakes(sources.guides()) == []


def test_the_lists_are_long_enough_to_look_at():
    numbers = {name: len(entries.entries(name)) for name in entries.NAMES}
    assert numbers["legal_basis"] >= 60
    assert numbers["cancelled_proof"] >= 15
    assert numbers["intermediary_service"] >= 15


def test_the_ten_laws_that_the_code_repealed(bases):
    """Their last day is the day before the code's first."""
    repealed = [row for row in bases.values() if row.get("effect_status") == "repealed"]
    assert len(repealed) == 10
    code = bases["中华人民共和国生态环境法典"]
    assert code["in_force_from"] == date(2026, 8, 15)
    assert code["effect_status"] == "in_force"
    for row in repealed:
        assert row["in_force_until"] == date(2026, 8, 14)
        assert row["replaced_by"] == [code["title"]]
    text = sources.articles()[code["title"], "第一千二百四十二条"][0]
    for row in repealed:
        assert f"《{row['title']}》" in text


def test_what_nobody_checked_has_no_status(bases):
    """Facts of laws come from the corpus alone."""
    for row in bases.values():
        if row["kind"] == "law":
            assert row["effect_status"] in {"in_force", "repealed"}
        else:
            assert "effect_status" not in row
            assert "未核实" in row["remarks"]


def test_articles_are_those_that_guides_cite(bases):
    """In their order, with their text."""
    rows = bases["中华人民共和国生态环境法典"]["articles"]
    assert [row["article"] for row in rows][:2] == ["第九十五条", "第九十七条"]
    assert all(row["text"] for row in rows)


def test_synthetic_entries_say_so():
    for row in entries.entries("cancelled_proof"):
        assert "演示" in row["basis"]
    for row in entries.entries("intermediary_service"):
        assert "演示" in row["remarks"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "居住证明（复印件）"}, "已取消的证明"),
        ({"title": "无人知道的检测报告", "source": "30"}, "不在中介服务清单中"),
    ],
)
def test_a_guide_that_asks_for_too_much_is_named(change, said):
    (source,) = sources.guides("sthj")
    values = copy.deepcopy(source.values)
    values["materials"][0].update(change)
    wrong = sources.Source(source.department, source.name, values)
    (line,) = entries.mistakes([wrong])
    assert said in line


def test_a_guide_that_cites_an_unknown_law_is_named():
    (source,) = sources.guides("sthj")
    values = copy.deepcopy(source.values)
    values["legal_basis"].append(
        {"law": "无人知道的办法", "document_number": "甲令第1号"}
    )
    wrong = sources.Source(source.department, source.name, values)
    (line,) = entries.mistakes([wrong])
    assert "不在设定依据库中" in line
