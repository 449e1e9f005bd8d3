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


def describe(value: Any) -> dict[str, Any]:
    """Name, size in bytes and SHA-256 of a stored file."""
    digest = hashlib.sha256()
    size = 0
    with value.open() as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return {"filename": value.filename, "size": size, "sha256": digest.hexdigest()}


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
    found = versions(material)
    index = in_force(
        [Period(v.version, v.in_force_from, v.in_force_until) for v in found],
        day or today(),
    )
    return None if index is None else found[index]


def materials(guide: Any) -> list[Any]:
    """The materials of a guide, in their order."""
    return [child for child in guide.objectValues() if IMaterial.providedBy(child)]
