"""What an existing site needs when the code behind it becomes newer."""

from DateTime import DateTime
from plone import api
from plone.registry.interfaces import IRegistry
from plone.uuid.interfaces import IUUID
from Products.GenericSetup.tool import SetupTool
from typing import Any
from zhinan import logger
from zhinan.departments import confidentiality
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments import owned
from zhinan.forms.validation import IChecked
from zhinan.guides import requirementsettings
from zhinan.pages.settings import ISiteWording
from zhinan.publishing import reviews
from zhinan.publishing import rounds
from zhinan.publishing.revisions import catch_up
from zhinan.publishing.workflow import GUIDE_WORKFLOW
from zhinan.publishing.workflow import PUBLISHED
from zhinan.publishing.workflow import WORKFLOW
from zhinan.rules.permissions import group_id
from zhinan.site import ids
from zhinan.site import structure
from zhinan.site.distribution import checked
from zhinan.trail import store as trail
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
    site = api.portal.get()
    trail.prepare(site)
    # Before structure.prepare, which gives some folders rights of their own.
    api.portal.get_tool("portal_workflow").updateRoleMappings()
    structure.prepare(site)
    for entry in directory.entries().values():
        functions.ensure(entry.code, entry.short_name)
    _roles_become_functions(site)
    _no_handler(site)
    confidentiality.catch_up(checked(site))
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(object_provides=_CHECKED):
        obj = brain._unrestrictedGetObject()
        owned.take_over(obj)
        owned.remember(obj)
        # Not reindexObject, which would make everything modified today.
        catalog.catalog_object(obj, brain.getPath())


def publishing(tool: SetupTool) -> None:
    """Guides in their own workflow; a first edition for each that is online.

    What was withdrawn was hidden, and could be edited there: it becomes a draft, since
    the public reads what is withdrawn from now on. Who wrote a draft, and who submitted
    it, is taken from the trail and the history, so that nobody approves their own.
    """
    _run_steps(tool)
    site = api.portal.get()
    catalog = api.portal.get_tool("portal_catalog")
    workflows = api.portal.get_tool("portal_workflow")
    guides = [
        brain._unrestrictedGetObject()
        for brain in catalog.unrestrictedSearchResults(portal_type="MatterGuide")
    ]
    for guide in guides:
        _into_the_guides_workflow(guide)
    # Before structure.prepare, which gives some folders rights of their own.
    workflows.updateRoleMappings()
    structure.prepare(site)
    for guide in guides:
        catalog.catalog_object(guide, "/".join(guide.getPhysicalPath()))
    catch_up(site)
    reviews.give(site)
    requirementsettings.install()


def _into_the_guides_workflow(guide: Any) -> None:
    """The history of a guide goes on in its new workflow."""
    history = guide.workflow_history
    known = history.get(WORKFLOW)
    if not known or GUIDE_WORKFLOW in history:
        return
    last = known[-1]
    if last.get("review_state") == "withdrawn":
        step = {"action": "reopen", "review_state": "draft", "actor": ""}
        known = (*known, {**last, **step, "comments": "", "time": DateTime()})
    history[GUIDE_WORKFLOW] = known
    if known[-1].get("review_state") != PUBLISHED:
        _begin_round(guide, known)


#: Acts by which somebody wrote a guide or something in it.
_WRITING = frozenset({"added", "copied", "changed", "reverted", "imported"})


def _begin_round(guide: Any, history: Any) -> None:
    """Who wrote and submitted what is under way."""
    people = [guide.Creator()]
    forms = [form for part in guide.objectValues() for form in part.objectValues()]
    for obj in (guide, *guide.objectValues(), *forms):
        people += [e.who for e in trail.entries(IUUID(obj)) if e.act in _WRITING]
    sent = next((s for s in reversed(history) if s.get("action") == "submit"), {})
    found = dict.fromkeys(who for who in people if who and who != "system")
    rounds.change(
        api.portal.get(),
        IUUID(guide),
        drafted_by=tuple(found),
        submitted_by=sent.get("actor") or "",
    )


def _no_handler(site: Any) -> None:
    """Take away the role that handlers had before functions had roles of their own."""
    manager = site["acl_users"]["portal_role_manager"]
    if _FORMER_HANDLER in manager.listRoleIds():
        manager.removeRole(_FORMER_HANDLER)
    if _FORMER_HANDLER in site.userdefined_roles():
        site._delRoles((_FORMER_HANDLER,))


_FORMER_HANDLER = "Handler"
#: What the platform's roles allowed before, as functions in every department.
_FORMER = {
    "Editor": ("editor",),
    "Contributor": ("editor",),
    "Reviewer": ("reviewer", "publisher"),
    "Reader": ("reader",),
}


def _roles_become_functions(site: Any) -> None:
    """People keep what they could do; their keeper narrows it to departments later."""
    manager = site["acl_users"]["portal_role_manager"]
    for role, held in _FORMER.items():
        for principal, _title in manager.listAssignedPrincipals(role):
            if api.user.get(userid=principal) is None:
                continue
            for code in directory.entries():
                for function in held:
                    api.group.add_user(
                        groupname=group_id(code, function), username=principal
                    )
            manager.removeRoleFromPrincipal(role, principal)
            logger.warning("%s was %s: now in every department", principal, role)
