"""File names that people can read and every system can store."""

from .words import words
from pathlib import PurePosixPath
from urllib.parse import quote

import re
import unicodedata


MAX_CHARACTERS = 100
#: Common file systems hold 255 bytes; a copy program may add a few of its own.
MAX_BYTES = 240
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.I)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
#: RFC 5987, attr-char: what may stand unescaped in an extended value.
_ATTR_CHAR = "!#$&+-.^_`|~"


def _full_width(match: re.Match[str]) -> str:
    return chr(ord(match[0]) + 0xFEE0)


def _fits(name: str) -> bool:
    return len(name) <= MAX_CHARACTERS and len(name.encode()) <= MAX_BYTES


def split_name(name: str) -> tuple[str, str]:
    """Stem and extension; only what looks like an extension is one."""
    found = _SUFFIX.search(name)
    cut = found.start() if found and found.start() else len(name)
    return name[:cut], name[cut:]


def safe_name(text: str, *, keep: str = "") -> str:
    """A name for one file or folder on Windows, macOS, Linux and inside a ZIP.

    Characters that some system forbids become their full-width twins, so that the
    name still reads the same. A name that is too long loses characters before its
    extension, and before ``keep`` where the stem ends with that.
    """
    name = unicodedata.normalize("NFC", text)
    # Control, format (bidirectional overrides too), surrogate and private characters.
    name = re.sub("[\t\r\n\u2028\u2029]", " ", name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = _FORBIDDEN.sub(_full_width, name)
    name = re.sub(r"\s+", " ", name).strip(" ").lstrip(". ").rstrip(". ")
    if not name:
        name = "_"
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, suffix = split_name(name)
    tail = keep if keep and stem.endswith(keep) else ""
    stem = stem[: len(stem) - len(tail)]
    while stem and not _fits(stem + tail + suffix):
        stem = stem[:-1].rstrip(". ")
    return stem + tail + suffix


def numbered(number: int, title: str, total: int = 99) -> str:
    """A folder name that keeps the order of a list: ``01 name``."""
    digits = max(2, len(str(total)))
    return safe_name(f"{number:0{digits}d} {title}")


def form_filename(title: str, kind: str, version: str = "", ext: str = "docx") -> str:
    """The name under which people get a form.

    ``kind`` is ``blank`` or ``sample``; a version is named where it is an older one.
    """
    kinds = words("kinds")
    pattern = kinds["versioned" if version else "name"]
    # The extension is not part of the pattern's text, so that a title that ends in
    # something like an extension is not taken for one.
    tail = pattern.format(title="", kind=kinds[kind], version=version)
    name = safe_name(f"{title}{tail}.{ext}", keep=tail)
    return name


def content_disposition(filename: str, *, attachment: bool = True) -> str:
    """The header value (RFC 6266) that saves a file under this name.

    Old clients get an ASCII name; all others take the UTF-8 one.
    """
    name = safe_name(filename)
    fallback = name if name.isascii() else "download" + split_name(name)[1]
    fallback = re.sub(r"[^A-Za-z0-9._ ()+-]", "_", fallback)
    kind = "attachment" if attachment else "inline"
    return (
        f'{kind}; filename="{fallback}"; '
        f"filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
    )


def human_size(size: int) -> str:
    """A number of bytes for people: ``21 KB``, ``1.4 MB``; at least 1 KB."""
    kilobytes = max(1, (size + 512) // 1024)
    if kilobytes < 1024:
        return f"{kilobytes} KB"
    if size < 1024**3 * 0.99995:
        return f"{size / 1024**2:.1f} MB"
    return f"{size / 1024**3:.1f} GB"


def file_kind(filename: str) -> str:
    """The kind of a file by its name, as people know it: ``DOCX``."""
    return PurePosixPath(filename).suffix.lstrip(".").upper()
