"""Mails for a new password, sent beside the request that asked for one.

Whether there is such a login, whether it has an address, whether the mail server
answers: all of it takes time or fails, and the one who asks would learn it. So the
request does the same for every login: it hands the name over, and a thread of this
process does the rest.
"""

from AccessControl.SecurityManagement import noSecurityManager
from dataclasses import dataclass
from plone import api
from Products.CMFCore.utils import getToolByName
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from Testing.makerequest import makerequest
from typing import Any
from zhinan import _
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.lockout import Pace
from zhinan.signin import attempts
from zhinan.signin import key
from zhinan.signin.attempts import Counted
from zhinan.signin.memo import counted_address
from zhinan.signin.passwords import site_guard
from zhinan.signin.settings import setting
from zhinan.signin.signinpages import DoorPage
from zope.component.hooks import setSite
from zope.globalrequest import clearRequest
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import logging
import queue
import threading
import transaction


logger = logging.getLogger(__name__)
#: Three mails an hour, then waits: nobody's box is filled by asking.
PACE = Pace(free=3, first=600.0, longest=3600.0, lock_after=0)
QUEUE: "queue.Queue[Wish]" = queue.Queue(maxsize=100)
_started = threading.Lock()


@dataclass(frozen=True)
class Wish:
    """A mail that somebody asked for."""

    database: Any
    path: tuple[str, ...]
    login: str
    #: how people reach the site: server, and the path of a virtual host
    server: str
    root: tuple[str, ...] | None
    script: tuple[str, ...]


def kept_key(login: str) -> str:
    """Under which the mails to a login are counted."""
    return f"reset:{key.mark('reset', login.strip().casefold()[:200])}"


def ask(request: Any, login: str) -> None:
    """Hand a wish over; the same for every login, and nothing if there are too many."""
    guard = site_guard()
    if guard is None or not login.strip():
        return
    things = [Counted(kept_key(login), PACE)]
    if address := counted_address(request):
        counted = f"reset:{key.mark('reset-address', address)}"
        things.append(Counted(counted, Pace(free=20, longest=600.0, lock_after=0)))
    if attempts.wait(guard.counter(), things):
        return
    attempts.note_failure(guard.counter(), things)
    site = api.portal.get()
    wish = Wish(
        site._p_jar.db(),
        site.getPhysicalPath(),
        login.strip()[:200],
        str(request.get("SERVER_URL", "")),
        request.other.get("VirtualRootPhysicalPath"),
        tuple(getattr(request, "_script", ())),
    )
    try:
        QUEUE.put_nowait(wish)
    except queue.Full:
        logger.warning("too many mails for new passwords are waiting")
        return
    _start()


def _start() -> None:
    """The thread, once in a process."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_work, name="zhinan-mails", daemon=True).start()


def _work() -> None:
    while True:
        wish = QUEUE.get()
        try:
            _send(wish)
        except Exception as error:
            # No such login, no address, no mail server: for the log alone.
            logger.info("no mail for a new password was sent: %r", error)
        finally:
            QUEUE.task_done()


def _send(wish: Wish) -> None:
    manager = transaction.TransactionManager()
    connection = wish.database.open(transaction_manager=manager)
    try:
        manager.begin()
        app = makerequest(connection.root()["Application"])
        request = app.REQUEST
        request.other["SERVER_URL"] = wish.server
        request._script = list(wish.script)
        if wish.root is not None:
            request.other["VirtualRootPhysicalPath"] = wish.root
        alsoProvides(request, IZhinanLayer)
        setRequest(request)
        site = app.unrestrictedTraverse(wish.path)
        setSite(site)
        noSecurityManager()
        tool = getToolByName(site, "portal_registration")
        tool.mailPassword(wish.login, request, immediate=True)
        manager.commit()
    finally:
        manager.abort()
        setSite(None)
        clearRequest()
        connection.close()


class HelpPage(DoorPage):
    """What to do when one cannot sign in."""

    template = ViewPageTemplateFile("templates/help.pt")
    title = _("I cannot sign in")

    def update(self) -> None:
        """Take a wish."""
        self.asked = self.request.method == "POST"
        if self.asked:
            ask(self.request, self.typed("login"))

    def lock_minutes(self) -> int:
        """How long a lock stands."""
        return int(setting("lock_minutes"))
