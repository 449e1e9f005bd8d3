"""Text out of files, for the full-text index.

Files come from outside: what they are is decided by their content, not by their name,
and whatever is in them, :func:`extract` returns a state and never raises. Office files
are read member by member with a parser that builds no tree, knows no entities and
fetches nothing; macros and embedded objects are never looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from lxml import etree
from typing import Any
from typing import Literal
from typing import Protocol

import logging
import pypdf
import re
import time
import zipfile


logger = logging.getLogger(__name__)

Kind = Literal[
    "docx", "xlsx", "pptx", "pdf", "ofd", "doc", "text", "png", "jpeg", "unknown"
]


class State(StrEnum):
    """How an extraction ended."""

    OK = "ok"
    EMPTY = "empty"  # nothing in it
    NO_TEXT = "no_text"  # pages, but no text: a scan
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    size: int = 100 * 1024**2  # bytes of the file
    unpacked: int = 50 * 1024**2  # bytes of all members that are read
    members: int = 2000
    ratio: int = 200  # unpacked to packed, for a member of more than 1 MB
    pages: int = 300
    characters: int = 2_000_000  # of text; what is beyond is left out
    seconds: float = 30.0  # for the pages of a PDF, looked at after each page


LIMITS = Limits()


@dataclass(frozen=True)
class Extracted:
    """The text of a file; ``cut`` if a limit left some of it out."""

    text: str
    state: State
    cut: bool = False


class _Refused(Exception):
    """A file goes past a limit, or holds what no honest file holds."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


class _Full(Exception):
    """Enough text was collected."""


# ------------------------------------------------------------------ what is it

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_MARKUP = re.compile(rb"\s*(\{\\rtf|<\?xml|<!doctype|<html|<svg)", re.I)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ROOMS: dict[str, Kind] = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _decode(data: bytes) -> str | None:
    """Text in one of the encodings that Chinese offices use, or None."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _BINARY.search(text) else text
    return None


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:
        # zipfile raises what its many helpers raise; a file it can't list is none.
        return "unknown"
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" in names:
        for room, kind in _ROOMS.items():
            if any(name.startswith(room) for name in names):
                return kind
    return "unknown"


def sniff(data: bytes) -> Kind:
    """What a file is, by its content."""
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data)
    # Up to 1,024 bytes may stand before a PDF's own beginning.
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        return "doc" if _utf16("WordDocument") in data else "unknown"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if _MARKUP.match(data[:256]):
        return "unknown"
    # A character may be cut in two at the end of the part that is looked at.
    head = data[:4096]
    for shorter in range(4 if len(data) > 4096 else 1):
        if head and _decode(head[: len(head) - shorter]) is not None:
            return "text"
    return "unknown"


# ------------------------------------------------------------------ office files


class _Sink:
    """Collects text up to a number of characters."""

    def __init__(self, room: int) -> None:
        self.parts: list[str] = []
        self.room = room

    def add(self, text: str) -> None:
        self.parts.append(text[: self.room])
        self.room -= len(text)
        if self.room < 0:
            raise _Full

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.parts).split("\n"))
        return "\n".join(line for line in lines if line)


class _Target(Protocol):
    """What lxml feeds: it builds no tree, so a large file stays small in memory."""

    def start(self, tag: str, attrib: Any) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, data: str) -> None: ...

    def doctype(self, name: str, public: str | None, system: str | None) -> None: ...

    def close(self) -> None: ...


class _Base:
    def __init__(self) -> None:
        self.keep = False

    def data(self, data: str) -> None:
        if self.keep:
            self.take(data)

    def take(self, data: str) -> None:
        raise NotImplementedError

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        # No office program writes one; it is only good for entities.
        raise _Refused(State.BROKEN)

    def close(self) -> None:
        return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Words(_Base):
    """Word and PowerPoint: runs of text in paragraphs, cells and text boxes."""

    def __init__(self, sink: _Sink) -> None:
        super().__init__()
        self.sink = sink
        self.skipped = 0

    def start(self, tag: str, attrib: Any) -> None:
        name = _local(tag)
        # The fallback repeats a text box for old programs.
        if self.skipped or name == "Fallback":
            self.skipped += 1
            return
        if name == "p":
            self.sink.add("\n")
        elif name in {"tab", "br", "cr"}:
            self.sink.add(" " if name == "tab" else "\n")
        self.keep = name == "t"

    def end(self, tag: str) -> None:
        self.keep = False
        if self.skipped:
            self.skipped -= 1
        elif _local(tag) in {"p", "tc"}:
            self.sink.add("\n")

    def take(self, data: str) -> None:
        self.sink.add(data)


class _Strings(_Base):
    """Excel's shared strings: one for each ``si``, without reading aids."""

    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self.found = found
        self.aside = False

    def start(self, tag: str, attrib: Any) -> None:
        name = _local(tag)
        if name == "si":
            self.found.append("")
        elif name == "rPh":
            self.aside = True
        self.keep = name == "t" and bool(self.found) and not self.aside

    def end(self, tag: str) -> None:
        self.keep = False
        if _local(tag) == "rPh":
            self.aside = False

    def take(self, data: str) -> None:
        self.found[-1] += data


class _Cells(_Base):
    """One sheet of Excel: what its cells show, row by row."""

    def __init__(self, sink: _Sink, strings: list[str]) -> None:
        super().__init__()
        self.sink, self.strings = sink, strings
        self.kind, self.value = "", ""

    def start(self, tag: str, attrib: Any) -> None:
        name = _local(tag)
        if name == "c":
            self.kind, self.value = attrib.get("t", "n"), ""
        self.keep = name in {"v", "t"}

    def end(self, tag: str) -> None:
        name = _local(tag)
        self.keep = False
        if name == "row":
            self.sink.add("\n")
        elif name == "c" and self.kind not in {"e", "b"}:
            text = self.value
            if self.kind == "s":
                index = int(text) if text.strip().isdecimal() else -1
                text = self.strings[index] if 0 <= index < len(self.strings) else ""
            self.sink.add(text.replace("\n", " ") + " ")

    def take(self, data: str) -> None:
        self.value += data


class _Names(_Base):
    """The names of the sheets in a workbook."""

    def __init__(self, sink: _Sink) -> None:
        super().__init__()
        self.sink = sink

    def start(self, tag: str, attrib: Any) -> None:
        if _local(tag) == "sheet":
            self.sink.add(attrib.get("name", "") + "\n")

    def end(self, tag: str) -> None:
        return None


def _parse(data: bytes, target: _Target) -> None:
    parser = etree.XMLParser(
        target=target,  # type: ignore[arg-type]
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    for start in range(0, len(data), 65536):
        parser.feed(data[start : start + 65536])
    parser.close()


class _Archive:
    """A ZIP that is read within limits, whatever its directory claims."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.zip = zipfile.ZipFile(BytesIO(data))
        self.limits, self.left = limits, limits.unpacked
        infos = self.zip.infolist()
        if len(infos) > limits.members:
            raise _Refused(State.TOO_LARGE)
        if sum(info.file_size for info in infos) > limits.unpacked:
            raise _Refused(State.TOO_LARGE)
        self.names = list(dict.fromkeys(info.filename for info in infos))

    def read(self, name: str) -> bytes:
        info = self.zip.getinfo(name)
        if info.flag_bits & 0x1:
            raise _Refused(State.ENCRYPTED)
        packed = max(info.compress_size, 1)
        if info.file_size > 1024**2 and info.file_size > self.limits.ratio * packed:
            raise _Refused(State.TOO_LARGE)
        with self.zip.open(info) as member:
            data = member.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise _Refused(State.TOO_LARGE)
        return data

    def matching(self, pattern: str) -> Iterator[str]:
        """Members by the number in their name: slide2 before slide10."""
        found = [(m, n) for n in self.names if (m := re.fullmatch(pattern, n))]

        def order(item: tuple[re.Match[str], str]) -> tuple[str, int, str]:
            number = re.search(r"(\d{1,9})\.xml$", item[1])
            kind = item[0].group(1) if item[0].re.groups else ""
            return (kind, int(number[1]) if number else 0, item[1])

        return (name for _, name in sorted(found, key=order))


def _docx(archive: _Archive, sink: _Sink) -> None:
    for part in ("document", "header|footer|footnotes|endnotes|comments"):
        for name in archive.matching(rf"word/({part})\d*\.xml"):
            _parse(archive.read(name), _Words(sink))


def _pptx(archive: _Archive, sink: _Sink) -> None:
    for folder, part in (("slides", "slide"), ("notesSlides", "notesSlide")):
        for name in archive.matching(rf"ppt/{folder}/({part})\d+\.xml"):
            _parse(archive.read(name), _Words(sink))


def _xlsx(archive: _Archive, sink: _Sink) -> None:
    strings: list[str] = []
    for name in archive.matching(r"xl/(sharedStrings)\.xml"):
        _parse(archive.read(name), _Strings(strings))
    for name in archive.matching(r"xl/(workbook)\.xml"):
        _parse(archive.read(name), _Names(sink))
    for name in archive.matching(r"xl/worksheets/(sheet)\d+\.xml"):
        _parse(archive.read(name), _Cells(sink, strings))


_OFFICE = {"docx": _docx, "xlsx": _xlsx, "pptx": _pptx}


def _office(kind: str, data: bytes, limits: Limits) -> Extracted:
    sink, cut = _Sink(limits.characters), False
    try:
        _OFFICE[kind](_Archive(data, limits), sink)
    except _Full:
        cut = True
    text = sink.text()
    return Extracted(text, State.OK if text else State.EMPTY, cut)


# ------------------------------------------------------------------ PDF and text


def _pdf(data: bytes, limits: Limits) -> Extracted:
    reader = pypdf.PdfReader(BytesIO(data), strict=False)
    # Many files only forbid changes: they open with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise _Refused(State.ENCRYPTED)
    deadline = time.monotonic() + limits.seconds
    sink, cut, failed = _Sink(limits.characters), False, 0
    count = len(reader.pages)
    try:
        for number in range(count):
            if number >= limits.pages or time.monotonic() > deadline:
                cut = True
                break
            try:
                sink.add(reader.pages[number].extract_text() + "\n")
            except _Full:
                raise
            except Exception:
                # One broken page does not take the others with it.
                failed += 1
    except _Full:
        cut = True
    text = sink.text()
    if text:
        return Extracted(text, State.OK, cut or failed > 0)
    if failed:
        raise _Refused(State.BROKEN)
    return Extracted("", State.NO_TEXT if count else State.EMPTY, cut)


def _plain(data: bytes, limits: Limits) -> Extracted:
    text = _decode(data)
    if text is None:
        raise _Refused(State.BROKEN)
    cut = len(text) > limits.characters
    sink = _Sink(limits.characters)
    sink.add(text[: limits.characters])
    text = sink.text()
    return Extracted(text, State.OK if text else State.EMPTY, cut)


# ------------------------------------------------------------------ the whole


_PROMISES = re.compile(
    r"docx|xlsx|pptx|docm|xlsm|pptm|pdf|wordprocessing|spreadsheet|presentation", re.I
)


def _unknown(data: bytes, name: str) -> State:
    """Why a file of unknown kind gives no text."""
    if data.startswith(_OLE) and _utf16("EncryptedPackage") in data:
        # Office wraps a file with a password in the older format.
        return State.ENCRYPTED
    if data.startswith(b"PK") and _zip_unreadable(data):
        return State.BROKEN
    return State.BROKEN if _PROMISES.search(name) else State.UNSUPPORTED


def _zip_unreadable(data: bytes) -> bool:
    try:
        zipfile.ZipFile(BytesIO(data)).close()
    except Exception:
        return True
    return False


def _extract(data: bytes, name: str, limits: Limits) -> Extracted:
    if not data:
        return Extracted("", State.EMPTY)
    if len(data) > limits.size:
        return Extracted("", State.TOO_LARGE)
    kind = sniff(data)
    if kind in _OFFICE:
        return _office(kind, data, limits)
    if kind == "pdf":
        return _pdf(data, limits)
    if kind == "text":
        return _plain(data, limits)
    if kind == "unknown":
        return Extracted("", _unknown(data, name))
    return Extracted("", State.UNSUPPORTED)


def extract(data: bytes, name: str = "", limits: Limits = LIMITS) -> Extracted:
    """The text of a file for the index.

    ``name`` is the file's name or content type. It never decides how a file is read,
    only whether one that can't be read is called broken or unsupported.
    """
    try:
        return _extract(data, name, limits)
    except _Refused as refused:
        return Extracted("", refused.state)
    except Exception:
        # The libraries raise whatever a hostile file makes them raise, and indexing
        # must go on; RecursionError and MemoryError are among it.
        logger.info("No text from a broken file %r", name, exc_info=True)
        return Extracted("", State.BROKEN)


__all__ = ["LIMITS", "Extracted", "Limits", "State", "extract", "sniff"]
