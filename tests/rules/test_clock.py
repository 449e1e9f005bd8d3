"""The lawful clock: known hard cases, the law's guards, and properties."""

from datetime import date
from datetime import timedelta
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from zhinan.rules import calendar
from zhinan.rules import clock
from zhinan.rules import clockwords
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import Span
from zhinan.rules.calendar import Status
from zhinan.rules.calendar import Table
from zhinan.rules.clock import Approver
from zhinan.rules.clock import Cause
from zhinan.rules.clock import Clock
from zhinan.rules.clock import ClockRefused
from zhinan.rules.clock import Due
from zhinan.rules.clock import Explanation
from zhinan.rules.clock import Extension
from zhinan.rules.clock import Limit
from zhinan.rules.clock import Pause
from zhinan.rules.clock import State
from zhinan.rules.clock import Unit

import json
import pytest
import time


SEEDED = calendar.seeded()


def d(text):
    return date.fromisoformat(text)


def pause(first, last=None, cause=Cause.HEARING, **values):
    return Pause(d(first), d(last) if last else None, cause, **values)


# ------------------------------------------------------------------------ hard cases


@pytest.mark.parametrize(
    "accepted,limit,expected",
    [
        # The week of National Day and Mid-Autumn 2025; Sunday 09-28 is worked.
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-26", 6, "2025-10-11"),
        ("2025-09-27", 1, "2025-09-28"),
        ("2026-01-01", 1, "2026-01-04"),
        # Spring Festival 2026, with Saturdays worked before and after.
        ("2026-02-12", 1, "2026-02-13"),
        ("2026-02-12", 2, "2026-02-14"),
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-02-12", 20, "2026-03-18"),
        ("2026-02-17", 1, "2026-02-24"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-24", 1, "2026-09-28"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-12-01", 20, "2026-12-29"),
        # Two years: Saturday and Sunday before New Year's 2007 were worked.
        ("2006-12-29", 2, "2006-12-31"),
        ("2006-12-29", 3, "2007-01-04"),
        ("2005-12-30", 1, "2005-12-31"),
        # 2020: prolonged to 2 February, and the Saturday of the first notice not worked.
        ("2020-01-23", 1, "2020-02-03"),
        ("2020-01-22", 2, "2020-02-03"),
        # Decided at once.
        ("2026-02-17", 0, "2026-02-17"),
    ],
)
def test_working_days(accepted, limit, expected):
    assert clock.due_date(SEEDED, d(accepted), limit) == d(expected)


@pytest.mark.parametrize(
    "accepted,limit,unit,expected,nominal",
    [
        ("2026-03-02", 15, "day", "2026-03-17", None),
        # 14 March is a Saturday, the 16th is Monday.
        ("2026-03-02", 12, "day", "2026-03-16", "2026-03-14"),
        # 14 February is a Saturday and worked.
        ("2026-01-14", 31, "day", "2026-02-14", None),
        ("2026-01-15", 31, "day", "2026-02-24", "2026-02-15"),
        ("2026-03-31", 1, "month", "2026-04-30", None),
        ("2026-01-31", 1, "month", "2026-02-28", None),
        ("2028-01-31", 1, "month", "2028-02-29", None),
        ("2024-01-30", 1, "month", "2024-02-29", None),
        ("2025-08-31", 6, "month", "2026-02-28", None),
        ("2025-11-30", 3, "month", "2026-02-28", None),
        ("2025-12-16", 2, "month", "2026-02-24", "2026-02-16"),
        ("2024-02-29", 1, "year", "2025-02-28", None),
        ("2020-02-29", 4, "year", "2024-02-29", None),
        ("2025-10-01", 1, "year", "2026-10-08", "2026-10-01"),
        ("2026-02-17", 0, "month", "2026-02-17", None),
    ],
)
def test_days_months_and_years(accepted, limit, unit, expected, nominal):
    facts = Clock(d(accepted), Limit(limit, Unit(unit)))
    found = clock.due(SEEDED, facts)
    assert found.day == d(expected)
    assert found.moved_from == (d(nominal) if nominal else None)


@pytest.mark.parametrize(
    "pauses,expected",
    [
        ([], "2026-03-18"),
        # Over the Saturday that is worked: both ends are in the pause.
        ([("2026-02-28", "2026-02-28")], "2026-03-19"),
        ([("2026-02-26", "2026-03-03")], "2026-03-25"),
        # Over a holiday only: nothing is lost, so nothing is added.
        ([("2026-02-15", "2026-02-23")], "2026-03-18"),
        # From the day of acceptance, over 13 and 14 February.
        ([("2026-02-12", "2026-02-14")], "2026-03-20"),
        # On the last day, and after it.
        ([("2026-03-18", "2026-03-18")], "2026-03-19"),
        ([("2026-03-19", "2026-03-30")], "2026-03-18"),
        # Two that overlap are counted once; the second is reached through the first.
        ([("2026-02-26", "2026-03-03"), ("2026-03-02", "2026-03-04")], "2026-03-26"),
        ([("2026-03-24", "2026-03-24"), ("2026-02-26", "2026-03-03")], "2026-03-26"),
    ],
)
def test_pauses(pauses, expected):
    pauses = [pause(first, last) for first, last in pauses]
    assert clock.due_date(SEEDED, d("2026-02-12"), 20, pauses=pauses) == d(expected)


@pytest.mark.parametrize(
    "accepted,limit,unit,pauses,expected",
    [
        # A pause of three days prolongs a month by three days.
        ("2026-03-02", 1, "month", [("2026-03-10", "2026-03-12")], "2026-04-07"),
        ("2026-03-02", 1, "month", [("2026-04-03", "2026-04-03")], "2026-04-02"),
        # The last day was a Saturday; the pause that begins on Sunday moves it on.
        ("2026-03-02", 12, "day", [("2026-03-15", "2026-03-16")], "2026-03-17"),
        ("2026-03-02", 12, "day", [("2026-03-16", "2026-03-20")], "2026-03-23"),
    ],
)
def test_pauses_of_calendar_limits(accepted, limit, unit, pauses, expected):
    pauses = [pause(first, last) for first, last in pauses]
    found = clock.due_date(SEEDED, d(accepted), limit, Unit(unit), pauses)
    assert found == d(expected)


def test_a_pause_that_lasts_gives_the_earliest_day():
    facts = Clock(d("2026-02-12"), Limit(20), pauses=(pause("2026-02-26"),))
    for as_of, expected in (
        (None, "2026-03-19"),
        ("2026-02-26", "2026-03-19"),
        ("2026-03-03", "2026-03-25"),
    ):
        found = clock.due(SEEDED, facts, as_of=d(as_of) if as_of else None)
        assert (found.day, found.standing) == (d(expected), True)
    assert clockwords.note_texts(found) and not clockwords.is_final(found)


# --------------------------------------------------------------------- unknown years


@pytest.mark.parametrize(
    "accepted,limit,unit,status,years",
    [
        ("2026-12-28", 3, "workday", "official", []),
        ("2026-12-28", 5, "workday", "provisional", [2027]),
        ("2026-12-31", 1, "workday", "provisional", [2027]),
        ("2025-12-31", 1, "workday", "official", []),
        ("2035-12-01", 60, "workday", "missing", [2035, 2036]),
        ("2003-12-30", 5, "workday", "missing", [2003]),
        # Only the last day of a month rests on the calendar.
        ("2003-12-30", 2, "month", "official", []),
        ("2026-12-30", 2, "month", "provisional", [2027]),
    ],
)
def test_status(accepted, limit, unit, status, years):
    found = clock.due(SEEDED, Clock(d(accepted), Limit(limit, Unit(unit))))
    assert found.status.value == status
    assert [year for year, _gaps in found.gaps] == years
    for language in clockwords.LANGUAGES:
        said = clockwords.status_text(found, language)
        assert "{" not in said and all(str(year) in said for year in years)


def test_the_last_days_of_december_may_still_change():
    """As in 2005, 2006, 2007, 2011, 2018 and 2022."""
    found = clock.due(SEEDED, Clock(d("2026-12-01"), Limit(20)))
    assert (found.status, found.december) == (Status.OFFICIAL, True)
    assert not clock.due(SEEDED, Clock(d("2025-12-01"), Limit(20))).december
    assert not clock.due(SEEDED, Clock(d("2026-12-01"), Limit(15))).december


@pytest.mark.parametrize(
    "accepted,limit,unit",
    [
        ("1949-12-31", 5, "workday"),
        ("2200-01-01", 5, "workday"),
        ("2026-01-01", -1, "workday"),
        ("2026-01-01", 5001, "workday"),
        ("2026-01-01", 51, "year"),
    ],
)
def test_what_can_only_be_a_mistake_is_refused(accepted, limit, unit):
    with pytest.raises(ClockRefused) as caught:
        clock.due_date(SEEDED, d(accepted), limit, Unit(unit))
    assert clockwords.problem_text(caught.value.problem)[-1] == "。"


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ClockRefused):
        clock.due_date(
            SEEDED, d("2026-02-12"), 5, pauses=[pause("2026-02-20", "2026-02-19")]
        )


# ---------------------------------------------------------------------- law and guards


def test_the_limits_of_the_law():
    found = {
        code: (one.limit.amount, one.extension, one.approver.value)
        for code, one in clock.procedures().items()
    }
    assert found == {
        "licence": (20, 10, "head"),
        "joint": (45, 15, "government"),
        "first_review": (20, 0, "head"),
        "telling": (5, 0, "head"),
        "delivery": (10, 0, "head"),
    }


@pytest.mark.parametrize(
    "told,today,deemed",
    [
        (None, "2026-02-26", False),
        (None, "2026-02-27", True),
        ("2026-02-26", "2026-03-20", False),
        ("2026-02-27", "2026-03-20", True),
        ("2026-02-12", "2026-02-12", False),
    ],
)
def test_without_a_word_it_is_accepted_from_receipt(told, today, deemed):
    """Received on 12 February 2026; five working days end on the 26th."""
    found = clock.telling(SEEDED, d("2026-02-12"), d(told) if told else None, d(today))
    assert found.until.day == d("2026-02-26")
    assert found.accepted == (d("2026-02-12") if deemed else None)


def test_delivery_has_ten_days_of_its_own():
    assert clock.delivery(SEEDED, d("2026-02-12")).day == d("2026-03-04")
    assert clock.delivery(SEEDED, d("2026-12-28")).status is Status.PROVISIONAL


def extension(**values):
    given = {
        "amount": 10,
        "approver": Approver.HEAD,
        "approved": d("2026-03-16"),
        "reason": "需要现场核查",
        **values,
    }
    return Extension(**given)


@pytest.mark.parametrize(
    "values,most,approver,problems",
    [
        ({}, 10, "head", []),
        ({"amount": 11}, 10, "head", ["extension_amount"]),
        ({"amount": 0}, 10, "head", ["extension_amount"]),
        ({}, 0, "head", ["extension_none"]),
        ({"reason": " "}, 10, "head", ["extension_reason"]),
        ({}, 15, "government", ["extension_by_government"]),
        ({"approver": Approver.GOVERNMENT}, 10, "head", ["extension_by_head"]),
        ({"approved": d("2026-03-18")}, 10, "head", []),
        ({"approved": d("2026-03-19")}, 10, "head", ["extension_late"]),
        ({"approved": d("2026-02-11")}, 10, "head", ["extension_early"]),
    ],
)
def test_an_extension_has_its_conditions(values, most, approver, problems):
    facts = Clock(d("2026-02-12"), Limit(20), licence=True)
    found = clock.extension_problems(
        facts, extension(**values), most, Approver(approver), d("2026-03-18")
    )
    assert [one.id for one in found] == problems
    assert all("{" not in text for text in clockwords.problem_texts(found))


def test_a_limit_is_extended_once_and_promised_stays():
    facts = Clock(d("2026-02-12"), Limit(20), Limit(10), extension=extension())
    assert clock.due(SEEDED, facts).day == d("2026-04-01")
    assert clock.due(SEEDED, facts, "promised").day == d("2026-03-04")
    assert clock.explain(SEEDED, facts).extended == 10
    found = clock.extension_problems(
        facts, extension(), 10, Approver.HEAD, d("2026-04-01")
    )
    assert [one.id for one in found] == ["extension_twice"]
    both = Clock(
        d("2026-02-12"), Limit(20), Limit(10), extension=extension(promised=True)
    )
    assert clock.due(SEEDED, both, "promised").day == d("2026-03-18")


def test_without_a_promise_there_is_no_promised_date():
    facts = Clock(d("2026-02-12"), Limit(20))
    assert clock.due(SEEDED, facts, "promised") is None
    assert clock.explain(SEEDED, facts, "promised") is None
    assert clock.standing(SEEDED, facts, d("2026-02-13"), "promised") is None


TOLD = {"evidence": "听证申请", "notice": "听告〔2026〕3号", "told": date(2026, 2, 25)}


@pytest.mark.parametrize(
    "new,problems",
    [
        (pause("2026-02-26", **TOLD), []),
        (pause("2026-02-26", "2026-03-03", **TOLD), []),
        (pause("2026-02-26", evidence="听证申请"), ["pause_untold"]),
        (pause("2026-02-26", **{**TOLD, "evidence": ""}), ["pause_evidence"]),
        (pause("2026-02-26", cause=Cause.FORCE_MAJEURE, evidence="停水通知"), []),
        (pause("2026-02-26", cause=Cause.OTHER_LAW), ["pause_law"]),
        (pause("2026-02-26", cause=Cause.UNNAMED), ["pause_unnamed"]),
        (pause("2026-02-26", "2026-02-25", **TOLD), ["pause_reversed"]),
        (pause("2026-02-11", "2026-02-13", **TOLD), ["pause_early"]),
        (pause("2026-03-26", **TOLD), ["pause_late"]),
        (pause("2026-02-13", "2026-02-20", **TOLD), ["pause_overlaps"]),
        (pause("2026-02-13", **TOLD), ["pause_overlaps"]),
    ],
)
def test_a_pause_has_its_conditions(new, problems):
    before = pause("2026-02-20", "2026-02-24", **TOLD)
    facts = Clock(d("2026-02-12"), Limit(20), pauses=(before,), licence=True)
    found = clock.pause_problems(facts, new, d("2026-03-19"))
    assert [one.id for one in found] == problems
    assert all("{" not in text for text in clockwords.problem_texts(found))


def test_the_causes_of_article_45_are_eight():
    assert len(clock.ARTICLE_45) == 8


def test_a_clock_is_a_list_of_intervals():
    first, second = pause("2026-02-26", "2026-03-03"), pause("2026-03-09")
    facts = Clock(d("2026-02-12"), Limit(20), pauses=(second, first))
    found = clock.intervals(facts, d("2026-03-20"))
    assert [(one.state.value, f"{one.first:%m-%d}") for one in found] == [
        ("running", "02-13"),
        ("paused", "02-26"),
        ("running", "03-04"),
        ("paused", "03-09"),
    ]
    assert found[0].last == d("2026-02-25") and found[2].last == d("2026-03-08")
    assert found[1].pause is first and found[3].last is None
    assert len(clock.intervals(facts, d("2026-02-20"))) == 1


@pytest.mark.parametrize(
    "at,state,used,paused,remaining,overdue",
    [
        ("2026-02-11", "waiting", 0, 0, 20, 0),
        ("2026-02-12", "running", 0, 0, 20, 0),
        ("2026-02-14", "running", 2, 0, 18, 0),
        ("2026-02-25", "running", 4, 0, 16, 0),
        ("2026-02-28", "paused", 4, 3, 16, 0),
        ("2026-03-04", "running", 5, 5, 15, 0),
        ("2026-03-25", "running", 20, 5, 0, 0),
        ("2026-03-26", "over", 20, 5, 0, 1),
        ("2026-03-29", "over", 20, 5, 0, 2),
    ],
)
def test_how_far_it_is(at, state, used, paused, remaining, overdue):
    facts = Clock(
        d("2026-02-12"), Limit(20), pauses=(pause("2026-02-26", "2026-03-03"),)
    )
    found = clock.standing(SEEDED, facts, d(at))
    assert found.state is State(state)
    assert (found.used, found.paused) == (used, paused)
    assert (found.remaining, found.overdue) == (remaining, overdue)


# ------------------------------------------------------------------------ explanation


def test_an_explanation_in_chinese_and_english():
    facts = Clock(
        d("2026-02-12"),
        Limit(9),
        pauses=(pause("2026-02-26", "2026-02-27", **TOLD),),
        licence=True,
    )
    said = clock.explain(SEEDED, facts)
    assert clockwords.step_texts(said) == [
        "2026年2月12日（周四）　受理，当日不计（民法典第二百零一条）",
        "2026年2月13日（周五）　第1个工作日",
        "2026年2月14日（周六）　第2个工作日，春节调休上班（国办发明电〔2025〕7号）",
        "2026年2月15日（周日）　春节放假调休，不计（行政许可法第八十二条、国办发明电〔2025〕7号）",
        "2026年2月16日（周一）至2026年2月19日（周四）　春节，法定节日，不计（行政许可法第八十二条、国办发明电〔2025〕7号）",
        "2026年2月20日（周五）至2026年2月23日（周一）　春节放假调休，不计（行政许可法第八十二条、国办发明电〔2025〕7号）",
        "2026年2月24日（周二）至2026年2月25日（周三）　第3至4个工作日",
        "2026年2月26日（周四）至2026年2月27日（周五）　听证，所需时间不计（行政许可法第四十五条、听告〔2026〕3号）",
        "2026年2月28日（周六）　第5个工作日，春节调休上班（国办发明电〔2025〕7号）",
        "2026年3月1日（周日）　周末，不计（行政许可法第八十二条）",
        "2026年3月2日（周一）至2026年3月5日（周四）　第6至9个工作日",
    ]
    assert clockwords.step_texts(said, "en")[7].startswith(
        "Thu 26 February 2026 to Fri 27 February 2026: hearing, not counted"
    )


def test_a_moved_last_day_is_explained():
    said = clock.explain(SEEDED, Clock(d("2026-01-21"), Limit(1, Unit.MONTH)))
    assert clockwords.step_texts(said)[1:] == [
        "2026年1月22日（周四）至2026年2月21日（周六）　第1至31日（民法典第二百零二条）",
        "2026年2月21日（周六）至2026年2月23日（周一）　春节放假调休，最后一日顺延（民法典第二百零三条、国办发明电〔2025〕7号）",
        "2026年2月24日（周二）　期间的最后一日（民法典第二百零三条）",
    ]


def test_a_closure_is_named():
    closed = SEEDED.with_closures(
        [Closure(d("2026-03-10"), d("2026-03-10"), "暴雪", "嘉政发〔2026〕1号")]
    )
    said = clock.explain(closed, Clock(d("2026-03-09"), Limit(1)))
    assert said.due.day == d("2026-03-11")
    assert clockwords.step_texts(said)[1] == (
        "2026年3月10日（周二）　暴雪，本地停止办公，不计（嘉政发〔2026〕1号）"
    )


# -------------------------------------------------------------------- a new calendar


def notice_for_2027():
    """A notice that gives a week from 1 to 7 January 2027, and works 27 December."""
    week = Span(d("2027-01-01"), d("2027-01-07"), "new_year")
    worked = Span(d("2026-12-27"), d("2026-12-27"), "new_year")
    return SEEDED.with_table(Table(2027, (), (week,), (worked,)))


def test_a_new_notice_tells_what_moved():
    stored = [
        (key, facts, "statutory", clock.due(SEEDED, facts))
        for key, facts in {
            "before": Clock(d("2026-12-01"), Limit(10)),
            "earlier": Clock(d("2026-12-01"), Limit(20)),
            "later": Clock(d("2026-12-28"), Limit(5)),
            "status": Clock(d("2027-01-04"), Limit(4, Unit.DAY)),
        }.items()
    ]
    found = {move.key: move for move in clock.moves(notice_for_2027(), stored)}
    assert set(found) == {"earlier", "later", "status"}
    assert found["earlier"].after.day == d("2026-12-28")
    assert found["earlier"].days == -1
    assert found["later"].before.day == d("2027-01-05")
    assert found["later"].after.day == d("2027-01-11")
    assert found["later"].after.status is Status.OFFICIAL
    assert found["status"].days == 0
    again = [(k, c, w, found[k].after if k in found else b) for k, c, w, b in stored]
    assert list(clock.moves(notice_for_2027(), again)) == []


def test_twenty_thousand_are_counted_again_in_time():
    """Far below the minute that is allowed: a second, on a slow machine."""
    start = d("2026-06-01")
    stopped = (pause("2026-12-21", "2026-12-25"),)
    stored = []
    for number in range(20_000):
        facts = Clock(
            start + timedelta(number % 200),
            Limit(20 + number % 30),
            Limit(10),
            stopped if number % 3 else (),
        )
        stored.append((str(number), facts, "statutory", clock.due(SEEDED, facts)))
    began = time.perf_counter()
    found = list(clock.moves(notice_for_2027(), stored))
    assert time.perf_counter() - began < 10
    assert 3000 < len(found) < 20_000


# -------------------------------------------------------------------------- properties

DAYS = st.dates(date(2003, 6, 1), date(2037, 12, 31))
PAUSES = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 40)).map(tuple), max_size=3
)
UNITS = st.sampled_from(list(Unit))
AMOUNTS = st.integers(0, 40)
ANY = settings(max_examples=300, deadline=None)


def pauses_of(accepted, spans):
    return tuple(
        Pause(
            accepted + timedelta(first),
            accepted + timedelta(first + length),
            Cause.APPRAISAL,
        )
        for first, length in spans
    )


@ANY
@given(DAYS, AMOUNTS, UNITS, PAUSES)
def test_more_days_are_never_earlier(accepted, amount, unit, spans):
    pauses = pauses_of(accepted, spans)
    found = clock.due_date(SEEDED, accepted, amount, unit, pauses)
    more = clock.due_date(SEEDED, accepted, amount + 1, unit, pauses)
    assert found <= more
    if unit is Unit.WORKDAY:
        assert found < more


@ANY
@given(DAYS, AMOUNTS, UNITS)
def test_a_later_acceptance_is_never_due_earlier(accepted, amount, unit):
    found = clock.due_date(SEEDED, accepted, amount, unit)
    later = clock.due_date(SEEDED, accepted + timedelta(1), amount, unit)
    assert found <= later


@ANY
@given(DAYS, AMOUNTS, UNITS, PAUSES, PAUSES)
def test_a_pause_never_makes_it_earlier(accepted, amount, unit, spans, more):
    few, many = pauses_of(accepted, spans), pauses_of(accepted, spans + more)
    found = clock.due_date(SEEDED, accepted, amount, unit, few)
    later = clock.due_date(SEEDED, accepted, amount, unit, many)
    assert found <= later
    assert later == clock.due_date(SEEDED, accepted, amount, unit, many[::-1])


@ANY
@given(DAYS, st.integers(1, 40), UNITS, PAUSES)
def test_the_last_day_is_worked_and_not_paused(accepted, amount, unit, spans):
    pauses = pauses_of(accepted, spans)
    found = clock.due_date(SEEDED, accepted, amount, unit, pauses)
    assert SEEDED.works(found)
    assert not any(one.first <= found <= one.last for one in pauses)


@ANY
@given(DAYS, st.integers(1, 40), UNITS, PAUSES, st.integers(-5, 200))
def test_no_day_is_lost(accepted, amount, unit, spans, offset):
    """Used and remaining are the limit; used and paused are the days that passed."""
    facts = Clock(accepted, Limit(amount, unit), pauses=pauses_of(accepted, spans))
    at, end = accepted + timedelta(offset), clock.due(SEEDED, facts).day
    found = clock.standing(SEEDED, facts, at)
    assert found.used + found.remaining == found.total
    assert min(found.used, found.paused, found.remaining, found.overdue) >= 0
    now = min(max(at, accepted), end)
    if unit is Unit.WORKDAY:
        assert found.total == amount
        assert found.used + found.paused == SEEDED.count(accepted, now)
    else:
        assert found.used + found.paused == (now - accepted).days
    assert (found.overdue > 0) <= (at > end)
    assert (found.state is State.OVER) == (at > end)


@settings(max_examples=100, deadline=None)
@given(DAYS, AMOUNTS, UNITS, PAUSES, st.booleans())
def test_an_explanation_leaves_no_day_out(accepted, amount, unit, spans, licence):
    facts = Clock(
        accepted,
        Limit(amount, unit, "条例第3条"),
        pauses=pauses_of(accepted, spans),
        licence=licence,
    )
    said = clock.explain(SEEDED, facts)
    days = {
        step.first + timedelta(n)
        for step in said.steps
        for n in range((step.last - step.first).days + 1)
    }
    assert len(days) == (said.due.day - accepted).days + 1
    counted = [step.numbers for step in said.steps if step.counted]
    assert [low for low, _high in counted[1:]] == [
        high + 1 for _l, high in counted[:-1]
    ]
    if unit is Unit.WORKDAY and amount:
        assert counted[0][0] == 1 and counted[-1][1] == amount
    stored = json.loads(json.dumps(said.as_dict()))
    assert Explanation.from_dict(stored) == said
    assert Due.from_dict(stored) == said.due
    for language in clockwords.LANGUAGES:
        for text in clockwords.step_texts(said, language):
            assert "{" not in text and "_" not in text


@ANY
@given(DAYS, AMOUNTS, UNITS, PAUSES, st.none() | st.integers(1, 10))
def test_stored_facts_are_the_same_facts(accepted, amount, unit, spans, more):
    longer = more and Extension(more, Approver.HEAD, accepted, "理由", accepted)
    facts = Clock(
        accepted,
        Limit(amount, unit),
        Limit(amount),
        (*pauses_of(accepted, spans), Pause(accepted, None, Cause.TEST)),
        longer,
    )
    stored = json.loads(json.dumps(clock.clock_as_dict(facts)))
    assert clock.clock_from(stored) == facts


@ANY
@given(DAYS, st.integers(1, 40), st.integers(1, 20))
def test_an_extension_counts_on_from_the_last_day(accepted, amount, more):
    facts = Clock(
        accepted,
        Limit(amount),
        extension=Extension(more, Approver.HEAD, accepted, "理由"),
    )
    first = clock.due_date(SEEDED, accepted, amount)
    assert clock.due(SEEDED, facts).day == clock.due_date(SEEDED, first, more)


@ANY
@given(DAYS, st.integers(1, 40), UNITS, st.integers(0, 60), st.integers(0, 10))
def test_a_closure_never_makes_it_earlier(accepted, amount, unit, offset, length):
    first = accepted + timedelta(offset)
    closed = SEEDED.with_closures([Closure(first, first + timedelta(length), "停电")])
    found = clock.due_date(SEEDED, accepted, amount, unit)
    assert found <= clock.due_date(closed, accepted, amount, unit)


@ANY
@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)), AMOUNTS, UNITS)
def test_no_year_raises(accepted, amount, unit):
    facts = Clock(accepted, Limit(amount, unit))
    found = clock.due(SEEDED, facts)
    assert found.day == clock.due_date(SEEDED, accepted, amount, unit)
    official = not amount or {found.day.year, accepted.year} <= set(range(2004, 2027))
    if official:
        assert found.status is Status.OFFICIAL
    assert clockwords.status_text(found)


@settings(max_examples=20, deadline=None)
@given(DAYS)
def test_the_greatest_limits_are_counted(accepted):
    for unit, most in clock.MOST.items():
        assert clock.due_date(SEEDED, accepted, most, unit) > accepted
