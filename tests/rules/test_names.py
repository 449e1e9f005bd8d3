"""Names of materials and services: what is the same, and above all what is not."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.names import matching
from zhinan.rules.names import names_in
from zhinan.rules.names import normal_name
from zhinan.rules.names import Service
from zhinan.rules.names import split_services
from zhinan.rules.names import stem

import pytest


@pytest.mark.parametrize(
    ("entry", "material"),
    [
        ("婚姻状况证明", "婚姻状况证明"),
        ("婚姻状况证明", "婚姻状况证明（原件）"),
        ("婚姻状况证明", "婚姻状况证明(原件及复印件)"),
        ("婚姻状况证明", "婚姻状况证明原件、复印件各1份"),
        ("婚姻状况证明", "婚姻状况证明复印件加盖公章"),
        ("婚姻状况证明", "婚姻状况证明材料"),
        ("婚姻状况证明", "婚姻状况证明文件（一式两份）"),
        ("婚姻状况证明", "《婚姻状况证明书》"),
        ("婚姻状况证明", "申请人的婚姻状况证明"),
        ("婚姻状况证明", "本人婚姻状况的证明"),
        ("婚姻状况证明", "　婚姻状况　证明 "),
        ("居住证明", "社区居委会出具的居住证明"),
        ("居住证明", "居住证明（如有）"),
        ("无犯罪记录证明", "公安派出所开具的无犯罪记录证明原件"),
        ("收入证明", "身份证、收入证明"),
        ("《学历公证书》", "学历公证书（复印件）"),
        ("ABC证明", "ａｂｃ证明"),
    ],
)
def test_the_same_material(entry, material):
    assert matching(names_in(material), {normal_name(entry): "hit"}) == "hit"


@pytest.mark.parametrize(
    ("entry", "material"),
    [
        ("证明", "无犯罪记录证明"),
        ("证明材料", "无犯罪记录证明"),
        ("犯罪记录证明", "无犯罪记录证明"),
        ("居住证明", "居住证"),
        ("居住证", "居住证明"),
        ("婚姻状况证明", "婚姻登记记录证明"),
        ("使用证明", "住所使用证明"),
        ("住所使用证明", "住所（经营场所）使用证明"),
        ("身份证明", "买卖双方身份证明"),
        ("资信证明", "资金来源证明"),
        ("证明", "证书"),
        ("原件", "营业执照原件"),
        ("收入证明", "收入和支出情况说明"),
        ("清税证明", "清税申报表"),
    ],
)
def test_another_material(entry, material):
    assert matching(names_in(material), {normal_name(entry): "hit"}) is None


@pytest.mark.parametrize("text", ["", "（）", "  ", "、", "《》"])
def test_no_name_matches_nothing(text):
    assert names_in(text) == []


def test_a_name_is_never_emptied():
    """What is nothing but words about copies keeps them."""
    assert normal_name("原件") == "原件"
    assert normal_name("证明材料") == "证明"


@given(st.text(max_size=40))
def test_any_text_has_a_form_that_stays(text):
    """No error, whatever people type; a name always matches itself."""
    assert names_in(text) == names_in(f" {text} ")
    for name in names_in(text)[:1]:
        assert matching(names_in(text), {name: "hit"}) == "hit"


def service(number, name, matters=("水土保持方案审批",), basis="水土保持法第二十五条"):
    return Service(str(number), name, tuple(matters), basis)


def split(*services):
    """The groups as sets of ids."""
    return [{s.id for s in group} for group in split_services(services)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("水土保持方案编制", "水土保持方案评审"),
        ("水土保持方案编制", "水土保持方案技术审查"),
        ("水土保持方案报告书编制", "水土保持方案专家论证"),
        ("地震安全性评价", "地震安全性评价报告评审"),
        ("消防设施检测", "消防设施技术检测服务"),
    ],
)
def test_steps_of_one_service_are_found(first, second):
    assert split(service(1, first), service(2, second)) == [{"1", "2"}]


def test_three_steps_are_one_group():
    names = ("水土保持方案编制", "水土保持方案评审", "水土保持方案咨询")
    assert split(*(service(n, name) for n, name in enumerate(names))) == [
        {"0", "1", "2"}
    ]


def test_different_services_are_left_alone():
    """Another thing, another matter, another basis."""
    assert split(service(1, "水土保持方案编制"), service(2, "节能报告评审")) == []
    assert (
        split(
            service(1, "水土保持方案编制"),
            service(2, "水土保持方案评审", ("别的事项",)),
        )
        == []
    )
    assert (
        split(
            service(1, "水土保持方案编制"),
            service(2, "水土保持方案评审", basis="另一部条例第一条"),
        )
        == []
    )
    # Names of steps alone say nothing, and neither does a missing basis.
    assert split(service(1, "报告编制"), service(2, "技术评审")) == []
    assert (
        split(
            service(1, "水土保持方案编制", basis=""),
            service(2, "水土保持方案评审", basis=""),
        )
        == []
    )


def test_spelling_of_matter_and_basis_does_not_count():
    assert split(
        service(
            1, "水土保持方案编制", ("《水土保持方案》审批",), "水土保持法 第二十五条"
        ),
        service(
            2, "水土保持方案评审", ("水土保持方案审批",), "《水土保持法》第二十五条"
        ),
    ) == [{"1", "2"}]


def test_the_stem_is_what_the_service_is_about():
    assert stem("建设项目（水土保持方案）编制") == "建设项目水土保持方案"
