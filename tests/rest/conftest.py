"""A site with one guide that has everything, and clients that ask it over HTTP."""

from .client import Client
from .sample import CONTENT
from .sample import DEPARTMENT_DATA
from .sample import GUIDE
from .sample import GUIDE_DATA
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from zhinan.testing import add_person

import pytest
import transaction


LOGINS = {"bianji": ("editor",), "shenhe": ("reviewer", "publisher")}
PASSWORD = "bian-ji-2026-ceshi"


@pytest.fixture
def site_url(functional) -> str:
    """Address of the test site."""
    return functional["portal"].absolute_url()


@pytest.fixture
def people(functional):
    """An editor and a reviewer."""
    # A client may have made the department meanwhile.
    transaction.begin()
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    for name, functions in LOGINS.items():
        add_person(name, PASSWORD, *functions, department="shili")
    transaction.commit()


@pytest.fixture
def manager(site_url):
    """A client with all rights."""
    with Client(site_url, (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)) as client:
        yield client


@pytest.fixture
def editor(site_url, people):
    """A client who writes guides."""
    with Client(site_url, ("bianji", PASSWORD)) as client:
        yield client


@pytest.fixture
def reviewer(site_url, people):
    """A client who publishes them."""
    with Client(site_url, ("shenhe", PASSWORD)) as client:
        yield client


@pytest.fixture
def public(site_url):
    """A client without a login."""
    with Client(site_url) as client:
        yield client


def steps(address):
    """The transitions by which something goes online."""
    guide = address.startswith("guides/")
    return ("submit", "approve", "publish") if guide else ("submit", "publish")


@pytest.fixture
def published(manager):
    """Address of a published guide with a material and two versions of its form."""
    for parent, data in CONTENT:
        answer = manager.post(parent, json=data)
        assert answer.status_code == 201, answer.text
    for address in ("departments/shili", GUIDE, "policies/shili-banfa"):
        for transition in steps(address):
            answer = manager.post(f"{address}/@workflow/{transition}", json={})
            assert answer.status_code == 200, answer.text
    return GUIDE


@pytest.fixture
def department(manager):
    """Address of a department that owns guides."""
    answer = manager.post("departments", json=DEPARTMENT_DATA)
    assert answer.status_code == 201, answer.text
    return "departments/shili"


@pytest.fixture
def guide(manager, department):
    """Address of a draft of a guide."""
    answer = manager.post("guides", json=GUIDE_DATA)
    assert answer.status_code == 201, answer.text
    return GUIDE
