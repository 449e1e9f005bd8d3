"""Absences: the substitute's functions come with the first day and go with the last."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from rest.client import Client
from zExceptions import Unauthorized
from zhinan.departments import absences
from zhinan.departments import functions
from zhinan.departments import why
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.events import IAbsenceEntered
from zhinan.departments.people import holdings
from zhinan.interfaces import IZhinanLayer
from zhinan.rules import absences as rules
from zhinan.rules.absences import Absence
from zope.annotation.interfaces import IAnnotations
from zope.component import getGlobalSiteManager
from zope.interface import alsoProvides

import datetime
import pytest
import transaction


D1, D2, D3, D4 = (datetime.date(2026, 12, day) for day in (1, 2, 3, 4))


def absence(person="zhao", substitute="qian", start=D2, until=D3, **more):
    """An absence for the rules."""
    return Absence("x", person, substitute, start, until, **more)


class TestRules:
    """Protects: both days count, and what is refused."""

    @pytest.mark.parametrize(
        ("day", "state"),
        [(D1, "planned"), (D2, "in_force"), (D3, "in_force"), (D4, "ended")],
    )
    def test_states(self, day, state):
        assert absence().state(day) == state
        assert absence(cancelled="now").state(day) == "cancelled"

    def test_only_common_departments_are_lent(self):
        own = ["dept-jia-head", "dept-yi-editor", "supervision"]
        assert rules.lent(own, ["dept-jia-reader"]) == ["dept-jia-head"]
        assert rules.lent(own, ["window"]) == []

    @pytest.mark.parametrize(
        ("wanted", "gives", "expected"),
        [
            (absence(), True, []),
            (absence(until=D1), True, ["absence_order"]),
            (absence(start=datetime.date(2026, 11, 30)), True, ["absence_past"]),
            (absence(until=datetime.date(2026, 12, 12)), True, ["absence_long"]),
            (absence(until=datetime.date(2026, 12, 11)), True, []),
            (absence(substitute="zhao"), True, ["absence_oneself"]),
            (absence(substitute=""), False, ["absence_stranger"]),
        ],
    )
    def test_problems(self, wanted, gives, expected):
        found = rules.problems(wanted, [], D1, gives, 10)
        assert [problem.id for problem in found] == expected

    @pytest.mark.parametrize(
        ("start", "until", "refused"),
        [(D1, D1, False), (D1, D2, True), (D3, D4, True), (D4, D4, False)],
    )
    def test_overlap(self, start, until, refused):
        known = [absence()]
        found = list(rules.problems(absence(start=start, until=until), known, D1, True))
        assert [p.id for p in found] == ["absence_overlap"] * refused
        cancelled = [absence(cancelled="now")]
        wanted = absence(start=start, until=until)
        assert list(rules.problems(wanted, cancelled, D1, True)) == []

    def test_substitute_who_is_away(self):
        known = [absence("qian", "sun")]
        (found,) = rules.problems(absence(), known, D1, True)
        assert (found.field, found.id) == ("substitute", "absence_both_away")


@pytest.fixture
def city(monkeypatch):
    """Sets today in the city."""

    def to(day):
        monkeypatch.setattr("zhinan.departments.citytime.today", lambda: day)
        forget()

    return to


def forget():
    """Drop what borg.localrole has kept for the request."""
    request = api.portal.get().REQUEST
    notes = IAnnotations(request)
    for key in [key for key in notes if "localrole" in str(key)]:
        del notes[key]


@pytest.fixture
def site(integration, city):
    """Three departments and their people, on 1 December 2026."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    city(D1)
    return portal


def user(name):
    """A person as the user folder makes one now."""
    return api.user.get(userid=name)


def may(name, right, obj):
    """Whether the person has the right now, by the explanation and the platform."""
    forget()
    answer = why.explain(obj, user(name), right)
    assert answer.consistent
    return answer.allowed


def enter(person="publisher_own", substitute="editor_own", start=D2, until=D3):
    """Enter an absence."""
    return absences.enter(person, substitute, start.isoformat(), until.isoformat(), "")


class TestEffect:
    """Protects: from the first day to the last, in the city, and not a day longer."""

    def test_dates_at_the_edges(self, site, city):
        guide, _material, version = people.create(site, "MatterGuide", "approved")
        enter()
        found = []
        for day in (D1, D2, D3, D4):
            city(day)
            found.append(may("editor_own", "publish", guide))
            assert may("editor_own", "publish", version) == found[-1]
            assert may("publisher_own", "publish", guide)
        assert found == [False, True, True, False]

    def test_lists_follow_without_reindexing(self, site, city):
        people.create(site, "MatterGuide", "draft")
        api.group.add_user(groupname="dept-yi-reader", username="nobody")
        api.group.add_user(groupname="dept-bing-editor", username="nobody")
        enter("nobody", "reader_any")
        seen = []
        for day in (D1, D2):
            city(day)
            login(site, "reader_any")
            seen.append(len(api.content.find(portal_type="MatterGuide")))
        assert seen == [0, 0]
        # The department in common is lent, the other one is not.
        assert functions.departments_of(user("reader_any")) == {"bing"}
        assert "dept-bing-editor" in user("reader_any").getGroups()

    def test_substitute_finds_what_the_absent_person_finds(self, site, city):
        people.create(site, "MatterGuide", "draft")
        api.group.add_user(groupname="dept-yi-editor", username="nobody")
        api.group.add_user(groupname="dept-jia-reader", username="handler_co")
        guide = site["guides"].objectValues()[0]
        enter("editor_own", "handler_co")
        assert not may("handler_co", "submit", guide)
        city(D2)
        assert may("handler_co", "submit", guide)

    def test_it_does_not_chain(self, site, city):
        guide, *_parts = people.create(site, "MatterGuide", "approved")
        enter("publisher_own", "editor_own", D2, D2)
        enter("editor_own", "reader_own", D3, D3)
        enter("reader_own", "handler_own", D2, D2)
        city(D2)
        assert may("editor_own", "publish", guide)
        assert not may("handler_own", "publish", guide)
        # In force together, entered past the check.
        store = absences.store()
        store.add(Absence("y", "editor_own", "reader_own", D2, D2))
        assert "dept-jia-editor" in user("reader_own").getGroups()
        assert not may("reader_own", "publish", guide)

    def test_two_for_each_other_do_not_loop(self, site, city):
        enter("publisher_own", "editor_own")
        absences.store().add(Absence("y", "editor_own", "publisher_own", D2, D3))
        city(D2)
        assert absences.acting_for("editor_own") == ["publisher_own"]
        assert absences.acting_for("publisher_own") == ["editor_own"]
        assert user("editor_own") is not None

    def test_cancel(self, site, city):
        guide, *_parts = people.create(site, "MatterGuide", "approved")
        found = enter()
        city(D2)
        assert may("editor_own", "publish", guide)
        assert absences.cancel(found.id).cancelled_by
        assert not may("editor_own", "publish", guide)
        assert absences.cancel(found.id) is None

    def test_who_has_left_lends_nothing(self, site, city):
        enter()
        city(D2)
        api.user.delete(username="publisher_own")
        assert absences.acting_for("editor_own") == []

    def test_substitute_who_left_the_department_has_nothing(self, site, city):
        enter()
        city(D2)
        api.group.remove_user(groupname="dept-jia-editor", username="editor_own")
        assert absences.acting_for("editor_own") == []

    def test_it_is_said(self, site, city):
        guide, *_parts = people.create(site, "MatterGuide", "approved")
        enter()
        city(D2)
        answer = why.explain(guide, user("editor_own"), "publish")
        (ground,) = answer.grounds
        assert ground.holding.for_person == "publisher_own"
        assert absences.acting_for("editor_own") == ["publisher_own"]
        capacity = functions.Capacity().capacity(guide, "editor_own")
        assert capacity == "jia:editor jia:publisher(for publisher_own)"
        sources = why.who_can(guide, "publish")
        named = {
            (p.id, p.for_person)
            for source in sources
            for holders in source.holders
            for p in holders.people
        }
        assert ("editor_own", "publisher_own") in named
        login(site, "head_own")
        body = guide.unrestrictedTraverse("@@rights")()
        assert "editor_own（代publisher_own）" in body

    def test_own_functions_are_not_said_to_be_lent(self, site, city):
        api.group.add_user(groupname="dept-jia-publisher", username="editor_own")
        enter()
        city(D2)
        found = [h for h in holdings(user("editor_own")) if h.for_person]
        assert found == []

    def test_the_public_asks_nothing(self, site, monkeypatch):
        def never(*_args):
            raise AssertionError("the store was asked")

        monkeypatch.setattr(absences, "lent_groups", never)
        people.create(site, "MatterGuide", "published")
        logout()
        assert len(api.content.find(portal_type="MatterGuide")) == 1
        guide = site["guides"].objectValues()[0]
        assert api.user.has_permission("View", obj=guide)
        assert not api.user.has_permission("Modify portal content", obj=guide)

    def test_one_look_for_who_stands_in_for_nobody(self, site, monkeypatch):
        enter()
        asked = []
        original = absences.Store.get

        def get(self, absence_id):
            asked.append(absence_id)
            return original(self, absence_id)

        monkeypatch.setattr(absences.Store, "get", get)
        assert user("reviewer_own") is not None
        assert asked == []


class TestEntering:
    """Protects: one's own absence, a head that of the department's people."""

    @pytest.mark.parametrize(
        ("name", "person", "allowed"),
        [
            ("editor_own", "editor_own", True),
            ("editor_own", "publisher_own", False),
            ("head_own", "publisher_own", True),
            ("head_own", "publisher_co", False),
            ("supervision_any", "publisher_own", False),
            ("site_administrator_any", "publisher_own", True),
        ],
    )
    def test_who_may(self, site, name, person, allowed):
        login(site, name)
        assert absences.may_enter(person) == allowed

    def test_a_substitute_of_the_head_enters_for_nobody_else(self, site, city):
        enter("head_own", "editor_own")
        city(D2)
        login(site, "editor_own")
        assert not absences.may_enter("publisher_own")

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (("publisher_own", "editor_co", "2026-12-02", "2026-12-03"), "stranger"),
            (("publisher_own", "nobody", "2026-12-02", "2026-12-03"), "stranger"),
            (("publisher_own", "niemand", "2026-12-02", "2026-12-03"), "stranger"),
            (("niemand", "editor_own", "2026-12-02", "2026-12-03"), "person"),
            (("publisher_own", "editor_own", "morgen", "2026-12-03"), "date"),
            (("publisher_own", "editor_own", None, None), "date"),
            (("publisher_own", "editor_own", "2026-12-02", "2027-12-03"), "long"),
        ],
    )
    def test_refused(self, site, values, expected):
        with pytest.raises(absences.Refused) as error:
            absences.enter(*values, "")
        assert [p.id for p in error.value.problems] == [f"absence_{expected}"]
        assert [sentence for _f, sentence in error.value.sentences()]

    def test_longest_is_a_setting(self, site):
        api.portal.set_registry_record("longest", 1, absences.IAbsenceSettings)
        with pytest.raises(absences.Refused):
            enter()
        enter(until=D2)

    def test_it_is_told(self, site):
        found = []

        def listen(event):
            found.append(event.absence)

        manager = getGlobalSiteManager()
        manager.registerHandler(listen, (IAbsenceEntered,))
        try:
            entered = enter()
        finally:
            manager.unregisterHandler(listen, (IAbsenceEntered,))
        assert found == [entered]
        moment = datetime.datetime.fromisoformat(entered.entered)
        assert moment.utcoffset() == datetime.datetime.now(CITY_TIME).utcoffset()


PASSWORD = "qing-jia-2026-ceshi"


class TestRest:
    """Protects: REST enters, shows and cancels as the page does."""

    def test_enter_and_cancel(self, functional):
        portal = functional["portal"]
        login(functional["app"], SITE_OWNER_NAME)
        people.add_departments(portal)
        people.add_people()
        for name in ("editor_own", "head_own", "publisher_co", "nobody"):
            portal.acl_users.source_users.updateUserPassword(name, PASSWORD)
        transaction.commit()
        day = datetime.datetime.now(CITY_TIME).date().isoformat()
        wish = {"substitute": "reader_own", "start": day, "until": day}

        def client(name):
            return Client(portal.absolute_url(), (name, PASSWORD))

        with client("editor_own") as editor, client("head_own") as head:
            answer = editor.post("@absences", json={**wish, "start": "bald"})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["field"] == "start"
            other = {**wish, "person": "publisher_own"}
            assert editor.post("@absences", json=other).status_code == 401
            answer = editor.post("@absences", json=wish)
            assert answer.status_code == 201, answer.text
            path = answer.json()["@id"]
            assert answer.json()["state"] == "in_force"
            assert [i["@id"] for i in head.get("@absences").json()["items"]] == [path]
            with client("publisher_co") as stranger, client("nobody") as nobody:
                assert stranger.get("@absences").json()["items"] == []
                assert stranger.delete(path).status_code == 404
                assert nobody.get("@absences").status_code == 401
            answer = head.delete(path)
            assert answer.json()["state"] == "cancelled"
            assert head.delete(path).status_code == 409


class TestPage:
    """Protects: the page shows and takes what is the person's, and no more."""

    def ask(self, site, name, method="GET", **form):
        login(site, name)
        request = site.REQUEST
        request.form.clear()
        request.form.update(form)
        request.method = method
        if method == "POST":
            # The transaction of the test is not that of a request.
            token = site.restrictedTraverse("@@authenticator").token()
            request.form["_authenticator"] = token
        request.environ["REQUEST_METHOD"] = method
        try:
            return site.restrictedTraverse("@@absences")()
        finally:
            request.method = "GET"

    @pytest.mark.parametrize("name", ["nobody", "supervision_any"])
    def test_not_for_people_without_a_department(self, site, name):
        with pytest.raises(Unauthorized):
            self.ask(site, name)

    def test_head_sees_the_department_alone(self, site):
        enter()
        enter("publisher_co", "editor_co")
        body = self.ask(site, "head_own")
        assert "publisher_own" in body
        assert "publisher_co" not in body
        body = self.ask(site, "reader_own")
        assert "publisher_own</th>" not in body
        assert 'value="editor_own"' in body

    def test_enter_and_cancel(self, site):
        values = {"start": "2026-12-02", "until": "2026-12-03"}
        self.ask(site, "editor_own", "POST", substitute="reader_own", **values)
        (entered,) = absences.every()
        assert (entered.person, entered.substitute) == ("editor_own", "reader_own")
        with pytest.raises(Unauthorized):
            self.ask(site, "publisher_own", "POST", cancel=entered.id)
        self.ask(site, "head_own", "POST", cancel=entered.id)
        assert absences.every()[0].cancelled_by == "head_own"

    def test_for_others_it_is_ones_own(self, site):
        values = {"start": "2026-12-02", "until": "2026-12-03"}
        values |= {"person": "publisher_own", "substitute": "reader_own"}
        self.ask(site, "editor_own", "POST", **values)
        assert [a.person for a in absences.every()] == ["editor_own"]

    def test_errors_are_sentences(self, site):
        body = self.ask(site, "editor_own", "POST", start="", substitute="")
        assert "请填写开始日期和结束日期" in body
