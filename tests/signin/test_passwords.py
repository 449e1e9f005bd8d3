"""The password rule wherever one is set, and the forced change."""

from .conftest import PASSWORD
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from zExceptions import BadRequest

import itertools
import pytest
import transaction


NEW = "Haohao-77-xuexi-go"
OTHER = "Tiantian-88-shangban"


def set_by_administrator(name="lisi", password=NEW):
    """What a keeper of the site does for somebody who forgot."""
    with api.env.adopt_user(SITE_OWNER_NAME):
        api.user.get(username=name).setSecurityProfile(password=password)
    transaction.commit()


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("kurz", "kurz", "请至少使用12个字符"),
        ("lisi-lisi-LISI-1", "lisi-lisi-LISI-1", "不要包含登录名"),
        ("Password1234!", "Password1234!", "太常见"),
        (NEW, OTHER, "不一致"),
        (PASSWORD, PASSWORD, "以前用过"),
    ],
)
def test_what_to_do_is_said(door, new, again, sentence):
    """The rule stands on the page before one types; a refusal says what to do."""
    browser = door()
    browser.sign_in("lisi")
    assert "至少12个字符" in browser.page("@@my-password").text
    answer = browser.submit(
        "@@my-password", old_password=PASSWORD, new_password=new, new_again=again
    )
    assert answer.status_code == 200
    assert sentence in answer.text


def test_former_passwords_do_not_come_again(door):
    """The last five."""
    browser = door()
    browser.sign_in("lisi")
    words = [PASSWORD, NEW, OTHER]
    for old, new in itertools.pairwise(words):
        answer = browser.submit(
            "@@my-password", old_password=old, new_password=new, new_again=new
        )
        assert answer.status_code == 303, answer.text
    answer = browser.submit(
        "@@my-password", old_password=OTHER, new_password=NEW, new_again=NEW
    )
    assert "以前用过" in answer.text


def test_the_present_password_is_asked_and_counted(door, clock):
    """A browser that was left open is not enough, and no way around the waits."""
    browser = door()
    browser.sign_in("lisi")
    for _i in range(4):
        answer = browser.submit(
            "@@my-password", old_password="wrong", new_password=NEW, new_again=NEW
        )
        assert answer.status_code == 200
    assert "请等待" in answer.text


def test_the_rule_holds_for_services_that_do_not_ask(portal):
    """plone.restapi's PATCH sets a password without looking at it."""
    with api.env.adopt_user(SITE_OWNER_NAME), pytest.raises(BadRequest):
        portal.acl_users.userSetPassword("lisi", "kurz")


def test_settings_change_the_rule(door, setting):
    """The numbers are the keeper's."""
    setting(password_length=20, password_kinds=1, password_history=0)
    browser = door()
    browser.sign_in("lisi")
    text = browser.page("@@my-password").text
    assert "至少20个字符" in text
    assert "最近" not in text


def test_a_password_of_another_has_to_be_changed(door, setting):
    """Every page leads there, REST says why, and then all is open again."""
    setting(force_change=True)
    set_by_administrator()
    browser = door()
    assert browser.sign_in("lisi", NEW).status_code == 302
    for path in ("", "guides", "@@desk", "@@my-sign-in", "@@personal-information"):
        answer = browser.page(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].endswith("/@@my-password")
    assert browser.page("++resource++zhinan.pages/zhinan.css").status_code == 200
    answer = door(("lisi", NEW)).get("guides")
    assert answer.status_code == 403
    assert "请先设置自己的密码" in answer.json()["message"]
    answer = browser.submit(
        "@@my-password", old_password=NEW, new_password=OTHER, new_again=OTHER
    )
    assert answer.status_code == 303
    assert browser.page("guides").status_code == 200
    assert door(("lisi", OTHER)).get("guides").status_code == 200


def test_the_forced_change_in_rest(door, setting):
    """The one service that is open sets the password."""
    setting(force_change=True)
    set_by_administrator()
    client = door(("lisi", NEW))
    answer = client.post(
        "@users/lisi/reset-password",
        json={"old_password": NEW, "new_password": "kurz"},
    )
    assert answer.status_code == 400
    assert "请至少使用" in answer.json()["message"]
    answer = client.post(
        "@users/lisi/reset-password",
        json={"old_password": NEW, "new_password": OTHER},
    )
    assert answer.status_code in (200, 204), answer.text
    assert door(("lisi", OTHER)).get("guides").status_code == 200


def test_new_logins_and_mailed_tokens(door, setting, portal, guard):
    """Who sets a password through the mail that was sent to him has set his own."""
    setting(force_change=True)
    with api.env.adopt_user(SITE_OWNER_NAME):
        api.user.create("n@example.com", "xinren", NEW)
        token = portal.portal_password_reset.requestReset("xinren")["randomstring"]
    assert guard.person("xinren").must_change
    portal.portal_password_reset.resetPassword("xinren", token, OTHER)
    assert not guard.person("xinren").must_change


def test_an_old_password_has_to_be_changed(door, setting, clock):
    """Only where the keeper asks for it."""
    clock(100 * 86400)
    browser = door()
    browser.sign_in("lisi")
    assert browser.page("guides").status_code == 200
    setting(password_days=90)
    answer = browser.page("guides")
    assert answer.headers["Location"].endswith("/@@my-password")


def test_the_administrator_of_zope(door):
    """His password stands in the folder above."""
    browser = door()
    browser.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    answer = browser.submit(
        "@@my-password",
        old_password=SITE_OWNER_PASSWORD,
        new_password=NEW,
        new_again=NEW,
    )
    assert answer.status_code == 303, answer.text
    assert browser.is_in()
    assert door().sign_in(SITE_OWNER_NAME, NEW).status_code == 302
    assert door().sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD).status_code == 200
