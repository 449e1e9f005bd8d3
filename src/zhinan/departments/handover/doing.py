"""Does the steps of a hand-over, each so that a second time changes nothing."""

from . import look
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Callable
from plone import api
from plone.app.redirector.interfaces import IRedirectionStorage
from plone.locking.interfaces import ILockable
from typing import Any
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments.content import PORTAL_TYPE
from zhinan.interfaces import IDepartmentsFolder
from zhinan.rules import handover as rules
from zhinan.rules.editions import HANDED_OVER
from zhinan.rules.handover import Step
from zhinan.rules.permissions import group_id
from zhinan.trail.causes import because
from zhinan.trail.causes import Cause
from zope.annotation.interfaces import IAnnotations
from zope.component import getUtility
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import transaction


MISSING = "missing"
#: What is put behind the address of a department that has ended.
ENDED = "-ended"
#: Where the versioning looks for what people noted of a change.
_CHANGE_NOTE = "plone.app.versioningbehavior-changeNote"
_DATES = frozenset({"valid_until", "revoked_on"})


class Doer:
    """Does steps for one hand-over."""

    def __init__(self, site: Any, number: str, note: str):
        self.site = site
        self.number = number
        self.note = note
        self._how: dict[str, Callable[[Step], str]] = {
            rules.CREATE: self.create,
            rules.CALL: self.call,
            rules.JOIN: self.person,
            rules.PART: self.person,
            rules.MOVE: self.move,
            rules.PAPER: self.paper,
            rules.REVIVE: self.paper,
            rules.DROP: self.groups,
            rules.GROUPS: self.groups,
            rules.CLOSE: self.close,
            rules.REOPEN: self.reopen,
            rules.RETIRE: self.retire,
        }

    def do(self, step: Step) -> str:
        """Do a step; what came of it: moved, already, differs or missing."""
        # The permission for the whole was asked before the batch; workflows and folders
        # ask once more, for rights that the person needs for nothing else.
        # What is online and changes with it becomes an edition that says so.
        handed = because(Cause(HANDED_OVER, self.note))
        with api.env.adopt_roles(["Manager"]), handed:
            return self._how[step.kind](step)

    def look(self, step: Step) -> str:
        """What would come of a step on content; others are taken to fit."""
        if step.kind not in {rules.MOVE, rules.PAPER, rules.REVIVE}:
            return rules.MOVED
        obj = look.find(step.key)
        return MISSING if obj is None else rules.verdict(self._values(obj, step), step)

    # ------------------------------------------------------------------ content

    def move(self, step: Step) -> str:
        """Fields of one thing and of what lies inside it, told once."""
        obj = look.find(step.key)
        if obj is None:
            return MISSING
        found = rules.verdict(self._values(obj, step), step)
        if found != rules.MOVED:
            return found
        for change in step.changes:
            target = obj[change.of] if change.of else obj
            setattr(target, change.field, _value(change.field, change.after))
            if change.of:
                target.reindexObject()
        self._tell(obj)
        obj.reindexObjectSecurity()
        return rules.MOVED

    def paper(self, step: Step) -> str:
        """A paper loses its force with its dates, or has it again."""
        obj = look.find(step.key)
        if obj is None:
            return MISSING
        found = rules.verdict(self._values(obj, step), step)
        if found != rules.MOVED:
            return found
        for change in step.changes:
            if change.field == "review_state":
                way = "end" if change.after == "ended" else "put_in_force"
                api.portal.get_tool("portal_workflow").doActionFor(
                    obj, way, comment=self.note
                )
            else:
                setattr(obj, change.field, _value(change.field, change.after))
        self._tell(obj)
        return rules.MOVED

    def _values(self, obj: Any, step: Step) -> dict[str, Any]:
        found = {}
        tool = api.portal.get_tool("portal_workflow")
        for change in step.changes:
            if change.field == "review_state":
                found[change.field] = tool.getInfoFor(obj, "review_state", "")
            elif change.of:
                part = obj.get(change.of)
                found[f"{change.of}/{change.field}"] = look.plain(
                    getattr(part, change.field, None)
                )
            else:
                found[change.field] = _plain(getattr(obj, change.field, None), change)
        return found

    def _tell(self, obj: Any) -> None:
        """Saved, with a note that stands in its history."""
        IAnnotations(obj.REQUEST)[_CHANGE_NOTE] = self.note
        notify(ObjectModifiedEvent(obj))

    # ------------------------------------------------------------------- people

    def person(self, step: Step) -> str:
        """One function of one person, given or taken."""
        tool = api.portal.get_tool("portal_groups")
        (change,) = step.changes
        code, _colon, function = (change.after or change.before).partition(":")
        group = tool.getGroupById(group_id(code, function))
        inside = group is not None and step.key in group.getGroupMemberIds()
        if inside == bool(change.after):
            return rules.ALREADY
        if group is None or api.user.get(userid=step.key) is None:
            return MISSING
        if change.after:
            tool.addPrincipalToGroup(step.key, group.getId())
        else:
            tool.removePrincipalFromGroup(step.key, group.getId())
        return rules.MOVED

    def groups(self, step: Step) -> str:
        """The groups of a department go, or are there again."""
        (change,) = step.changes
        tool = api.portal.get_tool("portal_groups")
        there = tool.getGroupById(group_id(step.key, "editor")) is not None
        if there == bool(change.after):
            return rules.ALREADY
        if change.after:
            functions.ensure(step.key, step.title)
        else:
            functions.drop(step.key)
        return rules.MOVED

    # -------------------------------------------------------------- departments

    def create(self, step: Step) -> str:
        """The department that takes over, published where the others are."""
        (change,) = step.changes
        code = step.key
        known = look.department(code)
        if known is not None:
            if not aliases.is_old(code):
                return rules.ALREADY
            return self._revive(known, code)
        values = change.after
        made = api.content.create(
            self._folder(), PORTAL_TYPE, code, safe_id=False, **values
        )
        api.content.transition(made, to_state="published")
        directory.forget()
        return rules.MOVED

    def _folder(self) -> Any:
        brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
            object_provides=IDepartmentsFolder.__identifier__
        )
        return brains[0]._unrestrictedGetObject()

    def call(self, step: Step) -> str:
        """Another name, perhaps another code and with it another address."""
        codes = {step.key}
        codes.update(
            str(v)
            for change in step.changes
            if change.field == "code"
            for v in (change.before, change.after)
        )
        obj = next((o for o in map(look.department, sorted(codes)) if o), None)
        if obj is None:
            return MISSING
        found = rules.verdict(
            {c.field: getattr(obj, c.field, None) for c in step.changes}, step
        )
        if found != rules.MOVED:
            return found
        old = obj.title, obj.short_name
        for change in step.changes:
            setattr(obj, change.field, change.after)
        code = next((c for c in step.changes if c.field == "code"), None)
        if code is not None:
            self._readdress(obj, code.after)
            aliases.drop(code.after)
            self._alias(code.before, code.after, *old)
        directory.forget()
        self._tell(obj)
        return rules.MOVED

    def _alias(self, code: str, successor: str, title: str, short_name: str) -> None:
        aliases.add(aliases.Alias(code, successor, title, self.number, short_name))

    def _readdress(self, obj: Any, name: str) -> None:
        """Give it another id; the platform lets the old address lead to the new one."""
        if obj.getId() == name:
            return
        self._free(obj)
        parent = aq_parent(aq_inner(obj))
        path = "/".join(obj.getPhysicalPath())
        # A name that is taken again leads nowhere else any more.
        storage = getUtility(IRedirectionStorage)
        there = f"{path.rpartition('/')[0]}/{name}"
        if storage.has_path(there):
            storage.remove(there)
        # What moves needs an identity in the database.
        transaction.savepoint(optimistic=True)
        parent.manage_renameObject(obj.getId(), name)

    def _free(self, obj: Any) -> None:
        lockable = ILockable(obj, None)
        if lockable is not None and lockable.locked():
            lockable.clear_locks()

    def close(self, step: Step) -> str:
        """It ends: withdrawn, out of its address, its code means the successor."""
        successor = next(c.after for c in step.changes if c.field == "merged_into")
        code = step.key
        if aliases.is_old(code):
            return rules.ALREADY
        obj = look.department(code)
        if obj is None:
            return MISSING
        path = "/".join(obj.getPhysicalPath())
        self._withdraw(obj)
        self._readdress(obj, f"{code}{ENDED}")
        self._alias(code, successor, obj.title, obj.short_name)
        directory.forget()
        target = look.department(directory.resolve(successor))
        there = "/".join(target.getPhysicalPath())
        storage = getUtility(IRedirectionStorage)
        storage.add(path, there)
        # Addresses that led here go on to the successor as well.
        for old in list(storage.redirects("/".join(obj.getPhysicalPath()))):
            storage.add(old, there)
        self._tell(obj)
        return rules.MOVED

    def _withdraw(self, obj: Any) -> None:
        if api.content.get_state(obj) == "published":
            api.portal.get_tool("portal_workflow").doActionFor(
                obj, "withdraw", comment=self.note
            )

    def reopen(self, step: Step) -> str:
        """It is there again, as it was before it ended."""
        obj = look.department(step.key)
        if obj is None:
            return MISSING
        if not aliases.is_old(step.key):
            return rules.ALREADY
        state = next(c.after for c in step.changes if c.field == "review_state")
        return self._revive(obj, step.key, state)

    def _revive(self, obj: Any, code: str, state: str = "published") -> str:
        aliases.drop(code)
        directory.forget()
        self._readdress(obj, code)
        path = "/".join(obj.getPhysicalPath())
        storage = getUtility(IRedirectionStorage)
        for old, successor in aliases.successors().items():
            if successor == code:
                storage.add(f"{path.rpartition('/')[0]}/{old}", path)
        functions.ensure(code, obj.short_name or obj.title)
        if api.content.get_state(obj) != state:
            api.content.transition(obj, to_state=state, comment=self.note)
        self._tell(obj)
        return rules.MOVED

    def retire(self, step: Step) -> str:
        """A department that a hand-over made, and that was taken back, stands idle."""
        obj = look.department(step.key)
        if obj is None:
            return MISSING
        if api.content.get_state(obj) != "published":
            return rules.ALREADY
        self._withdraw(obj)
        self._tell(obj)
        directory.forget()
        return rules.MOVED


def _plain(value: Any, change: rules.Change) -> Any:
    """A value as the plan knows it: an empty list of departments may be none at all."""
    found = look.plain(value)
    if found is None and change.field in {"co_owners", "co_departments"}:
        return []
    return found


def _value(name: str, value: Any) -> Any:
    """A plain value as the field wants it."""
    if name in _DATES and isinstance(value, str) and value:
        return datetime.date.fromisoformat(value)
    return value
