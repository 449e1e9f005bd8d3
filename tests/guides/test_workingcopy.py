"""Working copies: opened, worked on, merged, thrown away."""

from AccessControl.PermissionRole import rolesForPermissionOn
from plone import api
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.locking.interfaces import ILockable
from plone.namedfile.file import NamedBlobFile
from zhinan.guides import copystore
from zhinan.guides import units
from zhinan.guides import workingcopy
from zhinan.guides.content import IMatterGuide
from zhinan.interfaces import IZhinanLayer
from zhinan.publishing.interfaces import IRevised
from zhinan.publishing.revisions import is_public
from zhinan.publishing.revisions import revision_of
from zhinan.publishing.revisions import settle
from zhinan.testing import act_as
from zhinan.trail import acts
from zhinan.trail import store
from zope.event import notify
from zope.interface import alsoProvides
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import pytest


DAY = datetime.date(2026, 1, 1)


def make_guide(portal):
    """A published guide with three materials and two versions of a form."""
    api.content.create(
        portal.departments,
        "Department",
        title="测试局",
        short_name="测试局",
        code="csj",
        credit_code="11620200000000019K",
    )
    guide = api.content.create(
        portal.guides,
        "MatterGuide",
        id="620199001000",
        title="测试事项",
        description="第一句。",
        department="csj",
        catalog_code="620199001000",
        themes=["1"],
    )
    for number in (1, 2, 3):
        api.content.create(
            guide, "Material", id=f"m{number}", title=f"材料{number}", necessity="1"
        )
    for version in ("2025.1", "2026.1"):
        api.content.create(
            guide["m1"],
            "FormVersion",
            title="申请表",
            form_number="CSJ-001",
            version=version,
            in_force_from=DAY,
            blank_form=NamedBlobFile(f"%PDF {version}".encode(), filename="b.pdf"),
        )
    for transition in ("submit", "approve", "publish"):
        api.content.transition(guide, transition)
    settle()
    acts.settle()
    return guide


@pytest.fixture
def guide(integration):
    """A guide that the public reads."""
    alsoProvides(integration["request"], IZhinanLayer)
    with api.env.adopt_roles(["Manager"]):
        found = make_guide(integration["portal"])
    act_as(integration["portal"])
    return found


def save(obj, **values):
    """Somebody's save."""
    for name, value in values.items():
        setattr(obj, name, value)
    with api.env.adopt_roles(["Manager"]):
        notify(ObjectModifiedEvent(obj))


def uids(guide):
    """UID of every part by its ids."""
    return {path: units.part(guide, path).UID() for path in units.snapshot(guide)}


def versions(obj):
    """Number of versions, and the comment of the last."""
    repository = api.portal.get_tool("portal_repository")
    with api.env.adopt_roles(["Manager"]):
        history = repository.getHistoryMetadata(obj)
    number = history.getLength(countPurged=False)
    last = history.retrieve(number - 1, countPurged=False)
    return number, last["metadata"]["sys_metadata"]["comment"]


def said(uid):
    """The acts in the chain of a UID."""
    acts.settle()
    chain = store.of(api.portal.get()).chain(uid)
    found = [chain.entries[number] for number in range(1, chain.count + 1)]
    return [acts.rules.parse(text) for text in found]


def test_a_copy_has_everything(guide):
    """Elements, parts, order, owner; and files that are stored once."""
    copy = workingcopy.check_out(guide)
    assert copy.portal_type == "WorkingCopy"
    assert copy.getId() == "620199001000-copy"
    assert IMatterGuide.providedBy(copy) and not IRevised.providedBy(copy)
    mine, theirs = units.snapshot(copy), units.snapshot(guide)
    assert {**mine, (): None} == {**theirs, (): None}
    assert mine[()].values == theirs[()].values
    assert mine[()].children == ("m1", "m2", "m3") == theirs[()].children
    assert copy.owner_department == "csj" and copy.baseline == guide.UID()
    assert not set(uids(copy).values()) & set(uids(guide).values())
    form = ("m1", guide["m1"].objectIds()[0])
    one, two = units.part(guide, form), units.part(copy, form)
    assert one.blank_form is not two.blank_form
    assert one.blank_form._blob is two.blank_form._blob
    assert two.files == one.files
    assert workingcopy.copy_of(guide) == copy
    assert workingcopy.guide_of(copy) == guide
    assert workingcopy.guide_of(guide) is None
    assert workingcopy.copy_of(copy) is None


def test_a_replaced_file_leaves_the_other_alone(guide):
    """Protects: what the public downloads, while the copy gets a new form."""
    copy = workingcopy.check_out(guide)
    form = ("m1", guide["m1"].objectIds()[0])
    save(
        units.part(copy, form), blank_form=NamedBlobFile(b"%PDF new", filename="n.pdf")
    )
    assert units.part(guide, form).blank_form.data == b"%PDF 2025.1"
    kept = units.part(guide, ("m1", guide["m1"].objectIds()[1])).blank_form
    workingcopy.check_in(copy)
    assert units.part(guide, form).blank_form.data == b"%PDF new"
    assert units.part(guide, form).files["blank_form"]["filename"] == "n.pdf"
    # What is the same file is the same file.
    other = units.part(guide, ("m1", guide["m1"].objectIds()[1])).blank_form
    assert other is kept


def test_only_one_at_a_time(guide):
    """The second gets a sentence and the copy."""
    copy = workingcopy.check_out(guide)
    with pytest.raises(workingcopy.AlreadyOpen) as refused:
        workingcopy.check_out(guide)
    assert refused.value.copy == copy
    with pytest.raises(workingcopy.Refused):
        workingcopy.check_out(copy)
    assert guide.aq_parent.objectIds() == ["620199001000", "620199001000-copy"]


def test_the_public_never_reads_a_copy(guide):
    """Neither the copy nor what lies in it; the guide's revision stays."""
    before = revision_of(guide)
    copy = workingcopy.check_out(guide)
    settle()
    for path in units.snapshot(copy):
        assert not is_public(units.part(copy, path))
        assert "Anonymous" not in rolesForPermissionOn(
            "Access contents information", units.part(copy, path)
        )
    save(copy, title="改过的名称")
    settle()
    assert revision_of(copy) is None
    assert revision_of(guide) == before
    assert guide.title == "测试事项"
    catalog = api.portal.get_tool("portal_catalog")
    assert copy.UID() not in {b.UID for b in catalog(portal_type="MatterGuide")}
    assert {
        b.UID
        for b in catalog.unrestrictedSearchResults(
            object_provides=IRevised.__identifier__, path="/plone/guides"
        )
    } == {guide.UID()}


def test_checking_in(guide):
    """Everything comes over, and what still exists stays what it was."""
    known = uids(guide)
    before = revision_of(guide)
    copy = workingcopy.check_out(guide)
    with api.env.adopt_roles(["Manager"]):
        save(copy, description="第二句。", themes=["1", "2"])
        save(copy["m2"], title="材料二")
        copy._delObject("m3")
        new = api.content.create(
            copy, "Material", id="m9", title="新材料", necessity="1"
        )
        newer = api.content.create(
            copy["m2"],
            "FormVersion",
            title="表",
            form_number="CSJ-002",
            version="2026.1",
            in_force_from=DAY,
            blank_form=NamedBlobFile(b"%PDF n", filename="n.pdf"),
        )
        copy.moveObjectsToTop(["m9"])
    brought = {("m9",): new.UID(), ("m2", newer.getId()): newer.UID()}
    numbers = {path: versions(units.part(guide, path))[0] for path in known}
    copy_uid = copy.UID()
    guide_again = workingcopy.check_in(copy, "改一处")
    assert guide_again == guide
    assert guide.description == "第二句。" and guide.themes == ["1", "2"]
    assert guide.objectIds() == ["m9", "m1", "m2"]
    assert guide["m2"].title == "材料二"
    now = uids(guide)
    known.pop(("m3",))
    assert now == {**known, **brought}
    assert "620199001000-copy" not in guide.aq_parent
    assert workingcopy.copy_of(guide) is None
    # One version of what changed, none of what did not.
    for path in known:
        number, comment = versions(units.part(guide, path))
        changed = path in {(), ("m2",)}
        assert number - numbers[path] == int(changed), path
        assert not changed or comment == "改一处"
    assert api.content.get_state(guide) == "published"
    settle()
    assert revision_of(guide).number == before.number + 1
    catalog = api.portal.get_tool("portal_catalog")
    found = catalog(UID=guide.UID())[0]
    assert found.Description == "第二句。"
    assert catalog(UID=brought[("m9",)])[0].getPath().endswith("/620199001000/m9")
    assert not catalog.unrestrictedSearchResults(UID=copy_uid)
    assert not ILockable(guide).locked()


def test_who_may_nothing_in_the_guide(guide):
    """Protects: a merge is the program's act; nobody needs rights in what is public."""
    portal = api.portal.get()
    act_as(portal, "publisher", department="csj")
    assert not api.user.has_permission("Modify portal content", obj=guide)
    copy = workingcopy.check_out(guide)
    copy.title = "新名称"
    copy._delObject("m1")
    workingcopy.check_in(copy)
    assert guide.title == "新名称" and guide.objectIds() == ["m2", "m3"]
    entries = said(guide.UID())
    assert {e.who for e in entries[-2:]} == {api.user.get_current().getId()}


def test_the_trail(guide):
    """Opened, merged once with what changed, thrown away; a child is saved once."""
    start = len(said(guide.UID()))
    copy = workingcopy.check_out(guide)
    save(copy["m2"], title="材料二")
    save(copy, description="第二句。")
    acts.settle()
    material = len(said(guide["m2"].UID()))
    workingcopy.check_in(copy, "改一处")
    found = said(guide.UID())[start:]
    assert [(e.act, e.note) for e in found] == [
        ("copy.opened", ""),
        ("copy.merged", "改一处"),
    ]
    assert set(found[1].fields) == {"description"}
    assert [e.act for e in said(guide["m2"].UID())[material:]] == ["changed"]
    workingcopy.cancel(workingcopy.check_out(guide))
    assert [e.act for e in said(guide.UID())[start + 2 :]] == [
        "copy.opened",
        "copy.discarded",
    ]


@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_thrown_away(guide, how):
    """The guide is free again, also when the copy is deleted like anything else."""
    copy = workingcopy.check_out(guide)
    assert ILockable(guide).locked()
    save(copy, title="anders")
    if how == "cancel":
        assert workingcopy.cancel(copy) == guide
    else:
        with api.env.adopt_roles(["Manager"]):
            api.content.delete(copy)
    assert guide.title == "测试事项"
    assert guide.aq_parent.objectIds() == ["620199001000"]
    assert not ILockable(guide).locked()
    assert workingcopy.copy_of(guide) is None
    assert said(guide.UID())[-1].act == "copy.discarded"
    assert workingcopy.check_out(guide).title == "测试事项"


def test_what_changed_online_stays(guide):
    """A hand-over or a bulk mending while somebody works in the copy."""
    copy = workingcopy.check_out(guide)
    save(guide, consult_phone="0937-1234567")
    save(guide["m2"], title="材料二")
    save(copy, description="第二句。")
    save(copy["m2"], necessity="2")
    workingcopy.check_in(copy)
    assert guide.consult_phone == "0937-1234567" and guide.description == "第二句。"
    assert guide["m2"].title == "材料二" and guide["m2"].necessity == "2"


def test_conflicts(guide):
    """Nothing is written until each is decided; then it is what was chosen."""
    copy = workingcopy.check_out(guide)
    save(guide, title="线上名称", description="线上一句。")
    save(copy, title="副本名称", description="副本一句。")
    before = units.snapshot(guide)
    with pytest.raises(workingcopy.Conflicts) as refused:
        workingcopy.check_in(copy)
    assert units.snapshot(guide) == before and copy.getId() in guide.aq_parent
    rows = {row.key: row for row in refused.value.rows}
    assert set(rows) == {"#title", "#description"}
    row = rows["#title"]
    assert (row.base, row.theirs, row.mine) == (
        ["测试事项"],
        ["线上名称"],
        ["副本名称"],
    )
    assert row.title
    with pytest.raises(workingcopy.Conflicts):
        workingcopy.bring_up_to_date(copy, {"#title": "mine"})
    workingcopy.bring_up_to_date(copy, {"#title": "mine", "#description": "theirs"})
    assert copy.title == "副本名称" and copy.description == "线上一句。"
    workingcopy.check_in(copy)
    assert guide.title == "副本名称" and guide.description == "线上一句。"


def test_a_material_taken_away_here_and_changed_online(guide):
    """It is asked for; new ones from online come into the copy."""
    copy = workingcopy.check_out(guide)
    with api.env.adopt_roles(["Manager"]):
        copy._delObject("m1")
        save(guide["m1"], title="材料一")
        api.content.create(guide, "Material", id="m7", title="线上材料", necessity="1")
    with pytest.raises(workingcopy.Conflicts) as refused:
        workingcopy.check_in(copy)
    assert [row.key for row in refused.value.conflicts] == ["m1#*whole"]
    assert refused.value.rows[0].mine != refused.value.rows[0].theirs
    workingcopy.bring_up_to_date(copy, {"m1#*whole": "theirs"})
    assert copy["m1"].title == "材料一" and copy["m7"].title == "线上材料"
    assert len(copy["m1"].objectIds()) == 2
    known = guide["m1"].UID()
    workingcopy.check_in(copy)
    assert guide["m1"].UID() == known and "m7" in guide


def test_a_guide_that_is_gone(guide):
    """A sentence, and the copy can be thrown away."""
    copy = workingcopy.check_out(guide)
    with api.env.adopt_roles(["Manager"]):
        guide.aq_parent._delObject(guide.getId())
    with pytest.raises(workingcopy.Refused):
        workingcopy.check_in(copy)
    assert workingcopy.cancel(copy) is None
    assert not api.portal.get().guides.objectIds()


def test_iterates_own_way_ends_here(guide):
    """Whatever asks iterate's policy gets our copy."""
    copy = ICheckinCheckoutPolicy(guide).checkout(guide.aq_parent)
    policy = ICheckinCheckoutPolicy(copy)
    assert policy.getBaseline() == guide and policy.getWorkingCopy() == copy
    assert ICheckinCheckoutPolicy(guide).getBaseline() is None
    who = policy.getProperties(copy)["checkout_user"]
    assert who == api.user.get_current().getId() == workingcopy.opened(copy).who


def test_levels_of_files_go_along(guide):
    """Protects: a restricted file is restricted in the copy, too, and back."""
    form = ("m1", guide["m1"].objectIds()[0])
    save(units.part(guide, form), confidentiality="internal")
    copy = workingcopy.check_out(guide)
    assert units.part(copy, form).confidentiality == "internal"
    other = ("m1", guide["m1"].objectIds()[1])
    save(units.part(copy, other), confidentiality="internal")
    workingcopy.check_in(copy)
    assert units.part(guide, other).confidentiality == "internal"
    assert units.part(guide, other)._zhinan_levels[0] == "internal"


def test_reverting_keeps_the_record(guide):
    """Taking back an older version of the copy changes nothing about what it is of."""
    copy = workingcopy.check_out(guide)
    save(copy, title="一")
    save(copy, title="二")
    with api.env.adopt_roles(["Manager"]):
        api.portal.get_tool("portal_repository").revert(copy, 0)
    assert copy.title == "一"
    assert workingcopy.guide_of(copy) == guide
    assert copystore.of_copy(copy.UID()).base[()].values["title"] == "测试事项"


def test_notes_of_one_form_are_not_those_of_all(guide):
    """Protects: a lock on one version of a form locked every version of every form."""
    one, two = (units.part(guide, ("m1", name)) for name in guide["m1"].objectIds())
    ILockable(one).lock()
    assert ILockable(one).locked() and not ILockable(two).locked()
