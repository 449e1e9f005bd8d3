"""A notice from its issue to its end: by pages and by programs, and who may do what."""

from .conftest import words
from base64 import b64encode
from datetime import timedelta
from plone import api
from zhinan.departments.citytime import today

import concurrent.futures
import pytest
import transaction


def later(days):
    return (today() + timedelta(days=days)).isoformat()


def asked(guide, **values):
    return {
        "@type": "SupervisionNotice",
        "title": "关于示例事项的督办",
        "about": guide,
        "department": "yi",
        "question": "为什么承诺时限没有公布？",
        "due": later(5),
        **values,
    }


@pytest.fixture
def notice(ask, guide):
    """Address of a notice about a guide of the first department to the second one."""
    answer = ask("ducha").call("POST", "notices", **asked(guide))
    assert answer.status_code == 201, answer.text
    return answer.json()["@id"]


def token(page):
    return page.xpath("//input[@name='_authenticator']/@value")[0]


# ------------------------------------------------------------------- by programs


def test_what_a_notice_says(ask, notice, guide):
    """Number, subject as it is now, and the address made of the number."""
    year = today().year
    found = ask("ducha").json(notice)
    assert found["number"] == f"督办〔{year}〕1号"
    assert notice.endswith(f"/notices/{year}-1")
    assert found["review_state"] == "issued"
    assert found["overdue"] == 0
    assert found["subject"]["title"] == "示例事项办理"
    assert found["subject"]["department"] == "jia"
    assert found["subject"]["@id"] == guide


def test_life(ask, notice, guide):
    """Issued, replied, reopened, replied again, closed; every reply stays."""
    head, ducha = ask("yifuze"), ask("ducha")
    data = {"filename": "说明.txt", "content-type": "text/plain", "encoding": "base64"}
    data["data"] = b64encode("说明".encode()).decode()
    answer = head.call("POST", f"{notice}/@reply", text="已公布。", files=[data])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["reply"] == "已公布。" and found["replied_by"] == "yifuze"
    assert found["replied"]
    (file,) = found["reply_files"]
    got = ducha.get(file["download"])
    assert got.content.decode() == "说明"
    assert got.headers["Content-Disposition"].startswith("attachment")

    refused = ducha.call("POST", f"{notice}/@workflow/reopen")
    assert (
        refused.status_code == 400
        and "请写明还缺什么。" in refused.json()["error"]["message"]
    )
    assert ducha.call("POST", f"{notice}/@workflow/reopen", comment="还缺依据。").ok
    assert head.call("POST", f"{notice}/@workflow/reply", comment="依据已补。").ok
    assert ducha.call("POST", f"{notice}/@workflow/close", comment="可以。").ok
    found = ducha.json(notice)
    assert (found["review_state"], found["closing_note"]) == ("closed", "可以。")
    page = words(ducha.page(notice))
    for text in ("已公布。", "还缺依据。", "依据已补。", "可以。"):
        assert text in page

    told = [item["sentence"] for item in ducha.json(f"{notice}/@timeline")["items"]]
    assert "郑督查（督查）办结督办单，由 已答复 变为 已办结" in told[0]
    told = [item["sentence"] for item in ducha.json(f"{guide}/@timeline")["items"]]
    assert f"就此下发了督办〔{today().year}〕1号" in told[-2]
    assert "办结了督办" in told[0]


def test_what_is_typed_wrong_is_said(ask, site, guide):
    """One sentence in Chinese for each field; nothing is made."""
    wrong = asked(
        "nirgends",
        due=later(-1),
        inform=["niemand", "chuangkou"],
        question=None,
        attachments=["keine"],
    )
    answer = ask("ducha").call("POST", "notices", **wrong)
    assert answer.status_code == 400
    said = {e["field"]: e["message"] for e in answer.json()["errors"]}
    assert "该网址没有您可以查看的内容" in said["about"]
    assert "这一天已经过去" in said["due"]
    assert "问题" in said["question"] or "请填写" in said["question"]
    messages = " ".join(e["message"] for e in answer.json()["errors"])
    assert "没有账号“niemand”" in messages or "“chuangkou”无权" in messages
    assert "attachments" in said
    transaction.begin()
    assert len(site["notices"].objectIds()) == 0


def test_subject_stays_when_it_is_deleted(ask, notice, guide):
    """Title and address are kept; the page says that the thing is gone."""
    assert ask("libianji").call("DELETE", guide).status_code == 204
    found = ask("ducha").json(notice)["subject"]
    assert found["@id"] is None and found["title"] == "示例事项办理"
    page = words(ask("ducha").page(notice))
    assert "示例事项办理" in page and "已删除" in page
    changed = ask("ducha").call("PATCH", notice, title="仍可修改")
    assert changed.status_code == 204, changed.text


def test_subject_is_fixed(ask, notice, guide):
    """Another subject is another notice."""
    answer = ask("ducha").call("PATCH", notice, about="departments/jia")
    assert answer.status_code == 400
    assert "不能更换督办对象" in answer.text or "\\u" in answer.text
    again = ask("ducha").call("PATCH", notice, about=guide, due=later(9))
    assert again.status_code == 204, again.text
    assert ask("ducha").json(notice)["due"] == later(9)


def test_numbers_are_never_given_twice(ask, site, guide):
    """Not to two at the same time, nor again after a deletion."""

    def issue(number):
        answer = ask("ducha").call(
            "POST", "notices", **asked(guide, title=f"n{number}")
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["number"]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(issue, range(8)))
    assert len(set(found)) == 8
    transaction.begin()
    last = sorted(site["notices"].objectIds(), key=lambda n: int(n.split("-")[1]))[-1]
    with api.env.adopt_roles(["Manager"]):
        api.content.delete(site["notices"][last])
    transaction.commit()
    assert issue(9) == f"督办〔{today().year}〕9号"


# ------------------------------------------------------------------ who may what

VIEW = {"ducha", "yifuze", "yibianji", "libianji", "wangshenhe", "zhaofuze", "chakan"}
EVERYBODY = [
    "ducha",
    "guanli",
    "yifuze",
    "yibianji",
    "libianji",
    "zhaofuze",
    "chakan",
    "chuangkou",
    "",
]


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_may_do_what(ask, notice, guide, name):
    """Supervision issues and closes, the addressee's head replies, both read."""
    client = ask(name)
    read = client.call("GET", notice).status_code == 200
    assert read == (name in VIEW)
    page = client.get(notice, headers={"Accept": "text/html"})
    assert ("为什么承诺时限没有公布" in page.text) == (name in VIEW)
    found = client.call("GET", "@search?portal_type=SupervisionNotice").json()
    assert (found.get("items_total", 0) > 0) == (name in VIEW)
    listed = client.call("GET", "@notices?show=all")
    if listed.status_code == 200:
        assert (len(listed.json()["items"]) > 0) == (name in VIEW)
    else:
        assert name == ""
    note = "督办中" in client.get(guide, headers={"Accept": "text/html"}).text
    assert note == (name in VIEW and client.call("GET", guide).status_code == 200)

    made = client.call("POST", "notices", **asked(guide))
    assert (made.status_code == 201) == (name == "ducha"), made.text
    changed = client.call("PATCH", notice, title="改")
    assert (changed.status_code == 204) == (name == "ducha")
    form = client.get("@@issue-notice", headers={"Accept": "text/html"})
    assert ("zn-question" in form.text) == (name == "ducha")
    closed = client.call("POST", f"{notice}/@workflow/cancel", comment="误发")
    replied = client.call("POST", f"{notice}/@reply", text="答复")
    if name == "ducha":
        assert closed.ok and not replied.ok
        return
    assert not closed.ok
    assert replied.ok == (name == "yifuze"), replied.text


def test_nobody_edits_what_is_replied(ask, notice):
    """A question stays as it was when its reply was given."""
    ask("yifuze").call("POST", f"{notice}/@reply", text="答复")
    assert ask("ducha").call("PATCH", notice, title="改").status_code in {401, 403}
    assert not ask("yifuze").call("POST", f"{notice}/@reply", text="再答").ok


def test_another_addressee(ask, notice):
    """Rights go with the department."""
    assert ask("ducha").call("PATCH", notice, department="bing").status_code == 204
    assert ask("yifuze").call("GET", notice).status_code in {401, 403}
    found = ask("yifuze").call("GET", "@notices?show=all").json()
    assert found["items"] == []


# --------------------------------------------------------------------- by pages


def test_issue_by_the_page(ask, guide):
    """From the guide's page, prefilled; errors keep what was typed."""
    ducha = ask("ducha")
    (link,) = ducha.page(guide).xpath("//nav//a[text()='督办']/@href")
    page = ducha.page(link)
    form = page.cssselect("form.zn-form")[0]
    data = {node.name: node.value for node in form.xpath(".//input[@type!='file']")}
    assert data["about"] == guide
    assert data["title"] == "关于“示例事项办理”的督办"
    assert form.xpath(".//option[@selected]/@value") == ["jia"]
    data |= {"department": "jia", "question": "为什么？", "due": later(-3)}
    data["inform"] = "yibianji，libianji"
    answer = ducha.post("@@issue-notice", data=data)
    assert answer.status_code == 400
    assert "这一天已经过去" in answer.text and "“yibianji”无权查看" in answer.text
    assert ">为什么？</textarea>" in answer.text
    data |= {"due": later(3), "inform": "libianji"}
    files = {"files": ("附件.txt", b"abc", "text/plain")}
    answer = ducha.post("@@issue-notice", data=data, files=files)
    assert answer.status_code == 303, answer.text[:3000]
    shown = ducha.page(answer.headers["Location"])
    assert "督办单已下发。" in words(shown)
    assert "附件.txt" in words(shown) and "李编辑" in words(shown)
    bar = words(ask("libianji").page(guide).cssselect("nav.zn-staff")[0])
    assert f"督办中：督办〔{today().year}〕1号" in bar


def test_reply_and_close_by_the_page(ask, notice):
    """The head replies with a file, supervision closes; buttons go with the rights."""
    head, ducha = ask("yifuze"), ask("ducha")
    page = head.page(notice)
    assert page.xpath("//button[@value]/@value") == ["reply"]
    data = {"_authenticator": token(page), "step": "reply", "text": " "}
    answer = head.post(notice, data=data)
    assert "请先填写答复。" in answer.text
    data["text"] = "已改正。"
    files = [("files", ("一.txt", b"1")), ("files", ("二.txt", b"2"))]
    answer = head.post(notice, data=data, files=files)
    assert answer.status_code == 303, answer.text[:2000]
    page = ducha.page(notice)
    assert "一.txt" in words(page) and "二.txt" in words(page)
    assert page.xpath("//button[@value]/@value") == ["close", "reopen", "cancel"]
    data = {"_authenticator": token(page), "step": "close", "text": ""}
    assert ducha.post(notice, data=data).status_code == 303
    assert "已办结" in words(ducha.page(notice))


def test_edit_by_the_page(ask, guide, notice):
    """Files stay unless they are taken away."""
    ducha = ask("ducha")
    page = ducha.page(f"{notice}/edit")
    data = {
        "_authenticator": token(page),
        "title": "改了",
        "department": "yi",
        "question": "新问题",
        "due": later(6),
        "inform": "",
    }
    files = [("files", ("一.txt", b"1")), ("files", ("二.txt", b"2"))]
    answer = ducha.post(f"{notice}/edit", data=data, files=files)
    assert answer.status_code == 303, answer.text[:2000]
    answer = ducha.post(f"{notice}/edit", data={**data, "remove:list": "1"})
    assert answer.status_code == 303
    found = ducha.json(notice)
    assert [file["filename"] for file in found["attachments"]] == ["二.txt"]
    assert found["title"] == "改了"


def test_list_and_desk(ask, site, guide, notice):
    """Overdue ones first and marked; narrowed; numbers on the desk."""
    ducha = ask("ducha")
    second = ducha.call("POST", "notices", **asked(guide, due=later(1))).json()["@id"]
    third = ducha.call("POST", "notices", **asked(guide, department="jia"))
    transaction.begin()
    obj = site["notices"][second.rpartition("/")[2]]
    obj.due = today() - timedelta(days=2)
    obj.reindexObject()
    transaction.commit()
    page = ducha.page("@@notices")
    rows = [words(tr) for tr in page.cssselect("tbody tr")]
    assert len(rows) == 3
    assert "已逾期2天" in rows[0]
    items = ducha.json("@notices")["items"]
    assert [i["overdue"] for i in items] == [2, 0, 0]
    assert len(ducha.json("@notices", show="overdue")["items"]) == 1
    assert len(ducha.json("@notices", show="mine")["items"]) == 3
    head = ask("yifuze")
    assert len(head.json("@notices", show="department")["items"]) == 2
    assert "2件待您处理" in words(head.page("@@desk"))
    assert "1件待您处理" in words(ducha.page("@@desk"))
    assert third.status_code == 201
    assert ask("ducha").call("GET", "@notices?show=x").status_code == 400
