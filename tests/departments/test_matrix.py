"""Every cell of the permission matrix, asked of the platform itself."""

from . import people
from AccessControl import getSecurityManager
from pathlib import Path
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from zhinan.departments import written
from zhinan.departments.matrix import matrix
from zhinan.departments.matrix import workflows
from zhinan.rules.permissions import words

import pytest


ROOT = Path(__file__).parents[2]
CELLS = [
    (type_, state) for type_ in matrix().types() for state in matrix().states[type_]
]


@pytest.fixture
def site(integration):
    """Three departments and a person for each function and whose."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    return portal, people.add_people()


@pytest.mark.parametrize(("portal_type", "state"), CELLS)
def test_every_cell(site, portal_type, state):
    """Protects: what the matrix grants holds, and nothing else does.

    Inside a guide too: its materials and files have no state of their own.
    """
    portal, persons = site
    parts = people.create(portal, portal_type, state)
    wrong = []
    for name, (function, whose) in [*persons.items(), ("", ("", "any"))]:
        if name:
            login(portal, name)
        else:
            logout()
        granted = people.expected(portal_type, state, function, whose)
        allowed = {p for r in granted for p in words().rights[r].permissions}
        check = getSecurityManager().checkPermission
        wrong += [
            (name, part.portal_type, permission)
            for part in parts
            for permission in matrix().permissions()
            if bool(check(permission, part)) != (permission in allowed)
        ]
    assert wrong == []


@pytest.mark.parametrize(("portal_type", "state"), CELLS)
def test_platform_roles_and_owners_have_nothing(site, portal_type, state):
    """Protects: who added something, and global roles from outside, grant nothing.

    Every permission of the platform is asked, not those of the matrix alone.
    """
    portal, _persons = site
    parts = people.create(portal, portal_type, state)
    api.user.create(
        username="creator", email="c@example.com", password="Ren-yuan-2026-x"
    )
    roles = ["Owner", "Editor", "Reviewer", "Contributor", "Reader"]
    for part in parts:
        part.manage_setLocalRoles("creator", roles)
    names = [p[0] for p in portal.ac_inherited_permissions(1)]
    held = {}
    for name in ("nobody", "creator"):
        login(portal, name)
        check = getSecurityManager().checkPermission
        held[name] = {
            (part.portal_type, p) for part in parts for p in names if check(p, part)
        }
    assert held["creator"] - held["nobody"] == set()


def test_view_and_listing_go_together():
    """Protects: nothing is listed that cannot be read, nor hidden that can."""
    table = matrix()
    for type_, state in CELLS:
        assert table.roles(type_, state, "View") == table.roles(
            type_, state, "Access contents information"
        )


def test_what_is_written_from_the_matrix_is_up_to_date():
    """Protects: workflows, roles and docs say what the matrix says; make permissions."""
    stale = [
        path.relative_to(ROOT)
        for path, text in written.files(ROOT).items()
        if path.read_text("utf-8") != text
    ]
    assert stale == []


def test_every_type_is_in_the_matrix(integration):
    """Protects: a new type cannot go online without rows."""
    tool = api.portal.get_tool("portal_workflow")
    ours = {name for name, _states in workflows().values()}
    bound = {
        type_
        for type_ in api.portal.get_tool("portal_types").objectIds()
        if set(tool.getChainForPortalType(type_)) & ours
    }
    assert bound == set(matrix().types())
    for row in matrix().types():
        assert matrix().rows_for(row, matrix().states[row][0])


def test_administrators_do_not_pass_guards_by_being_managers(integration):
    """Protects: a transition asks its permission of everybody."""
    tool = api.portal.get_tool("portal_workflow")
    for name in {name for name, _states in workflows().values()}:
        assert not tool[name].manager_bypass


@pytest.mark.parametrize("right", [r for r in words().rights.values() if r.site])
def test_rights_on_the_site(site, right):
    """Protects: what is held on the whole site is held by whom the matrix names."""
    portal, persons = site
    wrong = []
    for name, (function, _whose) in persons.items():
        login(portal, name)
        granted = {
            name
            for row in matrix().rows_for("Site")
            if row.function == function
            for name in row.rights
        }
        allowed = {p for r in granted for p in words().rights[r].permissions}
        for permission in right.permissions:
            held = getSecurityManager().checkPermission(permission, portal)
            if bool(held) != (permission in allowed):
                wrong.append((name, permission))
    assert wrong == []
