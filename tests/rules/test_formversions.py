"""Which version of a form is in force on a day."""

from datetime import date
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.formversions import covers
from zhinan.rules.formversions import in_force
from zhinan.rules.formversions import Period

import pytest


OLD = Period("2024.1", date(2024, 3, 1), date(2026, 8, 31))
NEW = Period("2026.1", date(2026, 9, 1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 29), None),
        (date(2024, 3, 1), 0),
        (date(2026, 8, 31), 0),
        (date(2026, 9, 1), 1),
        (date(2040, 1, 1), 1),
    ],
)
def test_both_ends_belong_to_the_period(day, expected):
    """The last day of one version is the day before the first of the next."""
    assert in_force([OLD, NEW], day) == expected


def test_a_version_for_the_future_does_not_hide_the_present_one():
    """What is uploaded ahead of its day waits."""
    future = Period("2027.1", date(2027, 1, 1))
    assert in_force([NEW, future], date(2026, 12, 31)) == 0


days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
periods = st.lists(
    st.builds(Period, st.text(), st.none() | days, st.none() | days), max_size=8
)


@given(periods, days)
def test_the_chosen_one_covers_the_day_and_started_last(found, day):
    """None only if no period covers the day."""
    index = in_force(found, day)
    covering = [p for p in found if covers(p, day)]
    if index is None:
        assert not covering
    else:
        assert found[index] in covering
        start = found[index].start or date.min
        assert start == max(p.start or date.min for p in covering)
