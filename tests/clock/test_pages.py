"""Pages: the calendar for everybody, its form for keepers, the calculator."""

from . import keepings
from .conftest import NUMBER
from .conftest import OFF
from .conftest import TITLE
from .conftest import WORK
from datetime import date
from plone.testing.zope import Browser
from unittest import mock
from zhinan.clock import changing
from zhinan.clock import dates
from zhinan.clock import store
from zhinan.departments.citytime import today
from zhinan.desk import calendarnotes
from zhinan.rules.calendar import Status
from zhinan.testing import act_as
from zhinan.testing import add_person

import io
import pytest
import re
import transaction


PASSWORD = "Ren-yuan-2026-x"


@pytest.fixture
def site(functional, file):
    portal = functional["portal"]
    act_as(portal)
    add_person("rili", PASSWORD, "calendar_keeper")
    add_person("bianji", PASSWORD, "editor", department="shili")
    transaction.commit()
    return portal


@pytest.fixture
def visit(functional, site):
    """A browser that is somebody, on a page."""

    def visit(path, name="", errors=False):
        browser = Browser(functional["app"])
        browser.handleErrors = errors
        browser.raiseHttpErrors = False
        if name:
            browser.addHeader("Authorization", f"Basic {name}:{PASSWORD}")
        browser.open(f"{site.absolute_url()}/{path}")
        return browser

    return visit


def text(browser):
    """What a person reads."""
    body = re.sub(r"<head>.*?</head>", "", browser.contents, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def press(browser, step):
    """Press the button with this value."""
    for index in range(9):
        control = browser.getControl(name="step", index=index)
        if control._control.value_if_submitted() == step:
            control.click()
            return


def test_everybody_reads_a_year(visit):
    browser = visit("@@calendar?year=2026")
    said = text(browser)
    assert "2026年工作日日历" in said and "国办发明电〔2025〕7号" in said
    assert browser.contents.count('class="zn-month"') == 12
    # Words, not colour alone.
    assert re.search(r"<b>14</b>\s*<span>上班</span>", browser.contents)
    assert re.search(r"<b>1</b>\s*<span>元旦</span>", browser.contents)
    assert browser.contents.count('<td class="zn-cal-makeup"') == 6
    assert "edit-calendar" not in browser.contents
    assert "@@deadline" in browser.contents


@pytest.mark.parametrize(
    "year,words",
    [
        ("2027", "本年的放假安排尚未公布，只标出了法定节日"),
        ("2060", "本年农历节日等资料不全"),
        ("2004", "文号不详"),
    ],
)
def test_a_year_says_what_it_rests_on(visit, year, words):
    assert words in text(visit(f"@@calendar?year={year}"))


@pytest.mark.parametrize("year", ["", "x", "99999", "0001", "%EF%BC%92026", "1&year=2"])
def test_a_year_that_is_none_is_this_one(visit, year):
    assert f"{today().year}年工作日日历" in text(visit(f"@@calendar?year={year}"))


@pytest.mark.parametrize("view", ["@@edit-calendar?year=2027", "@@edit-closures"])
@pytest.mark.parametrize("name", ["", "bianji"])
def test_others_do_not_edit(visit, view, name):
    browser = visit(view, name, True)
    assert 'name="step"' not in browser.contents
    assert "/login?" in browser.url or "/insufficient-privileges" in browser.url


def test_a_keeper_enters_a_year_and_takes_it_back(visit, site):
    browser = visit("@@edit-calendar?year=2027", "rili")
    # The form begins with the statutory festivals.
    assert "2027-10-01 国庆节" in browser.getControl(name="off").value
    browser.getControl(name="off").value = OFF
    browser.getControl(name="work").value = WORK
    browser.getControl(name="number_of").value = NUMBER
    browser.getControl(name="title_of").value = TITLE
    press(browser, "preview")
    said = text(browser)
    assert "2027年2月14日（周日） 周末 调休上班 春节 有变" in said
    assert "2027年1月2日（周六） 周末 放假调休 元旦 不变" in said
    assert "现在没有会受影响的未办结期限。" in said
    transaction.begin()
    assert store.calendar(site).status(2027) is Status.PROVISIONAL
    press(browser, "confirm")
    assert browser.url.endswith("/@@calendar?year=2027&done=kept")
    assert NUMBER in text(browser) and "日历已修改" in text(browser)
    transaction.begin()
    assert store.calendar(site).status(2027) is Status.OFFICIAL
    # A stranger with the same address reads no such message.
    assert "日历已修改" not in text(visit("@@calendar?year=2027&done=kept"))
    browser = visit("@@edit-closures", "rili")
    press(browser, "undo")
    transaction.begin()
    assert 2027 not in store.calendar(site).by_year
    assert "已撤回最近一次修改" in text(browser)


def test_what_is_wrong_names_its_line_and_loses_nothing(visit, site):
    browser = visit("@@edit-calendar?year=2027", "rili")
    typed = "2027-01-01 元旦\n春节放假七天"
    browser.getControl(name="off").value = typed
    browser.getControl(name="number_of").value = "九号"
    press(browser, "preview")
    assert browser.headers["status"].startswith("400")
    said = text(browser)
    assert "第2行：“春节放假七天”不是日期，请写成 2027-02-06" in said
    assert "“九号”不是文号，不知道时请留空。" in said
    assert browser.getControl(name="off").value.replace("\r", "") == typed
    assert browser.getControl(name="number_of").value == "九号"
    assert 'value="confirm"' not in browser.contents


def test_a_doubt_is_shown_and_does_not_hinder(visit):
    browser = visit("@@edit-calendar?year=2027", "rili")
    browser.getControl(name="off").value = OFF.replace("2027-06-09 端午节\n", "")
    browser.getControl(name="number_of").value = NUMBER
    press(browser, "preview")
    assert "请核对： 2027-06-09是端午节，法定放假，但没有列入。" in text(browser)
    assert 'value="confirm"' in browser.contents


def test_what_was_not_shown_is_not_done(visit, site):
    """Typed after the preview, or changed by somebody else meanwhile."""
    browser = visit("@@edit-closures", "rili")
    browser.getControl(name="closures").value = "2027-03-18 搬迁"
    press(browser, "preview")
    browser.getControl(name="closures").value = "2027-03-19 搬迁"
    press(browser, "confirm")
    assert "2027年3月19日（周五） 工作日 本地停止办公 搬迁 有变" in text(browser)
    transaction.begin()
    assert store.calendar(site).closures == ()
    act_as(site, "calendar_keeper")
    table = store.calendar(site).by_year[2026]
    changing.change_year(site, 2026, None)
    transaction.commit()
    press(browser, "confirm")
    assert "其间有人修改了日历" in text(browser)
    transaction.begin()
    assert store.calendar(site).closures == ()
    press(browser, "confirm")
    transaction.begin()
    (closure,) = store.calendar(site).closures
    assert (closure.first, closure.reason) == (date(2027, 3, 19), "搬迁")
    assert table.year not in store.calendar(site).by_year


def test_how_many_dates_move_is_told_before(visit, site):
    with keepings.registered():
        keepings.fill(40, limit=36)
        transaction.commit()
        browser = visit("@@edit-closures", "rili")
        browser.getControl(name="closures").value = "2026-12-21..2026-12-25 大雪"
        press(browser, "preview")
        assert "未办结的期限40个，其中40个会变。" in text(browser)
        press(browser, "confirm")
        browser = visit("@@edit-closures", "rili")
        assert "正在重新计算未办结的期限" in text(browser)
        transaction.begin()
        assert dates.waiting(site).params == {"change": 1}


def upload(browser, name, data):
    browser.getControl(name="file").add_file(io.BytesIO(data), "text/plain", name)
    press(browser, "read")


def test_a_file_fills_the_form(visit, site):
    rows = "from,to,kind,festival\n2027-01-01,2027-01-03,放假,元旦\n"
    rows += "2027-02-14,,上班,春节\n"
    browser = visit("@@edit-calendar?year=2027", "rili")
    upload(browser, "2027.csv", rows.encode())
    assert browser.getControl(name="off").value == "2027-01-01..2027-01-03 元旦"
    assert browser.getControl(name="work").value == "2027-02-14 春节"
    upload(browser, "2027.csv", "from,kind\n2027-01-01,度假\n".encode())
    assert "第2行：类型“度假”不对" in text(browser)
    # What stood in the form is still there.
    assert browser.getControl(name="work").value == "2027-02-14 春节"
    upload(browser, "x.json", b'{"year": 2028, "off": [{"date": "2028-01-01"}]}')
    assert "文件是2028年的，请打开那一年再导入。" in text(browser)
    transaction.begin()
    assert store.of(site).number == 0


def test_a_year_of_two_notices_keeps_both(visit, site):
    before = store.calendar(site).by_year[2020]
    browser = visit("@@edit-calendar?year=2020", "rili")
    assert "[2]" in browser.getControl(name="off").value
    browser.getControl(name="note").value = "核对过"
    press(browser, "preview")
    press(browser, "confirm")
    transaction.begin()
    after = store.calendar(site).by_year[2020]
    assert after.note == "核对过"
    assert after.notices == before.notices and set(after.off) == set(before.off)


def test_no_form_without_its_token(visit, site):
    act_as(site, "calendar_keeper")
    changing.change_year(site, 2026, None)
    transaction.commit()
    browser = visit("@@edit-closures", "rili", True)
    browser.post(f"{site.absolute_url()}/@@edit-closures", "step=undo&number=1")
    assert browser.headers["status"].startswith("403")
    transaction.begin()
    assert store.of(site).number == 1


def test_keepers_are_reminded_from_november_on(visit, site):
    def told(day, name="rili"):
        with mock.patch.object(calendarnotes, "today", lambda: day):
            return text(visit("@@desk", name))

    assert "2027年放假安排待录入" in told(date(2026, 11, 1))
    assert "待录入" not in told(date(2026, 10, 31))
    # Without a notice for this year it is high time.
    assert "2027年放假安排待录入" in told(date(2027, 1, 5))
    assert "待录入" not in told(date(2026, 11, 1), "bianji")
    assert "工作日日历 1件待您处理" in told(date(2026, 11, 1))
    assert "工作日日历" not in told(date(2026, 11, 1), "bianji")


# --------------------------------------------------------------------- calculator


def test_the_calculator_answers_without_a_script(visit):
    browser = visit("@@deadline")
    assert "到期日" not in text(browser)
    browser.getControl(name="accepted").value = "2026-02-12"
    browser.getControl(name="limit").value = "20"
    browser.getControl(name="from1").value = "2026-02-26"
    browser.getControl(name="to1").value = "2026-03-03"
    browser.getForm(index=1).submit()
    said = text(browser)
    assert "到期日 2026年3月25日（周三） 正式" in said
    assert (
        "2026年2月12日（周四）　受理，当日不计（民法典第二百零一条）"
        in browser.contents
    )
    assert "第18至20个工作日" in said
    assert "<script" not in browser.contents


def test_what_is_provisional_says_so(visit):
    asked = "@@deadline?accepted=2026-12-14&limit=30&unit=workday"
    said = text(visit(asked))
    assert "暂定" in said and "2027年的放假安排尚未公布" in said
    asked = "@@deadline?accepted=2026-12-01&limit=20&unit=workday"
    assert "下一年的放假安排尚未公布，可能调整本年最后几天" in text(visit(asked))


@pytest.mark.parametrize(
    "query,field,sentence",
    [
        ("accepted=2026-02-30&limit=20", "accepted", "没有“2026-02-30”这一天"),
        ("limit=20", "accepted", "请写明受理日期"),
        ("accepted=2026-02-12", "limit", "请写明期限"),
        ("accepted=2026-02-12&limit=x", "limit", "期限“x”不是整数"),
        ("accepted=2026-02-12&limit=9999", "limit", "期限9999不对，应在0至5000之间"),
        ("accepted=0026-02-12&limit=9", "accepted", "不在1950年至2199年之间"),
        ("accepted=2026-02-12&limit=9&unit=hour", "limit", "期限单位“hour”不对"),
        (
            "accepted=2026-02-12&limit=9&from2=2026-01-01&to2=2026-02-20",
            "from2",
            "中止不能早于受理",
        ),
        ("accepted=2026-02-12&limit=9&to1=2026-02-20", "from1", "的写法不对"),
        (
            "accepted=2026-02-12&limit=9&from1=2026-03-02&to1=2026-03-01",
            "from1",
            "中止的起止日期颠倒",
        ),
    ],
)
def test_a_problem_stands_beside_its_field(visit, query, field, sentence):
    browser = visit(f"@@deadline?{query}")
    assert browser.headers["status"].startswith("400")
    assert re.search(rf'href="#zn-{field}">[^<]*{sentence}', browser.contents)


def test_what_is_typed_is_text(visit):
    browser = visit("@@deadline?accepted=%3Cscript%3E&limit=%22%3E%3Cb%3E")
    assert "<script>" not in browser.contents and '"><b>' not in browser.contents
