"""A department with its people, a guide with a material, and browsers for each."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.testing.zope import Browser
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.publishing.transitions import perform
from zhinan.rules.requirements import requirements
from zhinan.testing import add_person
from zope.globalrequest import clearRequest
from zope.globalrequest import setRequest

import pytest
import transaction


PASSWORD = "Ren-yuan-2026-x"
PEOPLE = {
    "qicao": ("editor",),
    "shenhe": ("reviewer",),
    "fabu": ("publisher",),
    "fuze": ("head",),
}
#: Of another department.
OTHERS = {"bieren": ("editor", "reviewer", "publisher", "head")}


def department(portal, code, name):
    """A department that is online."""
    return api.content.create(
        portal.departments,
        "Department",
        id=code,
        title=name,
        short_name=name,
        code=code,
        credit_code="11620200000000019K",
    )


def draft(portal, person, number, title="测试事项", department="csj"):
    """A draft of a person."""
    login(portal, person)
    obj = api.content.create(
        portal.guides,
        "MatterGuide",
        id=f"g{number}",
        title=f"{title}{number}",
        catalog_code=f"6201990010{number:02d}",
        owner_department=department,
        department=department,
    )
    transaction.commit()
    return obj


def act(portal, obj, person, step, **values):
    """One step as a person."""
    login(portal, person)
    made = perform(obj, step, **values)
    transaction.commit()
    return made


def asked(ids):
    """Have these requirements asked for and no other: the guides here are short."""
    off = [name for name in requirements() if name not in ids]
    api.portal.set_registry_record("off", off, IRequirementSettings)


@pytest.fixture
def portal(functional):
    """Two departments with their people."""
    portal = functional["portal"]
    setRequest(portal.REQUEST)
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    department(portal, "csj", "测试局")
    department(portal, "bdj", "别的局")
    for people, code in ((PEOPLE, "csj"), (OTHERS, "bdj")):
        for name, functions in people.items():
            add_person(name, PASSWORD, *functions, department=code)
    asked([])
    transaction.commit()
    yield portal
    clearRequest()


@pytest.fixture
def guide(portal):
    """A draft of the editor, with a material."""
    obj = draft(portal, "qicao", 1)
    api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
    transaction.commit()
    return obj


@pytest.fixture
def browse(functional, portal):
    """Opens an address below the site as a person."""

    def opened(person, path="", **options):
        browser = Browser(functional["app"])
        browser.handleErrors = options.get("errors", False)
        browser.raiseHttpErrors = options.get("strict", True)
        if person:
            browser.addHeader("Authorization", f"Basic {person}:{PASSWORD}")
        browser.addHeader("Accept-Language", "zh-CN")
        transaction.commit()
        browser.open(f"{portal.absolute_url()}/{path}")
        return browser

    return opened
