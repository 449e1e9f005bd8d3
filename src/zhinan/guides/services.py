"""REST of guides: materials with their forms, the short version, the elements.

All of it is derived from the table of elements, so that a client that reads
``@elements`` first needs to know no field by name.
"""

from .content import IFormVersion
from .content import IMaterial
from .content import IMatterGuide
from .files import FILE_FIELDS
from .files import materials
from .files import versions
from collections.abc import Iterable
from plone import api
from plone.restapi.interfaces import IExpandableElement
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.serializer.dxcontent import SerializeFolderToJson
from plone.restapi.serializer.dxcontent import SerializeToJson
from plone.restapi.services import Service
from typing import Any
from zhinan.departments.citytime import today
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
from zhinan.rules.formversions import in_force
from zhinan.rules.formversions import Period
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.interface import implementer


#: Views that give the files; each has the checksum as entity tag.
VIEWS = {"blank_form": "blank-form", "filled_sample": "filled-sample"}


def _visible(objects: Iterable[Any]) -> list[Any]:
    """Those that the client may see."""
    return [obj for obj in objects if api.user.has_permission("View", obj=obj)]


def _values(
    obj: Any, request: Any, group: Iterable[Element], schema: Any
) -> dict[str, Any]:
    """The elements of an object by name, as GET of the object gives them."""
    found = {}
    for element in group:
        if element.kind != "materials":
            field = schema[element.name]
            found[element.name] = getMultiAdapter(
                (field, obj, request), IFieldSerializer
            )()
    return found


def file_summary(version: Any, name: str) -> dict[str, Any] | None:
    """One file of a form version: where it is, how large (bytes), its SHA-256.

    Of a file that the client may not have, only that there is one.
    """
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


def version_summary(version: Any) -> dict[str, Any]:
    """A form version with its files; the addresses are permanent."""
    return json_compatible(
        {
            "@id": version.absolute_url(),
            "title": version.title,
            "form_number": version.form_number,
            "version": version.version,
            "in_force_from": version.in_force_from,
            "in_force_until": version.in_force_until,
            "superseded_by": version.superseded_by,
            **{name: file_summary(version, name) for name in FILE_FIELDS},
        }
    )


def forms_of(material: Any) -> dict[str, Any]:
    """The form in force today, all versions, and addresses that always give it."""
    found = _visible(versions(material))
    periods = [Period(v.version, v.in_force_from, v.in_force_until) for v in found]
    index = in_force(periods, today())
    current = None if index is None else found[index]
    url = material.absolute_url()
    return {
        "current": None if current is None else version_summary(current),
        "always": {
            name: f"{url}/@@{view}"
            for name, view in VIEWS.items()
            if current is not None
            and getattr(current, name, None) is not None
            and may_read(current, name)
        },
        "versions": [version_summary(version) for version in found],
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
            items = [self.item(obj) for obj in _visible(materials(self.context))]
            result.update({"items": items, "items_total": len(items)})
        return {"materials": result}

    def item(self, material: Any) -> dict[str, Any]:
        """One material: its elements and its forms."""
        return {
            "@id": material.absolute_url(),
            "@type": material.portal_type,
            **_values(material, self.request, elements().material, IMaterial),
            **forms_of(material),
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
            result.update(forms_of(self.context))
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
    """GET of a guide, with the revision that the public reads now."""

    def __call__(self, version: Any = None, **kwargs: Any) -> dict[str, Any]:
        """The stock answer with ``revision``; None for what nobody reads."""
        result = super().__call__(version=version, **kwargs)
        now = version is None or version == "current"
        result["revision"] = revision_summary(self.context) if now else None
        return result


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
        values = _values(self.context, self.request, short, IMatterGuide)
        url = self.context.absolute_url()
        return {
            "@id": f"{url}/@short",
            "guide": url,
            "title": self.context.title,
            "modified": json_compatible(self.context.modified()),
            "revision": revision_summary(self.context),
            "items": [
                {
                    "name": element.name,
                    "kind": element.kind,
                    "title": self.title(element),
                    "value": values[element.name]
                    if element.kind != "materials"
                    else self.materials(table.material),
                }
                for element in short
            ],
        }

    def title(self, element: Element) -> str:
        """The element's title in the reader's language."""
        return translate(
            message(f"guide.{element.name}", element.title), context=self.request
        )

    def materials(self, group: Iterable[Element]) -> list[dict[str, Any]]:
        """The short elements of each material."""
        short = [element for element in group if element.short]
        return [
            _values(obj, self.request, short, IMaterial)
            for obj in _visible(materials(self.context))
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
