"""REST of editions: list, one edition, comparison, correction and restoring."""

from plone import api
from plone.namedfile.file import NamedBlobFile
from zhinan.guides.editioned import public_part
from zhinan.guides.editionsof import content_of
from zhinan.guides.editionsof import edition_of
from zhinan.publishing import editions
from zhinan.publishing.transitions import perform
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.testing import publish
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import hashlib
import pytest
import requests
import transaction


OLD, NEW = "申请人姓名：\n", "申请人姓名：\n电子邮箱：\n"


def file(text, name="表格.txt"):
    """A file of plain text."""
    return NamedBlobFile(text.encode(), contentType="text/plain", filename=name)


@pytest.fixture
def guide(functional, people):
    """Two editions, committed; the first note has a slip of the pen."""
    portal = functional["portal"]
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            portal.guides,
            "MatterGuide",
            id="g1",
            title="测试事项",
            description="一。",
            catalog_code="620199001000",
            owner_department="shili",
        )
        one = api.content.create(
            obj, "Material", id="m01", title="申请表", necessity="1"
        )
        api.content.create(
            one,
            "FormVersion",
            id="v1",
            title="申请表",
            form_number="表1",
            version="1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=file(OLD),
            filled_sample=file("内部底稿", "底稿.txt"),
            file_levels=[{"file": "filled_sample", "level": "departments"}],
        )
        publish(obj, note="首次发部")
        transaction.commit()
        obj.description = "二。"
        obj.m01["v1"].blank_form = file(NEW)
        notify(ObjectModifiedEvent(obj))
        notify(ObjectModifiedEvent(obj.m01["v1"]))
        transaction.commit()
    return obj


def body(answer, status=200):
    """JSON of an answer that has this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


def test_everybody_reads_what_changed(public, guide):
    """Protects: the newest first, with checksums that anybody can make again."""
    found = body(public.get("guides/g1/@editions"))
    assert [row["number"] for row in found["items"]] == ["1.1", "1.0"]
    assert found["items_total"] == 2
    assert [row["current"] for row in found["items"]] == [True, False]
    assert found["items"][0]["previous"] == found["items"][1]["hash"]
    assert not any("staff" in row for row in found["items"])
    transaction.begin()
    text = canonical(public_part(content_of(guide, edition_of(guide, "1.0"))))
    assert found["items"][1]["public_hash"] == checksum(text)


def test_people_are_told_to_who_sees_the_history(public, editor, guide):
    """Protects: ids of people, origin and corrections are for the staff alone."""
    rows = body(editor.get("guides/g1/@editions"))["items"]
    assert [row["staff"]["origin"] for row in rows] == ["direct", "published"]
    assert [row["staff"]["unseen"] for row in rows] == [True, False]
    whole = public.get("guides/g1/@editions").text
    for word in ("drafted_by", "origin", "direct", "emergency", "software"):
        assert word not in whole


def test_an_edition_as_it_was(public, editor, guide):
    """Protects: content and file of the first edition; nothing of the closed one."""
    found = body(public.get("guides/g1/@edition/1.0"))
    content = found["content"]
    assert content["elements"]["description"] == "一。"
    files = content["materials"][0]["forms"][0]["files"]
    assert list(files) == ["blank_form"]
    assert "底稿" not in public.get("guides/g1/@edition/1.0").text
    about = files["blank_form"]
    assert "level" not in about
    assert about["sha256"] == hashlib.sha256(OLD.encode()).hexdigest()
    assert requests.get(about["download"], timeout=30).content.decode() == OLD
    inside = body(editor.get("guides/g1/@edition/1.0"))["content"]
    files = inside["materials"][0]["forms"][0]["files"]
    assert sorted(files) == ["blank_form", "filled_sample"]


def test_two_editions_compared(public, guide):
    """Protects: names for machines, words for people, both ways."""
    found = body(public.get("guides/g1/@compare/1.0/1.1"))
    assert found["differs"] == ["description", "m01/v1/blank_form"]
    guide_, material = found["sections"]
    assert guide_["parts"][0]["lines"] == [
        {
            "kind": "changed",
            "pieces": [
                {"kind": "removed", "text": "一"},
                {"kind": "added", "text": "二"},
                {"kind": "same", "text": "。"},
            ],
        }
    ]
    assert material["parts"][0]["text"] == [{"kind": "added", "text": "电子邮箱："}]
    back = body(public.get("guides/g1/@compare/1.1/1.0"))
    assert back["differs"] == found["differs"]
    assert back["sections"][1]["parts"][0]["text"] == [
        {"kind": "removed", "text": "电子邮箱："}
    ]
    assert body(public.get("guides/g1/@compare/1.0/1.0"))["differs"] == []


@pytest.mark.parametrize(
    "address", ["@edition/9.0", "@edition/x", "@compare/1.0/9.0", "@compare/x/1.0"]
)
def test_an_unknown_edition(public, guide, address):
    """Protects: 404 with the rule that failed."""
    found = body(public.get(f"guides/g1/{address}"), 404)
    assert [row["id"] for row in found["error"]["reasons"]] == ["no_edition"]


@pytest.mark.parametrize("address", ["@edition", "@compare/1.0", "@editions/1.0"])
def test_an_address_that_is_none(public, guide, address):
    """Protects: too little and too much behind the name is not found."""
    assert public.get(f"guides/g1/{address}").status_code == 404


def test_a_note_is_corrected(public, reviewer, guide):
    """Protects: everybody reads the new note, the staff the old one and the reason."""
    found = body(
        reviewer.post(
            "guides/g1/@edition/1.0",
            json={"action": "correct_note", "note": "首次发布", "reason": "错字"},
        )
    )
    assert (found["note"], found["note_corrected"]) == ("首次发布", True)
    assert found["staff"]["first_note"] == "首次发部"
    assert [c["reason"] for c in found["staff"]["corrections"]] == ["错字"]
    assert body(public.get("guides/g1/@editions"))["items"][1]["note"] == "首次发布"
    assert "错字" not in public.get("guides/g1/@editions").text


@pytest.mark.parametrize(
    ("sent", "status", "reasons"),
    [
        ({"note": "首次发布"}, 422, ["reason_missing"]),
        ({"note": "", "reason": "错字"}, 422, ["note_missing"]),
        ({"note": 1, "reason": ["x"]}, 422, ["not_a_text", "not_a_text"]),
    ],
)
def test_a_note_is_not_corrected(reviewer, guide, sent, status, reasons):
    """Protects: errors say which rule failed, and nothing is written."""
    found = body(
        reviewer.post(
            "guides/g1/@edition/1.0", json={"action": "correct_note", **sent}
        ),
        status,
    )
    assert [row["id"] for row in found["error"]["reasons"]] == reasons
    transaction.begin()
    store = editions.peek(api.portal.get())
    assert store.note(edition_of(guide, "1.0")) == "首次发部"


def test_who_may_not(public, editor, reviewer, guide):
    """Protects: the public is asked to sign in; without the right it is 403."""
    correct = {"action": "correct_note", "note": "x", "reason": "y"}
    assert public.post("guides/g1/@edition/1.0", json=correct).status_code == 401
    found = body(editor.post("guides/g1/@edition/1.0", json=correct), 403)
    assert found["error"]["reasons"][0]["id"] == "not_allowed"
    restore = {"action": "restore"}
    found = body(reviewer.post("guides/g1/@edition/1.0", json=restore), 403)
    assert found["error"]["type"] == "NotAllowed"
    wrong = editor.post("guides/g1/@edition/1.0", json={"action": "burn"})
    assert wrong.status_code == 400
    assert "correct_note" in wrong.text


def test_an_edition_is_restored(public, editor, guide):
    """Protects: a working copy with the old content; the public reads the new one."""
    answer = editor.post("guides/g1/@edition/1.0", json={"action": "restore"})
    made = body(answer, 201)
    assert answer.headers["Location"] == made["@id"]
    assert made["@type"] == "WorkingCopy"
    assert body(editor.get(made["@id"]))["description"] == "一。"
    assert body(public.get("guides/g1"))["edition"] == "1.1"
    again = body(editor.post("guides/g1/@edition/1.0", json={"action": "restore"}), 409)
    assert again["error"]["reasons"][0]["id"] == "copy_open"


def test_what_left_says_so(public, guide):
    """Protects: a withdrawn guide tells when, why and what takes its place."""
    assert "zhinan_left" not in body(public.get("guides/g1"))
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        perform(guide, "withdraw", reason="依据已废止")
        transaction.commit()
    found = body(public.get("guides/g1"))["zhinan_left"]
    assert (found["state"], found["reason"]) == ("withdrawn", "依据已废止")
    assert found["date"].startswith("20")
    assert found["successor"] is None
