"""The second stream: refusals, sign-ins and the reading of confidential files.

What is refused rolls its transaction back, and reading writes nothing; so these events
are written on a connection of their own. Each process has one chain, which it alone
writes under a lock, and so no event ever meets a conflict with an act or with another
process. A request never fails because its event cannot be written: it is counted, and
the next one that can be written tells how many were lost.

Whoever knocks without an account is counted only beyond so many events a minute, so
that nobody fills the disk. Of an address stand a keyed digest and its network, of a
login that was tried a keyed digest.
"""

from AccessControl.SecurityManagement import getSecurityManager
from collections import Counter
from collections.abc import Iterator
from plone.base.interfaces import IPloneSiteRoot
from plone.uuid.interfaces import IUUID
from Products.CMFCore.utils import getToolByName
from Products.PluggableAuthService.interfaces.events import IUserLoggedInEvent
from Products.PluggableAuthService.interfaces.events import IUserLoggedOutEvent
from transaction import TransactionManager
from typing import Any
from urllib.parse import unquote
from zExceptions import Forbidden
from zExceptions import Unauthorized
from zhinan import logger
from zhinan.trail import keys
from zhinan.trail import moments
from zhinan.trail import store
from zhinan.trail.acts import person
from zhinan.trail.interfaces import ITracked
from ZODB.POSException import ConflictError
from zope.component import adapter
from zope.component.hooks import getSite
from zope.globalrequest import getRequest
from ZPublisher.interfaces import IPubBeforeAbort
from ZPublisher.interfaces import IPubSuccess

import base64
import binascii
import ipaddress
import json
import os
import secrets
import threading
import time


SIGNED_IN, SIGNED_OUT = "signin", "signout"
FAILED, REFUSED = "signin.failed", "refused"
#: Of events that were only counted; and of those that could not be written.
COUNTED, LOST = "counted", "lost"
FILE_READ = "file.read"
#: Events of strangers in a minute: of one address, and of all together.
MOST_OF_ONE, MOST_OF_ALL = 10, 120
LONGEST_PATH = 300
#: Where the platform leads whoever is signed in and was refused.
_TOLD_AT = "insufficient-privileges"
_TRIES = 5
_REFUSALS = (401, 403)


class Process:
    """What this process has written and could not write; used under its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid = os.getpid()
        self.name = f"{moments.now()} {secrets.token_hex(6)}"
        self.minute = 0
        self.seen: Counter[str] = Counter()
        self.skipped = 0
        self.lost = 0
        self.complained = 0.0

    def admits(self, address: str) -> bool:
        """Whether one more event of a stranger is written; else it is counted."""
        minute = int(time.monotonic() // 60)
        if minute != self.minute:
            self.minute = minute
            self.seen.clear()
        if self.seen[address] >= MOST_OF_ONE or self.seen.total() >= MOST_OF_ALL:
            self.skipped += 1
            return False
        self.seen[address] += 1
        return True


_PROCESS = Process()


def process() -> Process:
    """That of this process, also behind a fork."""
    global _PROCESS
    if _PROCESS.pid != os.getpid():
        _PROCESS = Process()
    return _PROCESS


# ------------------------------------------------------------------------ writing


def note_event(
    act: str, *, who: str | None = None, uid: str = "", path: str = "", note: str = ""
) -> bool:
    """Write an event at once, whatever becomes of the request; whether it was.

    Called once for what happens once: it stays when the request is done again.

    :param who: id of the person; the one who is logged in if None.
    :param path: of what it is about, relative to the site.
    :param note: a word about how; never anything personal.
    """
    request = getRequest()
    if request is not None:
        _noted(request).add(act)
    said = {
        "act": act,
        "who": person() if who is None else who,
        "uid": uid,
        "path": path[:LONGEST_PATH],
        "note": note,
    }
    return _write(getSite(), request, said)


def keyed_login(login: str, site: Any = None) -> str:
    """What stands for a login that was tried; equal for equal ones."""
    found = store.of(site if site is not None else getSite())
    if found is None:
        return ""
    return store.address_digest(store.key_of(found), f"login {login.strip()}")


def _noted(request: Any) -> set[str]:
    """Acts that were noted for a request already."""
    found = getattr(request, "_zhinan_noted", None)
    if found is None:
        found = request._zhinan_noted = set()
    return found


def _write(site: Any, request: Any, said: dict[str, Any]) -> bool:
    """Write an event with the address of the request; never raises."""
    here = process()
    try:
        trail = store.of(site) if IPloneSiteRoot.providedBy(site) else None
        if trail is None or trail._p_oid is None or not trail.key:
            return False
        key = keys.of(trail.key)
        address, network = _address(request)
        stranger = not said.get("who")
        with here.lock:
            if stranger and not here.admits(address):
                return False
            said = {
                **said,
                "address": store.address_digest(key, address) if address else "",
                "network": network,
            }
            _commit(trail._p_jar.db(), trail._p_oid, here, said)
            return True
    except Exception as error:
        # A full disk or a database that is only read must not refuse the page too.
        here.lost += 1
        if time.monotonic() - here.complained > 60 or not here.complained:
            here.complained = time.monotonic()
            logger.warning("Events cannot be written (%d so far): %r", here.lost, error)
        return False


def _commit(database: Any, oid: bytes, here: Process, said: dict[str, Any]) -> None:
    for attempt in range(_TRIES):
        manager = TransactionManager()
        connection = database.open(manager)
        try:
            manager.begin()
            events = connection.get(oid).events
            chain = events.get(here.name)
            if chain is None:
                chain = events[here.name] = store.Chain()
            for entry in (*_counts(here), said):
                chain.append({**entry, "at": moments.now()})
            manager.get().note(f"trail: {said['act']}")
            manager.commit()
        except ConflictError:
            # Another process began its chain in the same moment.
            manager.abort()
            if attempt == _TRIES - 1:
                raise
        else:
            here.skipped = here.lost = 0
            return
        finally:
            manager.abort()
            connection.close()


def _counts(here: Process) -> Iterator[dict[str, Any]]:
    """What was not written before, as numbers."""
    if here.skipped:
        yield {"act": COUNTED, "count": here.skipped}
    if here.lost:
        yield {"act": LOST, "count": here.lost}


def _address(request: Any) -> tuple[str, str]:
    """Address of the client, and the network that may be written down."""
    if request is None:
        return "", ""
    text = request.getClientAddr() or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text, ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 48
    return str(address), str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


# ----------------------------------------------------------------- what is noticed


def _later(act: str, who: str) -> None:
    """Note an event for the end of the request: it may be done again before."""
    request = getRequest()
    if request is not None and who:
        waiting = getattr(request, "_zhinan_events", None)
        if waiting is None:
            waiting = request._zhinan_events = []
        if (act, who) not in waiting:
            waiting.append((act, who))


def _id(principal: Any) -> str:
    return (principal.getId() or "") if principal is not None else ""


@adapter(IUserLoggedInEvent)
def signed_in(event: Any) -> None:
    """Somebody signed in through the form."""
    _later(SIGNED_IN, _id(event.principal))


@adapter(IUserLoggedOutEvent)
def signed_out(event: Any) -> None:
    """Somebody signed out."""
    _later(SIGNED_OUT, _id(event.principal))


@adapter(IPubBeforeAbort)
def refused(event: Any) -> None:
    """What raised a refusal, and will not be tried again."""
    if event.retry or event.exc_info is None:
        return
    kind = event.exc_info[0]
    if isinstance(kind, type) and issubclass(kind, (Unauthorized, Forbidden)):
        _at_the_end(event.request, True)


@adapter(IPubSuccess)
def answered(event: Any) -> None:
    """What was answered: signed in or out, or refused without an exception."""
    request = event.request
    waiting = getattr(request, "_zhinan_events", ())
    site = getSite()
    for act, who in waiting:
        if act not in _noted(request):
            _write(site, request, {"act": act, "who": who})
    if waiting or not IPloneSiteRoot.providedBy(site):
        return
    status = request.response.getStatus()
    if _is_login(request) and status == 200 and (login := _tried(request)):
        user = getToolByName(site, "acl_users").getUser(login)
        if user is not None and SIGNED_IN not in _noted(request):
            _write(site, request, {"act": SIGNED_IN, "who": _id(user)})
            return
    _at_the_end(request, status in _REFUSALS)


def _at_the_end(request: Any, was_refused: bool) -> None:
    """One event for a request that was refused or tried to sign in in vain."""
    site = getSite()
    if not IPloneSiteRoot.providedBy(site):
        return
    noted = _noted(request)
    if {FAILED, REFUSED} & noted:
        return
    login = _tried(request)
    try:
        who = _id(getSecurityManager().getUser())
        if not who and was_refused:
            who = _known(site, request)
        login = "" if who else login
        if not login and not was_refused:
            return
        said = _place(site, request)
        if said["path"].rpartition("/")[2] == _TOLD_AT:
            # The attempt itself has been noted; this only tells the person.
            return
        if login:
            said.update(act=FAILED, login=keyed_login(login, site))
        else:
            said.update(act=REFUSED, who=who)
    except Exception:
        logger.exception("An event could not be described")
        return
    noted.add(said["act"])
    _write(site, request, said)


def _known(site: Any, request: Any) -> str:
    """Who asked for what was refused on the way: then nobody is logged in.

    Whoever counts wrong passwords finds ``_zhinan_again`` on the request and does not
    count this one again.
    """
    users = getToolByName(site, "acl_users")
    request._zhinan_again = True
    try:
        found = users._extractUserIds(request, users._getOb("plugins"))
    finally:
        request._zhinan_again = False
    return str(found[0][0]) if found else ""


def _place(site: Any, request: Any) -> dict[str, Any]:
    """Which address was asked for, and the object of ours that it belongs to."""
    url, root = request.get("ACTUAL_URL") or "", site.absolute_url()
    path = unquote(url[len(root) :]) if url.startswith(root) else ""
    parents = request.get("PARENTS") or ()
    thing = next(
        (one for one in parents if ITracked.providedBy(getattr(one, "context", one))),
        None,
    )
    thing = getattr(thing, "context", thing)
    return {
        "path": path.strip("/")[:LONGEST_PATH],
        "method": request.get("REQUEST_METHOD", ""),
        "uid": (IUUID(thing, None) or "") if thing is not None else "",
    }


def _is_login(request: Any) -> bool:
    url = request.get("ACTUAL_URL") or ""
    return request.get("REQUEST_METHOD") == "POST" and url.endswith("/@login")


def _tried(request: Any) -> str:
    """The login with which somebody tried to sign in by this request, or nothing."""
    name = request.form.get("__ac_name")
    if isinstance(name, str) and name and "__ac_password" in request.form:
        return name
    if _is_login(request):
        try:
            found = json.loads(request.get("BODY") or b"{}")
        except ValueError:
            return ""
        login = found.get("login") if isinstance(found, dict) else None
        return login if isinstance(login, str) else ""
    header = getattr(request, "_auth", None) or ""
    if header[:6].lower() == "basic ":
        try:
            text = base64.b64decode(header[6:]).decode("utf-8", "replace")
        except binascii.Error:
            return ""
        return text.partition(":")[0]
    return ""
