"""Requests over HTTP, and everything that an answer says as one text."""

from .surfaces import Surface
from base64 import b64encode
from http.client import HTTPConnection
from urllib.parse import unquote
from urllib.parse import urlsplit
from zipfile import BadZipFile
from zipfile import ZipFile

import gzip
import io


class Answer:
    """Status, headers and body, with what is packed in it."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """Headers and body; archives are unpacked, escapes are read."""
        head = "\n".join(f"{name}: {unquote(value)}" for name, value in self.headers)
        return f"{head}\n{unpacked(self.body)}"


def unpacked(body: bytes) -> str:
    """All text in a body: of archives that of each file, with its name."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if body[:4] == b"PK\x03\x04":
        try:
            with ZipFile(io.BytesIO(body)) as archive:
                inside = [
                    f"{info.filename}\n{unpacked(archive.read(info))}"
                    for info in archive.infolist()
                ]
            return "\n".join(inside)
        except BadZipFile:
            pass
    text = body.decode("utf-8", "replace")
    return f"{text}\n{unquote(text)}" if "%" in text else text


class Client:
    """Asks as one person over one connection."""

    def __init__(self, site_url: str, person: str, secret: str):
        parts = urlsplit(site_url)
        self._root = parts.path
        self._connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._headers = {}
        if person:
            token = b64encode(f"{person}:{secret}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"

    def ask(self, surface: Surface, **more: str) -> Answer:
        """The answer; redirections are not followed."""
        headers = {**self._headers, "Accept": surface.accept, **more}
        if surface.content_type:
            headers["Content-Type"] = surface.content_type
        if surface.depth:
            headers["Depth"] = surface.depth
        # Our names are in the site's language, as those of browsers here.
        headers.setdefault("Accept-Language", "zh-cn")
        path = f"{self._root}/{surface.path}".rstrip("/") or "/"
        self._connection.request(surface.method, path, surface.body or None, headers)
        answer = self._connection.getresponse()
        found = Answer(answer.status, answer.getheaders(), answer.read())
        if surface.method not in {"GET", "POST"}:
            # What a server sends after such an answer is not the next one.
            self._connection.close()
        return found

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def asked(surface: Surface) -> str:
    """What the request itself says."""
    return unquote(f"{surface.path} {surface.body}")
