"""Legal bases: which entry a citation means, and what is wrong with it on a day."""

from datetime import date
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.bases import articles_in
from zhinan.rules.bases import Basis
from zhinan.rules.bases import citation_keys
from zhinan.rules.bases import law_key
from zhinan.rules.bases import numeral
from zhinan.rules.bases import Register
from zhinan.rules.bases import Standing

import pytest


DAY = date(2026, 9, 1)
CODE = Basis("code", "中华人民共和国生态环境法典", start=date(2026, 8, 15))
OLD = Basis(
    "old",
    "中华人民共和国环境保护法",
    aliases=("环保法",),
    status="repealed",
    end=date(2026, 8, 14),
    replaced_by=("中华人民共和国生态环境法典",),
)


def row(law, article=None, number=None):
    return {"law": law, "article": article, "document_number": number}


def faults(entries, *rows, day=DAY):
    """(id, standing, articles) of everything that is wrong with these citations."""
    register = Register(entries, day)
    return [
        (f.basis.id, f.standing, f.articles)
        for f in register.faults(citation_keys(rows))
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十五", 95),
        ("一百零二", 102),
        ("一百一十", 110),
        ("一千二百四十二", 1242),
        ("两百", 200),
        ("一二三", 123),
    ],
)
def test_numerals(text, number):
    assert numeral(text) == number


@pytest.mark.parametrize("text", ["", "甲", "第十"])
def test_what_is_no_numeral(text):
    with pytest.raises(ValueError, match=text or "^$"):
        numeral(text)


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("第四十二条", ("42",)),
        ("第42条", ("42",)),
        ("第四十二条第一款第（三）项", ("42",)),
        ("第三条、第五条", ("3", "5")),
        ("第三条至第五条", ("3", "4", "5")),
        ("第3-5条", ("3", "4", "5")),
        ("第一百三十三条之一", ("133-1",)),
        ("", ()),
        (None, ()),
        ("附件1", ()),
        ("全文", ()),
    ],
)
def test_articles(text, articles):
    assert articles_in(text) == articles


@pytest.mark.parametrize(
    "name",
    [
        "行政许可法",
        "《中华人民共和国行政许可法》",
        "中华人民共和国 行政许可法",
        "中华人民共和国行政许可法（2019年修正）",
    ],
)
def test_spellings_of_a_law(name):
    assert law_key(name) == "行政许可法"


def test_another_law_is_another_law():
    assert law_key("行政许可法实施办法") != law_key("行政许可法")
    assert law_key("某办法（试行）") != law_key("某办法")
    assert law_key("中华人民共和国") == "中华人民共和国"


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_any_row_has_keys(law, number, article):
    """Whatever stands in a guide, the index takes it."""
    for key in citation_keys([row(law, article, number)]):
        assert key


def test_the_real_case():
    """The code in force since 2026-08-15 repealed the law of 1989."""
    citing = row("环境保护法", "第四十一条")
    assert faults([CODE, OLD], citing) == [("old", Standing.ENDED, ())]
    assert faults([CODE, OLD], citing, day=date(2026, 8, 14)) == []
    assert faults([CODE, OLD], citing, day=date(2026, 8, 15)) != []
    assert Register([OLD], DAY).entries[0].since(DAY) == date(2026, 8, 15)
    # By its other name, too; and mended, nothing is left.
    assert faults([CODE, OLD], row("环保法")) == [("old", Standing.ENDED, ())]
    assert faults([CODE, OLD], row("生态环境法典", "第九十五条")) == []
    # Before its day the code is not yet in force.
    assert faults([CODE], row("生态环境法典"), day=date(2026, 8, 1)) == [
        ("code", Standing.NOT_YET, ())
    ]


@pytest.mark.parametrize(
    ("basis", "standing", "due"),
    [
        (Basis("x", "甲法"), Standing.IN_FORCE, "in_force"),
        (Basis("x", "甲法", status="repealed"), Standing.ENDED, "repealed"),
        (
            Basis("x", "甲法", status="repealed", end=date(2026, 12, 31)),
            Standing.IN_FORCE,
            "repealed",
        ),
        (Basis("x", "甲法", end=date(2026, 8, 31)), Standing.ENDED, "lapsed"),
        (
            Basis("x", "甲法", end=date(2026, 8, 31), replaced_by=("乙法",)),
            Standing.ENDED,
            "repealed",
        ),
        (Basis("x", "甲法", end=date(2026, 9, 1)), Standing.IN_FORCE, "in_force"),
        (
            Basis("x", "甲法", status="not_yet", start=date(2026, 9, 1)),
            Standing.IN_FORCE,
            "in_force",
        ),
        (
            Basis("x", "甲法", status="not_yet", start=date(2026, 9, 2)),
            Standing.NOT_YET,
            "not_yet",
        ),
        (Basis("x", "甲法", start=date(2026, 9, 2)), Standing.NOT_YET, "not_yet"),
        (Basis("x", "甲法", status="not_yet"), Standing.NOT_YET, "not_yet"),
        (Basis("x", "甲法", status="amended"), Standing.CHANGED, "amended"),
        (Basis("x", "甲法", status="partly"), Standing.CHANGED, "partly"),
    ],
)
def test_standing_and_due_status(basis, standing, due):
    """Dates count more than the status that somebody typed."""
    assert basis.standing(DAY) is standing
    assert basis.due_status(DAY) == due


def test_articles_that_are_not_in_force():
    """Only who cites them has something to mend."""
    law = Basis(
        "x", "甲法", articles={"3": "repealed", "5": "amended", "7": "in_force"}
    )
    assert faults([law], row("甲法", "第三条")) == [("x", Standing.ENDED, ("3",))]
    assert faults([law], row("甲法", "第五条")) == [("x", Standing.CHANGED, ("5",))]
    assert faults([law], row("甲法", "第二条至第七条")) == [
        ("x", Standing.ENDED, ("3", "5"))
    ]
    assert faults([law], row("甲法", "第七条")) == []
    assert faults([law], row("甲法")) == []


def test_a_changed_law_concerns_those_who_cite_what_changed():
    """Without a list of articles it concerns everybody."""
    partly = Basis("x", "甲法", status="partly", articles={"3": "repealed"})
    assert faults([partly], row("甲法", "第四条")) == []
    assert faults([partly], row("甲法", "第三条")) == [("x", Standing.ENDED, ("3",))]
    assert faults([partly], row("甲法")) == [("x", Standing.CHANGED, ())]
    unknown = Basis("x", "甲法", status="amended")
    assert faults([unknown], row("甲法", "第四条")) == [("x", Standing.CHANGED, ())]


def test_numbers_tell_editions_apart():
    """Same name, two numbers: the number decides; without one the edition in force."""
    old = Basis("old", "某管理办法", number="甘政发〔2017〕1号", status="repealed")
    new = Basis("new", "某管理办法", number="甘政发〔2023〕6号")
    both = [old, new]
    assert faults(both, row("某管理办法", number="甘政发[2017]1号")) == [
        ("old", Standing.ENDED, ())
    ]
    assert faults(both, row("某管理办法", number="甘政发（2023）6号")) == []
    assert faults(both, row("某管理办法")) == []
    assert faults([old], row("某管理办法")) == [("old", Standing.ENDED, ())]
    assert faults([old], row("某管理办法", number="甘政发〔2020〕9号")) == []
    # An entry without number is meant by its name, unless another has the number.
    bare = Basis("bare", "某管理办法", status="repealed")
    assert faults([bare], row("某管理办法", number="甘政发〔2023〕6号")) == [
        ("bare", Standing.ENDED, ())
    ]
    assert faults([bare, new], row("某管理办法", number="甘政发〔2023〕6号")) == []


def test_decrees_are_cited_by_name():
    """The decree's number changes with every amendment; the regulation does not."""
    entry = Basis(
        "x", "建设工程质量管理条例", number="国务院令第714号", status="repealed"
    )
    assert faults([entry], row("建设工程质量管理条例", number="国务院令第279号")) == [
        ("x", Standing.ENDED, ())
    ]


def test_an_unknown_law_is_no_fault():
    assert faults([CODE, OLD], row("某部尚未登记的法")) == []
    assert Register([CODE], DAY).find("某部尚未登记的法", None) is None
    assert Register([CODE, OLD], DAY).find("《生态环境法典》", "") == CODE


def test_suspects_are_all_that_may_be_wrong():
    """The index is asked for these keys alone."""
    law = Basis("x", "甲法", articles={"3": "repealed"})
    assert set(Register([CODE, OLD, law], DAY).suspects()) >= {
        "环境保护法",
        "环保法",
        "甲法",
    }
    assert "生态环境法典" not in Register([CODE, OLD, law], DAY).suspects()
