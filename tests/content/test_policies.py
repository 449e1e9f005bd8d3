"""Policy documents, departments, wording: restored terms, real numbers, no inventions.

The text that the policy documents were restored from is synonym-spun: official words
were swapped for everyday ones. The tables here hold what must not come back.
"""

from functools import cache
from pathlib import Path
from typing import Any
from zhinan.rules.checks import is_phone
from zhinan.rules.codes import credit_code_check_character
from zhinan.rules.codes import ORG_ALPHABET
from zhinan.rules.codes import organisation_check_character
from zhinan.rules.codes import USCC_WEIGHTS
from zhinan.rules.documents import NORMAL
from zhinan.rules.documents import normalise_document_number
from zhinan.rules.elements import code_lists

import pytest
import re
import sources
import yaml


HERE = Path(sources.__file__).parent
NAMES = (
    "work-plan",
    "commitment-scheme",
    "agency-scheme",
    "regional-assessment-scheme",
    "simulated-approval-scheme",
)
KEYS = {
    "title",
    "id",
    "document_number",
    "issuing_body",
    "issued",
    "effect_status",
    "summary",
    "source_note",
    "replaces",
    "text",
}

#: Spun word and the official word that belongs there.
SPUN = {
    "刚好": "及时",
    "仔细": "认真",
    "坚固": "牢固",
    "书目": "目录",
    "供应": "提供",
    "详细": "具体",
    "探究": "探索",
    "探讨": "研究",
    "看法": "意见",
    "驾驭": "掌握",
    "时辰": "时间",
    "灾难": "灾害",
    "危急": "危险",
    "平安": "安全",
    "居处": "住所",
    "托付": "委托",
    "阅历": "经验",
    "肃穆": "严肃",
    "深厚": "浓厚",
    "亲密协作": "密切协作",
    "协作协作": "协作配合",
    "协调协作": "协调配合",
    "询问": "咨询",
    "打算": "准备",
    "支配": "安排",
    "惩罚": "处罚",
    "干脆": "直接",
    "担当": "承担",
    "相识": "认识",
    "剧烈": "强烈",
    "广阔": "广大",
    "宣扬": "宣传",
    "凝合": "凝聚",
    "敬重": "尊重",
    "熟识": "熟悉",
    "必需": "必须",
    "教化": "教育",
    "赐予": "给予",
    "透亮": "透明",
    "消退": "消除",
    "发觉": "发现",
    "察看": "查看",
    "敏捷": "灵活",
    "须要": "需要",
    "状况": "情况",
    "缘由": "原因",
    "爱护": "保护",
    "精确": "准确",
    "接着": "继续",
    "削减": "减少",
    "缩减": "缩短",
    "顺当": "顺利",
    "起先": "开始",
    "注意": "注重",
    "交纳": "缴纳",
    "比照": "对照",
    "签定": "签订",
    "特别": "特殊",
    "帮助": "协助",
    "立刻办": "马上办",
    "运用": "使用",
    "连接": "衔接",
    "中心预算": "中央预算",
    "证照分别": "证照分离",
    "受办分别": "受办分离",
    "确定书": "决定书",
    "审批确定": "审批决定",
    "国务院确定": "国务院决定",
    "处罚确定": "处罚决定",
    "限制性": "控制性",
    "依次刚": "顺序及",
    "前后依次": "前后顺序",
    "服务看法": "服务态度",
    "可行性探": "可行性研",
    "满意的": "满足的",
    "主动推": "积极推",
    "主动回应": "积极回应",
    "领先突破": "率先突破",
    "增加": "增强",
    "处理方法": "处理办法",
    "参加营商": "参与营商",
    "取消退": "取消除",
    "依法据": "依据",
    "平应用": "平台应用",
    "市政管局": "市政务服务管理局",
    "业务实力": "业务能力",
    "执行更好": "执行更优",
    "推动落实改革": "推进落实改革",
    "推动政务服务": "推进政务服务",
    "推动电子化": "推进电子化",
    "改革推动政府": "改革推进政府",
}
#: Where a listed word is right.
RIGHT = ("控制性详细规划", "信用状况")
FACTS = [
    ("work-plan", "120个工作日以内"),
    ("work-plan", "次要条件或手续有欠缺"),
    ("work-plan", "一次性告知需补正的材料、时限和超期处理办法"),
    ("work-plan", "申报、登记表格可下载、有填写样表"),
    ("work-plan", "即办件事项直接办理"),
    ("work-plan", "严禁将一项中介服务拆分为多个环节"),
    ("work-plan", "凡是没有法律法规依据的证明一律取消"),
    ("commitment-scheme", "网上告知性备案的项目"),
    ("commitment-scheme", "获得项目代码，取得用地和规划许可后"),
    ("commitment-scheme", "公示期满无异议"),
    ("commitment-scheme", "同意投产或使用、限期整改、全面整改"),
    ("agency-scheme", "1个工作日内与项目单位联系"),
    ("agency-scheme", "1个工作日内上报上级部门"),
    ("agency-scheme", "每半月"),
    ("agency-scheme", "2个工作日内，填写代办项目终止单"),
    ("agency-scheme", "项目代办服务申请表"),
    ("agency-scheme", "授权委托书"),
    ("agency-scheme", "代办项目受理单"),
    ("agency-scheme", "投资项目代办委托协议"),
    ("agency-scheme", "代办任务分解安排表"),
    ("agency-scheme", "代办办结单和代办服务评价意见单"),
    ("agency-scheme", "土地出让合同或划拨决定书"),
    *(
        (scheme, kind)
        for scheme in ("commitment-scheme", "regional-assessment-scheme")
        for kind in (
            "雷电灾害风险评估",
            "地震安全性评价",
            "地质灾害危险性评估",
            "环境影响评价",
            "节能审查",
            "交通影响评价",
            "文物影响评价",
        )
    ),
    ("regional-assessment-scheme", "适用范围、条件和效力"),
    ("simulated-approval-scheme", "不具有法律效力"),
    ("simulated-approval-scheme", "有效期为1年"),
    ("simulated-approval-scheme", "3个工作日内依次作出正式批复"),
    ("simulated-approval-scheme", "以公示结束时间为基准"),
    ("simulated-approval-scheme", "控制性详细规划"),
    ("simulated-approval-scheme", "模拟审批告知单（附件3）"),
    ("simulated-approval-scheme", "收回模拟审批文件"),
]
NUMBER_LIKE = re.compile(r"[甘国嘉][㐀-鿿]{0,3}[发函][〔\[(（【]?\d[^，。；）]*号")
KNOWN_NUMBERS = {"甘政办发〔2018〕194号", "甘政办发〔2019〕10号", "国办发〔2019〕11号"}


@cache
def load(name: str) -> Any:
    """One source file by its path below the sources, without the suffix."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def policy(name: str) -> dict[str, Any]:
    return load(f"policies/{name}")


def strings(value: Any) -> list[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return []


def paragraphs(name: str) -> list[str]:
    return strings(policy(name)["text"])


def spun_words(text: str) -> list[str]:
    """The spun words in a text, right uses left aside."""
    for right in RIGHT:
        text = text.replace(right, "")
    return [word for word in SPUN if word in text]


def test_there_are_five_policies() -> None:
    found = {path.stem for path in (HERE / "policies").glob("*.yaml")}
    assert found == set(NAMES)
    assert len({policy(name)["id"] for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_policy_is_complete(name: str) -> None:
    values = policy(name)
    assert set(values) <= KEYS
    assert set(values) >= KEYS - {"document_number", "issued"}
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", values["id"])
    assert code_lists()["effect_status"].get(values["effect_status"]) is not None
    assert values["issuing_body"] in {d["title"] for d in load("departments")}
    for block in values["text"]:
        assert len(block) == 1
        assert set(block) <= {"h2", "h3", "p"}
        assert "".join(strings(block)).strip()


@pytest.mark.parametrize("name", NAMES)
def test_unknown_number_and_date_are_left_out_and_said(name: str) -> None:
    values = policy(name)
    if "document_number" in values:
        number = values["document_number"]
        assert normalise_document_number(number) == number
    else:
        assert "发文字号" in values["source_note"]
    if "issued" not in values:
        assert "印发日期" in values["source_note"]


@pytest.mark.parametrize("name", NAMES)
def test_no_spun_word(name: str) -> None:
    found = {word for text in strings(policy(name)) for word in spun_words(text)}
    assert found == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("托付协议", ["托付"]),
        ("限制性具体规划", ["限制性"]),
        ("控制性详细规划", []),
        ("详细规划", ["详细"]),
        ("信用状况良好，工作状况", ["状况"]),
        ("信用状况良好", []),
        ("地质灾难危急性评估", ["灾难", "危急"]),
        ("地质灾害危险性评估", []),
        ("土地运用权", ["运用"]),
    ],
)
def test_spun_words_are_told_from_right_ones(text: str, expected: list[str]) -> None:
    assert spun_words(text) == expected


def test_no_official_word_is_spun() -> None:
    assert [right for right in SPUN.values() if spun_words(right)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_altered_year(name: str) -> None:
    assert [text for text in strings(policy(name)) if "2022" in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_document_numbers_are_normal_and_known(name: str) -> None:
    text = "\n".join(strings(policy(name)))
    found = set(NUMBER_LIKE.findall(text))
    assert found <= KNOWN_NUMBERS
    for number in found:
        assert NORMAL.match(number)
        assert normalise_document_number(number) == number


def test_garbled_numbers_would_be_found() -> None:
    garbled = "（甘政办发202210号）和（甘政发202257号）"
    assert NUMBER_LIKE.findall(garbled) == ["甘政办发202210号", "甘政发202257号"]


@pytest.mark.parametrize("name", NAMES)
def test_punctuation_is_chinese(name: str) -> None:
    for text in strings(policy(name)):
        if text != policy(name)["id"] and text != policy(name)["effect_status"]:
            assert not re.search(r"[,;:?!()<>\"'\s]", text), text
            assert text.count("（") == text.count("）"), text
            assert text.count("《") == text.count("》"), text
            assert text.count("“") == text.count("”"), text


def test_plan_has_23_tasks_each_with_its_department() -> None:
    tasks = [text for text in paragraphs("work-plan") if re.match(r"\d+\.", text)]
    assert [int(text.split(".")[0]) for text in tasks] == list(range(1, 24))
    assert all(re.search(r"（[^（）]+负责）$", text) for text in tasks)


def test_plan_references_agree_with_the_tasks() -> None:
    tasks = [text for text in paragraphs("work-plan") if re.match(r"\d+\.", text)]
    for row in load("departments"):
        named = set()
        for number, text in enumerate(tasks, 1):
            if row["short_name"] in text.rsplit("（", 1)[1]:
                named.add(number)
        said: set[int] = set()
        for part in re.findall(r"第([\d、]+)项[^；，]*牵头", row["plan_reference"]):
            said |= {int(number) for number in part.split("、")}
        assert said == named, row["code"]


def test_simulated_approval_ends_where_its_source_ends() -> None:
    texts = paragraphs("simulated-approval-scheme")
    assert texts[-2].endswith("项目单位根据审批要求，及时补充完善……")
    assert texts[-1].startswith("（编者注：原文到此中断")
    heads = [b["h2"] for b in policy("simulated-approval-scheme")["text"] if "h2" in b]
    assert heads[-1] == "四、操作流程"
    assert "没有补写" in policy("simulated-approval-scheme")["source_note"]


def test_simulated_approval_has_its_conditions_and_triggers() -> None:
    texts = paragraphs("simulated-approval-scheme")
    start = texts.index("三、准入条件")
    end = texts.index("四、操作流程")
    section = texts[start + 1 : end]
    assert sum(text.startswith("（") for text in section) == 3
    triggers = [text for text in section if re.match(r"\d\.", text)]
    assert [text[0] for text in triggers] == list("1234567")


@pytest.mark.parametrize(("name", "fact"), FACTS)
def test_hard_facts(name: str, fact: str) -> None:
    assert fact in "\n".join(paragraphs(name))


def test_departments_have_valid_credit_codes() -> None:
    codes = [row["credit_code"] for row in sources.departments().values()]
    assert len(set(codes)) == len(codes) >= 10
    for code in codes:
        assert len(code) == len(USCC_WEIGHTS) + 1
        assert code.startswith(sources.DIVISION_HEAD)
        assert set(code) <= set(ORG_ALPHABET)
        assert code[16] == organisation_check_character(code[8:16])
        assert code[17] == credit_code_check_character(code[:17])


@pytest.mark.parametrize("row", load("departments"), ids=lambda row: row["code"])
def test_department_is_complete_and_synthetic(row: dict[str, Any]) -> None:
    assert row["title"].startswith("嘉峪关")
    assert 3 <= len(row["duties"]) <= 6
    assert len(set(row["duties"])) == len(row["duties"])
    assert row["address"].startswith(f"嘉峪关市示例路{row['serial']}号")
    assert row["office_hours"]
    assert row["plan_reference"]
    assert row["description"].endswith("。")
    assert row["description"].count("。") == 1
    numbers = [phone["number"] for phone in row["phones"]]
    assert len(set(numbers)) == len(numbers) >= 2
    for phone in row["phones"]:
        assert phone["label"]
        assert is_phone(phone["number"])
        assert re.fullmatch(rf"0937-00{row['serial']:02}0\d\d", phone["number"])


def test_no_telephone_is_shared_by_departments() -> None:
    numbers = [p["number"] for row in load("departments") for p in row["phones"]]
    assert len(set(numbers)) == len(numbers)


def test_consultation_form_has_the_fields_that_it_needs() -> None:
    form = load("consultation")
    fields = {field["name"]: field for field in form["fields"]}
    assert {name for name, field in fields.items() if field["required"]} == {
        "sender_name",
        "sender_phone",
        "department",
        "question",
    }
    assert fields["question"]["max_length"] == 2000
    assert fields["publish_answer"]["kind"] == "bool"
    for field in fields.values():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", field["name"])
        assert field["title"]
        assert field["help"]
        assert ("required" in field["errors"]) == field["required"]
        if field["kind"] == "line":
            assert "too_long" in field["errors"]
        if field["kind"] in {"phone", "email"}:
            assert "invalid" in field["errors"]
    assert "个人信息保护法" in form["privacy"]


def test_consultation_mail_names_only_fields_of_the_form() -> None:
    form = load("consultation")
    fields = {field["name"] for field in form["fields"]}
    body = "\n".join(form["mail"]["body"])
    assert set(re.findall(r"\{(\w+)\}", body)) == fields
    thanks = "\n".join(form["thanks"]["text"])
    assert set(re.findall(r"\{(\w+)\}", thanks)) <= fields
    # A sender's text in a subject line could smuggle in another header.
    assert set(re.findall(r"\{(\w+)\}", form["mail"]["subject"])) == {"department"}


def test_telephone_of_examples_passes_our_rule() -> None:
    for name in ("consultation", "site"):
        for text in strings(load(name)):
            for number in re.findall(r"0937-\d+", text):
                assert is_phone(number), number


def test_site_says_that_it_is_a_demonstration() -> None:
    site = load("site")
    assert "演示" in site["title"]
    for text in (site["demonstration"]["short"], site["demonstration"]["text"]):
        assert "演示内容" in text
        assert "编码、电话和地址均为虚构" in text
    assert [entrance["id"] for entrance in site["entrances"]] == [
        "departments",
        "themes",
        "audiences",
        "policies",
        "consultation",
    ]
    assert all(entrance["description"] for entrance in site["entrances"])
    for page in ("help", "about"):
        for block in site[page]["text"]:
            assert len(block) == 1
            assert set(block) <= {"h2", "h3", "p", "list"}
    for error in site["errors"].values():
        assert error["title"]
        assert len(error["text"]) >= 2


def test_site_has_no_identification_code() -> None:
    footer = "\n".join(strings(load("site")["footer"]))
    assert not re.search(r"ICP备\d|公网安备|\d{10}|bm\d{8}", footer)


@pytest.mark.parametrize("name", ["consultation", "site", "departments"])
def test_wording_is_calm(name: str) -> None:
    for text in strings(load(name)):
        assert "！" not in text
        assert not re.search(r"(?<![A-Za-z0-9])!", text), text
