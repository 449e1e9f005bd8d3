"""The rule of waits after wrong sign-ins."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.lockout import current
from zhinan.rules.lockout import failed
from zhinan.rules.lockout import FRESH
from zhinan.rules.lockout import neighbourhood
from zhinan.rules.lockout import Pace
from zhinan.rules.lockout import seconds_left
from zhinan.rules.lockout import Tally

import pytest


PACE = Pace(free=2, first=1, longest=60, lock_after=10, lock=900, forget=3600)


def test_the_waits_grow_then_lock_then_open():
    """1, 2, 4 … seconds after the free ones, a lock at the tenth, fresh afterwards."""
    tally, now, waits = FRESH, 1_000_000.0, []
    for _i in range(10):
        tally = failed(tally, now, PACE)
        waits.append(seconds_left(tally, now, PACE))
        now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 900]
    assert tally.locked
    assert seconds_left(tally, now - 1, PACE) == 1
    assert current(tally, now, PACE) == FRESH


def test_old_failures_are_forgotten():
    """A mistyped password of yesterday costs nothing today."""
    tally = Tally(9, 100.0, 160.0)
    assert failed(tally, 100.0 + 3601, PACE) == Tally(1, 3701.0)


def test_a_clock_that_was_set_back_locks_nobody_for_days():
    """The wait is at most what the rule says."""
    assert seconds_left(Tally(3, 0, 10_000_000), 0, PACE) == 60
    assert seconds_left(Tally(10, 0, 10_000_000, True), 0, PACE) == 900


def test_without_a_lock_only_the_wait_grows():
    """``lock_after`` 0: for addresses that many share."""
    tally = FRESH
    for _i in range(200):
        tally = failed(tally, 5.0, Pace(lock_after=0))
    assert not tally.locked
    assert seconds_left(tally, 5.0, Pace(lock_after=0)) == 60


@given(
    st.lists(st.floats(min_value=0, max_value=5000, allow_nan=False), max_size=40),
    st.integers(0, 5),
    st.integers(0, 12),
)
def test_invariants(pauses, free, lock_after):
    """Waits are never negative, never longer than the rule, and end."""
    pace = Pace(free=free, lock_after=lock_after)
    now, tally = 1000.0, FRESH
    for pause in pauses:
        now += pause
        before = current(tally, now, pace)
        tally = failed(tally, now, pace)
        assert tally.failures == before.failures + 1
        left = seconds_left(tally, now, pace)
        assert 0 <= left <= max(pace.lock, pace.longest)
        if tally.failures > free:
            assert left > 0
        assert seconds_left(tally, now + left, pace) == 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_neighbourhood(address, expected):
    """IPv6 is counted by its network."""
    assert neighbourhood(address) == expected
