"""Materials against the lists of cancelled proofs and intermediary services."""

from .conftest import create
from plone import api
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.restapi.interfaces import IDeserializeFromJson
from zhinan.forms import validation
from zhinan.registers import checks
from zope.component import getMultiAdapter
from zope.i18n import translate
from zope.interface import alsoProvides
from zope.interface import noLongerProvides

import json
import logging
import pytest


MATERIAL = {"title": "示例申请表", "necessity": "1", "source": "20"}


@pytest.fixture
def guide(site):
    """A guide whose materials are judged."""
    return api.content.create(
        site["guides"],
        "MatterGuide",
        title="示例事项",
        department="shili",
        catalog_code="620101009000",
    )


def sentences(guide, **values):
    """What is said of a material, by field."""
    found = validation.problems("Material", guide, {**MATERIAL, **values})
    return {
        p.field: translate(validation.sentence(p), target_language="zh_CN")
        for p in found
    }


def test_a_cancelled_proof_is_refused(site, guide):
    """By its name, another name, in another spelling; with what takes its place."""
    create(
        site,
        "CancelledProof",
        title="婚姻状况证明",
        aliases=["单身证明"],
        replacement_note="窗口核对登记信息。",
    )
    for title in ("婚姻状况证明", "申请人单身证明（原件及复印件）", "婚姻状况证明材料"):
        text = sentences(guide, title=title)["title"]
        assert title in text
        assert "婚姻状况证明" in text
        assert "数据共享" in text
        assert "窗口核对登记信息" in text
    assert sentences(guide, title="婚姻登记记录") == {}


def test_a_short_name_is_no_part_of_a_long_one(site, guide):
    """An entry named like the end of others finds itself alone."""
    create(site, "CancelledProof", title="证明")
    assert sentences(guide, title="无犯罪记录证明") == {}
    assert "title" in sentences(guide, title="证明（原件）")


def test_a_draft_is_not_on_the_list(site, guide):
    """Only what is published forbids anything, and only as long as it is."""
    entry = create(site, "CancelledProof", title="居住证明", current=False)
    assert sentences(guide, title="居住证明") == {}
    api.content.transition(entry, to_state="published")
    assert "title" in sentences(guide, title="居住证明")
    api.content.transition(entry, transition="withdraw")
    assert sentences(guide, title="居住证明") == {}


def test_an_unlisted_service_is_refused(site, guide):
    """Only where the source says that an intermediary makes it."""
    assert sentences(guide, title="甲报告", source="30") == {}, "no list is kept yet"
    create(site, "IntermediaryService", title="乙报告编制", aliases=["乙报告"])
    text = sentences(guide, title="甲报告", source="30")["source"]
    assert "甲报告" in text
    assert sentences(guide, title="甲报告", source="20") == {}
    assert sentences(guide, title="乙报告编制", source="30") == {}
    assert sentences(guide, title="乙报告（原件）", source="30") == {}


def test_an_import_warns_and_takes_the_material(site, guide, caplog):
    """A record from elsewhere lands; people mend it."""
    create(site, "CancelledProof", title="居住证明")
    material = api.content.create(guide, "Material", "m01", "居住证", necessity="1")
    request = site.REQUEST
    request["BODY"] = json.dumps({"title": "居住证明"})
    reader = getMultiAdapter((material, request), IDeserializeFromJson)
    alsoProvides(request, IExportImportRequestMarker)
    try:
        with caplog.at_level(logging.WARNING):
            reader(data={"title": "居住证明"})
    finally:
        noLongerProvides(request, IExportImportRequestMarker)
    assert material.title == "居住证明"
    assert "material_cancelled" in caplog.text


def test_a_split_service_is_a_hint(site):
    """Shown on the form and to the staff; nobody is kept from saving it."""
    first = create(site, "IntermediaryService", title="甲方案编制")
    assert validation.hints_of(first) == []
    second = create(site, "IntermediaryService", title="甲方案评审", current=False)
    (hint,) = validation.hints_of(second)
    text = translate(validation.sentence(hint), target_language="zh_CN")
    assert "甲方案编制" in text
    assert "甲方案评审" in text
    assert [{e.title for e in group} for group in checks.splits()] == [
        {"甲方案编制", "甲方案评审"}
    ]
    values = {"title": "甲方案咨询", "matters": ["示例事项"], "department": "shili"}
    values["basis"] = "示例条例第一条"
    folder = site["registers"]["intermediary-service"]
    assert validation.problems("IntermediaryService", folder, values) == []
    assert validation.hints("IntermediaryService", folder, values)
    values["basis"] = "别的条例"
    assert validation.hints("IntermediaryService", folder, values) == []
