"""A file that claims to be a workbook, looked over before any of it is parsed.

Everything is bounded here: what unpacks to more than we read, has more cells, or is no
workbook at all, is refused in one sentence. The facts that openpyxl's streaming reader
does not tell (merged cells, hidden rows, the last row with a value) come from a pass
over the bytes of each sheet, which costs a second for a hundred megabytes.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from io import BytesIO
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.cell import range_boundaries
from zhinan.rules.interchange import problem
from zhinan.rules.records import SourceRefused

import re
import zipfile
import zlib


#: Bounds: the file, all parts unpacked, one part that is read as a whole, all cells.
FILE_LIMIT = 64 * 1024**2
UNPACKED_LIMIT = 400 * 1024**2
PART_LIMIT = 100 * 1024**2
PARTS_LIMIT = 2_000
CELL_LIMIT = 2_000_000
COLUMN_LIMIT = 400
_CHUNK = 1 << 20
#: A tag is never longer; what is left of one chunk is joined to the next.
_TAIL = 4096
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b[^/>]*>|<(?:\w+:)?f\b[^>]*/>")
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_WIDE = re.compile(
    rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{2,3})\d+"[^>]*>\s*<(?:\w+:)?(?:v|is|f)\b'
)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.I)


@dataclass
class Facts:
    """What a pass over the bytes of a sheet tells."""

    last_row: int = 0
    cells: int = 0
    #: merged ranges as (first column, first row, last column, last row)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    #: the widest column with a value of those beyond Z
    widest: int = 0
    hidden_rows: list[int] = field(default_factory=list)


def refuse(id: str, **values: object) -> SourceRefused:
    """The refusal of a whole workbook."""
    return SourceRefused(problem("", id, **values))


def megabytes(size: int) -> str:
    """A number of bytes for a sentence."""
    return f"{size / 1024**2:.0f} MB"


@contextmanager
def parsing() -> Iterator[None]:
    """Around calls of openpyxl: whatever it stumbles over is a broken workbook."""
    try:
        yield
    except (SyntaxError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise refuse("source_broken") from error
    except (OSError, EOFError, AssertionError, OverflowError) as error:
        raise refuse("source_broken") from error


def check_size(size: int) -> None:
    """Refuse a file that is too large, before it is read.

    :param size: in bytes.
    """
    if size > FILE_LIMIT:
        raise refuse(
            "source_too_large", size=megabytes(size), limit=megabytes(FILE_LIMIT)
        )


def look_over(data: bytes) -> dict[str, Facts]:
    """Facts of each sheet by the path of its part.

    :raises SourceRefused: if this is no workbook that we read.
    """
    check_size(len(data))
    _kind(data)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise refuse("source_truncated") from error
    with archive:
        return _parts(archive)


def _kind(data: bytes) -> None:
    """Refuse what is no ZIP file, by what it is."""
    if data.startswith(b"PK"):
        return
    if data.startswith(_OLE):
        name = "EncryptedPackage".encode("utf-16-le")
        raise refuse("source_encrypted" if name in data else "source_old_excel")
    if not data:
        raise refuse("workbook_empty")
    if b"\x00" not in data[:4096] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("source_text")
    raise refuse("source_not_workbook")


def _parts(archive: zipfile.ZipFile) -> dict[str, Facts]:
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if len(infos) > PARTS_LIMIT:
        raise refuse("source_bomb", limit=megabytes(UNPACKED_LIMIT))
    if any(info.flag_bits & 1 for info in infos):
        raise refuse("source_encrypted")
    if "xl/workbook.bin" in names:
        raise refuse("source_xlsb")
    if "xl/workbook.xml" not in names:
        found = "source_ods" if "content.xml" in names else "source_not_workbook"
        raise refuse(found)
    if sum(info.file_size for info in infos) > UNPACKED_LIMIT:
        raise refuse("source_bomb", limit=megabytes(UNPACKED_LIMIT))
    found = {}
    cells = 0
    for info in infos:
        if not info.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        sheet = _SHEET.match(info.filename)
        if info.file_size > PART_LIMIT and not sheet:
            raise refuse("source_bomb", limit=megabytes(PART_LIMIT))
        facts = _pass(archive, info)
        if sheet:
            found[info.filename] = facts
            cells += facts.cells
    widest = max((facts.widest for facts in found.values()), default=0)
    if widest > COLUMN_LIMIT:
        raise refuse("source_too_many_columns", columns=widest, limit=COLUMN_LIMIT)
    if cells > CELL_LIMIT:
        raise refuse("source_too_many_cells", cells=cells, limit=CELL_LIMIT)
    return found


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part; each chunk ends where a tag ends."""
    rest = b""
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                chunk = rest + chunk
                cut = chunk.rfind(b">") + 1
                if len(chunk) - cut > _TAIL and b"<" not in chunk[cut:]:
                    # A long text: no tag is in it.
                    cut = len(chunk)
                rest = chunk[cut:]
                yield chunk[:cut]
        yield rest
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refuse("source_truncated") from error


def _pass(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Facts:
    """Look once over a part; only a sheet has rows."""
    facts = Facts()
    row = since = 0
    first = True
    for chunk in _chunks(archive, info):
        if first:
            first = False
            # Nothing of ours needs a declaration or another encoding; both hide bombs.
            if b"\x00" in chunk[:200]:
                raise refuse("source_not_workbook")
        if _DECLARATION.search(chunk):
            raise refuse("source_not_workbook")
        starts, numbers = [0], [row]
        for match in _ROW.finditer(chunk):
            number = _NUMBER.search(match[1])
            row = int(number[1]) if number else row + 1
            starts.append(match.start())
            numbers.append(row)
            if _HIDDEN.search(match[1]) and len(facts.hidden_rows) < 1000:
                facts.hidden_rows.append(row)
        last = next(iter(deque(_VALUE.finditer(chunk), maxlen=1)), None)
        if last is not None:
            facts.last_row = max(
                facts.last_row, numbers[bisect_right(starts, last.start()) - 1]
            )
            # Cells behind the last value are formatted and empty: nobody reads them.
            facts.cells += since + len(_CELL.findall(chunk, 0, last.end()))
            since = len(_CELL.findall(chunk, last.end()))
        else:
            since += len(_CELL.findall(chunk))
        columns = set(_WIDE.findall(chunk))
        facts.widest = max(
            facts.widest, *(column_index_from_string(c.decode()) for c in columns), 0
        )
        for match in _MERGE.finditer(chunk):
            if len(facts.merged) < 10_000:
                facts.merged.append(range_boundaries(match[1].decode()))
    return facts
