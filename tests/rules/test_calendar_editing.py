"""A year as people type and upload it, and what a change would change."""

from datetime import date
from zhinan.rules import calendar
from zhinan.rules import calendaredit
from zhinan.rules import calendartext
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import Kind
from zhinan.rules.calendar import Notice
from zhinan.rules.calendar import Span
from zhinan.rules.calendar import Status
from zhinan.rules.calendar import table_as_dict
from zhinan.rules.calendartext import FileRefused

import json
import pytest


NOTICE = Notice("关于2027年部分节假日安排的通知", "国办发明电〔2026〕9号")
OFF = """2027-01-01..2027-01-03 元旦
2027年2月5日至2027年2月11日 春节
2027/4/3～4/5 清明节
2027-05-01..05-05 劳动节
2027-06-09 端午节
2027-09-15至9-17 中秋节
2027-10-01..2027-10-07 国庆节"""
WORK = "2027-02-14 春节\n\n2027.9.26 国庆节"


def sentences(found):
    return [one.text() for one in found]


def test_a_year_is_read_as_people_write_it():
    table, found = calendaredit.typed_table(2027, OFF, WORK, [NOTICE])
    assert sentences(found) == []
    assert table.off[1] == Span(date(2027, 2, 5), date(2027, 2, 11), "spring_festival")
    assert table.off[3].last == date(2027, 5, 5)
    assert [span.first for span in table.work] == [date(2027, 2, 14), date(2027, 9, 26)]


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_seeded_year_survives_the_form(year):
    table = calendar.seeded().by_year[year]
    again, found = calendaredit.typed_table(
        year,
        calendartext.write_spans(table.off),
        calendartext.write_spans(table.work),
        table.notices,
        table.status,
        table.note,
    )
    assert table_as_dict(again) == {
        **table_as_dict(table),
        "off": sorted(table_as_dict(table)["off"], key=lambda row: row["from"]),
        "work": sorted(table_as_dict(table)["work"], key=lambda row: row["from"]),
    }
    hard = [one for one in found if not one.doubt and one.problem.id != "table_notice"]
    assert sentences(hard) == []


@pytest.mark.parametrize(
    "off,work,sentence",
    [
        ("春节放假", "", "第1行：“春节放假”不是日期"),
        ("\n2027-02-30", "", "第2行：“2027-02-30”不是日期"),
        ("2027-02-06春", "", "第1行：“2027-02-06春”不是日期"),
        (
            "2027-02-11..2027-02-05",
            "",
            "第1行：起止日期颠倒：2027-02-11晚于2027-02-05。",
        ),
        ("2027-02-05\n2027-02-05", "", "第2行：2027-02-05在第1行已经写过。"),
        ("2027-02-01..2027-02-05\n2026-05-01", "", "第2行：2026-05-01不属于2027年"),
        ("2027-01-01\n2027-01-02..2027-02-28", "", "第2行：2027-01-02至2027-02-28不是"),
        (OFF, "2027-02-14\n2027-05-01", "第2行：2027-05-01既放假又上班。"),
        (OFF, "\n\n2027-03-01", "第3行：2027-03-01本来就是工作日，不必列为调休上班。"),
        ("", "2027-02-14", "2027年没有任何放假日期。"),
        ("2027-01-01 元旦 [3]", "", "第1行：没有第3份通知。"),
    ],
)
def test_a_sentence_names_the_line(off, work, sentence):
    _table, found = calendaredit.typed_table(2027, off, work, [NOTICE])
    hard = [one.text() for one in found if not one.doubt]
    assert any(said.startswith(sentence) for said in hard), sentences(found)


def test_a_festival_that_is_left_out_is_a_doubt_only():
    _table, found = calendaredit.typed_table(2027, "2027-01-01", "", [NOTICE])
    assert found and all(one.doubt for one in found)
    assert "2027-05-01是劳动节，法定放假，但没有列入。" in sentences(found)


def test_an_official_year_names_its_notice_or_source():
    def said(notice, status=Status.OFFICIAL):
        _table, found = calendaredit.typed_table(2027, OFF, WORK, [notice], status)
        return [(one.field, one.problem.id) for one in found]

    assert said(Notice("安排")) == [("number", "table_notice")]
    assert said(Notice("安排", source="https://www.gov.cn/x")) == []
    assert said(Notice("安排", source="www.gov.cn")) == [("source", "table_source")]
    assert said(Notice("安排", "九号文")) == [("number", "table_number")]
    assert said(Notice(""), Status.PROVISIONAL) == []


def test_closures_have_a_reason():
    typed = "2027-03-18..2027-03-19 搬迁 | 嘉政办发〔2027〕3号\n2027-04-01"
    found, problems = calendaredit.typed_closures(typed)
    closure = Closure(
        date(2027, 3, 18), date(2027, 3, 19), "搬迁", "嘉政办发〔2027〕3号"
    )
    assert found[0] == closure
    assert sentences(problems) == ["第2行：请写明2027-04-01停止办公的原因。"]
    assert calendartext.write_closures(found[:1]) == typed.split("\n")[0]


def test_what_differs_is_told_by_the_day():
    before = calendar.seeded()
    table, _found = calendaredit.typed_table(2027, OFF, WORK, [NOTICE])
    after = before.with_table(table)
    days = {old.day: (old, new) for old, new in calendaredit.differing(before, after)}
    assert days[date(2027, 2, 14)][1].kind is Kind.MAKEUP
    assert days[date(2027, 2, 10)][1].kind is Kind.ARRANGED
    assert date(2027, 1, 1) not in days
    assert calendaredit.differing(after, after) == []
    closed = before.with_closures([Closure(date(2026, 3, 18), date(2026, 3, 18), "雪")])
    ((old, new),) = calendaredit.differing(before, closed)
    assert (old.works, new.works) == (True, False)


def test_months_are_whole_weeks():
    months = calendaredit.months(calendar.seeded(), 2026)
    assert len(months) == 12
    assert all(len(week) == 7 for month in months for week in month)
    days = [day for month in months for week in month for day in week if day]
    assert [day.day for day in days] == sorted(day.day for day in days)
    assert len(days) == 365
    assert months[1][0][:6] == [None] * 6
    assert months[1][0][6].day == date(2026, 2, 1)


TABLE = table_as_dict(calendar.seeded().by_year[2026])


def test_files_of_three_kinds():
    one = calendartext.read_file("a.json", json.dumps(TABLE).encode())
    assert one.table == calendar.seeded().by_year[2026]
    whole = {"format": calendar.FORMAT, "years": [TABLE], "closures": []}
    assert calendartext.read_file("a.JSON", json.dumps(whole).encode()) == one
    toml = "year = 2027\n[[off]]\nfrom = 2027-01-01\nto = 2027-01-03\n"
    read = calendartext.read_file("b.toml", toml.encode())
    assert read.table.off[0].last == date(2027, 1, 3)
    table = (
        "开始,结束,类型,节日\n2027-01-01,2027-01-03,放假,元旦\n2027-02-14,,上班,春节\n"
    )
    for encoding in ("utf-8-sig", "gb18030"):
        read = calendartext.read_file("c.csv", table.encode(encoding))
        assert read.off == "2027-01-01..2027-01-03 元旦"
        assert read.work == "2027-02-14 春节"


@pytest.mark.parametrize(
    "name,data,sentence",
    [
        ("a.csv", "", "文件是空的"),
        ("a.xlsx", "x", "请选择扩展名为"),
        ("a.csv", "x" * 300_000, "文件太大"),
        ("a.json", "{", "不是有效的 JSON 文件。"),
        ("a.json", "[]", "不是有效的 JSON 文件。"),
        ("a.json", '{"years": [{}, {}]}', "文件里有2个年份"),
        ("a.json", '{"year": 27}', "year 的值 27 不对。"),
        ("a.toml", "year = ", "不是有效的 TOML 文件"),
        ("a.csv", "日子,类型\n1,2", "第1行：第一行应是列名"),
        ("a.csv", "from,kind\n2027-01-01,度假", "第2行：类型“度假”不对"),
        (
            "a.csv",
            "from,kind\n2027-01-01,放假\n2027-13-01,放假",
            "第3行：“2027-13-01”不是",
        ),
        ("a.json", '{"year": 2027, "off": [{"from": "x"}]}', "“x”不是日期"),
        ("a.csv", "\0", "文件不是文本"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name, data, sentence):
    with pytest.raises(FileRefused) as caught:
        calendartext.read_file(name, data.encode())
    assert caught.value.findings[0].text().startswith(sentence)
