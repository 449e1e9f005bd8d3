"""The canonical form: equal content, equal text; different content, different text."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.rules.canonical import Difference
from zhinan.rules.canonical import differences
from zhinan.rules.canonical import plain

import datetime
import json
import pytest


KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.dates()
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)


@given(OBJECTS)
def test_it_is_json_that_reads_back_as_itself(value):
    """What was read back has the same text: a receiver can check the checksum."""
    text = canonical(value)
    again = json.loads(text)
    assert canonical(again) == text
    assert again == plain(value)


@given(OBJECTS, st.randoms())
def test_order_of_keys_makes_no_difference(value, random):
    """Neither at the top nor further down."""

    def shuffled(item):
        if isinstance(item, dict):
            rows = [(key, shuffled(part)) for key, part in item.items()]
            random.shuffle(rows)
            return dict(rows)
        return [shuffled(part) for part in item] if isinstance(item, list) else item

    assert canonical(shuffled(value)) == canonical(value)


@given(OBJECTS, KEYS, st.sampled_from([None, "", [], {}, [None, ""], {"a": None}]))
def test_an_empty_element_says_nothing(value, name, empty):
    """Whether an element is there and empty, or not there."""
    value.pop(name, None)
    assert canonical({**value, name: empty}) == canonical(value)


@given(st.text())
def test_line_ends_are_single(text):
    """A browser sends two characters where the content has one."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    assert canonical(unix) == canonical(unix.replace("\n", "\r\n"))


@given(st.lists(st.integers(), unique=True, min_size=2), st.randoms())
def test_order_of_a_list_is_content(items, random):
    """Steps and materials have an order that people read."""
    other = items[:]
    random.shuffle(other)
    assert (canonical(items) == canonical(other)) == (items == other)


@given(OBJECTS, OBJECTS)
def test_different_content_has_a_different_checksum(one, two):
    """And equal content an equal one."""
    same = plain(one) == plain(two) and canonical(one) == canonical(two)
    assert (checksum(canonical(one)) == checksum(canonical(two))) == same


def test_text_bytes_and_dates():
    """The very text, so that nobody changes it without noticing."""
    value = {"z": "县\n“局”", "a": datetime.date(2026, 9, 1), "n": 0, "no": False}
    expected = '{"a":"2026-09-01","n":0,"no":false,"z":"县\\n“局”"}'
    assert canonical(value) == expected.encode()
    assert canonical({"a": "\ud800"}) == canonical({"a": "\ufffd"})


@pytest.mark.parametrize("value", [1.5, {1, 2}, b"x", object(), {1: "x"}, {"县": 1}])
def test_what_has_no_one_text_is_refused(value):
    """Rather than a checksum that changes from process to process."""
    with pytest.raises(TypeError):
        canonical(value)


# -------------------------------------------------------------------- differences

ELEMENTS = st.dictionaries(KEYS, st.text(min_size=1, max_size=3), max_size=4)
MATERIALS = st.lists(
    st.builds(
        lambda key, elements, form: {
            "id": key,
            "elements": elements,
            "forms": [form] if form else [],
        },
        KEYS,
        ELEMENTS,
        st.text(max_size=2),
    ),
    unique_by=lambda row: row["id"],
    max_size=4,
)
CONTENTS = st.builds(
    lambda elements, materials: plain({"elements": elements, "materials": materials}),
    ELEMENTS,
    MATERIALS,
)


@given(CONTENTS, CONTENTS)
def test_there_is_a_difference_exactly_where_the_contents_differ(old, new):
    """No change is hidden, none is made up, and each is named once."""
    found = differences(old, new)
    assert bool(found) == (old != new)
    named = [(row.kind, row.name) for row in found]
    assert len(set(named)) == len(named)
    for row in found:
        assert row.kind != "altered" or row.parts


def test_differences_in_names():
    """An element, a material more, one less, a form renewed, another order."""
    one = {"id": "a", "elements": {"title": "申请表"}, "forms": [{"id": "v1"}]}
    two = {"id": "b", "elements": {"title": "身份证"}}
    three = {"id": "c", "elements": {"title": "证明"}}
    old = {"elements": {"visits": 1, "online": True}, "materials": [one, two, three]}
    new = {
        "elements": {"visits": 0, "online": True},
        "materials": [two, {**one, "forms": [{"id": "v2"}]}, {**three, "id": "d"}],
    }
    assert differences(old, new) == [
        Difference("element", "visits"),
        Difference("altered", "a", "申请表", ("forms",)),
        Difference("added", "d", "证明"),
        Difference("removed", "c", "证明"),
        Difference("reordered"),
    ]
