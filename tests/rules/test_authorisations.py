"""Who may handle what for whom on a day."""

from dataclasses import replace
from datetime import date
from datetime import timedelta
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import authorisations as rules
from zhinan.rules.authorisations import Authorisation
from zhinan.rules.authorisations import Period
from zhinan.rules.authorisations import Seal

import pytest


DAY = date(2026, 11, 24)
OPEN = Period(date(2026, 1, 1))
PAPER = Authorisation(
    number="授〔2026〕1号",
    title="住建事项授权",
    department="zjj",
    window="其他事务代办窗口",
    codes=("620103004000",),
    period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    seal="Z-1",
)
SEALS = {"Z-1": Seal("Z-1", "zjj", OPEN)}


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (OPEN, "valid"),
        (Period(DAY, DAY), "expiring"),
        (Period(DAY, DAY - timedelta(1)), "expired"),
        (Period(DAY + timedelta(1)), "not_yet"),
        (Period(DAY, DAY + timedelta(30)), "expiring"),
        (Period(DAY, DAY + timedelta(31)), "valid"),
        (Period(DAY - timedelta(9), None, DAY), "revoked"),
        (Period(DAY - timedelta(9), None, DAY + timedelta(1)), "expiring"),
        (Period(DAY, None, None, "draft"), "draft"),
        (Period(DAY, None, None, "ended"), "ended"),
        (Period(DAY - timedelta(9), None, DAY, "ended"), "revoked"),
        (Period(None), "valid"),
    ],
)
def test_standing(period, expected):
    """First and last day count; the day of a revocation no longer does."""
    assert rules.standing(period, DAY) == expected


def ask(paper=PAPER, seals=SEALS, code="620103004000", department="zjj", window=None):
    """Cover of one paper."""
    return rules.cover([paper], seals, code, department, DAY, window)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({}, "covered"),
        ({"window": "其他事务代办窗口"}, "covered"),
        ({"window": "一窗"}, "other_window"),
        ({"code": "620103009000"}, "none"),
        ({"code": ""}, "none"),
        ({"department": "zrzy"}, "other_department"),
        ({"seals": {}}, "seal"),
        ({"seals": {}, "paper": replace(PAPER, seal="")}, "covered"),
        (
            {"seals": {"Z-1": Seal("Z-1", "zjj", Period(None, DAY - timedelta(1)))}},
            "seal",
        ),
        ({"paper": replace(PAPER, period=Period(None, DAY - timedelta(1)))}, "expired"),
        ({"paper": replace(PAPER, period=Period(DAY + timedelta(1)))}, "not_yet"),
        ({"paper": replace(PAPER, period=Period(None, None, DAY))}, "revoked"),
        ({"paper": replace(PAPER, period=Period(None, state="draft"))}, "draft"),
    ],
)
def test_cover(asked, reason):
    """What is missing is told by its nearest miss."""
    found = ask(**asked)
    assert (found.reason, found.valid) == (reason, reason == "covered")


def test_the_whole_covers_its_parts():
    """An authorisation for a matter is one for its sub-items, not the reverse."""
    whole = replace(PAPER, codes=("62010300500Y",))
    assert ask(whole, code="620103005001").valid
    assert not ask(replace(PAPER, codes=("620103005001",)), code="62010300500Y").valid
    assert not ask(replace(PAPER, codes=("62010300400Y",)), code="620103004000").valid


def test_the_longest_paper_tells_until_when():
    """Two papers: the later end; an open one has none."""
    longer = replace(PAPER, period=Period(None, date(2027, 1, 1)))
    found = rules.cover([PAPER, longer], SEALS, "620103004000", "zjj", DAY)
    assert found.until == date(2027, 1, 1) and len(found.authorisations) == 2
    found = rules.cover(
        [PAPER, replace(PAPER, period=OPEN)], SEALS, "620103004000", "zjj", DAY
    )
    assert found.valid and found.until is None


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
periods = st.builds(Period, days, st.none() | days, st.none() | days)


@given(periods, periods, days)
def test_a_period_within_another_is_usable_only_with_it(inner, outer, day):
    """Inside means: never usable while the other is not."""
    inner_ok = rules.standing(inner, day) in rules.USABLE
    if rules.within(inner, outer) and inner_ok:
        assert rules.standing(outer, day) in rules.USABLE


@given(periods, days)
def test_standing_is_one_of_the_known(period, day):
    """Nothing else is ever said."""
    assert rules.standing(period, day) in rules.STANDINGS
