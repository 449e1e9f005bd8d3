"""Pages of a person about signing in: password, second factor, sessions."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.statusmessages.interfaces import IStatusMessage
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.documents.qr import qr_svg
from zhinan.rules import totp
from zhinan.signin import wording
from zhinan.signin.duties import duty_of
from zhinan.signin.duties import FACTOR
from zhinan.signin.duties import needs_factor
from zhinan.signin.duties import PASSWORD
from zhinan.signin.events import FactorChanged
from zhinan.signin.guard import Guard
from zhinan.signin.guard import guard_of_user
from zhinan.signin.memo import CODE
from zhinan.signin.memo import memo
from zhinan.signin.memo import OPEN
from zhinan.signin.memo import WAIT
from zhinan.signin.passwords import note_password
from zhinan.signin.passwords import site_guard
from zhinan.signin.people import Person
from zhinan.signin.settings import password_policy
from zhinan.signin.settings import setting
from zhinan.signin.signinpages import DoorPage
from zope.event import notify

import datetime


MOST_APPS = 10
HOW = {
    "password": _("with the password"),
    "totp": _("with the second factor"),
    "recovery": _("with a recovery code"),
    "app": _("with an app password"),
}


class OwnPage(DoorPage):
    """Base of the pages of a person about himself."""

    def update(self) -> None:
        """Do what a button says.

        :raises Unauthorized: if nobody is signed in.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Sign in to see this page.")))
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            self.act(self.typed("step"))

    def act(self, step: str) -> None:
        """Do one step."""

    @cached_property
    def user(self) -> Any:
        """Who is signed in."""
        return api.user.get_current().getUser()

    @cached_property
    def userid(self) -> str:
        """The id of who is signed in."""
        return str(self.user.getId())

    @cached_property
    def guard(self) -> Guard:
        """The guard of the user folder in which the person stands."""
        found = guard_of_user(self.user)
        if found is None:
            raise Unauthorized(self.t(_("Sign-in is not set up.")))
        return found

    @property
    def me(self) -> Person | None:
        """What is known of the person."""
        return self.guard.person(self.userid)

    def authenticator(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def moment(self, value: float) -> str:
        """Day and time in the city."""
        local = datetime.datetime.fromtimestamp(value, CITY_TIME)
        return f"{self.date(local.date())} {local:%H:%M}"

    def duty(self) -> str:
        """What has to be done before anything else."""
        return duty_of(self.user)

    def is_password(self, typed: str) -> bool:
        """Whether this is the person's password; a wrong one is counted.

        Each change at the door asks for it: a browser that was left open is not
        enough.
        """
        guard = site_guard() or self.guard
        login = str(self.user.getUserName())
        form = {
            "login": login,
            "password": typed,
            "extractor": "credentials_cookie_auth",
        }
        verdict = guard.judge(login, typed, form)
        if verdict.kind == WAIT:
            self.refuse_wait(verdict.seconds)
            return False
        if verdict.kind in (OPEN, CODE) and verdict.userid == self.userid:
            return True
        self.error = self.t(_("The present password is not right."))
        return False

    def say(self, message: Any) -> None:
        """Say on the next page what was done."""
        IStatusMessage(self.request).add(message, type="info")

    def messages(self) -> list[str]:
        """What was done on the page before."""
        return [self.t(row.message) for row in IStatusMessage(self.request).show()]


class MyPasswordPage(OwnPage):
    """Choose a password of one's own."""

    template = ViewPageTemplateFile("templates/my_password.pt")
    title = _("Your password")

    def rules(self) -> list[str]:
        """The rule, shown before one types."""
        return wording.rule_parts(password_policy())

    @property
    def forced(self) -> bool:
        """Whether nothing else is open until it is done."""
        return self.duty() == PASSWORD

    def act(self, step: str) -> None:
        """Set it."""
        new = self.typed("new_password")
        if not self.is_password(self.typed("old_password")):
            return
        if new != self.typed("new_again"):
            self.error = self.t(_("The two new passwords differ. Type them again."))
            return
        login = str(self.user.getUserName())
        self.error = wording.refusal(
            new, password_policy(), (self.userid, login), self.me
        ) or ("" if new != self.typed("old_password") else self.t(_same()))
        if self.error:
            return
        self.set(login, new)
        self.say(_("Your password was changed. Your other sessions have ended."))
        self.request.response.redirect(f"{self.portal_url}/@@my-sign-in", status=303)

    def set(self, login: str, new: str) -> None:
        """Hand it to the user folder, and begin a session in the place of the old."""
        folder = self.user.aq_parent
        if hasattr(folder, "userSetPassword") and self.guard is site_guard():
            folder.userSetPassword(self.userid, new)
        else:
            for _name, plugin in folder.plugins.listPlugins(IAuthenticationPlugin):
                if hasattr(plugin, "updateUserPassword"):
                    plugin.updateUserPassword(self.userid, new)
            note_password(self.guard, self.userid, new)
        if memo(self.request).plugin is not None:
            folder.updateCredentials(self.request, self.request.response, login, new)


def _same() -> Any:
    return _("Choose a new one: you have used this one before.")


class MySecondFactorPage(OwnPage):
    """Set up a second factor, or take it away."""

    template = ViewPageTemplateFile("templates/my_second_factor.pt")
    title = _("Your second factor")

    def update(self) -> None:
        """Prepare."""
        #: shown in this very answer and in no other
        self.codes: list[str] = []
        super().update()

    @property
    def forced(self) -> bool:
        """Whether nothing else is open until it is done."""
        return self.duty() == FACTOR

    @property
    def needed(self) -> bool:
        """Whether the person may not be without."""
        return needs_factor(self.user)

    @property
    def on(self) -> bool:
        """Whether there is one."""
        return bool(self.me and self.me.has_factor)

    @property
    def proposed(self) -> bool:
        """Whether a secret was shown and waits for its first code."""
        return bool(self.me and self.me.proposed)

    def secret(self) -> dict[str, str]:
        """What the app has to be told."""
        found = self.me.proposed if self.me else None
        if found is None:
            return {}
        name = str(self.user.getUserName())
        return {
            "text": totp.secret_text(found),
            "svg": qr_svg(
                totp.address(found, self.site_title, name),
                self.t(_("QR code for your app")),
                size=220,
            ),
        }

    def recovery_left(self) -> int:
        """How many recovery codes there are."""
        return len(self.me.recovery) if self.me else 0

    def act(self, step: str) -> None:
        """Begin, prove, renew the codes, or take the factor away."""
        person = self.guard.person(self.userid, make=True)
        if step == "prove":
            codes = person.enrol(self.typed("code"))
            if codes is None:
                self.error = self.t(
                    _(
                        "This code is not right. Wait for the next one in your app, "
                        "and check that the clock of your phone is right."
                    )
                )
                return
            self.codes = codes
            # Whoever came in with the password alone has to come in anew.
            self.guard.end_sessions(self.userid, memo(self.request).sid, "factor")
            notify(FactorChanged(self.userid, "on", self.request))
            return
        if not self.is_password(self.typed("old_password")):
            return
        if step == "begin" and not self.on:
            person.propose()
        elif step == "codes" and self.on:
            self.codes = person.renew_recovery()
            notify(FactorChanged(self.userid, "recovery codes", self.request))
        elif step == "drop" and self.on and not self.needed:
            person.drop_factor()
            notify(FactorChanged(self.userid, "off", self.request))
            self.say(_("The second factor was taken away."))
            self.request.response.redirect(
                f"{self.portal_url}/@@my-sign-in", status=303
            )


class MySignInPage(OwnPage):
    """Sessions, last sign-ins, and the ways to password and second factor."""

    template = ViewPageTemplateFile("templates/my_signin.pt")
    title = _("Signing in")

    def update(self) -> None:
        """Prepare."""
        #: an app password, shown in this very answer and in no other
        self.app_word = ""
        super().update()

    def act(self, step: str) -> None:
        """End other sessions; make or remove an app password."""
        person = self.guard.person(self.userid, make=True)
        if step == "end":
            self.guard.end_sessions(self.userid, memo(self.request).sid, "own wish")
            self.say(_("Your other sessions have ended."))
        elif step == "app-remove":
            mark = self.typed("app")
            kept = [row for row in person.apps if row[1] != mark]
            person.apps[:] = kept
            self.say(_("The app password was removed."))
        elif step == "app-add":
            if not self.is_password(self.typed("old_password")):
                return
            name = " ".join(self.typed("name").split())[:60]
            if not name or len(person.apps) >= MOST_APPS:
                self.error = self.t(
                    _("Give the program a name. Ten app passwords are the most.")
                )
                return
            self.app_word = person.add_app(name)
            notify(FactorChanged(self.userid, "app password", self.request))
            return
        self.request.response.redirect(f"{self.portal_url}/@@my-sign-in", status=303)

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions that have not ended."""
        own = memo(self.request).sid
        return [
            {
                "began": self.moment(row.began),
                "address": row.address,
                "agent": _browser(row.agent),
                "current": sid == own,
            }
            for sid, row in self.guard.sessions_of(self.userid)
        ]

    def signins(self) -> list[dict[str, Any]]:
        """The last sign-ins."""
        return [
            {
                "when": self.moment(when),
                "address": address,
                "how": self.t(HOW.get(how, how)),
                "failures": failures,
            }
            for when, address, how, failures in (
                self.me.last_signins() if self.me else ()
            )
        ]

    def apps(self) -> list[dict[str, str]]:
        """The app passwords."""
        return [
            {"name": name, "mark": mark, "since": self.moment(since)}
            for name, mark, since in (self.me.apps if self.me else ())
        ]

    def factor(self) -> str:
        """Since when there is a second factor, or empty."""
        me = self.me
        return self.moment(me.factor_since) if me and me.has_factor else ""

    def changed(self) -> str:
        """When the password was set, or empty."""
        me = self.me
        return self.moment(me.changed) if me and me.changed else ""

    def idle_minutes(self) -> int:
        """After how many minutes without activity a session ends."""
        return int(setting("idle_minutes"))


def _browser(agent: str) -> str:
    """The part of a browser's name that people know."""
    names = ("Edg", "Firefox", "MicroMessenger", "Chrome", "Safari", "curl", "python")
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    name = next((n for n in names if n.lower() in agent.lower()), agent[:30])
    system = next((n for n in systems if n in agent), "")
    return " · ".join(part for part in (name, system) if part)
