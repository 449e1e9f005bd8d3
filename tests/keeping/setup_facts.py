"""Run by ``zconsole run``: runs the upgrade steps of a site, and tells how it is set up.

``SETUP_FACTS`` names the file that is written; with ``EXPECTED`` what is to be read of
each object is told, too.
"""

from pathlib import Path
from plone.namedfile.interfaces import INamedBlobFile
from plone.registry.interfaces import IRegistry
from Testing.makerequest import makerequest
from zhinan.jobs.acting import acting
from zhinan.jobs.acting import person_of
from zope.component import getUtility

import hashlib
import json
import os
import sys
import transaction


PROFILE = "zhinan:default"
#: Records that tell when or where something was made, or that count.
VOLATILE = (
    "plone.bundles/",
    "plone.resources.last",
    "plone.portal_timezone",
    "plone.app.theming.interfaces.IThemeSettings.custom_css_timestamp",
)


def types(site):
    """Every type of ours, property by property."""
    found = {}
    for fti in site.portal_types.objectValues():
        values = {name: fti.getProperty(name) for name in fti.propertyIds()}
        found[fti.getId()] = {name: plain(value) for name, value in values.items()}
    return found


def workflows(site):
    """Chains, states with their permissions, transitions with their guards."""
    tool = site.portal_workflow
    found = {"chains": {k: list(v) for k, v in tool.listChainOverrides()}}
    for workflow in tool.objectValues():
        if not hasattr(workflow, "states"):
            continue
        states = {
            state.getId(): {
                "permissions": {
                    name: sorted(roles)
                    for name, roles in (state.permission_roles or {}).items()
                },
                "acquired": sorted(
                    name
                    for name, roles in (state.permission_roles or {}).items()
                    if isinstance(roles, list)
                ),
                "transitions": sorted(state.transitions),
            }
            for state in workflow.states.objectValues()
        }
        transitions = {
            one.getId(): [one.new_state_id, plain(one.getGuard().getSummary())]
            for one in workflow.transitions.objectValues()
        }
        found[workflow.getId()] = {
            "states": states,
            "transitions": transitions,
            "initial": workflow.initial_state,
            "permissions": sorted(workflow.permissions),
        }
    return found


def permissions(site):
    """Who has which permission at the root of the site."""
    found = {}
    for name in site.possible_permissions():
        roles = [one["name"] for one in site.rolesOfPermission(name) if one["selected"]]
        acquired = bool(site.permission_settings(name)[0]["acquire"])
        found[name] = [sorted(roles), acquired]
    return found


def registry():
    """Every record."""
    records = getUtility(IRegistry).records
    return {
        name: plain(records[name].value)
        for name in records
        if not name.startswith(VOLATILE)
    }


def plain(value):
    """A value as JSON knows it."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(str(one) for one in value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def catalogue(site):
    """Indexes and columns."""
    catalog = site.portal_catalog
    indexes = {index.getId(): index.meta_type for index in catalog.getIndexObjects()}
    return {"indexes": indexes, "columns": sorted(catalog.schema())}


def facts(site):
    """How the site is set up."""
    return {
        "types": types(site),
        "workflows": workflows(site),
        "roles": sorted(site.valid_roles()),
        "permissions": permissions(site),
        "registry": registry(),
        "catalogue": catalogue(site),
        # Those of departments come with the content.
        "groups": sorted(
            group
            for group in site.acl_users.source_groups.getGroupIds()
            if not group.startswith("dept-")
        ),
        "top": sorted(site.objectIds()),
        "versioned": sorted(site.portal_repository.getVersionableContentTypes()),
        "layers": plain(
            sorted(
                layer.__identifier__
                for layer in site.getSiteManager().getAllUtilitiesRegisteredFor(
                    browser_layer()
                )
            )
        ),
        "profile": list(site.portal_setup.getLastVersionForProfile(PROFILE)),
    }


def browser_layer():
    """The interface of the layers of add-ons."""
    from plone.browserlayer.interfaces import ILocalBrowserLayerType

    return ILocalBrowserLayerType


def content(site, paths):
    """What is to be read of some objects."""
    found = {}
    catalog = site.portal_catalog
    for path in paths:
        obj = site.unrestrictedTraverse(path)
        files = {}
        for name in obj.__dict__:
            value = getattr(obj, name)
            if INamedBlobFile.providedBy(value):
                files[name] = hashlib.sha256(value.data).hexdigest()
        brains = catalog.unrestrictedSearchResults(UID=obj.UID())
        found[path] = {
            "type": obj.portal_type,
            "uid": obj.UID(),
            "title": obj.Title(),
            "state": site.portal_workflow.getInfoFor(obj, "review_state", None),
            "files": files,
            "description": obj.Description(),
            "found": [brain.getPath() for brain in brains],
            "versions": len(site.portal_repository.getHistory(obj)),
            "page": len(str(page(obj))),
        }
    return found


def page(obj):
    """The page of an object as its view renders it."""
    name = getattr(obj, "getLayout", lambda: "view")() or "view"
    return obj.restrictedTraverse(f"@@{name}")()


def main(app):
    """Upgrade, and tell."""
    wrapped = makerequest(app)
    user = person_of(wrapped.zhinan, "admin")
    with acting(app, "/zhinan", user, "http://localhost:8080/zhinan") as site:
        site.portal_setup.upgradeProfile(PROFILE)
        transaction.commit()
        told = {"setup": facts(site), "pending": pending(site)}
        expected = os.environ.get("EXPECTED")
        if expected:
            known = json.loads(Path(expected).read_text("utf-8"))
            told["content"] = content(site, list(known))
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    Path(os.environ["SETUP_FACTS"]).write_text(text, "utf-8")
    return 0


def pending(site):
    """Steps that are still due."""
    return len(site.portal_setup.listUpgrades(PROFILE))


if __name__ == "__main__" or "app" in globals():
    sys.exit(main(app))  # noqa: F821  (bound by zconsole)
