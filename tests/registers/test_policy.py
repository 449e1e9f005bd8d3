"""Policy documents: their number, and what their files say."""

from io import BytesIO
from openpyxl import Workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.namedfile.file import NamedBlobFile
from zhinan.search.splitter import query

import docx
import pytest


WORD = "骆驼草滩防风林"


def as_docx():
    """A Word file that says the word."""
    document = docx.Document()
    document.add_paragraph(f"关于{WORD}的说明。")
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_xlsx():
    """A spreadsheet that says the word."""
    book = Workbook()
    book.active["B2"] = WORD
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_text():
    """A plain text in the encoding of older offices."""
    return WORD.encode("gb18030")


@pytest.fixture
def policy(integration):
    """A policy document without files."""
    login(integration["app"], SITE_OWNER_NAME)
    return api.content.create(
        integration["portal"].policies,
        "PolicyDocument",
        title="测试文件",
        document_number="甘政办发[2019]010号",
        issuing_body="测试局",
    )


def found():
    """What the full text finds."""
    catalog = api.portal.get_tool("portal_catalog")
    return [brain.Title for brain in catalog(SearchableText=query(WORD))]


def test_number_is_kept_in_its_normal_form(policy):
    """However it was typed, and findable as such."""
    assert policy.document_number == "甘政办发〔2019〕10号"
    catalog = api.portal.get_tool("portal_catalog")
    assert catalog(document_number="甘政办发〔2019〕10号")


@pytest.mark.parametrize(
    ("name", "data"),
    [("说明.docx", as_docx), ("清单.xlsx", as_xlsx), ("说明.txt", as_text)],
)
def test_a_document_is_found_by_its_file(policy, name, data):
    """From the moment the file is there until it is gone."""
    assert found() == []
    item = api.content.create(
        policy, "File", title="附件", file=NamedBlobFile(data(), filename=name)
    )
    assert "测试文件" in found()
    api.content.delete(item)
    assert "测试文件" not in found()
