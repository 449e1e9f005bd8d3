"""Merging, splitting and renaming departments, as a job on a real site."""

from . import handing
from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import TEST_USER_ID
from Products.CMFCore.indexing import processQueue
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments.events import HandedOver
from zhinan.departments.handover import doing
from zhinan.departments.handover import job as handover
from zhinan.departments.owned import owners
from zhinan.feedback import store as questions
from zhinan.jobs import store
from zhinan.jobs.runner import run_waiting
from zhinan.publishing import editions
from zhinan.publishing.store import peek
from zhinan.registers import releases
from zhinan.testing import act_as
from zhinan.trail import store as trail
from zope.component import getGlobalSiteManager
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import io
import openpyxl
import pytest
import requests
import transaction


@pytest.fixture
def site(functional):
    """A small city."""
    portal = functional["portal"]
    portal.guides_made = handing.city(portal)
    return portal


def shape(job):
    """State and reason of a job, for a message."""
    return job.state, job.reason


def guides(site):
    """The guides, in the order in which they were made."""
    transaction.begin()
    login(site.aq_parent, SITE_OWNER_NAME)
    brains = api.content.find(portal_type="MatterGuide", sort_on="sortable_title")
    return [brain.getObject() for brain in brains]


def groups(code):
    """The groups of a department."""
    tool = api.portal.get_tool("portal_groups")
    return {g for g in tool.getGroupIds() if g.startswith(f"dept-{code}-")}


def may(site, name, permission, obj):
    """Whether a person may do something."""
    login(site, name)
    try:
        return api.user.has_permission(permission, obj=obj)
    finally:
        login(site.aq_parent, SITE_OWNER_NAME)


class Anybody(requests.Session):
    """Somebody who is not signed in, over HTTP."""

    def __init__(self, site):
        super().__init__()
        self.trust_env = False
        self.url = site.absolute_url()

    def ask(self, path, **options):
        """A page."""
        options.setdefault("headers", {"Accept": "text/html"})
        return self.get(f"{self.url}{path}", timeout=60, **options)


class TestMerge:
    """Protects: everything of the old department is the new one's, and nothing else."""

    def test_into_an_existing_one(self, site):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        assert shape(preview) == ("done", None)
        assert aliases.handovers() == []
        before = peek(site).latest
        job = handing.apply_(site, preview)
        assert shape(job) == ("done", None)
        assert set(job.counts) == {"handover_moved"}
        guide, *_others = guides(site)
        assert owners(guide) == ("bing", ("yi",))
        assert (guide.department, guide.co_departments) == ("bing", ["yi"])
        # What did not follow says what it said.
        assert guide.accepting_body == "嘉峪关市甲局"
        # Two are published: each of them tells the channels exactly once.
        assert peek(site).latest == before + 2
        enquiry = site["enquiries"].objectValues()[0]
        assert enquiry.department == "bing"
        entry = site["registers"]["catalogue-entry"].objectValues()[0]
        assert (entry.department, entry.owner_department) == ("bing", "bing")
        assert groups("jia") == set() and groups("bing")

    def test_open_notices_of_supervision_are_answered_by_the_successor(self, site):
        login(site.aq_parent, SITE_OWNER_NAME)
        people.create(site, "SupervisionNotice", "issued")
        transaction.commit()
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        assert shape(handing.apply_(site, preview)) == ("done", None)
        transaction.begin()
        login(site.aq_parent, SITE_OWNER_NAME)
        (notice,) = site["notices"].objectValues()
        assert owners(notice)[0] == "bing"
        assert may(site, "head_any", "Zhinan: Reply to notices", notice)

    def test_people_go_along_and_may_do_what_they_did(self, site):
        guide = guides(site)[2]
        assert may(site, "editor_own", "Modify portal content", guide)
        assert not may(site, "editor_any", "Modify portal content", guide)
        job = handing.apply_(
            site,
            handing.preview(site, kind="merge", sources=["jia"], target="bing"),
            people={"reviewer_own:jia:reviewer": "leave"},
        )
        assert shape(job) == ("done", None)
        guide = guides(site)[2]
        for name in ("editor_own", "editor_any"):
            assert may(site, name, "Modify portal content", guide)
            assert "事项3" in handing.found(site, name)
        # Who was to leave has lost the function, and with it the draft.
        assert not may(site, "reviewer_own", "View", guide)
        assert "事项3" not in handing.found(site, "reviewer_own")
        assert handing.found(site, "nobody") == {"事项1", "事项2"}
        assert handing.found(site, "handler_own", "Enquiry") == {"示例咨询"}
        assert handing.found(site, "handler_co", "Enquiry") == set()

    def test_into_a_new_one(self, site):
        preview = handing.preview(
            site,
            kind="merge",
            sources=["jia", "bing"],
            target="ding",
            new=True,
            follow=["bodies", "flow"],
            **handing.NEW,
        )
        job = handing.apply_(site, preview)
        assert shape(job) == ("done", None)
        made = site["departments"]["ding"]
        assert api.content.get_state(made) == "published"
        guide, *_others = guides(site)
        assert owners(guide) == ("ding", ("yi",))
        assert guide.accepting_body == "嘉峪关市丁局"
        assert guide.flow == [{"step": "受理", "department": "丁局"}]
        assert list(directory.entries()) == ["yi", "ding"]
        assert api.group.get("dept-ding-editor").getGroupMemberIds()

    def test_old_addresses_lead_to_the_successor(self, site):
        guide_url = guides(site)[0].absolute_url()
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        visitor = Anybody(site)
        answer = visitor.ask("/departments/jia", allow_redirects=False)
        assert answer.status_code in {301, 302}
        assert answer.headers["Location"] == f"{visitor.url}/departments/bing"
        assert visitor.ask("/departments/jia").url == f"{visitor.url}/departments/bing"
        assert visitor.get(guide_url, timeout=60).status_code == 200
        # Lists and REST understand the old code.
        listed = visitor.ask("/guides?department=jia").text
        assert "事项1" in listed and "丙局" in listed
        found = visitor.ask(
            "/@search?department=jia&portal_type=MatterGuide",
            headers={"Accept": "application/json"},
        ).json()
        assert found["items_total"] == 2
        # The old one is in no list, sitemap or vocabulary any more.
        assert "嘉峪关市甲局" not in visitor.ask("/departments").text
        assert "jia-ended" not in visitor.ask("/departments").text
        old = visitor.ask("/departments/jia-ended", allow_redirects=False)
        assert old.status_code != 200

    def test_old_codes_are_known_and_never_given_again(self, site):
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        assert directory.get("jia").code == "bing"
        assert "jia" not in directory.entries()
        from zhinan.departments.content import judge

        problems = [p.id for p in judge(site["departments"], {"code": "jia"})]
        assert problems == ["department_code_taken"]
        again = handing.preview(site, kind="merge", sources=["yi"], target="jia")
        assert again.reason["id"] == "handover_gone"

    def test_a_release_keeps_the_names_of_its_time(self, site):
        entry = site["registers"]["catalogue-entry"].objectValues()[0]
        people.put(entry, "published")
        head = {"title": "目录", "date": "2026-03-01", "document_number": "1号"}
        releases.release(head)
        transaction.commit()
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        visitor = Anybody(site)
        for query in ("", "?department=jia"):
            text = visitor.ask(f"/registers/catalogue-entry{query}").text
            assert "嘉峪关市甲局" in text and "事项1" in text
            assert "/guides/" in text

    def test_a_question_on_its_way_reaches_the_new_one(self, site):
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        enquiry, new = questions.keep({"department": "jia", "question": "怎么办？"})
        assert new and enquiry.department == "bing"

    def test_an_older_version_locks_nobody_out(self, site):
        guide = guides(site)[2]
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        guide = guides(site)[2]
        # What taking back an old version leaves.
        guide.owner_department = guide.department = "jia"
        notify(ObjectModifiedEvent(guide))
        processQueue()
        assert owners(guide)[0] == "bing"
        assert may(site, "editor_any", "Modify portal content", guide)
        assert {b.UID for b in api.content.find(department="bing")} >= {guide.UID()}


class TestSplit:
    """Protects: what was chosen goes, what was not stays, and no right by the way."""

    def test_some_guides_go(self, site):
        first, second, _third = guides(site)
        preview = handing.preview(
            site, kind="split", sources=["jia"], target="bing", selected=[first.UID()]
        )
        job = handing.apply_(site, preview)
        assert shape(job) == ("done", None)
        first, second, _third = guides(site)
        assert owners(first)[0] == first.department == "bing"
        assert owners(second)[0] == second.department == "jia"
        assert groups("jia") and directory.get("jia").code == "jia"
        assert may(site, "publisher_any", "Zhinan: Withdraw", first)
        assert not may(site, "publisher_own", "Zhinan: Withdraw", first)
        assert may(site, "publisher_own", "Zhinan: Withdraw", second)

    def test_to_a_new_one_with_a_person_in_both(self, site):
        first, *_others = guides(site)
        job = handing.apply_(
            site,
            handing.preview(
                site,
                kind="split",
                sources=["jia"],
                target="ding",
                new=True,
                selected=[first.UID()],
                **handing.NEW,
            ),
            people={"head_own:jia:head": "both", "editor_own:jia:editor": "go"},
        )
        assert shape(job) == ("done", None)
        first, second, _third = guides(site)
        assert may(site, "head_own", "Zhinan: Withdraw", first)
        assert may(site, "head_own", "Zhinan: Withdraw", second)
        assert may(site, "editor_own", "Zhinan: Check out working copies", first)
        assert not may(site, "editor_own", "Zhinan: Check out working copies", second)


class TestRename:
    """Protects: a name changes alone, or with a code that is everywhere at once."""

    def test_a_name(self, site):
        guide = guides(site)[0]
        before, number = owners(guide), peek(site).latest
        job = handing.apply_(
            site,
            handing.preview(
                site,
                kind="rename",
                sources=["jia"],
                target="jia",
                title="嘉峪关市新甲局",
                short_name="新甲局",
                follow=[],
            ),
        )
        assert shape(job) == ("done", None)
        guide = guides(site)[0]
        assert owners(guide) == before and peek(site).latest == number
        assert directory.get("jia").title == "嘉峪关市新甲局"
        assert "新甲局" in api.group.get("dept-jia-editor").getProperty("title")
        assert aliases.successors() == {}

    def test_a_code(self, site):
        number = peek(site).latest
        job = handing.apply_(
            site,
            handing.preview(
                site,
                kind="rename",
                sources=["jia"],
                target="xinjia",
                title="嘉峪关市新甲局",
                short_name="新甲局",
                follow=["bodies"],
            ),
        )
        assert shape(job) == ("done", None)
        guide = guides(site)[2]
        assert owners(guide) == ("xinjia", ("yi",))
        assert guide.accepting_body == "嘉峪关市新甲局"
        assert peek(site).latest == number + 2
        assert groups("jia") == set()
        assert may(site, "editor_own", "Modify portal content", guide)
        assert "事项3" in handing.found(site, "editor_own")
        visitor = Anybody(site)
        answer = visitor.ask("/departments/jia")
        assert answer.url == f"{visitor.url}/departments/xinjia"
        assert "嘉峪关市新甲局" in answer.text
        assert "事项1" in visitor.ask("/guides?department=jia").text


class TestPapers:
    """Protects: what is in force in the old name is ended or taken over expressly."""

    @pytest.fixture
    def papers(self, site):
        values = {"department": "jia", "owner_department": "jia"}
        seal = api.content.create(
            site["registers"]["approval-seal"],
            "ApprovalSeal",
            title="甲章",
            seal_number="S1",
            valid_from=handing.DAY,
            **values,
        )
        paper = api.content.create(
            site["registers"]["authorisation"],
            "Authorisation",
            title="委托书",
            authorisation_number="SQ1",
            seal_number="S1",
            valid_from=handing.DAY,
            **values,
        )
        for one in (seal, paper):
            api.content.transition(one, "put_in_force")
        transaction.commit()
        return seal, paper

    def test_one_is_taken_over_and_one_is_ended(self, site, papers):
        seal, paper = papers
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        assert {p.title for p in handover.papers(preview)} == {"甲章", "委托书"}
        decided = {seal.UID(): "take", paper.UID(): "end"}
        job = handing.apply_(site, preview, papers=decided)
        assert shape(job) == ("done", None)
        assert (seal.department, seal.owner_department) == ("bing", "bing")
        assert api.content.get_state(seal) == "in_force"
        assert (paper.department, paper.owner_department) == ("jia", "bing")
        assert api.content.get_state(paper) == "ended"
        assert paper.revoked_on == handing.DAY
        # A paper of the past keeps the name of its time.
        assert directory.with_past()["jia"].title == "嘉峪关市甲局"
        back = handing.apply_(site, handing.undo(site, job))
        assert shape(back) == ("done", None)
        assert api.content.get_state(paper) == "in_force"
        assert (paper.revoked_on, seal.department) == (None, "jia")

    def test_nothing_is_done_while_one_is_open(self, site, papers):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        job = handing.apply_(site, preview, papers={papers[0].UID(): "take"})
        assert job.state == "failed"
        assert job.reason["id"] == "handover_paper_open"
        assert owners(guides(site)[0])[0] == "jia"


class TestJob:
    """Protects: it stops before the first write, goes on after a kill, and is audited."""

    def test_a_change_since_the_preview_stops_it(self, site):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        login(site.aq_parent, SITE_OWNER_NAME)
        handing.guide(site, 4)
        job = handing.apply_(site, preview)
        assert job.reason["id"] == "handover_changed"
        assert {owners(guide)[0] for guide in guides(site)} == {"jia"}
        assert directory.get("jia").code == "jia" and aliases.handovers() == []

    def test_a_person_who_came_since_stops_it(self, site):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        login(site.aq_parent, SITE_OWNER_NAME)
        api.group.add_user(groupname="dept-jia-editor", username="nobody")
        assert handing.apply_(site, preview).reason["id"] == "handover_changed"

    def test_killed_in_the_middle_it_goes_on(self, site, monkeypatch):
        class Killed(BaseException):
            pass

        monkeypatch.setattr(handover, "DONE", 2)
        monkeypatch.setattr(handover, "LOOKED", 2)
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        job = handing.apply_(site, preview, run=False)
        before = peek(site).latest
        original, done = doing.Doer.do, []

        def killed(self, step):
            done.append(step)
            if len(done) == 10:
                raise Killed
            return original(self, step)

        monkeypatch.setattr(doing.Doer, "do", killed)
        with pytest.raises(Killed):
            run_waiting(site)
        transaction.abort()
        assert job.state == "running" and 0 < job.done < 10
        monkeypatch.setattr(doing.Doer, "do", original)
        run_waiting(site)
        assert shape(job) == ("done", None)
        assert job.counts == {"handover_moved": job.total}
        assert {owners(guide)[0] for guide in guides(site)} == {"bing"}
        assert peek(site).latest == before + 2
        assert len(aliases.handovers()) == 1

    def test_cancelled_half_way_it_can_be_finished_or_taken_back(
        self, site, monkeypatch
    ):
        monkeypatch.setattr(handover, "DONE", 2)
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        job = handing.apply_(site, preview, run=False)

        def cancel():
            if job.done >= 8:
                handing.keeper(site)
                store.cancel(job)
                transaction.commit()

        run_waiting(site, cancel)
        assert job.state == "cancelled"
        # Nobody is locked out by a half.
        for guide in guides(site):
            assert may(site, "editor_own", "View", guide)
            assert "事项3" in handing.found(site, "editor_own")
        rest = handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        assert shape(rest) == ("done", None)
        assert {owners(guide)[0] for guide in guides(site)} == {"bing"}
        for one in (rest, job):
            back = handing.apply_(site, handing.undo(site, one))
            assert shape(back) == ("done", None)
        assert {owners(guide)[0] for guide in guides(site)} == {"jia"}
        assert "editor_own" in api.group.get("dept-jia-editor").getGroupMemberIds()

    def test_done_twice_changes_nothing(self, site):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        handing.apply_(site, preview)
        again = handing.apply_(site, preview)
        assert again.state == "failed"
        assert len(aliases.handovers()) == 1

    def test_nobody_else_may(self, site):
        for functions in (("head",), ("editor", "publisher")):
            act_as(site, *functions, department="jia")
            with pytest.raises(store.NotStarted):
                store.start(handover.KIND, {"mode": "preview", "wish": {}})
        for name in ("supervision", "window"):
            act_as(site, name)
            with pytest.raises(store.NotStarted):
                store.start(handover.KIND, {"mode": "preview", "wish": {}})

    def test_it_is_one_audited_act(self, site):
        told = []
        registry = getGlobalSiteManager()
        registry.registerHandler(told.append, (HandedOver,))
        try:
            job = handing.apply_(
                site,
                handing.preview(site, kind="merge", sources=["jia"], target="bing"),
            )
        finally:
            registry.unregisterHandler(told.append, (HandedOver,))
        (event,) = told
        (written,) = aliases.handovers()
        assert event.number == written.number == job.checkpoint["number"]
        assert (event.kind, event.sources, event.target) == ("merge", ("jia",), "bing")
        assert written.document == "嘉机编〔2026〕7号"
        guide = guides(site)[0]
        moves = [e for e in trail.entries(guide.UID()) if e.act == "handover.moved"]
        assert len(moves) == 1 and written.number in moves[0].note
        assert (moves[0].before, moves[0].after) == ("jia", "bing")
        assert moves[0].who == TEST_USER_ID
        # One entry for one move, with the fields that changed, and the edition that
        # came of it.
        *_before, moved, frozen = trail.entries(guide.UID())
        assert moved == moves[0]
        assert frozen.act == "edition.frozen"
        assert editions.current(guide).origin == "handed_over"
        assert {"owner_department", "department"} <= set(moves[0].fields)
        # The whole stands in the chain of the site.
        whole = [e for e in trail.entries("site") if e.act == "handover.merge"]
        assert len(whole) == 1 and "嘉机编〔2026〕7号" in whole[0].note

    def test_reports(self, site):
        preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
        job = handing.apply_(site, preview)
        for one, name in ((preview, "preview.xlsx"), (job, "report.xlsx")):
            data = one.files[name].blob.open("r").read()
            book = openpyxl.load_workbook(io.BytesIO(data))
            cells = {str(c.value) for sheet in book for row in sheet for c in row}
            assert {"事项1", "甲局", "丙局"} <= cells


class TestUndo:
    """Protects: a hand-over is taken back whole, the latest one first."""

    @pytest.mark.parametrize(
        "wish",
        [
            {"kind": "merge", "sources": ["jia"], "target": "bing"},
            {
                "kind": "merge",
                "sources": ["jia", "bing"],
                "target": "ding",
                "new": True,
                **handing.NEW,
            },
            {
                "kind": "rename",
                "sources": ["jia"],
                "target": "xinjia",
                "title": "嘉峪关市新甲局",
                "short_name": "新甲局",
            },
        ],
    )
    def test_everything_is_as_it_was(self, site, wish):
        def picture():
            login(site.aq_parent, SITE_OWNER_NAME)
            directory.forget()
            return {
                "guides": [
                    (owners(g), g.department, g.co_departments, g.accepting_body)
                    for g in guides(site)
                ],
                "enquiry": site["enquiries"].objectValues()[0].department,
                "members": {
                    name: sorted(api.group.get(name).getGroupMemberIds())
                    for code in people.CODES
                    for name in sorted(groups(code))
                },
                "departments": [
                    (
                        code,
                        directory.get(code).title,
                        d.getId(),
                        api.content.get_state(d),
                    )
                    for code in people.CODES
                    for d in [site["departments"][code]]
                ],
            }

        before = picture()
        job = handing.apply_(site, handing.preview(site, follow=["bodies"], **wish))
        assert shape(job) == ("done", None)
        back = handing.apply_(site, handing.undo(site, job))
        assert shape(back) == ("done", None)
        assert picture() == before
        assert aliases.successors() in ({}, {"xinjia": "jia"})
        visitor = Anybody(site)
        assert visitor.ask("/departments/jia").url == f"{visitor.url}/departments/jia"
        assert "嘉峪关市甲局" in visitor.ask("/departments/jia").text
        first, second = aliases.handovers()[::-1]
        assert first.undone == second.number and second.kind == "undo"
        assert handing.undo(site, job).reason["id"] == "handover_undo_done"

    def test_what_was_changed_since_stays(self, site):
        job = handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        guide = guides(site)[2]
        guide.department = "yi"
        notify(ObjectModifiedEvent(guide))
        preview = handing.undo(site, job)
        back = handing.apply_(site, preview)
        assert back.counts["handover_differs"] == 1
        assert guides(site)[2].department == "yi"

    def test_a_later_one_is_taken_back_first(self, site):
        first = handing.apply_(
            site, handing.preview(site, kind="merge", sources=["jia"], target="bing")
        )
        handing.apply_(
            site, handing.preview(site, kind="merge", sources=["bing"], target="yi")
        )
        assert handing.undo(site, first).reason["id"] == "handover_undo_later"
        assert directory.get("jia").code == "yi"
        visitor = Anybody(site)
        assert visitor.ask("/departments/jia").url == f"{visitor.url}/departments/yi"
