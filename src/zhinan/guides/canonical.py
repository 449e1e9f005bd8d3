"""What the public reads of a guide, as plain values for its checksum."""

from .content import IMatterGuide
from .files import describe
from .files import FILE_FIELDS
from .files import materials
from .files import versions
from collections.abc import Iterable
from typing import Any
from zhinan.departments.confidentiality import is_open
from zhinan.publishing.interfaces import IPublicContent
from zhinan.publishing.revisions import is_public
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.component import adapter
from zope.interface import implementer


#: Name and version of this form; a change of the form is a new version.
SCHEMA = "zhinan.guide/1"
_VERSION_FIELDS = (
    "title",
    "form_number",
    "version",
    "in_force_from",
    "in_force_until",
    "superseded_by",
)


def _values(obj: Any, group: Iterable[Element]) -> dict[str, Any]:
    found = {}
    for element in group:
        if element.kind == "materials":
            continue
        value = getattr(obj, element.name, None)
        if element.kind == "file" and value is not None:
            value = {**describe(value), "content_type": value.contentType}
        found[element.name] = value
    return found


def _form(version: Any) -> dict[str, Any]:
    files = {}
    for name in FILE_FIELDS:
        value = getattr(version, name, None)
        if value is not None and is_open(version, name):
            kept = (version.files or {}).get(name) or describe(value)
            files[name] = {**kept, "content_type": value.contentType}
    fields = {name: getattr(version, name, None) for name in _VERSION_FIELDS}
    return {"id": version.getId(), **fields, "files": files}


@implementer(IPublicContent)
@adapter(IMatterGuide)
class GuideContent:
    """Elements of the guide, its materials in order, their forms with checksums.

    Codes stand for departments and choices, as they do in the guide: a department that
    is renamed changes no guide. Every version of a form is told with its days, so that
    a form that comes into force at midnight needs no new revision.
    """

    def __init__(self, context: Any):
        self.context = context

    @property
    def title(self) -> str:
        """Name of the matter."""
        return self.context.title or ""

    @property
    def department(self) -> str:
        """Code of the owner department."""
        return self.context.department or ""

    @property
    def codes(self) -> dict[str, str]:
        """Basic code and implementation code."""
        names = ("catalog_code", "implementation_code")
        found = {name: getattr(self.context, name, None) for name in names}
        return {name: value for name, value in found.items() if value}

    def content(self) -> dict[str, Any]:
        """All of it; what the public may not see is left out."""
        return {
            "schema": SCHEMA,
            "elements": _values(self.context, elements().guide),
            "materials": [
                {
                    "id": material.getId(),
                    "elements": _values(material, elements().material),
                    "forms": [
                        _form(version)
                        for version in versions(material)
                        if is_public(version)
                    ],
                }
                for material in materials(self.context)
                if is_public(material)
            ],
        }
