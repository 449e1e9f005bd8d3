"""Kinds of jobs for the tests, and a person who may start them."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import JobFailed
from zope.component import getGlobalSiteManager
from zope.interface import implementer

import pytest
import transaction


@implementer(IJobKind)
class Counting:
    """Makes numbered documents, three in a batch."""

    title = "数文档"
    permission = "Zhinan: Import content"
    importing = True
    keep_days = 7
    #: what the test wants to happen at a number
    at: dict = {}

    def batch(self, run):
        """Three documents."""
        run.total = run.params["number"]
        begin = run.checkpoint or 0
        end = min(begin + 3, run.total)
        for number in range(begin, end):
            if number in self.at:
                self.at[number](run)
            with api.env.adopt_roles(["Manager"]):
                api.content.create(run.site, "Document", f"d{number}", title="文档")
            run.count("new")
            run.row(number=number)
        run.checkpoint = run.done = end
        if end == run.total:
            run.attach("结果.txt", f"{end}".encode(), "text/plain")
        return end < run.total


@implementer(IJobKind)
class Failing:
    """Cannot be done."""

    title = "办不到"
    permission = "Zhinan: Run jobs"
    importing = False
    keep_days = 7

    def batch(self, run):
        """Write, then fail: the write must not stay."""
        run.site.title = "改坏了"
        raise (run.params.get("error") and ZeroDivisionError()) or JobFailed("不行")


@pytest.fixture
def kinds():
    """The kinds, registered for one test."""
    registry = getGlobalSiteManager()
    found = {"counting": Counting(), "failing": Failing()}
    for name, kind in found.items():
        kind.at = {}
        registry.registerUtility(kind, IJobKind, name)
    yield found
    for name, kind in found.items():
        registry.unregisterUtility(kind, IJobKind, name)


@pytest.fixture
def site(functional, kinds):
    """The site, with a person who may do everything."""
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    transaction.commit()
    return portal
