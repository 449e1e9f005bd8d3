"""The second factor: enrolment, both steps, recovery, programs, reset."""

from .conftest import PASSWORD
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from zhinan.rules import totp

import base64
import re
import time
import transaction


def secret_of(text):
    """The secret that a page shows as text."""
    found = re.search(r'class="zn-secret"[^>]*>([A-Z2-7 ]+)<', text).group(1)
    found = found.replace(" ", "")
    return base64.b32decode(found + "=" * (-len(found) % 8))


def enrol(browser, clock, password=PASSWORD):
    """Set up a second factor; the secret and the recovery codes."""
    answer = browser.submit("@@my-second-factor", step="begin", old_password=password)
    secret = secret_of(answer.text)
    code = totp.totp(secret, clock.time())
    answer = browser.submit("@@my-second-factor", step="prove", code=code)
    codes = re.findall(r"<code>([a-z0-9-]{11})</code>", answer.text)
    assert len(codes) == 10, answer.text
    clock(60)
    return secret, codes


def test_both_steps(door, clock):
    """The password leads to the code, the code in; no code twice."""
    first = door()
    first.sign_in("lisi")
    secret, _codes = enrol(first, clock)
    browser = door()
    answer = browser.sign_in("lisi")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("@@second-factor")
    assert not browser.is_in()
    code = totp.totp(secret, clock.time())
    answer = browser.post("@@second-factor", data={"code": code})
    assert answer.status_code == 302
    assert browser.is_in()
    other = door()
    other.sign_in("lisi")
    answer = other.post("@@second-factor", data={"code": code})
    assert answer.status_code == 200
    assert "已经用过" in answer.text
    assert not other.is_in()


def test_the_secret_is_not_in_the_database(door, clock, guard):
    """Only a nonce is; the QR code holds what the text says."""
    browser = door()
    browser.sign_in("lisi")
    secret, codes = enrol(browser, clock)
    transaction.begin()
    person = guard.person("lisi")
    kept = repr(vars(person)).encode()
    assert secret not in kept
    assert not any(code.encode() in kept for code in codes)
    assert person.secret(person.nonce) == secret


def test_a_wrong_code_does_not_enrol(door, clock):
    """It counts once the app and the site agree."""
    browser = door()
    browser.sign_in("lisi")
    browser.submit("@@my-second-factor", step="begin", old_password=PASSWORD)
    answer = browser.submit("@@my-second-factor", step="prove", code="000000")
    assert "验证码不正确" in answer.text
    assert door().sign_in("lisi").status_code == 302


def test_wrong_codes_are_counted(door, clock):
    """The right password does not make them forgotten."""
    browser = door()
    browser.sign_in("lisi")
    enrol(browser, clock)
    thief = door()
    for _i in range(10):
        clock(61)
        assert thief.sign_in("lisi").status_code == 303
        thief.post("@@second-factor", data={"code": "000000"})
    assert "锁定" in thief.sign_in("lisi").text
    assert "锁定" in thief.post("@@second-factor", data={"code": "000000"}).text


def test_the_step_between_cannot_be_forged(door, clock):
    """Without the right password there is no way to the code, and it ends."""
    browser = door()
    browser.sign_in("lisi")
    secret, _codes = enrol(browser, clock)
    stranger = door()
    answer = stranger.post("@@second-factor", data={"code": "000000"})
    assert answer.headers["Location"].endswith("/login")
    forged = base64.urlsafe_b64encode(
        b'["9999999999", "0", "lisi", "lisi", "' + b"0" * 64 + b'"]'
    )
    stranger.cookies.set("zn_pending", forged.decode(), path="/")
    code = totp.totp(secret, clock.time())
    answer = stranger.post("@@second-factor", data={"code": code})
    assert answer.headers["Location"].endswith("/login")
    late = door()
    late.sign_in("lisi")
    clock(301)
    code = totp.totp(secret, clock.time())
    answer = late.post("@@second-factor", data={"code": code})
    assert answer.headers["Location"].endswith("/login")


def test_recovery_codes_open_once(door, clock):
    """In the place of a code of the phone."""
    browser = door()
    browser.sign_in("lisi")
    _secret, codes = enrol(browser, clock)
    for expected in (302, 200):
        other = door()
        other.sign_in("lisi")
        typed = codes[3].upper().replace("-", " ")
        answer = other.post("@@second-factor", data={"code": typed})
        assert answer.status_code == expected


def test_programs(door, clock):
    """Basic authentication with the password is refused; @login takes otp."""
    browser = door()
    browser.sign_in("lisi")
    secret, _codes = enrol(browser, clock)
    assert door(("lisi", PASSWORD)).get("@users/lisi").status_code == 401
    client = door()
    answer = client.post("@login", json={"login": "lisi", "password": PASSWORD})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "Code required"
    code = totp.totp(secret, clock.time())
    answer = client.post(
        "@login", json={"login": "lisi", "password": PASSWORD, "otp": code}
    )
    assert answer.status_code == 200
    bearer = door()
    bearer.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert bearer.get("@users/lisi").status_code == 200


def test_app_passwords(door, clock):
    """Made on one's page, for programs alone, taken away at any time."""
    browser = door()
    browser.sign_in("lisi")
    enrol(browser, clock)
    answer = browser.submit(
        "@@my-sign-in", step="app-add", name="取数程序", old_password=PASSWORD
    )
    word = re.search(r'class="zn-secret"[^>]*>([a-z0-9-]+)<', answer.text).group(1)
    assert door(("lisi", word)).get("@users/lisi").status_code == 200
    assert door().sign_in("lisi", word).status_code == 200
    mark = re.search(r'name="app"\s[^>]*value="([0-9a-f]{64})"', answer.text)
    if mark is None:
        mark = re.search(r'value="([0-9a-f]{64})"', browser.page("@@my-sign-in").text)
    browser.submit("@@my-sign-in", step="app-remove", app=mark.group(1))
    assert door(("lisi", word)).get("@users/lisi").status_code == 401


def test_the_keeper_resets_a_factor(door, clock):
    """The person comes in with the password, and sets up a new one."""
    browser = door()
    browser.sign_in("lisi")
    enrol(browser, clock)
    keeper = door()
    keeper.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    assert "lisi" in keeper.page("@@signin-settings").text
    answer = keeper.submit("@@signin-settings", step="factor", login="lisi")
    assert answer.status_code == 303
    assert not browser.is_in()
    assert door().sign_in("lisi").status_code == 302


def test_the_factor_can_be_asked_of_some(door, clock, setting):
    """Publishers, heads and administrators; others are free."""
    setting(factor_required=True)
    plain = door()
    plain.sign_in("lisi")
    assert plain.page("guides").status_code == 200
    publisher = door()
    publisher.sign_in("wangwu")
    answer = publisher.page("guides")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/@@my-second-factor")
    assert door(("wangwu", PASSWORD)).get("guides").status_code == 403
    enrol(publisher, clock)
    assert publisher.page("guides").status_code == 200
    text = publisher.page("@@my-second-factor").text
    assert "停用双因素验证" not in text


def test_the_administrator_of_zope_may_have_one(door, clock):
    """It stands in the guard of the folder above."""
    browser = door()
    browser.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    secret, _codes = enrol(browser, clock, SITE_OWNER_PASSWORD)
    basic = door((SITE_OWNER_NAME, SITE_OWNER_PASSWORD))
    assert basic.get("@users/lisi").status_code == 401
    other = door()
    assert other.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD).status_code == 303
    code = totp.totp(secret, clock.time())
    assert other.post("@@second-factor", data={"code": code}).status_code == 302
    assert other.is_in()


def test_the_clock_of_the_tests_is_close(clock):
    """Codes are made with the same clock as the site's."""
    assert abs(clock.time() - time.time()) < 1


def test_looking_at_the_page_begins_nothing(door, guard):
    """A secret is made when the password was given, not when somebody looks."""
    browser = door()
    browser.sign_in("lisi")
    assert "zn-secret" not in browser.page("@@my-second-factor").text
    transaction.begin()
    assert guard.person("lisi").proposed is None
    answer = browser.submit("@@my-second-factor", step="begin", old_password="wrong")
    assert "当前密码不正确" in answer.text
    assert "zn-secret" not in answer.text
