"""A guide filled with the content of an edition: elements, materials, forms and files.

The program does this for a person who may restore an edition; what is as it was stays
untouched, so that only what really changes gets a version and an entry in the trail.
"""

from .content import IFormVersion
from .content import IGuideElements
from .content import IMaterialElements
from .editioned import element_values
from .editioned import full_content
from .files import materials
from .files import versions
from .reading import FileReading
from .reading import FormReading
from .reading import MaterialReading
from .reading import Reading
from collections.abc import Iterable
from collections.abc import Mapping
from plone import api
from plone.dexterity.utils import addContentToContainer
from plone.dexterity.utils import createContent
from plone.namedfile.file import NamedBlobFile
from typing import Any
from zhinan.departments.confidentiality import IConfidential
from zhinan.departments.confidentiality import level_of
from zhinan.publishing import editions
from zhinan.rules.canonical import canonical
from zhinan.rules.compare import compare
from zhinan.rules.compare import FORM_FIELDS
from zhinan.rules.confidentiality import levels
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent


class FileMissing(LookupError):
    """The store does not have a file that the edition names."""


def fill(obj: Any, content: Mapping[str, Any]) -> list[str]:
    """Make a guide, or its working copy, hold what an edition holds.

    Parts keep their ids. A file is at least as confidential afterwards as it was.

    :returns: titles of parts that were kept from people who saw the guide and are no
        longer there: nobody would know from whom to keep them now.
    :raises FileMissing: before anything was written.
    """
    wanted, store = Reading(content), editions.peek(editions.site_of(obj))
    look_for_files(obj, content)
    left_out: list[str] = []
    now = full_content(obj)
    if not compare(now, content):
        return left_out
    with api.env.adopt_roles(["Manager"]):
        _set(obj, IGuideElements, wanted, store)
        known = {row.getId(): row for row in materials(obj)}
        _drop(obj, known, wanted.materials)
        for part in wanted.materials:
            if part.id in known:
                material = known[part.id]
                _set(material, IMaterialElements, part, store)
            elif part.hidden:
                left_out.append(part.title)
                continue
            else:
                material = _add(obj, "Material", part)
                _set(material, IMaterialElements, part, store)
            _forms(material, part, store, left_out)
        _order(obj, [part.id for part in wanted.materials])
    return left_out


def look_for_files(guide: Any, content: Mapping[str, Any]) -> None:
    """Before a content is brought back: whether the store has all its files.

    :raises FileMissing: if it does not.
    """
    wanted, store = Reading(content), editions.peek(editions.site_of(guide))
    parts: list[Any] = [wanted, *wanted.materials]
    parts += [form for material in wanted.materials for form in material.versions]
    for part in parts:
        for file in part.files.values():
            if store.blob(file.sha256) is None:
                raise FileMissing(file.filename)


def _forms(
    material: Any, wanted: MaterialReading, store: editions.Editions, left: list[str]
) -> None:
    known = {row.getId(): row for row in versions(material)}
    _drop(material, known, wanted.versions)
    for part in wanted.versions:
        if part.id not in known and part.hidden:
            left.append(part.title)
            continue
        form = known.get(part.id)
        made = form is None
        if made:
            form = createContent("FormVersion", title=part.title)
            form.id = part.id
        changed = _set_form(form, part, store)
        if made:
            form = addContentToContainer(material, form, checkConstraints=False)
            _keep_levels(form, part.files.values())
        elif changed:
            _keep_levels(form, part.files.values())
            notify(ObjectModifiedEvent(form))
    _order(material, [part.id for part in wanted.versions])


def _set_form(form: Any, part: FormReading, store: editions.Editions) -> bool:
    changed = False
    for name in FORM_FIELDS:
        value = getattr(part, name) or IFormVersion[name].missing_value
        if canonical(getattr(form, name, None)) != canonical(value):
            setattr(form, name, value)
            changed = True
    kept = form.files or {}
    for name in ("blank_form", "filled_sample"):
        file = part.files.get(name)
        there = kept.get(name, {}).get("sha256")
        if (file.sha256 if file else None) != there:
            setattr(form, name, _file(file, store))
            changed = True
    return changed


# ------------------------------------------------------------------------ elements


def _set(
    obj: Any, schema: Any, part: Reading | MaterialReading, store: editions.Editions
) -> None:
    """Set the elements that differ, and tell of it once."""
    # As they stand in a content of their own, files with what is known of them.
    now = _told(obj, schema)
    names = [name for name in schema.names() if name in now]
    changed = False
    for name in names:
        value = part.value(name)
        if isinstance(value, FileReading):
            if value.sha256 != (now[name] or {}).get("sha256"):
                setattr(obj, name, _file(value, store))
                changed = True
        elif canonical(_plain(value)) != canonical(now[name]):
            setattr(obj, name, _value(schema[name], value))
            changed = True
    if changed:
        _keep_levels(obj, part.files.values())
        notify(ObjectModifiedEvent(obj))


def _told(obj: Any, schema: Any) -> dict[str, Any]:
    return element_values(obj, "guide" if schema is IGuideElements else "material")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [dict(row) if isinstance(row, Mapping) else row for row in value]
    return value


def _value(field: Any, value: Any) -> Any:
    """A value as the field keeps it."""
    if value is None:
        return "" if field.__name__ in {"title", "description"} else field.missing_value
    return _plain(value)


def _file(file: FileReading | None, store: editions.Editions) -> Any:
    """A file whose bytes are those of the store; they are referenced, not copied."""
    if file is None:
        return None
    made = NamedBlobFile(data=b"", contentType=file.contentType, filename=file.filename)
    made._blob = store.blob(file.sha256)
    return made


def _keep_levels(obj: Any, files: Iterable[FileReading]) -> None:
    """A file that was closed when it was published does not become open by this."""
    if not IConfidential.providedBy(obj):
        return
    for file in files:
        today = level_of(obj, file.name)
        if file.level and levels().strictest([today.name, file.level]) != today:
            row = {"file": file.name, "level": file.level}
            obj.file_levels = [*(obj.file_levels or ()), row]


# --------------------------------------------------------------------------- parts


def _add(container: Any, portal_type: str, part: MaterialReading) -> Any:
    made = createContent(portal_type, title=part.title)
    made.id = part.id
    return addContentToContainer(container, made, checkConstraints=False)


def _drop(container: Any, known: dict[str, Any], wanted: Iterable[Any]) -> None:
    ids = {part.id for part in wanted}
    for id_ in [id_ for id_ in known if id_ not in ids]:
        del known[id_]
        container._delObject(id_)


def _order(container: Any, ids: list[str]) -> None:
    there = [child.getId() for child in container.objectValues()]
    wanted = [id_ for id_ in ids if id_ in there]
    if [id_ for id_ in there if id_ in wanted] == wanted:
        return
    ordering = container.getOrdering()
    for position, id_ in enumerate(wanted):
        ordering.moveObjectToPosition(id_, position, suppress_events=True)
    notify(ObjectModifiedEvent(container))
