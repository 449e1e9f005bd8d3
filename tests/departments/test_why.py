"""Why somebody can or cannot do something: the answer, who may ask, what it leaks."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from rest.client import Client
from zExceptions import Unauthorized
from zhinan.departments import why
from zhinan.departments.matrix import matrix
from zhinan.interfaces import IZhinanLayer
from zhinan.rules import permissions
from zope.interface import alsoProvides

import pytest
import transaction


CELLS = [
    (type_, state) for type_ in matrix().types() for state in matrix().states[type_]
]


@pytest.fixture
def site(integration):
    """Three departments and a person for each function and whose."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    persons = people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    return portal, persons


def become(portal, name):
    """Sign in; an empty name is the public."""
    if name:
        login(portal, name)
    else:
        logout()


@pytest.mark.parametrize(("portal_type", "state"), CELLS)
def test_the_answer_is_what_the_platform_does(site, portal_type, state):
    """Protects: each explanation is true, and names the row that makes it so."""
    portal, persons = site
    parts = people.create(portal, portal_type, state)
    wrong = []
    for name, (function, whose) in persons.items():
        user = api.user.get(userid=name)
        expected = people.expected(portal_type, state, function, whose)
        for part in parts:
            for right in ("view", "edit", "publish", "history", "confidential"):
                answer = why.explain(part, user, right)
                ok = answer.consistent and answer.allowed == (right in expected)
                ok = ok and bool(answer.grounds) == answer.allowed
                if not ok:
                    wrong.append((name, part.portal_type, right))
    assert wrong == []


class TestAnswer:
    """Protects: an answer says by which row, function and group."""

    def test_rows_and_groups(self, site):
        portal, _persons = site
        guide, _material, version = people.create(portal, "MatterGuide", "draft")
        answer = why.explain(version, api.user.get(userid="editor_own"), "edit")
        (ground,) = answer.grounds
        line = permissions.text().splitlines()[ground.row.line - 1]
        assert line.startswith("MatterGuide,draft,editor,own,")
        assert ground.holding.group == "dept-jia-editor"
        assert answer.place.obj == guide
        assert answer.stands(ground.holding) == "own"

    def test_who_would_have_had_it(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "approved")
        answer = why.explain(guide, api.user.get(userid="reader_own"), "publish")
        assert not answer.allowed
        found = {
            (row.function, person.id)
            for row in answer.decision.others
            for holders in why.source_of(row, answer.place).holders
            for person in holders.people
        }
        assert found == {
            ("publisher", "publisher_own"),
            ("head", "head_own"),
            ("site_administrator", "site_administrator_any"),
        }

    def test_permission_of_the_platform(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        user = api.user.get(userid="editor_own")
        answer = why.explain(guide, user, "Modify portal content")
        assert answer.right == "edit"
        assert answer.permissions == ("Modify portal content",)
        with pytest.raises(why.UnknownRight):
            why.explain(guide, user, "Mow the lawn")

    def test_technical_administrator(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        answer = why.explain(guide, None, "edit")
        assert (answer.administrator, answer.allowed, answer.grounds) == (
            True,
            True,
            (),
        )
        assert answer.consistent

    def test_role_past_the_matrix_is_said_loudly(self, site, caplog):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        guide.manage_setLocalRoles("nobody", ["Own editor"])
        answer = why.explain(guide, api.user.get(userid="nobody"), "edit")
        assert not answer.allowed
        assert answer.checked
        assert "differ" in caplog.text

    def test_state_without_such_a_step(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "published")
        user = api.user.get(userid="site_administrator_any")
        answer = why.explain(guide, user, "publish")
        assert answer.allowed
        assert [str(note) for note in answer.notes] == ["why_no_step"]

    def test_who_can_see(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "published")
        (everybody, *others) = why.who_can(guide, "view")
        assert everybody.everybody
        assert [source.row.function for source in others] == [
            "supervision",
            "site_administrator",
        ]


class TestAsking:
    """Protects: one asks about oneself; about others only some do; nothing leaks."""

    @pytest.mark.parametrize(
        ("name", "other", "allowed"),
        [
            ("editor_own", "", True),
            ("editor_own", "editor_own", True),
            ("editor_any", "", True),
            ("nobody", "", False),
            ("", "", False),
            ("editor_own", "editor_co", False),
            ("head_own", "editor_co", True),
            ("head_co", "editor_own", False),
            ("supervision_any", "editor_own", True),
            ("site_administrator_any", "editor_own", True),
        ],
    )
    def test_who_may_ask(self, site, name, other, allowed):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        become(portal, name)
        if allowed:
            why.check_asker(guide, other)
        else:
            with pytest.raises(Unauthorized):
                why.check_asker(guide, other)

    @pytest.mark.parametrize("portal_type", sorted(people.VALUES))
    def test_page_tells_a_denied_person_nothing(self, site, portal_type):
        portal, _persons = site
        state = matrix().states[portal_type][0]
        obj, *parts = people.create(portal, portal_type, state)
        outsider = "agent_any"
        become(portal, outsider)
        for part in (obj, *parts):
            body = part.unrestrictedTraverse("@@rights")()
            assert people.VALUES[portal_type]["title"] not in body
            assert people.CODES[people.OWNER] not in body
            assert "您不能查看" in body

    @pytest.mark.parametrize("name", ["head_own", "editor_own", "supervision_any"])
    def test_page(self, site, name):
        portal, _persons = site
        guide, _material, version = people.create(portal, "MatterGuide", "draft")
        become(portal, name)
        for part in (guide, version):
            body = part.unrestrictedTraverse("@@rights")()
            assert "可以：查看" in body
            assert ("reader_own" in body) == (name != "editor_own")

    def test_search_for_a_person(self, site):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        become(portal, "head_own")
        portal.REQUEST.form.update(user="editor_", right="edit")
        body = guide.unrestrictedTraverse("@@rights")()
        assert "editor_own" in body
        assert "user=editor_co" in body
        portal.REQUEST.form.update(user="niemand")
        assert "没有找到" in guide.unrestrictedTraverse("@@rights")()


class TestSharing:
    """Protects: rights are given by the matrix alone, also by the administrator."""

    @pytest.mark.parametrize("portal_type", ["MatterGuide", "Enquiry", "Authorisation"])
    def test_page_is_shut(self, site, portal_type):
        portal, _persons = site
        state = matrix().states[portal_type][0]
        for part in people.create(portal, portal_type, state):
            for name in ("sharing", "updateSharingInfo"):
                body = part.restrictedTraverse(f"@@{name}")()
                assert "@@rights" in body
                assert 'name="entries' not in body


class TestRefused:
    """Protects: who is signed in is told where to ask, and nothing else."""

    def test_where_it_comes_from_is_kept(self, site):
        portal, _persons = site
        become(portal, "agent_any")
        portal.REQUEST.form["came_from"] = "/plone/guides/x/edit"
        # The user folder sends people to a view of its own plugin.
        portal["acl_users"].credentials_cookie_auth.restrictedTraverse(
            "require_login"
        )()
        target = portal.REQUEST.response.getHeader("Location")
        assert target.endswith(
            "/insufficient-privileges?came_from=/plone/guides/x/edit"
        )

    @pytest.mark.parametrize(
        ("tail", "linked"),
        [("", True), ("/edit", True), ("/m01x", True), ("/../../nothing", False)],
    )
    def test_link(self, site, tail, linked):
        portal, _persons = site
        guide, *_parts = people.create(portal, "MatterGuide", "draft")
        become(portal, "agent_any")
        base = guide.absolute_url() if linked else portal.absolute_url()
        portal.REQUEST.form["came_from"] = base + tail
        body = portal.restrictedTraverse("@@insufficient-privileges")()
        assert (f"{guide.absolute_url()}/@@rights" in body) == linked
        assert guide.title not in body
        assert portal.REQUEST.response.getStatus() == 403


PASSWORD = "quan-xian-2026-ceshi"


@pytest.fixture
def served(functional):
    """The same over HTTP: address of a draft, and a client for each login."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    guide, _material, version = people.create(portal, "MatterGuide", "draft")
    for name in ("editor_own", "head_own", "agent_any", "nobody"):
        portal.acl_users.source_users.updateUserPassword(name, PASSWORD)
    transaction.commit()
    base = portal.absolute_url()

    def ask(name, path, method="get", **kwargs):
        auth = (name, PASSWORD) if name else None
        if name == SITE_OWNER_NAME:
            auth = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
        with Client(base, auth) as client:
            return getattr(client, method)(path, **kwargs)

    paths = [o.absolute_url().removeprefix(f"{base}/") for o in (guide, version)]
    return ask, *paths


class TestRest:
    """Protects: REST tells the same as the page, to the same people."""

    def test_oneself(self, served):
        ask, guide, version = served
        for path in (guide, version):
            answer = ask("editor_own", f"{path}/@why?right=edit")
            assert answer.status_code == 200, answer.text
            body = answer.json()
            assert (body["allowed"], body["consistent"]) == (True, True)
            assert body["rows"][0]["through"]["group"] == "dept-jia-editor"
            assert body["others"] == []

    def test_denied(self, served):
        ask, guide, _version = served
        answer = ask("agent_any", f"{guide}/@why")
        assert answer.status_code == 200
        assert set(answer.json()) == {"@id", "allowed", "message"}
        assert answer.json()["allowed"] is False
        assert ask("agent_any", f"{guide}/@who-can").status_code == 401
        assert ask("nobody", f"{guide}/@why").status_code == 401
        assert ask("", f"{guide}/@why").status_code == 401

    def test_others(self, served):
        ask, guide, _version = served
        path = f"{guide}/@why?user=reader_own&right=edit"
        assert ask("editor_own", path).status_code == 401
        body = ask("head_own", path).json()
        assert body["allowed"] is False
        assert [row["function"] for row in body["others"]] == [
            "editor",
            "editor",
            "site_administrator",
        ]
        assert ask("head_own", f"{guide}/@why?user=niemand").status_code == 404
        assert ask("head_own", f"{guide}/@why?right=fly").status_code == 400

    def test_who_can(self, served):
        ask, guide, _version = served
        body = ask("head_own", f"{guide}/@who-can?right=submit").json()
        assert [(i["function"], i["whose"]) for i in body["items"]] == [
            ("editor", "own"),
            ("site_administrator", "any"),
        ]
        (holders,) = body["items"][0]["holders"]
        assert [p["fullname"] for p in holders["people"]] == ["editor_own"]

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_sharing_is_shut(self, served, method):
        ask, guide, version = served
        for path in (guide, version):
            for name in ("head_own", SITE_OWNER_NAME):
                answer = ask(name, f"{path}/@sharing", method)
                assert answer.status_code == 403
                assert "@@rights" in answer.json()["error"]["message"]
