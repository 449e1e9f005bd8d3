"""The clock against a naive walk over the days of another package."""

from .naive import FIRST
from .naive import LAST
from .naive import Walk
from collections import Counter
from datetime import timedelta
from zhinan.rules import calendar
from zhinan.rules import clock

import pytest
import random


CASES = 100_000
MOST = {"workday": 90, "day": 180, "month": 12, "year": 2}


@pytest.fixture(scope="module")
def walk():
    return Walk()


def cases(seed):
    """Facts without end: acceptance, limit, and up to three pauses, in any order."""
    rng = random.Random(seed)
    days = (LAST - FIRST).days
    while True:
        accepted = FIRST + timedelta(rng.randint(0, days))
        unit = rng.choices(list(MOST), (6, 2, 1, 1))[0]
        amount = rng.choice((rng.randint(0, 20), rng.randint(0, MOST[unit])))
        pauses = []
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
            first = accepted + timedelta(rng.randint(0, 60))
            pauses.append((first, first + timedelta(rng.choice((0, 1, 6, 13, 40)))))
        yield accepted, min(amount, MOST[unit]), unit, pauses


def test_a_hundred_thousand_cases(walk):
    """2004 to 2026, pauses included, in all units."""
    ours, seen = calendar.seeded(), Counter()
    for accepted, amount, unit, pauses in cases("deadline"):
        expected = walk.due(accepted, amount, unit, pauses)
        if expected is None:
            # It ends after the last year that the other package knows.
            seen["later"] += 1
            continue
        found = clock.due_date(
            ours,
            accepted,
            amount,
            clock.Unit(unit),
            [clock.Pause(a, b, clock.Cause.HEARING) for a, b in pauses],
        )
        assert found == expected, (accepted, amount, unit, pauses)
        seen[unit] += 1
        seen["paused"] += bool(pauses)
        if seen.total() - seen["later"] - seen["paused"] == CASES:
            break
    assert seen["paused"] > CASES // 2
    assert min(seen[unit] for unit in MOST) > 5000
    assert seen["later"] < CASES // 10


def test_days_used_and_explained(walk):
    """Every day is told once, and as the walk sees it."""
    ours, looked = calendar.seeded(), 0
    for accepted, amount, unit, pauses in cases("explained"):
        if unit != "workday" or not amount:
            continue
        expected = walk.due(accepted, amount, unit, pauses)
        if expected is None:
            continue
        facts = clock.Clock(
            accepted,
            clock.Limit(amount),
            pauses=tuple(clock.Pause(a, b, clock.Cause.HEARING) for a, b in pauses),
        )
        said = clock.explain(ours, facts)
        told = {}
        for step in said.steps[1:]:
            number = step.numbers[0]
            for offset in range((step.last - step.first).days + 1):
                day = step.first + timedelta(offset)
                assert day not in told
                told[day] = number + offset if step.counted else step.code
        number, used, paused = 0, 0, 0
        at = accepted + timedelta(looked % 40)
        for offset in range(1, (expected - accepted).days + 1):
            day = accepted + timedelta(offset)
            stopped = any(a <= day <= b for a, b in pauses)
            works = walk.works[(day - FIRST).days]
            counted = works and not stopped
            number += counted
            if day <= at:
                used += counted
                paused += works and stopped
            expect = number if counted else "paused" if stopped else told[day]
            assert told[day] == expect
            assert counted or stopped or expect in ("weekend", "festival", "arranged")
        assert (number, len(told)) == (amount, (expected - accepted).days)
        stands = clock.standing(ours, facts, at)
        assert (stands.used, stands.paused) == (used, paused)
        assert (stands.total, stands.remaining) == (amount, amount - used)
        looked += 1
        if looked == 2000:
            break
