"""The page of a transition: what it shows, what it asks, and what a refusal keeps."""

from .conftest import act
from .conftest import asked
from .conftest import draft
from plone import api
from plone.app.testing import login
from zExceptions import Unauthorized
from zhinan.guides import workingcopy
from zhinan.publishing import editions
from zhinan.publishing import steps
from zhinan.trail import acts
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import transaction


def page(person, browse, step, path="guides/g1"):
    """The page of a step as a person."""
    return browse(person, f"{path}/@@transition?id={step}", strict=False)


def state(obj):
    """The state as the database has it now."""
    transaction.begin()
    return steps.state_of(obj)


def known(obj):
    """The round as the database has it now."""
    transaction.begin()
    return steps.round_of(obj)


def test_the_bar_leads_to_the_page(guide, browse):
    """Protects: a step is a link that may be followed; it takes nothing by itself."""
    browser = browse("qicao", "guides/g1")
    link = browser.getLink("提交审核")
    assert link.url.endswith("/guides/g1/@@transition?id=submit")
    link.click()
    assert "拟稿" in browser.contents and "审核中" in browser.contents
    assert state(guide) == "draft"


def test_a_step_is_taken(guide, browse):
    """Protects: the button takes the step, and the guide says what came of it."""
    browser = page("qicao", browse, "submit")
    browser.getControl(name="p_comment").value = "请审核"
    browser.getControl(name="do").click()
    assert state(guide) == "in_review"
    assert known(guide).submitted_by == "qicao"
    assert "“提交审核”已完成" in browser.contents
    history = guide.workflow_history["zhinan_guide_workflow"]
    assert history[-1]["comments"] == "请审核"


def test_a_refusal_stands_beside_its_field(portal, guide, browse):
    """Protects: 422, the sentence at the field, what was typed is there, no write."""
    act(portal, guide, "qicao", "submit")
    before = known(guide)
    browser = page("shenhe", browse, "return_for_changes")
    texts = browser.getControl(name="p_text:list", index=0)
    assert texts.value == ""
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert "请写明要改什么" in browser.contents
    assert 'id="p_comment-error"' in browser.contents
    assert (state(guide), known(guide)) == ("in_review", before)


def test_what_was_typed_is_not_lost(portal, guide, browse):
    """Protects: one wrong field costs nothing of the others."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    browser = page("fabu", browse, "schedule")
    browser.getControl(name="p_publish_at").value = "2020-01-01T09:00"
    browser.getControl(name="p_note").value = "调整收费标准"
    browser.getControl(name="p_minor").value = ["1"]
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert browser.getControl(name="p_note").value == "调整收费标准"
    assert browser.getControl(name="p_minor").value == ["1"]
    assert browser.getControl(name="p_publish_at").value == "2020-01-01T09:00"
    assert 'id="p_publish_at-error"' in browser.contents
    assert state(guide) == "approved"


def test_times_are_the_citys(portal, guide, browse):
    """Protects: the hour typed is that of the city, whatever the server's zone."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    browser = page("fabu", browse, "schedule")
    browser.getControl(name="p_publish_at").value = "2099-03-01T08:30"
    browser.getControl(name="do").click()
    assert state(guide) == "scheduled"
    planned = known(guide).schedule.publish_at
    assert planned.isoformat() == "2099-03-01T08:30:00+08:00"


def test_comments_on_elements(portal, guide, browse):
    """Protects: rows for elements and materials, one more without JavaScript."""
    act(portal, guide, "qicao", "submit")
    browser = page("shenhe", browse, "return_for_changes")
    assert len(browser.getControl(name="p_text:list", index=0).value) == 0
    browser.getControl(name="p_place:list", index=0).value = ["e:statutory_limit"]
    browser.getControl(name="p_text:list", index=0).value = "与法律不一致"
    browser.getControl(name="p_place:list", index=1).value = ["m:m01"]
    browser.getControl(name="p_text:list", index=1).value = "少一份空白表格"
    browser.getControl(name="p_text:list", index=2).value = "整体再核对一遍"
    browser.getControl(name="more").click()
    assert state(guide) == "in_review"
    assert browser.getControl(name="p_text:list", index=3).value == ""
    assert browser.getControl(name="p_text:list", index=1).value == "少一份空白表格"
    browser.getControl(name="do").click()
    assert state(guide) == "draft"
    found = [(c.element, c.material, c.text) for c in known(guide).comments]
    assert found == [
        ("statutory_limit", "", "与法律不一致"),
        ("", "m01", "少一份空白表格"),
        ("", "", "整体再核对一遍"),
    ]
    editor = browse("qicao", "guides/g1")
    assert "退回：要改的地方" in editor.contents
    assert "与法律不一致" in editor.contents
    link = editor.getLink("法定办结时限")
    assert link.url.endswith("/guides/g1/edit#formfield-form-widgets-statutory_limit")
    assert editor.getLink("申请表", index=0).url
    assert "/guides/g1/m01/edit" in editor.contents
    # It is no more once the draft is on its way again.
    act(portal, guide, "qicao", "submit")
    assert "退回：要改的地方" not in browse("qicao", "guides/g1").contents


def test_what_stands_in_the_way_is_told_before(portal, guide, browse):
    """Protects: nobody types a note only to learn that it was in vain."""
    with api.env.adopt_roles(["Manager"]):
        api.group.add_user(groupname="dept-csj-reviewer", username="qicao")
    act(portal, guide, "qicao", "submit")
    browser = page("qicao", browse, "approve")
    assert "这份内容是您本人起草或提交的" in browser.contents
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert state(guide) == "in_review"


def test_what_a_guide_lacks_leads_to_its_field(portal, guide, browse):
    """Protects: a finding of the requirements is told before, with the way to mend."""
    act(portal, guide, "qicao", "submit")
    asked(["key_conditions"])
    browser = page("shenhe", browse, "approve")
    assert "还不能执行" in browser.contents
    assert "edit#formfield-form-widgets-conditions" in browser.contents
    assert browser.getLink("这份指南的检查结果").url.endswith("/g1/@@requirements")
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert "edit#formfield-form-widgets-conditions" in browser.contents
    assert state(guide) == "in_review"


def test_a_grave_step_is_ticked(portal, guide, browse):
    """Protects: taking something from the public is asked twice; nothing is lost."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    act(portal, guide, "fabu", "publish")
    browser = page("fabu", browse, "withdraw")
    browser.getControl(name="p_reason").value = "法律已废止"
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert browser.getControl(name="p_reason").value == "法律已废止"
    assert state(guide) == "published"
    browser.getControl(name="known").value = ["1"]
    browser.getControl(name="do").click()
    assert state(guide) == "withdrawn"


def test_a_successor_is_found_by_name_and_code(portal, guide, browse):
    """Protects: a guide is chosen from those that are online, without JavaScript."""
    for obj in (guide, draft(portal, "qicao", 2, "接续事项")):
        act(portal, obj, "qicao", "submit")
        act(portal, obj, "shenhe", "approve")
        act(portal, obj, "fabu", "publish")
    other = obj.UID()
    browser = page("fabu", browse, "consolidate")
    for text in ("接续事项", "620199001002"):
        browser.getControl(name="p_find").value = text
        browser.getControl(name="find").click()
        assert browser.getControl(name="p_successor").options == [other]
    assert state(guide) == "published"
    browser.getControl(name="p_find").value = "测试事项1"
    browser.getControl(name="find").click()
    assert "没有这个名称或编码的在线指南" in browser.contents
    browser.getControl(name="p_find").value = "接续"
    browser.getControl(name="find").click()
    browser.getControl(name="p_successor").value = [other]
    browser.getControl(name="known").value = ["1"]
    browser.getControl(name="do").click()
    assert state(guide) == "consolidated"


def test_what_is_not_possible_is_said(portal, guide, browse):
    """Protects: an old link says what has changed; strangers read nothing."""
    act(portal, guide, "qicao", "submit")
    browser = page("qicao", browse, "submit")
    assert browser.headers["Status"].startswith("409")
    assert "审核中" in browser.contents
    browser = page("qicao", browse, "approve")
    assert browser.headers["Status"].startswith("403")
    with pytest.raises(Unauthorized):
        page("bieren", browse, "approve")
    with pytest.raises(Unauthorized):
        page("", browse, "approve")


def test_two_reviewers(portal, guide, browse):
    """Protects: who comes second reads who was first; the form changes nothing."""
    act(portal, guide, "qicao", "submit")
    browser = page("shenhe", browse, "approve")
    act(portal, guide, "fuze", "approve")
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("409")
    assert "fuze" in browser.contents
    assert known(guide).approved_by == "fuze"


def test_the_stock_way_leads_to_the_page(guide, browse):
    """Protects: no date is set and no step taken past guards and parameters."""
    browser = browse("qicao", "guides/g1/content_status_modify?workflow_action=submit")
    assert browser.url.endswith("/guides/g1/@@transition?id=submit")
    assert state(guide) == "draft"
    assert guide.effective_date is None


def test_a_foreign_form_is_refused(guide, browse):
    """Protects: another site cannot take a step for somebody who is signed in."""
    browser = page("qicao", browse, "submit")
    browser.getControl(name="_authenticator").value = "x"
    browser.raiseHttpErrors = False
    browser.handleErrors = True
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("403")
    assert state(guide) == "draft"


def test_only_what_makes_sense_is_offered(portal, guide, browse):
    """Protects: what two people have seen asks nobody to approve it afterwards."""
    act(portal, guide, "fuze", "publish_in_emergency", reason="汛情")
    assert "补审通过" in browse("shenhe", "guides/g1").contents
    act(portal, guide, "shenhe", "approve_afterwards")
    assert "补审通过" not in browse("shenhe", "guides/g1").contents


def test_what_changes_is_told(portal, guide, browse):
    """Protects: who approves reads which elements and materials differ."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    act(portal, guide, "fabu", "publish")
    act(
        portal,
        guide,
        "fabu",
        "withdraw",
        reason="修改",
    )
    act(portal, guide, "qicao", "reopen")
    login(portal, "qicao")
    guide.promised_limit = 7
    api.content.create(guide, "Material", id="m02", title="身份证明", necessity="1")
    acts.settle()
    transaction.commit()
    act(portal, guide, "qicao", "submit")
    browser = page("shenhe", browse, "approve")
    text = browser.contents
    assert "承诺办结时限" in text
    assert "新增材料：身份证明" in text
    assert "材料：申请表" not in text
    assert editions.current(guide).number.major == 1


def test_a_copy_is_merged(portal, guide, browse):
    """Protects: publishing a copy leads to its guide, which has a new edition."""
    act(portal, guide, "qicao", "submit")
    act(portal, guide, "shenhe", "approve")
    act(portal, guide, "fabu", "publish")
    login(portal, "qicao")
    copy = workingcopy.check_out(guide)
    copy.promised_limit = 7
    notify(ObjectModifiedEvent(copy))
    acts.settle()
    transaction.commit()
    path = f"guides/{copy.getId()}"
    act(portal, copy, "qicao", "submit")
    act(portal, copy, "shenhe", "approve")
    browser = page("fabu", browse, "publish", path)
    assert "工作副本将并入原指南" in browser.contents
    assert "承诺办结时限" in browser.contents
    browser.getControl(name="do").click()
    assert browser.headers["Status"].startswith("422")
    assert 'id="p_note-error"' in browser.contents
    browser.getControl(name="p_note").value = "缩短承诺时限"
    browser.getControl(name="do").click()
    assert browser.url.startswith(guide.absolute_url() + "?")
    assert "现在在线的是第2.0版" in browser.contents
    transaction.begin()
    assert copy.getId() not in portal.guides
    assert guide.promised_limit == 7
