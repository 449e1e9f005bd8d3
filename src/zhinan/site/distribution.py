"""The handlers of our distribution: a new site, with demonstration content or not."""

from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from DateTime import DateTime
from importlib.resources import files
from pathlib import Path
from plone import api
from plone.dexterity.schema import SCHEMA_CACHE
from plone.distribution.core import Distribution
from plone.exportimport.importers import get_importer
from Products.CMFPlone.Portal import PloneSite
from typing import Any
from zhinan import _
from zhinan import logger
from zhinan.forms.validation import IChecked
from zhinan.publishing import versions
from zhinan.publishing.revisions import catch_up
from zhinan.registers import stores
from zhinan.site import demo
from zhinan.site import structure
from zope.i18n import translate

import json
import transaction


#: Interface of the records that keep the wording; owned by the portal.
WORDING = "zhinan.pages.settings.ISiteWording"


class ImportFailed(Exception):
    """Content could not be imported whole; nothing of it is kept."""


def handler(distribution: Distribution, site: PloneSite, answers: dict) -> PloneSite:
    """Run our profiles, then import the content if it was asked for."""
    for profile_id in distribution.profiles:
        site["portal_setup"].runAllImportStepsFromProfile(f"profile-{profile_id}")
    structure.prepare(site)
    if answers.get("setup_content"):
        transaction.savepoint(optimistic=True)
        SCHEMA_CACHE.clear()
        import_content(site, distribution.contents["json"])
    return site


def settings() -> dict[str, str]:
    """Name and wording of the demonstration site."""
    text = (files("zhinan") / "content" / "settings.json").read_text(encoding="utf-8")
    return json.loads(text)


def title(demo: bool) -> str:
    """Name of a new site, with or without the demonstration content."""
    if demo:
        return settings()["title"]
    return translate(_("Service guides"), target_language="zh_CN")


def set_wording() -> None:
    """What the demonstration site says in head and footer, that it is one above all."""
    for name, value in settings().items():
        if name != "title":
            api.portal.set_registry_record(f"{WORDING}.{name}", value)


def import_content(site: PloneSite, path: Path) -> None:
    """Import a plone.exportimport tree as published content.

    States and dates are those of the data; what is meant for people's acts does not
    fire, since the request is marked as an import.

    :raises ImportFailed: if an item was dropped or one of its fields was refused.
    """
    importer = get_importer(site)
    with unversioned():
        for name, part in importer.importers.items():
            hooks = {"obj_hooks": [as_published]} if name.endswith(".content") else {}
            part.import_data(path, **hooks)
            lost = {*getattr(part, "dropped", ()), *getattr(part, "incomplete", ())}
            if lost:
                raise ImportFailed(", ".join(sorted(lost)))
    stores.restore(path)


@contextmanager
def unversioned() -> Iterator[None]:
    """No versions while content is imported.

    The importer changes an object several times; a version of each change would keep
    states that never were, without the object's true UID and dates. It is also most of
    the time that an import takes: each version is a savepoint, which flushes the
    indexing queue.
    """
    repository = api.portal.get_tool("portal_repository")
    types = list(repository.getVersionableContentTypes())
    repository.setVersionableContentTypes([])
    try:
        yield
    finally:
        repository.setVersionableContentTypes(types)


def as_published(item: dict[str, Any], obj: Any) -> Any:
    """Give an imported object the effective date of its data."""
    effective = item.get("effective")
    if effective and IChecked.providedBy(obj):
        obj.setEffectiveDate(DateTime(effective))
        obj.reindexObject(idxs=["effective", "effectiveRange"])
    return obj


def post_handler(
    distribution: Distribution, site: PloneSite, answers: dict
) -> PloneSite:
    """First version and revision of what was imported; logins with content alone."""
    if answers.get("setup_content"):
        saved = versions.save(checked(site))
        logger.info("First version saved of %s objects", saved)
        catch_up(site)
        set_wording()
        demo.create_logins()
    return site


def checked(site: PloneSite) -> Iterable[Any]:
    """Every object of our types."""
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(
        object_provides=IChecked.__identifier__, sort_on="path"
    ):
        yield brain._unrestrictedGetObject()
