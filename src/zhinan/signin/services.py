"""REST: a token that ends with its session, and codes for a second factor."""

from AccessControl.SecurityManagement import getSecurityManager
from AccessControl.SecurityManagement import newSecurityManager
from plone import api
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from Products.CMFPlone.browser.login.login import LoginForm
from typing import Any
from zhinan import _
from zhinan.signin.guard import Guard
from zhinan.signin.memo import CODE
from zhinan.signin.memo import memo
from zhinan.signin.memo import Verdict
from zhinan.signin.memo import WAIT
from zhinan.signin.memo import WRONG
from zhinan.signin.passwords import site_guard
from zhinan.signin.settings import setting
from zhinan.signin.wording import said
from zhinan.signin.wording import wait_words
from zope.interface import alsoProvides


def sign_in(context: Any, request: Any, guard: Guard, verdict: Verdict) -> Any:
    """Begin the session of whoever passed; what Plone does after a login included."""
    place = (guard.above() or guard) if verdict.above else guard
    folder = place._folder()
    user = folder.getUserById(verdict.userid)
    user = user.__of__(folder) if not hasattr(user, "aq_parent") else user
    notes = memo(request)
    if notes.userid != verdict.userid:
        notes.sid = ""
    notes.how, notes.failures = verdict.how, verdict.failures
    newSecurityManager(request, user)
    # PlonePAS looks for it there; sessions do not hold it.
    request.form.setdefault("__ac_password", "")
    LoginForm(context, request)._post_login()
    return user


class Tokens(Service):
    """What the services share."""

    def jwt(self) -> Any:
        """The plugin that makes tokens."""
        folder = api.portal.get_tool("acl_users")
        return next(iter(folder.objectValues("JWT Authentication Plugin")))

    def token(self, user: Any, sid: str) -> str:
        """A token that carries the number of its session."""
        return self.jwt().create_token(
            user.getId(),
            timeout=setting("longest_hours") * 3600,
            data={"fullname": user.getProperty("fullname", ""), "sid": sid},
        )

    def refuse(self, status: int, kind: str, message: Any) -> dict[str, Any]:
        """An error in the form of plone.restapi."""
        self.request.response.setStatus(status)
        return {"error": {"type": kind, "message": said(message)}}

    def check_permission(self) -> None:
        """Open to everybody."""


class Login(Tokens):
    """``@login``: login, password and, with a second factor, ``otp``."""

    def reply(self) -> dict[str, Any]:
        """The token, or why there is none; the same for logins that do not exist."""
        data = json_body(self.request)
        login, password = data.get("login"), data.get("password")
        if not isinstance(login, str) or not isinstance(password, str):
            return self.refuse(
                400,
                "Missing credentials",
                _("Login and password must be provided in the body."),
            )
        alsoProvides(self.request, IDisableCSRFProtection)
        guard = site_guard()
        if guard is None:
            return self.refuse(501, "Login failed", _("Sign-in is not set up."))
        code = data.get("otp")
        memo(self.request).code = str(code)[:100] if code else ""
        verdict = guard.judge(login, password)
        if verdict.kind == WAIT:
            self.request.response.setHeader("Retry-After", str(verdict.seconds))
            return self.refuse(429, "Too many attempts", wait_words(verdict.seconds))
        if verdict.kind == CODE:
            return self.refuse(
                401,
                "Code required",
                _("Send the code of your second factor as otp, too."),
            )
        if verdict.kind == WRONG:
            return self.refuse(
                401, "Invalid credentials", _("Wrong login or password.")
            )
        user = sign_in(self.context, self.request, guard, verdict)
        return {"token": self.token(user, memo(self.request).sid)}


class Renew(Tokens):
    """``@login-renew``: another token of the same session."""

    def reply(self) -> dict[str, Any]:
        """The token; 401 without a session."""
        alsoProvides(self.request, IDisableCSRFProtection)
        notes = memo(self.request)
        user = getSecurityManager().getUser()
        if not notes.sid or user.getId() != notes.userid:
            return self.refuse(
                401,
                "Invalid or expired authentication token",
                _("The token is invalid or has ended."),
            )
        return {"token": self.token(user, notes.sid)}
