"""What every new site has, with or without demonstration content."""

from plone import api
from plone.app.theming.interfaces import IThemeSettings
from plone.base.interfaces.constrains import ENABLED
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from Products.CMFPlone.Portal import PloneSite
from zhinan import _
from zope.i18n import translate


#: id, title of the folders at the root, and the one type that may be added in each.
FOLDERS = (
    ("departments", _("Departments"), "Department"),
    ("guides", _("Service guides"), "MatterGuide"),
    ("policies", _("Policy documents"), "PolicyDocument"),
)


def prepare(site: PloneSite) -> None:
    """Create the root folders, published, and settings that fit the city."""
    for folder_id, title, portal_type in FOLDERS:
        if folder_id not in site:
            folder = api.content.create(
                site, "Folder", folder_id, translate(title, target_language="zh_CN")
            )
        else:
            folder = site[folder_id]
        _only(folder, portal_type)
        if api.content.get_state(folder) != "published":
            api.content.transition(folder, to_state="published")
    # Plone leaves 127.0.0.1 without theme: both addresses have to look the same.
    blacklist = api.portal.get_registry_record("hostnameBlacklist", IThemeSettings)
    api.portal.set_registry_record(
        "hostnameBlacklist",
        [host for host in blacklist if host != "127.0.0.1"],
        IThemeSettings,
    )


def _only(folder: object, portal_type: str) -> None:
    constraints = ISelectableConstrainTypes(folder)
    constraints.setConstrainTypesMode(ENABLED)
    constraints.setLocallyAllowedTypes([portal_type])
    constraints.setImmediatelyAddableTypes([portal_type])
