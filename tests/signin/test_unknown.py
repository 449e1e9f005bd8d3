"""Nothing tells whether a login exists."""

from .conftest import PASSWORD
from plone import api
from Products.CMFPlone.tests.utils import MockMailHost
from Products.MailHost.interfaces import IMailHost
from zhinan.signin import resetting

import pytest
import re
import statistics
import time
import transaction


REAL, NONE = "lisi", "nobo"


@pytest.fixture(autouse=True)
def _mails_are_done(portal):
    """Nothing works on when a test has ended."""
    yield
    resetting.QUEUE.join()


def bare(answer, name):
    """An answer without what changes by itself."""
    text = re.sub(r'value="[0-9a-f]{40,}"', "", answer.text.replace(name, "NAME"))
    text = re.sub(r"localhost:\d+", "", text)
    kept = {
        key: re.sub(r"localhost:\d+", "", value.replace(name, "NAME"))
        for key, value in answer.headers.items()
        if key not in ("Date", "Content-Length", "ETag")
    }
    return answer.status_code, text, kept


@pytest.mark.parametrize("tries", [1, 4, 11])
def test_login_page_and_rest(door, setting, tries):
    """Same status, same sentence, same headers, however often."""
    setting(free_failures=20 if tries == 1 else 2)
    for send in (
        lambda browser, name: browser.sign_in(name, "wrong"),
        lambda browser, name: browser.post(
            "@login", json={"login": name, "password": "wrong"}
        ),
    ):
        answers = [
            bare([send(door(), name) for _i in range(tries)][-1], name)
            for name in (REAL, NONE)
        ]
        assert answers[0] == answers[1]


def test_basic_authentication(door):
    """The same 401."""
    answers = [
        bare(door((name, "wrong")).get("@users/someone"), name) for name in (REAL, NONE)
    ]
    assert answers[0] == answers[1]


def test_password_reset(door):
    """Whether there is such a login, an address or a mail server."""
    answers = [
        bare(door().post(f"@users/{name}/reset-password", json={}), name)
        for name in (REAL, NONE)
    ]
    assert answers[0] == answers[1]
    for data in (
        {"reset_token": "x" * 32, "new_password": PASSWORD + "1"},
        {"old_password": "x", "new_password": PASSWORD + "1"},
    ):
        answers = [
            door().post(f"@users/{name}/reset-password", json=data).status_code
            for name in (REAL, NONE)
        ]
        assert answers[0] == answers[1]


def test_password_reset_page(door, portal):
    """The page says the same, also when no mail can be sent."""
    answers = []
    for name in (REAL, NONE):
        browser = door()
        browser.headers["Accept"] = "text/html"
        answers.append(bare(browser.post("@@login-help", data={"login": name}), name))
    assert answers[0] == answers[1]
    assert "如果有这个登录名" in answers[0][1]


def test_the_mail_is_sent_beside_the_request(door, portal, monkeypatch):
    """To whoever has a login and an address, and not again and again."""
    portal.MailHost = mail = MockMailHost("MailHost")
    manager = portal.getSiteManager()
    manager.unregisterUtility(provided=IMailHost)
    manager.registerUtility(mail, IMailHost)
    api.portal.set_registry_record("plone.email_from_address", "a@example.com")
    transaction.commit()
    sent = []
    monkeypatch.setattr(
        MockMailHost, "send", lambda self, *args, **kw: sent.append(args)
    )
    for name in (REAL, NONE):
        door().post(f"@users/{name}/reset-password", json={})
        resetting.QUEUE.join()
    assert [row[1] for row in sent] == ["lisi@example.com"]
    for _i in range(5):
        door().post(f"@users/{REAL}/reset-password", json={})
    resetting.QUEUE.join()
    assert len(sent) <= 4


@pytest.mark.parametrize(
    "path",
    [
        "@users/{}",
        "@users?query={}",
        "@principals?search={}",
        "@groups?query={}",
        "@vocabularies/plone.app.vocabularies.Users?title={}",
        "@vocabularies/plone.app.vocabularies.Principals?title={}",
        "author/{}",
        "@@getVocabulary?name=plone.app.vocabularies.Users&query={}",
        "portal_memberdata/portraits/{}",
    ],
)
def test_search_and_author_pages(door, path):
    """The public learns of nobody."""
    answers = []
    for name in (REAL, NONE):
        browser = door()
        if not path.startswith("@") or path.startswith("@@"):
            browser.headers["Accept"] = "text/html"
        answers.append(bare(browser.get(path.format(name)), name))
    assert answers[0] == answers[1]


def test_nobody_joins(door):
    """The form is closed, so it cannot say that a name is taken."""
    for path in ("@@register", "@@join_form"):
        assert door().page(path).status_code in (302, 401, 404)
    answers = [
        door().post("@users", json={"username": n, "email": "a@b.cn"}).status_code
        for n in (REAL, NONE)
    ]
    assert answers[0] == answers[1]
    assert answers[0] in (401, 403)


def test_the_time_is_the_same(door, setting):
    """Medians of both, measured alternately, differ by less than the noise."""
    setting(free_failures=20, lock_after=0)
    times = {REAL: [], NONE: []}
    clients = {name: door() for name in times}
    for client in clients.values():
        client.headers["Accept"] = "text/html"
    for number in range(120):
        for name in sorted(times, reverse=bool(number % 2)):
            begin = time.perf_counter()
            clients[name].post(
                "@login", json={"login": name, "password": f"wrong-{number}"}
            )
            times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(row) for name, row in times.items()}
    spread = statistics.median(abs(value - medians[REAL]) for value in times[REAL])
    difference = abs(medians[REAL] - medians[NONE])
    print(f"median {medians}, difference {difference:.6f}, spread {spread:.6f}")
    assert difference < max(3 * spread, 0.002)
