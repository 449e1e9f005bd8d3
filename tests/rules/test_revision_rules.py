"""Kinds of change, numbers of revisions, pauses."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import revisions
from zhinan.rules.revisions import kinds
from zhinan.rules.revisions import Seen
from zhinan.rules.revisions import Step
from zhinan.rules.revisions import step_at

import pytest


HERE = Seen(True, "a", "guides/x")
OFF = Seen(False, "a", "guides/x")
DELETED = Seen(False, "a", "guides/x", deleted=True)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, None, []),
        (None, Seen(False), []),
        (None, HERE, ["published"]),
        (HERE, HERE, []),
        (HERE, Seen(True, "b", "guides/x"), ["changed"]),
        (HERE, Seen(True, "a", "guides/y"), ["moved"]),
        (HERE, Seen(True, "b", "guides/y"), ["moved", "changed"]),
        (HERE, Seen(False), ["withdrawn"]),
        (HERE, None, ["deleted"]),
        (OFF, Seen(False), []),
        (OFF, HERE, ["published"]),
        (OFF, None, ["deleted"]),
        (DELETED, None, []),
        (DELETED, Seen(False), []),
        (DELETED, HERE, ["published"]),
    ],
)
def test_kinds_of_change(before, now, expected):
    """Every pair of what was known and what is there."""
    assert kinds(before, now) == expected


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_the_number_goes_up_with_the_checksum_and_only_then(hashes):
    """From 1, by one at most."""
    number, before = 0, ""
    for one in hashes:
        after = revisions.next_revision(number, before, one)
        assert after == number + (before != one)
        number, before = after, one
    assert number >= 1


def test_what_somebody_knows_at_a_sequence():
    """The last step that is not behind it."""
    steps = (Step(3, "published", 1, "a"), Step(7, "changed", 2, "b"))
    assert step_at(steps, 2) is None
    assert step_at(steps, 3) == step_at(steps, 6) == steps[0]
    assert step_at(steps, 7) == step_at(steps, 700) == steps[1]


@given(st.integers(0, 10_000))
def test_pauses_grow_and_end(failures):
    """Never shorter than before, six hours at most."""
    assert revisions.pause(failures) <= revisions.pause(failures + 1)
    assert revisions.pause(failures) <= revisions.LONGEST_PAUSE
    assert bool(revisions.pause(failures)) == bool(failures)
