"""Which backups stay."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.retention import kept
from zhinan.rules.retention import NoRule
from zhinan.rules.retention import parse
from zhinan.rules.retention import Rule

import datetime
import pytest


CITY = datetime.timezone(datetime.timedelta(hours=8))
START = datetime.datetime(2026, 1, 1, 3, tzinfo=CITY)


def days(*numbers):
    """Moments so many days behind the start."""
    return [START + datetime.timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ["numbers", "rule", "stay"],
    [
        # nothing there, one there
        ([], "7,4,12", []),
        ([5], "7,4,12", [5]),
        # two of one day: the later one
        ([3, 3.25], "1,0,0", [3.25]),
        # the newest stays even where no day, week or month counts it
        ([1, 2], "0,0,1", [2]),
        # days without a backup do not count
        ([1, 2, 30, 31], "3,0,0", [2, 30, 31]),
        # 1 January 2026 is a Thursday: weeks end with days 3, 10 and 17
        (range(18), "0,3,0", [3, 10, 17]),
        # months end with days 30 and 58
        (range(70), "0,0,3", [30, 58, 69]),
        (range(70), "2,0,2", [58, 68, 69]),
    ],
)
def test_rule(numbers, rule, stay):
    """A table of moments and of those that stay."""
    assert kept(days(*numbers), parse(rule)) == set(days(*stay))


def test_a_year_of_days():
    """The default keeps a week of days, a month of weeks and a year of months."""
    stay = kept(days(*range(400)), Rule())
    assert len(stay) <= 7 + 4 + 12
    assert {moment.month for moment in stay} == set(range(1, 13))


@pytest.mark.parametrize("text", ["", "7", "7,4", "0,0,0", "-1,2,3", "a,b,c", "٧,4,12"])
def test_no_rule(text):
    """What is no rule, or keeps nothing, is refused."""
    with pytest.raises(NoRule):
        parse(text)


def test_rule_is_written_as_it_is_read():
    """A rule's text is the rule."""
    assert parse(str(Rule(1, 2, 3))) == Rule(1, 2, 3)
    assert parse(" 7/4/12 ") == Rule()


def test_longest_age():
    """Too old is what is older than the shortest span of the rule."""
    hours = [Rule(d, w, 1).longest_age().total_seconds() / 3600 for d, w in _SPANS]
    assert hours == [26, 26, 7 * 24 + 2, 31 * 24 + 2]


_SPANS = ((1, 0), (7, 4), (0, 1), (0, 0))
MOMENTS = st.lists(
    st.datetimes(
        min_value=datetime.datetime(2024, 1, 1),
        max_value=datetime.datetime(2029, 1, 1),
        timezones=st.just(CITY),
    ),
    max_size=60,
)
RULES = st.builds(
    Rule, st.integers(0, 9), st.integers(0, 9), st.integers(0, 15)
).filter(lambda rule: rule.daily or rule.weekly or rule.monthly)


@given(MOMENTS, RULES)
def test_what_holds_for_any_moments(moments, rule):
    """The newest stays, never more than the rule says, and again it is the same."""
    stay = kept(moments, rule)
    assert stay <= set(moments)
    assert not moments or max(moments) in stay
    assert len(stay) <= 1 + rule.daily + rule.weekly + rule.monthly
    assert kept(stay, rule) == stay


@given(MOMENTS, RULES)
def test_day_by_day_is_never_less(moments, rule):
    """Applied after each backup it keeps the same as when applied once at the end."""
    left = set()
    for moment in sorted(moments):
        left = kept(left | {moment}, rule)
    assert left == kept(moments, rule)
