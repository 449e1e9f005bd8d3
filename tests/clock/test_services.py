"""REST: the same answer as the command's, the calendar, and its changes."""

from .conftest import NUMBER
from .conftest import TITLE
from datetime import date
from plone.testing.zope import Browser
from rest.client import Client
from zhinan.clock import changing
from zhinan.clock import store
from zhinan.exchange.command import main
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import seeded
from zhinan.rules.calendar import table_as_dict
from zhinan.testing import act_as
from zhinan.testing import add_person

import json
import pytest
import transaction


PASSWORD = "Ren-yuan-2026-x"


@pytest.fixture
def site(functional, file):
    portal = functional["portal"]
    act_as(portal, "calendar_keeper")
    add_person("rili", PASSWORD, "calendar_keeper")
    add_person("bianji", PASSWORD, "editor", department="shili")
    transaction.commit()
    return portal


@pytest.fixture
def public(site):
    with Client(site.absolute_url()) as client:
        yield client


@pytest.fixture
def keeper(site):
    with Client(site.absolute_url(), ("rili", PASSWORD)) as client:
        yield client


QUERY = "accepted=2026-02-12&limit=20&unit=workday&pause=2026-02-20..2026-02-24"
GIVEN = "--accepted 2026-02-12 --limit 20 --unit workday --pause 2026-02-20..2026-02-24"


@pytest.mark.parametrize(
    "query,given",
    [
        ("accepted=2026-02-12&limit=20", "--accepted 2026-02-12 --limit 20"),
        (QUERY, GIVEN),
        (
            f"{QUERY}&pause=2026-03-02..&at=2026-03-05",
            f"{GIVEN} --pause 2026-03-02.. --at 2026-03-05",
        ),
        (
            "accepted=2026-12-01&limit=2&unit=month",
            "--accepted 2026-12-01 --limit 2 --unit month",
        ),
    ],
)
@pytest.mark.parametrize("closed", [False, True])
def test_the_service_says_what_the_command_says(
    public, site, tmp_path, capsys, query, given, closed
):
    if closed:
        days = [Closure(date(2026, 3, 10), date(2026, 3, 11), "搬迁")]
        changing.change_closures(site, days)
        transaction.commit()
    answer = public.get(f"@deadline?{query}")
    assert answer.status_code == 200
    capsys.readouterr()
    main(["--home", str(tmp_path), "deadline", *given.split(), "--json"])
    assert answer.json() == json.loads(capsys.readouterr().out)
    assert answer.json()["lines"]


@pytest.mark.parametrize(
    "query,sentence",
    [
        ("", "请写明受理日期，例如 2026-02-12。"),
        ("accepted=2026-02-12", "请写明期限，例如 20。"),
        ("accepted=heute&limit=20", "“heute”不是日期，请写成 2026-02-12 的样子。"),
        ("accepted=2026-02-12&limit=9999", "期限9999不对，应在0至5000之间。"),
        (f"{QUERY}&pause=x", "中止“x”的写法不对"),
        (f"{QUERY}&pause=2026-03-02..", "从2026-03-02开始的中止没有结束日"),
        ("accepted=2026-02-12&limit=20&unit=", "期限单位“”不对"),
    ],
)
def test_a_bad_question_is_one_chinese_sentence(public, query, sentence):
    answer = public.get(f"@deadline?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "BadRequest" and error["message"].startswith(sentence)
    assert error["message"].endswith("。")


def test_a_year_and_its_days(public):
    body = public.get("@calendar/2026").json()
    assert (body["year"], body["status"], body["gaps"]) == (2026, "official", [])
    kept = table_as_dict(seeded().by_year[2026])
    assert {name: body[name] for name in kept} == kept
    days = {row["date"]: row for row in body["days"]}
    assert len(days) == 33 + 6
    assert days["2026-02-14"]["kind"] == "makeup"
    assert days["2026-02-14"]["source"] == "国办发明电〔2025〕7号"


def test_a_year_without_a_notice_says_so(public):
    body = public.get("@calendar/2027").json()
    assert (body["status"], body["gaps"]) == ("provisional", ["notice"])
    assert body["off"] == [] and len(body["days"]) == 13
    body = public.get("@calendar/2060").json()
    assert (body["status"], body["gaps"]) == ("missing", ["notice", "lunar"])


def test_the_whole(public):
    body = public.get("@calendar").json()
    assert [row["year"] for row in body["years"]] == list(range(2004, 2027))
    assert body["closures"] == [] and body["edition"] == seeded().edition


@pytest.mark.parametrize("name", ["x", "26", "0001", "2300", "2026/x", "-2026"])
def test_what_is_no_year_is_not_there(public, name):
    assert public.get(f"@calendar/{name}").status_code == 404


OFF = [
    {"from": "2027-01-01", "to": "2027-01-03", "festival": "new_year"},
    {"from": "2027-02-05", "to": "2027-02-11", "festival": "spring_festival"},
]
YEAR = {
    "status": "official",
    "notices": [{"title": TITLE, "number": NUMBER}],
    "off": OFF,
    "work": [{"date": "2027-02-14", "festival": "spring_festival"}],
}


def test_a_keeper_enters_a_year(keeper, public, site):
    foreseen = keeper.patch("@calendar/2027", json={**YEAR, "preview": True}).json()
    assert foreseen["preview"] is True and foreseen["status"] == "provisional"
    assert public.get("@calendar/2027").json()["status"] == "provisional"
    answer = keeper.patch("@calendar/2027", json=YEAR)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["changed_days"] == foreseen["changed_days"]
    assert body["dates"] == {"looked": 0, "moved": 0, "whole": True}
    assert any("劳动节" in said for said in body["doubts"])
    assert public.get("@calendar/2027").json()["status"] == "official"
    # A part alone: the rest stays.
    keeper.patch("@calendar/2027", json={"note": "核对过"})
    transaction.begin()
    table = store.calendar(site).by_year[2027]
    assert (table.note, table.notices[0].number) == ("核对过", NUMBER)
    assert store.of(site).number == 2


def test_closures(keeper, public):
    rows = [{"from": "2026-03-18", "to": "2026-03-19", "reason": "搬迁", "source": ""}]
    body = keeper.patch("@calendar", json={"closures": rows}).json()
    assert [row["after"]["date"] for row in body["changed_days"]] == [
        "2026-03-18",
        "2026-03-19",
    ]
    assert public.get("@calendar").json()["closures"] == rows


@pytest.mark.parametrize(
    "place,body,sentence",
    [
        ("@calendar/2027", {**YEAR, "notices": []}, "标为正式须写明通知的文号"),
        ("@calendar/2027", {"off": [{"from": "2027-02-30"}]}, "“2027-02-30”不是日期"),
        ("@calendar/2027", {"off": "x"}, "off 的值"),
        (
            "@calendar/2027",
            {**YEAR, "work": [{"date": "2027-01-01"}]},
            "2027-01-01既放",
        ),
        ("@calendar/2027", {**YEAR, "year": 2028}, "地址中的年份不同。"),
        ("@calendar/2027", {"colour": 1}, "“colour”不是可以修改的项目。"),
        ("@calendar/2027", {"status": "missing"}, "status 的值"),
        ("@calendar/2027", {"preview": "yes"}, "preview 只能是"),
        ("@calendar/2027", [], "请求正文不是 JSON 对象"),
        ("@calendar", {"closures": [{"date": "2026-03-18"}]}, "请写明2026-03-18停止"),
        ("@calendar", {"off": []}, "“off”不是可以修改的项目。"),
    ],
)
def test_what_is_wrong_changes_nothing(keeper, site, place, body, sentence):
    answer = keeper.patch(place, json=body)
    assert answer.status_code == 400, answer.text
    message = answer.json()["error"]["message"]
    assert sentence in message or ("JSON" in sentence and "JSON" in message)
    transaction.begin()
    assert store.of(site).number == 0


def test_nobody_else_changes_it(public, site):
    assert public.patch("@calendar/2027", json=YEAR).status_code == 401
    with Client(site.absolute_url(), ("bianji", PASSWORD)) as editor:
        assert editor.patch("@calendar/2027", json=YEAR).status_code in (401, 403)
    transaction.begin()
    assert store.of(site).number == 0


def test_a_form_of_another_site_changes_nothing(functional, site):
    """PATCH cannot be sent by a form, and the services take JSON only."""
    browser = Browser(functional["app"])
    browser.handleErrors = True
    browser.raiseHttpErrors = False
    browser.addHeader("Authorization", f"Basic rili:{PASSWORD}")
    browser.post(f"{site.absolute_url()}/@calendar/2027", "status=official")
    transaction.begin()
    assert store.of(site).number == 0
