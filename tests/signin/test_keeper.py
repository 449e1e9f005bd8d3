"""The keeper's page."""

from .conftest import PASSWORD
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from zhinan.signin.events import ISignInEvent
from zhinan.signin.keeper import GROUPS
from zhinan.signin.settings import ISignInSettings
from zope.component import getGlobalSiteManager

import pytest
import re
import transaction


@pytest.fixture
def keeper(door):
    """The administrator, signed in."""
    browser = door()
    browser.sign_in(SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    return browser


@pytest.fixture
def told(portal):
    """The events, in their order."""
    found = []
    manager = getGlobalSiteManager()
    manager.registerHandler(found.append, (ISignInEvent,))
    yield found
    manager.unregisterHandler(found.append, (ISignInEvent,))


def values():
    """All settings as a form has them."""
    found = {}
    for name in ISignInSettings.names():
        value = api.portal.get_registry_record(name, ISignInSettings)
        found[name] = "\n".join(value) if isinstance(value, list) else str(value)
        if isinstance(value, bool):
            found[name] = "1" if value else ""
    return found


def test_it_is_the_keepers(door):
    """Nobody else's."""
    browser = door()
    browser.sign_in("lisi")
    assert browser.page("@@signin-settings").status_code in (302, 401)
    assert "signin-settings" not in browser.page("@@desk").text


def test_every_setting_stands_there(keeper):
    """None is forgotten in the groups."""
    names = {name for _title, group in GROUPS for name in group}
    assert names == set(ISignInSettings.names())
    text = keeper.page("@@signin-settings").text
    assert all(f'name="{name}"' in text for name in names)


def test_settings_are_saved_all_or_none(keeper, told):
    """A wrong number leaves everything as it was, and what was typed stands there."""
    form = {**values(), "password_length": "7", "idle_minutes": "45"}
    answer = keeper.submit("@@signin-settings", step="save", **form)
    assert "8到64之间的整数" in answer.text
    assert re.search(r'name="idle_minutes"[^>]*value="45"', answer.text)
    transaction.begin()
    assert api.portal.get_registry_record("idle_minutes", ISignInSettings) == 30
    form["password_length"] = "14"
    answer = keeper.submit("@@signin-settings", step="save", **form)
    assert answer.status_code == 303
    text = keeper.page("@@signin-settings").text
    assert re.search(r'name="idle_minutes"[^>]*value="45"', text)
    assert told[-1].act == "signin.settings"
    assert told[-1].note == "password_length, idle_minutes"


def test_a_lock_is_lifted(door, keeper, clock, told):
    """At once, and it is told who did it."""
    browser = door()
    for _i in range(10):
        browser.sign_in("lisi", "wrong")
        clock(61)
    text = keeper.page("@@signin-settings").text
    assert "已锁定" in text
    key = re.search(r'value="(login:[0-9a-f]{64})"', text).group(1)
    keeper.submit("@@signin-settings", step="lift", key=key)
    assert told[-1].act == "signin.unlocked"
    assert told[-1].note == "login lisi"
    assert browser.sign_in("lisi").status_code == 302


def test_unknown_logins_stand_there_without_their_name(door, keeper):
    """A person may have typed the password into the wrong field."""
    door().sign_in("My-Secret-Password-1", "x")
    text = keeper.page("@@signin-settings").text
    assert "My-Secret-Password-1" not in text
    assert "不存在的登录名" in text


def test_sessions_of_a_person_are_ended(door, keeper):
    """Such as of one who left."""
    browser = door()
    browser.sign_in("lisi")
    keeper.submit("@@signin-settings", step="sessions", login="lisi")
    assert not browser.is_in()
    answer = keeper.submit("@@signin-settings", step="sessions", login="nobody")
    assert "没有这个登录名" in answer.text


def test_what_happens_is_told(door, clock, told):
    """Sign-in, failure, lock, sign-out, password: never what was typed."""
    browser = door()
    browser.sign_in("lisi", "wrong")
    browser.sign_in("lisi")
    browser.get("logout")
    for _i in range(10):
        clock(61)
        door().sign_in("nobody-here", "wrong")
    acts = [event.act for event in told]
    assert acts[:3] == ["signin.failed", "signin", "signout"]
    assert acts.count("signin.failed") == 11
    assert acts[-1] == "signin.locked"
    assert [event.who for event in told[:3]] == ["lisi"] * 3
    assert told[-1].who == ""
    assert not any("wrong" in repr(e) or "nobody" in repr(e) for e in told)
    assert not any(PASSWORD in repr(event) for event in told)


def test_installing_and_taking_away(portal):
    """Twice is as once; Plone's own plugins come back."""
    from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
    from zhinan.signin import setup

    plugins = portal.acl_users.plugins
    before = list(plugins.listPluginIds(IAuthenticationPlugin))
    assert before[0] == "zhinan_guard"
    setup.install(portal)
    assert list(plugins.listPluginIds(IAuthenticationPlugin)) == before
    setup.uninstall(portal)
    after = list(plugins.listPluginIds(IAuthenticationPlugin))
    assert after == [name for name in before if name != "zhinan_guard"]
    assert portal.acl_users.session.meta_type == "Plone Session Plugin"
    setup.install(portal)
    assert list(plugins.listPluginIds(IAuthenticationPlugin)) == before
