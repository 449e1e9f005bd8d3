"""The pages of the hand-over, over HTTP: choose, look, confirm, look back, take back."""

from . import handing
from .test_handover import guides
from plone import api
from urllib.parse import parse_qs
from urllib.parse import urlsplit
from zhinan.departments.owned import owners
from zhinan.jobs.runner import run_waiting

import io
import lxml.html
import openpyxl
import pytest
import requests
import transaction


PASSWORD = "zhan-zhang-2026-x"


class Person(requests.Session):
    """Somebody with a browser."""

    def __init__(self, url, name=""):
        super().__init__()
        self.trust_env = False
        self.headers["Accept"] = "text/html"
        self.auth = (name, PASSWORD) if name else None
        self.url = url

    def page(self, name, **params):
        """A page as a tree."""
        return self.get(f"{self.url}/{name}", params=params, timeout=60)

    def tree(self, answer):
        """What stands on it."""
        return lxml.html.fromstring(answer.text)

    def press(self, answer, button, files=None, **values):
        """The last form of a page with this button, sent as a browser does."""
        tree = self.tree(answer)
        form = next(f for f in tree.forms if f.xpath(f".//button[@name='{button}']"))
        fields = [
            (name, value)
            for name, value in form.form_values()
            if name not in values and name != "codes_file"
        ]
        for name, value in values.items():
            found = value if isinstance(value, list) else [value]
            fields += [(name, item) for item in found]
        fields.append((button, "1"))
        return self.post(
            form.action, data=fields, files=files, allow_redirects=False, timeout=60
        )


@pytest.fixture
def site(functional):
    """A small city, whose administrator has a password."""
    portal = functional["portal"]
    handing.city(portal)
    for name, group in (
        ("zhanzhang", "Site Administrators"),
        ("bianji", "dept-jia-editor"),
    ):
        api.user.create(f"{name}@example.com", name, PASSWORD)
        api.group.add_user(groupname=group, username=name)
    transaction.commit()
    return portal


@pytest.fixture
def keeper(site):
    """The administrator of the site."""
    return Person(site.absolute_url(), "zhanzhang")


def result(site, keeper, answer):
    """The page of the result of a job that was started."""
    assert answer.status_code == 303, keeper.tree(answer).text_content()[:2000]
    transaction.begin()
    run_waiting(site)
    (job,) = parse_qs(urlsplit(answer.headers["Location"]).query)["id"]
    return keeper.page("@@hand-over-preview", job=job)


def words(keeper, answer):
    """The text of the page's main part."""
    (main,) = keeper.tree(answer).xpath("//main")
    return " ".join(main.text_content().split())


def test_nobody_else_comes_in(site):
    """Neither the public nor an editor sees the pages, nor the entrance on the desk."""
    for name in ("", "bianji"):
        person = Person(site.absolute_url(), name)
        for page in ("@@hand-over", "@@hand-over-preview"):
            answer = person.page(page)
            assert answer.url.partition("?")[0].rpartition("/")[2] in {
                "login",
                "insufficient-privileges",
            }
        assert "@@hand-over" not in person.page("@@desk").text
    keeper = Person(site.absolute_url(), "zhanzhang")
    assert "@@hand-over" in keeper.page("@@desk").text


def test_from_the_choice_to_the_report_and_back(site, keeper):
    """Nothing is written before it is confirmed, and nothing entered is lost."""
    form = keeper.page("@@hand-over")
    refused = keeper.press(form, "preview", sources=["jia", "yi"])
    assert refused.status_code == 400
    assert "请选择承接的部门" in words(keeper, refused)
    ticked = keeper.tree(refused).xpath("//input[@name='sources'][@checked]/@value")
    assert ticked == ["jia", "yi"]
    answer = keeper.press(refused, "preview", sources=["jia"], target="bing")
    page = result(site, keeper, answer)
    assert owners(guides(site)[0])[0] == "jia"
    text = words(keeper, page)
    assert "移交预览：甲局 → 丙局" in text and "目前只是预览" in text
    assert f"{keeper.url}/departments/jia → {keeper.url}/departments/bing" in text
    assert "有1件咨询尚未办结" in text
    (name,) = keeper.tree(page).xpath(
        "//tr[starts-with(th, 'editor_own')]//select/@name"
    )
    refused = keeper.press(page, "confirm", note="合并", **{name: "leave"})
    assert refused.status_code == 400
    text = words(keeper, refused)
    assert "请填写作为依据的文号" in text and "请勾选" in text
    tree = keeper.tree(refused)
    assert tree.xpath("string(//textarea[@name='note'])").strip() == "合并"
    (chosen,) = tree.xpath(f"//select[@name='{name}']/option[@selected]/@value")
    assert chosen == "leave"
    answer = keeper.press(refused, "confirm", document="嘉机编〔2026〕7号", sure="1")
    page = result(site, keeper, answer)
    text = words(keeper, page)
    assert "移交结果" in text and "嘉机编〔2026〕7号" in text
    assert owners(guides(site)[0])[0] == "bing"
    members = api.group.get("dept-bing-editor").getGroupMemberIds()
    assert "editor_own" not in members and "bianji" in members
    (report,) = keeper.tree(page).xpath("//a[contains(@href, 'report.xlsx')]/@href")
    book = openpyxl.load_workbook(io.BytesIO(keeper.get(report, timeout=60).content))
    assert book.worksheets[0].title == "概要"
    # It stands in the list of all, and can be taken back.
    assert "嘉机编〔2026〕7号" in words(keeper, keeper.page("@@hand-over"))
    preview = result(site, keeper, keeper.press(page, "undo"))
    assert "撤销预览" in words(keeper, preview)
    assert owners(guides(site)[0])[0] == "bing"
    answer = keeper.press(preview, "confirm", document="嘉机编〔2026〕8号", sure="1")
    page = result(site, keeper, answer)
    assert "已撤销" in words(keeper, page)
    assert owners(guides(site)[0])[0] == "jia"
    assert "editor_own" in api.group.get("dept-jia-editor").getGroupMemberIds()
    assert not keeper.tree(page).xpath("//button[@name='undo']")


def test_a_split_by_list_and_by_filter(site, keeper):
    """What is ticked stays ticked while the list is narrowed."""
    first, second, third = [guide.UID() for guide in guides(site)]
    form = keeper.page("@@hand-over", kind="split")
    listed = keeper.press(form, "list", sources="jia", target="bing")
    assert listed.status_code == 200
    ticks = keeper.tree(listed).xpath("//input[@name='selected']/@value")
    assert {first, second, third} <= set(ticks)
    narrowed = keeper.press(listed, "sift", selected=[first], q="事项2")
    tree = keeper.tree(narrowed)
    shown = tree.xpath("//input[@name='selected'][@type='checkbox']/@value")
    assert shown == [second]
    assert tree.xpath("//input[@name='selected'][@type='hidden']/@value") == [first]
    all_ = keeper.press(narrowed, "all")
    page = result(site, keeper, keeper.press(all_, "preview"))
    urls = keeper.tree(page).xpath("//a[contains(@href, 'resolveuid')]/@href")
    assert {url.rpartition("/")[2] for url in urls} == {first, second}


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030"])
def test_a_split_by_codes_of_a_file(site, keeper, kind):
    """A column of codes, with a head; what is not known is named."""
    codes = ["编码", "620199001001", "620199001009"]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for code in codes:
            book.active.append([code, "别的"])
        buffer = io.BytesIO()
        book.save(buffer)
        data = buffer.getvalue()
    else:
        data = "\n".join(f"{c},别的" for c in codes).encode(
            "utf-8-sig" if kind == "csv" else kind
        )
    form = keeper.page("@@hand-over", kind="split")
    files = {"codes_file": (f"codes.{kind}", data)}
    refused = keeper.press(form, "preview", files, sources="jia", target="bing")
    assert refused.status_code == 400
    assert "这个部门没有下列编码：620199001009" in words(keeper, refused)
    typed = keeper.tree(refused).xpath("string(//textarea[@name='codes'])").split()
    assert typed == ["620199001001", "620199001009"]
    answer = keeper.press(refused, "preview", codes=typed[0])
    text = words(keeper, result(site, keeper, answer))
    # The guide and the entry of the catalogue with this code.
    assert "办事指南 1" in text and "目录和清单条目 1" in text


def test_a_file_that_is_none(site, keeper):
    """It is refused with a sentence, and the rest stays."""
    form = keeper.page("@@hand-over", kind="split")
    for data in (b"PK\x03\x04broken", b"\x00\xff\xfe"):
        files = {"codes_file": ("codes.xlsx", data)}
        refused = keeper.press(
            form, "preview", files, sources="jia", target="bing", codes="620199001001"
        )
        assert refused.status_code == 400
        assert "文件不是写有编码的电子表格" in words(keeper, refused)


def test_papers_are_decided_on_the_page(site, keeper):
    """A seal in force is neither forgotten nor decided by the system."""
    handing.login(site.aq_parent, handing.SITE_OWNER_NAME)
    seal = api.content.create(
        site["registers"]["approval-seal"],
        "ApprovalSeal",
        title="甲章",
        seal_number="S1",
        department="jia",
        owner_department="jia",
        valid_from=handing.DAY,
    )
    api.content.transition(seal, "put_in_force")
    transaction.commit()
    form = keeper.page("@@hand-over")
    answer = keeper.press(form, "preview", sources=["jia"], target="bing")
    page = result(site, keeper, answer)
    refused = keeper.press(page, "confirm", document="7号", sure="1")
    assert "“甲章”仍然有效，请决定如何处理" in words(keeper, refused)
    answer = keeper.press(refused, "confirm", **{f"paper.{seal.UID()}": "take"})
    assert "移交结果" in words(keeper, result(site, keeper, answer))
    assert seal.department == "bing"


def test_a_new_name_begins_with_the_old_one(site, keeper):
    """Name and code are filled in, so that only what changes is typed."""
    form = keeper.page("@@hand-over", kind="rename")
    filled = keeper.press(form, "fill", sources="jia")
    tree = keeper.tree(filled)
    assert tree.xpath("//input[@name='title']/@value") == ["嘉峪关市甲局"]
    assert tree.xpath("//input[@name='code']/@value") == ["jia"]
    refused = keeper.press(filled, "preview")
    assert "名称和代码都没有变化" in words(keeper, refused)
    answer = keeper.press(
        refused, "preview", title="嘉峪关市新甲局", short_name="新甲局"
    )
    text = words(keeper, result(site, keeper, answer))
    assert "甲局 → 新甲局" in text
