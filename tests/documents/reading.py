"""Reading Word files as a person would, and as their XML."""

from docx import Document
from io import BytesIO

import re
import zipfile


def member(data: bytes, name: str) -> str:
    """One part of a Word file as text."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def body_text(data: bytes) -> str:
    """All text of the body with tables, as python-docx reads it."""
    document = Document(BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            # A cell that spans columns comes once for each of them.
            cells = dict.fromkeys(cell._tc for cell in row.cells)
            lines += ["\n".join(p.text for p in tc.p_lst) for tc in cells]
    return "\n".join(lines)


def squeezed(text: str) -> str:
    """Text without white space, for comparison across line breaks."""
    return re.sub(r"\s", "", text)


def headers(data: bytes) -> list[str]:
    """The XML of each header."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [
            archive.read(name).decode()
            for name in archive.namelist()
            if re.fullmatch(r"word/header\d*\.xml", name)
        ]
