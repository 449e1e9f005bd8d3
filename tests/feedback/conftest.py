"""Browsers, the form filled in, and a mail server that only listens."""

from .layer import FORM
from .layer import LAYER
from .layer import PASSWORD
from .layer import wording
from collections.abc import Iterator
from collections.abc import Mapping
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.testing.zope import Browser
from Products.MailHost.MailHost import MailBase
from pytest_plone import fixtures_factory
from typing import Any
from zhinan.interfaces import IZhinanLayer
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import pytest
import transaction


QUESTION = "备案后项目名称能不能改？\n改名要交什么材料？"

# Set up for a class of tests and taken down after it: layers share one stack of
# databases, and what stays in it is seen by every test that follows.
globals().update(fixtures_factory(((LAYER, "consultation_layer"),), keep_session=False))


@pytest.fixture(scope="session")
def consultation() -> dict[str, Any]:
    """The wording of the form."""
    return wording()


@pytest.fixture
def site(functional_class: Any, consultation_layer: Mapping[str, Any]) -> Iterator[Any]:
    """The site, as its administrator sees it."""
    request = consultation_layer["request"]
    alsoProvides(request, IZhinanLayer)
    setRequest(request)
    login(consultation_layer["app"], SITE_OWNER_NAME)
    yield consultation_layer["portal"]
    logout()
    setRequest(None)


@pytest.fixture
def browse(consultation_layer: Mapping[str, Any]) -> Any:
    """Make a browser, for nobody or for a person."""

    def make(name: str = "", *, errors: bool = True) -> Browser:
        browser = Browser(consultation_layer["app"])
        browser.handleErrors = False
        browser.raiseHttpErrors = errors
        if name:
            secret = SITE_OWNER_PASSWORD if name == SITE_OWNER_NAME else PASSWORD
            browser.addHeader("Authorization", f"Basic {name}:{secret}")
        return browser

    return make


@pytest.fixture
def fill() -> Any:
    """Fill in the form; single fields can be given another value."""

    def do(browser: Browser, url: str, **changes: str) -> Browser:
        values = {
            "sender_name": "赵敏行",
            "sender_phone": "0937-1234567",
            "sender_email": "zhao@example.com",
            "matter": "企业投资项目备案",
            "question": QUESTION,
            "department": "jia",
            **changes,
        }
        browser.open(url)
        department = values.pop("department")
        if department:
            browser.getControl(name="form.widgets.department:list").value = [department]
        for name, value in values.items():
            browser.getControl(name=f"form.widgets.{name}").value = value
        browser.getControl(name="form.buttons.submit").click()
        return browser

    return do


class Outbox:
    """Stands in the place of the mail server."""

    def __init__(self) -> None:
        self.messages: list[tuple[Any, Any, bytes]] = []
        self.broken = False

    def send(self, mfrom: Any, mto: Any, message: bytes) -> None:
        """Take a message, or be out of order."""
        if self.broken:
            raise OSError("mail server is away")
        self.messages.append((mfrom, mto, message))

    vote = send


@pytest.fixture
def outbox(site: Any, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """A site that can send mail, and what it has sent."""
    box = Outbox()
    monkeypatch.setattr(MailBase, "_makeMailer", lambda self: box)
    api.portal.set_registry_record("plone.email_from_address", "zhan@example.com")
    api.portal.set_registry_record("plone.email_from_name", "办事指南")
    host = api.portal.get_tool("MailHost")
    host.smtp_host = "localhost"
    transaction.commit()
    return box


@pytest.fixture
def enquiry(site: Any, browse: Any, fill: Any) -> Any:
    """An enquiry that an applicant has sent to one department."""
    fill(browse(), site[FORM].absolute_url())
    transaction.begin()
    (found,) = site["enquiries"].objectValues()
    return found
