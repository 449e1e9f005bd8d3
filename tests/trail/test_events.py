"""The second stream: what was refused stays, though its transaction does not."""

from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.app.testing import TEST_USER_PASSWORD
from plone.testing.zope import Browser
from zhinan.rules import chain as rules
from zhinan.trail import events
from zhinan.trail import store

import json
import pytest
import requests
import transaction


@pytest.fixture
def site(functional, monkeypatch):
    """A site with a draft; every test begins a chain of its own."""
    monkeypatch.setattr(events, "_PROCESS", events.Process())
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    api.content.create(portal.guides, "MatterGuide", id="g1", title="测试事项")
    api.user.create("wang@example.com", "wang", "Geheim-2026-geheim")
    transaction.commit()
    logout()
    return portal


@pytest.fixture
def browser(functional, site):
    """A browser that shows errors as people see them."""
    found = Browser(functional["app"])
    found.raiseHttpErrors = False
    found.handleErrors = True
    return found


def happened(site):
    """What this process has written."""
    transaction.begin()
    chain = store.peek(site).events.get(events.process().name)
    if chain is None:
        return []
    assert rules.check("p", dict(chain.entries), (chain.count, chain.head)) == []
    return [rules.values(text) for text in chain.entries.values()]


def whole(site):
    """All bytes of the second stream."""
    return b"".join(
        text
        for chain in store.peek(site).events.values()
        for text in chain.entries.values()
    )


def test_a_refused_attempt_stays_though_the_request_is_rolled_back(site, browser):
    """Who, where, what; once."""
    browser.addHeader("Authorization", "Basic wang:Geheim-2026-geheim")
    browser.open(f"{site.absolute_url()}/guides/g1/edit?secret=1")
    (event,) = happened(site)
    assert (event["act"], event["who"], event["path"]) == (
        "refused",
        "wang",
        "guides/g1/edit",
    )
    assert event["uid"] == site.guides.g1.UID()
    assert "secret" not in json.dumps(event)


def test_a_stranger_is_refused_without_a_name(site, browser):
    """With a digest of the address and its network."""
    browser.addHeader("X-Forwarded-For", "203.0.113.77")
    browser.open(f"{site.absolute_url()}/guides/g1")
    (event,) = happened(site)
    assert event["act"] == "refused" and "who" not in event
    browser.open(f"{site.absolute_url()}/guides")
    assert len(happened(site)) == 1


def test_rest_that_answers_with_a_status_is_noticed_too(site, functional):
    """Raised or set, 401 or 403."""
    url = site.absolute_url()
    headers = {"Accept": "application/json"}
    session = requests.Session()
    session.trust_env = False
    answer = session.get(f"{url}/guides/g1", headers=headers)
    assert answer.status_code == 401
    answer = session.get(
        f"{url}/@users", headers=headers, auth=("wang", "Geheim-2026-geheim")
    )
    assert answer.status_code in {401, 403}
    found = happened(site)
    assert [event["act"] for event in found] == ["refused", "refused"]
    assert found[1]["who"] == "wang" and found[0]["network"] == "127.0.0.0/24"
    assert "127.0.0.1" not in json.dumps(found)


def test_signing_in_and_out(site, browser):
    """Through the form."""
    url = site.absolute_url()
    browser.open(f"{url}/login")
    browser.getControl(name="__ac_name").value = "wang"
    browser.getControl(name="__ac_password").value = "Geheim-2026-geheim"
    browser.getControl(name="buttons.login").click()
    browser.open(f"{url}/logout")
    found = [(event["act"], event["who"]) for event in happened(site)]
    assert found == [("signin", "wang"), ("signout", "wang")]


def test_signing_in_in_vain(site, browser):
    """The login that was tried is not written down: it may be a password."""
    url = site.absolute_url()
    for name in ("wang", "Geheim-2026-geheim", "wang"):
        browser.open(f"{url}/login")
        browser.getControl(name="__ac_name").value = name
        browser.getControl(name="__ac_password").value = "wrong-wrong"
        browser.getControl(name="buttons.login").click()
    found = happened(site)
    assert [event["act"] for event in found] == ["signin.failed"] * 3
    first, second, third = (event["login"] for event in found)
    assert first == third != second
    for text in (b"Geheim", b"wrong-wrong", b"wang"):
        assert text not in b"".join(json.dumps(event).encode() for event in found)


def test_rest_login(site):
    """A token is a sign-in; a wrong password is none."""
    session = requests.Session()
    session.trust_env = False
    for word in ("wrong", "Geheim-2026-geheim"):
        session.post(
            f"{site.absolute_url()}/@login",
            headers={"Accept": "application/json"},
            json={"login": "wang", "password": word},
        )
    found = happened(site)
    assert [event["act"] for event in found] == ["signin.failed", "signin"]
    assert found[1]["who"] == "wang"


def test_basic_authentication_in_vain(site, browser):
    """Also where the page would be public."""
    browser.addHeader("Authorization", "Basic wang:wrong-wrong")
    browser.open(f"{site.absolute_url()}/guides")
    assert [event["act"] for event in happened(site)] == ["signin.failed"]


def test_a_flood_is_counted(site, browser, monkeypatch):
    """Ten a minute of one address; the rest is a number."""
    for _number in range(events.MOST_OF_ONE + 15):
        browser.open(f"{site.absolute_url()}/guides/g1")
    assert len(happened(site)) == events.MOST_OF_ONE
    events.process().minute -= 1
    browser.open(f"{site.absolute_url()}/guides/g1")
    *_rest, counted, last = happened(site)
    assert (counted["act"], counted["count"]) == ("counted", 15)
    assert last["act"] == "refused"


def test_all_addresses_together_are_bounded():
    """However many there are."""
    here = events.Process()
    admitted = sum(here.admits(f"10.0.{n // 250}.{n % 250}") for n in range(1000))
    assert admitted == events.MOST_OF_ALL and here.skipped == 1000 - admitted


def test_an_event_survives_the_abort_and_disturbs_nothing(site):
    """On a connection of its own: what the request has in hand is as it was."""
    login(site, TEST_USER_NAME)
    guide = site.guides.g1
    guide.description = "halb"
    assert events.note_event("file.read", uid=guide.UID(), path="guides/g1", note="x")
    assert guide._p_changed and guide.description == "halb"
    transaction.abort()
    (event,) = happened(site)
    assert (event["act"], event["who"], event["note"]) == (
        "file.read",
        TEST_USER_ID,
        "x",
    )
    guide.description = "ganz"
    events.note_event("file.read", uid=guide.UID())
    transaction.commit()
    assert site.guides.g1.description == "ganz" and len(happened(site)) == 2


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError])
def test_what_cannot_be_written_breaks_no_request(site, browser, monkeypatch, error):
    """A full disk, a database that is only read: a number, told later."""

    def full(*arguments):
        raise error

    with monkeypatch.context() as context:
        context.setattr(events, "_commit", full)
        browser.open(f"{site.absolute_url()}/guides/g1")
        browser.open(f"{site.absolute_url()}/guides")
        assert browser.headers["status"].startswith("200")
        assert happened(site) == []
    browser.open(f"{site.absolute_url()}/guides/g1")
    assert [(e["act"], e.get("count")) for e in happened(site)] == [
        ("lost", 1),
        ("refused", None),
    ]


def test_both_streams_in_one_reading(site, browser):
    """Acts and events by time."""
    browser.open(f"{site.absolute_url()}/guides/g1")
    transaction.begin()
    newest = store.newest(2, events=True, site=site)
    assert newest[0].act == "refused" and newest[0].chain and newest[1].chain == ""
    only = list(store.between(acts=False, events=True, act="refused", site=site))
    assert {row.act for row in only} == {"refused"}
    assert TEST_USER_PASSWORD.encode() not in whole(site)
