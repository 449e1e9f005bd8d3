"""The guard: the first authentication plugin of a user folder.

It stands before all others and asks them itself, so that every way in is counted: the
login page, basic authentication, ``@login``, and whatever sends login and password.
An attempt that comes too early is refused unread. Afterwards the credentials are taken
away, so that no plugin behind it answers in its place.

One guard stands in the site's user folder and one in that of Zope; the site's asks
Zope's before it calls an attempt failed, for the administrator stands there.
"""

from AccessControl.class_init import InitializeClass
from AccessControl.SecurityInfo import ClassSecurityInfo
from AccessControl.SecurityManagement import getSecurityManager
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from AuthEncoding import AuthEncoding
from BTrees.OOBTree import OOBTree
from plone.protect.interfaces import IDisableCSRFProtection
from Products.PlonePAS.interfaces.plugins import IUserManagement
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import ICredentialsResetPlugin
from Products.PluggableAuthService.interfaces.plugins import IValidationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zExceptions import BadRequest
from zhinan.signin import attempts
from zhinan.signin import key
from zhinan.signin import wording
from zhinan.signin.attempts import Attempts
from zhinan.signin.attempts import Counted
from zhinan.signin.events import LockedOut
from zhinan.signin.events import SessionsEnded
from zhinan.signin.events import SignedIn
from zhinan.signin.events import SignedOut
from zhinan.signin.events import SignInFailed
from zhinan.signin.memo import client_address
from zhinan.signin.memo import CODE
from zhinan.signin.memo import counted_address
from zhinan.signin.memo import known_device
from zhinan.signin.memo import mark_device
from zhinan.signin.memo import Memo
from zhinan.signin.memo import memo
from zhinan.signin.memo import OPEN
from zhinan.signin.memo import Verdict
from zhinan.signin.memo import WAIT
from zhinan.signin.memo import WRONG
from zhinan.signin.people import Person
from zhinan.signin.people import Session
from zhinan.signin.settings import address_pace
from zhinan.signin.settings import login_pace
from zhinan.signin.settings import password_policy
from zhinan.signin.settings import setting
from ZODB.POSException import ConflictError
from zope.event import notify
from zope.globalrequest import getRequest
from zope.interface import alsoProvides
from zope.interface import implementer

import logging
import secrets
import time


logger = logging.getLogger(__name__)
GUARD = "zhinan_guard"
#: Checked when there is no such login: it takes the time that a real one takes.
_NOBODY = AuthEncoding.pw_encrypt(secrets.token_hex(16))
_JWT = "JWT Authentication Plugin"


def guard_of(user_folder: Any) -> "Guard | None":
    """The guard of a user folder."""
    if user_folder is None:
        return None
    found = getattr(user_folder, "_getOb", lambda *_args: None)(GUARD, None)
    return found if isinstance(found, Guard) else None


def guard_of_user(user: Any) -> "Guard | None":
    """The guard of the user folder in which a person stands."""
    return guard_of(aq_parent(aq_inner(user)))


@implementer(
    IAuthenticationPlugin,
    ICredentialsResetPlugin,
    IValidationPlugin,
    IUserManagement,
)
class Guard(BasePlugin):
    """Counts, refuses, and knows people and sessions."""

    meta_type = "Zhinan Sign-in Guard"
    security = ClassSecurityInfo()

    def __init__(self, id: str = GUARD, title: str = ""):
        self._setId(id)
        self.title = title
        self.people = OOBTree()
        self.sessions = OOBTree()
        self.attempts = Attempts()

    # --------------------------------------------------------------- the places

    @security.private
    def above(self) -> "Guard | None":
        """The guard of Zope's own user folder; None if this is it."""
        found = guard_of(getattr(self.getPhysicalRoot(), "acl_users", None))
        if found is None or aq_base(found) is aq_base(self):
            return None
        return found

    def _folder(self) -> Any:
        return aq_parent(aq_inner(self))

    @security.private
    def counter(self) -> Attempts:
        """The attempts, of all sites together."""
        above = self.above()
        return above.attempts if above is not None else self.attempts

    @security.private
    def person(self, userid: str, make: bool = False) -> Person | None:
        """What is known of a person."""
        found = self.people.get(userid)
        if found is None and make:
            found = self.people[userid] = Person(userid)
        return found

    # ------------------------------------------------------- IAuthenticationPlugin

    @security.private
    def authenticateCredentials(self, credentials: dict[str, Any]) -> Any:
        """Who it is; afterwards nobody behind the guard is asked.

        Whatever goes wrong here, nobody gets in: the plugins behind would be asked
        without waits and without second factor.
        """
        try:
            if credentials.get("token"):
                return self._by_token(credentials)
            login, password = credentials.get("login"), credentials.get("password")
            if not isinstance(login, str) or not isinstance(password, str | bytes):
                return None
            if isinstance(password, bytes):
                password = password.decode("utf-8", "replace")
            verdict = self.judge(login, password, dict(credentials))
            credentials.clear()
            if verdict.kind != OPEN or verdict.above != (self.above() is None):
                return None
            return verdict.userid, verdict.login
        except ConflictError:
            raise
        except Exception:
            logger.exception("signing in failed for a reason of our own")
            credentials.clear()
            return None

    def _by_token(self, credentials: dict[str, Any]) -> None:
        """A token whose session has ended is no token."""
        for plugin in self._folder().objectValues(_JWT):
            payload = plugin._decode_token(credentials["token"]) or {}
            sid, userid = str(payload.get("sid", "")), str(payload.get("sub", ""))
            if self.session(sid, userid) is not None:
                notes = memo()
                notes.sid, notes.userid = sid, userid
                return
        credentials.clear()

    @security.private
    def things(self, request: Any, login: str, known: bool = False) -> list[Counted]:
        """What is counted for an attempt: the browser if it is known, or else login
        and address."""
        name = login.strip().casefold()[:200]
        pace = login_pace()
        if device := known_device(request, name):
            counted = f"device:{key.mark('count', device, name)}"
            return [Counted(counted, pace, login if known else "")]
        found = [Counted(self.login_key(login), pace, login if known else "")]
        if address := counted_address(request):
            counted = f"address:{key.mark('address', address)}"
            found.append(Counted(counted, address_pace(), address))
        return found

    @security.private
    def login_key(self, login: str) -> str:
        """Under which a login is counted."""
        return f"login:{key.mark('login', login.strip().casefold()[:200])}"

    @security.private
    def judge(
        self, login: str, password: str, credentials: dict[str, Any] | None = None
    ) -> Verdict:
        """What comes of a login and a password, once in a request."""
        request = getRequest()
        notes = memo(request)
        known = notes.verdicts.get((login, password))
        if known is not None and not (known.kind == CODE and notes.code):
            return known
        verdict = self._judge(
            request, notes, credentials or {"login": login, "password": password}
        )
        notes.verdicts[login, password] = verdict
        if verdict.kind == OPEN:
            notes.how, notes.failures = verdict.how, verdict.failures
        return verdict

    def _judge(self, request: Any, notes: Memo, credentials: dict[str, Any]) -> Verdict:
        login = str(credentials["login"])
        store = self.counter()
        things = self.things(request, login)
        if seconds := attempts.wait(store, things):
            return Verdict(WAIT, seconds)
        verdict = self._ask(credentials)
        if verdict.kind == CODE and notes.sid and notes.userid == verdict.userid:
            # The session proved the second factor; only the password is asked anew.
            verdict.kind = OPEN
        if verdict.kind == CODE and notes.code:
            verdict = self.check_code(verdict, notes.code)
        if verdict.kind == WRONG:
            self.fail(request, login)
        elif verdict.kind == OPEN:
            verdict.failures = self.forgive(things)
        return verdict

    @security.private
    def fail(self, request: Any, login: str) -> None:
        """Count a failure and tell of it; the same for logins that do not exist."""
        info = self._known(login)
        things = self.things(request, login, known=bool(info))
        found = attempts.note_failure(self.counter(), things)
        who = info["id"] if info else ""
        notify(SignInFailed(who, client_address(request), request))
        for thing, tally in zip(things, found, strict=True):
            if tally.locked:
                kind = thing.key.partition(":")[0]
                notify(LockedOut(who, f"{kind} {thing.label}".strip(), request))

    @security.private
    def forgive(self, things: list[Counted]) -> int:
        """After a sign-in: the failures of the login are forgotten; how many.

        Those of the address stay: else one good login would buy endless attempts at
        others.
        """
        own = [thing for thing in things if not thing.key.startswith("address:")]
        found = attempts.tallies(self.counter(), own)
        failures = sum(tally.failures for tally in found)
        if failures:
            attempts.forget(self.counter(), [thing.key for thing in own])
        return failures

    def _known(self, login: str) -> dict[str, Any] | None:
        """The person with this login, here or above."""
        folder = self._folder()
        info = folder._verifyUser(folder.plugins, login=folder.applyTransform(login))
        above = self.above()
        if info is None and above is not None:
            return above._known(login)
        return info

    def _ask(self, credentials: dict[str, Any]) -> Verdict:
        """Whether login and password are right, and whether a code is wanted."""
        found, who = self, self._others(credentials)
        above = self.above()
        if above is not None:
            # Asked in any case: the time must not tell where a login stands.
            higher = above._others(credentials)
            if who is None and higher is not None:
                found, who = above, higher
        how = "password"
        if who is None:
            who, how = self._by_app(credentials), "app"
        if who is None:
            if not self._hashed(str(credentials["login"])):
                AuthEncoding.pw_validate(_NOBODY, str(credentials["password"]))
            return Verdict(WRONG)
        userid, login = who
        verdict = Verdict(OPEN, 0, userid, login, found.above() is None, how)
        person = found.person(userid)
        if person is not None and person.has_factor and how != "app":
            verdict.kind = CODE
        return verdict

    def _others(self, credentials: dict[str, Any]) -> tuple[str, str] | None:
        """What the plugins behind the guard say."""
        folder = self._folder()
        given = {**credentials, "login": folder.applyTransform(credentials["login"])}
        for name, plugin in folder.plugins.listPlugins(IAuthenticationPlugin):
            if name == self.getId():
                continue
            try:
                found = plugin.authenticateCredentials(dict(given))
            except (NameError, AttributeError, KeyError, TypeError, ValueError):
                # What a user folder swallows of its plugins too.
                continue
            if found is not None and found[0]:
                return found
        return None

    def _hashed(self, login: str) -> bool:
        """Whether a plugin had a password to compare with."""
        above = self.above()
        folders = [self._folder()] + ([above._folder()] if above is not None else [])
        return any(
            folder.applyTransform(login) in plugin._login_to_userid
            for folder in folders
            for plugin in folder.objectValues()
            if hasattr(plugin, "_login_to_userid")
        )

    def _by_app(self, credentials: dict[str, Any]) -> tuple[str, str] | None:
        """A password that was made for a program; not for the login page."""
        if credentials.get("extractor") == "credentials_cookie_auth":
            return None
        folder = self._folder()
        login = folder.applyTransform(credentials["login"])
        info = folder._verifyUser(folder.plugins, login=login)
        person = self.person(info["id"]) if info else None
        if person is None or not person.app_of(str(credentials["password"])):
            return None
        return info["id"], info["login"]

    @security.private
    def check_code(self, verdict: Verdict, code: str) -> Verdict:
        """The verdict after a code: open or wrong."""
        place = self.above() if verdict.above else self
        person = (place or self).person(verdict.userid)
        how = person.take_code(code) if person is not None else ""
        if not how:
            return Verdict(WRONG)
        alsoProvides(getRequest(), IDisableCSRFProtection)
        verdict.kind, verdict.how = OPEN, how
        return verdict

    # ----------------------------------------------------------------- sessions

    @security.private
    def session(self, sid: str, userid: str) -> Session | None:
        """A session that has not ended."""
        found = self.sessions.get(sid) if sid else None
        if found is None or found.userid != userid:
            return None
        age = time.time() - found.began
        return found if age < setting("longest_hours") * 3600 else None

    @security.private
    def begin(self, userid: str, login: str, request: Any) -> str:
        """A new session: its number."""
        notes = memo(request)
        if not notes.renewed and self.session(notes.sid, userid) is not None:
            # One request begins one session, however often it is asked to.
            return notes.sid
        # Signing in writes; no token can have been given before.
        alsoProvides(request, IDisableCSRFProtection)
        self._sweep()
        sid = secrets.token_urlsafe(24)
        address = client_address(request)
        agent = str(request.get_header("User-Agent", "") or "")[:200]
        self.sessions[sid] = Session(userid, address, agent, notes.how)
        if not notes.renewed:
            person = self.person(userid, make=True)
            person.note_signin(address, notes.how, notes.failures)
            notify(SignedIn(userid, f"{notes.how} {address}".strip(), request))
        mark_device(request, login.strip().casefold()[:200])
        notes.sid, notes.userid = sid, userid
        return sid

    def _sweep(self) -> None:
        """Take away some sessions that are over."""
        end = time.time() - setting("longest_hours") * 3600
        old = [sid for sid, row in self.sessions.items() if row.began < end]
        for sid in old[:50]:
            del self.sessions[sid]

    @security.private
    def sessions_of(self, userid: str) -> list[tuple[str, Session]]:
        """The sessions of a person, the newest first."""
        found = [
            (sid, row)
            for sid, row in self.sessions.items()
            if self.session(sid, userid) is not None
        ]
        return sorted(found, key=lambda row: row[1].began, reverse=True)

    @security.private
    def end_sessions(self, userid: str, keep: str = "", note: str = "") -> int:
        """End the sessions of a person, but one."""
        ended = [
            sid
            for sid, row in self.sessions.items()
            if row.userid == userid and sid != keep
        ]
        for sid in ended:
            del self.sessions[sid]
        if ended:
            notify(SessionsEnded(userid, note, getRequest()))
        return len(ended)

    # --------------------------------------------------- ICredentialsResetPlugin

    @security.private
    def resetCredentials(self, request: Any, response: Any) -> None:
        """Sign out: the number in ticket and token is worth nothing from now on."""
        notes = memo(request)
        for guard in (self, self.above()):
            if guard is not None and notes.sid in guard.sessions:
                userid = guard.sessions[notes.sid].userid
                del guard.sessions[notes.sid]
                alsoProvides(request, IDisableCSRFProtection)
                notify(SignedOut(userid, "", request))
        notes.sid, notes.plugin = "", None

    # ---------------------------------------------------------- IValidationPlugin

    @security.private
    def validateUserInfo(
        self, user: Any, set_id: str, set_info: dict[str, Any] | None
    ) -> list[dict[str, str]]:
        """What a password lacks, in one sentence after the other.

        Plone asks with an empty password to show the rule before one types.
        """
        password = (set_info or {}).get("password")
        if password is None:
            return []
        if password == "":
            return [{"id": "password", "error": wording.rule(password_policy())}]
        person, names = self._whose(user)
        error = wording.refusal(str(password), password_policy(), names, person)
        return [{"id": "password", "error": error}] if error else []

    def _whose(self, user: Any) -> tuple[Person | None, tuple[str, ...]]:
        """The person whose password is looked at, as far as that is known here."""
        request = getRequest()
        form = getattr(request, "form", {})
        typed = tuple(
            value
            for name in ("userid", "username", "form.widgets.username")
            if isinstance(value := form.get(name), str)
        )
        if user is None and not typed:
            user = getSecurityManager().getUser()
        if user is not None and user.getId():
            own = self.person(user.getId())
            return own, (user.getId(), str(user.getUserName()))
        info = self._known(typed[0]) if typed else None
        return (self.person(info["id"]) if info else None), typed

    # ------------------------------------------------------------ IUserManagement

    @security.private
    def doChangeUser(self, userid: str, password: str, **kw: Any) -> None:
        """Hold the rule wherever a password is set, also by services that do not ask.

        :raises BadRequest: if the password is not good enough.
        :raises RuntimeError: always else, which says: I do not keep passwords.
        """
        acting = getSecurityManager().getUser()
        own = acting is None or acting.getId() in (None, userid)
        folder = self._folder()
        info = folder._verifyUser(folder.plugins, user_id=userid)
        names = (userid, str(info["login"])) if info else (userid,)
        # What an administrator sets is changed by the person: it may be an old one.
        person = self.person(userid) if own else None
        error = wording.refusal(str(password), password_policy(), names, person)
        if error:
            raise BadRequest(error)
        raise RuntimeError("the guard keeps no passwords")

    @security.private
    def doDeleteUser(self, userid: str) -> None:
        """Forget a person.

        :raises KeyError: always, which says: I keep no people.
        """
        self.end_sessions(userid)
        self.people.pop(userid, None)
        raise KeyError(userid)

    @security.private
    def doAddUser(self, login: str, password: str) -> bool:
        """The guard keeps no people."""
        return False


InitializeClass(Guard)
