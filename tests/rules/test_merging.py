"""Merging of two states that grew out of one."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from zhinan.rules import merging
from zhinan.rules.merging import merge
from zhinan.rules.merging import Node
from zhinan.rules.merging import ORDER
from zhinan.rules.merging import WHOLE

import pytest


NAMES = ("title", "fees", "address")
IDS = ("m1", "m2", "m3", "m4", "m5")


def unit(root, *parts):
    """A unit of a guide and its materials."""
    found = {(): Node("guide", root, tuple(key for key, _values in parts))}
    found.update({(key,): Node("material", values) for key, values in parts})
    return found


def done(theirs, mine, merged):
    """What ``theirs`` is when that has been done."""
    found = dict(theirs)
    for path in merged.removed:
        for key in merging.subtree(found, path):
            del found[key]
    for path in merged.added:
        found.update(merging.subtree(mine, path))
    for path, names in merged.values.items():
        values = dict(found[path].values)
        for name in names:
            if name in mine[path].values:
                values[name] = mine[path].values[name]
            else:
                values.pop(name, None)
        found[path] = Node(found[path].type, values, found[path].children)
    root = found[()]
    kids = [kid for kid in root.children if (kid,) in found]
    kids += [path[0] for path in merged.added if path[0] not in kids]
    found[()] = Node(root.type, root.values, merged.order.get((), tuple(kids)))
    return found


BASE = unit({"title": "a", "fees": 1}, ("m1", {"title": "x"}), ("m2", {"title": "y"}))


def test_one_side_alone():
    """What only one side changed is what that side made of it."""
    other = unit({"title": "b"}, ("m2", {"title": "z"}), ("m3", {"title": "new"}))
    forth = merge(BASE, BASE, other)
    assert not forth.conflicts
    assert forth.removed == (("m1",),) and forth.added == (("m3",),)
    assert done(BASE, other, forth) == other
    assert not merge(BASE, other, BASE)
    assert not merge(BASE, other, other)


def test_both_changed_one_element():
    """That is a conflict until it is decided, and each choice is what it says."""
    mine, theirs = (
        unit({"title": t, "fees": 1}, ("m1", {"title": "x"}), ("m2", {"title": "y"}))
        for t in ("mine", "theirs")
    )
    found = merge(BASE, theirs, mine)
    assert [row.key for row in found.conflicts] == ["#title"]
    assert not found.values
    for choice, wanted in (("mine", mine), ("theirs", theirs)):
        decided = merge(BASE, theirs, mine, {"#title": choice})
        assert not decided.conflicts
        assert done(theirs, mine, decided) == wanted
    assert merge(BASE, theirs, mine, {"#title": "both"}).conflicts


def test_taken_away_here_and_changed_there():
    """A part that the other side has worked on does not go without a question."""
    less = unit({"title": "a", "fees": 1}, ("m2", {"title": "y"}))
    more = unit(
        {"title": "a", "fees": 1}, ("m1", {"title": "longer"}), ("m2", {"title": "y"})
    )
    for theirs, mine in ((more, less), (less, more)):
        found = merge(BASE, theirs, mine)
        assert [(row.path, row.name) for row in found.conflicts] == [(("m1",), WHOLE)]
        assert done(theirs, mine, found) == theirs
        for choice, wanted in (("mine", mine), ("theirs", theirs)):
            decided = merge(BASE, theirs, mine, {"m1#*whole": choice})
            assert not decided.conflicts
            assert done(theirs, mine, decided) == wanted


def test_order():
    """Taken over from who changed it; asked when both did; new ones find their place."""
    parts = [(key, {}) for key in IDS[:3]]
    base = unit({}, *parts)
    turned = unit({}, *reversed(parts))
    third = unit({}, parts[1], parts[0], parts[2])
    assert merge(base, base, turned).order == {(): ("m3", "m2", "m1")}
    assert not merge(base, turned, base)
    assert [row.name for row in merge(base, third, turned).conflicts] == [ORDER]
    more = unit({}, parts[0], ("m9", {}), *parts[1:])
    assert merge(base, turned, more).order == {(): ("m3", "m2", "m1", "m9")}
    assert merge(base, base, more).order == {(): ("m1", "m9", "m2", "m3")}


VALUES = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3))


@st.composite
def units(draw):
    """Any unit."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    return unit(draw(VALUES), *((key, draw(VALUES)) for key in ids))


@settings(max_examples=200, deadline=None)
@given(units(), units(), units())
def test_nothing_is_lost_unasked(base, theirs, mine):
    """Any three states: decided one way, the result has every change of that side."""
    found = merge(base, theirs, mine)
    keys = [row.key for row in found.conflicts]
    assert len(set(keys)) == len(keys)
    for choice, side, other in (("mine", mine, theirs), ("theirs", theirs, mine)):
        result = done(theirs, mine, _all_decided(base, theirs, mine, choice))
        for path, node in side.items():
            if path not in base and path not in other:
                assert path in result
            for name in NAMES:
                value = node.values.get(name)
                if path in base and value != base[path].values.get(name):
                    assert result[path].values.get(name) == value
    # Whoever takes a state into itself changes nothing.
    assert not merge(base, mine, mine)


def _all_decided(base, theirs, mine, choice):
    choices = {}
    while (found := merge(base, theirs, mine, choices)).conflicts:
        choices.update({row.key: choice for row in found.conflicts})
    return found


@settings(max_examples=200, deadline=None)
@given(
    units(),
    st.dictionaries(st.sampled_from(NAMES), st.integers(4, 9)),
    st.dictionaries(st.sampled_from(NAMES), st.integers(10, 19)),
)
def test_different_elements_merge_to_both_and_the_same_ones_are_asked(base, one, two):
    """Protects: two people at work on one guide."""
    root = base[()]

    def edited(values):
        return {**base, (): Node("guide", {**root.values, **values}, root.children)}

    found = merge(base, edited(one), edited(two))
    assert {row.name for row in found.conflicts} == set(one) & set(two)
    result = done(edited(one), edited(two), found)
    for name in NAMES:
        wanted = one.get(name, two.get(name, root.values.get(name)))
        assert result[()].values.get(name) == wanted


@pytest.mark.parametrize("same", [True, False])
def test_both_brought_a_part_of_one_name(same):
    """Equal ones are one; different ones are asked element by element."""
    theirs = unit({}, ("m1", {"title": "x", "fees": 1}))
    mine = unit({}, ("m1", {"title": "x", "fees": 1 if same else 2}))
    found = merge(unit({}), theirs, mine)
    assert [row.key for row in found.conflicts] == ([] if same else ["m1#fees"])
