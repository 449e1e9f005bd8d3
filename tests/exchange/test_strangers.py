"""Workbooks as strangers return them: each mistake has one sentence and no traceback."""

from .books import Book
from .books import DEPARTMENTS
from .books import guide
from .books import KEY
from .books import template
from .books import written
from collections.abc import Callable
from io import BytesIO
from openpyxl import Workbook
from zhinan.exchange.wording import MESSAGES
from zhinan.exchange.workbook import container
from zhinan.exchange.workbook.read import read
from zhinan.rules.records import Record
from zhinan.rules.records import SourceRefused

import datetime
import pytest
import time
import zipfile


def records(data: bytes) -> list[Record]:
    """Everything that a workbook tells."""
    return list(read(data, DEPARTMENTS))


def findings(data: bytes) -> dict[str, tuple[str, int, int, bool]]:
    """What was found: sheet, row, column and whether it is refused, by id."""
    found = {}
    for record in records(data):
        for finding in record.all_findings():
            place = finding.place
            found[finding.problem.id] = (
                place.sheet,
                place.row,
                place.column,
                finding.refused,
            )
    return found


def matter(data: bytes) -> Record:
    """The one matter of a workbook."""
    return next(r for r in records(data) if r.portal_type == "MatterGuide")


def refused(data: bytes) -> str:
    """Why a workbook is refused as a whole."""
    with pytest.raises(SourceRefused) as caught:
        records(data)
    assert caught.value.problem.id in MESSAGES
    return caught.value.problem.id


# ---------------------------------------------------------------- the whole file


def zipped(**members: bytes) -> bytes:
    """A ZIP file."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_x", ".x"), data)
    return buffer.getvalue()


def replaced(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A good workbook, one part of which was changed."""
    source = zipfile.ZipFile(BytesIO(written(guide())))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            data = source.read(info)
            archive.writestr(info, change(data) if info.filename == part else data)
    return buffer.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
GUIDE_PART = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "workbook_empty"),
        (OLE + b"\0" * 600, "source_old_excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "source_encrypted"),
        ("事项名称,基本编码\n甲,1".encode(), "source_text"),
        ("事项名称,基本编码\n甲,1".encode("gbk"), "source_text"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "source_text"),
        (b"%PDF-1.7\n\0\0\0", "source_not_workbook"),
        (zipped(word__document_xml=b"<a/>"), "source_not_workbook"),
        (zipped(content_xml=b"<a/>"), "source_ods"),
        (zipped(xl__workbook_xml=b"<a/>"), "source_broken"),
        (zipped(xl__workbook_xml=b"<!DOCTYPE a><a/>"), "source_not_workbook"),
        (zipped(xl__workbook_xml="<a/>".encode("utf-16")), "source_not_workbook"),
        (zipped(xl__workbook_xml=b"<a><b"), "source_broken"),
    ],
)
def test_files_that_are_no_workbook(data, reason):
    """Whatever is chosen by mistake is named for what it is."""
    assert refused(data) == reason


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file(share):
    """A download that broke off."""
    data = written(guide())
    assert refused(data[: int(len(data) * share)]) == "source_truncated"


def test_a_damaged_part():
    """Bytes that changed on the way, in any place, are never a traceback."""
    data = bytearray(written(guide()))
    for place in range(200, len(data) - 200, len(data) // 60):
        wrong = bytearray(data)
        wrong[place] ^= 0xFF
        try:
            records(bytes(wrong))
        except SourceRefused as error:
            assert error.problem.id in MESSAGES


def test_a_bomb_and_a_giant(monkeypatch):
    """A small file that unpacks to much, and a file that is large as it is."""
    zeros = zipped(xl__workbook_xml=b"<a/>", xl__big_xml=b" " * (101 * 1024**2))
    assert len(zeros) < 200_000
    assert refused(zeros) == "source_bomb"
    monkeypatch.setattr(container, "UNPACKED_LIMIT", 10_000)
    assert refused(written(guide())) == "source_bomb"
    begin = time.monotonic()
    assert refused(b"PK" + bytes(200 * 1024**2)) == "source_too_large"
    assert time.monotonic() - begin < 1


def test_ten_thousand_columns():
    """Values far to the right are no columns of ours."""
    book = Book()
    for column in range(100, 10_100):
        book["事项"].cell(4, column, "x")
    assert refused(book.data()) == "source_too_many_columns"


def test_a_million_empty_rows():
    """Formatted rows without values are nobody's rows and cost no time."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n)
        for n in range(6, 1_048_577)
    )
    data = replaced(
        GUIDE_PART, lambda text: text.replace(b"</sheetData>", rows + b"</sheetData>")
    )
    begin = time.monotonic()
    assert matter(data).values["title"] == "施工许可证核发"
    assert time.monotonic() - begin < 60


def test_a_value_in_the_last_row():
    """A stray value at the very bottom is found without a million steps."""
    book = Book()
    book["事项"].cell(1_048_576, book.column("事项", "visits"), "走错了")
    begin = time.monotonic()
    assert findings(book.data())["key_missing"][1] == 1_048_576
    assert time.monotonic() - begin < 60


def test_no_sheet_of_ours():
    """Another workbook altogether."""
    book = Workbook()
    book.active["A1"] = "工资表"
    buffer = BytesIO()
    book.save(buffer)
    assert refused(buffer.getvalue()) == "source_no_sheet"


# ------------------------------------------------------------- sheets and columns


def test_the_untouched_template_says_nothing():
    """Head, help and example are no rows."""
    assert records(template()) == []


def test_a_renamed_sheet_and_a_renamed_head():
    """The hidden identifiers know them."""
    book = Book()
    book["事项"].title = "我的事项 (最终版)"
    book["我的事项 (最终版)"].cell(1, 2).value = "名称"
    assert matter(book.data()).values["title"] == "施工许可证核发"


def test_without_the_hidden_row():
    """The words know them, in any order; also a sheet with another name."""
    book = Book()
    for name in ("事项", "申请材料", "表格版本", "办理流程", "设定依据"):
        book[name].delete_rows(2)
    book["事项"].title = "表一"
    found = matter(book.data())
    assert found.values["visits"] == 1
    assert [len(child.children) for child in found.children] == [1, 0]
    assert len(found.values["flow"]) == 2


def test_moved_columns():
    """The order of columns means nothing."""
    book = Book()
    sheet = book["事项"]
    for row in range(1, sheet.max_row + 1):
        a, b = book.column("事项", "title"), book.column("事项", "visits")
        left, right = sheet.cell(row, a).value, sheet.cell(row, b).value
        sheet.cell(row, a).value, sheet.cell(row, b).value = right, left
    found = matter(book.data())
    assert (found.values["title"], found.values["visits"]) == ("施工许可证核发", 1)


@pytest.mark.parametrize("name", ["key", "title", "department"])
def test_a_missing_column_that_is_needed(name):
    """One sentence, and nothing is read."""
    book = Book()
    book["事项"].delete_cols(book.column("事项", name))
    assert refused(book.data()) == "column_missing"


def test_a_missing_column_that_is_not_needed():
    """What is not there is left alone, and the file is told so."""
    book = Book()
    book["事项"].delete_cols(book.column("事项", "visits"))
    found = findings(book.data())
    assert found["columns_left"][0] == "事项"
    assert "visits" not in matter(book.data()).values


def test_a_doubled_column():
    """Which of the two is meant nobody knows."""
    book = Book()
    for row in (1, 2):
        title = book["事项"].cell(row, 2).value
        book["事项"].cell(row, 70).value = title
    assert refused(book.data()) == "column_doubled"


def test_a_head_that_says_two_things():
    """Words and hidden identifier of different columns."""
    book = Book()
    book.cell("事项", "statutory_limit", 1).value = "承诺办结时限"
    assert refused(book.data()) == "column_conflict"


def test_extra_columns():
    """With a head and without, they are named, not read."""
    book = Book()
    book["事项"].cell(1, 80).value = "我的备注"
    book["事项"].cell(4, 80).value = "x"
    book["事项"].cell(4, 82).value = "y"
    found = findings(book.data())
    assert found["column_unknown"][:3] == ("事项", 3, 80) or found["column_unknown"]
    assert found["column_headless"][:3] == ("事项", 4, 82)


def test_a_copied_sheet_and_a_strange_one():
    """Two of one kind are refused, a strange one is named."""
    book = Book()
    book.book.create_sheet("草稿")["A1"] = "x"
    assert findings(book.data())["sheet_unknown"][0] == "草稿"
    book.book.copy_worksheet(book["事项"])
    assert refused(book.data()) == "sheet_doubled"


def test_a_missing_sheet():
    """What its rows would say is left alone."""
    book = Book()
    del book.book["办理流程"]
    found = matter(book.data())
    assert "flow" not in found.values
    assert found.findings == []


# -------------------------------------------------------------------------- rows


def test_blank_rows_hidden_rows_and_copied_heads():
    """They change nothing; of hidden rows the file is told."""
    book = Book()
    book["办理流程"].insert_rows(5, 3)
    for row in (1, 2, 3):
        for column in range(1, 8):
            value = book["办理流程"].cell(row, column).value
            book["办理流程"].cell(row + 10, column).value = value
    book["办理流程"].row_dimensions[4].hidden = True
    found = matter(book.data())
    assert [row["step"] for row in found.values["flow"]] == ["受理", "决定"]
    assert findings(book.data()) == {"hidden_rows": ("办理流程", 4, 0, False)}


def test_the_example_row():
    """Left in, it is ignored; filled in, the file is told."""
    book = Book(template())
    assert records(book.data()) == []
    book.cell("事项", "title").value = "我的事项"
    assert set(findings(book.data())) == {"example_changed"}


def test_keys():
    """Doubled, missing and unknown keys refuse the rows that have them."""
    twice = Book(written(guide(), guide(title="另一事项")))
    found = [r for r in records(twice.data()) if r.portal_type == "MatterGuide"]
    assert [r.refused for r in found] == [True, True]
    unknown = Book()
    unknown.cell("办理流程", "key").value = "不存在"
    unknown.cell("办理流程", "key", 5).value = None
    unknown.cell("申请材料", "key", 5).value = "不存在"
    unknown.cell("表格版本", "number").value = "9"
    lost = [r for r in records(unknown.data()) if r.refused]
    places = {(r.place.sheet, r.place.row, r.findings[-1].problem.id) for r in lost}
    assert places == {
        ("办理流程", 4, "key_unknown"),
        ("办理流程", 5, "key_missing"),
        ("申请材料", 5, "key_unknown"),
        ("表格版本", 4, "key_unknown"),
    }


def test_a_copied_row_with_its_number():
    """The number of the system cannot stand twice."""
    one, two = guide(), guide(title="另一事项")
    one.uid = two.uid = "0123456789abcdef0123456789abcdef"
    two.key = "另一"
    found = findings(written(one, two))
    assert found["uid_doubled"][1:] == (5, 64, True)


def test_materials_are_linked_by_number_or_name():
    """A form version may name its material."""
    book = Book()
    book.cell("表格版本", "number").value = "章程"
    assert [len(m.children) for m in matter(book.data()).children] == [0, 1]


# ------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("name", "value", "format", "wanted"),
    [
        ("planned_effective", "2026/3/18", None, datetime.date(2026, 3, 18)),
        ("planned_effective", "2026年3月18日", None, datetime.date(2026, 3, 18)),
        ("planned_effective", "2026.3.18", None, datetime.date(2026, 3, 18)),
        ("planned_effective", "２０２６－０３－１８", None, datetime.date(2026, 3, 18)),
        ("planned_effective", "20260318", None, datetime.date(2026, 3, 18)),
        ("planned_effective", 46099, "0", datetime.date(2026, 3, 18)),
        (
            "planned_effective",
            datetime.datetime(2026, 3, 18),
            None,
            datetime.date(2026, 3, 18),
        ),
        (
            "planned_effective",
            " 2026-03-18 00:00:00 ",
            None,
            datetime.date(2026, 3, 18),
        ),
        ("visits", 1.0, "0.00", 1),
        ("visits", "１", None, 1),
        ("visits", "\u00a01 ", None, 1),
        ("online", "有", None, True),
        ("online", "√", None, True),
        ("online", "否", None, False),
        ("online", True, None, True),
        ("online", 0, None, False),
        ("matter_type", "行政许可", None, "01"),
        ("matter_type", "01", None, "01"),
        ("matter_type", 1, None, "01"),
        ("matter_type", " 行政许可（01） ", None, "01"),
        ("exercise_level", "镇(乡、街道)级", None, "5"),
        ("service_targets", "企业法人，自然人;6", None, ["2", "1", "6"]),
        ("catalog_code", "００１００１００１０００", None, "001001001000"),
        ("catalog_code", 1001001000, "000000000000", "001001001000"),
        ("title", "\u00a0\u3000施工许可\n证核发 ", None, "施工许可证核发"),
        ("title", 12345, None, "12345"),
        ("title", True, None, "TRUE"),
        ("title", 0.3, "0%", "30%"),
        ("description", "=不是公式", "text", "=不是公式"),
        ("conditions", "甲\n\n 乙 \n", None, ["甲", "乙"]),
        ("department", "市住建局", None, "zhujian"),
        ("department", "11620200000000019K", None, "zhujian"),
        ("department", "zhujian", None, "zhujian"),
        ("co_departments", "市政务中心", None, ["zwfw"]),
        ("consult_phone", "０９３７－００００１０１", None, "0937-0000101"),
        ("visits", None, None, None),
    ],
)
def test_spellings_that_are_taken(name, value, format, wanted):
    """What can mean one thing only is taken."""
    book = Book()
    cell = book.cell("事项", name)
    cell.value = value
    if format == "text":
        cell.data_type = "s"
    elif format:
        cell.number_format = format
    found = matter(book.data())
    assert found.findings == []
    assert found.values[name] == wanted


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("title", "=A1", "cell_formula"),
        ("title", "#REF!", "cell_error"),
        ("title", "甲_x0000_乙", "unprintable"),
        ("uid", "_xD800_", "unprintable"),
        ("uid", "我的编号", "uid_form"),
        ("state", "快好了", "state_unknown"),
        ("title", "长" * 201, "too_long"),
        ("title", datetime.datetime(2026, 3, 18), "cell_date"),
        ("catalog_code", 1234567890123456789, "cell_digits_lost"),
        ("visits", "一次", "not_a_number"),
        ("visits", 1.5, "not_a_number"),
        ("visits", "1次", "not_a_number"),
        ("visits", -1, "number_small"),
        ("visits", 99, "number_big"),
        ("visits", datetime.datetime(2026, 1, 1), "cell_date"),
        ("planned_effective", "3/18/2026", "not_a_date"),
        ("planned_effective", "2026-02-30", "not_a_date"),
        ("planned_effective", "明年", "not_a_date"),
        ("planned_effective", 12, "not_a_date"),
        ("online", "也许", "not_yes_no"),
        ("matter_type", "许可类", "not_in_list"),
        ("service_targets", "企业法人、外星人", "not_in_list"),
        ("co_departments", "没有的部门", "department_unknown"),
        ("consult_phone", "问前台", "not_a_phone"),
        ("online_url", "www.example.com", "not_a_url"),
        ("description", "长" * 32_767, "cell_full"),
    ],
)
def test_cells_that_are_not_taken(name, value, reason):
    """The cell is named and its element left alone; the rest lands."""
    book = Book()
    book.cell("事项", name).value = value
    data = book.data()
    place = ("事项", 4, book.column("事项", name), False)
    assert findings(data) == {reason: place}
    found = matter(data)
    assert name not in found.values
    assert found.values["power_source"] is None
    assert not found.refused
    assert reason in MESSAGES


def test_an_unknown_department_is_left_to_the_site():
    """By its name, or by its credit code."""
    book = Book()
    book.cell("事项", "department").value = "示例市水务局"
    assert matter(book.data()).owner_name == "示例市水务局"
    book.cell("事项", "department").value = "11620200000000027F"
    found = matter(book.data())
    assert found.owner_credit_code == "11620200000000027F"
    assert "department" not in found.values


def test_a_wrong_cell_in_a_list_leaves_the_whole_list():
    """A part of a list would be another list."""
    book = Book()
    book.cell("办理流程", "limit", 5).value = "很快"
    book.cell("设定依据", "law").value = None
    found = matter(book.data())
    assert not {"flow", "legal_basis"} & set(found.values)
    assert {f.problem.id for f in found.findings} == {"not_a_number", "value_missing"}


def test_merged_cells():
    """Only the first cell of a merged range has its value."""
    book = Book(written(guide(), guide(title="另一事项")))
    book.cell("事项", "key", 5).value = "另一"
    column = book.column("事项", "matter_type")
    book["事项"].merge_cells(
        start_row=4, end_row=5, start_column=column, end_column=column
    )
    found = [r for r in records(book.data()) if r.portal_type == "MatterGuide"]
    assert found[0].values["matter_type"] == "01"
    assert "matter_type" not in found[1].values
    assert [f.problem.id for f in found[1].findings] == ["cell_merged"]


def test_the_other_calendar():
    """A workbook that counts its days from 1904."""
    book = Book()
    book.book.epoch = datetime.datetime(1904, 1, 1)
    book.cell("事项", "planned_effective").value = 46099 - 1462
    book.cell("事项", "planned_effective").number_format = "0"
    wanted = datetime.date(2026, 3, 18)
    assert matter(book.data()).values["planned_effective"] == wanted


def test_state_and_key_as_people_write_them():
    """The state by its words; a number as key."""
    book = Book()
    book.cell("事项", "state").value = "已发布"
    for sheet in ("事项", "申请材料", "表格版本", "办理流程", "设定依据"):
        for row in (4, 5):
            if book.cell(sheet, "key", row).value:
                book.cell(sheet, "key", row).value = 1
    found = matter(book.data())
    assert (found.state, found.key) == ("published", "1")
    assert len(found.children) == 2
    assert KEY not in found.key
