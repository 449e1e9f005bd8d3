"""The keeper's page: settings of sign-in, locks, and people who need help."""

from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.rules.lockout import current
from zhinan.rules.lockout import seconds_left
from zhinan.signin import attempts
from zhinan.signin import resetting
from zhinan.signin.events import FactorChanged
from zhinan.signin.events import LockLifted
from zhinan.signin.events import SettingsChanged
from zhinan.signin.own import OwnPage
from zhinan.signin.passwords import site_guard
from zhinan.signin.settings import address_pace
from zhinan.signin.settings import ISignInSettings
from zhinan.signin.settings import login_pace
from zhinan.signin.settings import setting
from zope.event import notify
from zope.schema import getFieldsInOrder
from zope.schema import ValidationError
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IInt
from zope.schema.interfaces import IList

import re
import time


#: Lines of the list of wrong attempts.
MOST = 100
GROUPS = (
    (
        _("Wrong attempts"),
        (
            "free_failures",
            "lock_after",
            "lock_minutes",
            "address_lock_after",
            "uncounted_addresses",
        ),
    ),
    (
        _("Passwords"),
        (
            "password_length",
            "password_kinds",
            "password_history",
            "password_days",
            "force_change",
        ),
    ),
    (_("Sessions"), ("idle_minutes", "warning_minutes", "longest_hours")),
    (_("Second factor"), ("factor_required",)),
)


class SettingsPage(OwnPage):
    """Settings, locks, people."""

    template = ViewPageTemplateFile("templates/settings.pt")
    title = _("Login and security")

    def update(self) -> None:
        """Prepare."""
        self.errors: dict[str, str] = {}
        super().update()

    def act(self, step: str) -> None:
        """Save the settings, lift a lock, help a person."""
        if step == "save":
            self.save()
        elif step == "lift":
            self.lift(self.typed("key"))
        elif step in ("factor", "sessions"):
            self.help(step, self.typed("login").strip())
        if not self.error and not self.errors:
            url = f"{self.portal_url}/@@signin-settings"
            self.request.response.redirect(url, status=303)

    # ----------------------------------------------------------------- settings

    def fields(self) -> list[dict[str, Any]]:
        """The settings in their groups, as the form shows them."""
        found = dict(getFieldsInOrder(ISignInSettings))
        return [
            {
                "title": self.t(title),
                "rows": [self._row(name, found[name]) for name in names],
            }
            for title, names in GROUPS
        ]

    def _row(self, name: str, field: Any) -> dict[str, Any]:
        value = setting(name)
        kind = "number" if IInt.providedBy(field) else "lines"
        if IBool.providedBy(field):
            kind = "check"
        if IList.providedBy(field):
            value = "\n".join(value)
        if self.errors:
            value = self.typed(name)
        return {
            "name": name,
            "title": self.t(field.title),
            "help": self.t(field.description) if field.description else "",
            "kind": kind,
            "value": value,
            "min": getattr(field, "min", None),
            "max": getattr(field, "max", None),
            "error": self.errors.get(name, ""),
        }

    def save(self) -> None:
        """Take the settings, all or none."""
        values: dict[str, Any] = {}
        for name, field in getFieldsInOrder(ISignInSettings):
            typed = self.typed(name).strip()
            if IBool.providedBy(field):
                values[name] = bool(typed)
            elif IInt.providedBy(field):
                if re.fullmatch(r"[0-9]{1,6}", typed, re.ASCII):
                    values[name] = int(typed)
            else:
                values[name] = typed.split()
            try:
                field.validate(values.get(name))
            except ValidationError:
                self.errors[name] = self.t(
                    _(
                        "whole_number_between",
                        default="Enter a whole number from ${min} to ${max}.",
                        mapping={
                            "min": str(getattr(field, "min", "")),
                            "max": str(getattr(field, "max", "")),
                        },
                    )
                )
        if self.errors:
            self.error = self.t(_("Nothing was saved: look at the marked fields."))
            return
        changed = [name for name in values if values[name] != setting(name)]
        for name in changed:
            api.portal.set_registry_record(name, values[name], ISignInSettings)
        if changed:
            notify(SettingsChanged(self.userid, ", ".join(changed), self.request))
        self.say(_("The settings were saved."))

    # -------------------------------------------------------------------- locks

    def _kinds(self) -> dict[str, Any]:
        return {
            "login": (_("Login"), login_pace()),
            "device": (_("Known browser"), login_pace()),
            "address": (_("Address"), address_pace()),
            "reset": (_("Mails for a new password"), resetting.PACE),
        }

    def locks(self) -> list[dict[str, Any]]:
        """What waits or is locked now, and what failed lately."""
        guard = site_guard()
        if guard is None:
            return []
        now, kinds, rows = time.time(), self._kinds(), []
        for key, label, stored in attempts.listing(guard.counter()):
            title, pace = kinds[key.partition(":")[0]]
            tally = current(stored, now, pace)
            if not tally.failures:
                continue
            left = seconds_left(tally, now, pace)
            rows.append(
                {
                    "key": key,
                    "kind": self.t(title),
                    "label": label or self.t(_("no login of this site")),
                    "failures": tally.failures,
                    "last": self.moment(tally.last),
                    "locked": tally.locked,
                    "mark": "zn-state-withdrawn" if tally.locked else "",
                    "state": self._state(tally.locked, left),
                }
            )
        return sorted(rows, key=lambda row: not row["locked"])[:MOST]

    def _state(self, locked: bool, left: int) -> str:
        if not locked:
            return self.t(_("counted"))
        return self.t(
            _(
                "locked_minutes",
                default="locked, ${n} min.",
                mapping={"n": str(-(-left // 60))},
            )
        )

    def lift(self, key: str) -> None:
        """Forget the failures of one entry."""
        guard = site_guard()
        if guard is None:
            return
        labels = {row[0]: row[1] for row in attempts.listing(guard.counter())}
        attempts.forget(guard.counter(), [key] if key in labels else [])
        kind = key.partition(":")[0]
        notify(
            LockLifted(
                self.userid, f"{kind} {labels.get(key, '')}".strip(), self.request
            )
        )
        self.say(_("The lock was lifted."))

    # ------------------------------------------------------------------- people

    def people(self) -> list[dict[str, str]]:
        """Who has a second factor or has yet to set a password."""
        guard = site_guard()
        rows = []
        for userid, person in guard.people.items() if guard is not None else ():
            if not (person.has_factor or person.must_change):
                continue
            user = api.user.get(userid=userid)
            name = (user.getProperty("fullname") if user else "") or userid
            rows.append(
                {
                    "userid": userid,
                    "name": name,
                    "factor": self.moment(person.factor_since)
                    if person.has_factor
                    else "",
                    "must_change": person.must_change,
                }
            )
        return rows

    def help(self, step: str, login: str) -> None:
        """Reset a person's second factor, or end the sessions."""
        guard = site_guard()
        info = guard._known(login) if guard is not None and login else None
        if guard is None or info is None:
            self.error = self.t(_("There is no login of this name."))
            return
        places = [guard, guard.above()]
        for place in (place for place in places if place is not None):
            person = place.person(info["id"])
            if step == "factor" and person is not None and person.has_factor:
                person.drop_factor()
                notify(
                    FactorChanged(info["id"], f"reset by {self.userid}", self.request)
                )
            place.end_sessions(info["id"], note=f"by {self.userid}")
        self.say(
            _("The second factor was reset, and all sessions of the person have ended.")
            if step == "factor"
            else _("All sessions of the person have ended.")
        )
