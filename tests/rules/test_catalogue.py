"""The catalogue against the guides, in tables and with Hypothesis."""

from dataclasses import replace
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import catalogue
from zhinan.rules.catalogue import Matter

import pytest


ENTRY = Matter(
    uid="e",
    title="商品房预售许可",
    code="620103004000",
    department="zjj",
    matter_type="01",
    statutory=(10, "day"),
    promised=(5, "workday"),
)
GUIDE = replace(ENTRY, uid="g")
PARENT = replace(ENTRY, uid="p", code="62010300500Y", title="施工许可")
SUB = replace(ENTRY, uid="s", code="620103005001", parent_code=PARENT.code)


def kinds(entries, guides, authorised=None):
    """The kinds found, in order."""
    return [f.kind for f in catalogue.check(entries, guides, authorised)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"title": "商品房 预售许可"}, []),
        ({"title": "商品房预售"}, ["name"]),
        ({"department": "zrzy"}, ["department"]),
        ({"matter_type": "10"}, ["matter_type"]),
        ({"statutory": (10, "workday")}, ["statutory"]),
        ({"promised": (4, "workday")}, ["promised"]),
        ({"promised": None}, ["promised"]),
        ({"code": "620103009000"}, ["code"]),
        ({"code": "620103009000", "title": "别的事项"}, ["no_guide", "no_entry"]),
        ({"code": "", "title": "商品房预售许可"}, ["code"]),
    ],
)
def test_differences(change, expected):
    """What differs is told once, by its own name."""
    assert kinds([ENTRY], [replace(GUIDE, **change)]) == expected


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ((0, "workday"), (0, "day"), True),
        ((1, "year"), (12, "month"), True),
        ((1, "workday"), (1, "day"), False),
        ((7, "day"), (7, "day"), True),
        (None, None, True),
        (None, (1, "day"), False),
    ],
)
def test_limits(one, two, same):
    """Units count, except where they say the same."""
    assert catalogue.same_limit(one, two) is same


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("住所（经营场所）登记", "住所(经营场所)登记", True),
        ("ＡＢ许可", "AB 许可", True),
        ("工程〔消防〕审查", "工程[消防]审查", True),
        ("登记", "变更登记", False),
    ],
)
def test_names(one, two, same):
    """Width, brackets and spaces are no difference."""
    assert catalogue.same_name(one, two) is same


def test_the_parent_of_sub_items_needs_no_guide():
    """Its sub-items do; a guide of the parent is told."""
    assert kinds([PARENT, SUB], [replace(SUB, uid="g", parent_code="")]) == []
    assert kinds([PARENT, SUB], []) == ["no_guide"]
    assert kinds([PARENT, SUB], [PARENT]) == ["no_guide", "guide_of_parent"]
    assert kinds([SUB], [SUB]) == ["orphan"]


def test_several_guides_and_doubled_entries():
    """Each of several guides is told; the second of two entries, too."""
    two = [GUIDE, replace(GUIDE, uid="h")]
    assert kinds([ENTRY], two) == ["several_guides", "several_guides"]
    assert kinds([ENTRY, replace(ENTRY, uid="d")], [GUIDE]) == ["doubled_entry"]


def test_one_matter_of_two_departments():
    """Each department's entry has its own department's guide."""
    other = replace(ENTRY, uid="o", department="zrzy")
    both = [GUIDE, replace(GUIDE, uid="h", department="zrzy")]
    assert kinds([ENTRY, other], both) == []
    assert kinds([ENTRY, other], [GUIDE]) == ["no_guide"]


def test_authorisation():
    """Only entries handled by a window need one, and only where it is asked for."""
    entrusted = replace(ENTRY, entrusted=True)
    assert kinds([entrusted], [GUIDE], lambda entry: False) == ["not_authorised"]
    assert kinds([entrusted], [GUIDE], lambda entry: True) == []
    assert kinds([entrusted], [GUIDE]) == []
    assert kinds([ENTRY], [GUIDE], lambda entry: False) == []


@pytest.mark.parametrize(
    ("code", "parent", "problem"),
    [
        ("620103005001", "62010300500Y", ""),
        ("620103005001", "62010300600Y", "parent_other"),
        ("620103005001", "620103005000", "parent_other"),
        ("62010300500Y", "62010300500Y", "parent_is_itself"),
        ("620103005001", "", ""),
    ],
)
def test_the_code_of_a_parent(code, parent, problem):
    """The same first nine places, and 00Y."""
    assert catalogue.parent_problem(code, parent) == problem


matter = st.builds(
    Matter,
    uid=st.uuids().map(str),
    title=st.sampled_from("甲乙丙丁"),
    code=st.sampled_from(["620103001000", "620103002000", "620103003000"]),
    department=st.sampled_from(["fgw", "zjj"]),
)


@given(st.lists(matter, max_size=6), st.lists(matter, max_size=6))
def test_every_matter_has_its_place(entries, guides):
    """A guide has an entry or is told; an entry has a guide or is told."""
    found = catalogue.check(entries, guides)
    lonely = [f.guide.uid for f in found if f.kind == "no_entry"]
    assert len(set(lonely)) == len(lonely) <= len(guides)
    told = {f.entry.uid for f in found if f.kind in ("no_guide", "doubled_entry")}
    pairs, rest = catalogue._match(entries, guides)
    assert {g.uid for g in rest} == set(lonely)
    assert len(pairs) + len(rest) == len(guides)
    paired = {entry.uid for entry, _guide in pairs}
    assert {e.uid for e in entries} == told | paired


@given(st.lists(matter, max_size=6, unique_by=lambda m: (m.code, m.department)))
def test_the_same_on_both_sides_is_no_finding(entries):
    """Nothing is told of nothing."""
    assert (
        catalogue.check(entries, [replace(e, uid=f"g{e.uid}") for e in entries]) == []
    )
