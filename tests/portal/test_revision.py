"""Page, short version and QR code carry one revision; older copies are told what changed."""

from plone import api
from plone.testing.zope import Browser
from zhinan.pages import pagecache
from zhinan.testing import publish
from zhinan.testing import withdraw
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import re
import transaction


@pytest.fixture
def guide(functional):
    """A published guide of the third revision, committed."""
    portal = functional["portal"]
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            portal.guides, "MatterGuide", id="g1", title="测试事项", description="一。"
        )
        api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
        publish(obj)
        transaction.commit()
        change(obj, description="二。")
        obj.m01.copy_count = 3
        notify(ObjectModifiedEvent(obj.m01))
        api.content.create(obj, "Material", id="m02", title="身份证", necessity="1")
        transaction.commit()
    pagecache.PAGES.clear()
    return obj


def change(obj, **values):
    """Save and commit."""
    for name, value in values.items():
        setattr(obj, name, value)
    notify(ObjectModifiedEvent(obj))
    transaction.commit()


@pytest.fixture
def browser(functional):
    """Somebody from the public."""
    browser = Browser(functional["app"])
    browser.handleErrors = False
    return browser


def note(browser):
    """The words for the holder of an older copy; empty if there are none."""
    found = re.search(r'<aside class="zn-newer".*?</aside>', browser.contents, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def edition_on(browser):
    """The edition that the foot of the page names."""
    (found,) = re.findall(r"版次：</span>([0-9.]+)", browser.contents)
    return found


def test_page_and_short_version_carry_the_same(browser, guide):
    """Number, day and check code; the QR code has the number in its address."""
    for view in ("", "/@@short"):
        browser.open(guide.absolute_url() + view)
        assert edition_on(browser) == "1.2"
        (code,) = re.findall(r"<code>([0-9a-f]{8})</code>", browser.contents)
        assert note(browser) == ""
    assert f"{guide.absolute_url()}?r=3" in browser.contents
    from zhinan.publishing.revisions import revision_of

    transaction.begin()
    assert revision_of(guide).hash.startswith(code)


def test_the_qr_code_says_it(guide):
    """What a telephone reads in it."""
    from zhinan.documents.qr import qr_svg

    view = api.content.get_view("short", guide, guide.REQUEST)
    assert view.printed_address == f"{guide.absolute_url()}?r=3"
    drawn = qr_svg(view.printed_address, "").split("</title>")[1]
    assert view.qr().endswith(drawn)


def test_an_older_copy_is_told_what_changed(browser, guide):
    """In the titles of the elements."""
    browser.open(f"{guide.absolute_url()}?r=2")
    words = note(browser)
    assert "您手中的纸质版是第1.1版（" in words and "本页已更新为第1.2版（" in words
    assert "材料“申请表”：复印件份数" in words and "新增材料：身份证" in words
    assert "一句话说明" not in words
    browser.open(f"{guide.absolute_url()}?r=1")
    assert "第1.0版" in note(browser) and "一句话说明" in note(browser)


@pytest.mark.parametrize(
    "query",
    [
        "3",
        "4",
        "0",
        "-1",
        "x",
        "",
        "99999999999999999999",
        "%EF%BC%91",
        "1&r=2",
        "<b>",
        "2.0",
    ],
)
def test_other_numbers_say_nothing(browser, guide, query):
    """The page is as it is without."""
    browser.open(f"{guide.absolute_url()}?r={query}")
    assert note(browser) == "" and edition_on(browser) == "1.2"


def test_the_same_content_again(browser, guide):
    """A copy of what was taken back to is right again."""
    with api.env.adopt_roles(["Manager"]):
        change(guide, description="三。")
        change(guide, description="二。")
    browser.open(f"{guide.absolute_url()}?r=3")
    assert "已更新为第1.4版" in note(browser) and "仍可使用" in note(browser)


def test_the_memory_is_not_filled_by_numbers(browser, guide):
    """One page for all numbers that say nothing, one for each older revision."""
    for number in [*range(3, 40), 10**7]:
        browser.open(f"{guide.absolute_url()}?r={number}")
    assert len(pagecache.PAGES._pages) == 1
    for number in (1, 2, 1, 2):
        browser.open(f"{guide.absolute_url()}?r={number}")
        assert f"纸质版是第1.{number - 1}版" in note(browser)
    assert len(pagecache.PAGES._pages) == 3
    browser.open(guide.absolute_url())
    assert note(browser) == ""
    assert len(pagecache.PAGES._pages) == 3
    browser.open(f"{guide.absolute_url()}?r=1&SearchableText=%E8%AF%8D")
    assert "词" in browser.contents and "第1.0版" in note(browser)
    browser.open(f"{guide.absolute_url()}?r=1")
    assert 'value="词"' not in browser.contents


def test_a_new_revision_is_seen_at_once(browser, guide):
    """Also by who comes with an older copy."""
    browser.open(f"{guide.absolute_url()}?r=2")
    with api.env.adopt_roles(["Manager"]):
        change(guide, title="改名事项")
    browser.open(f"{guide.absolute_url()}?r=2")
    assert "更新为第1.3版" in note(browser) and "事项名称" in note(browser)


def test_a_withdrawn_guide_has_none(functional, guide):
    """Staff see it without a number: nobody may rely on it."""
    from plone.app.testing import SITE_OWNER_NAME
    from plone.app.testing import SITE_OWNER_PASSWORD

    with api.env.adopt_roles(["Manager"]):
        withdraw(guide)
    transaction.commit()
    browser = Browser(functional["app"])
    browser.addHeader("Authorization", f"Basic {SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}")
    for query in ("", "?r=1"):
        browser.open(f"{guide.absolute_url()}{query}")
        assert "纸质版" not in browser.contents
    browser.open(f"{guide.absolute_url()}/@@short")
    assert "?r=" not in browser.contents


def test_a_hidden_material_is_on_no_page(browser, guide):
    """The page shows what the revision counts."""
    with api.env.adopt_roles(["Manager"]):
        guide.m02.manage_permission("View", ["Manager"], acquire=False)
        guide.m02.reindexObjectSecurity()
        transaction.commit()
    browser.open(guide.absolute_url())
    assert "身份证" not in browser.contents and edition_on(browser) == "1.3"
