"""The text of a file of an edition, for comparing; each file is read once."""

from .editioned import bytes_of
from collections.abc import Mapping
from typing import Any
from zhinan.search.files import file_text


#: Bytes of a file beyond which its text is not looked for while somebody waits.
LARGEST = 8 * 1024**2


class _Stored:
    """A stored file as the index reads it: its bytes only if its text is not known."""

    def __init__(self, blob: Any, filename: str):
        self.blob = blob
        self.filename = filename

    @property
    def data(self) -> bytes:
        """The bytes."""
        with self.blob.open("r") as stream:
            return bytes(stream.read())


def text_of(guide: Any, about: Mapping[str, Any]) -> str:
    """Text of a file that an edition names; empty if none can be read out of it.

    The text is kept by checksum in this process, as that of the index is.
    """
    if about.get("size", 0) > LARGEST:
        return ""
    blob = bytes_of(guide, about["sha256"])
    if blob is None:
        return ""
    return file_text(_Stored(blob, about.get("filename") or ""), about["sha256"])
