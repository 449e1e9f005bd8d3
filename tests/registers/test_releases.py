"""Releases: made by those who may, kept for good, never changed."""

from .conftest import create
from plone import api
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from zExceptions import Unauthorized
from zhinan.registers import releases
from zhinan.registers import stores
from zhinan.registers.releases import Refused
from zhinan.rules import releases as rules
from zhinan.testing import act_as
from zope.annotation.interfaces import IAnnotations
from zope.lifecycleevent import modified

import datetime
import json
import pytest


HEAD = {
    "title": "目录（示例）",
    "date": "2026-09-01",
    "document_number": "",
    "note": "",
}


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """The tests' today."""
    monkeypatch.setattr(releases, "today", lambda: datetime.date(2026, 9, 10))


@pytest.fixture
def entry(site):
    """One published entry."""
    return create(site, "CatalogueEntry")


def test_without_a_release_there_is_none(site):
    """Nothing is made by looking."""
    assert releases.latest() is None and releases.releases() == []
    assert releases.KEY not in IAnnotations(site)


def test_a_release_freezes_the_published_entries(site, entry):
    """Drafts and withdrawn entries are not in it."""
    create(
        site, "CatalogueEntry", current=False, title="草稿", catalog_code="620199002000"
    )
    made = releases.release(HEAD)
    assert (made.number, made.count) == (1, 1)
    (kept,) = made.entries()
    assert kept["title"] == "示例事项" and kept["uid"] == entry.UID()
    assert made.sha256 == rules.digest(made.text)
    assert json.loads(made.text)["previous"] == ""


def test_it_survives_what_becomes_of_the_entry(site, entry):
    """Edited, withdrawn, deleted: the release says what it said."""
    text = releases.release(HEAD).text
    entry.title = "改名"
    modified(entry)
    assert releases.preview().changed[0].after["title"] == "改名"
    api.content.transition(entry, "withdraw")
    api.content.delete(entry)
    assert releases.get(1).text == text
    assert [e["title"] for e in releases.preview().removed] == ["示例事项"]


def test_nothing_of_it_can_be_set(site, entry):
    """Neither an attribute nor a number twice."""
    made = releases.release(HEAD)
    for name in ("head", "sha256", "body", "person", "count"):
        with pytest.raises(AttributeError):
            setattr(made, name, None)
        with pytest.raises(AttributeError):
            delattr(made, name)
    with pytest.raises(rules.Broken):
        releases._writable().append(releases.Release(made.text))
    assert not hasattr(releases, "delete") and not hasattr(releases, "change")


def test_a_text_that_was_changed_is_found_out(site, entry):
    """Whoever gets at the database cannot change it unnoticed."""
    made = releases.release(HEAD)
    made.body.value = made.body.value.replace("示例事项", "别的事项")
    with pytest.raises(rules.Broken):
        made.entries()


def test_releases_are_a_chain(site, entry):
    """Each names the hash of the one before."""
    first = releases.release(HEAD)
    entry.title = "改名"
    modified(entry)
    second = releases.release({**HEAD, "date": "2026-09-02"}, follows=1)
    assert second.head.previous == first.sha256
    assert [r.number for r in releases.releases()] == [2, 1]
    assert releases.latest().number == 2
    rules.verify([first.text, second.text])


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"title": " "}, "release_title"),
        ({"title": "目" * 201}, "release_long"),
        ({"date": "9月1日"}, "release_date"),
        ({"date": "2026-08-31"}, "release_before"),
        ({"date": "2026-09-11"}, "release_future"),
    ],
)
def test_a_wrong_head_is_refused(site, entry, values, problem):
    """With a sentence that says what to do."""
    releases.release(HEAD)
    with pytest.raises(Refused) as caught:
        releases.release({**HEAD, **values})
    assert caught.value.problem.id == problem and caught.value.sentence
    assert releases.latest().number == 1


def test_an_empty_catalogue_is_not_released(site):
    """There is nothing to release."""
    with pytest.raises(Refused) as caught:
        releases.release(HEAD)
    assert caught.value.problem.id == "release_empty"


def test_what_is_released_is_what_was_seen(site, entry):
    """Two people, or an edit in between: look again."""
    seen = rules.fingerprint(releases.working())
    entry.title = "改名"
    modified(entry)
    with pytest.raises(Refused) as caught:
        releases.release(HEAD, follows=0, seen=seen)
    assert caught.value.problem.id == "release_changed"
    releases.release(HEAD, follows=0, seen=rules.fingerprint(releases.working()))
    with pytest.raises(Refused) as caught:
        releases.release(HEAD, follows=0)
    assert caught.value.problem.id == "release_moved"


@pytest.mark.parametrize(
    ("function", "prepares", "publishes"),
    [
        ("publisher", True, True),
        ("head", True, True),
        ("editor", True, False),
        ("reviewer", False, False),
        ("reader", False, False),
    ],
)
def test_who_may(site, entry, function, prepares, publishes):
    """Preparing is for who writes, releasing for who publishes."""
    act_as(site, function, department="shili")
    with api.env.adopt_user(username=TEST_USER_NAME):
        if prepares:
            releases.keep_draft({**HEAD, "note": "一\r\n二"})
            assert releases.draft()["note"] == "一\n二"
        else:
            with pytest.raises(Unauthorized):
                releases.keep_draft(HEAD)
        if publishes:
            assert releases.release(HEAD).person == TEST_USER_ID
            assert releases.draft() == {}
        else:
            with pytest.raises(Unauthorized):
                releases.release(HEAD)
            assert releases.latest() is None


def test_export_and_import(site, entry, tmp_path):
    """Into an empty store, again without change, and never over another release."""
    releases.release(HEAD)
    releases.release({**HEAD, "title": "第二版"})
    path = stores.export(tmp_path)
    kept = [r.text for r in releases.releases()]
    assert stores.restore(tmp_path) == 0
    del IAnnotations(site)[releases.KEY]
    assert stores.restore(tmp_path) == 2
    assert [r.text for r in releases.releases()] == kept
    data = json.loads(path.read_text("utf-8"))
    del IAnnotations(site)[releases.KEY]
    releases.release({**HEAD, "title": "别的"})
    with pytest.raises(rules.Broken):
        stores.restore(tmp_path)
    data["releases"].pop(0)
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(rules.Broken):
        stores.restore(tmp_path)
    path.write_text('{"version": 9}', "utf-8")
    with pytest.raises(ValueError, match="9"):
        stores.restore(tmp_path)
