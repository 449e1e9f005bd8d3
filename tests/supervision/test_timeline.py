"""The timeline tells in plain sentences what was done, also of what is gone."""

from .conftest import words

import pytest


def lines(page):
    """Sentences of the page, the newest first."""
    return [words(li) for li in page.cssselect(".zn-timeline > li")]


def test_sentences(ask, guide):
    """Who, in which function, what; fields, states and transitions by their titles."""
    editor = ask("libianji")
    editor.call("PATCH", guide, description="一句话", consult_phone="0937-1234567")
    editor.call("POST", f"{guide}/@workflow/submit", comment="请审核")
    told = lines(editor.page(f"{guide}/@@timeline"))
    assert len(told) == 3
    assert "李编辑（甲局 编辑） 提交审核，由 拟稿 变为 审核中：请审核" in told[0]
    assert "李编辑（甲局 编辑） 修改了 " in told[1]
    assert "咨询" in told[1] and "consult_phone" not in told[1]
    assert "李编辑（甲局 编辑） 新建" in told[2]


def test_parts_are_merged_and_marked(ask, guide):
    """Materials stand in their guide's timeline, also when they are deleted."""
    editor = ask("libianji")
    made = editor.call(
        "POST", guide, **{"@type": "Material", "title": "申请表", "necessity": "1"}
    )
    assert made.status_code == 201, made.text
    editor.call("DELETE", made.json()["@id"])
    told = lines(editor.page(f"{guide}/@@timeline"))
    assert len(told) == 3
    assert "申请材料：申请表" in told[0] and "删除" in told[0]
    assert "申请材料：申请表" in told[1] and "新建" in told[1]
    found = editor.json(f"{guide}/@timeline")
    assert [item["act"] for item in found["items"]] == ["deleted", "added", "added"]
    assert found["items"][0]["part"] == "申请材料：申请表"


def test_compare_where_two_versions_exist(ask, guide):
    """A change leads to what differs."""
    editor = ask("libianji")
    editor.call("PATCH", guide, description="一")
    editor.call("PATCH", guide, description="二")
    page = editor.page(f"{guide}/@@timeline")
    (link, *_more) = page.xpath("//a[contains(@href, '@@history?')]/@href")
    shown = words(editor.page(link))
    assert "一" in shown and "二" in shown


def test_kinds_and_pages(ask, guide):
    """Narrowed by kind; goes on by a cursor that nothing new moves."""
    editor = ask("libianji")
    for number in range(5):
        editor.call("PATCH", guide, description=f"第{number}")
    editor.call("POST", f"{guide}/@workflow/submit")
    found = editor.json(f"{guide}/@timeline", kind="flow")
    assert [item["act"] for item in found["items"]] == ["workflow.submit"]
    seen, url = [], f"{guide}/@timeline?limit=3"
    while url:
        found = editor.json(url)
        seen += [item["n"] for item in found["items"]]
        url = found.get("next")
        url = f"{url}&limit=3" if url else ""
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert editor.call("GET", f"{guide}/@timeline?limit=x").status_code == 400


def test_people_who_are_gone_stand_by_their_login(site, ask, guide):
    """An account's deletion takes no name out of the trail."""
    from plone import api

    import transaction

    transaction.begin()
    api.user.delete(username="libianji")
    transaction.commit()
    told = lines(ask("ducha").page(f"{guide}/@@timeline"))
    assert "libianji（甲局 编辑） 新建" in told[0]


def test_what_is_deleted_has_its_timeline_in_the_trail(site, ask, guide):
    """Supervision opens it by its UID; it says that the thing is gone."""
    uid = ask("ducha").json(f"{guide}/@timeline")["uid"]
    assert ask("libianji").call("DELETE", guide).status_code == 204
    page = ask("ducha").page("@@timeline", uid=uid)
    assert "示例事项办理" in words(page.cssselect("h1")[0])
    assert "该内容已删除" in words(page)
    assert "删除" in lines(page)[0]
    found = ask("ducha").json("@timeline", uid=uid)
    assert [item["act"] for item in found["items"]] == ["deleted", "added"]
    assert ask("ducha").get("@@timeline?uid=nichts").status_code == 404
    refused = ask("libianji").call("GET", f"@timeline?uid={uid}")
    assert refused.status_code in {401, 403}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("libianji", True),
        ("wangshenhe", True),
        ("zhaofuze", True),
        ("ducha", True),
        ("guanli", True),
        ("chakan", False),
        ("yibianji", False),
        ("chuangkou", False),
        ("", False),
    ],
)
def test_only_who_may_see_history(ask, guide, name, allowed):
    """The right ``history`` of the matrix, on the page, in REST and for its link."""
    client = ask(name)
    for address in (f"{guide}/@@timeline", f"{guide}/@timeline"):
        answer = client.get(address, headers={"Accept": "application/json"})
        assert (answer.status_code == 200) == allowed, (address, answer.status_code)
    if allowed:
        page = client.page(guide)
        assert page.xpath("//nav[@class='zn-staff']//a[contains(@href,'@@timeline')]")


def test_departments_have_timelines(ask, site):
    """Also of one that is dissolved, its name is told."""
    page = ask("ducha").page("departments/jia/@@timeline")
    assert "留痕：嘉峪关市甲局" in words(page.cssselect("h1")[0])


def test_dissolved_departments_keep_their_name(site, ask, guide):
    """An act in a function of a department that is gone."""
    from plone import api

    import transaction

    transaction.begin()
    api.content.delete(site["departments"]["jia"], check_linkintegrity=False)
    transaction.commit()
    told = lines(ask("ducha").page(f"{guide}/@@timeline"))
    assert "（甲局 编辑） 新建" in told[0]
