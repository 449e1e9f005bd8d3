"""Real exchanges as text that stays the same from run to run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import json
import re
import requests


ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rest.md"
FOLDER = ROOT / "docs" / "rest" / "http-examples"
SITE = "http://localhost:8080/zhinan"
MOMENT = "2026-09-01T09:00:00+08:00"
REQUEST_HEADERS = ("Accept", "Content-Type", "If-None-Match", "Prefer")
RESPONSE_HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Content-Length",
    "ETag",
    "Location",
)
_LOGINS = {"Basic": "Basic <name:password>", "Bearer": "Bearer <token>"}
#: Headings of the exchanges inside the page.
_BLOCK = re.compile(
    r"(<!-- example: (?P<name>[a-z_]+) -->\n)(?:```http\n.*?```\n)*", re.DOTALL
)
_LINK = re.compile(
    r"\(rest/http-examples/(?P<name>[a-z_]+)\.http-(?:request|response)\)"
)
_UID = re.compile(r"\b[0-9a-f]{32}\b")
_JOB = re.compile(r"\b\d{8}-\d{6}(?:-[0-9a-f]+)+\b", re.ASCII)
JOB = "20260901-090000-000001"
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?", re.ASCII
)


class Recorder:
    """Keeps exchanges by name, each as the text of its request and its response."""

    def __init__(self, site_url: str):
        self.site_url = site_url
        self.texts: dict[str, tuple[str, str]] = {}

    def keep(
        self,
        name: str,
        answer: requests.Response,
        cut: Callable[[Any], Any] | None = None,
    ) -> None:
        """Keep this exchange; ``cut`` leaves out what would fill pages."""
        self.texts[name] = (self._request(answer.request), self._response(answer, cut))

    def _request(self, request: requests.PreparedRequest) -> str:
        path = unquote(request.path_url)
        lines = [f"{request.method} {path} HTTP/1.1", "Host: localhost:8080"]
        scheme = request.headers.get("Authorization", "").partition(" ")[0]
        if scheme:
            lines.append(f"Authorization: {_LOGINS[scheme]}")
        lines += self._headers(request.headers, REQUEST_HEADERS)
        body = json.loads(request.body) if request.body else None
        return self._stable(lines, self._json(body) if body is not None else "")

    def _response(self, answer: requests.Response, cut: Callable | None) -> str:
        lines = [f"HTTP/1.1 {answer.status_code} {answer.reason}"]
        kind = answer.headers.get("Content-Type", "")
        is_json = kind.startswith("application/json")
        names = [n for n in RESPONSE_HEADERS if n != "Content-Length" or not is_json]
        if is_json and "ETag" in answer.headers:
            # That of an answer with moments and identifiers differs from run to run.
            names.remove("ETag")
            lines.append('ETag: "<checksum>"')
        if answer.content:
            lines += self._headers(answer.headers, names)
        else:
            lines += self._headers(answer.headers, ("ETag", "Location"))
        if is_json:
            body = answer.json()
            text = self._json(cut(body) if cut else body)
        else:
            text = f"（{len(answer.content)} bytes）\n" if answer.content else ""
        return self._stable(lines, text)

    @staticmethod
    def _headers(headers: Any, names: tuple[str, ...] | list[str]) -> list[str]:
        return [f"{name}: {headers[name]}" for name in names if name in headers]

    @staticmethod
    def _json(body: Any) -> str:
        return json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def _stable(self, lines: list[str], body: str) -> str:
        """Address, moments and identifiers that every run has alike."""
        text = "\n".join(lines) + "\n" + (f"\n{body}" if body else "")
        path = "/" + self.site_url.split("/", 3)[3]
        text = text.replace(self.site_url, SITE)
        text = re.sub(rf"^([A-Z]+) {path}(?=[/? ])", r"\1 /zhinan", text)
        text = _JOB.sub(JOB, text)
        uids: dict[str, str] = {}
        text = _UID.sub(lambda m: uids.setdefault(m[0], f"{len(uids) + 1:032x}"), text)
        return _MOMENT.sub(MOMENT, text)


def paths(name: str) -> tuple[Path, Path]:
    """Where the request and the response of an example stand."""
    return FOLDER / f"{name}.http-request", FOLDER / f"{name}.http-response"


def page_with(text: str, texts: dict[str, tuple[str, str]]) -> str:
    """The page with its embedded exchanges renewed."""

    def block(match: re.Match[str]) -> str:
        fences = [f"```http\n{part}```\n" for part in texts[match["name"]]]
        return match[1] + "".join(fences)

    return _BLOCK.sub(block, text)


def named_in(text: str) -> set[str]:
    """Names of the examples that the page embeds or links."""
    return {m["name"] for pattern in (_BLOCK, _LINK) for m in pattern.finditer(text)}


def write(texts: dict[str, tuple[str, str]]) -> None:
    """Write all examples and renew the page; examples of old are taken away."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, parts in texts.items():
        for path, part in zip(paths(name), parts, strict=True):
            path.write_text(part, encoding="utf-8")
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), texts), encoding="utf-8")
