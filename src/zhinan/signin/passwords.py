"""Subscribers to passwords: who set them, and that old sessions end."""

from AccessControl.SecurityManagement import getSecurityManager
from plone import api
from typing import Any
from zhinan.signin.events import PasswordChanged
from zhinan.signin.guard import Guard
from zhinan.signin.guard import guard_of
from zhinan.signin.memo import memo
from zhinan.signin.settings import setting
from zope.event import notify
from zope.globalrequest import getRequest

import time


def site_guard() -> Guard | None:
    """The guard of this site, if it is one of ours."""
    try:
        return guard_of(api.portal.get_tool("acl_users"))
    except api.exc.CannotGetPortalError:
        return None


def _by_other(userid: str) -> bool:
    """Whether somebody else sets it; a person with a token of a mail is himself."""
    acting = getSecurityManager().getUser()
    return acting is not None and acting.getId() not in (None, userid)


def password_set(event: Any) -> None:
    """A password was changed: all sessions end, and it is known who set it."""
    guard = site_guard()
    userid = event.principal.getId() if event.principal is not None else None
    if guard is None or userid is None:
        return
    note_password(guard, userid, event.password)


def note_password(guard: Guard, userid: str, password: str) -> None:
    """Keep what is to be known of a new password."""
    by_other = _by_other(userid)
    person = guard.person(userid, make=True)
    person.note_password(password, by_other, setting("password_history"))
    guard.end_sessions(userid, note="password")
    notes = memo()
    if notes.userid == userid:
        # The session that begins in this request goes on where the old one ended.
        notes.renewed = True
    notify(PasswordChanged(userid, "by another" if by_other else "", getRequest()))


def person_made(event: Any) -> None:
    """A login was made: its password is its maker's."""
    guard = site_guard()
    if guard is None:
        return
    userid = event.principal.getId()
    person = guard.person(userid, make=True)
    person.must_change = _by_other(userid)
    person.changed = time.time()
    notify(
        PasswordChanged(
            userid, "by another" if person.must_change else "", getRequest()
        )
    )
