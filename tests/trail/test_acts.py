"""One entry for each act: which, by whom, from where to where, and which fields."""

from AccessControl.SecurityManagement import newSecurityManager
from plone import api
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.exportimport.utils import request_provides
from plone.namedfile.file import NamedBlobFile
from plone.uuid.interfaces import ATTRIBUTE_NAME
from zhinan.feedback import store as enquiries
from zhinan.feedback import workflow
from zhinan.publishing.workflow import bring
from zhinan.rules import chain as rules
from zhinan.trail import store
from zhinan.trail.acts import look_at_written
from zhinan.trail.acts import record
from zhinan.trail.acts import settle
from zhinan.trail.interfaces import ITracked
from zope.event import notify
from zope.globalrequest import getRequest
from zope.interface import alsoProvides
from zope.interface import noLongerProvides
from zope.lifecycleevent import ObjectModifiedEvent
from ZPublisher.pubevents import PubBeforeCommit

import datetime
import pytest
import transaction


PDF = b"%PDF-1.4\n% one\n"


def said(uid):
    """Acts of a chain, and the fields that each names."""
    settle()
    return [(entry.act, sorted(entry.fields)) for entry in store.entries(uid)]


def save(obj, **values):
    """As a form does it, which tells several events."""
    for name, value in values.items():
        setattr(obj, name, value)
    for _number in range(3):
        notify(ObjectModifiedEvent(obj))
    settle()


def test_all_our_types_are_tracked(site):
    """Those that people work on."""
    from zhinan.departments.content import Department
    from zhinan.feedback.content import Enquiry
    from zhinan.guides import content as guides
    from zhinan.registers import entries
    from zhinan.registers.content import PolicyDocument

    for kind in (
        Department,
        Enquiry,
        guides.MatterGuide,
        guides.Material,
        guides.FormVersion,
        PolicyDocument,
        entries.CatalogueEntry,
        entries.CancelledProof,
        entries.IntermediaryService,
        entries.LegalBasis,
        entries.ApprovalSeal,
        entries.Authorisation,
    ):
        assert ITracked.implementedBy(kind), kind


def test_what_an_entry_says(site, guide):
    """Who, what, when, where; fields by digests alone."""
    (entry,) = store.entries(guide.UID())
    assert (entry.n, entry.act, entry.who) == (1, "added", "test_user_1_")
    assert (entry.type, entry.title, entry.path) == (
        "MatterGuide",
        "测试事项",
        "guides/g1",
    )
    assert entry.after == "draft" and entry.prev == ""
    assert {"title", "description"} <= set(entry.fields)
    assert all(len(digest) == 20 for digest in entry.fields.values())
    moment = datetime.datetime.fromisoformat(entry.at)
    assert moment.utcoffset() == datetime.timedelta()
    assert entry.at[19] == "." and entry.at.endswith("+00:00")


def test_a_form_that_tells_three_events_is_one_entry(site, guide):
    """With the fields that differ; without a difference there is none."""
    save(guide, description="第二句。", title="改名事项")
    assert said(guide.UID())[1:] == [("changed", ["description", "title"])]
    save(guide)
    save(guide, description="第二句。")
    assert len(said(guide.UID())) == 2
    save(guide, description="")
    entry = store.entries(guide.UID())[-1]
    assert entry.fields == {"description": rules.EMPTIED}
    _first, second, third = store.entries(guide.UID())
    texts = store.peek(site).chain(guide.UID()).entries
    assert second.prev == rules.digest(texts[1])
    assert third.prev == rules.digest(texts[2])


def test_a_transition_and_its_fields_are_one_entry(site, guide):
    """From and to, the comment as note."""
    guide.description = "第二句。"
    notify(ObjectModifiedEvent(guide))
    api.content.transition(guide, "submit", comment="请审核")
    settle()
    entry = store.entries(guide.UID())[-1]
    assert (entry.act, entry.before, entry.after) == (
        "workflow.submit",
        "draft",
        "in_review",
    )
    assert entry.note == "请审核" and list(entry.fields) == ["description"]
    api.content.transition(guide, "approve")
    api.content.transition(guide, "publish")
    settle()
    assert [entry.act for entry in store.entries(guide.UID())] == [
        "added",
        "workflow.submit",
        "workflow.approve",
        "workflow.publish",
        "edition.frozen",
    ]


def test_two_transitions_at_once_are_two(site, guide):
    """In their order."""
    api.content.transition(guide, "submit")
    api.content.transition(guide, "approve")
    api.content.transition(guide, "publish")
    settle()
    found = [(e.act, e.before, e.after) for e in store.entries(guide.UID())[1:]]
    assert found == [
        ("workflow.submit", "draft", "in_review"),
        ("workflow.approve", "in_review", "approved"),
        ("workflow.publish", "approved", "published"),
        ("edition.frozen", "", ""),
    ]


def test_a_file_is_known_by_its_content(site, guide):
    """The same bytes again are no change; others under the same name are one."""
    material = api.content.create(guide, "Material", id="m01", title="申请表")
    form = api.content.create(
        material,
        "FormVersion",
        id="v1",
        title="申请表",
        version="1",
        form_number="A-1",
        in_force_from=datetime.date(2026, 1, 1),
        blank_form=NamedBlobFile(PDF, "application/pdf", "表.pdf"),
    )
    assert "blank_form" in said(form.UID())[0][1]
    save(form, blank_form=NamedBlobFile(PDF, "application/pdf", "表.pdf"))
    assert len(said(form.UID())) == 1
    save(form, blank_form=NamedBlobFile(PDF + b"x", "application/pdf", "表.pdf"))
    assert said(form.UID())[1:] == [("changed", ["blank_form"])]


def test_moved_renamed_copied_deleted(site, guide):
    """The chain goes on where the object is; a copy has one of its own."""
    uid = guide.UID()
    api.content.create(guide, "Material", id="m01", title="申请表")
    settle()
    renamed = api.content.rename(guide, "g2")
    settle()
    folder = api.content.create(site, "Folder", "elsewhere")
    moved = api.content.move(renamed, folder)
    settle()
    entries = store.entries(uid)
    assert [(e.act, e.before, e.after) for e in entries[1:]] == [
        ("renamed", "guides/g1", "guides/g2"),
        ("moved", "guides/g2", "elsewhere/g2"),
    ]
    inner = moved.m01.UID()
    assert said(inner) == [("added", ["title"])]
    copy = api.content.copy(moved, site.guides, id="g3")
    settle()
    (entry,) = store.entries(copy.UID())
    assert (entry.act, entry.before, entry.path) == (
        "copied",
        "elsewhere/g2",
        "guides/g3",
    )
    assert copy.UID() != uid
    api.content.delete(folder, check_linkintegrity=False)
    settle()
    last = store.entries(uid)[-1]
    assert (last.act, last.before, last.path, last.title) == (
        "deleted",
        "draft",
        "elsewhere/g2",
        "测试事项",
    )
    assert store.entries(inner)[-1].act == "deleted"


def test_a_folder_that_moves_takes_the_guide_along(site, guide):
    """The guide says so itself; what lies in it keeps silent."""
    one = api.content.create(site, "Folder", "one")
    moved = api.content.move(guide, one)
    api.content.create(moved, "Material", id="m01", title="申请表")
    settle()
    two = api.content.create(site, "Folder", "two")
    api.content.move(one, two)
    settle()
    last = store.entries(guide.UID())[-1]
    assert (last.act, last.before, last.after) == ("moved", "one/g1", "two/one/g1")
    assert len(store.entries(site.two.one.g1.m01.UID())) == 1


def test_what_came_and_went_leaves_nothing(site):
    """In one transaction."""
    made = api.content.create(site.guides, "MatterGuide", id="g1", title="测试事项")
    uid = made.UID()
    api.content.delete(made, check_linkintegrity=False)
    settle()
    assert store.entries(uid) == []


def test_a_savepoint_takes_the_notes_back(site, guide):
    """As it does the acts."""
    before = transaction.savepoint()
    other = api.content.create(site.guides, "MatterGuide", id="g2", title="另一事项")
    uid = other.UID()
    inner = transaction.savepoint()
    api.content.transition(guide, "submit")
    inner.rollback()
    assert said(guide.UID()) == [("added", said(guide.UID())[0][1])]
    assert [entry.act for entry in store.entries(uid)] == ["added"]
    before.rollback()
    assert store.entries(uid) == []
    other = api.content.create(site.guides, "MatterGuide", id="g2", title="另一事项")
    assert [act for act, _fields in said(other.UID())] == ["added"]


def test_taking_back_an_older_version_is_an_act(site, guide):
    """CMFEditions tells nobody; the chain stays whole, the entry tells the version."""
    repository = api.portal.get_tool("portal_repository")
    repository.save(guide)
    save(guide, description="第二句。")
    repository.save(guide)
    before = store.entries(guide.UID())
    # The request that does it begins its own look at what is written.
    transaction.savepoint()
    request = getRequest()
    repository.revert(guide, 0)
    request.form["version_id"] = "0"
    notify(PubBeforeCommit(request))
    settle()
    del request.form["version_id"]
    after = store.entries(guide.UID())
    assert after[:-1] == before
    assert (after[-1].act, after[-1].edition) == ("reverted", "v0")
    assert "description" in after[-1].fields
    assert site.guides.g1.description == "第一句。"


def test_an_import_is_one_entry(site):
    """With the state to which it was brought."""
    alsoProvides(getRequest(), IExportImportRequestMarker)
    try:
        made = api.content.create(site.guides, "MatterGuide", id="g1", title="事项")
        api.content.transition(made, "submit")
        api.content.transition(made, "approve")
        api.content.transition(made, "publish")
        settle()
        (entry,) = store.entries(made.UID())
        assert (entry.act, entry.after) == ("imported", "published")
        save(made, description="第二句。")
        assert said(made.UID())[1:] == [("imported", ["description"])]
    finally:
        noLongerProvides(getRequest(), IExportImportRequestMarker)


def test_record_is_one_entry_with_what_changed(site, guide):
    """Also without an object, in a chain that has a name."""
    guide.description = "第二句。"
    record(guide, "explained", note="依据第三条", edition="3")
    notify(ObjectModifiedEvent(guide))
    record(None, "handed-over", uid="site", before="a", after="b", title="机构改革")
    settle()
    entry = store.entries(guide.UID())[-1]
    assert (entry.act, entry.note, entry.edition) == ("explained", "依据第三条", "3")
    assert list(entry.fields) == ["description"]
    (entry,) = [e for e in store.entries("site") if e.act == "handed-over"]
    assert (entry.before, entry.after, entry.title) == ("a", "b", "机构改革")


def test_the_function_comes_from_the_departments(site, guide, monkeypatch):
    """A utility of theirs is asked with object and person."""

    class Capacity:
        def capacity(self, obj, user_id):
            return f"{obj.getId()}:{user_id}"

    monkeypatch.setattr("zhinan.trail.acts.queryUtility", lambda wanted: Capacity())
    save(guide, description="第二句。")
    assert store.entries(guide.UID())[-1].function == "g1:test_user_1_"


def test_nothing_personal_in_any_entry(site):
    """Not in the name, not in a field, not in the note of an answer."""
    api.content.create(
        site.departments,
        "Department",
        title="测试局",
        short_name="测试",
        code="csj",
        credit_code="11330100002490000X",
        duties=["测试"],
    )
    values = {
        "sender_name": "王小明",
        "sender_phone": "13912345678",
        "sender_email": "xm@example.com",
        "department": "csj",
        "matter": "",
        "question": "我叫王小明，住在西湖路8号，怎么办理？",
    }
    enquiry, _new = enquiries.keep(values)
    settle()
    workflow.answer(enquiry, "王小明您好，请到西湖路8号办理。")
    settle()
    workflow.close(enquiry)
    settle()
    acts = [entry.act for entry in store.entries(enquiry.UID())]
    assert acts == ["added", "workflow.answer", "workflow.close"]
    assert store.entries(enquiry.UID())[0].department == "csj"
    trail = store.peek(site)
    kept = []
    for _uid, chain in trail.chains():
        kept += [*chain.entries.values(), repr(chain.known).encode()]
    for rows in trail.journal.values():
        kept += [repr(row).encode() for row in rows.values()]
    whole = b"\n".join(kept)
    for value in ("王小明", "13912345678", "xm@example.com", "西湖路", "怎么办理"):
        assert value.encode() not in whole
    assert b"csj" in whole


def test_a_stranger_has_no_name(site, guide):
    """And the system is called so."""
    from AccessControl.SecurityManagement import noSecurityManager
    from AccessControl.users import system

    noSecurityManager()
    record(guide, "looked")
    settle()
    assert store.entries(guide.UID())[-1].who == ""
    newSecurityManager(None, system)
    record(guide, "swept")
    settle()
    assert store.entries(guide.UID())[-1].who == "system"


def test_reading_writes_nothing(site, guide):
    """Nor does looking at what was written, where nothing was."""
    transaction.savepoint()
    look_at_written(PubBeforeCommit(getRequest()))
    before = len(list(store.between(site=site)))
    settle()
    assert len(list(store.between(site=site))) == before


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_journal_has_all_acts_by_time(site, guide, newest_first):
    """By period, person, act and department."""
    save(guide, description="第二句。")
    api.content.transition(guide, "submit")
    settle()
    rows = [r for r in store.between(newest_first=newest_first) if r.uid == guide.UID()]
    acts = ["added", "changed", "workflow.submit"]
    assert [row.act for row in rows] == (acts[::-1] if newest_first else acts)
    moments = [row.moment for row in rows]
    assert moments == sorted(moments, reverse=newest_first)
    row = rows[-1]
    assert store.entry(row.uid, row.n).act == row.act
    first, last = min(moments), max(moments)
    inside = [r for r in store.between(first, last) if r.uid == guide.UID()]
    assert [row.act for row in inside] == acts[:2]
    assert [r.act for r in store.between(who="test_user_1_", act="workflow.")][-1:] == [
        "workflow.submit"
    ]
    assert list(store.between(who="nobody")) == []
    assert list(store.between(department="none")) == []
    assert [row.act for row in store.newest(2)] == acts[:0:-1]


def test_what_gets_its_true_uid_late_is_told_once_under_it(site):
    """As an import does: added, named anew, published."""
    with request_provides(site.REQUEST, IExportImportRequestMarker):
        guide = api.content.create(site.guides, "MatterGuide", id="spaet", title="迟")
        passing = guide.UID()
        setattr(guide, ATTRIBUTE_NAME, "a" * 32)
        guide.reindexObject()
        bring(guide, "published")
        settle()
    assert store.entries(passing) == []
    (entry,) = store.entries("a" * 32)
    assert (entry.act, entry.after) == ("imported", "published")
