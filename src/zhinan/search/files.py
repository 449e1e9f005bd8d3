"""Text inside stored files, extracted once for each content, and what they are."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from zhinan.search.extract import extract
from zhinan.search.extract import sniff


#: Texts that one process keeps; a text is at most a few hundred kilobytes.
KEPT = 1024


@dataclass(frozen=True)
class Look:
    """What a file is by its content, how its extraction ended, and its text.

    ``words`` is a checksum of the text without blanks, empty where there is none.
    """

    kind: str
    state: str
    text: str
    words: str


_LOOKS: dict[str, Look] = {}


def look(value: Any, checksum: str = "") -> Look:
    """A named file (docx, xlsx, pptx, pdf, plain text ...) with its text.

    ``checksum`` is the file's SHA-256 where it is known already; then a file that was
    looked at is not even read.
    """
    kept = _LOOKS.get(checksum) if checksum else None
    if kept is not None:
        return kept
    data = value.data
    key = checksum or sha256(data).hexdigest()
    kept = _LOOKS.get(key)
    if kept is None:
        if len(_LOOKS) >= KEPT:
            _LOOKS.clear()
        found = extract(data, value.filename or "")
        squeezed = "".join(found.text.split())
        words = sha256(squeezed.encode()).hexdigest() if squeezed else ""
        kept = Look(sniff(data), found.state.value, found.text, words)
        _LOOKS[key] = kept
    return kept


def file_text(value: Any, checksum: str = "") -> str:
    """Text of a named file, or an empty one."""
    return look(value, checksum).text
