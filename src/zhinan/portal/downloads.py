"""Downloads: the form in force, a version for good, and everything as one ZIP."""

from functools import cached_property
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zhinan.departments.citytime import CITY_TIME
from zhinan.documents.names import content_disposition
from zhinan.documents.names import form_filename
from zhinan.documents.names import numbered
from zhinan.documents.package import Entry
from zhinan.documents.package import zip_of
from zhinan.guides.editioned import bytes_of
from zhinan.guides.reading import FileReading
from zhinan.guides.reading import FormReading
from zhinan.guides.reading import guide_around
from zhinan.guides.reading import outline_of
from zhinan.guides.reading import Reading
from zhinan.guides.shown import give
from zhinan.guides.shown import live_of
from zhinan.guides.shown import may_have
from zhinan.guides.shown import visible
from ZPublisher.Iterators import filestream_iterator

import datetime
import pathlib


_SHORT = {"blank_form": "blank", "filled_sample": "sample"}


def readable_name(title: str, field: str, value: FileReading, version: str = "") -> str:
    """The name under which people get this file."""
    suffix = pathlib.PurePosixPath(value.filename or "").suffix.lstrip(".") or "bin"
    return form_filename(title, _SHORT[field], version, suffix.lower())


class _FileView(BrowserView):
    """Streams a blob under a readable name; the checksum is the entity tag."""

    field = ""

    @cached_property
    def guide(self) -> Any:
        """The guide around the context."""
        return guide_around(self.context)

    def version(self) -> FormReading | None:
        """The form version whose file is asked for."""
        raise NotFound

    def file_name(self, version: FormReading, file: FileReading) -> str:
        """Name for the download."""
        return readable_name(version.title, self.field, file)

    def __call__(self) -> Any:
        """The file, or 304 when the client has it."""
        version = self.version()
        file = version.files.get(self.field) if version is not None else None
        if version is None or file is None or not visible(self.guide, version):
            raise NotFound(self.__name__)
        free = give(self.guide, version, self.field)
        response = self.request.response
        tag = f'"{file.sha256}"'
        response.setHeader("ETag", tag)
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "no-cache" if free else "private, no-store")
        if self.request.get_header("If-None-Match") == tag:
            response.setStatus(304)
            return ""
        near = live_of(self.guide, version)
        blob = bytes_of(self.guide, file.sha256, near)
        if blob is None:
            raise NotFound(self.__name__)
        response.setHeader("Content-Type", file.contentType)
        response.setHeader(
            "Content-Disposition",
            content_disposition(self.file_name(version, file)),
        )
        path = blob.committed()
        size = pathlib.Path(path).stat().st_size
        response.setHeader("Content-Length", str(size))
        return filestream_iterator(path, "rb")


class CurrentBlank(_FileView):
    """``<material>/@@blank-form``: always the version in force."""

    field = "blank_form"

    def version(self) -> FormReading | None:
        """The version in force today."""
        reading = outline_of(self.guide, self.context)
        material = reading.material(self.context.getId())
        return None if material is None else material.version_in_force()


class CurrentSample(CurrentBlank):
    """``<material>/@@filled-sample``: always the version in force."""

    field = "filled_sample"


class VersionBlank(_FileView):
    """``<form version>/@@blank-form``: this version for good."""

    field = "blank_form"

    def version(self) -> FormReading | None:
        """This version."""
        material = self.context.__parent__
        found = outline_of(self.guide, self.context).material(material.getId())
        return None if found is None else found.form(self.context.getId())

    def file_name(self, version: FormReading, file: FileReading) -> str:
        """The name tells the version, since it may be an old one."""
        return readable_name(version.title, self.field, file, version.version)


class VersionSample(VersionBlank):
    """``<form version>/@@filled-sample``: this version for good."""

    field = "filled_sample"


class DownloadAll(BrowserView):
    """``<guide>/@@download-all``: forms and samples in force as one ZIP."""

    @cached_property
    def reading(self) -> Reading:
        """What the page of the guide reads."""
        return outline_of(self.context)

    def entries(self) -> list[Entry]:
        """The files, a folder for each material, numbered as on the page."""
        guide = self.context
        shown = [m for m in self.reading.materials if visible(guide, m)]
        found = []
        for number, material in enumerate(shown, 1):
            version = material.version_in_force()
            if version is None or not visible(guide, version):
                continue
            near = live_of(guide, version)
            for field in _SHORT:
                if field not in version.files or not may_have(guide, version, field):
                    continue
                file = version.files[field]
                blob = bytes_of(guide, file.sha256, near)
                if blob is None:
                    continue
                give(guide, version, field)
                with blob.open("r") as stream:
                    data = stream.read()
                found.append(
                    Entry(
                        readable_name(version.title, field, file),
                        data,
                        (numbered(number, material.title),),
                        self.moment(near),
                    )
                )
        return found

    def moment(self, version: Any) -> datetime.datetime:
        """When a version was changed; of one that is gone, when the guide was."""
        obj = self.context if version is None else version
        return obj.modified().asdatetime().astimezone(CITY_TIME)

    def __call__(self) -> bytes:
        """The archive; 404 when the guide has no files."""
        entries = self.entries()
        if not entries:
            raise NotFound(self.__name__)
        data = zip_of(entries)
        response = self.request.response
        response.setHeader("Content-Type", "application/zip")
        response.setHeader(
            "Content-Disposition", content_disposition(f"{self.reading.title}.zip")
        )
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "no-cache")
        return data
