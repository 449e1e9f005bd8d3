"""What is compared when somebody saves: no site, only values."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.forms.newer import comparable
from zhinan.forms.newer import newer
from zhinan.forms.newer import read_state
from zhinan.forms.newer import Row
from zhinan.forms.newer import State

import datetime
import pytest


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3))


@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
def test_a_state_comes_back_as_it_went(values, asked):
    """Through the hidden field of a form."""
    state = State(values, asked)
    assert read_state(state.text()) == state


@pytest.mark.parametrize(
    "text", [None, "", "x", "eJw=", "!!", 7, ["a"], State({"a": 1}).text()[:-8]]
)
def test_what_is_no_state(text):
    """Nothing is compared then, and nothing fails."""
    assert read_state(text) is None


def test_a_bomb_is_no_state():
    """Protects: a few bytes must not become gigabytes."""
    assert read_state(State({"a": "x" * (5 << 20)}).text()) is None


@given(FIELDS, FIELDS, FIELDS)
def test_every_pair_of_saves(base, now, mine):
    """What the other one changed is shown, and asked if it was changed here, too."""
    mine = {name: mine.get(name) for name in "abcd"}
    rows = {row.name: row for row in newer(State(base), now, mine, {})}
    for name in "abcd":
        before, there, here = base.get(name), now.get(name), mine[name]
        if there != before and there != here:
            assert rows[name] == Row(name, before, there, here, here != before)
        else:
            assert name not in rows


def test_a_choice():
    """Without one it is asked again; afterwards nothing is left."""
    state = State({"a": 2}, {"a": 1})
    assert newer(state, {"a": 2}, {"a": 3}, {}) == [Row("a", 1, 2, 3, True)]
    for choice in ("mine", "theirs"):
        assert newer(state, {"a": 2}, {"a": 3}, {"a": choice}) == []
    # A third save in the meantime.
    assert newer(state, {"a": 4}, {"a": 3}, {"a": "mine"}) == [Row("a", 2, 4, 3, True)]
    assert newer(state, {"a": 4}, {"a": 3}, {"a": "theirs"}) == [
        Row("a", 2, 4, 2, False)
    ]


def test_equal_values_are_equal():
    """Line ends, empty rows and kinds of lists are no change."""
    assert comparable("a\r\nb") == comparable("a\nb")
    assert comparable([]) is comparable("") is comparable({"a": None}) is None
    assert comparable([{"a": "", "b": 1}]) == [{"b": 1}]
    assert comparable({"b", "a"}) == ["a", "b"]
    assert comparable(datetime.date(2026, 1, 2)) == "2026-01-02"
    assert comparable(False) is False and comparable(0) == 0
