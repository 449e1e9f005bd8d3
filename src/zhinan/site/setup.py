"""Set-up steps that XML cannot do."""

from plone import api
from plone.base.interfaces import INonInstallable
from Products.GenericSetup.tool import SetupTool
from zhinan.departments import absences
from zhinan.departments import retained
from zhinan.search import lexicon
from zhinan.site import ids
from zope.interface import implementer


@implementer(INonInstallable)
class HiddenProfiles:
    """Profiles that the add-ons page does not offer."""

    def getNonInstallableProfiles(self) -> list[str]:
        """Ids of these profiles."""
        return ["zhinan:uninstall"]


def after_default(tool: SetupTool) -> None:
    """Our splitter on both sides of the text indexes; ids at random."""
    ids.install(api.portal.get())
    catalog = api.portal.get_tool("portal_catalog")
    if lexicon.install(catalog):
        names = [
            name
            for name, index in catalog._catalog.indexes.items()
            if index.meta_type == "ZCTextIndex"
        ]
        for brain in catalog.unrestrictedSearchResults():
            brain._unrestrictedGetObject().reindexObject(idxs=names)


def after_uninstall(tool: SetupTool) -> None:
    """Plone's own generator of ids, and nothing of ours in its history."""
    ids.uninstall(api.portal.get())
    retained.uninstall()
    absences.uninstall()
