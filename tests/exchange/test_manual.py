"""The manual of the exchange says what the code does."""

from pathlib import Path
from zhinan.exchange.package import read_json
from zhinan.exchange.workbook.container import CELL_LIMIT
from zhinan.exchange.workbook.container import COLUMN_LIMIT
from zhinan.exchange.workbook.container import FILE_LIMIT
from zhinan.exchange.workbook.layout import sheets
from zhinan.rules.interchange import json_schema
from zhinan.rules.interchange import VERSION

import json
import jsonschema
import re


MANUAL = Path(__file__).parents[2] / "docs" / "exchange.md"


def columns() -> str:
    """The table of all sheets and columns."""
    lines = ["| 工作表 | 标识 | 栏目（标识） |", "|---|---|---|"]
    for sheet in sheets():
        heads = "、".join(
            f"{'**' if head.required else ''}{head.title}"
            f"{'**' if head.required else ''}（`{head.name}`）"
            for head in sheet.heads
        )
        lines.append(f"| {sheet.title} | `#{sheet.id}` | {heads} |")
    return "\n".join(lines)


def test_every_column_is_told():
    """The table of the manual is that of the code."""
    assert columns() in MANUAL.read_text(encoding="utf-8")


def test_the_example_is_one():
    """The document in the manual follows the schema and is read without a finding."""
    text = MANUAL.read_text(encoding="utf-8")
    example = re.search(r"```json\n(\{.*?\n\})\n```", text, re.S)[1]
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(example))
    records = list(read_json(example.encode()))
    assert [r.findings for r in records] == [[]] * len(records)
    assert len(records[1].children[0].children) == 1


def test_numbers_of_the_manual():
    """Version and bounds."""
    text = MANUAL.read_text(encoding="utf-8")
    assert f"`version` 是 {VERSION}" in text
    assert f"{FILE_LIMIT // 1024**2} MB" in text
    assert f"{CELL_LIMIT // 10_000} 万个单元格" in text
    assert f"{COLUMN_LIMIT} 列" in text
