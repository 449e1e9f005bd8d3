"""Each way in which what the public reads can change, and those that change nothing."""

from plone import api
from plone.namedfile.file import NamedBlobFile
from zhinan.publishing.revisions import catch_up
from zhinan.publishing.revisions import revision_of
from zhinan.publishing.revisions import settle
from zhinan.publishing.store import outbox
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.testing import publish
from zhinan.testing import withdraw
from zope.container.contained import notifyContainerModified
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import pytest


PDF = b"%PDF-1.4\n% one\n"


@pytest.fixture
def site(integration):
    """The site, with all rights."""
    with api.env.adopt_roles(["Manager"]):
        yield integration["portal"]


def make_guide(site, **values):
    """A draft with two materials, one of which has a form."""
    guide = api.content.create(
        site.guides,
        "MatterGuide",
        **{"id": "g1", "title": "测试事项", "description": "第一句。", **values},
    )
    first = api.content.create(guide, "Material", id="m01", title="申请表")
    api.content.create(guide, "Material", id="m02", title="身份证")
    api.content.create(
        first,
        "FormVersion",
        id="v1",
        title="申请表",
        version="1",
        form_number="A-1",
        in_force_from=datetime.date(2026, 1, 1),
        blank_form=NamedBlobFile(PDF, "application/pdf", "表.pdf"),
    )
    return guide


@pytest.fixture
def guide(site):
    """A published guide of revision 1."""
    obj = make_guide(site)
    publish(obj)
    settle()
    return obj


def lines(site):
    """What the outbox says: kind and revision, in order."""
    return [(line.kind, line.revision) for line in outbox(site).lines.values()]


def saved(obj, **values):
    """Save these values as a form does."""
    for name, value in values.items():
        setattr(obj, name, value)
    notify(ObjectModifiedEvent(obj))
    settle()


def test_a_draft_has_no_revision(site):
    """Nothing is public: nothing is recorded."""
    guide = make_guide(site)
    settle()
    assert lines(site) == [] and revision_of(guide) is None


def test_publishing_is_revision_one(site, guide):
    """With the checksum of what the public reads, which is kept."""
    assert lines(site) == [("published", 1)]
    revision = revision_of(guide)
    assert (revision.number, revision.public) == (1, True)
    content = outbox(site).content(revision.hash)
    assert checksum(canonical(content)) == revision.hash
    assert content["elements"]["title"] == "测试事项"
    assert [row["id"] for row in content["materials"]] == ["m01", "m02"]
    (form,) = content["materials"][0]["forms"]
    assert len(form["files"]["blank_form"]["sha256"]) == 64
    assert "UID" not in str(content) and guide.UID() not in str(content)


def test_a_correction_is_a_revision(site, guide):
    """And two in one transaction are one."""
    guide.description = "第二句。"
    notify(ObjectModifiedEvent(guide))
    saved(guide, title="改名事项")
    assert lines(site) == [("published", 1), ("changed", 2)]
    assert revision_of(guide).number == 2


def test_back_to_what_it_was_is_a_revision_as_well(site, guide):
    """Whoever holds the one between has to read again."""
    saved(guide, description="第二句。")
    saved(guide, description="第一句。")
    assert lines(site)[1:] == [("changed", 2), ("changed", 3)]
    assert outbox(site).revision(guide.UID(), 1).hash == revision_of(guide).hash


def unchanged_save(guide):
    """A save without a change."""
    notify(ObjectModifiedEvent(guide))


def indexed_anew(guide):
    """The indexes of everything."""
    guide.reindexObject()
    guide.m01.reindexObject()


def whole_catalogue(guide):
    """The catalogue emptied and filled again."""
    api.portal.get_tool("portal_catalog").clearFindAndRebuild()
    notify(ObjectModifiedEvent(guide.m01))


def there_and_back(guide):
    """Moved away and back within one transaction."""
    other = api.content.create(api.portal.get(), "Folder", "elsewhere")
    moved = api.content.move(guide, other)
    api.content.move(moved, api.portal.get().guides)


def other_empty_values(guide):
    """An empty list for none, double line ends."""
    guide.conditions = []
    guide.keywords = ()
    notify(ObjectModifiedEvent(guide))


def same_order(guide):
    """Ordered as it is."""
    guide.moveObjectsToTop(["m01"])
    notifyContainerModified(guide)


def local_role(guide):
    """Somebody else works on it."""
    guide.manage_setLocalRoles("somebody", ["Editor"])
    guide.reindexObjectSecurity()


@pytest.mark.parametrize(
    "act",
    [
        unchanged_save,
        indexed_anew,
        whole_catalogue,
        there_and_back,
        other_empty_values,
        same_order,
        local_role,
        lambda guide: catch_up(api.portal.get()),
    ],
)
def test_what_changes_nothing_leaves_nothing(site, guide, act):
    """The public reads the same: no line, no number."""
    act(guide)
    settle()
    assert lines(site) == [("published", 1)]


def material_saved(guide):
    """An element of a material."""
    guide.m02.title = "居民身份证"
    notify(ObjectModifiedEvent(guide.m02))


def material_indexed_only(guide):
    """A script that tells no event."""
    guide.m02.title = "居民身份证"
    guide.m02.reindexObject()


def material_added(guide):
    """One more."""
    api.content.create(guide, "Material", id="m03", title="照片")


def material_deleted(guide):
    """One less."""
    api.content.delete(guide.m02, check_linkintegrity=False)


def material_renamed(guide):
    """Its address is what people have marked."""
    api.content.rename(guide.m02, "m09")


def material_hidden(guide):
    """The public may no longer see it."""
    guide.m02.manage_permission("View", ["Manager"], acquire=False)
    guide.m02.reindexObjectSecurity()


def materials_ordered(guide):
    """Another order."""
    guide.moveObjectsToTop(["m02"])
    notifyContainerModified(guide)


def form_saved(guide):
    """A date of a form."""
    guide.m01.v1.in_force_until = datetime.date(2026, 12, 31)
    notify(ObjectModifiedEvent(guide.m01.v1))


def file_replaced(guide):
    """Another file under the same name."""
    guide.m01.v1.blank_form = NamedBlobFile(PDF + b"x", "application/pdf", "表.pdf")
    notify(ObjectModifiedEvent(guide.m01.v1))


def form_deleted(guide):
    """No form any more."""
    api.content.delete(guide.m01.v1, check_linkintegrity=False)


def sample_result(guide):
    """The sample of the result is a file of the guide itself."""
    guide.result_sample = NamedBlobFile(PDF, "application/pdf", "证.pdf")
    notify(ObjectModifiedEvent(guide))


@pytest.mark.parametrize(
    "act",
    [
        material_saved,
        material_indexed_only,
        material_added,
        material_deleted,
        material_renamed,
        material_hidden,
        materials_ordered,
        form_saved,
        file_replaced,
        form_deleted,
        sample_result,
    ],
)
def test_each_way_to_change_is_one_revision(site, guide, act):
    """Whatever belongs to the guide."""
    act(guide)
    settle()
    assert lines(site) == [("published", 1), ("changed", 2)]
    settle()
    assert revision_of(guide).number == 2


def test_withdrawn_and_published_again(site, guide):
    """Unchanged it is the same revision: printed copies are right again."""
    withdraw(guide)
    settle()
    assert revision_of(guide) is None
    saved(guide)
    api.content.transition(guide, "reopen")
    publish(guide)
    settle()
    assert lines(site) == [("published", 1), ("withdrawn", 1), ("published", 1)]
    withdraw(guide)
    settle()
    api.content.transition(guide, "reopen")
    saved(guide, description="第二句。")
    publish(guide)
    settle()
    assert lines(site)[3:] == [("withdrawn", 1), ("published", 2)]


def test_deletion_of_a_published_guide(site, guide):
    """And of the folder in which it lies; a draft goes without a word."""
    draft = make_guide(site, id="g2")
    uid = guide.UID()
    api.content.delete(objects=[guide, draft], check_linkintegrity=False)
    settle()
    assert lines(site) == [("published", 1), ("deleted", 1)]
    assert outbox(site).records[uid].seen.deleted


def test_deletion_with_the_folder(site, guide):
    """The event of the folder reaches what lies in it."""
    folder = api.content.create(site, "Folder", "elsewhere")
    api.content.move(guide, folder)
    settle()
    api.content.delete(folder, check_linkintegrity=False)
    settle()
    assert lines(site) == [("published", 1), ("moved", 1), ("deleted", 1)]


def test_moved_and_renamed(site, guide):
    """The content is the same, the address another."""
    renamed = api.content.rename(guide, "g9")
    settle()
    assert lines(site) == [("published", 1), ("moved", 1)]
    assert outbox(site).lines[2].path == "guides/g9"
    assert revision_of(renamed).number == 1
    other = api.content.create(site, "Folder", "elsewhere")
    moved = api.content.move(renamed, other)
    saved(moved, description="第二句。")
    assert lines(site)[2:] == [("moved", 1), ("changed", 2)]
    assert outbox(site).lines[3].hash == outbox(site).lines[1].hash


def test_a_folder_that_moves_takes_them_along(site, guide):
    """Each guide in it has another address."""
    one = api.content.create(site, "Folder", "one")
    api.content.move(guide, one)
    settle()
    two = api.content.create(site, "Folder", "two")
    api.content.move(one, two)
    settle()
    assert outbox(site).lines[3].path == "two/one/g1"


def test_a_material_goes_over_to_another_guide(site, guide):
    """Both have changed."""
    other = make_guide(site, id="g2", title="另一事项")
    publish(other)
    settle()
    material = api.content.rename(guide.m02, "m05")
    api.content.move(material, other)
    settle()
    assert sorted(line.path for line in list(outbox(site).lines.values())[2:]) == [
        "guides/g1",
        "guides/g2",
    ]


def test_a_copy_is_a_draft_without_history(site, guide):
    """Its UID is its own; publishing it begins at 1."""
    saved(guide, description="第二句。")
    copy = api.content.copy(guide, site.guides, "g2")
    settle()
    assert revision_of(copy) is None and len(lines(site)) == 2
    publish(copy)
    settle()
    assert revision_of(copy).number == 1
    assert revision_of(guide).number == 2


def test_an_existing_site_gets_its_first_revisions(site, guide):
    """As the upgrade step does it, and a second time nothing."""
    box = outbox(site)
    box.records.clear()
    box.lines.clear()
    assert catch_up(site) == 1
    assert revision_of(guide).number == 1
    assert catch_up(site) == 0


def test_the_upgrade_step_knows_it(site, guide):
    """The real step, on a site that had no outbox."""
    from zhinan.publishing.store import KEY
    from zhinan.site.upgrades import registers_jobs_exchange
    from zope.annotation.interfaces import IAnnotations

    del IAnnotations(site)[KEY]
    assert revision_of(guide) is None
    registers_jobs_exchange(api.portal.get_tool("portal_setup"))
    assert revision_of(guide).number == 1


def test_nothing_stays_of_a_transaction_that_fails(site, guide):
    """The note goes with its transaction."""
    import transaction

    point = transaction.savepoint()
    guide.description = "第二句。"
    notify(ObjectModifiedEvent(guide))
    point.rollback()
    settle()
    assert lines(site) == [("published", 1)]


def test_a_demonstration_site_has_them_all(demo):
    """Every published guide of the imported content is revision 1."""
    site = demo["portal"]
    catalog = api.portal.get_tool("portal_catalog")
    brains = catalog.unrestrictedSearchResults(
        portal_type="MatterGuide", review_state="published"
    )
    records = outbox(site).records
    assert len(brains) >= 24
    assert {brain.UID for brain in brains} == set(records)
    assert {record.revision for record in records.values()} == {1}
    assert {line.kind for line in outbox(site).lines.values()} == {"published"}
    assert len(outbox(site).lines) == len(brains)
