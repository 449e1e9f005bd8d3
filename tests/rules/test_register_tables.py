"""Tables of the registers, and the numbers by which legal bases are cited."""

from datetime import date
from zhinan.rules.documents import normalise_basis_number
from zhinan.rules.registers import entry_key
from zhinan.rules.registers import entry_problems
from zhinan.rules.registers import plain
from zhinan.rules.registers import registers

import pytest


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("甘政办发[2019]10号", "甘政办发〔2019〕10号"),
        ("国发（2018）第022号", "国发〔2018〕22号"),
        ("国务院令第656号", "国务院令第656号"),
        ("国务院令 第0656号", "国务院令第656号"),
        ("中华人民共和国主席令第七十号", "中华人民共和国主席令第七十号"),
        ("水利部令第53号", "水利部令第53号"),
        ("财政部公告2023年第12号", "财政部公告〔2023〕12号"),
        ("GB/T36114-2018", "GB/T 36114-2018"),
        ("gb/t 36114—2018", "GB/T 36114-2018"),
        ("DB63/T 1755-2019", "DB63/T 1755-2019"),
        ("GB 32100-2015", "GB 32100-2015"),
        ("ＧＢ／Ｔ ３９０４６－２０２０", "GB/T 39046-2020"),
    ],
)
def test_numbers(text, normal):
    assert normalise_basis_number(text) == normal
    assert normalise_basis_number(normal) == normal


@pytest.mark.parametrize(
    "text", ["", "无", "十号", "第10号", "〔2019〕10号", "GB/T", "甘政办发〔2019〕号"]
)
def test_what_is_no_number(text):
    assert normalise_basis_number(text) is None


def test_every_register_says_how_it_is_shown():
    """Columns begin with the title; filters are codes or departments."""
    for register in registers().values():
        assert register.columns[0] == "title"
        assert register.summary
        for name in register.filters:
            element = register.element(name)
            assert element.kind in {"choice", "department"}, (register.name, name)
        with pytest.raises(KeyError):
            register.element("nothing")


def test_the_key_of_an_entry():
    """Width, case, blanks and spellings of a number do not count."""
    first = {"title": "某办法", "document_number": "甘政发[2019]010号"}
    second = {"title": " 某办法　", "document_number": "甘政发〔2019〕10号"}
    assert entry_key("legal_basis", first) == entry_key("legal_basis", second)
    assert entry_key("legal_basis", first) != entry_key(
        "legal_basis", {"title": "某办法"}
    )
    assert entry_key("legal_basis", {}) != entry_key("cancelled_proof", {})


def test_an_empty_entry_has_no_problem():
    """What is required is the form's question."""
    for name in registers():
        assert entry_problems(name, {}) == []


def test_values_as_json():
    """Dates are texts, rows lose their long texts, files are left out."""
    register = registers()["legal_basis"]
    rows = [{"article": "第一条", "text": "长文", "status": None}]
    assert plain(register.element("articles"), rows) == [
        {"article": "第一条", "status": None}
    ]
    assert plain(register.element("in_force_from"), date(2026, 1, 2)) == "2026-01-02"
    assert plain(register.element("aliases"), ("甲",)) == ["甲"]
    assert plain(registers()["authorisation"].element("paper"), object()) is None
