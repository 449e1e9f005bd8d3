"""A department with its people, and guides on their way, for tests."""

from plone import api
from plone.app.testing import login
from zhinan.departments.functions import ensure
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.publishing.transitions import perform
from zhinan.rules.requirements import requirements
from zhinan.testing import add_person
from zhinan.trail import acts


PASSWORD = "Ren-yuan-2026-x"
PEOPLE = {
    "qicao": ("editor",),
    "shenhe": ("reviewer",),
    "fabu": ("publisher",),
    "fuze": ("head",),
}


def asked(*names):
    """Have these requirements asked for and no other: the guides here are short."""
    off = [name for name in requirements() if name not in names]
    api.portal.set_registry_record("off", off, IRequirementSettings)


def settle_department(portal, code="csj", title="测试局", people=None, credit="019"):
    """A department with one person for each function; their e-mail is id@example.com."""
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal.departments,
            "Department",
            id=code,
            title=title,
            short_name=title,
            code=code,
            credit_code=f"11620200000000{credit}K",
        )
        ensure(code, title)
        for name, functions in (people or PEOPLE).items():
            add_person(name, PASSWORD, *functions, department=code)
        asked()


def draft(portal, name, department="csj", person="qicao", **values):
    """A draft with one material."""
    login(portal, person)
    values.setdefault("title", f"测试事项{name}")
    obj = api.content.create(
        portal.guides, "MatterGuide", id=name, owner_department=department, **values
    )
    api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
    acts.settle()
    return obj


def act(portal, obj, person, step, **values):
    """One step as a person."""
    login(portal, person)
    made = perform(obj, step, **values)
    acts.settle()
    return made


def approved(portal, obj):
    """Up to the approval."""
    act(portal, obj, "qicao", "submit")
    act(portal, obj, "shenhe", "approve")
    return obj


def online(portal, obj, note="首次发布"):
    """Through the hands of three people."""
    approved(portal, obj)
    act(portal, obj, "fabu", "publish", note=note)
    return obj
