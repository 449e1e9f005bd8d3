"""Flow charts and QR codes as SVG."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from zhinan.documents.flowchart import flowchart
from zhinan.documents.flowchart import limit_text
from zhinan.documents.flowchart import text_width
from zhinan.documents.flowchart import wrap
from zhinan.documents.qr import qr_svg

import pytest


SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    {
        "step": "受理",
        "department": "嘉峪关市发展和改革委员会",
        "limit": 0,
        "unit": "工作日",
        "result": "出具《受理通知书》，材料不齐的一次性告知需要补正的全部内容 <A&B>",
    },
    {"step": "审查", "department": None, "limit": 5, "unit": "工作日", "result": ""},
    {"step": "送达"},
]


def parsed(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def words(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{SVG}text"))


def test_chart_shows_every_row_and_nothing_else():
    root = parsed(flowchart(ROWS, "办理流程图"))
    assert len(root.findall(f"{SVG}rect")) == 3
    assert words(root) == (
        "1受理嘉峪关市发展和改革委员会 · 当场"
        "结果：出具《受理通知书》，材料不齐的一次性告知需要补正的全部内容 <A&B>"
        "2审查5个工作日3送达"
    )


def test_chart_speaks():
    root = parsed(flowchart(ROWS, "办理<流程>", prefix="g1"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "g1-title g1-desc"
    assert root.findtext(f"{SVG}title") == "办理<流程>"
    assert root.findtext(f"{SVG}desc") == "第1步：受理。第2步：审查。第3步：送达。"
    ids = root.xpath("//@id")
    assert sorted(ids) == ["g1-desc", "g1-title"]


def test_chart_scales_and_stays_inside():
    root = parsed(flowchart(ROWS, "x"))
    assert root.get("width") is None
    _, _, width, height = map(float, root.get("viewBox").split())
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= width
        assert float(rect.get("y")) + float(rect.get("height")) <= height


def test_no_rows_no_chart():
    assert flowchart([], "x") == ""


@pytest.mark.parametrize(
    ("limit", "unit", "text"),
    [
        (5, "工作日", "5个工作日"),
        (2, "个月", "2个月"),
        (1, "年", "1年"),
        (0, "工作日", "当场"),
        (None, "工作日", ""),
        ("2个工作日内", "", "2个工作日内"),
    ],
)
def test_limit_text(limit, unit, text):
    assert limit_text(limit, unit) == text


def test_wrap_rules():
    assert wrap("一二三四五，六", 5) == ["一二三四五，", "六"]
    assert wrap("一二三四《五六》", 5) == ["一二三四", "《五六》"]
    assert wrap("见 GB/T36114 号", 6) == ["见", "GB/T36114", "号"]
    assert wrap("", 5) == []


@given(st.text(max_size=120), st.integers(4, 30))
def test_wrap_loses_nothing(text, ems):
    lines = wrap(text, ems)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(
        text_width(line.rstrip("、，。；：？！）》〉」』】〕”’…—%％ ")) <= ems
        for line in lines
    )


@given(st.text(max_size=40))
def test_any_step_is_well_formed(text):
    parsed(flowchart([{"step": text, "result": text}], text, prefix="a"))


def test_qr_is_an_inline_picture():
    text = qr_svg(
        "https://example.com/zhinan/guides/620102001000", "扫码 <看>", size=96
    )
    root = parsed(text)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "扫码 <看>"
    assert root.get("width") == "96"
    side = int(root.get("viewBox").split()[2])
    # Version 4 has 33 modules; four more on each side stay white.
    assert (side - 8 - 17) % 4 == 0
    path = root.findall(f"{SVG}path")[1].get("d")
    assert path.startswith("M4 4h7v1h-7z")


def test_qr_too_long():
    with pytest.raises(ValueError, match="too large"):
        qr_svg("x" * 4000, "x")
