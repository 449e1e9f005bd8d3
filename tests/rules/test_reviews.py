"""How reviews stand, and when somebody is reminded."""

from datetime import date
from datetime import timedelta
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import reviews as rules

import pytest


DAY = date(2026, 11, 4)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("left", "standing", "occasion"),
    [
        (31, "later", ""),
        (30, "soon", "soon-2026-12-04"),
        (0, "soon", "soon-2026-11-04"),
        (-1, "overdue", "overdue-2026-W45"),
        (-400, "overdue", "overdue-2026-W45"),
    ],
)
def test_standing_and_occasion(left, standing, occasion):
    """Protects: the last day is not overdue; what is far off reminds nobody."""
    due = DAY + timedelta(days=left)
    assert rules.standing(due, DAY, 30) == standing
    assert rules.occasion(due, DAY, 30) == occasion


@given(DAYS, st.integers(0, 60), st.integers(1, 200))
def test_once_when_soon_and_once_a_week_when_overdue(due, ahead, over):
    """Protects: nobody is reminded twice in a week, and no week is left out."""
    days = [due + timedelta(days=n) for n in range(-ahead, over)]
    told = list(
        dict.fromkeys(filter(None, (rules.occasion(due, d, ahead) for d in days)))
    )
    weeks = {d.isocalendar()[:2] for d in days if d > due}
    assert len(told) == 1 + len(weeks)


@given(st.uuids(), DAYS, DAYS)
def test_the_first_review_is_never_overdue(uid, due, today):
    """Protects: a site that gets reviews begins without a thousand overdue ones."""
    first = rules.first_review(uid.hex, due, today)
    assert first > today
    assert first == due or (due <= today and (first - today).days <= 90)
