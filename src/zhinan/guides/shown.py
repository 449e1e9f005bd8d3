"""What of a reading may be shown to whom.

A reading tells all that was frozen. What a person sees of it needs both: the mark that
was kept with it, and the rights and the level of today at the part itself, as long as
that is still there.
"""

from .editioned import uid_of
from .editionsof import last_levels
from .reading import FormReading
from .reading import MaterialReading
from .reading import Reading
from collections.abc import Mapping
from plone import api
from typing import Any
from zhinan.departments.confidentiality import may_read
from zhinan.departments.confidentiality import read
from zhinan.departments.fileviews import closed
from zhinan.rules.canonical import plain


Part = Reading | MaterialReading | FormReading


def live_of(guide: Any, part: Part) -> Any:
    """The object of which a part tells, or None when it is no longer there.

    Another object at its place is not the same one.
    """
    obj = guide
    for name in part.path:
        obj = obj.get(name)
        if obj is None:
            return None
    return obj if not part.path or uid_of(obj) == part.uid else None


def visible(guide: Any, part: MaterialReading | FormReading) -> bool:
    """Whether the person who asks may see a part, having been admitted to the guide."""
    obj = live_of(guide, part)
    if obj is None:
        return not part.hidden
    if part.hidden and api.user.is_anonymous():
        return False
    return bool(api.user.has_permission("View", obj=obj))


def _asked(guide: Any, part: Part, name: str) -> tuple[Any, ...]:
    """Where the level of today is asked, and the levels that were kept.

    Of what is gone, the last level that it had stands for that of today.
    """
    file, obj = part.files[name], live_of(guide, part)
    if obj is None:
        return (guide, "", file.level, *last_levels(guide, file.sha256))
    return (obj, name, file.level)


def may_have(guide: Any, part: Part, name: str) -> bool:
    """Whether who asks may have a file of a part, its name and its size."""
    return may_read(*_asked(guide, part, name))


def give(guide: Any, part: Part, name: str) -> bool:
    """Before the bytes of a file are given away.

    :returns: whether everybody may have it, so that caches may keep it.
    :raises Unauthorized: if the person may not have it.
    """
    return read(*_asked(guide, part, name)).open


def closed_to(guide: Any, part: Part, name: str, request: Any) -> dict[str, Any]:
    """What a client learns of a file that it may not have: that there is one."""
    obj, field, *kept = _asked(guide, part, name)
    return closed(obj, field, request, *kept)


def readable(guide: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """Of a content, what the person who asks may read: for comparing and for REST."""
    reading = Reading(content)
    whole = plain(content)
    return {
        **whole,
        "elements": _readable_elements(guide, reading, whole),
        "materials": [
            _readable_material(guide, part, row)
            for part, row in zip(
                reading.materials, whole.get("materials", ()), strict=True
            )
            if visible(guide, part)
        ],
    }


def _readable_material(
    guide: Any, material: MaterialReading, row: Mapping[str, Any]
) -> dict[str, Any]:
    forms = zip(material.versions, row.get("forms", ()), strict=True)
    return {
        **row,
        "elements": _readable_elements(guide, material, row),
        "forms": [
            {**form, "files": _readable_files(guide, part, form.get("files", {}))}
            for part, form in forms
            if visible(guide, part)
        ],
    }


def _readable_elements(
    guide: Any, part: Part, row: Mapping[str, Any]
) -> dict[str, Any]:
    kept = row.get("elements", {})
    files = {name: value for name, value in kept.items() if name in part.files}
    allowed = _readable_files(guide, part, files)
    return {n: v for n, v in kept.items() if n not in files or n in allowed}


def _readable_files(guide: Any, part: Part, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: about
        for name, about in kept.items()
        if name in part.files and may_have(guide, part, name)
    }
