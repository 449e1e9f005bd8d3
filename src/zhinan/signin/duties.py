"""What a person has to do before anything else: own password, second factor.

Until it is done every page leads there, and REST answers 403 with a sentence.
"""

from AccessControl.SecurityManagement import getSecurityManager
from plone import api
from plone.rest.interfaces import IAPIRequest
from typing import Any
from zExceptions import Forbidden
from zExceptions import Redirect
from zhinan import _
from zhinan.interfaces import IZhinanLayer
from zhinan.signin.guard import guard_of_user
from zhinan.signin.people import Person
from zhinan.signin.settings import setting
from zhinan.signin.wording import said

import re
import time


PASSWORD, FACTOR = "password", "factor"
#: Pages that are open while a duty is not done.
_OPEN = {
    PASSWORD: {"my-password"},
    FACTOR: {"my-second-factor", "my-password"},
}
_ALWAYS = {"login", "logout", "logged-out", "stay-signed-in", "second-factor"}
_SERVICES = {"@login", "@logout", "@login-renew"}
_REASONS = {
    PASSWORD: _(
        "Set a password of your own first: the present one was set by somebody else or "
        "is too old. Use the page @@my-password, or POST old_password and new_password "
        "to @users/<login>/reset-password."
    ),
    FACTOR: _(
        "Set up your second factor first: open the page @@my-second-factor in a "
        "browser."
    ),
}
_DEPARTMENT_FUNCTION = re.compile(r"dept-.+-(publisher|head)")
_ADMINISTRATORS = {"Manager", "Site Administrator"}


def needs_factor(user: Any) -> bool:
    """Whether the setting asks this person for a second factor."""
    if not setting("factor_required"):
        return False
    if _ADMINISTRATORS & set(user.getRoles()):
        return True
    groups = getattr(user, "getGroups", tuple)()
    return any(_DEPARTMENT_FUNCTION.fullmatch(group) for group in groups)


def is_old(person: Person) -> bool:
    """Whether the password has to be changed because of its age."""
    days = setting("password_days")
    return bool(days and person.changed and time.time() - person.changed > days * 86400)


def duty_of(user: Any) -> str:
    """What the person has to do first, or empty."""
    guard = guard_of_user(user)
    userid = user.getId()
    if guard is None or not userid:
        return ""
    person = guard.person(userid)
    if person is not None and (
        (person.must_change and setting("force_change")) or is_old(person)
    ):
        return PASSWORD
    if needs_factor(user) and (person is None or not person.has_factor):
        return FACTOR
    return ""


def lead(event: Any) -> None:
    """Before a page: lead to what has to be done.

    :raises Redirect: to its page.
    :raises Forbidden: for REST.
    """
    request = event.request
    if not IZhinanLayer.providedBy(request):
        return
    user = getSecurityManager().getUser()
    if user is None or user.getId() is None:
        return
    duty = duty_of(user)
    if not duty or _may_pass(request, duty, user.getId()):
        return
    if IAPIRequest.providedBy(request):
        raise Forbidden(said(_REASONS[duty]))
    page = "my-password" if duty == PASSWORD else "my-second-factor"
    raise Redirect(f"{api.portal.get().absolute_url()}/@@{page}")


def _may_pass(request: Any, duty: str, userid: str) -> bool:
    path = str(request.get("PATH_INFO", ""))
    last = path.rstrip("/").rpartition("/")[2]
    if IAPIRequest.providedBy(request):
        if last in _SERVICES:
            return True
        own = f"/@users/{userid}/reset-password"
        return duty == PASSWORD and request.method == "POST" and path.endswith(own)
    view = request.get("PUBLISHED")
    name = getattr(getattr(view, "im_self", view), "__name__", "") or ""
    if name in _ALWAYS | _OPEN[duty]:
        return True
    # Style sheets, scripts and pictures of the pages themselves.
    return "/++" in path or last.startswith("@@site-") or last == "favicon.ico"
