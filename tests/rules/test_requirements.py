"""Requirements on guides: for each of them a good and a bad case, and no one left out."""

from dataclasses import replace
from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import links
from zhinan.rules.bases import Standing
from zhinan.rules.codes import make_credit_code
from zhinan.rules.codes import Problem
from zhinan.rules.elements import elements
from zhinan.rules.requirements import check_guide
from zhinan.rules.requirements import Facts
from zhinan.rules.requirements import FileFacts
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import FormFacts
from zhinan.rules.requirements import guide_problems
from zhinan.rules.requirements import material_problems
from zhinan.rules.requirements import MaterialFacts
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import Options
from zhinan.rules.requirements import Place
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements import Severity
from zhinan.rules.requirements import version_problems
from zhinan.rules.requirements.facts import BasisFacts
from zhinan.rules.requirements.facts import LinkFacts
from zhinan.rules.requirements.scoring import mean
from zhinan.rules.requirements.scoring import score
from zhinan.rules.requirements.table import data

import datetime
import pytest
import re


CREDIT = make_credit_code("11620200", 9001)
CODE = "620101001000"
ALL_ON = Options(on=dict.fromkeys(requirements(), True))

#: A licence of which nothing can be said.
GOOD = {
    "title": "示例设施设置许可",
    "description": "要设置示例设施的单位在这里申请。",
    "department": "shili",
    "body_nature": "1",
    "co_departments": ["bieju"],
    "matter_type": "01",
    "catalog_code": CODE,
    "implementation_code": f"{CREDIT}3{CODE}",
    "handling_code": f"{CREDIT}3{CODE}01",
    "exercise_level": "3",
    "power_source": "1",
    "matter_status": "1",
    "matter_version": 1,
    "planned_effective": datetime.date(2026, 1, 1),
    "planned_end": datetime.date(2027, 1, 1),
    "themes": ["construction"],
    "service_targets": ["2"],
    "scope": "全市。",
    "review_type": "review-approve",
    "accepting_body": "市示例局",
    "deciding_body": "市示例局",
    "quantity_limit": "无数量限制",
    "conditions": ["提交设置申请表", "设施安全。"],
    "prohibitions": ["不符合标准的，不予批准。"],
    "legal_basis": [{"law": "示例条例", "text": "应当自受理之日起三十日内作出决定。"}],
    "application_modes": ["1", "2"],
    "submission": "窗口或网上。",
    "handling_type": "2",
    "handling_mode": "general",
    "flow": [
        {"step": "受理", "standard": "提交设置申请表"},
        {"step": "审查"},
        {"step": "决定"},
        {"step": "制证", "result": "许可证"},
        {"step": "送达"},
    ],
    "special_procedures": [{"name": "专家评审"}],
    "visits": 1,
    "onsite_reason": "须核对原件。",
    "in_hall": True,
    "online": True,
    "online_depth": ["1", "4"],
    "online_url": "https://www.example.com/apply",
    "courier": True,
    "statutory_limit": 20,
    "statutory_unit": "workday",
    "promised_limit": 10,
    "promised_unit": "workday",
    "charged": True,
    "fees": [{"name": "工本费", "standard": "10元", "basis": "示例价格文件"}],
    "online_payment": True,
    "result_type": "licence",
    "result_name": "示例设施设置许可证",
    "result_sample": object(),
    "result_delivery": "邮寄。",
    "places": [
        {
            "name": "大厅",
            "address": "示例路1号",
            "hours": "周一至周五",
            "phone": "12345",
        }
    ],
    "consult_phone": "0937-0000101",
    "consultation": "窗口咨询。",
    "complaint_phone": "12345",
    "supervision": "信函。",
    "progress_query": "网上查询。",
    "applicant_rights": ["知情"],
    "applicant_duties": ["如实提供"],
    "remedies": [{"kind": "reconsideration", "body": "市政府"}],
    "faqs": [{"question": "多久？", "answer": "十天。"}],
}
BLANK = FileFacts("申请表.docx", "a" * 64, "docx", "ok", "1")
SAMPLE = FileFacts("样表.pdf", "b" * 64, "pdf", "ok", "2")
VERSION = FormFacts(
    "v1",
    "设置申请表",
    "1",
    files={"blank_form": BLANK, "filled_sample": SAMPLE},
    start=datetime.date(2026, 1, 1),
    until=datetime.date(2026, 12, 31),
)
MATERIAL = MaterialFacts(
    {
        "title": "设置申请表",
        "necessity": "1",
        "material_kind": "original",
        "original_count": 1,
        "copy_count": 0,
        "medium": "3",
        "source": "20",
    },
    "m01",
    forms=(VERSION,),
)
FACTS = Facts(GOOD, (MATERIAL,), CREDIT)


def guide(**values):
    """The good guide with some elements changed."""
    return replace(FACTS, values={**GOOD, **values})


def material(**values):
    """The good guide, one material of it changed."""
    one = replace(MATERIAL, values={**MATERIAL.values, **values})
    return replace(FACTS, materials=(one,))


def version(**changes):
    """The good guide, the form's version changed."""
    one = replace(MATERIAL, forms=(replace(VERSION, **changes),))
    return replace(FACTS, materials=(one,))


def files(blank=BLANK, sample=SAMPLE):
    """The good guide with other files; None takes one away."""
    both = {"blank_form": blank, "filled_sample": sample}
    return version(files={name: file for name, file in both.items() if file})


def listed(id):
    """The good guide, of whose material the registers say something."""
    one = replace(MATERIAL, listed=(Problem("title", id, (("title", "x"),)),))
    return replace(FACTS, materials=(one,))


def link(state, **more):
    """The good guide with a link that stands so."""
    found = LinkFacts("https://a.example/", "online_url", state, "404", **more)
    return replace(FACTS, links=(found,))


def basis(standing):
    """The good guide whose basis stands so."""
    return replace(FACTS, bases=(BasisFacts(1, "示例条例", standing),))


def without(rows, number, column):
    """Rows of which one lacks a column."""
    found = [dict(row) for row in GOOD[rows]]
    found[number].pop(column)
    return guide(**{rows: found})


#: Requirement, what does not meet it, and what does although it looks alike.
CASES = {
    "key_title": ([guide(title=" ")], []),
    "key_basis": ([guide(legal_basis=[]), guide(legal_basis=None)], []),
    "key_conditions": ([guide(conditions=[]), guide(conditions=[" "])], []),
    "key_materials": ([replace(FACTS, materials=())], [replace(FACTS, materials=None)]),
    "key_places": ([guide(places=[])], []),
    "key_hours": ([without("places", 0, "hours")], [guide(places=[])]),
    "key_phone": ([guide(consult_phone="")], []),
    "key_flow": ([guide(flow=None)], []),
    "row_incomplete": (
        [
            without("places", 0, "address"),
            guide(flow=[{"step": " "}]),
            without("remedies", 0, "body"),
        ],
        [guide(remedies=None)],
    ),
    "material_incomplete": ([material(title=""), material(necessity=None)], []),
    "material_details": (
        [material(medium=None), material(copy_count=None)],
        [material(copy_count=0)],
    ),
    "code_form": (
        [
            guide(catalog_code="62010100100"),
            guide(catalog_code="6201010010AB"),
            guide(implementation_code="1" * 30),
            guide(handling_code=f"{CREDIT}3{CODE}0A"),
            guide(
                implementation_code=f"{CREDIT[:-1]}{'0' if CREDIT[-1] != '0' else '1'}3{CODE}"
            ),
        ],
        [guide(catalog_code=None, implementation_code=None, handling_code=None)],
    ),
    "limit_form": (
        [
            guide(promised_unit=None),
            guide(statutory_limit=-1),
        ],
        [guide(promised_limit=None, promised_unit=None)],
    ),
    "limit_workdays": (
        [guide(statutory_unit="day"), guide(promised_unit="month")],
        [guide(matter_type="20", statutory_unit="day")],
    ),
    "phone_form": (
        [
            guide(consult_phone="打电话"),
            guide(places=[{**GOOD["places"][0], "phone": "020--1"}]),
            guide(remedies=[{**GOOD["remedies"][0], "phone": "1"}]),
        ],
        [guide(consult_phone="0937-0000101转8"), guide(consult_phone="13800000000")],
    ),
    "phone_area": (
        [guide(consult_phone="0000101"), guide(consult_phone="00001012转3")],
        [guide(consult_phone="12333"), guide(consult_phone="400-123-4567")],
    ),
    "url_form": (
        [guide(online_url="www.example.com"), guide(mobile_url="小程序")],
        [guide(online_url="http://example.com:8080/a?b=1")],
    ),
    "copies": (
        [
            material(original_count=0),
            material(material_kind="copy"),
            material(material_kind="both", copy_count=-1),
        ],
        [material(material_kind="copy", original_count=0, copy_count=2)],
    ),
    "material_vague": (
        [material(title="其他材料"), material(title="身份证等材料")],
        [material(title="申请材料真实性承诺书")],
    ),
    "dates_in_order": (
        [
            guide(planned_end=datetime.date(2025, 1, 1)),
            version(until=datetime.date(2025, 1, 1)),
        ],
        [guide(planned_end=GOOD["planned_effective"]), version(until=None)],
    ),
    "form_file": (
        [
            files(blank=replace(BLANK, kind="png")),
            files(sample=replace(SAMPLE, kind="unknown")),
        ],
        [files(blank=replace(BLANK, kind=""))],
    ),
    "instant_limit_zero": (
        [guide(handling_type="1"), guide(promised_limit=0)],
        [guide(handling_type="1", promised_limit=0), guide(handling_type=None)],
    ),
    "result_kind": (
        [
            guide(result_type="document"),
            guide(result_name="关于同意设置的批复"),
            guide(result_name="营业执照（副本）", result_type="other"),
            guide(result_type="none"),
        ],
        [
            guide(result_name="准予许可决定书", result_type="document"),
            guide(result_name="无", result_type="none"),
            guide(result_name="查询结果", result_type="other"),
        ],
    ),
    "onsite_reason": ([guide(onsite_reason="")], [guide(visits=0, onsite_reason="")]),
    "visits_zero_way": (
        [guide(visits=0, online=False, courier=False, application_modes=["1"])],
        [
            guide(visits=0, online=False, courier=True, application_modes=["1"]),
            guide(visits=0, online=False, courier=False, application_modes=["4"]),
            guide(visits=0, online=True, courier=False, application_modes=[]),
        ],
    ),
    "online_fully": (
        [guide(online_depth=["5", "6"])],
        [
            guide(online_depth=["5", "7"], visits=0),
            guide(online_depth=["5"]),
            guide(online_depth=["5", "6"], online=False),
        ],
    ),
    "fees": (
        [guide(fees=[]), guide(charged=False)],
        [guide(charged=False, fees=None), guide(charged=None, fees=None)],
    ),
    "fee_details": (
        [without("fees", 0, x) for x in ("name", "standard", "basis")],
        [guide(charged=False, fees=[{"name": "x"}])],
    ),
    "fee_payment": (
        [guide(online_payment=None), guide(charged=False, fees=None)],
        [
            guide(online_payment=False, online=False),
            guide(charged=False, fees=None, online_payment=False),
        ],
    ),
    "phones_same": ([guide(consult_phone="12345")], [guide(complaint_phone=None)]),
    "target_theme": (
        [guide(service_targets=["1"])],
        [
            guide(service_targets=["1", "2"]),
            guide(service_targets=["1"], themes=["legal"]),
        ],
    ),
    "licence_faq": ([guide(faqs=[])], [guide(faqs=[], matter_type="20")]),
    "licence_steps": (
        [
            guide(flow=GOOD["flow"][:4]),
            guide(flow=[{"step": "受理"}] * 6),
        ],
        [
            guide(flow=[], matter_type="01"),
            guide(flow=[{"step": "x"}], matter_type="07"),
        ],
    ),
    "result_sample": (
        [guide(result_sample=None)],
        [guide(result_sample=None, result_type="other")],
    ),
    "promised_longer": (
        [
            guide(promised_limit=21),
            guide(promised_limit=2, promised_unit="month", statutory_unit="day"),
        ],
        [guide(promised_limit=20), guide(promised_limit=None)],
    ),
    "licence_limit": (
        [
            guide(
                statutory_limit=21,
                legal_basis=[{"law": "示例条例", "text": "应当许可。"}],
            ),
            guide(
                statutory_limit=45,
                legal_basis=[{"law": "行政许可法", "text": "二十日内"}],
            ),
        ],
        [
            guide(statutory_limit=45),
            guide(statutory_limit=45, matter_type="20", legal_basis=[]),
            guide(statutory_limit=20, legal_basis=[{"law": "甲"}]),
        ],
    ),
    "instant_limit": (
        [guide(handling_mode="instant", promised_limit=2)],
        [
            guide(handling_mode="instant", promised_limit=1),
            guide(review_type="review-approve"),
        ],
    ),
    "survey_limit": (
        [guide(flow=[*GOOD["flow"], {"step": "现场勘查"}], promised_limit=4)],
        [
            guide(flow=[*GOOD["flow"], {"step": "现场勘查"}], promised_limit=5),
            guide(promised_limit=4),
        ],
    ),
    "in_person": (
        [
            guide(
                onsite_reason="须本人到场签字。",
                faqs=[{"question": "能代办吗", "answer": "可委托他人代办。"}],
            ),
            guide(submission="申请人不得代办；老年人可以代办。"),
        ],
        [
            guide(onsite_reason="须本人到场签字。"),
            guide(submission="可以委托代理人。"),
            guide(onsite_reason="须本人到场。", submission="不可以代办。"),
        ],
    ),
    "proof_unlisted": (
        [
            guide(conditions=["提供无犯罪记录证明。"]),
            guide(conditions=["持有效的营业执照"]),
        ],
        [
            guide(conditions=["依法取得证明的除外。", "无犯罪记录。"]),
            guide(conditions=["提供相关证明"]),
            replace(
                guide(conditions=["提交营业执照。"]),
                materials=(
                    replace(
                        MATERIAL,
                        values={**MATERIAL.values, "title": "营业执照（复印件）"},
                    ),
                ),
            ),
        ],
    ),
    "flow_unlisted": (
        [guide(flow=[{"step": "受理", "standard": "提交选址报告书"}, *GOOD["flow"]])],
        [guide(flow=[{"step": "受理", "standard": "填写申请表"}, *GOOD["flow"]])],
    ),
    "form_missing": (
        [
            replace(FACTS, materials=(replace(MATERIAL, forms=()),)),
            version(current=False),
        ],
        [
            replace(FACTS, materials=(replace(MATERIAL, forms=None),)),
            material(title="营业执照"),
            replace(
                FACTS,
                materials=(
                    MaterialFacts({"title": "受理申请表", "source": "10"}, forms=()),
                ),
            ),
        ],
    ),
    "sample_missing": ([files(sample=None)], [version(current=False)]),
    "sample_is_blank": (
        [files(sample=replace(SAMPLE, sha256=BLANK.sha256))],
        [files(blank=replace(BLANK, sha256=""), sample=replace(SAMPLE, sha256=""))],
    ),
    "sample_same_text": (
        [files(sample=replace(SAMPLE, words="1"))],
        [files(blank=replace(BLANK, words=""), sample=replace(SAMPLE, words=""))],
    ),
    "file_opens": (
        [
            files(blank=replace(BLANK, state=x))
            for x in ("broken", "encrypted", "empty")
        ],
        [
            files(sample=replace(SAMPLE, state="no_text")),
            files(blank=replace(BLANK, state="")),
        ],
    ),
    "file_extension": (
        [
            files(blank=replace(BLANK, filename="申请表.doc")),
            files(sample=replace(SAMPLE, filename="样表")),
        ],
        [files(sample=replace(SAMPLE, filename="样表.PDF"))],
    ),
    "file_missing": ([files(sample=replace(SAMPLE, gone=True))], []),
    "proof_cancelled": (
        [listed("material_cancelled")],
        [listed("material_unlisted_service")],
    ),
    "service_unlisted": (
        [listed("material_unlisted_service")],
        [listed("material_cancelled")],
    ),
    "basis_ended": (
        [basis(Standing.ENDED), basis(Standing.NOT_YET)],
        [basis(Standing.CHANGED)],
    ),
    "basis_changed": ([basis(Standing.CHANGED)], [basis(Standing.IN_FORCE)]),
    "codes_agree": (
        [
            guide(matter_type="20"),
            guide(exercise_level="2"),
            replace(FACTS, credit_code=make_credit_code("11620200", 1)),
            guide(catalog_code="620101001001"),
            guide(handling_code=f"{CREDIT}2{CODE}01"),
        ],
        [replace(FACTS, credit_code="")],
    ),
    "co_department": (
        [guide(co_departments=["bieju", "shili"])],
        [guide(co_departments=None)],
    ),
    "deferral": (
        [material(necessity="3"), material(deferrable_days=5)],
        [material(necessity="3", deferrable_days=5)],
    ),
    "title_twice": ([replace(FACTS, namesakes=1)], []),
    "link_dead": ([link("dead")], [link("fine"), link("unknown")]),
    "link_unsure": ([link("unsure")], [link("fine")]),
    "link_intranet": ([link("intranet")], [link("fine")]),
    "channel_behind": ([replace(FACTS, channels=(("大厅", "behind"),))], []),
    "catalogue_differs": ([replace(FACTS, catalogue=("name",))], []),
    **{
        name: ([guide(**{name.removeprefix("missing_"): None})], [])
        for name in requirements()
        if name.startswith("missing_")
    },
}
#: Zero and no are answers.
CASES["missing_visits"] = ([guide(visits=None)], [guide(visits=0)])
CASES["missing_charged"] = ([guide(charged=None)], [guide(charged=False)])
CASES["missing_scope"] = ([guide(scope="  ")], [])


def found(facts, occasion=Occasion.NIGHTLY, options=ALL_ON):
    """Ids of the requirements that are not met."""
    return {one.requirement for one in check_guide(facts, occasion, options)}


def test_every_requirement_has_its_cases():
    """Protects: a rule that nobody tries."""
    assert set(CASES) == set(requirements())
    assert all(bad for bad, _good in CASES.values())
    numbers = {row.number for row in requirements().values()}
    assert numbers == set(range(21))
    assert sum(row.key for row in requirements().values()) == 8


def test_nothing_is_said_of_a_good_guide():
    """Protects: a guide that is in order is called so on every occasion."""
    for occasion in Occasion:
        assert found(FACTS, occasion) == set()


@pytest.mark.parametrize("name", CASES)
def test_good_and_bad(name):
    """Each bad case is told, each case that looks alike is left alone."""
    bad, good = CASES[name]
    for facts in bad:
        assert name in found(facts), facts.values
        assert name not in found(facts, options=Options(on={name: False}))
    for facts in good:
        assert name not in found(facts), facts.values


@pytest.mark.parametrize("name", CASES)
def test_sentences(name):
    """Protects: each finding has a sentence whose variables are filled, in both words."""
    said = data()["say"]
    for facts in CASES[name][0]:
        for one in check_guide(facts, Occasion.NIGHTLY, ALL_ON):
            if one.requirement != name or one.says not in said:
                continue
            for words in said[one.says]:
                assert set(re.findall(r"\$\{(\w+)\}", words)) <= dict(one.values).keys()


def test_each_sentence_of_the_table_is_said():
    """Protects: words for findings that nothing finds any more."""
    told = {
        one.says
        for bad, _good in CASES.values()
        for facts in bad
        for one in check_guide(facts, Occasion.NIGHTLY, ALL_ON)
    }
    assert set(data()["say"]) - told == set()


def test_the_not_null_columns_are_errors_at_publishing():
    """Nothing that the national tables need is a mere warning."""
    needed = data()["missing"]["error"]["elements"]
    assert all(
        requirements()[f"missing_{name}"].occasions[Occasion.PUBLISH] == Severity.ERROR
        for name in needed
    )
    # Whatever the table of elements asks before publication is asked for here.
    asked = {
        row.element for row in requirements().values() if row.group == "completeness"
    }
    assert {e.name for e in elements().guide if e.publish} <= asked


def test_occasions():
    """The form refuses contradictions alone; an import warns and never refuses."""
    empty = Facts({}, ())
    assert check_guide(empty, Occasion.SAVE) == []
    warned = check_guide(empty, Occasion.IMPORT)
    assert warned
    assert {one.severity for one in warned} == {Severity.WARNING}
    strict = check_guide(empty, Occasion.PUBLISH)
    assert strict[0].severity == Severity.ERROR
    order = [list(Severity).index(one.severity) for one in strict]
    assert order == sorted(order)


def test_places():
    """A finding knows where it is mended: material, version, row."""
    facts = files(sample=replace(SAMPLE, words="1"))
    (one,) = check_guide(facts, Occasion.NIGHTLY)
    assert one.place == Place(material="m01", form="v1")
    (one,) = check_guide(without("places", 0, "hours"), Occasion.NIGHTLY)
    assert one.place.row == 1
    there = Place(material="m02", form="v2")
    (one,) = check_guide(link("dead", place=there), Occasion.NIGHTLY)
    assert one.place == there


def test_thresholds_are_settings():
    """Another number of steps, another answer."""
    facts = guide(flow=GOOD["flow"][:4] + [{"step": "送达"}] * 3)
    assert found(facts) == set()
    options = Options(limits={"licence_steps.steps": 9})
    assert found(facts, options=options) == {"licence_steps"}


def test_the_form_says_what_it_always_said():
    """Every problem that forms refused before is refused by the same set."""
    values = {
        "catalog_code": "1",
        "statutory_limit": 1,
        "promised_limit": 2,
        "visits": 1,
        "charged": True,
        "consult_phone": "12345",
        "complaint_phone": "12345",
        "planned_effective": datetime.date(2026, 1, 2),
        "planned_end": datetime.date(2026, 1, 1),
        "department": "a",
        "co_departments": ["a"],
    }
    assert {p.id for p in guide_problems(values)} == {
        "catalog_length",
        "promised_longer",
        "unit_missing",
        "onsite_reason_missing",
        "fees_missing",
        "phones_same",
        "end_before_start",
        "co_department_is_owner",
    }
    assert {p.id for p in guide_problems({"charged": False, "fees": [{}]})} == {
        "fees_unexpected"
    }
    wrong = {"title": "其他材料", "necessity": "3", "material_kind": "both"}
    counts = {"original_count": 0, "copy_count": 0}
    listed = [Problem("title", "material_cancelled")]
    assert {p.id for p in material_problems({**wrong, **counts}, listed)} == {
        "material_vague",
        "deferrable_days_missing",
        "original_count_zero",
        "copy_count_zero",
        "material_cancelled",
    }
    one = FormFacts(
        start=datetime.date(2026, 1, 2),
        until=datetime.date(2026, 1, 1),
        files={
            "blank_form": FileFacts("a.png", "1", "png"),
            "filled_sample": FileFacts("a.png", "1", "png"),
        },
    )
    assert {p.id for p in version_problems(one)} == {
        "end_before_start",
        "form_file_kind",
        "sample_is_blank",
    }


def finding(name):
    return Finding(name, Severity.ERROR, "", "")


def test_scores():
    """A requirement counts once a guide, by the weights that are set."""
    assert score([], Options()) == 100
    assert score([finding("key_flow")] * 3, Options()) == 98
    both = [finding("key_flow"), finding("key_phone")]
    assert score(both, Options()) == 96
    assert score(both, Options(weights={"key_flow": 50})) == 48
    assert score(both, Options(weights={"key_flow": 500})) == 0
    assert mean([]) == 100
    assert mean([90, 80, 85.1]) == 85


@given(st.lists(st.sampled_from(sorted(requirements()))), st.floats(0, 200))
def test_scores_stay_in_their_range(names, weight):
    """Whatever is found and set, a score is one, and more findings never raise it."""
    options = Options(weights=dict.fromkeys(requirements(), weight))
    scores = [
        score(map(finding, names[:end]), options) for end in range(len(names) + 1)
    ]
    assert all(0 <= one <= 100 for one in scores)
    assert scores == sorted(scores, reverse=True)


_SOME = st.one_of(st.none(), st.text(max_size=12), st.booleans(), st.integers(-5, 400))
_ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["step", "law", "name", "hours", "text", "phone", "answer"]),
        st.one_of(st.none(), st.text(max_size=12)),
    ),
    max_size=3,
)
_KIND = {
    "int": st.one_of(st.none(), st.integers(-5, 400)),
    "bool": st.one_of(st.none(), st.booleans()),
    "rows": st.one_of(st.none(), _ROWS),
    "lines": st.one_of(st.none(), st.lists(st.text(max_size=20), max_size=3)),
    "choices": st.one_of(st.none(), st.lists(st.sampled_from("1234567"), max_size=3)),
    "departments": st.one_of(st.none(), st.lists(st.text(max_size=3), max_size=2)),
    "date": st.one_of(st.none(), st.dates()),
    "file": st.none(),
}
_CHOICES = {
    "statutory_unit": ["workday", "day", "hour", "month", "year"],
    "promised_unit": ["workday", "day", "hour", "month", "year"],
}
_VALUES = st.fixed_dictionaries(
    {
        element.name: st.one_of(st.none(), st.sampled_from(_CHOICES[element.name]))
        if element.name in _CHOICES
        else _KIND.get(element.kind, st.one_of(st.none(), st.text(max_size=20)))
        for element in elements().guide
        if element.kind != "materials"
    }
)


@given(_VALUES)
def test_whatever_stands_in_a_guide_is_judged(values):
    """Imported guides hold anything; no check stumbles, and every finding has words."""
    facts = Facts(values, (MaterialFacts({"title": values["title"]}),))
    for one in check_guide(facts, Occasion.NIGHTLY, ALL_ON):
        assert one.requirement in requirements()
        assert all(isinstance(text, str) for pair in one.values for text in pair)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("见 https://a.example/b?c=1。", ["https://a.example/b?c=1"]),
        ("(http://a.example/x)", ["http://a.example/x"]),
        ("http://a.example/x_(y).", ["http://a.example/x_(y)"]),
        ("http://a.example/ http://a.example/", ["http://a.example/"]),
        ("网址:http://10.0.0.1:8080/x，电话", ["http://10.0.0.1:8080/x"]),
        ("www.example.com 12345", []),
        ("http://", []),
        ("http://a:b:c/", []),
    ],
)
def test_links_in_texts(text, expected):
    """As people write them, in the middle of Chinese sentences."""
    assert list(links.links_in(text)) == expected


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("www.example.com", False),
        ("8.8.8.8", False),
        ("10.1.2.3", True),
        ("192.168.0.1", True),
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("::1", True),
        ("::ffff:10.0.0.1", True),
        ("fd00::1", True),
        ("2606:4700::1", False),
        ("oa", True),
        ("oa.local", True),
        ("portal.intranet", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
    ],
)
def test_hosts_inside(host, inside):
    """What the public cannot reach, and where this site sends no question."""
    assert links.is_inside(host) is inside


@given(st.ip_addresses())
def test_an_address_that_is_not_global_is_never_asked(address):
    """Protects: the check of links is no way into the bureau's own network."""
    if not address.is_global:
        assert links.is_private(str(address))


def test_a_dead_link_keeps_nothing_off_the_site():
    """Protects: what a server elsewhere answered is told, and counted in the night."""
    asked = requirements()["link_dead"].occasions
    assert asked[Occasion.NIGHTLY] == Severity.ERROR
    assert asked[Occasion.PREVIEW] == asked[Occasion.PUBLISH] == Severity.WARNING
