"""Text inside stored files, extracted once for each content."""

from hashlib import sha256
from typing import Any
from zhinan.search.extract import extract


#: Texts that one process keeps; a text is at most a few hundred kilobytes.
KEPT = 1024
_TEXTS: dict[str, str] = {}


def file_text(value: Any, checksum: str = "") -> str:
    """Text of a named file (docx, xlsx, pptx, pdf, plain text), or an empty one.

    ``checksum`` is the file's SHA-256 where it is known already; then a file whose text
    is kept is not even read.
    """
    if checksum and checksum in _TEXTS:
        return _TEXTS[checksum]
    data = value.data
    key = checksum or sha256(data).hexdigest()
    if key not in _TEXTS:
        if len(_TEXTS) >= KEPT:
            _TEXTS.clear()
        _TEXTS[key] = extract(data, value.filename or "").text
    return _TEXTS[key]
