"""The calendar: the seed against another package, its status, its text."""

from .naive import NOTICES
from datetime import date
from datetime import timedelta
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from zhinan.rules import calendar
from zhinan.rules import calendarfile
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import CalendarRefused
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import Kind
from zhinan.rules.calendar import Notice
from zhinan.rules.calendar import Span
from zhinan.rules.calendar import Status
from zhinan.rules.calendar import Table
from zhinan.rules.clockwords import problem_text

import holidays
import json
import pytest


SEEDED = calendar.seeded()
YEARS = range(2004, 2027)
#: Days on which holidays 0.86 is of another opinion: whether we work. It has the first
#: notice for 2019 only; the second made Labour Day 1 to 4 May. (Version 0.109 has both,
#: but cannot be installed beside our python-dateutil.)
DISAGREED = {day: (works, "国办发明电〔2019〕3号") for day, works in NOTICES.items()}
#: Where chinesecalendar 1.11.0, which the seed was made of, is of another opinion than
#: the notice (and than holidays): 12月31日（星期六）上班.
CORRECTED = {date(2005, 12, 31): (True, "国办发明电〔2005〕35号")}


def days(first=date(2004, 1, 1), last=date(2026, 12, 31)):
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


# ----------------------------------------------------------------------------- seed


def test_the_seed_agrees_with_another_package():
    """Every day of 23 years, but those that are listed."""
    other = holidays.country_holidays("CN", years=range(2003, 2028))
    differ = {day for day in days() if SEEDED.works(day) != other.is_working_day(day)}
    assert differ <= set(DISAGREED)
    assert len(list(days())) == 8401


@pytest.mark.parametrize("day", [*DISAGREED, *CORRECTED], ids=str)
def test_where_packages_differ_the_notice_holds(day):
    works, number = {**DISAGREED, **CORRECTED}[day]
    found = SEEDED.day(day)
    assert (found.works, found.source) == (works, number)


def test_the_seed_is_complete():
    """Every year has its notice; numbers that nobody found are empty."""
    assert [table.year for table in SEEDED.tables] == list(YEARS)
    for table in SEEDED.tables:
        assert calendar.table_problems(table) == []
        assert table.status is Status.OFFICIAL
        for notice in table.notices:
            assert bool(notice.number) == bool(notice.source) == (table.year > 2005)


def test_working_days_of_2026():
    assert SEEDED.count(date(2025, 12, 31), date(2026, 12, 31)) == 248
    made_up = [d for d in days(date(2026, 1, 1)) if SEEDED.day(d).kind is Kind.MAKEUP]
    found = " ".join(f"{day:%m-%d}" for day in made_up)
    assert found == "01-04 02-14 02-28 05-09 09-20 10-10"


@pytest.mark.parametrize(
    "day,kind,name,source",
    [
        ("2026-02-14", "makeup", "spring_festival", "国办发明电〔2025〕7号"),
        ("2026-02-15", "arranged", "spring_festival", "国办发明电〔2025〕7号"),
        ("2026-02-16", "festival", "spring_festival", "国办发明电〔2025〕7号"),
        ("2026-02-20", "arranged", "spring_festival", "国办发明电〔2025〕7号"),
        ("2025-10-06", "festival", "mid_autumn", "国办发明电〔2024〕12号"),
        ("2025-09-28", "makeup", "national_day", "国办发明电〔2024〕12号"),
        # The State Council prolonged the Spring Festival; the first was to be worked.
        ("2020-01-30", "arranged", "spring_festival", "国办发明电〔2019〕16号"),
        ("2020-02-01", "arranged", "spring_festival", "国办发明电〔2020〕1号"),
        ("2020-02-02", "arranged", "spring_festival", "国办发明电〔2020〕1号"),
        ("2020-02-03", "workday", "", ""),
        ("2015-09-03", "arranged", "victory_day", "国发明电〔2015〕1号"),
        ("2015-09-06", "makeup", "victory_day", "国发明电〔2015〕1号"),
        # The notice for a year reaches into the December before it.
        ("2006-12-30", "makeup", "new_year", "国办发明电〔2006〕49号"),
        ("2007-12-31", "arranged", "new_year", "国办发明电〔2007〕52号"),
        ("2012-06-23", "festival", "dragon_boat", "国办发明电〔2011〕45号"),
        ("2026-11-24", "workday", "", ""),
        ("2026-11-28", "weekend", "", ""),
        ("2027-02-05", "festival", "spring_festival", "国务院令第795号"),
        ("2027-02-11", "workday", "", ""),
    ],
)
def test_a_day_says_why(day, kind, name, source):
    found = SEEDED.day(date.fromisoformat(day))
    assert (found.kind.value, found.name, found.source) == (kind, name, source)


# --------------------------------------------------------------------- unknown years


@pytest.mark.parametrize("year", range(2025, 2036))
def test_statutory_festivals_agree_with_another_package(year):
    """Lunar dates until 2035, from two tables that have nothing in common."""
    other = holidays.country_holidays("CN", years=year, observed=False)
    # Days of a notice are no festivals; a "day off in exchange" is named so.
    named = {day for day, name in other.items() if "休" not in name}
    assert set(calendar.festivals(year)) == {d for d in named if d.year == year}
    # Mid-Autumn may fall on a National Day: twelve days, and none is invented.
    assert len(calendar.festivals(year)) == 13 - (year in (2028, 2031))


@pytest.mark.parametrize(
    "year,status,gaps",
    [
        (2026, Status.OFFICIAL, ()),
        (2027, Status.PROVISIONAL, ("notice",)),
        (2035, Status.PROVISIONAL, ("notice",)),
        (2036, Status.MISSING, ("notice", "lunar")),
        (2003, Status.MISSING, ("notice", "lunar")),
        (1990, Status.MISSING, ("notice", "statute", "lunar")),
    ],
)
def test_an_unknown_year_says_what_is_missing(year, status, gaps):
    assert (SEEDED.status(year), SEEDED.gaps(year)) == (status, gaps)


def test_a_year_without_lunar_dates_has_weekends_and_fixed_festivals():
    for day in days(date(2040, 1, 1), date(2040, 12, 31)):
        fixed = f"{day:%m-%d}" in "01-01 05-01 05-02 10-01 10-02 10-03"
        assert SEEDED.works(day) == (day.weekday() < 5 and not fixed)


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)))
def test_no_day_raises(day):
    found = SEEDED.day(day)
    assert found.works is SEEDED.works(day)
    assert found.works == (SEEDED.count(day - timedelta(1), day) == 1)


# ----------------------------------------------------------------- tables of a person

NEXT = Table(
    2027,
    (Notice("某年放假安排", "国办发明电〔2026〕9号", date(2026, 11, 30), "https://x"),),
    tuple(
        Span(date.fromisoformat(first), date.fromisoformat(last), festival)
        for festival, first, last in (
            ("new_year", "2027-01-01", "2027-01-03"),
            ("spring_festival", "2027-02-05", "2027-02-11"),
            ("qingming", "2027-04-03", "2027-04-05"),
            ("labour_day", "2027-05-01", "2027-05-05"),
            ("dragon_boat", "2027-06-09", "2027-06-09"),
            ("mid_autumn", "2027-09-15", "2027-09-15"),
            ("national_day", "2027-10-01", "2027-10-07"),
        )
    ),
    (Span(date(2027, 2, 20), date(2027, 2, 20), "spring_festival"),),
)


def test_a_table_replaces_what_was_provisional():
    entered = SEEDED.with_table(NEXT)
    assert entered.status(2027) is Status.OFFICIAL
    assert not entered.works(date(2027, 2, 11))
    assert entered.works(date(2027, 2, 20))
    assert SEEDED.works(date(2027, 2, 11))
    assert entered.edition != SEEDED.edition
    assert entered.without_table(2027).edition == SEEDED.edition


def test_an_expected_arrangement_stays_provisional():
    expected = Table(2027, (), NEXT.off, NEXT.work, Status.PROVISIONAL)
    entered = SEEDED.with_table(expected)
    assert entered.status(2027) is Status.PROVISIONAL
    assert entered.gaps(2027) == ("notice",)


def test_a_closure_counts_before_all_else():
    """Also on a weekend day that is worked elsewhere."""
    closed = Closure(
        date(2026, 2, 14), date(2026, 2, 14), "暴雪停止办公", "嘉政发〔2026〕1号"
    )
    calendar_ = SEEDED.with_closures([closed])
    found = calendar_.day(date(2026, 2, 14))
    assert (found.kind, found.name) == (Kind.CLOSURE, "暴雪停止办公")
    assert not calendar_.works(date(2026, 2, 14))
    assert calendar.closure_problems(closed) == []
    for wrong in (
        Closure(closed.first, closed.last, " "),
        Closure(date(2026, 2, 15), closed.first, "停电"),
    ):
        assert calendar.closure_problems(wrong)


def span(first, last=None):
    first = date.fromisoformat(first)
    return Span(first, date.fromisoformat(last) if last else first)


@pytest.mark.parametrize(
    "problem,table",
    [
        ("table_empty", Table(2027)),
        ("table_outside", Table(2027, (), (span("2026-05-01"),))),
        ("table_span", Table(2027, (), (span("2027-05-05", "2027-05-01"),))),
        ("table_span", Table(2027, (), (span("2027-05-01", "2027-06-05"),))),
        ("table_number", Table(2027, (Notice("通知", "七号"),), NEXT.off)),
        ("table_both", Table(2027, (), NEXT.off, (span("2027-05-02"),))),
        ("table_worked", Table(2027, (), NEXT.off, (span("2027-05-06"),))),
        ("table_festival", Table(2027, (), NEXT.off[1:])),
    ],
)
def test_what_is_wrong_in_a_table_is_told(problem, table):
    found = calendar.table_problems(table)
    assert [one.id for one in found] == [problem]
    for language in ("zh", "en"):
        sentence = problem_text(found[0], language)
        assert sentence != problem and "{" not in sentence


def test_a_right_table_has_no_problem():
    assert calendar.table_problems(NEXT) == []


# --------------------------------------------------------------------- text and file


def test_text_and_calendar_are_the_same():
    closure = Closure(date(2026, 7, 1), date(2026, 7, 2), "搬迁")
    for one in (SEEDED, SEEDED.with_table(NEXT).with_closures([closure]), Calendar()):
        text = calendar.write(one)
        assert calendar.read(text) == one
        assert calendar.write(calendar.read(text)) == text


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["format", "years", "year", "off", "from", "to", "closures"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_is_read_is_a_calendar_or_refused(value):
    if isinstance(value, dict):
        value["format"] = calendar.FORMAT
    try:
        assert isinstance(calendar.read(json.dumps(value)), Calendar)
    except CalendarRefused as refusal:
        assert problem_text(refusal.problem) != refusal.problem.id


@pytest.mark.parametrize(
    "problem,text",
    [
        ("calendar_json", ""),
        ("calendar_json", "[" * 100_000),
        ("calendar_format", "{}"),
        ("calendar_format", '{"format": "zhinan-calendar-0"}'),
        ("calendar_twice", '{"years": [{"year": 2027}, {"year": 2027}]}'),
        ("calendar_date", '{"closures": [{"from": "2027-02-30"}]}'),
        ("calendar_value", '{"years": [{"year": "2027"}]}'),
        ("calendar_value", '{"years": [{"year": true}]}'),
        ("calendar_value", '{"years": [{"year": 27}]}'),
        ("calendar_value", '{"years": [{"year": 2027, "status": "missing"}]}'),
        ("table_span", '{"closures": [{"from": "2027-02-03", "to": "2027-02-01"}]}'),
        ("table_span", '{"closures": [{"from": "1950-02-03", "to": "2199-02-01"}]}'),
    ],
)
def test_a_text_that_is_no_calendar_is_refused(problem, text):
    if text.startswith('{"') and "format" not in text:
        text = text.replace("{", f'{{"format": "{calendar.FORMAT}", ', 1)
    with pytest.raises(CalendarRefused) as caught:
        calendar.read(text)
    assert caught.value.problem.id == problem


def test_the_file_is_written_whole_and_read_back(tmp_path):
    path = tmp_path / "calendar.json"
    assert calendarfile.load(path) is SEEDED
    entered = SEEDED.with_table(NEXT)
    calendarfile.save(path, entered)
    assert calendarfile.load(path) == entered
    assert [one.name for one in tmp_path.iterdir()] == ["calendar.json"]


def test_a_broken_file_is_not_replaced_by_the_seed(tmp_path):
    path = tmp_path / "calendar.json"
    for data in (b"", b"\xff\xfe", b"{}", b" " * (calendarfile.GREATEST + 1)):
        path.write_bytes(data)
        with pytest.raises(CalendarRefused):
            calendarfile.load(path)
    with pytest.raises(CalendarRefused):
        calendarfile.load(tmp_path)


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(1990, 2060, 7)))
def test_the_order_of_questions_changes_nothing(years):
    """The index grows to whatever year is asked for, and stays right."""
    fresh = Calendar(SEEDED.tables)
    for year in years:
        assert fresh.works(date(year, 5, 3)) == SEEDED.works(date(year, 5, 3))
        start = date(year, 1, 1)
        assert fresh.count(start, start + timedelta(90)) == sum(
            SEEDED.day(start + timedelta(n)).works for n in range(1, 91)
        )
