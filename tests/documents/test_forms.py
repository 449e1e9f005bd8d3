"""Blank forms and filled samples."""

from .reading import body_text
from .reading import headers
from .reading import member
from .reading import squeezed
from docx import Document
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from io import BytesIO
from zhinan.documents.forms import blank_form
from zhinan.documents.forms import filled_sample
from zhinan.documents.forms import Form
from zhinan.documents.forms import FormError
from zhinan.documents.forms import previous_form

import copy
import datetime
import pytest
import re
import zipfile


MARK = "样表 · 仅供参考"
FONT = re.compile(r"<w:rFonts [^>]*>")


def test_blank_asks_everything_and_answers_nothing(form):
    text = body_text(blank_form(form))
    for label in form.labels():
        assert label in text
    for value in form.values():
        if value not in {"国有", "民营", "外商投资", "营业执照", "章程"}:
            assert value not in text
    assert "☑" not in text
    assert text.count("☐") == 5


def test_sample_is_filled_in(form):
    text = squeezed(body_text(filled_sample(form)))
    for expected in (*form.labels(), *form.values()):
        assert squeezed(expected) in text
    assert text.count("☑") == 3
    assert text.count("☐") == 2
    assert "☑民营" in text
    assert "26000" in text
    assert "2026年10月1日" in text


def test_only_the_sample_is_marked(form):
    (blank,) = headers(blank_form(form))
    (sample,) = headers(filled_sample(form))
    assert MARK in sample
    assert "PowerPlusWaterMarkObject" in sample
    assert 'string="样表"' in sample
    assert "样表" not in blank
    # One header for all pages: none of them can be without the mark.
    document = Document(BytesIO(filled_sample(form)))
    (section,) = document.sections
    assert not section.different_first_page_header_footer
    assert not document.settings.odd_and_even_pages_header_footer


def test_mark_and_values_have_their_colours(form):
    styles = member(filled_sample(form), "word/styles.xml")
    mark = styles[styles.index('w:styleId="SampleMark"') :][:400]
    assert 'w:val="B42318"' in mark
    value = styles[styles.index('w:styleId="SampleValue"') :][:400]
    assert 'w:eastAsia="楷体"' in value
    assert 'w:val="0B5CAB"' in value


def test_same_rows_in_both(form):
    shapes = [
        [
            [len(row.cells) for row in table.rows]
            for table in Document(BytesIO(make(form))).tables
        ]
        for make in (blank_form, filled_sample)
    ]
    assert shapes[0] == shapes[1]


def test_page_number_and_properties(form):
    data = blank_form(form)
    document = Document(BytesIO(data))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert round(section.left_margin.mm) == 20
    header = section.header.paragraphs[0].text
    assert "JYG-FGW-901" in header
    assert "2026.1" in header
    footer = section.footer._element.xml
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    core = document.core_properties
    assert core.title == "企业投资项目备案申请表（空白表）"
    assert core.author == "嘉峪关市发展和改革委员会"
    assert core.language == "zh-CN"
    assert core.created.date() == datetime.date(2026, 9, 1)


def test_every_font_is_named_for_chinese(form):
    data = filled_sample(form)
    styles = member(data, "word/styles.xml")
    found = FONT.findall(styles) + FONT.findall(member(data, "word/document.xml"))
    assert found
    assert all("w:eastAsia=" in font and "Theme" not in font for font in found)
    assert 'w:eastAsia="zh-CN"' in styles


def test_no_unused_parts(form):
    with zipfile.ZipFile(BytesIO(blank_form(form))) as archive:
        names = archive.namelist()
    assert names[0] == "[Content_Types].xml"
    assert not [name for name in names if "customXml" in name or "thumbnail" in name]
    assert len(blank_form(form)) < 20_000


def test_same_input_same_bytes(form):
    for make in (blank_form, filled_sample):
        assert make(form) == make(form)
    assert blank_form(form) != filled_sample(form)
    with zipfile.ZipFile(BytesIO(blank_form(form))) as archive:
        assert {info.date_time for info in archive.infolist()} == {
            (2026, 9, 1, 9, 0, 0)
        }


def test_previous_version(form):
    older = previous_form(form)
    assert older is not None
    assert older.version == "2024.1"
    assert older.in_force_until == datetime.date(2026, 8, 31)
    assert "金额（万元）" in form.labels()
    assert not {"总投资", "金额（万元）", "企业登记类型"} & set(older.labels())
    text = body_text(filled_sample(older))
    assert "自有资金" in text
    assert "\n6000\n" not in text
    assert previous_form(older) is None


def test_previous_version_without_a_whole_section(mapping):
    mapping["previous"]["without"] = ["总投资", "资金类别", "金额（万元）"]
    older = previous_form(Form.from_mapping(mapping))
    assert older is not None
    assert [section.heading for section in older.sections] == ["一、项目单位"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.pop("title"), "title is missing"),
        (lambda m: m.update(sections=[]), "sections is missing"),
        (lambda m: m.update(in_force_from="2026-09-01"), "a date is needed"),
        (lambda m: m.update(colour="red"), "unknown key: colour"),
        (
            lambda m: m["sections"][0]["fields"][1].update(value="集体"),
            r"sections\[1\].fields\[2\].value: not among the options",
        ),
        (
            lambda m: m["sections"][0]["fields"][0].pop("value"),
            r"sections\[1\].fields\[1\]: value is missing",
        ),
        (
            lambda m: m["sections"][0]["fields"][0].update(value=True),
            "text is needed",
        ),
        (
            lambda m: m["sections"][1]["table"]["rows"].append(["一格"]),
            r"rows\[3\]: 2 cells are needed",
        ),
        (lambda m: m["sections"][1].update(fields=[], table=None), "neither fields"),
        (
            lambda m: m["signature"].append({"label": "总投资", "value": "x"}),
            "label stands twice: 总投资",
        ),
        (lambda m: m["previous"].update(without=["没有"]), "no such label: 没有"),
        (
            lambda m: m["previous"].update(in_force_until=datetime.date(2020, 1, 1)),
            "until before from",
        ),
        (lambda m: m.update(signature="张示例"), "a list is needed"),
        (lambda m: m["sections"].append("三"), "a mapping is needed"),
    ],
)
def test_mistakes_are_named(mapping, change, message):
    change(mapping)
    with pytest.raises(FormError, match=message):
        Form.from_mapping(mapping)


BASE = {
    "title": "表",
    "number": "N-1",
    "version": "1",
    "in_force_from": datetime.date(2026, 1, 1),
    "signature": [{"label": "签字", "value": "张"}],
}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(min_size=1, max_size=60).filter(str.strip),
        min_size=1,
        max_size=6,
        unique_by=str.strip,
    )
)
def test_any_text_makes_a_file_that_opens(texts):
    data = copy.deepcopy(BASE)
    data["sections"] = [
        {
            "heading": "一",
            "fields": [{"label": f"{n}", "value": t} for n, t in enumerate(texts)],
        }
    ]
    assert Document(BytesIO(filled_sample(Form.from_mapping(data)))).tables
