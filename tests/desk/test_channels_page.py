"""The page of the channels: what it says, who may press what."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.testing.zope import Browser
from zhinan.publishing import channels
from zhinan.publishing.store import outbox
from zhinan.testing import add_person
from zhinan.testing import publish
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import re
import transaction


PASSWORD = "bian-ji-2026-ceshi"


def browser_of(layer, name="", password=""):
    """A browser, logged in when a name is given."""
    browser = Browser(layer["app"])
    browser.handleErrors = False
    if name:
        browser.addHeader("Authorization", f"Basic {name}:{password}")
    return browser


@pytest.fixture
def page(functional):
    """The keeper of the site on the page."""
    browser = browser_of(functional, SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    browser.open(f"{functional['portal'].absolute_url()}/@@channels")
    return browser


@pytest.fixture
def editor(functional):
    """An editor."""
    setRoles(functional["portal"], TEST_USER_ID, ["Manager"])
    login(functional["portal"], TEST_USER_NAME)
    api.content.create(
        functional["portal"]["departments"],
        "Department",
        id="csj",
        title="测试局",
        short_name="测试局",
        code="csj",
        credit_code="11620200000000019K",
    )
    add_person("bianji", PASSWORD, "editor", department="csj")
    transaction.commit()
    return browser_of(functional, "bianji", PASSWORD)


def published(portal, guide_id, title):
    """A published guide, committed."""
    with api.env.adopt_roles(["Manager"]):
        guide = api.content.create(
            portal.guides, "MatterGuide", id=guide_id, title=title, description="一。"
        )
        publish(guide)
    transaction.commit()
    return guide


@pytest.fixture
def hall(functional):
    """A channel that has the first of two guides, of which the content then changed."""
    portal = functional["portal"]
    guide = published(portal, "g1", "第一事项")
    channel, _token = channels.create(
        outbox(portal), "hall", "大厅终端", "http://127.0.0.1:1/hook", "https://a.cn"
    )
    channels.acknowledge(outbox(portal), channel, 1, [])
    transaction.commit()
    guide.description = "二。"
    with api.env.adopt_roles(["Manager"]):
        notify(ObjectModifiedEvent(guide))
    transaction.commit()
    published(portal, "g2", "第二事项")
    return channel


def words(browser):
    """The text of the page's body."""
    main = browser.contents.split("<main")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def press(browser, label, index=0):
    """Press a button."""
    browser.getControl(label, index=index).click()


def test_an_empty_page_says_what_would_be_here(page):
    """And offers the form."""
    assert "还没有渠道" in words(page)
    assert "逐项对照" not in words(page)


def test_a_new_channel_shows_its_token_once(functional, page):
    """In the answer itself, in no address, and never again."""
    page.getControl(name="title").value = "省政务服务网"
    page.getControl(name="name").value = "sheng"
    press(page, "新增")
    (token,) = re.findall(r"zn1\.sheng\.[\w-]+", page.contents)
    assert "zn1." not in page.url
    assert page.headers["Cache-Control"] == "private, no-store"
    transaction.begin()
    assert channels.find(outbox(functional["portal"]), token).name == "sheng"
    page.open(page.url)
    assert "zn1." not in page.contents and "省政务服务网" in words(page)


def test_a_mistake_is_said_in_words(page):
    """And nothing is made."""
    page.getControl(name="title").value = "省"
    page.getControl(name="name").value = "Sheng Ting"
    press(page, "新增")
    assert "小写字母" in words(page) and "还没有渠道" in words(page)
    assert page.getControl(name="title").value == "省", "what was typed stays"
    assert page.getControl(name="name").value == "Sheng Ting"


def test_guide_by_guide(hall, page):
    """Which revision, and in words what differs."""
    page.open(page.url)
    text = words(page)
    assert "落后2次变动" in text
    assert "第一事项" in text and "一句话说明" in text
    assert "尚未收到" in text
    page.getControl(name="differing").value = ["1"]
    press(page, "查看")
    assert "differing=1" in page.url and "第一事项" in words(page)


def test_only_what_differs(functional, hall, page):
    """Everything in step: the list says so."""
    channels.acknowledge(outbox(functional["portal"]), hall, 3, [])
    transaction.commit()
    page.open(f"{page.url}?differing=1")
    assert "没有不一致" in words(page)
    page.open(page.url.split("?")[0])
    assert "第一事项" in words(page) and "一致" in words(page)


def test_a_failing_hook_and_its_buttons(functional, hall, page):
    """Reason and next try; try again, pause, resume, new token, change, remove."""
    from zhinan.publishing.hooks import TellChannels

    portal = functional["portal"]
    assert TellChannels().run(portal)
    transaction.commit()
    page.open(page.url)
    assert "连续失败1次" in words(page) and "连接被拒绝" in words(page)
    assert "下次重试" in words(page)
    press(page, "立即重试")
    assert "重新推送" in words(page) and "连续失败" not in words(page)
    press(page, "暂停")
    assert "已暂停" in words(page)
    transaction.begin()
    assert not hall.active
    press(page, "恢复")
    old = hall.key
    press(page, "换发令牌")
    assert "zn1.hall." in page.contents
    transaction.begin()
    assert hall.active and hall.key != old
    page.getControl(name="hook", index=0).value = "ftp://a/"
    press(page, "保存")
    assert "https://" in words(page)
    transaction.begin()
    assert hall.hook == "http://127.0.0.1:1/hook"
    press(page, "删除渠道")
    assert "还没有渠道" in words(page)


def test_editors_read_and_change_nothing(functional, hall, editor):
    """No buttons, and a request past the page is refused."""
    from zExceptions import Unauthorized

    url = f"{functional['portal'].absolute_url()}/@@channels"
    editor.open(url)
    text = words(editor)
    assert "大厅终端" in text and "第一事项" in text
    assert "暂停" not in text and "新增渠道" not in text
    from zExceptions import Forbidden

    with pytest.raises((Unauthorized, Forbidden)):
        editor.post(url, "step=remove&name=hall")
    transaction.begin()
    assert "hall" in outbox(functional["portal"]).channels
    editor.open(f"{functional['portal'].absolute_url()}/@@desk")
    assert f'href="{url}"' in editor.contents, "the desk leads here"


def test_the_public_sees_nothing(functional, hall):
    """Neither the page nor a link to it."""
    browser = browser_of(functional)
    browser.handleErrors = True
    browser.raiseHttpErrors = False
    browser.open(f"{functional['portal'].absolute_url()}/@@channels")
    assert "大厅终端" not in browser.contents
    browser.open(functional["portal"].absolute_url())
    assert "@@channels" not in browser.contents


def test_without_the_authenticator_nothing_happens(functional, hall, page):
    """A form of another site."""
    from zExceptions import Forbidden

    with pytest.raises(Forbidden):
        page.post(page.url, "step=remove&name=hall")
    transaction.begin()
    assert "hall" in outbox(functional["portal"]).channels
