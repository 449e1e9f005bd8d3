"""What is kept is what was kept, and a change behind the back is found."""

from plone import api
from zhinan.exchange.verifying import verify
from zhinan.publishing.store import peek
from zhinan.registers import releases
from ZODB.blob import Blob

import pytest


@pytest.fixture
def site(demo):
    """The demonstration site, with rights to change it."""
    with api.env.adopt_roles(["Manager"]):
        yield demo["portal"]


def test_the_demonstration_site_is_whole(site):
    """Every object, every file, both releases and every revision."""
    found = verify(site)
    assert found.problems == []
    assert found.files == 214
    assert found.objects > 500


def first(site, portal_type):
    """Some object of a type."""
    catalog = api.portal.get_tool("portal_catalog")
    return catalog(portal_type=portal_type)[0].getObject()


def test_a_file_that_was_changed_is_named(site):
    """Other bytes under the same name."""
    version = first(site, "FormVersion")
    blob = Blob()
    with blob.open("w") as file:
        file.write(b"other bytes")
    version.blank_form._blob = blob
    (problem,) = verify(site).problems
    assert version.blank_form.filename in problem and "改动" in problem


def test_an_entry_of_the_catalogue_without_object_is_named(site):
    """The object went, and the catalogue was not told."""
    version = first(site, "FormVersion")
    path = "/".join(version.getPhysicalPath())
    version.aq_parent._delOb(version.getId())
    assert any(path in problem for problem in verify(site).problems)


def test_a_changed_release_is_named(site):
    """Its text is not the one that was released."""
    last = releases.latest()
    last.body.value = last.body.value.replace("登记", "改记")
    (problem,) = verify(site).problems
    assert str(last.number) in problem


def test_a_changed_revision_is_named(site):
    """The text behind a checksum is another."""
    texts = peek(site).texts
    one, two = list(texts)[:2]
    texts[one].data = texts[two].data
    (problem,) = verify(site).problems
    assert one[:8] in problem
