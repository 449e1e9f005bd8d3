"""The pages at the door: login, second factor, staying signed in."""

from base64 import urlsafe_b64decode
from base64 import urlsafe_b64encode
from plone import api
from Products.CMFPlone.browser.login.login import LoginForm
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from Products.statusmessages.interfaces import IStatusMessage
from typing import Any
from zhinan import _
from zhinan.pages.layout import PublicPage
from zhinan.pages.layout import static_url
from zhinan.signin import attempts
from zhinan.signin import key
from zhinan.signin.memo import CODE
from zhinan.signin.memo import memo
from zhinan.signin.memo import OPEN
from zhinan.signin.memo import Verdict
from zhinan.signin.memo import WAIT
from zhinan.signin.memo import WRONG
from zhinan.signin.passwords import site_guard
from zhinan.signin.services import sign_in
from zhinan.signin.settings import setting
from zhinan.signin.wording import wait_words

import json
import time


#: Carries a person from the right password to the code; says nothing but who it is.
PENDING_COOKIE = "zn_pending"
PENDING_SECONDS = 300


class DoorPage(PublicPage):
    """What the pages at the door share."""

    #: why it did not go on
    error = ""
    seconds = 0

    def typed(self, name: str) -> str:
        """A field of the form."""
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    def __call__(self) -> str:
        """The page; nobody keeps it, and it is never an answer to another request."""
        body = super().__call__()
        response = self.request.response
        response.setHeader("Cache-Control", "private, no-store")
        response.headers.pop("etag", None)
        return body

    def refuse_wait(self, seconds: int) -> None:
        """Say how long to wait."""
        self.seconds = seconds
        self.error = wait_words(seconds)
        self.request.response.setHeader("Retry-After", str(seconds))

    def go_on(self, came_from: str) -> None:
        """To where the person wanted to be, if it is a page of this site."""
        form = LoginForm(self.context, self.request)
        form.redirect_after_login(came_from if self.is_ours(came_from) else None)
        self.request.response.setStatus(302)

    def is_ours(self, address: str) -> bool:
        """Whether an address is of this site."""
        tool = api.portal.get_tool("portal_url")
        return bool(address) and bool(tool.isURLInPortal(address))


class SignInPage(DoorPage):
    """Login and password."""

    template = ViewPageTemplateFile("templates/signin.pt")
    title = _("Sign in")

    def update(self) -> None:
        """Look at what was sent."""
        self.came_from = LoginForm(self.context, self.request).get_came_from() or ""
        if self.request.method == "POST" and "__ac_name" in self.request.form:
            self.try_to()

    def try_to(self) -> None:
        """One attempt."""
        guard = site_guard()
        login, password = self.typed("__ac_name"), self.typed("__ac_password")
        if guard is None or not login or not password:
            self.error = self.t(_("Enter your login name and your password."))
            return
        # The user folder has asked already: this is the same attempt.
        verdict = guard.judge(login, password)
        if verdict.kind == WAIT:
            self.refuse_wait(verdict.seconds)
        elif verdict.kind == WRONG:
            # What is demanded before the next attempt is said at once.
            things = guard.things(self.request, login)
            self.seconds = attempts.wait(guard.counter(), things)
            self.error = self.t(
                _(
                    "Login name or password is not right. Both are case sensitive: "
                    "is Caps Lock on?"
                )
            )
            if self.seconds:
                self.error += wait_words(self.seconds)
        elif verdict.kind == CODE:
            Pending(self.request).keep(verdict)
            url = f"{self.portal_url}/@@second-factor"
            if self.came_from:
                self.request.response.setCookie(
                    "zn_came_from", self.came_from, path="/", http_only=True
                )
            self.request.response.redirect(url, status=303)
        else:
            sign_in(self.context, self.request, guard, verdict)
            tell(self.request, verdict)
            self.go_on(self.came_from)

    def _post_login(self) -> Any:
        """Other add-ons ask the page called login for it."""
        return LoginForm(self.context, self.request)._post_login()


def tell(request: Any, verdict: Verdict) -> None:
    """Say of failures that the person may not know of."""
    if not verdict.failures:
        return
    IStatusMessage(request).add(
        _(
            "signed_in_failures",
            default="You are signed in. Before that there were ${n} wrong attempts "
            "with your login. If those were not yours, tell the administrator.",
            mapping={"n": str(verdict.failures)},
        ),
        type="warning",
    )


class Pending:
    """Who has given the right password and not yet the code."""

    def __init__(self, request: Any):
        self.request = request

    def keep(self, verdict: Verdict) -> None:
        """Remember it in a signed cookie for a few minutes."""
        end = str(int(time.time()) + PENDING_SECONDS)
        fields = [end, "1" if verdict.above else "0", verdict.userid, verdict.login]
        sealed = json.dumps([*fields, key.mark("pending", *fields)])
        self.request.response.setCookie(
            PENDING_COOKIE,
            urlsafe_b64encode(sealed.encode()).decode("ascii"),
            path="/",
            http_only=True,
            same_site="Strict",
        )

    def find(self) -> Verdict | None:
        """What was remembered, if it is ours and not too old."""
        try:
            raw = self.request.cookies.get(PENDING_COOKIE, "")
            end, above, userid, login, mark = json.loads(urlsafe_b64decode(raw))
            ours = key.is_mark(mark, "pending", end, above, userid, login)
            if not ours or int(end) < time.time():
                return None
        except (ValueError, TypeError, AttributeError):
            return None
        return Verdict(CODE, 0, userid, login, above == "1")

    def drop(self) -> None:
        """Forget it."""
        self.request.response.expireCookie(PENDING_COOKIE, path="/")
        self.request.response.expireCookie("zn_came_from", path="/")


class SecondFactorPage(DoorPage):
    """The code after the password."""

    template = ViewPageTemplateFile("templates/second_factor.pt")
    title = _("Second factor")

    def update(self) -> None:
        """Look at the code."""
        pending = Pending(self.request)
        verdict, guard = pending.find(), site_guard()
        if verdict is None or guard is None:
            self.request.response.redirect(f"{self.portal_url}/login", status=303)
            return
        if self.request.method != "POST":
            return
        things = guard.things(self.request, verdict.login)
        if seconds := attempts.wait(guard.counter(), things):
            self.refuse_wait(seconds)
            return
        verdict = guard.check_code(verdict, self.typed("code")[:100])
        if verdict.kind == OPEN:
            verdict.failures = guard.forgive(things)
            came_from = str(self.request.cookies.get("zn_came_from", ""))
            pending.drop()
            sign_in(self.context, self.request, guard, verdict)
            tell(self.request, verdict)
            self.go_on(came_from)
            return
        found = pending.find()
        guard.fail(self.request, found.login if found else "")
        self.error = self.t(
            _(
                "This code is not right, or it was used already. Wait for the next one "
                "in your app, and check that the clock of your phone is right."
            )
        )
        if seconds := attempts.wait(guard.counter(), things):
            self.seconds = seconds
            self.error += wait_words(seconds)


class StaySignedIn(BrowserView):
    """A person is there: the session's time begins anew."""

    def __call__(self) -> str:
        """Seconds that are left, as JSON; 0 when the session has ended."""
        notes = memo(self.request)
        alive = bool(notes.sid) and not api.user.is_anonymous()
        if alive and self.request.method == "POST":
            notes.active = True
        response = self.request.response
        response.setHeader("Content-Type", "application/json")
        response.setHeader("Cache-Control", "private, no-store")
        return json.dumps({"left": setting("idle_minutes") * 60 if alive else 0})


class Watch(BrowserView):
    """What stands at the end of each page of whoever is signed in: the watch."""

    index = ViewPageTemplateFile("templates/watch.pt")

    def update(self) -> None:
        """Nothing to prepare: a viewlet is asked for it."""

    def render(self) -> str:
        """The script with its numbers; nothing for the public."""
        notes = memo(self.request)
        if not notes.plugin or api.user.is_anonymous():
            return ""
        return self.index()

    __call__ = render

    def __init__(
        self, context: Any, request: Any, view: Any = None, manager: Any = None
    ):
        super().__init__(context, request)
        self.__parent__ = view

    def data(self) -> dict[str, Any]:
        """What the script has to know."""
        site = api.portal.get().absolute_url()
        idle = setting("idle_minutes") * 60
        return {
            "script": static_url(site, "signin.js"),
            "style": static_url(site, "signin.css"),
            "idle": idle,
            "warn": min(setting("warning_minutes") * 60, idle // 2),
            "stay": f"{site}/@@stay-signed-in",
            "login": f"{site}/login",
            # What was kept for one person is not offered to another.
            "person": key.mark("form", memo(self.request).userid)[:24],
        }
