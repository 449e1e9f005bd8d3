"""Another department in charge: the preview, the lock-out, and no other way."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.restapi.interfaces import IDeserializeFromJson
from rest.client import Client
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan.departments import ownership
from zhinan.departments.events import IOwnerChanged
from zhinan.departments.owned import owners
from zhinan.interfaces import IZhinanLayer
from zope.component import getGlobalSiteManager
from zope.component import getMultiAdapter
from zope.interface import alsoProvides

import pytest
import transaction


@pytest.fixture
def site(integration):
    """Three departments and their people."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    return portal


@pytest.fixture
def told():
    """The events of changes."""
    found = []

    def listen(event):
        found.append(event)

    manager = getGlobalSiteManager()
    manager.registerHandler(listen, (IOwnerChanged,))
    yield found
    manager.unregisterHandler(listen, (IOwnerChanged,))


class TestPreview:
    """Protects: people see who gains and loses what before it happens."""

    def test_gains_and_losses(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "approved")
        login(site, "head_own")
        found = ownership.preview(guide, (people.OTHER, (people.OWNER,)))
        rows = {(s.department, s.function): s for s in found.shifts}
        assert rows[people.OWNER, "head"].loses == (
            "approve",
            "publish",
            "emergency",
            "history",
            "confidential",
            "owner",
        )
        assert rows[people.OTHER, "head"].gains[0] == "view"
        assert [p.id for p in rows[people.OTHER, "head"].people] == ["head_any"]
        assert rows[people.SHARED, "editor"].loses == ("view",)
        assert found.shut_out == ()

    def test_what_it_says_comes_true(self, site):
        guide, _material, version = people.create(site, "MatterGuide", "draft")
        login(site, "head_own")
        found = ownership.preview(guide, (people.OTHER, ()))
        before = {
            (name, right): api.user.has_permission(
                ownership.words().rights[right].permissions[0],
                user=api.user.get(userid=name),
                obj=version,
            )
            for name in ("editor_own", "editor_co", "editor_any", "head_any")
            for right in ("view", "edit", "owner")
        }
        ownership.change(guide, found.after, confirmed=True)
        # The platform keeps its answers for a request.
        forget(site.REQUEST)
        shifts = {(s.department, s.function): s for s in found.shifts}
        for (name, right), had in before.items():
            function, whose = name.split("_")
            code = {"own": "jia", "co": "yi", "any": "bing"}[whose]
            shift = shifts[code, function]
            has = api.user.has_permission(
                ownership.words().rights[right].permissions[0],
                user=api.user.get(userid=name),
                obj=version,
            )
            assert has == ((had or right in shift.gains) and right not in shift.loses)


def forget(request):
    """Drop what borg.localrole has kept for the request."""
    from zope.annotation.interfaces import IAnnotations

    notes = IAnnotations(request)
    for key in [key for key in notes if "localrole" in str(key)]:
        del notes[key]


class TestChange:
    """Protects: the owner changes once it was meant, and it is told."""

    @pytest.mark.parametrize("portal_type", ["MatterGuide", "PolicyDocument"])
    def test_change(self, site, told, portal_type):
        obj, *_parts = people.create(site, portal_type, "draft")
        login(site, "head_own")
        ownership.change(obj, (people.OTHER, (people.OWNER,)), "职能调整")
        assert owners(obj) == (people.OTHER, (people.OWNER,))
        (event,) = told
        assert event.before == (people.OWNER, (people.SHARED,))
        assert event.after == (people.OTHER, (people.OWNER,))
        assert event.note == "职能调整"

    def test_own_department_is_not_shut_out_unasked(self, site, told):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, "head_own")
        wanted = (people.OTHER, (people.SHARED,))
        with pytest.raises(ownership.NotConfirmed) as error:
            ownership.change(guide, wanted)
        assert error.value.departments == [people.OWNER]
        assert owners(guide)[0] == people.OWNER
        assert told == []
        ownership.change(guide, wanted, confirmed=True)
        assert owners(guide) == wanted

    def test_administrators_have_no_department_to_lose(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, "site_administrator_any")
        ownership.change(guide, (people.OTHER, ()))
        assert owners(guide) == (people.OTHER, ())

    def test_the_same_is_no_change(self, site, told):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, "head_own")
        ownership.change(guide, owners(guide))
        assert told == []

    @pytest.mark.parametrize("name", ["editor_own", "head_co", "supervision_any"])
    def test_not_for_everybody(self, site, name):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, name)
        with pytest.raises(Unauthorized):
            ownership.change(guide, (people.OTHER, (people.OWNER,)))

    @pytest.mark.parametrize(
        ("values", "fields"),
        [
            ({}, ["owner_department"]),
            ({"owner_department": "wu"}, ["owner_department"]),
            ({"owner_department": "jia", "co_owners": ["wu"]}, ["co_owners"]),
            ({"owner_department": "jia", "co_owners": 3}, ["co_owners"]),
            ({"owner_department": "jia", "note": "长" * 501}, ["note"]),
        ],
    )
    def test_wrong_wish(self, site, values, fields):
        with pytest.raises(ownership.Refused) as error:
            ownership.wish(values)
        assert [field for field, _sentence in error.value.sentences()] == fields


class TestOneWay:
    """Protects: no other form, and no old version, changes who has rights."""

    @pytest.mark.parametrize("name", ["editor_own", "site_administrator_any"])
    def test_patch_is_refused_with_a_sentence(self, site, name):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, name)
        writer = getMultiAdapter((guide, site.REQUEST), IDeserializeFromJson)
        with pytest.raises(BadRequest) as error:
            writer(data={"owner_department": people.OTHER})
        assert "移交主管部门" in str(error.value)

    def test_what_get_gave_can_be_sent_back(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, "editor_own")
        writer = getMultiAdapter((guide, site.REQUEST), IDeserializeFromJson)
        writer(
            data={
                "title": "新名称",
                "owner_department": {"token": people.OWNER, "title": "甲局"},
                "co_owners": [people.SHARED],
            }
        )
        assert guide.title == "新名称"
        assert owners(guide) == (people.OWNER, (people.SHARED,))

    def test_edit_form_leaves_them_out(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        login(site, "editor_own")
        body = guide.restrictedTraverse("@@edit")()
        assert "IOwned.owner_department" not in body
        add = site["guides"].restrictedTraverse("++add++MatterGuide")()
        assert "IOwned.owner_department" in add

    def test_old_version_does_not_bring_the_owner_back(self, site):
        guide, *_parts = people.create(site, "MatterGuide", "draft")
        repository = api.portal.get_tool("portal_repository")
        repository.save(guide, comment="甲局的")
        ownership.put(guide, (people.OTHER, ()))
        number = 0
        old = repository.retrieve(guide, number).object
        assert owners(old) == (people.OTHER, ())
        repository.revert(guide, number)
        assert owners(guide) == (people.OTHER, ())


PASSWORD = "yi-jiao-2026-ceshi"


@pytest.fixture
def served(functional):
    """A draft over HTTP, and clients of some people."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    guide, *_parts = people.create(portal, "MatterGuide", "draft")
    for name in ("editor_own", "head_own"):
        portal.acl_users.source_users.updateUserPassword(name, PASSWORD)
    transaction.commit()
    path = guide.absolute_url().removeprefix(f"{portal.absolute_url()}/")

    def client(name):
        secret = SITE_OWNER_PASSWORD if name == SITE_OWNER_NAME else PASSWORD
        return Client(portal.absolute_url(), (name, secret))

    return client, path


class TestRest:
    """Protects: REST changes the owner as the page does, and in no other way."""

    def test_change(self, served):
        client, guide = served
        with client("head_own") as head, client("editor_own") as editor:
            body = head.get(f"{guide}/@owner").json()
            assert (body["owner_department"], body["co_owners"]) == ("jia", ["yi"])
            assert body["may_change"] is True
            assert editor.get(f"{guide}/@owner").json()["may_change"] is False
            wish = {"owner_department": "bing", "note": "职能调整"}
            assert editor.post(f"{guide}/@owner", json=wish).status_code == 401
            answer = head.post(f"{guide}/@owner", json=wish)
            assert answer.status_code == 409
            assert "甲局" in answer.json()["error"]["message"]
            assert answer.json()["preview"]["shut_out"] == ["jia"]
            assert head.get(f"{guide}/@owner").json()["owner_department"] == "jia"
            answer = head.post(f"{guide}/@owner", json={**wish, "confirm": True})
            assert answer.status_code == 200, answer.text
            assert answer.json()["owner_department"] == "bing"
            assert head.get(guide).status_code == 401

    def test_refusals(self, served):
        client, guide = served
        with client("head_own") as head, client("editor_own") as editor:
            answer = head.post(f"{guide}/@owner", json={"owner_department": "wu"})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["field"] == "owner_department"
            found = head.get(f"{guide}/@owner?owner_department=bing&co_owners=jia")
            assert found.json()["preview"]["changes"]
            answer = editor.patch(guide, json={"owner_department": "bing"})
            assert answer.status_code == 400
            assert editor.get(guide).json()["owner_department"]["token"] == "jia"

    def test_adding_for_a_foreign_department_is_refused(self, served):
        client, _guide = served
        data = {"@type": "LegalBasis", "title": "示例", "kind": "regulation"}
        with client("editor_own") as editor:
            folder = "registers/legal-basis"
            foreign = {**data, "owner_department": "bing"}
            assert editor.post(folder, json=foreign).status_code == 400
            own = {**data, "owner_department": "jia"}
            assert editor.post(folder, json=own).status_code == 201
