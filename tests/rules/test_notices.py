"""Numbers, overdue days and reminders of supervision notices."""

from datetime import date
from datetime import timedelta
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import notices as rules

import pytest


DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("left", "issued_before", "expected"),
    [
        (10, 20, ""),
        (4, 20, ""),
        (3, 20, "ahead-3"),
        (2, 20, "ahead-3"),
        (1, 20, "ahead-1"),
        (0, 20, "ahead-1"),
        (-1, 20, "overdue-2026-11-02"),
        (-30, 60, "overdue-2026-11-02"),
        # Issued today, or with less time than the reminder is ahead.
        (3, 0, ""),
        (2, 1, ""),
        (1, 1, "ahead-1"),
        (0, 1, ""),
        (-1, 1, "overdue-2026-11-02"),
    ],
)
def test_occasions(left, issued_before, expected):
    """Three days and one day before, then daily."""
    found = rules.occasion(
        DAY - timedelta(days=issued_before), DAY + timedelta(days=left), DAY
    )
    assert found == expected


@given(st.integers(0, 60), st.sets(st.integers(0, 90)))
def test_whatever_days_are_missed(time, looked):
    """Each reminder ahead at most once; behind the day one for each day looked at."""
    due = DAY + timedelta(days=time)
    found = [
        rules.occasion(DAY, due, DAY + timedelta(days=day)) for day in sorted(looked)
    ]
    late = [occasion for occasion in found if occasion.startswith("overdue")]
    assert len(late) == len(set(late)) == sum(day > time for day in looked)
    ahead = dict.fromkeys(o for o in found if o.startswith("ahead"))
    assert list(ahead) == sorted(ahead, reverse=True)
    assert found[:1] != ["ahead-1"] or 0 not in looked


@pytest.mark.parametrize(("days", "expected"), [(-3, 0), (0, 0), (1, 1), (40, 40)])
def test_overdue(days, expected):
    """From the day behind the due date on."""
    assert rules.overdue(DAY, DAY + timedelta(days=days)) == expected


@given(st.integers(1000, 9999), st.integers(1, 999_999))
def test_numbers_are_read(year, number):
    """As they are written, and nothing else."""
    assert rules.read_number(f"督办〔{year}〕{number}号") == (year, number)
    assert rules.read_number(f"督办{number}号") is None or number > 999
    assert rules.read_number("") is None
