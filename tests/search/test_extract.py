"""Text out of files: honest ones, odd ones and hostile ones."""

from collections.abc import Iterator
from docx import Document
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from io import BytesIO
from zhinan.search.extract import extract
from zhinan.search.extract import Limits
from zhinan.search.extract import sniff
from zhinan.search.extract import State

import openpyxl
import pypdf
import pytest
import zipfile


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def zipped(**members: str | bytes) -> bytes:
    """An archive; __ in a name stands for a slash and ___ for a dot."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, data in members.items():
            archive.writestr(name.replace("___", ".").replace("__", "/"), data)
    return buffer.getvalue()


def word(body: str, head: str = "") -> bytes:
    text = f'{head}<w:document xmlns:w="{W}" xmlns:mc="{MC}">{body}</w:document>'
    return zipped(word__document___xml=text)


def word_file() -> bytes:
    document = Document()
    document.add_heading("工程建设项目", 1)
    document.add_paragraph("第一段\t有制表符")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "左格", "右格"
    document.sections[0].header.paragraphs[0].text = "页眉文字"
    document.sections[0].footer.paragraphs[0].text = "页脚文字"
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def sheet_file() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "收费表"
    book.active.append(["项目", "金额", "项目"])
    book.active.append(["不动产登记费", 80, True])
    book.create_sheet("第二张").append(["另一张的字"])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def slides_file() -> bytes:
    def slide(text: str) -> str:
        return (
            f'<p xmlns="{A}"><a:p xmlns:a="{A}"><a:r><a:t>{text}</a:t></a:r></a:p></p>'
        )

    return zipped(
        ppt__slides__slide10___xml=slide("第十页"),
        ppt__slides__slide2___xml=slide("第二页"),
        ppt__notesSlides__notesSlide1___xml=slide("备注"),
    )


def pdf_file(text: str = "Zhinan", password: str = "", pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(300, 300)
        if text:
            stream = pypdf.generic.DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
            font = pypdf.generic.DictionaryObject(
                {
                    pypdf.generic.NameObject("/Type"): pypdf.generic.NameObject(
                        "/Font"
                    ),
                    pypdf.generic.NameObject("/Subtype"): pypdf.generic.NameObject(
                        "/Type1"
                    ),
                    pypdf.generic.NameObject("/BaseFont"): pypdf.generic.NameObject(
                        "/Helvetica"
                    ),
                }
            )
            page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
            page[pypdf.generic.NameObject("/Resources")] = (
                pypdf.generic.DictionaryObject(
                    {
                        pypdf.generic.NameObject(
                            "/Font"
                        ): pypdf.generic.DictionaryObject(
                            {pypdf.generic.NameObject("/F1"): font}
                        )
                    }
                )
            )
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


# ------------------------------------------------------------------ honest files


def test_word():
    found = extract(word_file(), "申请表.docx")
    assert found.state is State.OK
    lines = found.text.split("\n")
    assert lines[:4] == ["工程建设项目", "第一段 有制表符", "左格", "右格"]
    assert {"页眉文字", "页脚文字"} <= set(lines)


def test_text_box_comes_once():
    box = "<w:txbxContent><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:txbxContent>"
    data = word(
        "<w:p><w:r><w:t>框外</w:t><mc:AlternateContent>"
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>之后</w:t></w:r></w:p>"
    )
    assert extract(data).text == "框外\n框里\n之后"


def test_deleted_text_and_field_codes_stay_out():
    data = word(
        "<w:p><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>留下</w:t></w:r></w:p>"
    )
    assert extract(data).text == "留下"


def test_macros_are_not_looked_at():
    document = f'<d xmlns:w="{W}"><w:p><w:r><w:t>正文</w:t></w:r></w:p></d>'
    data = zipped(word__document___xml=document, word__vbaProject___bin=b"\x00AutoOpen")
    assert sniff(data) == "docx"
    assert extract(data, "a.docm").text == "正文"


def test_sheets():
    found = extract(sheet_file(), "收费.xlsx")
    assert found.state is State.OK
    assert found.text.split("\n") == [
        "收费表",
        "第二张",
        "项目 金额 项目",
        "不动产登记费 80",
        "另一张的字",
    ]


def test_slides_in_order():
    assert extract(slides_file()).text == "第二页\n第十页\n备注"


def test_pdf():
    assert extract(pdf_file()) == extract(pdf_file(), "wrong.docx")
    assert extract(pdf_file()).text == "Zhinan"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text(encoding):
    found = extract("第一行\r\n第二行：办理".encode(encoding), "说明.txt")
    assert found.text == "第一行\n第二行：办理"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_long_plain_text(encoding):
    data = ("a" + "办事指南" * 5000).encode(encoding)
    for shift in range(4):
        assert sniff(b"a" * shift + data) == "text"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (word_file(), "docx"),
        (sheet_file(), "xlsx"),
        (slides_file(), "pptx"),
        (pdf_file(), "pdf"),
        (zipped(OFD___xml="<x/>"), "ofd"),
        (OLE + "WordDocument".encode("utf-16-le"), "doc"),
        (OLE + "Workbook".encode("utf-16-le"), "unknown"),
        ("文字".encode(), "text"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpeg"),
        (zipped(a="x"), "unknown"),
        (b"<html><body>", "unknown"),
        (b"{\\rtf1 x}", "unknown"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"", "unknown"),
    ],
)
def test_sniff(data, kind):
    assert sniff(data) == kind


# ------------------------------------------------------------------ states


@pytest.mark.parametrize(
    ("data", "name", "state"),
    [
        (b"", "a.txt", State.EMPTY),
        (b"  \n ", "a.txt", State.EMPTY),
        (word(""), "a.docx", State.EMPTY),
        (pdf_file(""), "scan.pdf", State.NO_TEXT),
        (pdf_file(password="secret"), "a.pdf", State.ENCRYPTED),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", State.ENCRYPTED),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", State.UNSUPPORTED),
        (zipped(OFD___xml="<x/>"), "a.ofd", State.UNSUPPORTED),
        (b"\x89PNG\r\n\x1a\n....", "a.png", State.UNSUPPORTED),
        (zipped(a="x"), "a.zip", State.UNSUPPORTED),
        (word_file()[:-200], "a.docx", State.BROKEN),
        (word_file()[:2000], "", State.BROKEN),
        (b"\x00\x01 no document", "a.docx", State.BROKEN),
        (b"%PDF-1.7 and then nothing", "a.pdf", State.BROKEN),
        (pdf_file()[:150], "a.pdf", State.BROKEN),
        (word("<w:p>"), "a.docx", State.BROKEN),
        (zipped(word__document___xml=b"\x00\xff"), "a.docx", State.BROKEN),
    ],
)
def test_states(data, name, state):
    found = extract(data, name)
    assert found.state is state
    assert found.text == ""


def test_content_decides_not_the_name():
    assert extract(word_file(), "a.pdf").state is State.OK
    assert extract("文字".encode(), "a.docx").text == "文字"


# ------------------------------------------------------------------ hostile files


def test_outside_entity_is_not_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("机密")
    head = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    found = extract(word("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", head))
    assert found.state is State.BROKEN
    assert "机密" not in found.text


def test_entity_bomb():
    head = '<!DOCTYPE d [<!ENTITY a0 "笑">'
    for n in range(1, 20):
        head += f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'
    found = extract(word("<w:p><w:r><w:t>&a19;</w:t></w:r></w:p>", head + "]>"))
    assert found.state is State.BROKEN


def bombs() -> Iterator[bytes]:
    zeros = b" " * (8 * 1024**2)
    yield word(f"<w:p>{zeros.decode()}</w:p>")
    yield zipped(
        **{f"word__x{n}___xml": zeros for n in range(7)}, word__document___xml=""
    )


@pytest.mark.parametrize("data", list(bombs()))
def test_zip_bombs(data):
    assert len(data) < 100_000
    assert extract(data).state is State.TOO_LARGE


def test_a_directory_that_lies_about_sizes():
    data = bytearray(word(f"<w:p>{' ' * 400_000}</w:p>"))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert extract(bytes(data)).state in {State.BROKEN, State.TOO_LARGE}


def test_limits():
    many = zipped(word__document___xml="", **{f"x{n}": "" for n in range(30)})
    assert extract(many, limits=Limits(members=20)).state is State.TOO_LARGE
    assert extract(word_file(), limits=Limits(size=100)).state is State.TOO_LARGE
    assert extract(word_file(), limits=Limits(unpacked=100)).state is State.TOO_LARGE
    short = extract(word_file(), limits=Limits(characters=4))
    assert (short.text, short.state, short.cut) == ("工程建", State.OK, True)
    pages = extract(pdf_file(pages=3), limits=Limits(pages=2))
    assert (pages.text, pages.cut) == ("Zhinan\nZhinan", True)
    late = extract(pdf_file(pages=3), limits=Limits(seconds=-1))
    assert (late.text, late.cut) == ("", True)


def test_deep_nesting():
    depth = 40_000
    data = word("<w:p>" * depth + "</w:p>" * depth)
    assert extract(data).state in {State.BROKEN, State.EMPTY}


def test_page_tree_that_bites_its_tail():
    data = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[2 0 R]/Count 1>> endobj
trailer <</Root 1 0 R>>
%%EOF"""
    assert extract(data).text == ""


SAMPLES = [word_file(), sheet_file(), slides_file(), pdf_file()]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30),
    st.floats(0.1, 1),
)
def test_damaged_files_never_raise(data, changes, length):
    damaged = bytearray(data)
    for place, value in changes:
        damaged[int(place * (len(damaged) - 1))] = value
    assert extract(bytes(damaged[: int(len(damaged) * length)])).state in State


@given(st.binary(max_size=400))
def test_any_bytes_never_raise(data):
    found = extract(data, "a.docx")
    assert isinstance(found.state, State)
