"""Sessions end: by idleness, by age, by signing out, by a new password."""

from .conftest import PASSWORD
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from Products.SiteAccess.VirtualHostMonster import manage_addVirtualHostMonster

import transaction


NEW = "Haohao-77-xuexi-go"


def test_signing_out_is_the_end_also_of_a_copied_cookie(door):
    """The ticket in a copy of the cookie is worth nothing afterwards."""
    browser = door()
    browser.sign_in("lisi")
    thief = door()
    thief.cookies.update(browser.cookies)
    assert thief.is_in()
    browser.get("logout")
    assert not browser.is_in()
    assert not thief.is_in()


def test_idleness_ends_and_activity_renews(door, clock):
    """Thirty minutes without a page; each page begins them anew."""
    browser = door()
    browser.sign_in("lisi")
    for _i in range(3):
        clock(20 * 60)
        assert browser.is_in()
    clock(31 * 60)
    assert not browser.is_in()


def test_fetches_of_scripts_are_no_activity(door, clock):
    """A page that asks for progress again and again does not keep a session alive."""
    browser = door()
    browser.sign_in("lisi")
    for _i in range(3):
        clock(12 * 60)
        browser.headers["Sec-Fetch-Dest"] = "empty"
        browser.page("@@my-sign-in")
    del browser.headers["Sec-Fetch-Dest"]
    assert not browser.is_in()


def test_staying_signed_in(door, clock):
    """The button of the warning renews; looking does not."""
    browser = door()
    browser.sign_in("lisi")
    clock(25 * 60)
    browser.headers["Sec-Fetch-Dest"] = "empty"
    assert browser.get("@@stay-signed-in").json() == {"left": 1800}
    assert "__ac" not in browser.get("@@stay-signed-in").cookies
    assert browser.post("@@stay-signed-in").json() == {"left": 1800}
    clock(25 * 60)
    assert browser.is_in()
    clock(31 * 60)
    assert browser.post("@@stay-signed-in").json() == {"left": 0}


def test_no_session_lasts_longer_than_its_time(door, clock):
    """Twelve hours, however active one is."""
    browser = door()
    browser.sign_in("lisi")
    for _i in range(26):
        clock(28 * 60)
        alive = browser.is_in()
    assert not alive


def test_a_new_password_ends_the_other_sessions(door):
    """The browser in which it was set goes on."""
    here, there = door(), door()
    here.sign_in("lisi")
    there.sign_in("lisi")
    token = there.post("@login", json={"login": "lisi", "password": PASSWORD}).json()
    answer = here.submit(
        "@@my-password", old_password=PASSWORD, new_password=NEW, new_again=NEW
    )
    assert answer.status_code == 303
    assert here.is_in()
    assert not there.is_in()
    bearer = door()
    bearer.headers["Authorization"] = f"Bearer {token['token']}"
    assert bearer.get("@users/lisi").status_code == 401
    assert door().sign_in("lisi", NEW).status_code == 302


def test_an_administrator_ends_sessions_by_setting_a_password(door, portal):
    """All of them."""
    browser = door()
    browser.sign_in("lisi")
    transaction.begin()
    with api.env.adopt_user(SITE_OWNER_NAME):
        api.user.get(username="lisi").setSecurityProfile(password=NEW)
    transaction.commit()
    assert not browser.is_in()


def test_tokens_of_rest(door, clock):
    """A token works, is renewed, and ends with @logout."""
    client = door()
    answer = client.post("@login", json={"login": "lisi", "password": PASSWORD})
    assert answer.status_code == 200
    bearer = door()
    bearer.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert bearer.get("@users/lisi").status_code == 200
    renewed = bearer.post("@login-renew").json()["token"]
    bearer.headers["Authorization"] = f"Bearer {renewed}"
    assert bearer.get("@users/lisi").status_code == 200
    assert bearer.post("@logout").status_code in (200, 204)
    assert bearer.get("@users/lisi").status_code == 401
    assert door().post("@login-renew").status_code == 401


def test_own_page(door, clock):
    """Sessions and sign-ins stand there; the others can be ended."""
    here, there = door(), door()
    there.sign_in("lisi")
    here.sign_in("lisi", "wrong")
    here.sign_in("lisi")
    text = here.page("@@my-sign-in").text
    assert text.count("127.0.0.1") == 4
    assert "当前" in text
    here.submit("@@my-sign-in", step="end")
    assert here.is_in()
    assert not there.is_in()


def test_the_administrator_of_zope_has_sessions_too(door, clock):
    """Plone would keep his password in the cookie."""
    browser = door()
    answer = browser.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    assert answer.status_code == 302
    assert browser.is_in()
    copy = door()
    copy.cookies.update(browser.cookies)
    clock(20 * 60)
    assert browser.is_in()
    browser.get("logout")
    assert not copy.is_in()
    again = door()
    again.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    clock(31 * 60)
    assert not again.is_in()


def test_cookies_and_headers(door):
    """What scripts and other sites must not have."""
    browser = door()
    answer = browser.sign_in("lisi")
    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert any(row.startswith("__ac=") for row in cookies)
    for row in cookies:
        assert "HttpOnly" in row
        assert "SameSite=Lax" in row
        assert "Secure" not in row
    for path in ("", "login", "nothing-here", "++resource++zhinan.pages/zhinan.css"):
        headers = door().page(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "Strict-Transport-Security" not in headers
    assert "unsafe" not in door().page("login").headers["Content-Security-Policy"]


def test_behind_https(door, portal):
    """The cookie is for https alone, and the browser is told to stay there."""
    root = portal.aq_parent
    if "virtual_hosting" not in root:
        manage_addVirtualHostMonster(root, "virtual_hosting")
        transaction.commit()
    browser = door()
    root = browser.site_url.rstrip("/").rpartition("/")[0]
    base = f"{root}/VirtualHostBase/https/zw.example.cn:443/plone/VirtualHostRoot"
    form = {"__ac_name": "lisi", "__ac_password": PASSWORD, "buttons.login": "1"}
    answer = browser.post(f"{base}/login", data=form)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    for row in answer.raw.headers.getlist("Set-Cookie"):
        assert "Secure" in row
