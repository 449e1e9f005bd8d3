"""REST of guides: materials with their forms, the short version, the elements.

All of it is derived from the table of elements, so that a client that reads
``@elements`` first needs to know no field by name.
"""

from .content import IFormVersion
from .content import IMaterial
from .content import IMatterGuide
from .editionsof import edition_online
from .files import chosen
from .files import FILE_FIELDS
from .files import VIEWS
from .leaving import Left
from .leaving import left_of
from .reading import FormReading
from .reading import guide_around
from .reading import MaterialReading
from .reading import outline_of
from .reading import Reading
from .reading import reading_of
from .shown import closed_to
from .shown import may_have
from .shown import visible
from collections.abc import Iterable
from functools import partial
from plone.restapi.interfaces import IExpandableElement
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.serializer.dxcontent import SerializeFolderToJson
from plone.restapi.serializer.dxcontent import SerializeToJson
from plone.restapi.services import Service
from typing import Any
from zExceptions import NotFound
from zhinan.departments.confidentiality import may_read
from zhinan.departments.fileviews import closed
from zhinan.forms.fields import DEPARTMENTS
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.forms.vocabularies import PREFIX
from zhinan.interfaces import IZhinanLayer
from zhinan.publishing.revisions import revision_of
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.interface import implementer


def _values(
    obj: Any,
    request: Any,
    group: Iterable[Element],
    schema: Any,
    part: Reading | MaterialReading,
) -> dict[str, Any]:
    """The elements of a reading by name, in the words of a GET of the object.

    ``obj`` is what the vocabularies of the fields are asked for.
    """
    found = {}
    for element in group:
        if element.kind == "file":
            found[element.name] = _kept_summary(obj, part, element.name)
        elif element.kind != "materials":
            field = schema[element.name]
            serializer = getMultiAdapter((field, obj, request), IFieldSerializer)
            # The stock serializer of each kind, with the value of the edition.
            serializer.get_value = partial(_value, part, element.name)
            found[element.name] = serializer()
    return found


def _value(part: Any, name: str, default: Any = None) -> Any:
    value = part.value(name)
    return default if value is None else value


def _kept_summary(
    guide: Any, part: Reading | MaterialReading | FormReading, name: str
) -> dict[str, Any] | None:
    """One file of a reading: where it is, how large (bytes), its SHA-256.

    Of a file that the client may not have, only that there is one.
    """
    file = part.files.get(name)
    if file is None:
        return None
    if not may_have(guide, part, name):
        return closed_to(guide, part, name, getRequest())
    return {
        "download": file.url,
        "filename": file.filename,
        "content-type": file.contentType,
        "size": file.size,
        "sha256": file.sha256,
    }


def file_summary(version: Any, name: str) -> dict[str, Any] | None:
    """One file of a form version as it stands now, in the same form."""
    value = getattr(version, name, None)
    if value is None:
        return None
    if not may_read(version, name):
        return closed(version, name, getRequest())
    kept = (version.files or {}).get(name, {})
    return {
        "download": f"{version.absolute_url()}/@@{VIEWS[name]}",
        "filename": value.filename,
        "content-type": value.contentType,
        "size": kept.get("size", value.getSize()),
        "sha256": kept.get("sha256"),
    }


def version_summary(guide: Any, version: FormReading) -> dict[str, Any]:
    """A form version with its files; the addresses are permanent."""
    return json_compatible(
        {
            "@id": version.url,
            "title": version.title,
            "form_number": version.form_number,
            "version": version.version,
            "in_force_from": version.in_force_from,
            "in_force_until": version.in_force_until,
            "superseded_by": version.superseded_by or None,
            **{name: _kept_summary(guide, version, name) for name in FILE_FIELDS},
        }
    )


def forms_of(guide: Any, material: MaterialReading) -> dict[str, Any]:
    """The form in force today, all versions, and addresses that always give it."""
    found = [version for version in material.versions if visible(guide, version)]
    current = chosen(found)
    return {
        "current": None if current is None else version_summary(guide, current),
        "always": {
            name: material.file_url(current.files[name])
            for name in VIEWS
            if current is not None
            and name in current.files
            and may_have(guide, current, name)
        },
        "versions": [version_summary(guide, version) for version in found],
    }


@implementer(IExpandableElement)
@adapter(IMatterGuide, IZhinanLayer)
class Materials:
    """``?expand=materials``: the materials of a guide in order, with their forms."""

    def __init__(self, context: Any, request: Any):
        self.context = context
        self.request = request

    def __call__(self, expand: bool = False) -> dict[str, Any]:
        """The address, and with ``expand`` the materials."""
        url = self.context.absolute_url()
        result: dict[str, Any] = {"@id": f"{url}/@materials"}
        if expand:
            reading = reading_of(self.context)
            found = [m for m in reading.materials if visible(self.context, m)]
            items = [self.item(material) for material in found]
            result.update({"items": items, "items_total": len(items)})
        return {"materials": result}

    def item(self, material: MaterialReading) -> dict[str, Any]:
        """One material: its elements and its forms."""
        guide, group = self.context, elements().material
        return {
            "@id": material.url,
            "@type": "Material",
            **_values(guide, self.request, group, IMaterial, material),
            **forms_of(guide, material),
        }


class MaterialsGet(Service):
    """``GET <guide>/@materials``."""

    def reply(self) -> dict[str, Any]:
        """The materials with their forms."""
        return Materials(self.context, self.request)(expand=True)["materials"]


@implementer(IExpandableElement)
@adapter(IMaterial, IZhinanLayer)
class Forms:
    """``?expand=forms``: the versions of a material's form."""

    def __init__(self, context: Any, request: Any):
        self.context = context
        self.request = request

    def __call__(self, expand: bool = False) -> dict[str, Any]:
        """The address, and with ``expand`` the versions."""
        result: dict[str, Any] = {"@id": f"{self.context.absolute_url()}/@forms"}
        if expand:
            guide = guide_around(self.context)
            reading = outline_of(guide, self.context)
            material = reading.material(self.context.getId())
            if material is None:
                raise NotFound(self.context.getId())
            result.update(forms_of(guide, material))
        return {"forms": result}


class FormsGet(Service):
    """``GET <material>/@forms``."""

    def reply(self) -> dict[str, Any]:
        """The form in force and all versions."""
        return Forms(self.context, self.request)(expand=True)["forms"]


@implementer(ISerializeToJson)
@adapter(IFormVersion, IZhinanLayer)
class FormVersionSerializer(SerializeToJson):
    """GET of a form version, with checksums and the addresses of its files."""

    def __call__(self, version: Any = None, **kwargs: Any) -> dict[str, Any]:
        """The stock answer with ``files``.

        Its ``version`` is the version of the form, which hides the edition's number.
        """
        result = super().__call__(version=version, **kwargs)
        obj = self.getVersion("current" if version is None else version)
        result["files"] = {name: file_summary(obj, name) for name in FILE_FIELDS}
        return result


@implementer(ISerializeToJson)
@adapter(IMatterGuide, IZhinanLayer)
class GuideSerializer(SerializeFolderToJson):
    """GET of a guide, with edition and revision that the public reads now."""

    def __call__(self, version: Any = None, **kwargs: Any) -> dict[str, Any]:
        """The stock answer with ``revision``; None for what nobody reads.

        Of what left the site, ``zhinan_left`` says why and what takes its place.
        """
        result = super().__call__(version=version, **kwargs)
        now = version is None or version == "current"
        result["revision"] = revision_summary(self.context) if now else None
        edition = edition_online(self.context) if now else None
        result["edition"] = str(edition.number) if edition is not None else None
        left = left_of(self.context)
        if left is not None:
            result["zhinan_left"] = left_summary(left)
        return result


def left_summary(left: Left) -> dict[str, Any]:
    """How a guide left the site."""
    other = left.successor
    return {
        "state": left.state,
        "date": left.moment.isoformat() if left.moment is not None else None,
        "reason": left.reason,
        "successor": None
        if other is None
        else {"@id": other.absolute_url(), "title": other.title},
    }


def revision_summary(guide: Any) -> dict[str, Any] | None:
    """Number, checksum and beginning of the revision of a guide."""
    revision = revision_of(guide)
    if revision is None:
        return None
    return {
        "number": revision.number,
        "hash": revision.hash,
        "since": revision.moment.isoformat(timespec="seconds"),
    }


class ShortGet(Service):
    """``GET <guide>/@short``: the elements of the short version, in order."""

    def reply(self) -> dict[str, Any]:
        """Title, kind and value of each element; of materials their short elements."""
        table = elements()
        short = [element for element in table.guide if element.short]
        reading = reading_of(self.context)
        values = _values(self.context, self.request, short, IMatterGuide, reading)
        url = self.context.absolute_url()
        return {
            "@id": f"{url}/@short",
            "guide": url,
            "title": reading.title,
            "modified": json_compatible(self.context.modified()),
            "revision": revision_summary(self.context),
            "items": [
                {
                    "name": element.name,
                    "kind": element.kind,
                    "title": self.title(element),
                    "value": values[element.name]
                    if element.kind != "materials"
                    else self.materials(reading, table.material),
                }
                for element in short
            ],
        }

    def title(self, element: Element) -> str:
        """The element's title in the reader's language."""
        return translate(
            message(f"guide.{element.name}", element.title), context=self.request
        )

    def materials(
        self, reading: Reading, group: Iterable[Element]
    ) -> list[dict[str, Any]]:
        """The short elements of each material."""
        short = [element for element in group if element.short]
        return [
            _values(self.context, self.request, short, IMaterial, material)
            for material in reading.materials
            if visible(self.context, material)
        ]


class ElementsGet(Service):
    """``GET <site>/@elements``: the table from which everything is derived."""

    def reply(self) -> dict[str, Any]:
        """Fieldsets, sections of the page, elements and code lists, all in order."""
        table = elements()
        return {
            "@id": f"{self.context.absolute_url()}/@elements",
            "fieldsets": [
                {"name": f.name, "title": self.say(f"fieldset.{f.name}", f.title)}
                for f in table.fieldsets
            ],
            "sections": [
                {
                    "name": section.name,
                    "title": self.say(f"section.{section.name}", section.title),
                    "elements": list(section.elements),
                }
                for section in table.sections
            ],
            "MatterGuide": [self.element("guide", e) for e in table.guide],
            "Material": [self.element("material", e) for e in table.material],
            "lists": {
                codes.name: {
                    "title": self.say(f"list.{codes.name}", codes.title),
                    "source": codes.source,
                    "vocabulary": self.vocabulary(PREFIX + codes.name),
                    "codes": [
                        {
                            "token": code.value,
                            "title": translate(
                                code_title(codes.name, code.value),
                                context=self.request,
                            ),
                        }
                        for code in codes.codes
                    ],
                }
                for codes in code_lists().values()
            },
        }

    def say(self, key: str, default: str) -> str:
        """A title of the tables in the reader's language."""
        return translate(message(key, default), context=self.request)

    def vocabulary(self, name: str) -> str:
        """Address of a vocabulary."""
        return f"{self.context.absolute_url()}/@vocabularies/{name}"

    def part(self, key: str, part: Element | Column) -> dict[str, Any]:
        """What an element and a column have in common; limits only where set."""
        found: dict[str, Any] = {
            "name": part.name,
            "kind": part.kind,
            "title": self.say(key, part.title),
            "required": part.required,
        }
        if part.list:
            found["list"] = part.list
        if part.kind in {"department", "departments"}:
            found["vocabulary"] = self.vocabulary(DEPARTMENTS)
        for name in ("min", "max", "max_length"):
            if getattr(part, name, None) is not None:
                found[name] = getattr(part, name)
        return found

    def element(self, group: str, element: Element) -> dict[str, Any]:
        """One row of the table; standard and exchange column where there is one."""
        key = f"{group}.{element.name}"
        found = self.part(key, element)
        found["publish"] = element.publish
        found["short"] = element.short
        if element.help:
            found["help"] = self.say(f"{key}.help", element.help)
        for name in ("fieldset", "std", "exchange"):
            if getattr(element, name):
                found[name] = getattr(element, name)
        if element.columns:
            found["columns"] = [
                self.part(f"{key}.{column.name}", column) for column in element.columns
            ]
        return found
