"""People with logins, clients over real HTTP, and a clock that can be moved."""

from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from plone.session import tktauth
from plone.session.plugins import session as ticket_plugin
from rest.client import Client
from zhinan.signin import attempts
from zhinan.signin import duties
from zhinan.signin import guard as guard_module
from zhinan.signin import headers
from zhinan.signin import passwords
from zhinan.signin import people
from zhinan.signin import signinpages
from zhinan.signin import tickets
from zhinan.signin.passwords import site_guard
from zhinan.signin.settings import ISignInSettings

import pytest
import re
import time
import transaction


TIMED = (
    attempts,
    duties,
    guard_module,
    headers,
    passwords,
    people,
    signinpages,
    tickets,
    ticket_plugin,
    tktauth,
)
PASSWORD = "Qingcheng-92-lushan"
PEOPLE = {"lisi": (), "wangwu": ("dept-fgw-publisher",)}


class Door(Client):
    """A browser at the door."""

    def request(self, method, url, *args, **kwargs):
        """What is sent as JSON is answered as JSON."""
        if kwargs.get("json") is not None:
            self.headers["Accept"] = "application/json"
        return super().request(method, url, *args, **kwargs)

    def sign_in(self, name, password=PASSWORD, **more):
        """Send the login form."""
        self.headers["Accept"] = "text/html"
        form = {"__ac_name": name, "__ac_password": password, "buttons.login": "1"}
        return self.post("login", data={**form, **more})

    def page(self, path):
        """The text of a page."""
        self.headers["Accept"] = "text/html"
        return self.get(path)

    def token(self, path):
        """The field that proves that a form is ours."""
        found = re.search(
            r'name="_authenticator" value="([^"]+)"', self.page(path).text
        )
        return found.group(1)

    def submit(self, path, **form):
        """Send a form of our pages."""
        self.headers["Accept"] = "text/html"
        return self.post(path, data={"_authenticator": self.token(path), **form})

    def is_in(self):
        """Whether somebody is signed in."""
        return self.page("@@my-sign-in").status_code == 200


@pytest.fixture
def portal(functional):
    """The site with two people; nothing is remembered of earlier attempts."""
    attempts._memory.clear()
    site = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    for name, groups in PEOPLE.items():
        api.user.create(f"{name}@example.com", name, PASSWORD)
        for group in groups:
            api.group.create(group)
            api.group.add_user(groupname=group, username=name)
    logout()
    transaction.commit()
    return site


@pytest.fixture
def setting(portal):
    """Changes settings of sign-in."""

    def change(**values):
        for name, value in values.items():
            api.portal.set_registry_record(name, value, ISignInSettings)
        transaction.commit()

    return change


@pytest.fixture
def door(portal):
    """Opens a browser; all are closed at the end."""
    opened = []

    def open_one(auth=None):
        opened.append(Door(portal.absolute_url(), auth))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def guard(portal):
    """The guard of the site."""
    return site_guard()


class Clock:
    """The module ``time``, moved on."""

    def __init__(self):
        self.ahead = 0.0

    def time(self):
        """The moment."""
        return time.time() + self.ahead

    def __call__(self, seconds):
        """Move on."""
        self.ahead += seconds


@pytest.fixture
def clock(monkeypatch):
    """Moves the time of sign-in on; that of the server's connections stays."""
    clock = Clock()
    for module in TIMED:
        monkeypatch.setattr(module, "time", clock)
    return clock
