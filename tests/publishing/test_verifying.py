"""Editions that were changed behind the back are found and named."""

from plone import api
from plone.namedfile.file import NamedBlobFile
from zhinan.keeping import health
from zhinan.publishing import editions
from zhinan.publishing.store import Text
from zhinan.publishing.verifying import verify
from zhinan.rules.canonical import canonical
from zhinan.testing import publish
from ZODB.blob import Blob

import dataclasses
import datetime
import pytest


@pytest.fixture
def site(integration):
    """A guide with a form, in two editions."""
    portal = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        guide = api.content.create(
            portal.guides, "MatterGuide", id="g1", title="测试事项"
        )
        material = api.content.create(guide, "Material", id="m01", title="申请表")
        api.content.create(
            material,
            "FormVersion",
            id="v1",
            title="申请表",
            form_number="表1",
            version="1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=NamedBlobFile(b"form", "text/plain", filename="a.txt"),
        )
        publish(guide)
        guide.description = "第二版"
        editions.freeze(guide, editions.Draft(note="第二版"))
    return portal


def store_and_history(site):
    """The store, and the history of the guide in it."""
    store = editions.editions(site)
    return store, store.histories[site.guides.g1.UID()]


def test_what_nobody_touched_is_fine(site):
    """Protects: nothing is reported where nothing is wrong."""
    found = verify(site)
    assert (found.histories, found.editions, found.files) == (1, 2, 1)
    assert found.fine


def note(store, history):
    """Another note in the first edition."""
    history.editions[1] = dataclasses.replace(history.editions[1], note="别的")


def content(store, history):
    """Another content under the old checksum."""
    sealed = history.editions[1].content_hash
    store.contents[sealed] = Text(canonical({"title": "别的"}))


def rubbish(store, history):
    """A content that cannot be read."""
    store.contents[history.editions[1].content_hash].data = b"\0"


def taken(store, history):
    """An edition is gone: the one behind it tells."""
    del history.editions[1]


def file_gone(store, history):
    """A file is gone."""
    store.blobs.clear()


def file_changed(store, history):
    """Another file under the old checksum."""
    for sha256 in list(store.blobs):
        store.blobs[sha256] = blob = Blob()
        with blob.open("w") as stream:
            stream.write(b"other")


@pytest.mark.parametrize(
    ("harm", "kind", "numbers", "word"),
    [
        (note, "changed", ["1.0"], "与形成时不符"),
        (content, "changed", ["1.0"], "与形成时不符"),
        (rubbish, "changed", ["1.0"], "与形成时不符"),
        (taken, "changed", ["1.1"], "与形成时不符"),
        (file_gone, "file_missing", ["1.0", "1.1"], "缺失"),
        (file_changed, "file_changed", ["1.0", "1.1"], "被改动"),
    ],
)
def test_what_was_changed_is_named(site, harm, kind, numbers, word):
    """Protects: content, note, order and files of every edition."""
    store, history = store_and_history(site)
    if harm is taken:
        numbers = [str(history.editions[2].number)]
    else:
        numbers = [str(e.number) for e in history.editions.values()][: len(numbers)]
    harm(store, history)
    found = verify(site)
    assert [fault.number for fault in found.faults] == numbers
    assert {fault.kind for fault in found.faults} == {kind}
    assert all(word in fault.sentence() for fault in found.faults)


def test_the_health_page_tells(site):
    """Protects: a keeper of the site sees it without asking for it."""
    assert health.Verified().of(site).fine
    assert health.editions_fact(site).state == health.FINE
    note(*store_and_history(site))
    health.VERIFIED = health.Verified()
    fact = health.editions_fact(site)
    assert fact.state == health.BAD
    assert [fault["kind"] for fault in fact.data["faults"]] == ["changed"]
    health.VERIFIED = health.Verified()
