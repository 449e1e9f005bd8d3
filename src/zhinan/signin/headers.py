"""Headers and cookies of every answer.

Our own pages need nothing but our own files, and the strict policy says so. Plone's
pages (edit forms, control panels, Zope's management) carry scripts and styles in the
page itself; what had to be loosened for them stands in docs/decisions/0014-signin.md.
"""

from collections.abc import Iterator
from typing import Any
from zhinan.pages.layout import PublicPage
from zhinan.signin.memo import memo
from zhinan.signin.tickets import is_https
from zope.interface import implementer
from ZPublisher.cookie import DefaultCookieParamPolicy
from ZPublisher.interfaces import ICookieParamPolicy
from ZPublisher.interfaces import IPubBeforeCommit

import time


_BASE = {
    "default-src": "'self'",
    "base-uri": "'self'",
    "object-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "img-src": "'self' data:",
}
#: Plone and Zope: scripts and styles in the page; pictures pasted into an editor.
_LOOSE = {
    **_BASE,
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
}
#: The list of a folder's contents compiles its templates in the browser.
_COMPILED = {
    **_LOOSE,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
}
_COMPILING = {"folder_contents"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in ("camera", "geolocation", "microphone", "payment", "usb")
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Half a year, as long as a certificate of the usual kind is surely renewed.
_HSTS = "max-age=15552000"
#: Fetches that are no activity of a person.
_PARTS = {"empty", "script", "style", "image", "font", "audio", "video", "manifest"}
#: A ticket is renewed when it is older than this.
_RENEW = 60


@implementer(ICookieParamPolicy)
class CookiePolicy(DefaultCookieParamPolicy):
    """Every cookie that the server sets: not for scripts, not for other sites."""

    @staticmethod
    def parameters(
        name: str, attrs: dict[str, Any]
    ) -> Iterator[tuple[str, str | bool | None]]:
        """The parameters of one cookie; what was said otherwise stays."""
        wanted = {"HttpOnly": True, "SameSite": "Lax", **attrs}
        yield from DefaultCookieParamPolicy.parameters(name, wanted)


def _policy(parts: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in parts.items())


STRICT, LOOSE, COMPILED = _policy(_BASE), _policy(_LOOSE), _policy(_COMPILED)


def begin(event: Any) -> None:
    """At the start of a request: what any answer has, also one of an error."""
    response = event.request.response
    for name, value in _HEADERS.items():
        response.setHeader(name, value)
    response.setHeader("Content-Security-Policy", LOOSE)


def choose(event: Any) -> None:
    """After traversal: the policy that fits the page."""
    view = event.request.get("PUBLISHED")
    view = getattr(view, "__self__", view)
    policy = LOOSE
    if isinstance(view, PublicPage):
        policy = STRICT
    elif getattr(view, "__name__", "") in _COMPILING:
        policy = COMPILED
    event.request.response.setHeader("Content-Security-Policy", policy)


def finish(event: Any) -> None:
    """Before the answer goes: the ticket of an active person, and what https needs."""
    response = event.request.response
    if IPubBeforeCommit.providedBy(event):
        renew(event.request)
    if is_https(event.request):
        response.setHeader("Strict-Transport-Security", _HSTS)
        for cookie in response.cookies.values():
            cookie["Secure"] = True


def renew(request: Any) -> None:
    """Activity renews the time of the session's ticket, at most once a minute."""
    notes = memo(request)
    if notes.plugin is None or not notes.sid:
        return
    if not notes.active:
        if time.time() - notes.stamp < _RENEW:
            return
        kind = request.get_header("Sec-Fetch-Dest", "") or ""
        if kind in _PARTS and request.method in ("GET", "HEAD"):
            return
    notes.plugin.renew(request.response)
