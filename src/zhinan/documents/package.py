"""ZIP files with readable Chinese names, safe to unpack and equal when built twice."""

from .names import numbered
from .names import safe_name
from .names import split_name
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

import datetime
import zipfile


#: The earliest time that the format knows, used where no other is given; the latest.
EPOCH = datetime.datetime(1980, 1, 1)
_LAST = datetime.datetime(2107, 12, 31)
_PACKED = frozenset(
    {".docx", ".xlsx", ".pptx", ".ofd", ".pdf", ".zip", ".png", ".jpg", ".jpeg"}
)


@dataclass(frozen=True)
class Entry:
    """One file of a package: folders from the outside in, name and content."""

    name: str
    data: bytes
    folders: tuple[str, ...] = ()
    modified: datetime.datetime = EPOCH


def _info(path: str, moment: datetime.datetime) -> zipfile.ZipInfo:
    moment = min(max(moment.replace(tzinfo=None), EPOCH), _LAST)
    info = zipfile.ZipInfo(path, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def pack(members: Iterable[tuple[str, bytes]], moment: datetime.datetime) -> bytes:
    """An archive of these members in this order, all with the same time."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(_info(name, moment), data, compresslevel=9)
    return buffer.getvalue()


def _unique(path: PurePosixPath, taken: set[str]) -> str:
    """This path, or one with (2), (3) ... that no file system confuses with another."""
    candidate, number = path, 1
    stem, suffix = split_name(path.name)
    while str(candidate).casefold() in taken:
        number += 1
        mark = f"({number})"
        candidate = path.with_name(safe_name(f"{stem}{mark}{suffix}", keep=mark))
    taken.add(str(candidate).casefold())
    return str(candidate)


def zip_of(entries: Iterable[Entry]) -> bytes:
    """A package of these files, in their order.

    Every part of a path is made safe by itself, so that none can climb out of the
    folder into which it is unpacked. Names that are not ASCII are marked as UTF-8.
    """
    taken: set[str] = set()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            folders = [safe_name(folder) for folder in entry.folders]
            path = PurePosixPath(*folders, safe_name(entry.name))
            info = _info(_unique(path, taken), entry.modified)
            if path.suffix.lower() in _PACKED:
                info.compress_type = zipfile.ZIP_STORED
            archive.writestr(info, entry.data)
    return buffer.getvalue()


__all__ = ["EPOCH", "Entry", "numbered", "pack", "zip_of"]
