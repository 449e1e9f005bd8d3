"""The roles that functions give everywhere: computed from groups, stored nowhere.

``Any <function>`` for a function in some department, and the role of a function beside
the departments. A role that was stored with a group would be lost when somebody saves
the platform's list of groups, and could be given to a person by a tick in its list of
users; so both lists leave our roles out (``desk``).
"""

from AccessControl.class_init import InitializeClass
from plone import api
from Products.CMFPlone.controlpanel.browser.usergroups import (
    UsersGroupsControlPanelView,
)
from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from typing import Any
from zhinan.rules.permissions import ANY
from zhinan.rules.permissions import parse_group
from zhinan.rules.permissions import words
from zope.interface import implementer


PLUGIN = "zhinan_functions"


@implementer(IRolesPlugin)
class FunctionRoles(BasePlugin):
    """Gives persons and groups the roles of their functions."""

    meta_type = "Zhinan roles of functions"

    def __init__(self, id: str, title: str = ""):
        self._setId(id)
        self.title = title

    def getRolesForPrincipal(
        self, principal: Any, request: Any = None
    ) -> tuple[str, ...]:
        """The roles of a person, or of a group itself."""
        groups = getattr(principal, "getGroups", tuple)()
        return tuple(sorted(roles_of([principal.getId(), *groups])))


InitializeClass(FunctionRoles)


def roles_of(groups: list[str]) -> set[str]:
    """The roles that membership in these groups gives everywhere."""
    found = set()
    beside = {f.group: f.role for f in words().site_functions()}
    for group in groups:
        held = parse_group(group)
        if held is not None:
            found.add(words().functions[held[1]].role_for(ANY))
        elif group in beside:
            found.add(beside[group])
    return found


def install() -> None:
    """Put the plugin beside the platform's own."""
    acl_users = api.portal.get_tool("acl_users")
    if PLUGIN not in acl_users.objectIds():
        acl_users._setObject(PLUGIN, FunctionRoles(PLUGIN))
    active = acl_users["plugins"].listPluginIds(IRolesPlugin)
    if PLUGIN not in active:
        acl_users["plugins"].activatePlugin(IRolesPlugin, PLUGIN)


class WithoutOurs(UsersGroupsControlPanelView):
    """Mixin for the platform's lists of users and groups: our roles are not given."""

    @property
    def portal_roles(self) -> list[str]:
        """The platform's own roles."""
        return [role for role in super().portal_roles if role not in words().roles()]
