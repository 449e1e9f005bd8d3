"""JSON Lines as bytes: one object a line, and what is wrong with the file or a line."""

from .codes import Problem
from .records import SourceRefused
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from typing import BinaryIO

import codecs
import json


#: Longest line and greatest number of lines that are read.
LONGEST_LINE = 4 << 20
MOST_LINES = 100_000
_CHUNK = 1 << 20
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Line:
    """One line: its number, the object in it, or why there is none."""

    number: int
    data: dict[str, Any] | None = None
    problem: Problem | None = None
    #: start of a line that could not be read
    text: str = ""
    #: names that stand more than once in the object
    doubled: tuple[str, ...] = ()


def _refuse(id: str, **values: object) -> SourceRefused:
    return SourceRefused(
        Problem("", id, tuple((key, str(value)) for key, value in values.items()))
    )


def check(stream: BinaryIO) -> None:
    """Refuse what is not text in UTF-8; the stream is back at its start afterwards.

    :raises SourceRefused: with one sentence of what it seems to be.
    """
    stream.seek(0)
    head = stream.read(4096)
    if not head.strip():
        raise _refuse("source_empty")
    if head.startswith(b"PK\x03\x04"):
        raise _refuse("source_is_office_file")
    if head.startswith(_MARKS) or head[1:2] == b"\0" or head[:1] == b"\0":
        raise _refuse("source_utf16")
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    while True:
        chunk = stream.read(_CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += chunk[: error.start].count(b"\n")
            raise _not_utf8(stream, line) from None
        if not chunk:
            break
        line += chunk.count(b"\n")
    stream.seek(0)


def _not_utf8(stream: BinaryIO, line: int) -> SourceRefused:
    stream.seek(0)
    sample = stream.read(_CHUNK)
    decoder = codecs.getincrementaldecoder("gb18030")()
    try:
        decoder.decode(sample)
    except UnicodeDecodeError:
        return _refuse("source_not_utf8", line=line)
    return _refuse("source_gbk", line=line)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _read(number: int, text: str) -> Line:
    doubled: tuple[str, ...] = ()

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Called from the inside out, so that the last call is that of the record.
        nonlocal doubled
        found = dict(pairs)
        counted = (
            Counter(key for key, _value in pairs) if len(found) < len(pairs) else {}
        )
        doubled = tuple(key for key, times in counted.items() if times > 1)
        return found

    try:
        data = json.loads(text, parse_constant=_constant, object_pairs_hook=hook)
    except (ValueError, RecursionError) as error:
        problem = Problem(
            "", "source_line_broken", (("column", str(getattr(error, "colno", 1))),)
        )
        return Line(number, problem=problem, text=text[:200])
    if not isinstance(data, dict):
        return Line(number, problem=Problem("", "source_no_object"), text=text[:200])
    return Line(number, data=data, doubled=doubled)


def read(stream: BinaryIO) -> Iterator[Line]:
    """The lines that are not blank, in order.

    :raises SourceRefused: if the file is no JSON Lines at all. It is raised before the
        first line, except for a line or a file that is too long.
    """
    check(stream)
    number, first = 0, True
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise _refuse("source_line_long", line=number, most=LONGEST_LINE >> 20)
        if number > MOST_LINES:
            raise _refuse("source_too_many_lines", most=MOST_LINES)
        text = raw.decode("utf-8").lstrip("\ufeff").strip()
        if not text:
            continue
        line = _read(number, text)
        if first:
            if text.startswith("["):
                raise _refuse("source_json_array")
            if line.data is None:
                raise _refuse("source_not_json_lines", line=number)
            first = False
        yield line
    if first:
        raise _refuse("source_empty")
