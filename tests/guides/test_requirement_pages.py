"""Pages and REST of requirements and quality: who reads them, and what they say."""

from io import BytesIO
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.testing.zope import Browser
from zhinan.guides import quality
from zhinan.guides.nightly import KIND
from zhinan.guides.requirementsettings import setting
from zhinan.jobs import runner
from zhinan.jobs import store as jobs
from zhinan.rules.requirements import requirements
from zhinan.testing import add_person
from zhinan.testing import publish
from zhinan.testing import withdraw
from zhinan.trail import store as trail

import pytest
import requests
import transaction


PASSWORD = "Ren-yuan-2026-x"


@pytest.fixture(scope="module")
def people():
    """Names of the people and their functions."""
    return {
        "bianji": (("editor",), "shili"),
        "tajia": (("editor",), "bieju"),
        "weihu": (("site_administrator",), ""),
    }


@pytest.fixture
def site(functional, people):
    """Two departments, a published guide of each, a draft, and a night's check."""
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    with api.env.adopt_roles(["Manager"]):
        for code in ("shili", "bieju"):
            made = api.content.create(
                portal["departments"],
                "Department",
                title=f"{code}局",
                short_name=f"{code}局",
                code=code,
                credit_code="11620200000000019K",
            )
            publish(made)
            guide = api.content.create(
                portal["guides"],
                "MatterGuide",
                code,
                title=f"{code}的事项",
                department=code,
                consult_phone="12345" if code == "bieju" else None,
            )
            publish(guide)
        api.content.create(
            portal["guides"], "MatterGuide", "gao", title="草稿", department="shili"
        )
        for name, (functions, department) in people.items():
            add_person(name, PASSWORD, *functions, department=department)
    jobs.start(KIND)
    runner.run_waiting(portal)
    transaction.commit()
    return portal


@pytest.fixture
def url(site):
    return site.absolute_url()


def browser(functional, name, password=PASSWORD):
    found = Browser(functional["app"])
    found.handleErrors = False
    found.addHeader("Authorization", f"Basic {name}:{password}")
    found.addHeader("Accept-Language", "zh-cn")
    return found


def ask(url, name=None, **params):
    """A REST answer."""
    return requests.get(
        url,
        params=params,
        headers={"Accept": "application/json"},
        auth=(name, PASSWORD) if name else None,
        timeout=30,
    )


def test_the_page_of_a_guide(functional, site, url):
    """Errors first, each with basis and the way to its field; the bar counts them."""
    page = browser(functional, "bianji")
    page.open(f"{url}/guides/gao")
    number = sum(
        f["severity"] == "error"
        for f in ask(f"{url}/guides/gao/@requirements", "bianji").json()["items"]
    )
    assert f"要求检查（{number}个错误）" in page.contents
    page.open(f"{url}/guides/gao/@@requirements")
    text = page.contents
    assert "“申请条件”没有填写。" in text
    assert "2015年全国政府网站普查评分表" in text
    assert f"{url}/guides/gao/edit#formfield-form-widgets-conditions" in text
    assert text.index("zn-error") < text.index("zn-warning")


def test_the_form_opens_at_its_field(functional, site, url):
    """The edit form has the field under the name that findings use, and the script."""
    page = browser(functional, "bianji")
    for path, field in (("gao", "consult_phone"), ("gao", "legal_basis")):
        page.open(f"{url}/guides/{path}/edit")
        assert f'id="formfield-form-widgets-{field}"' in page.contents
        assert "zhinan.pages/field.js" in page.contents


def test_nobody_else_reads_it(url):
    """The public and other departments are refused, by page and by REST."""
    for name in (None, "tajia"):
        for view in ("@@requirements", "@requirements"):
            answer = ask(f"{url}/guides/shili/{view}", name)
            assert answer.status_code == 401 or "login" in answer.url, (name, view)
            assert "没有填写" not in answer.text


def test_an_orderly_guide(functional, site, url):
    """The page says so."""
    names = ",".join(requirements())
    with api.env.adopt_roles(["Manager"]):
        api.portal.set_registry_record(
            "zhinan.guides.requirementsettings.IRequirementSettings.off",
            names.split(","),
        )
    transaction.commit()
    page = browser(functional, "bianji")
    page.open(f"{url}/guides/gao/@@requirements")
    assert "全部符合要求" in page.contents


def test_rest(url):
    """Occasions are checked; the rules tell their settings."""
    answer = ask(f"{url}/guides/gao/@requirements", "bianji", occasion="publish").json()
    assert answer["occasion"] == "publish"
    assert answer["counts"]["error"] > 10
    first = answer["items"][0]
    assert first["severity"] == "error"
    assert first["mend"].startswith(f"{url}/guides/gao/")
    wrong = ask(f"{url}/guides/gao/@requirements", "bianji", occasion="sometimes")
    assert wrong.status_code == 400
    assert "preview" in wrong.json()["message"]
    rules = ask(f"{url}/@requirements", "bianji").json()
    assert rules["items_total"] == len(requirements())
    assert "非官方核实" in rules["note"]
    by_id = {row["id"]: row for row in rules["items"]}
    assert by_id["licence_steps"]["thresholds"] == {"steps": {"value": 5, "default": 5}}
    assert by_id["fees"]["severity"]["save"] == "error"
    assert ask(f"{url}/@requirements").status_code == 401


def test_settings_page(functional, site, url):
    """Only the keeper; what is refused is told beside its field and nothing is lost."""
    page = browser(functional, "weihu")
    page.open(f"{url}/@@requirement-settings")
    assert "默认分值和默认阈值，非官方核实" in page.contents
    page.getControl(name="weight.key_flow").value = "7"
    page.getControl(name="limit.licence_steps.steps").value = "nine"
    page.getControl(name="ask:list").getControl(value="key_phone").selected = False
    page.getControl("保存").click()
    assert "请输入0到1000之间的整数" in page.contents or "1000" in page.contents
    assert page.getControl(name="weight.key_flow").value == "7"
    assert page.getControl(name="limit.licence_steps.steps").value == "nine"
    assert "key_phone" not in page.getControl(name="ask:list").value
    transaction.begin()
    assert setting("off") == []
    page.getControl(name="limit.licence_steps.steps").value = "9"
    page.getControl(name="nightly_hour").value = "3"
    page.getControl("保存").click()
    assert "设置已保存" in page.contents
    transaction.begin()
    assert setting("off") == ["key_phone"]
    assert setting("weights") == {"key_flow": 7.0}
    assert setting("limits") == {"licence_steps.steps": 9}
    assert setting("nightly_hour") == 3
    assert setting("nightly") is True
    entries = trail.of(site).chain("site").entries.values()
    assert any(b"requirements.settings" in text for text in entries)
    other = browser(functional, "bianji")
    with pytest.raises(Exception, match=r"401|Unauthorized|not authorized|无权"):
        other.open(f"{url}/@@requirement-settings")


def test_quality_page(functional, site, url):
    """Own departments alone, the worst first, each finding leads to its field."""
    page = browser(functional, "bianji")
    page.open(f"{url}/@@quality")
    assert "非官方核实" in page.contents
    assert "shili的事项" in page.contents
    assert "bieju的事项" not in page.contents
    assert (
        f"{url}/guides/shili/edit#formfield-form-widgets-consult_phone" in page.contents
    )
    assert "立即检查全部指南" not in page.contents
    keeper = browser(functional, "weihu")
    keeper.open(f"{url}/@@quality")
    text = keeper.contents
    # The one with a telephone is better.
    assert text.index("shili的事项") < text.index("bieju的事项")
    keeper.open(f"{url}/@@quality?department=bieju")
    assert "shili的事项" not in keeper.contents
    keeper.getControl("立即检查全部指南").click()
    assert "@@job?id=" in keeper.url


def test_quality_file_and_rest(functional, site, url):
    """The same rows as sheet and as JSON, for the same people."""
    answer = ask(f"{url}/@@quality-xlsx", "bianji")
    book = load_workbook(BytesIO(answer.content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "部门"
    assert {row[1] for row in rows[1:-1]} == {"shili的事项"}
    assert "非官方核实" in rows[-1][0]
    found = ask(f"{url}/@quality", "bianji").json()
    assert [one["department"] for one in found["departments"]] == ["shili"]
    assert [one["title"] for one in found["items"]] == ["shili的事项"]
    assert len(found["items"][0]["findings"]) == len(rows) - 2
    whole = ask(f"{url}/@quality", "weihu").json()
    assert [one["title"] for one in whole["items"]] == ["shili的事项", "bieju的事项"]
    assert whole["items"][0]["score"] < whole["items"][1]["score"]
    assert len(whole["trend"]) == 1
    assert ask(f"{url}/@quality", "bianji", department="bieju").json()["items"] == []
    assert ask(f"{url}/@quality").status_code == 401


def test_a_hidden_guide_is_not_in_the_lists(site, url):
    """Protects: results of a guide that was withdrawn since the check."""
    with api.env.adopt_roles(["Manager"]):
        withdraw(site["guides"]["shili"])
    transaction.commit()
    assert site["guides"]["shili"].UID() in quality.peek(site).results
    assert ask(f"{url}/@quality", "tajia").json()["items_total"] == 1
    assert ask(f"{url}/@quality", "bianji").json()["items"] == []
