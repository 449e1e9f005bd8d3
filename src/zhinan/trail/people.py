"""Acts on accounts and groups; never a password, nor what people say of themselves.

The chain of an account is ``user:<id>``, that of a group ``group:<id>``.
"""

from Products.PlonePAS.plugins.role import GroupAwareRoleManager
from Products.PluggableAuthService.interfaces.events import ICredentialsUpdatedEvent
from Products.PluggableAuthService.interfaces.events import IGroupCreatedEvent
from Products.PluggableAuthService.interfaces.events import IGroupDeletedEvent
from Products.PluggableAuthService.interfaces.events import IPrincipalAddedToGroupEvent
from Products.PluggableAuthService.interfaces.events import IPrincipalCreatedEvent
from Products.PluggableAuthService.interfaces.events import IPrincipalDeletedEvent
from Products.PluggableAuthService.interfaces.events import (
    IPrincipalRemovedFromGroupEvent,
)
from typing import Any
from zhinan.trail.acts import record
from zope.component import adapter
from zope.component.hooks import getSite


USER_CREATED, USER_DELETED = "user.created", "user.deleted"
GROUP_CREATED, GROUP_DELETED = "group.created", "group.deleted"
JOINED, LEFT = "group.joined", "group.left"
ROLES, PASSWORD = "user.roles", "user.password"


def _id(principal: Any) -> str:
    """The id of what an event calls a principal: an account, or its id."""
    if isinstance(principal, str):
        return principal
    return (principal.getId() or "") if principal is not None else ""


def _on(kind: str, name: str, act: str, before: str = "", after: str = "") -> None:
    if name:
        record(None, act, uid=f"{kind}:{name}", title=name, before=before, after=after)


@adapter(IPrincipalCreatedEvent)
def user_created(event: Any) -> None:
    """A new account."""
    _on("user", _id(event.principal), USER_CREATED)


@adapter(IPrincipalDeletedEvent)
def user_deleted(event: Any) -> None:
    """An account is gone."""
    _on("user", _id(event.principal), USER_DELETED)


@adapter(ICredentialsUpdatedEvent)
def password_changed(event: Any) -> None:
    """Another password; which one is nobody's business."""
    _on("user", _id(event.principal), PASSWORD)


@adapter(IGroupCreatedEvent)
def group_created(event: Any) -> None:
    """A new group."""
    _on("group", _id(event.principal), GROUP_CREATED)


@adapter(IGroupDeletedEvent)
def group_deleted(event: Any) -> None:
    """A group is gone."""
    _on("group", _id(event.principal), GROUP_DELETED)


@adapter(IPrincipalAddedToGroupEvent)
def joined(event: Any) -> None:
    """Somebody has the rights of a group from now on."""
    _on("user", _id(event.principal), JOINED, after=event.group_id)


@adapter(IPrincipalRemovedFromGroupEvent)
def left(event: Any) -> None:
    """Somebody has them no longer."""
    _on("user", _id(event.principal), LEFT, before=event.group_id)


# Roles are given without an event, so these three methods tell of it. They have no
# docstring: nothing with one could be called from a browser.


def _roles(plugin: Any, principal: str) -> str:
    return ",".join(sorted(plugin._principal_roles.get(principal, ())))


def _tell_roles(plugin: Any, principal: str, before: str) -> None:
    after = _roles(plugin, principal)
    if after == before:
        return
    site = getSite()
    users = getattr(site, "acl_users", None)
    group = users is not None and users.getGroupById(principal) is not None
    _on("group" if group else "user", principal, ROLES, before, after)


def assign_roles(self, roles, principal_id, REQUEST=None):
    before = _roles(self, principal_id)
    GroupAwareRoleManager._old_assignRolesToPrincipal(
        self, roles, principal_id, REQUEST
    )
    _tell_roles(self, principal_id, before)


def assign_role(self, role_id, principal_id, REQUEST=None):
    before = _roles(self, principal_id)
    found = GroupAwareRoleManager._old_assignRoleToPrincipal(
        self, role_id, principal_id
    )
    _tell_roles(self, principal_id, before)
    return found


def remove_role(self, role_id, principal_id):
    before = _roles(self, principal_id)
    found = GroupAwareRoleManager._old_removeRoleFromPrincipal(
        self, role_id, principal_id
    )
    _tell_roles(self, principal_id, before)
    return found
