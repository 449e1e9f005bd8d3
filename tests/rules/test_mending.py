"""Bulk mending in plain values: found, written, taken back."""

from hypothesis import assume
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import mending as rules
from zhinan.rules.elements import elements
from zhinan.rules.mending import PART
from zhinan.rules.mending import WHOLE
from zhinan.rules.mending import Wish

import pytest


OLD, NEW = "0937-0000101", "0937-0000202"
VALUES = {
    "title": "热线0937-0000101登记",
    "consult_phone": OLD,
    "complaint_phone": "0937-0000999",
    "consultation": "拨打0937-0000101，或者0937-00001015；分机0937-0000101-2。",
    "conditions": ["电话预约：0937-0000101", "年满十八周岁"],
    "implementation_code": OLD,
    "places": [
        {"name": "大厅", "address": "甲路1号", "hours": "9:00-17:00", "phone": OLD},
        {"name": "分厅", "address": "甲路11号", "hours": "9:00-17:00", "phone": None},
    ],
    "visits": 1,
}


def places(wish, values=VALUES):
    """Keys of the places found, with what each becomes."""
    found = rules.find(wish, elements().guide, values)
    return {place.key: place.after for place in found}


def test_a_whole_value_stands_in_fields_of_its_kind():
    """Protects: a telephone as a whole is met in telephone fields alone."""
    assert places(Wish("phone", WHOLE, OLD, NEW)) == {
        "consult_phone.-1.": NEW,
        "places.0.phone": NEW,
    }


def test_a_part_stands_in_texts_too_and_numbers_are_never_cut():
    """Protects: neither a longer number nor one with an extension is touched."""
    found = places(Wish("phone", PART, OLD, NEW))
    assert set(found) == {
        "consult_phone.-1.",
        "consultation.-1.",
        "conditions.0.",
        "places.0.phone",
    }
    assert found["consultation.-1."] == (
        "拨打0937-0000202，或者0937-00001015；分机0937-0000101-2。"
    )


def test_addresses_and_hours():
    """Protects: house number 1 is not found in house number 11."""
    assert places(Wish("address", PART, "甲路1号", "乙路2号")) == {
        "places.0.address": "乙路2号"
    }
    assert places(Wish("address", PART, "1号", "2号")) == {
        "places.0.address": "甲路2号"
    }
    assert set(places(Wish("hours", WHOLE, "9:00-17:00", "8:30-17:30"))) == {
        "places.0.hours",
        "places.1.hours",
    }


def test_any_text_but_codes():
    """Protects: codes are identities, and a title only where texts are asked for."""
    found = places(Wish("text", PART, OLD, NEW))
    assert "title.-1." in found
    assert "implementation_code.-1." not in found


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish("phone", WHOLE, "", NEW), ["mending_old_missing"]),
        (Wish("phone", WHOLE, OLD, ""), ["mending_new_missing"]),
        (Wish("phone", WHOLE, OLD, OLD), ["mending_same"]),
        (Wish("phone", WHOLE, OLD, "电话"), ["mending_phone_unfit"]),
        (Wish("phone", PART, OLD, "12"), ["mending_phone_unfit"]),
        (Wish("url", WHOLE, "https://a.cn", "a.cn"), ["mending_url_unfit"]),
        (Wish("url", PART, "a.cn", "b .cn"), ["mending_url_unfit"]),
        (Wish("url", PART, "a.cn", "b.cn"), []),
        (Wish("text", PART, "甲", "乙"), ["mending_old_short"]),
        (Wish("text", WHOLE, "甲", "乙" * 2001), ["mending_too_long"]),
        (Wish("hours", WHOLE, "9:00", "8:30"), []),
    ],
)
def test_what_is_wrong_with_a_wish(wish, expected):
    """Protects: an unfit value is refused before anything is looked at."""
    assert [problem.id for problem in wish.problems()] == expected


def test_what_changed_meanwhile_is_left():
    """Protects: a place whose text is another now is skipped, a moved row is found."""
    wish = Wish("phone", WHOLE, OLD, NEW)
    found = list(rules.find(wish, elements().guide, VALUES))
    now = {
        **VALUES,
        "consult_phone": "0937-0000777",
        "places": list(reversed(VALUES["places"])),
    }
    made, done, left = rules.apply(now, found)
    assert [place.element for place in left] == ["consult_phone"]
    assert [place.row for place in done] == [1]
    assert made["places"][1]["phone"] == NEW
    # What was given is not written into.
    assert now["places"][1]["phone"] == OLD


_TEXT = st.text(alphabet="甲乙01-ab：, \n", max_size=12)
_SHORT = st.text(alphabet="甲乙01-ab", min_size=2, max_size=4)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": _TEXT,
            "address": _TEXT,
            "window": st.none() | _TEXT,
            "hours": _TEXT,
            "phone": _TEXT,
            "transit": _TEXT,
        }
    ),
    max_size=3,
)
_VALUES = st.fixed_dictionaries(
    {
        "title": _TEXT,
        "consult_phone": _TEXT,
        "consultation": _TEXT,
        "online_url": _TEXT,
        "conditions": st.lists(_TEXT, max_size=3),
        "places": _ROWS,
    }
)


@given(
    _VALUES,
    st.sampled_from(rules.KINDS),
    st.sampled_from(rules.MATCHES),
    _SHORT,
    _SHORT,
)
@example(
    {
        **dict.fromkeys(["title", "consult_phone", "online_url"], ""),
        "consultation": "甲甲",
        "conditions": ["甲甲"],
        "places": [],
    },
    "text",
    PART,
    "甲甲",
    "甲",
)
def test_replacing_and_replacing_back_gives_the_same(values, kind, match, old, new):
    """Protects: the way back leads to exactly what was there."""
    assume(old != new)
    wish = Wish(kind, match, old, new)
    found = list(rules.find(wish, elements().guide, values))
    made, done, left = rules.apply(values, found)
    assert not left and len(done) == len(found)
    assert bool(made) == bool(found)
    now = {**values, **made}
    back, undone, stuck = rules.apply(now, [rules.turned(one) for one in done])
    assert not stuck and len(undone) == len(done)
    assert {**now, **back} == values


@given(_TEXT, _SHORT, _SHORT, st.sampled_from(rules.KINDS))
def test_nothing_of_the_old_value_is_left(text, old, new, kind):
    """Protects: every occurrence in a text is changed at once."""
    assume(old not in new and new not in old and not set(new) & set(old))
    made = rules.mended(Wish(kind, PART, old, new), text)
    if made is not None:
        assert new in made
        again = rules.mended(Wish(kind, PART, old, new), made)
        assert again is None
