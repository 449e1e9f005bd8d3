"""What an existing site needs when the code behind it becomes newer."""

from plone import api
from plone.registry.interfaces import IRegistry
from Products.GenericSetup.tool import SetupTool
from zhinan.pages.settings import ISiteWording
from zhinan.site import structure
from zope.component import getUtility


#: Where the wording's records stood before they moved to the room of the pages.
_OLD_WORDING = "zhinan.portal.settings.ISiteWording."


def registers_jobs_exchange(tool: SetupTool) -> None:
    """Types, workflows, permissions, indexes and folders that came with the registers.

    The steps are run anew one by one: the whole profile would reset what a site's
    keeper has set since.
    """
    profile = "profile-zhinan:default"
    for step in (
        "plone.app.registry",
        "rolemap",
        "typeinfo",
        "workflow",
        "catalog",
        "difftool",
        "repositorytool",
    ):
        tool.runImportStepFromProfile(profile, step, run_dependencies=False)
    registry = getUtility(IRegistry)
    for name in ISiteWording.names():
        old = registry.records.get(f"{_OLD_WORDING}{name}")
        if old is not None:
            registry[f"{ISiteWording.__identifier__}.{name}"] = old.value
            del registry.records[f"{_OLD_WORDING}{name}"]
    structure.prepare(api.portal.get())
    # Guides from before have to be known by what they cite.
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(portal_type="MatterGuide"):
        brain._unrestrictedGetObject().reindexObject(idxs=["legal_bases"])
