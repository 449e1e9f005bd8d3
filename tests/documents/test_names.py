"""File names, header values and sizes."""

from hypothesis import given
from hypothesis import strategies as st
from urllib.parse import unquote
from zhinan.documents.names import content_disposition
from zhinan.documents.names import file_kind
from zhinan.documents.names import form_filename
from zhinan.documents.names import human_size
from zhinan.documents.names import numbered
from zhinan.documents.names import safe_name
from zhinan.documents.names import split_name

import pytest
import unicodedata


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("申请表.docx", "申请表.docx"),
        ("甲/乙\\丙:丁.pdf", "甲／乙＼丙：丁.pdf"),
        ('a*b?"<>|', "a＊b？＂＜＞｜"),
        ("..", "_"),
        (".隐藏", "隐藏"),
        ("末尾. . ", "末尾"),
        ("行\n一\t二", "行 一 二"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("console.txt", "console.txt"),
        ("txt.\u202eexe", "txt.exe"),
        ("\x00\x07", "_"),
        ("", "_"),
        ("Ａ表", "Ａ表"),
        ("e\u0301", "é"),
    ],
)
def test_safe_name(text, name):
    assert safe_name(text) == name


@given(st.text(max_size=300))
def test_any_text_becomes_a_name(text):
    name = safe_name(text)
    assert 1 <= len(name) <= 100
    assert len(name.encode()) <= 240
    assert not set(name) & set('/\\:*?"<>|')
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name)
    assert safe_name(name) == name


def test_long_names_keep_extension_and_kind():
    name = form_filename("长" * 300, "sample", "2024.1")
    assert name.endswith("长（样表 2024.1版）.docx")
    assert len(name.encode()) <= 240


def test_form_filename():
    title = "企业投资项目备案申请表"
    assert form_filename(title, "blank") == "企业投资项目备案申请表（空白表）.docx"
    assert form_filename(title, "sample") == "企业投资项目备案申请表（样表）.docx"
    old = form_filename(title, "blank", "2024.1", "pdf")
    assert old == "企业投资项目备案申请表（空白表 2024.1版）.pdf"


def test_split_name():
    assert split_name("表.v2.docx") == ("表.v2", ".docx")
    assert split_name("2024.1版") == ("2024.1版", "")
    assert split_name(".docx") == (".docx", "")


def test_numbered():
    assert numbered(1, "申请表") == "01 申请表"
    assert numbered(7, "a/b", 120) == "007 a／b"


def test_content_disposition():
    value = content_disposition("申请表（空白表）.docx")
    assert value.startswith('attachment; filename="download.docx"; ')
    assert value.endswith(
        "filename*=UTF-8''%E7%94%B3%E8%AF%B7%E8%A1%A8%EF%BC%88"
        "%E7%A9%BA%E7%99%BD%E8%A1%A8%EF%BC%89.docx"
    )
    plain = content_disposition("form 1.pdf", attachment=False)
    assert plain == "inline; filename=\"form 1.pdf\"; filename*=UTF-8''form%201.pdf"


@given(st.text(max_size=120))
def test_header_cannot_be_split(text):
    value = content_disposition(text)
    assert value.isascii()
    assert not set(value) & set("\r\n\x00")
    assert value.count('"') == 2
    assert unquote(value.split("UTF-8''")[1]) == safe_name(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "1 KB"),
        (1, "1 KB"),
        (1024, "1 KB"),
        (21_400, "21 KB"),
        (1023 * 1024, "1023 KB"),
        (1024**2 - 1, "1.0 MB"),
        (1_468_006, "1.4 MB"),
        (1024**3 - 1, "1.0 GB"),
        (3 * 1024**3, "3.0 GB"),
    ],
)
def test_human_size(size, text):
    assert human_size(size) == text


def test_file_kind():
    assert file_kind("申请表.docx") == "DOCX"
    assert file_kind("a.b.Pdf") == "PDF"
    assert file_kind("无") == ""
