"""The files of a form version: size and checksum kept, the version in force found."""

from .content import IFormVersion
from .content import IMaterial
from .content import Material
from collections.abc import Sequence
from typing import Any
from zhinan.departments.citytime import today
from zhinan.rules.formversions import in_force
from zhinan.rules.formversions import Period
from zope.component import adapter
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent

import datetime
import hashlib


FILE_FIELDS = ("blank_form", "filled_sample")
#: Views that give the files; each has the checksum as entity tag.
VIEWS = {"blank_form": "blank-form", "filled_sample": "filled-sample"}
#: Digests of stored blobs, which never change: the page of a guide must not read a
#: file of several megabytes to say how large it is.
_DIGESTS: dict[tuple[bytes, bytes], tuple[int, str]] = {}
_MOST_DIGESTS = 4096
_NEVER_SAVED = b"\0" * 8


def describe(value: Any) -> dict[str, Any]:
    """Name, size in bytes and SHA-256 of a stored file."""
    size, digest = _read(value)
    return {"filename": value.filename, "size": size, "sha256": digest}


def describe_stored(value: Any) -> dict[str, Any]:
    """The same; a file that lies in the database is read once, not each time."""
    blob = getattr(value, "_blob", None)
    if getattr(blob, "_p_jar", None) is None:
        return describe(value)
    # A blob that was not loaded yet does not know of which transaction it is.
    blob._p_activate()
    if blob._p_changed or blob._p_serial == _NEVER_SAVED:
        return describe(value)
    key = (blob._p_oid, blob._p_serial)
    found = _DIGESTS.get(key)
    if found is None:
        found = _read(value)
        if len(_DIGESTS) >= _MOST_DIGESTS:
            _DIGESTS.clear()
        _DIGESTS[key] = found
    return {"filename": value.filename, "size": found[0], "sha256": found[1]}


def _read(value: Any) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with value.open() as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _keep(obj: Any) -> None:
    files = {}
    for name in FILE_FIELDS:
        value = getattr(obj, name, None)
        if value is not None:
            files[name] = describe(value)
    if files != obj.files:
        obj.files = files


@adapter(IFormVersion, IObjectAddedEvent)
def keep_on_add(obj: Any, event: Any) -> None:
    """Describe the files when a version is added."""
    _keep(obj)


@adapter(IFormVersion, IObjectModifiedEvent)
def keep_on_change(obj: Any, event: Any) -> None:
    """Describe the files again when something changed."""
    _keep(obj)


def versions(material: Material) -> Sequence[Any]:
    """The form versions of a material, in their order."""
    return [
        child for child in material.objectValues() if IFormVersion.providedBy(child)
    ]


def version_in_force(material: Material, day: datetime.date | None = None) -> Any:
    """The form version in force on a day (today in the city), or None."""
    return chosen(versions(material), day)


def chosen(found: Sequence[Any], day: datetime.date | None = None) -> Any:
    """The one of these versions that is in force on a day (today), or None."""
    index = in_force(
        [Period(v.version, v.in_force_from, v.in_force_until) for v in found],
        day or today(),
    )
    return None if index is None else found[index]


def materials(guide: Any) -> list[Any]:
    """The materials of a guide, in their order."""
    return [child for child in guide.objectValues() if IMaterial.providedBy(child)]
