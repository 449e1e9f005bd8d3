"""The trail for people: filters, pages, exports, verification, and who looked."""

from .conftest import words
from datetime import timedelta
from openpyxl import load_workbook
from zhinan.departments.citytime import today
from zhinan.jobs.runner import run_waiting
from zhinan.supervision import exporting
from zhinan.trail import store

import io
import json
import pytest
import transaction


def rows(page):
    """Lines of the page as texts."""
    return [words(tr) for tr in page.cssselect(".zn-trail tbody tr")]


@pytest.fixture
def acts(ask, guide):
    """An editor writes, another department's editor too; a file is made."""
    editor, other = ask("libianji"), ask("yibianji")
    editor.call("PATCH", guide, description="一")
    editor.call("POST", f"{guide}/@workflow/submit", comment="请审核")
    made = other.call(
        "POST",
        "guides",
        **{
            "@type": "MatterGuide",
            "title": "=HYPERLINK(1) 乙局事项",
            "catalog_code": "620199002000",
            "owner_department": "yi",
            "department": "yi",
        },
    )
    assert made.status_code == 201, made.text
    return guide


def test_everything_newest_first(ask, acts):
    """Acts and events in one list, with names, titles and links."""
    found = rows(ask("ducha").page("@@trail", stream="all"))
    assert "乙局事项" in found[1] or "乙局事项" in found[0]
    assert any("提交审核，由 拟稿 变为 审核中" in row for row in found)
    moments = [
        line.get("datetime")
        for line in ask("ducha").page("@@trail", stream="all").cssselect("td time")
    ]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("query", "expected", "missing"),
    [
        ({"department": "yi", "stream": "acts"}, "乙局事项", "示例事项办理"),
        ({"person": "李编辑"}, "示例事项办理", "乙局事项"),
        ({"person": "yibianji"}, "乙局事项", "示例事项办理"),
        ({"kind": "flow"}, "提交审核", "新建"),
        ({"type": "MatterGuide"}, "示例事项办理", "嘉峪关市丙局"),
        ({"text": "乙局事"}, "乙局事项", "示例事项办理"),
        ({"period": "today"}, "示例事项办理", "nichts"),
    ],
)
def test_filters(ask, acts, query, expected, missing):
    """Each filter lets through what it names and nothing else."""
    found = "\n".join(rows(ask("ducha").page("@@trail", **query)))
    assert expected in found
    assert missing not in found


def test_one_thing_by_its_address(ask, acts):
    """By URL, by path and by UID."""
    uid = ask("ducha").json(f"{acts}/@timeline")["uid"]
    for value in (acts, "/guides/620199001000", uid):
        found = ask("ducha").json("@trail", object=value)["items"]
        assert {item["uid"] for item in found} == {uid}
        assert len(found) == 3


def test_period(ask, acts):
    """Days count from midnight to midnight in the city."""
    ducha = ask("ducha")
    tomorrow = (today() + timedelta(days=2)).isoformat()
    assert ducha.json("@trail", **{"from": tomorrow})["items"] == []
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert ducha.json("@trail", **{"from": yesterday, "stream": "acts"})["items"]


def test_what_cannot_be_is_said(ask, acts):
    """Sentences on the page, 400 with the parameter's name for programs."""
    wrong = {"from": "gestern", "person": "没有这人", "object": "nichts"}
    page = ask("ducha").page("@@trail", **wrong)
    said = words(page.cssselect(".zn-errors")[0])
    assert "“gestern”不是日期" in said
    assert "没有也未曾有过“没有这人”" in said
    assert page.xpath("//input[@name='person']/@value") == ["没有这人"]
    answer = ask("ducha").call("GET", "@trail?from=gestern&before=x")
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"from", "before"}


def test_pages_go_on_by_cursor(ask, acts):
    """All lines once, whatever is written meanwhile."""
    ducha = ask("ducha")
    everything = ducha.json("@trail", stream="acts", limit="200")["items"]
    seen, url = [], "@trail?stream=acts&limit=4"
    while url:
        found = ducha.json(url)
        seen += [(item["uid"], item["n"]) for item in found["items"]]
        url = found.get("next")
        ask("libianji").call("PATCH", acts, description=f"又改{len(seen)}")
    assert seen == [(item["uid"], item["n"]) for item in everything]


def test_who_looks_is_seen(ask, acts):
    """Each look stands in the second stream, with the filters and without a text."""
    ducha = ask("ducha")
    ducha.page("@@trail", department="jia", text="机密")
    (found, *_more) = ducha.json("@trail", kind="notice")["items"]
    assert (found["act"], found["who"]) == ("trail.read", "ducha")
    assert "department=jia" in found["note"] and "机密" not in found["note"]
    shown = rows(ducha.page("@@trail", stream="events"))
    assert any("郑督查" in row and "查看了留痕" in row for row in shown)
    assert any("部门：甲局" in row for row in shown)
    assert not any("查看了留痕" in row for row in rows(ducha.page("@@trail")))


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("ducha", True), ("guanli", True), ("zhaofuze", False), ("", False)],
)
def test_who_may_read(ask, acts, name, allowed):
    """Supervision and administrators of the site; a head does not."""
    client = ask(name)
    answers = [
        client.call("GET", "@trail"),
        client.call("POST", "@trail-export", format="jsonl"),
        client.call("POST", "@trail-verify"),
    ]
    for answer in answers:
        assert (answer.status_code in {200, 202}) == allowed, answer.text
    desk = ask(name).get("@@desk")
    assert ("@@trail" in desk.text) == allowed


def token(page):
    return page.xpath("//input[@name='_authenticator']/@value")[0]


@pytest.mark.parametrize("fmt", ["jsonl", "xlsx"])
def test_short_export_at_once(ask, acts, fmt):
    """The filtered lines as a file; nothing in a sheet is a formula."""
    ducha = ask("ducha")
    page = ducha.page("@@trail", stream="acts", type="MatterGuide")
    form = page.cssselect(".zn-trailexport")[0]
    data = {node.name: node.value for node in form.xpath(".//input")} | {"format": fmt}
    answer = ducha.post("@@trail-export", data=data)
    assert answer.status_code == 200, answer.text[:500]
    assert f".{fmt}" in answer.headers["Content-Disposition"]
    if fmt == "jsonl":
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert {line["type"] for line in lines} == {"MatterGuide"}
        assert all(line["hash"] for line in lines)
        return
    sheet = load_workbook(io.BytesIO(answer.content)).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0][:4] == ["时间", "人员", "事情", "标题"]
    assert any(row[3] == "=HYPERLINK(1) 乙局事项" for row in found)
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}


def test_long_export_is_a_job(site, ask, acts, monkeypatch):
    """In batches, whole, and only for who started it."""
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    monkeypatch.setattr(exporting, "_BATCH", 0.0)
    ducha = ask("ducha")
    page = ducha.page("@@trail")
    data = {"_authenticator": token(page), "format": "jsonl", "stream": "acts"}
    answer = ducha.post("@@trail-export", data=data)
    assert answer.status_code == 303, answer.text[:500]
    expected = ducha.json("@trail", stream="acts", limit="200")["items"]
    transaction.begin()
    run_waiting(site)
    job = ducha.json(answer.headers["Location"].replace("@@job?id=", "@jobs/"))
    assert job["state"] == "done", job
    (file,) = job["files"]
    lines = ducha.get(file["@id"], headers={"Accept": "application/json"}).text
    found = [json.loads(line) for line in lines.splitlines()]
    keys = [(line["uid"], line["n"]) for line in found]
    assert len(keys) == len(set(keys))
    assert {(item["uid"], item["n"]) for item in expected} <= set(keys)


def test_verification(site, ask, acts):
    """The button makes a job; its page says that all is whole, or what is not."""
    ducha = ask("ducha")
    page = ducha.page("@@trail")
    answer = ducha.post("@@trail-verify", data={"_authenticator": token(page)})
    assert answer.status_code == 303
    transaction.begin()
    run_waiting(site)
    job = answer.headers["Location"].partition("id=")[2]
    told = words(ducha.page("@@trail-verified", job=job))
    assert "留痕完整" in told
    assert "完整" in words(ducha.page("@@trail").cssselect(".zn-chainstate")[0])

    transaction.begin()
    uid = ducha.json(f"{acts}/@timeline")["uid"]
    chain = store.of(site).chain(uid)
    del chain.entries[2]
    transaction.commit()
    answer = ducha.call("POST", "@trail-verify")
    assert answer.status_code == 202
    transaction.begin()
    run_waiting(site)
    told = words(ducha.page("@@trail-verified", job=answer.json()["id"]))
    assert "“示例事项办理”（guides/620199001000）的第2条" in told
    assert "处问题" in words(ducha.page("@@trail").cssselect(".zn-chainstate")[0])
