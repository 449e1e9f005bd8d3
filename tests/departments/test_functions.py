"""Groups, owners, and what has to be indexed when they change."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.restapi.interfaces import ISerializeToJson
from Products.CMFCore.indexing import processQueue
from Products.CMFPlone.CatalogTool import CatalogTool
from zhinan.departments import functions
from zhinan.departments.owned import owners
from zhinan.forms import validation
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.permissions import words
from zope.component import getMultiAdapter
from zope.event import notify
from zope.interface import alsoProvides
from zope.lifecycleevent import ObjectModifiedEvent

import pytest


@pytest.fixture
def site(integration):
    """Three departments and their people, seen by the administrator."""
    portal = integration["portal"]
    alsoProvides(integration["request"], IZhinanLayer)
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    return portal


def groups(code):
    """Ids of the groups of a department that exist."""
    return {
        g
        for g in api.portal.get_tool("portal_groups").getGroupIds()
        if f"-{code}-" in g
    }


@pytest.fixture
def indexed(monkeypatch):
    """Paths that are indexed from now on, without what the queue still holds."""
    processQueue()
    paths = []
    original = CatalogTool.catalog_object

    def catalog_object(self, obj, uid=None, *args, **kwargs):
        paths.append(uid or "/".join(obj.getPhysicalPath()))
        return original(self, obj, uid, *args, **kwargs)

    monkeypatch.setattr(CatalogTool, "catalog_object", catalog_object)
    return paths


def visible(name, portal):
    """Titles of the guides that a person finds."""
    login(portal, name)
    found = {brain.Title for brain in api.content.find(portal_type="MatterGuide")}
    login(portal.aq_parent, SITE_OWNER_NAME)
    return found


class TestGroups:
    """Protects: functions come and go with the department."""

    def test_come_with_it(self, site):
        expected = {f"dept-jia-{f.name}" for f in words().department_functions()}
        assert groups("jia") == expected
        assert "甲局" in api.group.get("dept-jia-editor").getProperty("title")

    def test_go_with_it(self, site):
        api.content.delete(site["departments"]["bing"])
        assert groups("bing") == set()
        assert groups("jia")

    def test_are_called_as_it_is_called(self, site):
        department = site["departments"]["jia"]
        department.short_name = "新甲局"
        notify(ObjectModifiedEvent(department))
        assert "新甲局" in api.group.get("dept-jia-editor").getProperty("title")

    def test_roles_are_computed_and_survive_the_list_of_groups(self, site):
        """Saving the platform's list writes what is ticked there, and nothing else."""
        tool = api.portal.get_tool("portal_groups")
        tool.editGroup("dept-jia-editor", roles=[], groups=())
        person = api.user.get(username="editor_own").getUser()
        assert "Any editor" in person.getRoles()
        stored = site["acl_users"]["portal_role_manager"]
        assert stored.listAssignedPrincipals("Any editor") == []

    def test_our_roles_are_not_offered_for_ticking(self, site):
        for name in ("usergroup-userprefs", "usergroup-groupprefs"):
            offered = site.restrictedTraverse(f"@@{name}").portal_roles
            assert "Site Administrator" in offered
            assert not set(offered) & set(words().roles())

    def test_those_beside_the_departments_are_there(self, site):
        for function in words().site_functions():
            assert api.group.get(function.group) is not None

    def test_a_moved_department_keeps_them(self, site):
        api.content.rename(site["departments"]["jia"], "jia-old")
        assert groups("jia")


class TestIndexing:
    """Protects: rights follow people at once, and an owner without reindexing all."""

    def test_membership_needs_none(self, site, indexed):
        people.create(site, "MatterGuide", "draft")
        processQueue()
        assert visible("nobody", site) == set()
        indexed.clear()
        api.group.add_user(groupname="dept-jia-reader", username="nobody")
        assert visible("nobody", site) == {"示例事项"}
        api.group.remove_user(groupname="dept-jia-reader", username="nobody")
        assert visible("nobody", site) == set()
        assert indexed == []

    def test_another_owner_reindexes_exactly_its_subtree(self, site, indexed):
        guide, material, version = people.create(site, "MatterGuide", "draft")
        people.create(site, "LegalBasis", "draft")
        processQueue()
        assert visible("editor_any", site) == set()
        indexed.clear()
        guide.owner_department = people.OTHER
        notify(ObjectModifiedEvent(guide))
        processQueue()
        expected = {"/".join(o.getPhysicalPath()) for o in (guide, material, version)}
        assert set(indexed) == expected
        assert visible("editor_any", site) == {"示例事项"}
        assert visible("reader_own", site) == set()

    def test_the_same_owner_again_reindexes_nothing_for_security(self, site, indexed):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        processQueue()
        indexed.clear()
        guide.description = "换一句话。"
        notify(ObjectModifiedEvent(guide))
        processQueue()
        assert set(indexed) <= {"/".join(guide.getPhysicalPath())}


class TestOwners:
    """Protects: rights come from the field that gives rights, and from no other."""

    def test_display_fields_give_nothing(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        guide.department = people.OTHER
        guide.co_departments = [people.OTHER]
        notify(ObjectModifiedEvent(guide))
        assert owners(guide) == (people.OWNER, (people.SHARED,))
        assert visible("editor_any", site) == set()

    def test_imported_content_is_owned_by_the_department_it_names(self, site):
        guide = api.content.create(
            site["guides"], "MatterGuide", title="导入", department=people.SHARED
        )
        assert owners(guide) == (people.SHARED, ())

    def test_content_without_an_owner_is_nobodys(self, site):
        basis = api.content.create(
            site["registers"]["legal-basis"], "LegalBasis", title="无"
        )
        assert owners(basis) == ("", ())
        login(site, "editor_own")
        assert owners(basis) == ("", ())
        assert not api.user.has_permission("View", obj=basis)

    def test_editor_of_one_department_need_not_choose(self, site):
        login(site, "editor_own")
        folder = site["registers"]["legal-basis"]
        basis = api.content.create(folder, "LegalBasis", title="自己的")
        assert owners(basis) == (people.OWNER, ())

    @pytest.mark.parametrize(
        ("name", "owner"),
        [("editor_own", people.OWNER), ("editor_any", people.OTHER)],
    )
    def test_a_copy_belongs_to_who_makes_it(self, site, name, owner):
        guide, *_parts = people.create(site, "MatterGuide", "published")
        login(site, name)
        copied = api.content.copy(guide, site["guides"])
        assert owners(copied)[0] == owner
        assert owners(guide)[0] == people.OWNER

    def test_the_public_does_not_read_who_has_rights(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "published")
        for name, shown in (("nobody", False), ("editor_own", True)):
            login(site, name)
            data = getMultiAdapter((guide, site.REQUEST), ISerializeToJson)()
            assert ("owner_department" in data) is shown
            assert ("co_owners" in data) is shown

    @pytest.mark.parametrize(
        ("name", "owner", "expected"),
        [
            ("editor_own", people.OWNER, []),
            ("editor_own", people.OTHER, ["owner_foreign"]),
            ("editor_own", None, []),
            ("site_administrator_any", people.OTHER, []),
        ],
    )
    def test_editor_adds_for_own_departments(self, site, name, owner, expected):
        login(site, name)
        values = {"title": "某条例", "owner_department": owner}
        found = validation.problems(
            "LegalBasis", site["registers"]["legal-basis"], values
        )
        assert [p.id for p in found if p.field == "owner_department"] == expected


class TestCapacity:
    """Protects: the trail names the function in which somebody acted."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("editor_own", "jia:editor"),
            ("editor_co", "yi:editor"),
            ("editor_any", "bing:editor"),
            ("supervision_any", "supervision"),
            ("nobody", ""),
        ],
    )
    def test_function(self, site, name, expected):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        assert functions.Capacity().capacity(guide, name) == expected
