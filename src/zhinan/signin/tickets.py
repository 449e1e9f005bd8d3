"""The cookie of a session: plone.session's ticket with a number that can end.

The ticket carries the number of its session as a token. Its time is that of the last
activity, so plone.session's own time-out is the idle time; how long a session lasts in
all, and whether it was ended, the guard knows.
"""

from AccessControl.class_init import InitializeClass
from Acquisition import aq_inner
from Acquisition import aq_parent
from plone.session import tktauth
from plone.session.plugins.session import SessionPlugin
from typing import Any
from zhinan.signin.guard import guard_of
from zhinan.signin.memo import memo
from zhinan.signin.settings import setting
from zope.globalrequest import getRequest

import time


def is_https(request: Any) -> bool:
    """Whether people reach us over an encrypted connection."""
    return str(request.get("SERVER_URL", "")).startswith("https:")


class Tickets(SessionPlugin):
    """plone.session with sessions that end."""

    meta_type = "Zhinan Session Plugin"

    @property
    def timeout(self) -> int:
        """Seconds without activity."""
        return setting("idle_minutes") * 60

    @property
    def secure(self) -> bool:
        """Over https the cookie goes over nothing else."""
        request = getRequest()
        return request is not None and is_https(request)

    def _guard(self) -> Any:
        return guard_of(aq_parent(aq_inner(self)))

    def _setupSession(
        self, userid: str, response: Any, tokens: Any = (), user_data: str = ""
    ) -> None:
        guard, request = self._guard(), getRequest()
        if guard is None or request is None:
            return
        folder = self._getPAS()
        info = folder._verifyUser(folder.plugins, user_id=userid)
        login = info["login"] if info else userid
        sid = guard.begin(userid, login, request)
        super()._setupSession(userid, response, (sid,), user_data)

    def authenticateCredentials(self, credentials: dict[str, Any]) -> Any:
        """The person, while the session lasts."""
        if credentials.get("source") != "plone.session":
            return None
        found = self._validateTicket(credentials["cookie"])
        guard = self._guard()
        if found is None or guard is None:
            return None
        _digest, userid, tokens, _data, stamp = found
        sid = str(tokens[0]) if tokens else ""
        if guard.session(sid, userid) is None:
            return None
        info = super().authenticateCredentials(credentials)
        if info is not None:
            notes = memo()
            notes.sid, notes.userid = sid, userid
            notes.plugin, notes.stamp = self, float(stamp)
        return info

    def renew(self, response: Any) -> None:
        """The same session with the time of now."""
        notes = memo()
        cookie = tktauth.createTicket(
            secret=self._getSigningSecret(notes.userid),
            userid=notes.userid,
            tokens=(notes.sid,),
            timestamp=int(time.time()),
        )
        self._setCookie(cookie, response)

    def _refreshSession(self, request: Any, now: float | None = None) -> bool | None:
        """Upstream's own way to renew, used by its ``refresh``."""
        notes = memo(request)
        if notes.plugin is None or not notes.sid:
            return None
        self.renew(request.response)
        return True


InitializeClass(Tickets)
