"""Waits and locks at every way in."""

from .conftest import PASSWORD
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from zhinan.signin import attempts
from zhinan.signin import setup
from zhinan.signin.guard import Guard
from zhinan.signin.guard import guard_of
from zhinan.site import upgrades
from zope.globalrequest import getRequest

import pytest
import statistics
import threading
import time
import transaction


def test_the_right_password_opens(door):
    """The plain case."""
    browser = door()
    answer = browser.sign_in("lisi")
    assert answer.status_code == 302
    assert browser.is_in()


@pytest.mark.parametrize("name", ["lisi", "nobody-of-this-name"])
def test_the_login_page_refuses_for_a_while(door, clock, name):
    """After two free attempts the wait grows; the same for a login that is none."""
    browser = door()
    texts = [browser.sign_in(name, "wrong").text for _i in range(3)]
    assert "请等待" not in texts[1]
    assert "请等待1秒" in texts[2]
    # Too early: it is not read, and not counted either.
    answer = browser.sign_in(name, PASSWORD)
    assert answer.status_code == 200
    assert "请等待" in answer.text
    assert not browser.is_in()
    clock(2)
    assert browser.sign_in(name, PASSWORD).status_code == (
        302 if name == "lisi" else 200
    )


def test_ten_failures_lock_for_a_while_then_it_opens(door, clock, guard):
    """Nobody gets in while it stands; then it is as if nothing had been."""
    browser = door()
    for _i in range(10):
        browser.sign_in("lisi", "wrong")
        clock(61)
    assert "锁定" in browser.sign_in("lisi", "wrong").text
    assert "锁定" in browser.sign_in("lisi").text
    clock(15 * 60)
    assert browser.sign_in("lisi").status_code == 302


def test_basic_authentication_and_rest_count_too(door, clock):
    """Failures of one way close the others."""
    bad = door(("lisi", "wrong"))
    for _i in range(3):
        bad.get("@users/lisi")
    answer = door().post("@login", json={"login": "lisi", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert door(("lisi", PASSWORD)).get("@users/lisi").status_code == 401
    clock(2)
    assert door(("lisi", PASSWORD)).get("@users/lisi").status_code == 200


def test_one_request_is_one_attempt(door, guard):
    """@login is looked at twice, by the user folder and by the service."""
    door().post("@login", json={"login": "lisi", "password": "wrong"})
    transaction.begin()
    rows = attempts.listing(guard.counter())
    assert [row[2].failures for row in rows] == [1]


def test_it_is_kept_although_the_request_is_rolled_back(door, guard):
    """A 401 aborts its transaction; the attempt stands."""
    door(("lisi", "wrong")).get("@users/lisi")
    transaction.begin()
    assert attempts.listing(guard.counter())[0][2].failures == 1


def test_the_administrator_of_zope_is_covered(door, clock):
    """His user folder stands above the site."""
    for _i in range(3):
        door((SITE_OWNER_NAME, "wrong")).get("@users/lisi")
    good = door((SITE_OWNER_NAME, SITE_OWNER_PASSWORD))
    assert good.get("@users/lisi").status_code == 401
    root = good.site_url.rstrip("/").rpartition("/")[0] + "/acl_users/manage_main"
    assert good.get(root).status_code == 401
    clock(2)
    assert good.get("@users/lisi").status_code == 200
    assert good.get(root).status_code == 200


def test_a_known_browser_is_counted_for_itself(door, clock):
    """Who locks a login from elsewhere does not lock out the person."""
    own = door()
    own.sign_in("lisi")
    own.get("logout")
    stranger = door()
    for _i in range(11):
        stranger.sign_in("lisi", "wrong")
        clock(61)
    assert "锁定" in stranger.sign_in("lisi").text
    assert own.sign_in("lisi").status_code == 302


def test_an_address_is_counted_for_all_logins(door, clock, setting):
    """Trying one password with many logins ends too."""
    setting(uncounted_addresses=[], address_lock_after=6)
    browser = door()
    for number in range(6):
        browser.sign_in(f"name-{number}", "wrong")
        clock(11)
    assert "锁定" in browser.sign_in("lisi").text


def test_unstored_attempts_are_counted_in_memory(door, monkeypatch):
    """A full disk gives no free attempts."""

    def full(*args):
        raise OSError("no space left")

    monkeypatch.setattr(attempts, "_sweep", full)
    browser = door()
    for _i in range(3):
        browser.sign_in("lisi", "wrong")
    assert "请等待" in browser.sign_in("lisi").text


def test_a_fault_of_ours_lets_nobody_in(door, monkeypatch):
    """The plugins behind the guard are not asked in its place."""

    def broken(*args, **kw):
        raise KeyError("a fault")

    monkeypatch.setattr(Guard, "judge", broken)
    assert door(("lisi", PASSWORD)).get("@users/lisi").status_code == 401


def test_failures_at_the_same_moment_are_all_counted(guard):
    """Several threads, one login: the writes are tried again."""
    store, things = guard.counter(), guard.things(getRequest(), "lisi")
    seconds = []

    def fail():
        begin = time.perf_counter()
        attempts.note_failure(store, things)
        seconds.append(time.perf_counter() - begin)

    for _round in range(3):
        threads = [threading.Thread(target=fail) for _i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(f"a failure is stored in {statistics.median(seconds) * 1000:.1f} ms")
    transaction.begin()
    tally = attempts.listing(store)[0][2]
    # What four tries could not store stands in memory, where the next one finds it.
    assert attempts.tallies(store, things)[0].failures >= 10
    assert tally.locked


def test_an_existing_site_gets_the_guard(portal):
    """The upgrade step sets it up, as often as it runs."""
    tool = portal.portal_setup
    setup.uninstall(portal)
    for _i in range(2):
        tool.runImportStepFromProfile(
            "profile-zhinan:default", "zhinan-signin", run_dependencies=False
        )
        assert guard_of(portal.acl_users) is not None
        assert portal.acl_users.session.meta_type == "Zhinan Session Plugin"
    assert "zhinan-signin" in upgrades._STEPS
