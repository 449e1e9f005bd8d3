"""Small workbooks for the tests: one matter with everything that hangs on it."""

from io import BytesIO
from openpyxl import load_workbook
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zhinan.exchange.workbook.layout import Department
from zhinan.exchange.workbook.layout import sheets
from zhinan.exchange.workbook.write import WorkbookWriter
from zhinan.exchange.workbook.write import write_template
from zhinan.rules.records import Place
from zhinan.rules.records import Record

import datetime


DEPARTMENTS = [
    Department("zhujian", "示例市住房和城乡建设局", "市住建局", "11620200000000019K"),
    Department("zwfw", "示例市政务服务中心", "市政务中心", ""),
]
KEY = "621001001000"


def guide(**values: Any) -> Record:
    """A matter with two steps, a legal basis, two materials and a form version."""
    version = Record(
        "FormVersion",
        "2026.1",
        Place(),
        {
            "title": "申请表",
            "form_number": "SL-001",
            "version": "2026.1",
            "in_force_from": datetime.date(2026, 1, 1),
        },
    )
    first = Record(
        "Material",
        "申请表",
        Place(),
        {"title": "申请表", "necessity": "1", "original_count": 2},
        children=[version],
    )
    second = Record(
        "Material", "章程", Place(), {"title": "章程", "necessity": "2"}, children=[]
    )
    own = {
        "title": "施工许可证核发",
        "department": "zhujian",
        "catalog_code": "001001001000",
        "matter_type": "01",
        "visits": 1,
        "online": True,
        "planned_effective": datetime.date(2026, 3, 18),
        "service_targets": ["2", "6"],
        "conditions": ["已经办理用地手续", "已经确定施工企业"],
        "flow": [{"step": "受理", "limit": 1, "unit": "workday"}, {"step": "决定"}],
        "legal_basis": [{"law": "中华人民共和国建筑法", "article": "第七条"}],
        **values,
    }
    return Record("MatterGuide", KEY, Place(), own, children=[first, second])


def written(*records: Record) -> bytes:
    """The workbook of some records."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        writer = WorkbookWriter(path, DEPARTMENTS)
        for record in records:
            writer.add(record)
        writer.close()
        return path.read_bytes()


def template() -> bytes:
    """The empty workbook."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, DEPARTMENTS)
        return path.read_bytes()


class Book:
    """A workbook that is changed by hand, as a stranger does it."""

    def __init__(self, data: bytes | None = None):
        self.book = load_workbook(BytesIO(data or written(guide())))

    def __getitem__(self, name: str) -> Any:
        return self.book[name]

    def column(self, sheet: str, name: str) -> int:
        """Number of a column by its identifier."""
        found = next(s for s in sheets() if s.title == sheet)
        return [head.name for head in found.heads].index(name) + 1

    def cell(self, sheet: str, name: str, row: int = 4) -> Any:
        """A cell by the identifier of its column."""
        return self.book[sheet].cell(row, self.column(sheet, name))

    def data(self) -> bytes:
        """The file."""
        buffer = BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()
