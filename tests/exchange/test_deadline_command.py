"""``zhinan deadline``: what it prints, refuses, and reads."""

from datetime import date
from pathlib import Path
from zhinan.exchange.command import main
from zhinan.rules import calendar
from zhinan.rules import calendarfile
from zhinan.rules.calendar import Closure

import json
import pytest
import subprocess
import sys


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """The command in a project of its own: status, output, refusal."""
    # A layer of the same run may have set it.
    monkeypatch.delenv(calendarfile.VARIABLE, raising=False)

    def run(*arguments):
        status = main(["--home", str(tmp_path), "deadline", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_it_says_until_when_and_why(run):
    status, out, err = run("--accepted", "2026-02-12", "--limit", "2")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "到期日：2026年2月14日（周六）",
        "依据：正式：按国务院公布的放假安排计算",
        "期限2个工作日，逐日计算：",
        "  2026年2月12日（周四）　受理，当日不计（民法典第二百零一条）",
        "  2026年2月13日（周五）　第1个工作日",
        "  2026年2月14日（周六）　第2个工作日，春节调休上班（国办发明电〔2025〕7号）",
    ]


def test_a_year_without_a_notice_is_said(run):
    _status, out, _err = run("--accepted", "2026-12-28", "--limit", "5")
    assert "到期日：2027年1月5日（周二）\n依据：暂定：2027年的放假安排尚未公布" in out
    _status, out, _err = run("--accepted", "2026-12-01", "--limit", "20")
    assert "注意：下一年的放假安排尚未公布，可能调整本年最后几天" in out


@pytest.mark.parametrize("place", ["before", "after"])
def test_as_json(run, tmp_path, capsys, place):
    given = ["--accepted", "2026-02-12", "--limit", "20", "--unit", "workday"]
    given += ["--pause", "2026-02-26..2026-03-03", "--at", "2026-03-02"]
    if place == "after":
        _status, out, _err = run(*given, "--json")
    else:
        main(["--home", str(tmp_path), "--json", "deadline", *given])
        out = capsys.readouterr().out
    row = json.loads(out)
    assert (row["due"], row["status"], row["gaps"]) == ("2026-03-25", "official", [])
    assert row["calendar"] == calendar.seeded().edition
    assert row["at"] == {
        "day": "2026-03-02",
        "state": "paused",
        "used": 4,
        "paused": 4,
        "remaining": 16,
        "overdue": 0,
    }
    assert len(row["steps"]) == len(row["lines"])


@pytest.mark.parametrize(
    "pauses,due",
    [
        (["--pause", "2026-02-26..2026-03-03", "2026-03-25..2026-03-25"], "2026-03-26"),
        (
            ["--pause", "2026-02-26..2026-03-03", "--pause", "2026-03-25..2026-03-25"],
            "2026-03-26",
        ),
        (["--pause", "2026-02-26..", "--at", "2026-03-03"], "2026-03-25"),
    ],
)
def test_pauses(run, pauses, due):
    _status, out, _err = run(
        "--accepted", "2026-02-12", "--limit", "20", *pauses, "--json"
    )
    assert json.loads(out)["due"] == due


def test_how_far_it_is(run):
    given = ("--accepted", "2026-03-02", "--limit", "3", "--at")
    assert "已用1个工作日，中止0个工作日，剩余2个工作日" in run(*given, "2026-03-03")[1]
    assert (
        "已届满，已用3个工作日，中止0个工作日，超期2个工作日"
        in run(*given, "2026-03-09")[1]
    )


OK = ("--accepted", "2026-02-12", "--limit", "20")


@pytest.mark.parametrize(
    "given,sentence",
    [
        ((), "请用 --accepted 写明受理日期，例如 --accepted 2026-02-12。"),
        (("--accepted",), "请用 --accepted 写明受理日期，例如 --accepted 2026-02-12。"),
        (OK[:2], "请用 --limit 写明期限，例如 --limit 20。"),
        (("--accepted", "2026-2-3", *OK[2:]), "“2026-2-3”不是日期"),
        (("--accepted", "２０２６-02-12", *OK[2:]), "“２０２６-02-12”不是日期"),
        (("--accepted", "2026-02-30", *OK[2:]), "没有“2026-02-30”这一天"),
        (("--accepted", "0026-02-12", *OK[2:]), "0026-02-12不在1950年至2199年之间"),
        ((*OK[:2], "--limit", "-5"), "期限“-5”不是整数"),
        ((*OK[:2], "--limit", "二十"), "期限“二十”不是整数"),
        ((*OK[:2], "--limit", "9" * 30), "不是整数"),
        ((*OK[:2], "--limit", "5001"), "期限5001不对，应在0至5000之间。"),
        ((*OK, "--unit", "hour"), "期限单位“hour”不对"),
        ((*OK, "--unit"), "期限单位“”不对"),
        ((*OK, "--pause"), "中止“”的写法不对"),
        ((*OK, "--pause", "2026-02-26"), "中止“2026-02-26”的写法不对"),
        ((*OK, "--pause", "x..y"), "“x”不是日期"),
        ((*OK, "--pause", "2026-03-03..2026-03-01"), "中止的起止日期颠倒"),
        ((*OK, "--pause", "2026-02-01..2026-03-01"), "中止不能早于受理"),
        ((*OK, "--pause", "2026-02-26.."), "没有结束日"),
        ((*OK, "--at", "heute"), "“heute”不是日期"),
    ],
)
def test_bad_input_is_one_chinese_sentence(run, given, sentence):
    status, out, err = run(*given)
    assert (status, out) == (1, "")
    assert sentence in err
    assert len(err.splitlines()) == 1 and err.endswith("。\n")


def test_the_calendar_of_the_site_is_read(run, tmp_path):
    (tmp_path / "var").mkdir()
    closed = Closure(date(2026, 3, 18), date(2026, 3, 18), "搬迁")
    path = tmp_path / calendarfile.PLACE
    calendarfile.save(path, calendar.seeded().with_closures([closed]))
    _status, out, _err = run(*OK)
    assert "到期日：2026年3月19日（周四）" in out
    assert "2026年3月18日（周三）　搬迁，本地停止办公，不计" in out
    path.write_text("{}", "utf-8")
    status, out, err = run(*OK)
    assert (status, out) == (1, "")
    assert err.startswith(f"日历文件 {path} 不能使用：")


def test_the_file_may_lie_elsewhere(run, tmp_path, monkeypatch):
    closed = Closure(date(2026, 3, 18), date(2026, 3, 18), "搬迁")
    path = tmp_path / "elsewhere.json"
    calendarfile.save(path, calendar.seeded().with_closures([closed]))
    monkeypatch.setenv(calendarfile.VARIABLE, str(path))
    assert "到期日：2026年3月19日（周四）" in run(*OK)[1]


def test_no_plone_and_no_database_is_loaded():
    """Else it would not answer within a third of a second."""
    code = (
        "import sys; from zhinan.exchange.command import main;"
        "main(['--home', '/nowhere', 'deadline', '--accepted', '2026-02-12',"
        " '--limit', '20']);"
        "print(sorted(set(sys.modules) & {'plone.api', 'Products.CMFPlone', 'ZODB',"
        " 'Zope2', 'zope.interface', 'zope.component', 'openpyxl', 'holidays'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
        timeout=60,
    )
    assert done.stdout.splitlines()[0] == "到期日：2026年3月18日（周三）"
    assert done.stdout.splitlines()[-1] == "[]"
