"""Editions of a guide: compared, corrected, restored; the public reads nothing else."""

from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.namedfile.file import NamedBlobFile
from zhinan.guides import workingcopy
from zhinan.guides.editionacts import correct_note
from zhinan.guides.editionacts import restore
from zhinan.guides.editioned import full_content
from zhinan.guides.editionsof import content_of
from zhinan.guides.editionsof import edition_of
from zhinan.guides.editionsof import editions_of
from zhinan.guides.editionwords import compared
from zhinan.guides.filling import fill
from zhinan.guides.reading import reading_of
from zhinan.publishing import editions
from zhinan.publishing import revisions
from zhinan.publishing.interfaces import IPublicContent
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Refused
from zhinan.rules.canonical import canonical
from zhinan.rules.compare import compare
from zhinan.testing import act_as
from zhinan.testing import add_person
from zhinan.testing import publish
from zhinan.trail import acts
from zhinan.trail import store as trail
from zope.event import notify
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import pytest


PASSWORD = "Ren-yuan-2026-x"
FORM = "申请表\n申请人姓名：\n联系电话：\n"
FORM_2 = "申请表\n申请人姓名：\n电子邮箱：\n联系电话：\n"


def t(message):
    """A message as a Chinese page shows it."""
    return translate(message, context=getRequest(), target_language="zh_CN")


def file(text, name="表格.txt"):
    """A file of plain text."""
    return NamedBlobFile(text.encode(), contentType="text/plain", filename=name)


def settle():
    """What is done at the end of a transaction, without its end."""
    revisions.settle()
    acts.settle()


@pytest.fixture
def site(integration):
    """A department with its people."""
    portal = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal.departments,
            "Department",
            id="csj",
            title="测试局",
            short_name="测试局",
            code="csj",
            credit_code="11620200000000019K",
        )
        add_person("qicao", PASSWORD, "editor", department="csj")
        add_person("fabu", PASSWORD, "publisher", department="csj")
        add_person("guanli", PASSWORD, "site_administrator")
    return portal


def edit(obj, **values):
    """Save."""
    for name, value in values.items():
        setattr(obj, name, value)
    notify(ObjectModifiedEvent(obj))


@pytest.fixture
def guide(site):
    """Two editions: a form gets a line, a material goes, another one comes."""
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            site.guides,
            "MatterGuide",
            id="g1",
            title="测试事项",
            description="一。",
            catalog_code="620199001000",
            owner_department="csj",
            visits=1,
            planned_effective=datetime.date(2026, 1, 1),
            conditions=["年满十八周岁", "有固定住所"],
            legal_basis=[{"law": "测试法", "article": "第一条", "text": "甲。"}],
        )
        one = api.content.create(
            obj, "Material", id="m01", title="申请表", necessity="1", copy_count=1
        )
        api.content.create(
            one,
            "FormVersion",
            id="v1",
            title="申请表",
            form_number="表1",
            version="1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=file(FORM),
        )
        api.content.create(obj, "Material", id="m02", title="身份证", necessity="1")
        publish(obj, note="首次发布")
        settle()
        edit(obj, description="二。", conditions=["年满十六周岁", "有固定住所"])
        edit(obj.m01["v1"], blank_form=file(FORM_2))
        api.content.delete(obj.m02, check_linkintegrity=False)
        api.content.create(obj, "Material", id="m03", title="照片", necessity="2")
        settle()
    return obj


def both(obj):
    """The first and the second edition."""
    two, one = editions_of(obj)
    return one, two


def test_what_changed_in_words(site, guide):
    """Protects: element by element, material by material, files by their text."""
    act_as(site, "supervision")
    names, sections = compared(guide, *both(guide), t)
    assert names.names() == {
        "description",
        "conditions",
        "m02",
        "m02/title",
        "m02/necessity",
        "m03",
        "m03/title",
        "m03/necessity",
        "m01/v1/blank_form",
    }
    told = {section.name: section for section in sections}
    assert list(told) == ["guide", "m01", "m03", "m02"]
    assert told["m03"].title == "新增材料：照片"
    assert told["m02"].title == "不再需要：身份证"
    (form,) = told["m01"].parts
    assert [(row.kind, row.text) for row in form.text] == [("added", "电子邮箱：")]
    parts = {part.name: part for part in told["guide"].parts}
    # In the order of the page, not of the alphabet.
    assert list(parts) == ["description", "conditions"]
    pieces = [row[1] for row in parts["conditions"].rows]
    assert pieces == [
        [("same", "年满十"), ("removed", "八"), ("added", "六"), ("same", "周岁")]
    ]


def test_the_public_reads_the_edition(site, guide):
    """Protects: what is written past the publication is read by nobody before it."""
    with api.env.adopt_roles(["Manager"]):
        edit(guide, description="未经审核。")
    assert reading_of(guide).description == "二。"
    assert IPublicContent(guide).content()["elements"]["description"] == "二。"
    assert reading_of(guide).edition == "1.1"


def test_a_draft_is_read_from_the_guide(site, guide):
    """Protects: a preview shows what will be frozen."""
    with api.env.adopt_roles(["Manager"]):
        perform(guide, "withdraw", reason="停止办理")
        assert reading_of(guide).description == "二。"
        perform(guide, "reopen")
        edit(guide, description="三。")
    assert reading_of(guide).description == "三。"
    assert reading_of(guide).edition == ""


@pytest.mark.parametrize("number", ["1.0", "1.1"])
def test_filling_gives_the_edition_back(site, guide, number):
    """Protects: what an edition holds and what was filled from it are the same."""
    with api.env.adopt_roles(["Manager"]):
        perform(guide, "withdraw", reason="停止办理")
        perform(guide, "reopen")
        edit(guide, title="别的事项", legal_basis=[], visits=None)
        edit(guide.m03, title="别的")
        wanted = content_of(guide, edition_of(guide, number))
        assert fill(guide, wanted) == []
    found = full_content(guide)
    assert not compare(wanted, found)
    # UIDs of what was made anew differ, and nothing else.
    for content in (wanted, found):
        for material in content["materials"]:
            material.pop("uid")
            for form in material.get("forms", ()):
                form.pop("uid")
    assert canonical(found) == canonical(wanted)


def test_filling_again_changes_nothing(site, guide):
    """Protects: nobody counts as an author by restoring what is there."""
    with api.env.adopt_roles(["Manager"]):
        perform(guide, "withdraw", reason="停止办理")
        perform(guide, "reopen")
        settle()
        before = (len(trail.entries(guide.UID(), site)), guide.modified())
        fill(guide, content_of(guide, edition_of(guide, "1.1")))
        settle()
    assert (len(trail.entries(guide.UID(), site)), guide.modified()) == before


def test_restored_as_a_working_copy(site, guide):
    """Protects: what is online stays, and the copy holds the old edition with files."""
    login(site, "qicao")
    copy = restore(guide, "1.0").object
    settle()
    assert workingcopy.guide_of(copy).UID() == guide.UID()
    assert copy.description == "一。"
    assert copy.objectIds() == ["m01", "m02"]
    assert copy.m01["v1"].blank_form.data.decode() == FORM
    assert guide.description == "二。"
    assert reading_of(guide).edition == "1.1"
    assert [e.act for e in trail.entries(guide.UID(), site)][-1] == "edition.restored"
    with pytest.raises(Refused) as caught:
        restore(guide, "1.0")
    assert [r.id for r in caught.value.reasons] == ["copy_open"]


def test_restored_into_a_guide_that_left(site, guide):
    """Protects: what was withdrawn is reopened and filled."""
    with api.env.adopt_roles(["Manager"]):
        perform(guide, "withdraw", reason="停止办理")
    login(site, "qicao")
    assert restore(guide, "1.0").object is guide
    assert api.content.get_state(guide) == "draft"
    assert guide.description == "一。"
    assert guide.objectIds() == ["m01", "m02"]


@pytest.mark.parametrize("person", ["fabu", None])
def test_restoring_needs_the_right_to_draft(site, guide, person):
    """Protects: who may not open a working copy restores nothing."""
    if person:
        login(site, person)
    else:
        logout()
    with pytest.raises(Refused) as caught:
        restore(guide, "1.0")
    assert [r.id for r in caught.value.reasons] == ["not_allowed"]
    assert workingcopy.copy_of(guide) is None


def test_a_closed_file_stays_closed(site, guide):
    """Protects: restoring opens no file that was closed when it was published."""
    with api.env.adopt_roles(["Manager"]):
        edit(
            guide.m01["v1"],
            file_levels=[{"file": "blank_form", "level": "restricted"}],
        )
        settle()
        perform(guide, "withdraw", reason="停止办理")
        perform(guide, "reopen")
        closed = content_of(guide, edition_of(guide, "1.2"))
        assert closed["materials"][0]["forms"][0]["files"]["blank_form"]["level"] == (
            "restricted"
        )
        edit(guide.m01["v1"], file_levels=[], blank_form=file(FORM))
        fill(guide, closed)
    from zhinan.departments.confidentiality import is_open

    assert guide.m01["v1"].blank_form.data.decode() == FORM_2
    assert not is_open(guide.m01["v1"], "blank_form")


def test_a_note_is_corrected_and_told(site, guide):
    """Protects: the note reads anew, the first one stays, the act is audited."""
    login(site, "fabu")
    correct_note(guide, "1.0", "第一次发布", "原说明有错字")
    settle()
    store = editions.peek(site)
    edition = edition_of(guide, "1.0")
    assert store.note(edition) == "第一次发布"
    assert edition.note == "首次发布"
    assert store.check(guide.UID()) == []
    entry = trail.entries(guide.UID(), site)[-1]
    assert (entry.act, entry.who, entry.edition) == (
        "edition.note_corrected",
        "fabu",
        "1.0",
    )
    assert (entry.before, entry.after, entry.note) == (
        "首次发布",
        "第一次发布",
        "原说明有错字",
    )


@pytest.mark.parametrize(
    ("person", "number", "note", "reason", "wrong"),
    [
        ("fabu", "1.0", "", "错字", ["note_missing"]),
        ("fabu", "1.0", "首次发布", "错字", ["note_same"]),
        ("fabu", "1.0", "新的", " ", ["reason_missing"]),
        ("fabu", "1.0", "长" * 2001, "", ["note_long", "reason_missing"]),
        ("fabu", "9.0", "新的", "错字", ["no_edition"]),
        ("qicao", "1.0", "新的", "错字", ["not_allowed"]),
    ],
)
def test_a_note_is_not_corrected(site, guide, person, number, note, reason, wrong):
    """Protects: without note, reason, difference, edition or right nothing changes."""
    login(site, person)
    with pytest.raises(Refused) as caught:
        correct_note(guide, number, note, reason)
    assert [r.id for r in caught.value.reasons] == wrong
    assert editions.peek(site).note(edition_of(guide, "1.0")) == "首次发布"
