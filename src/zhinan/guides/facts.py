"""What is known of a guide as it is now, for its requirements.

Everything beside the guide itself comes from the catalogue, the registers and the
stores: no other guide is woken.
"""

from .content import IMatterGuide
from .files import chosen
from .files import FILE_FIELDS
from .files import materials
from .files import version_in_force
from .files import versions
from .requirementsettings import setting
from collections.abc import Iterator
from collections.abc import Mapping
from plone import api
from plone.app.redirector.interfaces import IRedirectionStorage
from typing import Any
from urllib.parse import unquote
from urllib.parse import urlsplit
from zhinan.departments import directory
from zhinan.guides import quality
from zhinan.jobs import store as jobs
from zhinan.publishing.channels import standing
from zhinan.publishing.store import peek
from zhinan.registers import bases
from zhinan.registers.checks import material_problems
from zhinan.rules.bases import articles_in
from zhinan.rules.bases import Standing
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zhinan.rules.links import host_of
from zhinan.rules.links import is_inside
from zhinan.rules.links import links_in
from zhinan.rules.requirements import Facts
from zhinan.rules.requirements import FileFacts
from zhinan.rules.requirements import FormFacts
from zhinan.rules.requirements import MaterialFacts
from zhinan.rules.requirements import Place
from zhinan.rules.requirements.facts import BasisFacts
from zhinan.rules.requirements.facts import LinkFacts
from zhinan.search.files import look
from ZODB.POSException import POSKeyError
from zope.component import queryMultiAdapter
from zope.component import queryUtility


GUIDE = "MatterGuide"
#: Kinds of elements that may hold a link.
_WORDS = frozenset({"line", "text", "lines", "url", "rows"})
#: A link as it stands in a guide: the element and the place.
Link = tuple[str, str, Place]


def facts(
    guide: Any,
    *,
    online: Mapping[str, tuple[str, str]] | None = None,
    catalogue: tuple[str, ...] = (),
) -> Facts:
    """Everything by which a guide, or its working copy, is judged.

    :param online: how links to other hosts stand: state and detail by address; what
        the nightly check has found where None.
    :param catalogue: kinds of findings of the check of the catalogue.
    """
    values = {
        element.name: getattr(guide, element.name, None)
        for element in elements().guide
        if element.kind != "materials"
    }
    owner = directory.get(values["department"])
    found = tuple(map(_material, materials(guide)))
    return Facts(
        values=values,
        materials=found,
        credit_code=owner.credit_code if owner else "",
        namesakes=_namesakes(guide),
        bases=tuple(_bases(guide)),
        channels=tuple(_channels(guide)),
        links=tuple(_standing(links(guide), online)),
        catalogue=catalogue,
    )


# -------------------------------------------------------------------- materials


def _material(obj: Any) -> MaterialFacts:
    values = {
        element.name: getattr(obj, element.name, None)
        for element in elements().material
    }
    # Asked for twice, a version comes in another wrapper each time.
    found = versions(obj)
    current = chosen(found)
    return MaterialFacts(
        values=values,
        id=obj.getId(),
        forms=tuple(_version(one, one is current) for one in found),
        listed=tuple(material_problems(values)),
    )


def _version(obj: Any, current: bool) -> FormFacts:
    files = {}
    for name in FILE_FIELDS:
        value = getattr(obj, name, None)
        if value is not None:
            kept = (obj.files or {}).get(name) or {}
            files[name] = file_facts(value, kept.get("sha256", ""))
    return FormFacts(
        id=obj.getId(),
        title=obj.title or "",
        version=obj.version or "",
        current=current,
        start=obj.in_force_from,
        until=obj.in_force_until,
        files=files,
    )


def file_facts(value: Any, checksum: str = "") -> FileFacts:
    """What a file is; one that is not there any more is told so."""
    name = value.filename or ""
    try:
        if checksum:
            # A text that is kept says nothing about the bytes of today.
            value.open().close()
        found = look(value, checksum)
    except (OSError, POSKeyError):
        return FileFacts(name, checksum, gone=True)
    return FileFacts(name, checksum, found.kind, found.state, found.words)


# ----------------------------------------------------- beside the guide itself


def _baseline(guide: Any) -> str:
    """UID of the guide, or of the one of which this is a working copy."""
    if guide.portal_type == GUIDE:
        return str(guide.UID())
    try:
        from plone.app.iterate.interfaces import ICheckinCheckoutPolicy

        policy = ICheckinCheckoutPolicy(guide, None)
        original = policy.getBaseline() if policy is not None else None
    except (ImportError, AttributeError):
        original = None
    return str(original.UID()) if IMatterGuide.providedBy(original) else ""


def _namesakes(guide: Any) -> int:
    """Other guides of the department with the same name, whoever may see them.

    A number alone is told, of a name that the reader knows.
    """
    title, department = guide.title, guide.department
    if not title or not department:
        return 0
    catalog = api.portal.get_tool("portal_catalog")
    key = queryMultiAdapter((guide, catalog), _indexer(), name="sortable_title")
    found = catalog.unrestrictedSearchResults(
        portal_type=GUIDE,
        department=department,
        sortable_title=key() if key is not None else title,
    )
    own = {str(guide.UID()), _baseline(guide)}
    return sum(
        1
        for brain in found
        if brain.Title == title
        and brain.UID not in own
        and brain.review_state not in quality.GONE
    )


def _indexer() -> Any:
    from plone.indexer.interfaces import IIndexer

    return IIndexer


def _bases(guide: Any) -> Iterator[BasisFacts]:
    register = bases.register()
    if not register.entries:
        return
    entries = bases.by_uid()
    for number, row in enumerate(guide.legal_basis or (), 1):
        basis = register.find(row.get("law") or "", row.get("document_number"))
        if basis is None:
            continue
        fault = register.fault(basis, articles_in(row.get("article")))
        if fault is None:
            continue
        if (
            fault.standing is Standing.CHANGED
            and guide.modified() > entries[basis.id].modified
        ):
            # Somebody has looked at the guide since the register said so.
            continue
        yield BasisFacts(number, row.get("law") or basis.title, fault.standing)


def _channels(guide: Any) -> Iterator[tuple[str, str]]:
    box = peek(api.portal.get())
    record = box.records.get(guide.UID())
    if record is None:
        return
    for channel in box.channels.values():
        if channel.active:
            found = standing(channel, record)
            if found != "same":
                yield channel.title, found


# ------------------------------------------------------------------------ links


def _texts(obj: Any, group: tuple[Element, ...]) -> Iterator[tuple[str, int, str]]:
    for element in group:
        value = getattr(obj, element.name, None)
        if not value or element.kind not in _WORDS:
            continue
        if isinstance(value, str):
            yield element.name, 0, value
            continue
        for number, item in enumerate(value, 1):
            cells = item.values() if isinstance(item, dict) else [item]
            for cell in cells:
                if isinstance(cell, str):
                    yield element.name, number, cell


def links(guide: Any) -> Iterator[Link]:
    """Every link of a guide, its materials and the texts of their files in force."""
    for name, row, text in _texts(guide, elements().guide):
        for url in links_in(text):
            yield url, name, Place(row=row)
    for obj in materials(guide):
        here = obj.getId()
        for name, row, text in _texts(obj, elements().material):
            for url in links_in(text):
                yield url, name, Place(material=here, row=row)
        version = version_in_force(obj)
        for name in FILE_FIELDS if version is not None else ():
            value = getattr(version, name, None)
            kept = (version.files or {}).get(name) or {}
            if value is None or not kept:
                continue
            try:
                text = look(value, kept["sha256"]).text
            except (OSError, POSKeyError):
                continue
            for url in links_in(text):
                yield url, name, Place(material=here, form=version.getId())


def own_addresses() -> list[str]:
    """Where this site is reached, as far as it is known."""
    site = api.portal.get()
    kept = jobs.of(site)
    found = [site.absolute_url(), kept.address if kept is not None else ""]
    return [address for address in dict.fromkeys(found) if address]


def inner_path(url: str) -> str | None:
    """The path in this site that a link means; None for a link elsewhere."""
    target = urlsplit(url)
    for address in own_addresses():
        own = urlsplit(address)
        root = own.path.rstrip("/")
        if target.netloc.lower() == own.netloc.lower() and (
            f"{target.path}/".startswith(f"{root}/")
        ):
            return unquote(target.path[len(root) :]).strip("/")
    return None


def leads_somewhere(path: str) -> bool:
    """Whether there is something at a path of this site, or was and has moved."""
    site = api.portal.get()
    where = "/".join(site.getPhysicalPath())
    full = f"{where}/{path}".rstrip("/")
    catalog = api.portal.get_tool("portal_catalog")
    if not path or catalog._catalog.uids.has_key(full):
        return True
    storage = queryUtility(IRedirectionStorage)
    if storage is not None and storage.get(full):
        return True
    obj = site
    for name in path.split("/"):
        if hasattr(obj, "objectIds") and name in obj.objectIds():
            obj = obj._getOb(name)
            continue
        if name.startswith(("@", "+")) or name == "view":
            return True
        view = queryMultiAdapter((obj, site.REQUEST), name=name)
        return view is not None
    return True


def _standing(
    found: Iterator[Link], online: Mapping[str, tuple[str, str]] | None
) -> Iterator[LinkFacts]:
    known = quality.links() if online is None else online
    for url, element, place in found:
        path = inner_path(url)
        if path is not None:
            if not leads_somewhere(path):
                yield LinkFacts(url, element, "dead", "404", place)
        elif is_inside(host_of(url)) and not setting("link_private"):
            yield LinkFacts(url, element, "intranet", "", place)
        elif url in known:
            state, detail = known[url]
            yield LinkFacts(url, element, state, detail, place)
