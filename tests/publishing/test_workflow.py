"""Which transitions are offered to whom, and what one does to the dates."""

from plone import api
from plone.app.testing import TEST_USER_ID
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.exportimport.utils import request_provides
from zhinan.testing import act_as
from zope.component import getUtility
from zope.schema.interfaces import IVocabularyFactory

import pytest


PATH = {
    "draft": (),
    "in_review": ("submit",),
    "approved": ("submit", "approve"),
    "published": ("submit", "approve", "publish"),
    "withdrawn": ("submit", "approve", "publish", "withdraw"),
}


@pytest.fixture
def guide(integration):
    """A guide with a material, made by somebody else."""
    portal = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal.departments,
            "Department",
            title="测试局",
            short_name="测试局",
            code="csj",
            credit_code="11620200000000019K",
        )
        obj = api.content.create(
            portal.guides,
            "MatterGuide",
            title="测试事项",
            department="csj",
            catalog_code="620199001000",
        )
        material = api.content.create(obj, "Material", title="申请表", necessity="1")
        # Who made it is somebody else: the table is about functions.
        for part in (obj, material):
            part.manage_delLocalRoles([TEST_USER_ID])
    return obj


def bring(guide, state):
    """Take the guide to a state, as an administrator."""
    with api.env.adopt_roles(["Manager"]):
        for transition in PATH[state]:
            api.content.transition(guide, transition, comment="测试")


@pytest.mark.parametrize(
    ("state", "function", "expected"),
    [
        ("draft", "editor", {"submit"}),
        ("draft", "reviewer", set()),
        ("draft", "publisher", set()),
        ("in_review", "editor", set()),
        ("draft", "head", {"publish_in_emergency"}),
        ("in_review", "reviewer", {"approve", "return_for_changes"}),
        ("in_review", "publisher", set()),
        ("approved", "reviewer", {"return_for_changes"}),
        ("approved", "publisher", {"publish", "return_for_changes", "schedule"}),
        ("published", "editor", {"confirm_review", "postpone_review"}),
        ("published", "publisher", {"withdraw", "consolidate", "retract"}),
        ("withdrawn", "editor", {"reopen"}),
    ],
)
def test_transitions(guide, state, function, expected):
    """Writing, reviewing and publishing are three functions."""
    bring(guide, state)
    portal = api.portal.get()
    act_as(portal, function, department="csj")
    offered = {t["id"] for t in portal.portal_workflow.getTransitionsFor(guide)}
    assert offered == expected


def test_only_publication_sets_the_date(guide):
    """Neither submitting nor approving nor withdrawing touches it."""
    bring(guide, "approved")
    assert guide.effective_date is None
    with api.env.adopt_roles(["Manager"]):
        api.content.transition(guide, "publish")
        assert guide.effective_date.isCurrentDay()
        before = guide.effective_date
        api.content.transition(guide, "withdraw", comment="停办")
        assert guide.effective_date == before


def test_an_import_brings_its_own_date(guide):
    """What is meant for people's acts does not fire while content is imported."""
    with request_provides(guide.REQUEST, IExportImportRequestMarker):
        bring(guide, "published")
    assert guide.effective_date is None


@pytest.mark.parametrize(
    "portal_type",
    ["Department", "MatterGuide", "Material", "FormVersion", "PolicyDocument"],
)
def test_types_are_versioned(integration, portal_type):
    """CMFEditions keeps a version at each save, and the comparison knows the type."""
    repository = api.portal.get_tool("portal_repository")
    assert portal_type in repository.getVersionableContentTypes()
    policies = repository.getPolicyMap()[portal_type]
    assert {"at_edit_autoversion", "version_on_revert"} <= set(policies)


def test_materials_follow_their_guide(integration):
    """Contained types have no workflow: one state rules the whole guide."""
    workflow = api.portal.get_tool("portal_workflow")
    assert workflow.getChainForPortalType("Material") == ()
    assert workflow.getChainForPortalType("FormVersion") == ()


def test_departments_are_a_vocabulary(guide):
    """By code, so that exports stay meaningful."""
    factory = getUtility(IVocabularyFactory, "zhinan.departments")
    assert [term.token for term in factory(guide)] == ["csj"]
