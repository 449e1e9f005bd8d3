"""Pages kept in memory: never older than the content, never somebody else's."""

from plone import api
from plone.testing.zope import Browser
from zhinan.pages import pagecache
from zhinan.pages.pagecache import PageCache
from zhinan.testing import publish
from zhinan.testing import withdraw

import pytest
import transaction


def test_least_recently_used_goes_first():
    """The bound holds, and what was asked for last stays."""
    cache = PageCache(capacity=30)
    cache.put(("a",), "x" * 10)
    cache.put(("b",), "x" * 10)
    cache.put(("c",), "x" * 10)
    assert cache.get(("a",))
    cache.put(("d",), "x" * 10)
    assert cache.get(("b",)) is None
    assert cache.get(("a",)) and cache.get(("c",)) and cache.get(("d",))
    assert cache.size == 30


def test_replacing_counts_once_and_too_large_is_not_kept():
    """The size is that of what is kept."""
    cache = PageCache(capacity=10)
    cache.put(("a",), "12345")
    cache.put(("a",), "123")
    assert cache.size == 3
    cache.put(("b",), "x" * 11)
    assert cache.get(("b",)) is None
    cache.clear()
    assert cache.size == 0 and cache.get(("a",)) is None


@pytest.fixture
def department(functional):
    """A published department, committed, and a browser for the public."""
    pagecache.PAGES.clear()
    portal = functional["portal"]
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            portal.departments,
            "Department",
            title="测试局",
            short_name="测试局",
            code="csj",
            credit_code="11620200000000019K",
        )
        publish(obj)
    transaction.commit()
    browser = Browser(functional["app"])
    browser.handleErrors = False
    return obj, browser


def test_a_change_is_seen_at_once(department):
    """The second reading comes from memory, the one after a change does not."""
    obj, browser = department
    browser.open(obj.absolute_url())
    kept = dict(pagecache.PAGES._pages)
    assert len(kept) == 1
    browser.open(obj.absolute_url())
    assert dict(pagecache.PAGES._pages) == kept
    with api.env.adopt_roles(["Manager"]):
        obj.title = "改名局"
        obj.reindexObject()
    transaction.commit()
    browser.open(obj.absolute_url())
    assert "改名局" in browser.contents


def test_staff_pages_are_never_kept(functional, department):
    """A page with a staff bar is made for one person."""
    from plone.app.testing import SITE_OWNER_NAME
    from plone.app.testing import SITE_OWNER_PASSWORD

    obj, _browser = department
    browser = Browser(functional["app"])
    browser.addHeader("Authorization", f"Basic {SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}")
    browser.open(obj.absolute_url())
    assert "zn-staff" in browser.contents
    assert not pagecache.PAGES._pages
    assert browser.headers["Cache-Control"] == "private, no-store"


def test_withdrawn_is_gone_at_once(department):
    """What is no longer public is not served from memory."""
    obj, browser = department
    browser.open(obj.absolute_url())
    with api.env.adopt_roles(["Manager"]):
        withdraw(obj)
    transaction.commit()
    browser.handleErrors = True
    browser.raiseHttpErrors = False
    browser.open(obj.absolute_url())
    assert "测试局" not in browser.contents
    browser.open(functional_url(obj))
    assert "测试局" not in browser.contents


def functional_url(obj):
    """The list in which the object stood."""
    return obj.aq_parent.absolute_url()
