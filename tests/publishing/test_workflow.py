"""Who may do what in which state, and what a transition does to the dates."""

from AccessControl import getSecurityManager
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.exportimport.utils import request_provides
from zope.component import getUtility
from zope.schema.interfaces import IVocabularyFactory

import pytest


VIEW, INFO = "View", "Access contents information"
EDIT, ADD, DELETE = "Modify portal content", "Add portal content", "Delete objects"
READERS = {"Editor", "Reviewer", "Contributor", "Reader"}
#: state → right → the functions that have it, besides the administrators.
RIGHTS = {
    "draft": {"read": READERS, "edit": {"Editor"}, "delete": {"Editor"}},
    "in_review": {"read": READERS, "edit": {"Reviewer"}, "delete": set()},
    "published": {"read": READERS | {"Anonymous", "Member"}, "edit": {"Editor"}},
    "withdrawn": {"read": READERS, "edit": {"Editor"}, "delete": set()},
}
PERMISSIONS = {"read": (VIEW, INFO), "edit": (EDIT, ADD), "delete": (DELETE,)}
PATH = {
    "draft": (),
    "in_review": ("submit",),
    "published": ("submit", "publish"),
    "withdrawn": ("submit", "publish", "withdraw"),
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
            api.content.transition(guide, transition)


@pytest.mark.parametrize("state", RIGHTS)
@pytest.mark.parametrize("role", ["Anonymous", "Member", *sorted(READERS)])
def test_rights(guide, state, role):
    """Each state gives exactly the rights of the table, to the material as well."""
    bring(guide, state)
    portal = api.portal.get()
    if role == "Anonymous":
        logout()
    else:
        login(portal, TEST_USER_NAME)
        setRoles(portal, TEST_USER_ID, ["Member", role])
    check = getSecurityManager().checkPermission
    material = guide.objectValues()[0]
    for right, permissions in PERMISSIONS.items():
        allowed = role in RIGHTS[state].get(right, set())
        for permission in permissions:
            for obj in (guide, material):
                assert bool(check(permission, obj)) == allowed, (right, permission)


@pytest.mark.parametrize(
    ("state", "role", "expected"),
    [
        ("draft", "Editor", {"submit"}),
        ("draft", "Reviewer", set()),
        ("in_review", "Editor", set()),
        ("in_review", "Reviewer", {"publish", "return_for_changes"}),
        ("published", "Editor", set()),
        ("published", "Reviewer", {"withdraw"}),
        ("withdrawn", "Editor", {"reopen"}),
    ],
)
def test_transitions(guide, state, role, expected):
    """Writing and publishing are two functions."""
    bring(guide, state)
    portal = api.portal.get()
    login(portal, TEST_USER_NAME)
    setRoles(portal, TEST_USER_ID, ["Member", role])
    offered = {t["id"] for t in portal.portal_workflow.getTransitionsFor(guide)}
    assert offered == expected


def test_only_publication_sets_the_date(guide):
    """Submitting does not, withdrawing takes it away."""
    bring(guide, "in_review")
    assert guide.effective_date is None
    with api.env.adopt_roles(["Manager"]):
        api.content.transition(guide, "publish")
        assert guide.effective_date.isCurrentDay()
        api.content.transition(guide, "withdraw")
        assert guide.effective_date is None


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
