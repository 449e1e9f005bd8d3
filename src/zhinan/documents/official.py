"""Texts of official documents as Word files, in the look of GB/T 9704.

Title, body and headings in the customary typefaces and sizes (recalled from
GB/T 9704-2012): body in 仿宋 of 16 points, first headings in 黑体, second in 楷体.
"""

from .docx import append
from .docx import new_document
from .docx import page_numbers
from .docx import paragraph
from .docx import run
from .docx import save
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import datetime


Kind = Literal["h2", "h3", "p"]
_STYLES = {"h2": "TextHeading1", "h3": "TextHeading2", "p": "TextBody"}


@dataclass(frozen=True)
class Block:
    """One paragraph of a text: a first heading, a second heading or plain text."""

    kind: Kind
    text: str


def official_text(
    title: str,
    blocks: Iterable[Block],
    *,
    author: str,
    day: datetime.date,
    lines: Sequence[str] = (),
    note: str = "",
) -> bytes:
    """A text as a Word file.

    ``lines`` stand under the title (document number, issuing body), ``note`` in small
    type at the end. ``day`` is the file's own date: see :func:`.docx.save`.
    """
    parts = [paragraph(run(title), "TextTitle")]
    parts += [paragraph(run(line), "TextMeta") for line in lines if line]
    parts += [paragraph(run(b.text.strip()), _STYLES[b.kind]) for b in blocks]
    if note:
        parts.append(paragraph(run(note), "TextNote"))
    document = new_document()
    append(document.element.body, "".join(parts))
    section = document.sections[0]
    append(section.header._element, paragraph("", "Gap"))
    footer = paragraph(page_numbers(), "Footer", '<w:jc w:val="center"/>')
    append(section.footer._element, footer)
    return save(document, title=title, author=author, day=day)
