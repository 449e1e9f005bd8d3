"""Absences of people, and the functions that their substitutes have meanwhile.

A plugin of the user folder looks into a store of the site and gives a substitute the
groups of the absent person on the days between: nothing has to be written or indexed
when an absence begins, ends or is cancelled.
"""

from Acquisition import aq_inner
from Acquisition import aq_parent
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from collections.abc import Iterator
from dataclasses import asdict
from persistent import Persistent
from persistent.mapping import PersistentMapping
from plone import api
from Products.PluggableAuthService.interfaces.plugins import IGroupsPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from Products.PluggableAuthService.PropertiedUser import PropertiedUser
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import citytime
from zhinan.departments.events import AbsenceCancelled
from zhinan.departments.events import AbsenceEntered
from zhinan.rules import absences as rules
from zhinan.rules.absences import Absence
from zhinan.rules.codes import Problem
from zhinan.rules.permissions import parse_group
from zope import schema
from zope.annotation.interfaces import IAnnotations
from zope.event import notify
from zope.i18nmessageid import Message
from zope.interface import implementer
from zope.interface import Interface

import datetime
import secrets


KEY = "zhinan.absences"
PLUGIN = "zhinan_substitutes"
#: The platform's group of everybody who is signed in.
_EVERYBODY = "AuthenticatedUsers"
#: Who may enter absences of everybody: those who may give functions anyway.
PERMISSION = "Plone Site Setup: Users and Groups"
#: Characters of a note.
LONGEST_NOTE = 200

MESSAGES = {
    "absence_date": _(
        "absence_date", default="Enter first and last day, such as 2026-09-01."
    ),
    "absence_order": _(
        "absence_order", default="The last day lies before the first one."
    ),
    "absence_past": _(
        "absence_past", default="The first day has passed. Begin today or later."
    ),
    "absence_long": _(
        "absence_long",
        default="An absence lasts at most ${longest} days. Enter a shorter one; it can "
        "be followed by another.",
    ),
    "absence_person": _("absence_person", default="Choose who is absent."),
    "absence_oneself": _(
        "absence_oneself", default="Nobody stands in for himself or herself."
    ),
    "absence_stranger": _(
        "absence_stranger",
        default="Choose a colleague who has a function in the same department.",
    ),
    "absence_overlap": _(
        "absence_overlap",
        default="There is an absence on some of these days already. Cancel it first, "
        "or choose other days.",
    ),
    "absence_both_away": _(
        "absence_both_away",
        default="This colleague is absent on some of these days. Choose another one.",
    ),
    "absence_note": _(
        "absence_note", default="The note has at most ${longest} characters."
    ),
}


class IAbsenceSettings(Interface):
    """What the keeper of a site may set for absences."""

    longest = schema.Int(
        title=_("Days that an absence may last"), min=1, max=400, default=rules.LONGEST
    )


def longest() -> int:
    """Days that an absence may last."""
    value = api.portal.get_registry_record("longest", IAbsenceSettings, default=None)
    return value if isinstance(value, int) else rules.LONGEST


class Refused(ValueError):
    """An absence cannot be entered; ``problems`` say why."""

    def __init__(self, problems: list[Problem]):
        super().__init__(", ".join(problem.id for problem in problems))
        self.problems = problems

    def sentences(self) -> list[tuple[str, Message]]:
        """Field and sentence of each problem."""
        return [
            (p.field, Message(MESSAGES[p.id], mapping=p.mapping)) for p in self.problems
        ]


# ------------------------------------------------------------------------- the store


class Store(Persistent):
    """Every absence, those that are over too: who acted for whom stays known."""

    def __init__(self) -> None:
        self.entries = OOBTree()
        #: ids by the person who stands in, which is what each request asks
        self.by_substitute = OOBTree()

    def add(self, absence: Absence) -> None:
        """Keep an absence."""
        values = {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in asdict(absence).items()
        }
        self.entries[absence.id] = PersistentMapping(values)
        if absence.substitute not in self.by_substitute:
            self.by_substitute[absence.substitute] = OOTreeSet()
        self.by_substitute[absence.substitute].add(absence.id)

    def get(self, absence_id: str) -> Absence | None:
        """An absence by its id."""
        values = self.entries.get(absence_id)
        if values is None:
            return None
        days = {n: datetime.date.fromisoformat(values[n]) for n in ("start", "until")}
        return Absence(**{**values, **days})

    def all(self) -> Iterator[Absence]:
        """Every absence."""
        for absence_id in self.entries:
            yield self.get(absence_id)


def store(site: Any = None) -> Store | None:
    """The store; None where nobody has been absent yet."""
    return IAnnotations(site if site is not None else api.portal.get()).get(KEY)


def _made() -> Store:
    notes = IAnnotations(api.portal.get())
    if KEY not in notes:
        notes[KEY] = Store()
    return notes[KEY]


def every() -> list[Absence]:
    """All absences, the latest first."""
    kept = store()
    found = list(kept.all()) if kept is not None else []
    return sorted(found, key=lambda a: (a.start, a.entered), reverse=True)


def _standing_in(user_id: str, site: Any = None) -> list[Absence]:
    """Absences in force today in which this person is the substitute."""
    kept = store(site)
    ids = kept.by_substitute.get(user_id) if kept is not None else None
    if not ids:
        return []
    day = citytime.today()
    found = (kept.get(absence_id) for absence_id in ids)
    return [absence for absence in found if absence.in_force(day)]


# -------------------------------------------------------------------- what it gives


def own_groups(user_id: str, acl_users: Any = None) -> list[str]:
    """Groups of a department that a person is in, without those of absent people."""
    if acl_users is None:
        acl_users = api.portal.get_tool("acl_users")
    groups = acl_users._getGroupsForPrincipal(
        PropertiedUser(user_id), ignore_plugins=(PLUGIN,)
    )
    return sorted(group for group in groups if parse_group(group) is not None)


def lent_groups(user_id: str, acl_users: Any = None) -> dict[str, list[str]]:
    """Groups that a person has today as a substitute, each with the absent people."""
    if acl_users is None:
        acl_users = api.portal.get_tool("acl_users")
    absent = _standing_in(user_id, aq_parent(aq_inner(acl_users)))
    if not absent:
        return {}
    own = own_groups(user_id, acl_users)
    found: dict[str, list[str]] = {}
    for absence in absent:
        # Who has left takes nothing along: memberships may outlive the account.
        if acl_users._verifyUser(acl_users.plugins, user_id=absence.person) is None:
            continue
        for group in rules.lent(own_groups(absence.person, acl_users), own):
            found.setdefault(group, []).append(absence.person)
    return found


def acting_for(user: Any = None) -> list[str]:
    """Ids of the people for whom somebody (who is signed in) stands in today."""
    if user is None:
        user = api.user.get_current()
    user_id = user if isinstance(user, str) else user.getId()
    if not user_id:
        return []
    return sorted({p for people in lent_groups(user_id).values() for p in people})


def substitutes_in(group: str) -> list[tuple[str, str]]:
    """Substitute and absent person of everybody who has this group in that way."""
    kept = store()
    found = []
    day = citytime.today()
    for absence in kept.all() if kept is not None else ():
        if absence.in_force(day) and absence.person in lent_groups(
            absence.substitute
        ).get(group, ()):
            found.append((absence.substitute, absence.person))
    return found


@implementer(IGroupsPlugin)
class Substitutes(BasePlugin):
    """Groups of absent people for those who stand in for them."""

    meta_type = "Zhinan substitutes"

    def __init__(self, plugin_id: str, title: str = ""):
        self._setId(plugin_id)
        self.title = title

    def getGroupsForPrincipal(self, principal: Any, request: Any = None) -> tuple:
        """The groups; for most people one look into the store.

        The platform asks for groups inside groups, too.
        """
        user_id = principal.getId()
        if not user_id or user_id == _EVERYBODY or parse_group(user_id) is not None:
            return ()
        return tuple(lent_groups(user_id, aq_parent(aq_inner(self))))


def install() -> None:
    """Put the plugin into the site's user folder."""
    acl_users = api.portal.get_tool("acl_users")
    if PLUGIN not in acl_users.objectIds():
        acl_users._setObject(PLUGIN, Substitutes(PLUGIN, "Substitutes"))
    plugins = acl_users.plugins
    if PLUGIN not in plugins.listPluginIds(IGroupsPlugin):
        plugins.activatePlugin(IGroupsPlugin, PLUGIN)


def uninstall() -> None:
    """Take it out again; what was entered stays with the site."""
    acl_users = api.portal.get_tool("acl_users")
    if PLUGIN in acl_users.objectIds():
        acl_users.plugins.removePluginById(PLUGIN)
        acl_users._delObject(PLUGIN)


# ------------------------------------------------------------------------- entering


def is_keeper() -> bool:
    """Whether who is signed in may enter absences of everybody."""
    return bool(api.user.has_permission(PERMISSION, obj=api.portal.get()))


def departments(user_id: str) -> set[str]:
    """Codes of the departments in which a person has a function of his or her own."""
    return {parse_group(group)[0] for group in own_groups(user_id)}


def may_enter(person: str) -> bool:
    """Whether who is signed in may enter and cancel absences of this person."""
    if api.user.is_anonymous():
        return False
    me = api.user.get_current()
    if me.getId() == person or is_keeper():
        return True
    headed = {
        code
        for code, function in map(parse_group, own_groups(me.getId()))
        if function == "head"
    }
    return bool(headed & departments(person))


def me() -> str:
    """Id of who is signed in; empty for the public."""
    if api.user.is_anonymous():
        return ""
    return api.user.get_current().getId() or ""


def visible() -> list[Absence]:
    """Absences of who is signed in, those he or she stands in for, and of the people.

    :raises Unauthorized: if the person has no function in a department.
    """
    who = me()
    if not who:
        raise Unauthorized(_("Log in to work here."))
    keeper = is_keeper()
    if not (keeper or departments(who)):
        raise Unauthorized(_("Only people of departments are absent here."))
    return [
        absence
        for absence in every()
        if keeper
        or who in {absence.person, absence.substitute}
        or may_enter(absence.person)
    ]


def _day(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip())
    except (ValueError, AttributeError):
        return None


def enter(person: str, substitute: str, start: Any, until: Any, note: str) -> Absence:
    """Enter an absence; days are texts such as ``2026-09-01``.

    :raises Refused: if something is missing or wrong.
    """
    first, last = _day(start), _day(until)
    found = []
    acl_users = api.portal.get_tool("acl_users")
    if not person or acl_users._verifyUser(acl_users.plugins, user_id=person) is None:
        found.append(Problem("person", "absence_person"))
    if first is None or last is None:
        found.append(Problem("start", "absence_date"))
    if len(note) > LONGEST_NOTE:
        longest_note = (("longest", str(LONGEST_NOTE)),)
        found.append(Problem("note", "absence_note", longest_note))
    if found:
        raise Refused(found)
    wanted = Absence(
        id=secrets.token_hex(8),
        person=person,
        substitute=substitute,
        start=first,
        until=last,
        note=" ".join(note.split()),
        entered_by=api.user.get_current().getId() or "",
        entered=_now(),
    )
    known = bool(substitute) and (
        acl_users._verifyUser(acl_users.plugins, user_id=substitute) is not None
    )
    gives = known and bool(rules.lent(own_groups(person), own_groups(substitute)))
    problems = rules.problems(wanted, every(), citytime.today(), gives, longest())
    if found := list(problems):
        raise Refused(found)
    _made().add(wanted)
    notify(AbsenceEntered(wanted))
    return wanted


def cancel(absence_id: str) -> Absence | None:
    """End an absence now, or call it off before; None if there is nothing to end."""
    kept = store()
    absence = kept.get(absence_id) if kept is not None else None
    over = {rules.ENDED, rules.CANCELLED}
    if absence is None or absence.state(citytime.today()) in over:
        return None
    kept.entries[absence_id].update(
        cancelled=_now(), cancelled_by=api.user.get_current().getId() or ""
    )
    absence = kept.get(absence_id)
    notify(AbsenceCancelled(absence))
    return absence


def _now() -> str:
    now = datetime.datetime.now(citytime.CITY_TIME)
    return now.isoformat(timespec="seconds")
