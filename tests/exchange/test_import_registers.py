"""Entries of the registers and departments: found by their key, compared, written."""

from plone import api
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from zhinan.exchange.apply import Applier
from zhinan.exchange.plan import Planner
from zhinan.rules.codes import make_credit_code
from zhinan.rules.records import Place
from zhinan.rules.records import Record
from zhinan.testing import act_as

import datetime
import pytest


OFFICE = Record(
    "Department",
    "shili",
    Place(line=1),
    values={
        "title": "嘉峪关市示例局",
        "short_name": "市示例局",
        "code": "shili",
        "credit_code": make_credit_code("11620200", 9001),
    },
)
ENTRY = {
    "title": "示例设施设置许可",
    "catalog_code": "621001900001",
    "matter_type": "10",
    "department": "shili",
    "in_hall": True,
}
PROOF = {
    "title": "婚姻状况证明",
    "demanding_body": "市示例局",
    "cancelled_on": datetime.date(2026, 3, 1),
    "replacement": "check",
}


@pytest.fixture
def portal(integration):
    """The empty site with a manager logged in."""
    portal = integration["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    return portal


def entry(portal_type, **values):
    """A record of a register."""
    return Record(portal_type, values["title"], Place(line=2), values=values)


def done(portal, *records):
    """The plans of these records, applied."""
    planner = Planner(portal)
    plans = [planner.plan(record) for record in records]
    applier = Applier(planner)
    applier.departments(plans)
    for plan in plans:
        applier.apply(plan)
    applier.finish()
    return plans


def test_a_department_and_what_names_it(portal):
    """In one batch: the department first, then the entry that needs it."""
    plans = done(portal, OFFICE, entry("CatalogueEntry", **ENTRY))
    assert [plan.verdict for plan in plans] == ["new", "new"]
    folder = portal["registers"]["catalogue-entry"]
    (found,) = folder.objectValues()
    assert (found.department, found.in_hall) == ("shili", True)
    assert portal["departments"]["shili"].title == OFFICE.values["title"]
    again = done(portal, OFFICE, entry("CatalogueEntry", **ENTRY))
    assert [plan.verdict for plan in again] == ["unchanged", "unchanged"]


def test_an_entry_is_found_by_its_key(portal):
    """The same proof of the same body is changed, that of another one is new."""
    done(portal, entry("CancelledProof", **PROOF))
    changed, other = done(
        portal,
        entry("CancelledProof", **{**PROOF, "replacement": "data"}),
        entry("CancelledProof", **{**PROOF, "demanding_body": "市他局"}),
    )
    assert (changed.verdict, other.verdict) == ("changed", "new")
    assert [(d.field, d.old, d.new) for d in changed.differences] == [
        ("replacement", "check", "data")
    ]
    folder = portal["registers"]["cancelled-proof"]
    assert sorted(item.replacement for item in folder.objectValues()) == [
        "check",
        "data",
    ]


def test_what_a_field_cannot_hold(portal):
    """A code that is none, a wrong type, a field that is none: named, the rest lands."""
    (plan,) = done(
        portal,
        entry(
            "CancelledProof",
            **{**PROOF, "replacement": "nothing", "basis": 7, "colour": "red"},
        ),
    )
    assert plan.verdict == "new"
    told = [(f.field, f.problem.id) for f in plan.findings]
    assert ("replacement", "import_value") in told
    assert ("basis", "import_value") in told
    assert ("colour", "import_unknown_field") in told
    assert ("replacement", "import_missing") in told


def test_seals_are_for_few(portal):
    """An editor may add a proof, but no seal."""
    done(portal, OFFICE)
    act_as(portal, "editor", department="shili")
    proof, seal = done(
        portal,
        entry("CancelledProof", **PROOF),
        entry(
            "ApprovalSeal",
            title="审批专用章",
            seal_number="1",
            department="shili",
        ),
    )
    assert proof.verdict == "new"
    assert seal.verdict == "refused"
    assert seal.findings[-1].problem.id == "import_not_allowed"
    assert len(portal["registers"]["approval-seal"].objectValues()) == 0


def test_a_page_is_no_record(portal):
    """Only what the exchange knows is imported."""
    (plan,) = done(portal, entry("Document", title="一页"))
    assert plan.verdict == "refused"
    assert len(api.content.find(portal_type="Document", Title="一页")) == 0
