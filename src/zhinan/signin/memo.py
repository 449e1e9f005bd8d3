"""What is known of signing in while one request lasts.

One request may have its login and password checked several times: by the user folder
of the site, by that of Zope, by a service. It is one attempt and is counted once.
"""

from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zhinan.rules.lockout import neighbourhood
from zhinan.signin import key
from zhinan.signin.settings import setting
from zope.globalrequest import getRequest

import secrets


_NAME = "_zhinan_signin"
#: Marks a browser from which somebody has signed in before.
DEVICE_COOKIE = "zn_device"
DEVICE_SECONDS = 365 * 24 * 3600
DEVICE_PEOPLE = 4

OPEN, WRONG, WAIT, CODE = "open", "wrong", "wait", "code"


@dataclass
class Verdict:
    """What came of a login and a password."""

    kind: str
    #: until the next attempt is read, where that is refused
    seconds: int = 0
    userid: str = ""
    login: str = ""
    #: whether the person stands in the user folder of Zope, above the site
    above: bool = False
    #: how the person proved who it is: password, totp, recovery, app
    how: str = "password"
    #: failures that were counted before, shown after the sign-in
    failures: int = 0


@dataclass
class Memo:
    """The notes of one request."""

    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    #: a code that came along with the password
    code: str = ""
    #: how the session that begins in this request was proved
    how: str = "password"
    failures: int = 0
    #: number of the session that carries this request, and its plugin
    sid: str = ""
    plugin: Any = None
    stamp: float = 0.0
    userid: str = ""
    #: whether this request counts as activity whatever its headers say
    active: bool = False
    #: a session that replaces an ended one, such as after a new password
    renewed: bool = False


def memo(request: Any = None) -> Memo:
    """The notes of this request.

    They stand in the request's own dictionary: what a request answers to ``get`` and
    to attributes, a client can set.
    """
    if request is None:
        request = getRequest()
    if request is None:
        return Memo()
    notes = vars(request).get(_NAME)
    if notes is None:
        notes = Memo()
        vars(request)[_NAME] = notes
    return notes


def client_address(request: Any) -> str:
    """The client's address; behind a proxy that Zope trusts, what the proxy says."""
    ask = getattr(request, "getClientAddr", None)
    return str(ask() or "") if callable(ask) else ""


def counted_address(request: Any) -> str:
    """The address as it is counted; empty if it is not."""
    found = client_address(request)
    uncounted = {line.strip() for line in setting("uncounted_addresses") or ()}
    return "" if found in uncounted else neighbourhood(found)


def _device(request: Any) -> tuple[str, list[str]]:
    raw = getattr(request, "cookies", {}).get(DEVICE_COOKIE, "")
    nonce, _colon, marks = str(raw).partition(".")
    if not (8 <= len(nonce) <= 64 and nonce.isalnum()):
        return "", []
    return nonce, marks.split("-")[:DEVICE_PEOPLE]


def known_device(request: Any, login: str) -> str:
    """The number of a browser in which this login has signed in before, or empty.

    Its failures are counted for itself: who locks a login from elsewhere does not
    lock out the person whose login it is.
    """
    nonce, marks = _device(request)
    wanted = key.mark("device", nonce, login)[:32]
    found = [mark for mark in marks if secrets.compare_digest(mark, wanted)]
    return nonce if nonce and found else ""


def mark_device(request: Any, login: str) -> None:
    """Let this browser be known for this login."""
    nonce, marks = _device(request)
    if not nonce:
        nonce, marks = secrets.token_hex(16), []
    own = key.mark("device", nonce, login)[:32]
    marks = [own, *(mark for mark in marks if mark != own)][:DEVICE_PEOPLE]
    request.response.setCookie(
        DEVICE_COOKIE,
        f"{nonce}.{'-'.join(marks)}",
        path="/",
        max_age=DEVICE_SECONDS,
        http_only=True,
        same_site="Lax",
    )
