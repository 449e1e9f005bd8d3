"""What a guide lacks, gathered from a living site: facts, sentences, where to mend."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.namedfile.file import NamedBlobFile
from zhinan.forms import validation
from zhinan.guides.facts import facts
from zhinan.guides.requirements import findings
from zhinan.guides.requirements import sentence
from zhinan.guides.requirements import where
from zhinan.guides.requirementsettings import change
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.guides.requirementsettings import options
from zhinan.guides.requirementsettings import wanted
from zhinan.rules.codes import make_credit_code
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import requirements
from zope.i18n import translate
from zope.schema import getFieldsInOrder
from zope.schema.interfaces import ValidationError

import datetime
import docx
import io
import pytest


CREDIT = make_credit_code("11620200", 9001)
CODE = "622001001000"


def document(*lines):
    """A Word file with these paragraphs."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def file(data, name="表.docx"):
    return NamedBlobFile(data, filename=name)


@pytest.fixture
def site(integration):
    """The empty site with a department, worked on by a manager."""
    portal = integration["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal["departments"],
            "Department",
            title="示例局",
            short_name="示例局",
            code="shili",
            credit_code=CREDIT,
        )
        yield portal


@pytest.fixture
def guide(site):
    return api.content.create(
        site["guides"],
        "MatterGuide",
        title="示例事项",
        department="shili",
        matter_type="20",
        catalog_code=CODE,
        exercise_level="3",
        implementation_code=f"{CREDIT}3{CODE}",
    )


def material(guide, **values):
    given = {"title": "示例申请表", "necessity": "1", "source": "20", **values}
    return api.content.create(guide, "Material", "m01", **given)


def version(parent, blank, sample=None, **more):
    return api.content.create(
        parent,
        "FormVersion",
        title="示例申请表",
        form_number="SL-1",
        version="1",
        in_force_from=datetime.date(2026, 1, 1),
        blank_form=blank,
        filled_sample=sample,
        **more,
    )


def said(guide, occasion="preview"):
    """Sentences by requirement, in Chinese."""
    found = {}
    for one in findings(guide, occasion):
        text = translate(sentence(one), target_language="zh_CN")
        found.setdefault(one.requirement, []).append(text)
    return found


def test_an_empty_guide_lacks_the_key_classes(guide):
    """Each class in its own Chinese sentence, and each leads to its field."""
    found = said(guide, "publish")
    assert {name for name in found if name.startswith("key_")} == {
        "key_basis",
        "key_conditions",
        "key_materials",
        "key_places",
        "key_phone",
        "key_flow",
    }
    assert found["key_conditions"] == ["“申请条件”没有填写。"]
    by_name = {one.requirement: one for one in findings(guide, "publish")}
    url = guide.absolute_url()
    assert where(by_name["key_phone"], guide) == (
        f"{url}/edit#formfield-form-widgets-consult_phone"
    )
    assert where(by_name["key_materials"], guide) == f"{url}/++add++Material"


def test_every_finding_reads_in_chinese(guide):
    """Protects: no sentence shows a variable, a code or a name of a field."""
    guide.flow = [{"step": "受理"}]
    guide.matter_type = "01"
    guide.statutory_limit, guide.statutory_unit = 30, "month"
    guide.handling_type, guide.promised_limit, guide.promised_unit = "1", 3, "day"
    guide.service_targets, guide.themes = ["1"], ["investment"]
    guide.places = [{"name": "大厅", "address": "", "hours": ""}]
    material(guide)
    texts = [text for rows in said(guide).values() for text in rows]
    assert len(texts) > 20
    for text in texts:
        assert "${" not in text
        assert not any(word in text for word in ("workday", "promised", "_", "theme."))
    assert (
        "办件类型是即办件，承诺时限却是3自然日。请把承诺时限改为0，或改为承诺件。"
        in texts
    )
    assert "“办理地点和时间”第1行缺少“地址”。" in texts
    assert "流程中没有“送达”环节。" in texts


def test_files_of_forms(guide):
    """A sample with the words of the blank form, a wrong name, and a lost file."""
    blank = document("申请人：____", "见 http://10.1.1.1/help")
    one = material(guide)
    made = version(
        one, file(blank), file(document("申请人：____ 见http://10.1.1.1/help"))
    )
    found = said(guide)
    assert found["sample_same_text"] == [
        "示范文本“表.docx”与空白表的文字完全一样，没有真正填写。"
    ]
    (finding,) = [
        f for f in findings(guide, "preview") if f.requirement == "sample_same_text"
    ]
    assert where(finding, guide) == (
        f"{made.absolute_url()}/edit#formfield-form-widgets-filled_sample"
    )
    assert "10.1.1.1" in found["link_intranet"][0]
    made.filled_sample = file(document("申请人：张三"), "样表.pdf")
    made.files = {**made.files, "filled_sample": {"sha256": "x" * 64}}
    found = said(guide)
    assert "sample_same_text" not in found
    assert "内容是docx" in found["file_extension"][0]


def test_the_form_in_force(guide):
    """Protects: what is there is not asked for, and a missing sample is."""
    one = material(guide)
    assert "form_missing" in said(guide)
    old = version(one, file(document("申请人：____")))
    old.in_force_until = datetime.date(2026, 1, 31)
    found = said(guide)
    assert "form_missing" in found and "sample_missing" not in found
    made = version(one, file(document("申请人：____（新）")))
    found = said(guide)
    assert "form_missing" not in found
    assert len(found["sample_missing"]) == 1
    made.filled_sample = file(document("申请人：张三"), "样表.docx")
    assert "sample_missing" not in said(guide)


def test_a_file_whose_bytes_are_lost(guide, monkeypatch):
    """It is told, though its text is still kept from before."""
    one = material(guide)
    made = version(one, file(document("申请人：____")), file(document("张三")))
    assert "file_missing" not in said(guide)

    def lost():
        raise OSError

    monkeypatch.setattr(
        made.filled_sample.__class__, "open", lambda self, mode="r": lost()
    )
    assert "无法下载" in said(guide)["file_missing"][0]


def test_beside_the_guide(site, guide):
    """Names of the department, registers of proofs and bases: no guide is woken."""
    api.content.create(
        site["guides"],
        "MatterGuide",
        title="示例事项",
        department="shili",
        catalog_code="622001002000",
    )
    other = api.content.create(
        site["guides"],
        "MatterGuide",
        title="示例事项二",
        department="shili",
        catalog_code="622001003000",
    )
    entry = api.content.create(
        site["registers"]["legal-basis"],
        "LegalBasis",
        title="示例条例",
        kind="regulation",
        effect_status="repealed",
        owner_department="shili",
    )
    api.content.transition(entry, to_state="published")
    proof = api.content.create(
        site["registers"]["cancelled-proof"],
        "CancelledProof",
        title="居住证明",
        cancelled_on=datetime.date(2026, 1, 1),
        replacement="data",
        owner_department="shili",
    )
    api.content.transition(proof, to_state="published")
    guide.legal_basis = [{"law": "有效条例"}, {"law": "《示例条例》"}]
    one = material(guide, title="居住证明")
    found = said(guide)
    assert found["title_twice"] == [
        "本部门还有1个同名事项。请核对是否重复，或把名称写得能区分。"
    ]
    assert "示例条例" in found["basis_ended"][0]
    assert (
        "已取消" in found["proof_cancelled"][0] or "取消" in found["proof_cancelled"][0]
    )
    assert "title_twice" not in said(other)
    (ended,) = [f for f in findings(guide, "preview") if f.requirement == "basis_ended"]
    assert ended.place.row == 2
    (cancelled,) = [
        f for f in findings(guide, "preview") if f.requirement == "proof_cancelled"
    ]
    assert where(cancelled, guide).startswith(f"{one.absolute_url()}/edit#")


def test_links_of_this_site(site, guide):
    """An address of this site is looked up, not asked."""
    url = site.absolute_url()
    guide.submission = (
        f"见 {url}/guides/{guide.getId()} 和 {url}/guides/nothing、{url}/@@search"
    )
    guide.online_url = "http://oa.local/apply"
    found = said(guide)
    assert len(found["link_dead"]) == 1
    assert f"{url}/guides/nothing" in found["link_dead"][0]
    assert "oa.local" in found["link_intranet"][0]


def test_links_elsewhere_stand_as_given(guide):
    """What was asked in the night is told; what was not is not."""
    guide.online_url = "https://dead.example/x"
    known = {"https://dead.example/x": ("dead", "404")}
    assert [row.state for row in facts(guide, online=known).links] == ["dead"]
    assert facts(guide, online={}).links == ()


def test_the_form_asks_the_same_set(guide):
    """A switched-off requirement refuses nobody any more; its sentence stays."""
    values = {"visits": 1, "department": "shili"}
    (problem,) = validation.problems("MatterGuide", guide, values)
    assert problem.id == "onsite_reason_missing"
    change({"off": ["onsite_reason"]})
    assert validation.problems("MatterGuide", guide, values) == []
    bad = {"promised_limit": -1, "promised_unit": "workday", "department": "shili"}
    (problem,) = validation.problems("MatterGuide", guide, bad)
    text = translate(validation.sentence(problem), target_language="zh_CN")
    assert text == "时限不能是负数。"


def test_settings(site, guide):
    """Only what differs from the table is kept; wrong values change nothing."""
    everything = {row.id for row in requirements().values() if row.on}
    asked = everything - {"key_flow"} | {"missing_online_payment"}
    values = wanted(
        asked,
        {"key_phone": 5.0, "key_basis": 2.0, "nothing": 3.0},
        {"licence_steps.steps": 4, "licence_faq.faqs": 1},
    )
    assert values == {
        "off": ["key_flow"],
        "on": ["missing_online_payment"],
        "weights": {"key_phone": 5.0},
        "limits": {"licence_steps.steps": 4},
    }
    assert sorted(change(values)) == ["limits", "off", "on", "weights"]
    assert change(values) == []
    found = said(guide)
    assert "key_flow" not in found
    assert "missing_online_payment" in found
    assert options().weight(requirements()["key_phone"]) == 5
    with pytest.raises(ValidationError):
        change({"off": [], "weights": {"key_phone": -1.0}})
    assert "key_flow" not in said(guide)


def test_defaults_say_that_they_are_none_of_an_authority(integration):
    """Protects: a weight that somebody takes for official."""
    for name, field in getFieldsInOrder(IRequirementSettings):
        text = translate(field.description, target_language="zh_CN")
        if name in {"weights"}:
            assert "默认分值" in text
        if name in {"limits", "nightly_hour", "link_hosts", "link_seconds"}:
            assert "默认阈值" in text
        if name in {"weights", "limits", "nightly_hour", "link_hosts", "link_seconds"}:
            assert "非官方核实" in text


def test_occasions_differ(guide):
    """Nothing is asked of whoever saves a first draft."""
    assert findings(guide, Occasion.SAVE) == []
    with pytest.raises(ValueError):
        findings(guide, "sometimes")
