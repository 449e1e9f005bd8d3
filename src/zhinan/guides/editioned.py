"""The whole content of a guide as plain values, as an edition keeps it.

Everything that its pages show is in it, also what only some people may see: hidden
materials and confidential files are marked, so that whoever shows a part can leave out
what is not for the reader. Codes stand for departments and choices, as they do in the
guide: a department that is renamed changes no edition. Every version of a form is told
with its days, so that a form that comes into force at midnight needs no new edition.
"""

from .content import IFormVersion
from .content import IMaterial
from .content import IMatterGuide
from .content import Material
from .editionsof import store_of
from .files import describe_stored
from .files import FILE_FIELDS
from .files import materials
from .files import versions
from AccessControl.PermissionRole import rolesForPermissionOn
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from plone.uuid.interfaces import ATTRIBUTE_NAME
from typing import Any
from typing import NamedTuple
from zhinan.departments.confidentiality import level_of
from zhinan.publishing.interfaces import IEditionContent
from zhinan.publishing.revisions import is_public
from zhinan.rules.confidentiality import levels
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.component import adapter
from zope.interface import implementer


#: Name and version of the whole content; a change of its form is a new version.
SCHEMA = "zhinan.edition/1"
#: Name and version of what the public reads of it.
PUBLIC_SCHEMA = "zhinan.guide/1"
#: What is kept of a form version beside its files.
VERSION_FIELDS = (
    "title",
    "form_number",
    "version",
    "in_force_from",
    "in_force_until",
    "superseded_by",
)


class FilePlace(NamedTuple):
    """Where in a content a file stands; the path is empty for the guide itself."""

    path: str
    name: str
    sha256: str


def uid_of(obj: Any) -> str:
    """UID of a guide or of a part, without the way through adapters.

    A page asks it of everything that it shows.
    """
    return getattr(aq_base(obj), ATTRIBUTE_NAME, None) or ""


# ----------------------------------------------------------------- made from a guide


def full_content(guide: Any) -> dict[str, Any]:
    """Everything that the pages of a guide show, with its materials and forms."""
    return {
        **_head(guide),
        "elements": _values(guide, elements().guide),
        "materials": [_material(guide, material) for material in materials(guide)],
    }


def outline(guide: Any, part: Any = None) -> dict[str, Any]:
    """Names and forms in the same shape, without elements: enough to give files.

    :param part: a material or a form version, all that is wanted: a download must not
        wake everything that the guide contains.
    """
    if part is None:
        rows = [_outlined(guide, material) for material in materials(guide)]
    elif IFormVersion.providedBy(part):
        rows = [_outlined(guide, aq_parent(aq_inner(part)), [part])]
    else:
        rows = [_outlined(guide, part)]
    return {**_head(guide), "elements": {}, "materials": rows}


def _head(guide: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "uid": uid_of(guide), "title": guide.title or ""}


def _material(guide: Any, material: Material) -> dict[str, Any]:
    found = _outlined(guide, material)
    found["elements"] = _values(material, elements().material)
    return found


def _outlined(
    guide: Any, material: Material, wanted: Iterable[Any] | None = None
) -> dict[str, Any]:
    found = versions(material) if wanted is None else wanted
    forms = [_form(guide, version) for version in found]
    return {**_part(guide, material), "elements": {}, "forms": forms}


def _form(guide: Any, version: Any) -> dict[str, Any]:
    files = {}
    for name in FILE_FIELDS:
        value = getattr(version, name, None)
        if value is not None:
            kept = (version.files or {}).get(name)
            files[name] = _file(version, name, value, kept)
    fields = {name: getattr(version, name, None) for name in VERSION_FIELDS}
    return {**_part(guide, version), **fields, "files": files}


def _part(guide: Any, part: Any) -> dict[str, Any]:
    found = {"id": part.getId(), "uid": uid_of(part), "title": part.title or ""}
    if _hidden(guide, part):
        found["hidden"] = True
    return found


def _hidden(guide: Any, part: Any) -> bool:
    """Whether a part is kept from people who see the guide."""
    if is_public(guide):
        return not is_public(part)
    seers = set(rolesForPermissionOn("View", part))
    return not set(rolesForPermissionOn("View", guide)) <= seers


def element_values(obj: Any, group: str) -> dict[str, Any]:
    """The elements of a guide or of a material as a content has them."""
    table = elements()
    return _values(obj, table.guide if group == "guide" else table.material)


def _values(obj: Any, group: Iterable[Element]) -> dict[str, Any]:
    found = {}
    for element in group:
        if element.kind == "materials":
            continue
        value = getattr(obj, element.name, None)
        if element.kind == "file" and value is not None:
            value = _file(obj, element.name, value)
        found[element.name] = value
    return found


def _file(
    obj: Any, name: str, value: Any, kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        **(kept or describe_stored(value)),
        "content_type": value.contentType,
        "level": level_of(obj, name).name,
    }


# -------------------------------------------------------------- read from a content


def level_is_open(name: str) -> bool:
    """Whether a level that was kept lets everybody read; an unknown one does not."""
    return levels().strictest([name]).open


def public_part(
    content: Mapping[str, Any], is_open: Callable[[str], bool] = level_is_open
) -> dict[str, Any]:
    """What the public reads of a content, for its checksum and for the channels.

    :param is_open: tells of the name of a level whether everybody may read.
    """
    return {
        "schema": PUBLIC_SCHEMA,
        "elements": _open_elements(content, is_open),
        "materials": [
            {
                "id": material["id"],
                "elements": _open_elements(material, is_open),
                "forms": [
                    _open_form(form, is_open)
                    for form in material.get("forms", ())
                    if not form.get("hidden")
                ],
            }
            for material in content.get("materials", ())
            if not material.get("hidden")
        ],
    }


def _open_elements(
    part: Mapping[str, Any], is_open: Callable[[str], bool]
) -> dict[str, Any]:
    found = {}
    for name, value in part.get("elements", {}).items():
        if isinstance(value, Mapping):
            value = _open_file(value, is_open)
        found[name] = value
    return found


def _open_form(
    form: Mapping[str, Any], is_open: Callable[[str], bool]
) -> dict[str, Any]:
    files = {
        name: shown
        for name, file in form.get("files", {}).items()
        if (shown := _open_file(file, is_open)) is not None
    }
    fields = {name: form.get(name) for name in VERSION_FIELDS}
    return {"id": form["id"], **fields, "files": files}


def _open_file(
    file: Mapping[str, Any], is_open: Callable[[str], bool]
) -> dict[str, Any] | None:
    if not is_open(file.get("level", "")):
        return None
    return {name: value for name, value in file.items() if name != "level"}


def files_of(content: Mapping[str, Any]) -> list[FilePlace]:
    """Every file of a content: those of the guide, then those of its forms."""
    found = []
    for path, values in _holders(content):
        for name, value in values.items():
            if isinstance(value, Mapping):
                found.append(FilePlace(path, name, value["sha256"]))
    return found


def _holders(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "", content.get("elements", {})
    for material in content.get("materials", ()):
        yield material["id"], material.get("elements", {})
        for form in material.get("forms", ()):
            yield f"{material['id']}/{form['id']}", form.get("files", {})


# ------------------------------------------------------------------------- the bytes


def blob_of(guide: Any, sha256: str, near: Any = None) -> Any:
    """The blob with this checksum among the files that a guide has today, or None.

    :param near: a part that is asked before the others, which are then seldom woken.
    """
    if near is not None:
        found = _blob(near, sha256)
        if found is not None:
            return found
    for obj in _with_files(guide):
        found = _blob(obj, sha256)
        if found is not None:
            return found
    return None


def bytes_of(guide: Any, sha256: str, near: Any = None) -> Any:
    """The blob with the bytes of a file that a reading of a guide names, or None.

    Every page that gives a file asks here, whichever edition it shows. Editions keep
    theirs whatever happens to the guide; a draft has files that no edition has.
    """
    found = store_of(guide).blob(sha256)
    return blob_of(guide, sha256, near) if found is None else found


def _with_files(guide: Any) -> Iterator[Any]:
    yield guide
    for material in materials(guide):
        yield material
        yield from versions(material)


def _blob(obj: Any, sha256: str) -> Any:
    kept = getattr(aq_base(obj), "files", None) or {}
    for name in _file_names(obj):
        value = getattr(obj, name, None)
        if value is None:
            continue
        about = kept.get(name) or describe_stored(value)
        if about["sha256"] == sha256:
            return value._blob
    return None


def _file_names(obj: Any) -> Iterable[str]:
    if IMatterGuide.providedBy(obj):
        group = elements().guide
    elif IMaterial.providedBy(obj):
        group = elements().material
    else:
        return FILE_FIELDS
    return [element.name for element in group if element.kind == "file"]


# ------------------------------------------------------------------- what is frozen


@implementer(IEditionContent)
@adapter(IMatterGuide)
class GuideEdition:
    """Content and blobs of a guide, for its next edition."""

    def __init__(self, context: Any):
        self.context = context

    def content(self) -> dict[str, Any]:
        """All of it."""
        return full_content(self.context)

    def blobs(self) -> dict[str, Any]:
        """The blobs of its files by checksum; they are referenced, not copied."""
        found = {}
        for obj in _with_files(self.context):
            kept = getattr(aq_base(obj), "files", None) or {}
            for name in _file_names(obj):
                value = getattr(obj, name, None)
                if value is not None:
                    about = kept.get(name) or describe_stored(value)
                    found[about["sha256"]] = value._blob
        return found

    def public(self, content: dict[str, Any]) -> dict[str, Any]:
        """What the public reads."""
        return public_part(content)
