"""The whole content of a guide: complete, marked, and the public's part unchanged."""

from plone import api
from plone.namedfile.file import NamedBlobFile
from zhinan.departments.confidentiality import is_open
from zhinan.guides import files
from zhinan.guides.canonical import GuideContent
from zhinan.guides.editioned import blob_of
from zhinan.guides.editioned import bytes_of
from zhinan.guides.editioned import FilePlace
from zhinan.guides.editioned import files_of
from zhinan.guides.editioned import full_content
from zhinan.guides.editioned import outline
from zhinan.guides.editioned import public_part
from zhinan.publishing import editions
from zhinan.publishing.revisions import is_public
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import plain
from zhinan.rules.elements import elements
from zhinan.testing import publish
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import hashlib
import json
import pytest
import transaction


BLANK, SAMPLE, RESULT = b"%PDF-1.4 blank", b"%PDF-1.4 sample", b"%PDF-1.4 result"


def sha(data):
    """Its checksum."""
    return hashlib.sha256(data).hexdigest()


def pdf(data, name="表.pdf"):
    """A stored file."""
    return NamedBlobFile(data, "application/pdf", name)


@pytest.fixture
def guide(integration):
    """A draft with two materials, a form with sample, and a sample of the result."""
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            integration["portal"].guides,
            "MatterGuide",
            id="g1",
            title="测试事项",
            description="第一句。\r\n第二句。",
            planned_end=datetime.date(2027, 1, 31),
            result_sample=pdf(RESULT, "结果.pdf"),
        )
        first = api.content.create(obj, "Material", id="m01", title="申请表")
        api.content.create(obj, "Material", id="m02", title="身份证")
        api.content.create(
            first,
            "FormVersion",
            id="v1",
            title="申请表",
            version="1",
            form_number="A-1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=pdf(BLANK),
            filled_sample=pdf(SAMPLE, "样表.pdf"),
        )
        yield obj


def online(guide):
    """What channels get of a guide as it is now, once it has its edition."""
    editions.freeze(guide, editions.Draft(minor=True))
    return plain(GuideContent(guide).content())


# ------------------------------------------------- what the channels have had so far


def _values_before(obj, group):
    found = {}
    for element in group:
        if element.kind == "materials":
            continue
        value = getattr(obj, element.name, None)
        if element.kind == "file" and value is not None:
            value = {**files.describe(value), "content_type": value.contentType}
        found[element.name] = value
    return found


def _form_before(version):
    kept = {}
    for name in ("blank_form", "filled_sample"):
        value = getattr(version, name, None)
        if value is not None and is_open(version, name):
            about = (version.files or {}).get(name) or files.describe(value)
            kept[name] = {**about, "content_type": value.contentType}
    names = ("title", "form_number", "version")
    names += ("in_force_from", "in_force_until", "superseded_by")
    fields = {name: getattr(version, name, None) for name in names}
    return {"id": version.getId(), **fields, "files": kept}


def before(guide):
    """The content of ``zhinan.guide/1`` as it was made from the guide itself."""
    return {
        "schema": "zhinan.guide/1",
        "elements": _values_before(guide, elements().guide),
        "materials": [
            {
                "id": material.getId(),
                "elements": _values_before(material, elements().material),
                "forms": [
                    _form_before(version)
                    for version in files.versions(material)
                    if is_public(version)
                ],
            }
            for material in files.materials(guide)
            if is_public(material)
        ],
    }


def test_no_checksum_of_the_demonstration_changes(demo):
    """Protects: what channels hold stays equal; also when it comes out of an edition."""
    guides = demo["portal"].guides.objectValues()
    assert len(guides) >= 24
    for guide in guides:
        assert plain(GuideContent(guide).content()) == plain(before(guide))
        frozen = json.loads(canonical(full_content(guide)))
        assert canonical(public_part(frozen)) == canonical(before(guide))


def test_nor_that_of_one_with_files_of_every_kind(guide):
    """The same with a file among the elements, a closed file and hidden parts."""
    publish(guide)
    version = guide.m01.v1
    version.file_levels = [{"file": "filled_sample", "level": "restricted"}]
    guide.m02.manage_permission("View", ["Manager"], acquire=False)
    content = online(guide)
    assert content == plain(before(guide))
    assert [row["id"] for row in content["materials"]] == ["m01"]
    assert list(content["materials"][0]["forms"][0]["files"]) == ["blank_form"]
    assert content["elements"]["result_sample"]["sha256"] == sha(RESULT)
    version.manage_permission("View", ["Manager"], acquire=False)
    content = online(guide)
    assert content == plain(before(guide))
    assert "forms" not in content["materials"][0]
    frozen = json.loads(canonical(full_content(guide)))
    assert canonical(public_part(frozen)) == canonical(content)


# ------------------------------------------------------------------ the whole of it


def test_everything_is_there(guide):
    """Ids and UIDs, names, values, and five facts of each file."""
    content = full_content(guide)
    assert (content["schema"], content["uid"]) == ("zhinan.edition/1", guide.UID())
    assert content["title"] == "测试事项"
    assert set(content["elements"]) == {
        e.name for e in elements().guide if e.kind != "materials"
    }
    first, second = content["materials"]
    assert (first["id"], first["uid"]) == ("m01", guide.m01.UID())
    assert (second["title"], second["forms"]) == ("身份证", [])
    (form,) = first["forms"]
    assert (form["id"], form["uid"]) == ("v1", guide.m01.v1.UID())
    assert form["in_force_from"] == datetime.date(2026, 1, 1)
    assert form["files"]["filled_sample"] == {
        "filename": "样表.pdf",
        "size": len(SAMPLE),
        "sha256": sha(SAMPLE),
        "content_type": "application/pdf",
        "level": "public",
    }
    assert content["elements"]["result_sample"]["level"] == "public"


@pytest.mark.parametrize("published", [False, True])
def test_what_is_not_for_everybody_is_marked(guide, published):
    """Level of a file, and a part that those who see the guide do not see."""
    if published:
        publish(guide)
    assert "hidden" not in str(full_content(guide))
    guide.m02.manage_permission("View", ["Manager"], acquire=False)
    guide.m01.v1.confidentiality = "departments"
    first, second = full_content(guide)["materials"]
    assert second["hidden"] and "hidden" not in first
    levels = {file["level"] for file in first["forms"][0]["files"].values()}
    assert levels == {"departments"}


def test_an_unknown_level_stays_shut(guide):
    """A level that was renamed since, or that nobody kept, opens nothing."""
    publish(guide)
    content = full_content(guide)
    found = content["materials"][0]["forms"][0]["files"]
    found["blank_form"]["level"] = "gone"
    del found["filled_sample"]["level"]
    assert public_part(content)["materials"][0]["forms"][0]["files"] == {}
    told = public_part(content, lambda level: level == "gone")
    assert list(told["materials"][0]["forms"][0]["files"]) == ["blank_form"]


def test_an_outline_has_the_forms_alone(guide):
    """The same materials and forms; one of them where only one is wanted."""
    whole = full_content(guide)
    for row in whole["materials"]:
        row["elements"] = {}
    assert outline(guide) == {**whole, "elements": {}}
    assert outline(guide, guide.m02)["materials"] == whole["materials"][1:]
    assert outline(guide, guide.m01.v1)["materials"] == whole["materials"][:1]


# -------------------------------------------------------------------------- the files


def test_every_file_has_its_place(guide):
    """Those of the guide and those of its forms."""
    assert files_of(full_content(guide)) == [
        FilePlace("", "result_sample", sha(RESULT)),
        FilePlace("m01/v1", "blank_form", sha(BLANK)),
        FilePlace("m01/v1", "filled_sample", sha(SAMPLE)),
    ]


def test_the_blob_itself_is_found(guide):
    """The object of the database, so that keeping it stores nothing twice."""
    version = guide.m01.v1
    assert blob_of(guide, sha(SAMPLE)) is version.filled_sample._blob
    assert blob_of(guide, sha(BLANK), version) is version.blank_form._blob
    assert blob_of(guide, sha(RESULT), version) is guide.result_sample._blob
    assert bytes_of(guide, sha(BLANK)) is version.blank_form._blob
    assert blob_of(guide, sha(b"another")) is None


def test_a_replaced_file_is_another_blob(guide):
    """Protects: who keeps the old blob keeps the old bytes."""
    version = guide.m01.v1
    old = blob_of(guide, sha(BLANK))
    version.blank_form = pdf(b"%PDF-1.4 newer")
    notify(ObjectModifiedEvent(version))
    assert blob_of(guide, sha(BLANK)) is None
    assert blob_of(guide, sha(b"%PDF-1.4 newer")) is not old
    with old.open("r") as stream:
        assert stream.read() == BLANK


def test_a_stored_file_is_read_once(functional, monkeypatch):
    """What waits to be written is read as it is; what lies in the database once."""
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            functional["portal"].guides,
            "MatterGuide",
            title="测试事项",
            result_sample=pdf(RESULT),
        )
    read, whole = [], files._read
    monkeypatch.setattr(files, "_DIGESTS", {})
    monkeypatch.setattr(files, "_read", lambda v: read.append(v) or whole(v))
    for number in (1, 2):
        assert files.describe_stored(obj.result_sample)["sha256"] == sha(RESULT)
        assert len(read) == number
    transaction.commit()
    del read[:]
    for _ in range(3):
        found = files.describe_stored(obj.result_sample)
        assert found == files.describe(pdf(RESULT))
        assert [v for v in read if v is obj.result_sample] == [obj.result_sample]
    # Another file is another blob, never the old digest.
    obj.result_sample = pdf(SAMPLE)
    transaction.commit()
    assert files.describe_stored(obj.result_sample)["sha256"] == sha(SAMPLE)
