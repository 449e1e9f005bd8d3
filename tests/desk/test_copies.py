"""The pages of working copies, and REST of them, as people meet them."""

from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.testing.zope import Browser
from rest.client import Client
from rest.sample import CONTENT
from rest.sample import GUIDE
from urllib.parse import urlencode
from zhinan.departments.confidentiality import may_read
from zhinan.guides import copystore
from zhinan.guides import copywords
from zhinan.guides import presence
from zhinan.guides import units
from zhinan.guides import workingcopy
from zhinan.testing import add_person
from ZODB.POSException import ConflictError
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import requests
import transaction


PASSWORD = "Ren-yuan-2026-x"


@pytest.fixture
def guide(functional):
    """A published guide, two people of the staff, and an editor of elsewhere."""
    portal = functional["portal"]
    with Client(portal.absolute_url(), (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)) as rest:
        for parent, data in CONTENT[:5]:
            answer = rest.post(parent, json=data)
            assert answer.status_code == 201, answer.text
        for transition in ("submit", "approve", "publish"):
            rest.post(f"{GUIDE}/@workflow/{transition}", json={})
    transaction.begin()
    for name in ("zhangsan", "lisi"):
        add_person(name, PASSWORD)
        api.user.grant_roles(username=name, roles=["Manager"])
    api.user.get("lisi").setMemberProperties({"fullname": "李四"})
    add_person("bieren", PASSWORD)
    transaction.commit()
    presence._SEEN.clear()
    return portal.unrestrictedTraverse(GUIDE)


@pytest.fixture
def browse(functional, guide):
    """A page as somebody sees it."""

    def open_(name, url, obj=guide):
        browser = Browser(functional["app"])
        browser.handleErrors = False
        browser.raiseHttpErrors = False
        if name:
            browser.addHeader("Authorization", f"Basic {name}:{PASSWORD}")
        browser.open(f"{obj.absolute_url()}{url}")
        return browser

    return open_


@pytest.fixture
def copy(guide):
    """Its working copy, opened by 张三."""
    with api.env.adopt_user(username="zhangsan"):
        found = workingcopy.check_out(guide)
    transaction.commit()
    return found


def save(obj, **values):
    """Somebody's save."""
    for name, value in values.items():
        setattr(obj, name, value)
    with api.env.adopt_user(username="lisi"):
        notify(ObjectModifiedEvent(obj))
    transaction.commit()


def button(browser, text):
    """Press a button of the page's own form."""
    next(
        form.getControl(text)
        for number in range(9)
        if (form := _form(browser, number)) is not None and _has(form, text)
    ).click()


def _form(browser, number):
    try:
        return browser.getForm(index=number)
    except IndexError:
        return None


def _has(form, text):
    try:
        form.getControl(text)
    except LookupError:
        return False
    return True


def test_from_the_guide_to_the_copy_and_back(guide, browse):
    """修改, 打开工作副本, a band with the way back, and a note for the others."""
    page = browse("zhangsan", "")
    assert "修改" in page.contents
    page.getLink("修改").click()
    assert page.url.endswith("@@check-out")
    transaction.begin()
    assert workingcopy.copy_of(guide) is None
    button(page, "打开工作副本")
    transaction.begin()
    copy = workingcopy.copy_of(guide)
    assert page.url == copy.absolute_url()
    assert page.headers["X-Robots-Tag"] == "noindex"
    band = page.contents.partition("zn-copyband")[2].partition("</aside>")[0]
    assert guide.title in band and "zhangsan" in band
    note = "zhangsan正在工作副本中修改"
    other = browse("lisi", "")
    assert note in other.contents and "@@check-out" not in other.contents
    assert note in browse("lisi", "", guide["m01"]).contents
    assert "zn-copyband" in browse("lisi", "", copy["m01"]).contents
    assert "zn-copyband" not in other.contents
    # Asking once more leads there.
    assert browse("lisi", "/@@check-out").url == copy.absolute_url()


@pytest.mark.parametrize("name", ["", "bieren"])
def test_nobody_else_sees_any_of_it(guide, browse, copy, name):
    """Protects: the public and other people: no button, no note, no copy."""
    page = browse(name, "")
    assert guide.title in page.contents
    assert "工作副本" not in page.contents and "@@check-out" not in page.contents
    for obj, path in (
        (copy, ""),
        (copy["m01"], ""),
        (copy, "/@@copy-changes"),
        (copy, "/@@copy-update"),
        (copy, "/@@discard-copy"),
        (guide, "/@@check-out"),
    ):
        answer = requests.get(
            f"{obj.absolute_url()}{path}",
            auth=(name, PASSWORD) if name else None,
            timeout=60,
        )
        assert "login" in answer.url or "privileges" in answer.url
        assert "zn-copyband" not in answer.text and "工作副本" not in answer.text
    for url in ("/guides", "/@@search?" + urlencode({"SearchableText": "示例设施"})):
        found = browse(name, url, api.portal.get()).contents
        assert f"{guide.getId()}-copy" not in found and guide.getId() in found


def test_also_here(copy, browse):
    """Who edits, who saved, who looked; never oneself."""
    page = browse("zhangsan", "", copy)
    assert "同时在这里" not in page.contents
    browse("lisi", "", copy["m01"])
    assert "李四刚刚看过" in browse("zhangsan", "", copy).contents
    save(copy["m01"], title="改过的申请表")
    assert "保存了“改过的申请表”" in browse("zhangsan", "", copy).contents
    browse("lisi", "/edit", copy["m01"])
    page = browse("zhangsan", "", copy)
    assert "李四正在填写“改过的申请表”的表单" in page.contents
    assert page.contents.count("李四") == 1
    assert "zhangsan刚刚看过" in browse("lisi", "", copy).contents
    # Another form of the unit is open to everybody, and this one says who has it.
    assert "李四也打开了这张表单" in browse("zhangsan", "/edit", copy["m01"]).contents


def test_what_was_seen_is_forgotten():
    """After a quarter of an hour, and of the oldest copies."""
    presence._SEEN.clear()
    presence.came("a", "x", moment=0.0)
    presence.came("a", "y", moment=60.0 * presence.MINUTES + 1)
    assert set(presence._SEEN["a"]) == {"y"}
    for number in range(presence.MOST):
        presence.came(f"c{number}", "x")
    assert len(presence._SEEN) == presence.MOST and "a" not in presence._SEEN
    presence._SEEN.clear()


def test_compared_with_what_is_online(guide, copy, browse):
    """Element by element, material by material; the materials' order; files."""
    assert "还没有改动" in browse("zhangsan", "/@@copy-changes", copy).contents
    save(copy, title="新的名称")
    save(copy["m01"], title="新的申请表")
    with api.env.adopt_roles(["Manager"]):
        api.content.create(copy, "Material", id="m02", title="新材料", necessity="1")
    version = copy["m01"].objectValues()[0]
    with api.env.adopt_roles(["Manager"]):
        copy["m01"]._delObject(version.getId())
    transaction.commit()
    page = browse("zhangsan", "/@@copy-changes", copy).contents
    main = page.partition("<main")[2].partition("</main>")[0]
    for text in ("指南正文", "有改动：新的申请表", "新增：新材料", "删去：", "<ins>"):
        assert text in main, text
    assert "{" not in main and "None" not in main
    assert guide["m01"].title != "新的申请表"


def test_taking_over_what_changed_online(guide, copy, browse):
    """A choice for each element; without one nothing happens."""
    save(guide, title="线上名称", consult_phone="0937-0000109")
    save(copy, title="副本名称")
    page = browse("zhangsan", "", copy)
    page.getLink("线上指南有改动").click()
    assert "线上名称" in page.contents and "副本名称" in page.contents
    button(page, "采用")
    assert "请选择其中一个" in page.contents
    transaction.begin()
    assert copy.title == "副本名称" and copy.consult_phone == "0937-0000101"
    page.getControl(name="choice.#title").value = ["theirs"]
    button(page, "采用")
    assert page.url == copy.absolute_url()
    transaction.begin()
    assert copy.title == "线上名称" and copy.consult_phone == "0937-0000109"
    assert "线上指南有改动" not in page.contents
    assert not workingcopy.pending(copy)


def test_thrown_away_after_a_question(guide, copy, browse):
    """It says what is lost; a link from elsewhere does nothing."""
    save(copy, title="副本名称")
    page = browse("zhangsan", "", copy)
    page.getLink("放弃工作副本").click()
    assert "指南正文" in page.contents
    transaction.begin()
    assert workingcopy.copy_of(guide) is not None
    with Client(copy.absolute_url(), ("zhangsan", PASSWORD)) as client:
        answer = client.post(f"{copy.absolute_url()}/@@discard-copy")
        assert answer.status_code == 403
    button(page, "放弃")
    assert page.url == guide.absolute_url()
    transaction.begin()
    assert workingcopy.copy_of(guide) is None


def test_the_stock_pages_lead_to_ours(guide, copy, browse):
    """Protects: iterate's own check-in would merge past every review."""
    assert browse("zhangsan", "/@@content-checkout").url == copy.absolute_url()
    for name, target in (
        ("content-cancel-checkout", "@@discard-copy"),
        ("iterate_diff", "@@copy-changes"),
    ):
        assert browse("zhangsan", f"/@@{name}", copy).url.endswith(target)
    for obj, name in ((copy, "content-checkin"), (guide["m01"], "content-checkout")):
        browser = browse("zhangsan", "")
        browser.handleErrors = True
        browser.open(f"{obj.absolute_url()}/@@{name}")
        assert browser.headers["Status"].startswith("404")
    transaction.begin()
    assert workingcopy.copy_of(guide) == copy


def test_rest(guide):
    """Opened once, merged never, discarded; for who may."""
    url = guide.absolute_url()
    with (
        Client(url, ("zhangsan", PASSWORD)) as client,
        Client(url, ("bieren", PASSWORD)) as other,
    ):
        assert other.post(f"{url}/@workingcopy").status_code == 401
        answer = client.post(f"{url}/@workingcopy")
        assert answer.status_code == 201
        copy = answer.json()["@id"]
        again = client.post(f"{url}/@workingcopy")
        assert again.status_code == 409 and again.json()["@id"] == copy
        assert "工作副本" in again.json()["error"]["message"]
        found = client.get(f"{url}/@workingcopy").json()["working_copy"]
        assert found["@id"] == copy
        assert client.get(copy).json()["working_copy_of"]["@id"] == url
        assert client.patch(f"{copy}/@workingcopy").status_code == 403
        assert client.post(f"{url}/m01/@workingcopy").status_code == 400
        assert other.delete(f"{copy}/@workingcopy").status_code == 401
        assert client.delete(f"{copy}/@workingcopy").status_code == 204
        assert client.get(copy).status_code == 404
        assert client.delete(f"{url}/@workingcopy").status_code == 404


def test_names_of_restricted_files(guide, copy, browse):
    """Protects: the name of a file is told to nobody who may not have the file."""
    path = ("m01", copy["m01"].objectIds()[0])
    new = units.cloned(units.part(copy, path).blank_form)
    new.filename = "秘密.pdf"
    save(units.part(copy, path), blank_form=new)
    assert "秘密" in browse("zhangsan", "/@@copy-changes", copy).contents
    save(units.part(copy, path), confidentiality="internal")
    online, mine = units.snapshot(guide), units.snapshot(copy)
    with api.env.adopt_user(username="bieren"):
        assert not may_read(units.part(copy, path), "blank_form")
        said = str(copywords.changes(online, mine, copy, str))
    assert "another file" in said and "秘密" not in said and "空白表" not in said


def test_two_open_one_at_the_same_moment(functional, guide):
    """One wins by a conflict of the database; done again, the other finds its copy."""
    database = functional["app"]._p_jar.db()
    managers = [transaction.TransactionManager() for _number in range(2)]
    connections = [database.open(manager) for manager in managers]
    try:
        stores = []
        for manager, connection in zip(managers, connections, strict=True):
            manager.begin()
            portal = connection.root()["Application"][guide.getPhysicalPath()[1]]
            stores.append(copystore.copies(portal))
        for number, store in enumerate(stores):
            store.open(copystore.Opened(guide.UID(), f"copy-{number}", {}))
        managers[0].commit()
        with pytest.raises(ConflictError):
            managers[1].commit()
    finally:
        for manager, connection in zip(managers, connections, strict=True):
            manager.abort()
            connection.close()
    transaction.begin()
    assert copystore.of_guide(guide.UID()).copy == "copy-0"
