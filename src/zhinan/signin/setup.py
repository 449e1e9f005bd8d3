"""The plugins in the user folders of the site and of Zope."""

from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from plone import api
from plone.session.plugins.session import SessionPlugin
from Products.PlonePAS.interfaces.plugins import IUserManagement
from Products.PluggableAuthService.interfaces.authservice import IPluggableAuthService
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import ICredentialsResetPlugin
from Products.PluggableAuthService.interfaces.plugins import ICredentialsUpdatePlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.interfaces.plugins import IValidationPlugin
from typing import Any
from zhinan.signin.guard import GUARD
from zhinan.signin.guard import Guard
from zhinan.signin.tickets import Tickets

import secrets


SESSION, ROOT_SESSION = "session", "zhinan_session"
_TICKETS = (
    IExtractionPlugin,
    IAuthenticationPlugin,
    ICredentialsResetPlugin,
    ICredentialsUpdatePlugin,
)
_SITE_GUARD = (
    IAuthenticationPlugin,
    ICredentialsResetPlugin,
    IValidationPlugin,
    IUserManagement,
)
_ROOT_GUARD = (IAuthenticationPlugin, ICredentialsResetPlugin)


def import_step(context: Any) -> None:
    """The import step of the profiles: a file in a profile says which way."""
    if context.readDataFile("zhinan-signin.txt") is not None:
        install(api.portal.get())
    elif context.readDataFile("zhinan-signin-uninstall.txt") is not None:
        uninstall(api.portal.get())


def install(site: Any) -> None:
    """Guard and sessions, in the site and in Zope; as often as one likes."""
    folder = site.acl_users
    _guard(folder, _SITE_GUARD)
    _off(folder, IValidationPlugin, "password_policy")
    _tickets(folder, SESSION)
    root = getattr(aq_parent(aq_inner(site)), "acl_users", None)
    if not IPluggableAuthService.providedBy(root):
        return
    _guard(root, _ROOT_GUARD)
    plugin = _tickets(root, ROOT_SESSION)
    if plugin._shared_secret is None:
        # The root has no keyring.
        plugin._shared_secret = secrets.token_urlsafe(48)
    # Plone's plugin for Zope keeps login and password in the cookie.
    for name in root.objectIds():
        if name != ROOT_SESSION:
            _off(root, ICredentialsUpdatePlugin, name)


def uninstall(site: Any) -> None:
    """Plone's own plugins; what stands in Zope's folder stays for other sites."""
    folder = site.acl_users
    if GUARD in folder:
        folder.manage_delObjects([GUARD])
    if "password_policy" in folder:
        _on(folder, IValidationPlugin, "password_policy")
    old = folder._getOb(SESSION, None)
    if isinstance(aq_base(old), Tickets):
        _replace(folder, SESSION, SessionPlugin(SESSION))


def _guard(folder: Any, kinds: tuple[Any, ...]) -> None:
    if GUARD not in folder:
        folder._setObject(GUARD, Guard(GUARD))
    for kind in kinds:
        _on(folder, kind, GUARD, first=True)


def _tickets(folder: Any, name: str) -> Any:
    old = folder._getOb(name, None)
    if not isinstance(aq_base(old), Tickets):
        new = Tickets(name)
        new._shared_secret = getattr(aq_base(old), "_shared_secret", None)
        _replace(folder, name, new)
    for kind in _TICKETS:
        _on(folder, kind, name)
    return folder._getOb(name)


def _replace(folder: Any, name: str, new: Any) -> None:
    """Another plugin of this name, active for the same and in the same places."""
    plugins = folder.plugins
    places = {
        kind: list(plugins.listPluginIds(kind)) for kind in _TICKETS if name in folder
    }
    if name in folder:
        folder.manage_delObjects([name])
    folder._setObject(name, new)
    for kind, names in places.items():
        if name in names:
            _on(folder, kind, name)
            for _i in range(len(names) - 1 - names.index(name)):
                plugins.movePluginsUp(kind, [name])


def _on(folder: Any, kind: Any, name: str, first: bool = False) -> None:
    plugins = folder.plugins
    if name not in plugins.listPluginIds(kind):
        plugins.activatePlugin(kind, name)
    while first and plugins.listPluginIds(kind)[0] != name:
        plugins.movePluginsUp(kind, [name])


def _off(folder: Any, kind: Any, name: str) -> None:
    if name in folder.plugins.listPluginIds(kind):
        folder.plugins.deactivatePlugin(kind, name)
