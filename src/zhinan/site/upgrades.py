"""What an existing site needs when the code behind it becomes newer."""

from plone import api
from plone.registry.interfaces import IRegistry
from Products.GenericSetup.tool import SetupTool
from zhinan.forms.validation import IChecked
from zhinan.pages.settings import ISiteWording
from zhinan.publishing.revisions import catch_up
from zhinan.site import ids
from zhinan.site import structure
from zope.component import getUtility


_CHECKED = IChecked.__identifier__
#: Where the wording's records stood before they moved to the room of the pages.
_OLD_WORDING = "zhinan.portal.settings.ISiteWording."


#: Steps that take in what is new in the profile and leave a site's own settings.
_STEPS = (
    "plone.app.registry",
    "rolemap",
    "typeinfo",
    "workflow",
    "catalog",
    "difftool",
    "repositorytool",
    # The guard of signing in; it changes nothing where it stands already.
    "zhinan-signin",
)


def _run_steps(tool: SetupTool) -> None:
    for step in _STEPS:
        tool.runImportStepFromProfile(
            "profile-zhinan:default", step, run_dependencies=False
        )


def registers_jobs_exchange(tool: SetupTool) -> None:
    """Types, workflows, permissions, indexes and folders that came with the registers.

    The steps are run anew one by one: the whole profile would reset what a site's
    keeper has set since.
    """
    _run_steps(tool)
    registry = getUtility(IRegistry)
    for name in ISiteWording.names():
        old = registry.records.get(f"{_OLD_WORDING}{name}")
        if old is not None:
            registry[f"{ISiteWording.__identifier__}.{name}"] = old.value
            del registry.records[f"{_OLD_WORDING}{name}"]
    site = api.portal.get()
    structure.prepare(site)
    ids.install(site)
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(object_provides=_CHECKED):
        # Not reindexObject, which would make everything modified today.
        catalog.catalog_object(brain._unrestrictedGetObject(), brain.getPath())
    # What is public has been read: it is revision 1.
    catch_up(site)


def permissions_trail_keeping(tool: SetupTool) -> None:
    """Functions and their roles, workflows of the matrix, the trail, sign-in."""
    _run_steps(tool)
