"""The pages of a material and of one version of its form."""

from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.guides.reading import FormReading
from zhinan.guides.reading import guide_around
from zhinan.guides.reading import MaterialReading
from zhinan.guides.reading import outline_of
from zhinan.guides.reading import Reading
from zhinan.guides.shown import may_have
from zhinan.guides.shown import visible
from zhinan.pages.layout import PublicPage
from zhinan.portal.blocks import file_link
from zhinan.portal.left import Left
from zhinan.portal.preview import Preview


_FILE_TITLES = {"blank_form": _("Blank form"), "filled_sample": _("Filled sample")}


class _OfMaterial(Preview, Left, PublicPage):
    """A page of a material: its guide is read, as far as the material goes."""

    cached = True
    version_template = ViewPageTemplateFile("templates/version.pt")
    entrance = "guides"

    @property
    def place(self) -> Any:
        """The object of the material; a page of a form has it around its context."""
        return self.context

    @cached_property
    def guide(self) -> Any:
        """The guide to which the material belongs."""
        return guide_around(self.context)

    @cached_property
    def reading(self) -> Reading:
        """What is read."""
        return outline_of(self.guide, self.place)

    @cached_property
    def material(self) -> MaterialReading:
        """The material in it.

        :raises NotFound: if the edition does not have it, or not for this person.
        """
        found = self.reading.material(self.place.getId())
        if found is None or not visible(self.guide, found):
            raise NotFound(self.place.getId())
        return found

    def version_row(self, version: FormReading) -> dict[str, Any]:
        """What a page says of one version of a form."""
        files = []
        for name, title in _FILE_TITLES.items():
            file = version.files.get(name)
            if file is not None and may_have(self.guide, version, name):
                files.append(file_link(file.url, file, self.t(title), file.sha256))
        current = self.material.version_in_force()
        return {
            "url": version.url,
            "title": version.title,
            "number": version.form_number,
            "version": version.version,
            "from": self.date(version.in_force_from),
            "until": self.date(version.in_force_until),
            "superseded_by": version.superseded_by,
            "current": current is not None and current.id == version.id,
            "files": files,
        }


class MaterialPage(_OfMaterial):
    """A material with every version of its form, each at its own address."""

    template = ViewPageTemplateFile("templates/material.pt")

    @property
    def title(self) -> str:
        """Name of the material."""
        return self.material.title

    def versions(self) -> list[dict[str, Any]]:
        """All versions, the newest first, with permanent addresses and checksums."""
        return [
            self.version_row(version)
            for version in reversed(self.material.versions)
            if visible(self.guide, version)
        ]


class FormVersionPage(_OfMaterial):
    """One version of a form at its permanent address."""

    template = ViewPageTemplateFile("templates/formversion.pt")

    @property
    def place(self) -> Any:
        """The object of the material to which the form belongs."""
        return self.context.__parent__

    @cached_property
    def version(self) -> FormReading:
        """This version.

        :raises NotFound: if the edition does not have it, or not for this person.
        """
        found = self.material.form(self.context.getId())
        if found is None or not visible(self.guide, found):
            raise NotFound(self.context.getId())
        return found

    @property
    def title(self) -> str:
        """Name of the form with its version."""
        return self.t(
            _(
                "title_with_version",
                default="${title} (${version})",
                mapping={
                    "title": self.version.title,
                    "version": self.version.version,
                },
            )
        )

    def row(self) -> dict[str, Any]:
        """This version."""
        return self.version_row(self.version)
