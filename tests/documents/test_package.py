"""ZIP packages."""

from hypothesis import given
from hypothesis import strategies as st
from io import BytesIO
from zhinan.documents.package import Entry
from zhinan.documents.package import numbered
from zhinan.documents.package import zip_of

import datetime
import zipfile


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(data))


def test_order_names_and_flag():
    data = zip_of(
        [
            Entry("申请表（空白表）.docx", b"1", (numbered(1, "申请表"),)),
            Entry("申请表（样表）.docx", b"2", (numbered(1, "申请表"),)),
            Entry("readme.txt", b"3"),
        ]
    )
    infos = opened(data).infolist()
    assert [info.filename for info in infos] == [
        "01 申请表/申请表（空白表）.docx",
        "01 申请表/申请表（样表）.docx",
        "readme.txt",
    ]
    assert [bool(info.flag_bits & 0x800) for info in infos] == [True, True, False]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert opened(data).testzip() is None


def test_doubled_names_get_a_number():
    names = ["表.docx", "表.docx", "表.DOCX", "表(2).docx", "2024.1版", "2024.1版"]
    infos = opened(zip_of(Entry(name, b"") for name in names)).infolist()
    assert [info.filename for info in infos] == [
        "表.docx",
        "表(2).docx",
        "表(3).DOCX",
        "表(2)(2).docx",
        "2024.1版",
        "2024.1版(2)",
    ]


def test_long_doubled_names():
    names = {
        i.filename for i in opened(zip_of([Entry("长" * 200, b"")] * 12)).infolist()
    }
    assert len(names) == 12
    assert all(len(name.encode()) <= 240 for name in names)


def test_nothing_climbs_out():
    data = zip_of(
        [
            Entry("../../etc/passwd", b""),
            Entry("x", b"", ("..", "/abs", "C:\\")),
            Entry("", b"", ("",)),
        ]
    )
    for name in opened(data).namelist():
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert "\\" not in name


def test_times_stay_in_the_format():
    moments = [datetime.datetime(1970, 1, 1), datetime.datetime(9999, 1, 1)]
    infos = opened(
        zip_of(Entry(f"{n}", b"", modified=m) for n, m in enumerate(moments))
    ).infolist()
    assert [info.date_time[0] for info in infos] == [1980, 2107]


@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3)),
        max_size=8,
    )
)
def test_any_names_make_a_package(rows):
    entries = [Entry(name, b"x", tuple(folders)) for name, folders in rows]
    data = zip_of(entries)
    names = opened(data).namelist()
    assert len({name.casefold() for name in names}) == len(rows)
    assert all(part not in {"", ".", ".."} for n in names for part in n.split("/"))
    assert zip_of(entries) == data
