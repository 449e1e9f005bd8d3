"""Downloads: the form in force, a version for good, and everything as one ZIP."""

from plone import api
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.confidentiality import is_open
from zhinan.departments.confidentiality import may_read
from zhinan.departments.confidentiality import read
from zhinan.documents.names import content_disposition
from zhinan.documents.names import form_filename
from zhinan.documents.names import numbered
from zhinan.documents.package import Entry
from zhinan.documents.package import zip_of
from zhinan.guides.files import materials
from zhinan.guides.files import version_in_force
from ZPublisher.Iterators import filestream_iterator

import pathlib


KINDS = {"blank-form": "blank_form", "filled-sample": "filled_sample"}
_SHORT = {"blank_form": "blank", "filled_sample": "sample"}


def readable_name(title: str, field: str, value: Any, version: str = "") -> str:
    """The name under which people get this file."""
    suffix = pathlib.PurePosixPath(value.filename or "").suffix.lstrip(".") or "bin"
    return form_filename(title, _SHORT[field], version, suffix.lower())


class _FileView(BrowserView):
    """Streams a blob under a readable name; the checksum is the entity tag."""

    field = ""

    def version(self) -> Any:
        """The form version whose file is asked for."""
        raise NotFound

    def file_name(self, version: Any, value: Any) -> str:
        """Name for the download."""
        return readable_name(version.title, self.field, value)

    def __call__(self) -> Any:
        """The file, or 304 when the client has it."""
        version = self.version()
        value = getattr(version, self.field, None) if version is not None else None
        if value is None:
            raise NotFound(self.__name__)
        read(version, self.field)
        kept = (version.files or {}).get(self.field, {})
        response = self.request.response
        tag = f'"{kept.get("sha256", "")}"'
        response.setHeader("ETag", tag)
        response.setHeader("X-Content-Type-Options", "nosniff")
        free = is_open(version, self.field)
        response.setHeader("Cache-Control", "no-cache" if free else "private, no-store")
        if kept and self.request.get_header("If-None-Match") == tag:
            response.setStatus(304)
            return ""
        response.setHeader("Content-Type", value.contentType)
        response.setHeader(
            "Content-Disposition",
            content_disposition(self.file_name(version, value)),
        )
        path = value._blob.committed()
        size = pathlib.Path(path).stat().st_size
        response.setHeader("Content-Length", str(size))
        return filestream_iterator(path, "rb")


class CurrentBlank(_FileView):
    """``<material>/@@blank-form``: always the version in force."""

    field = "blank_form"

    def version(self) -> Any:
        """The version in force today."""
        return version_in_force(self.context)


class CurrentSample(CurrentBlank):
    """``<material>/@@filled-sample``: always the version in force."""

    field = "filled_sample"


class VersionBlank(_FileView):
    """``<form version>/@@blank-form``: this version for good."""

    field = "blank_form"

    def version(self) -> Any:
        """This version."""
        return self.context

    def file_name(self, version: Any, value: Any) -> str:
        """The name tells the version, since it may be an old one."""
        return readable_name(version.title, self.field, value, version.version)


class VersionSample(VersionBlank):
    """``<form version>/@@filled-sample``: this version for good."""

    field = "filled_sample"


class DownloadAll(BrowserView):
    """``<guide>/@@download-all``: forms and samples in force as one ZIP."""

    def entries(self) -> list[Entry]:
        """The files, a folder for each material."""
        found = []
        for number, material in enumerate(materials(self.context), 1):
            version = version_in_force(material)
            if version is None or not api.user.has_permission("View", obj=version):
                continue
            modified = version.modified().asdatetime().astimezone(CITY_TIME)
            for field in _SHORT:
                value = getattr(version, field, None)
                if value is not None and may_read(version, field):
                    read(version, field)
                    found.append(
                        Entry(
                            readable_name(version.title, field, value),
                            value.data,
                            (numbered(number, material.title),),
                            modified,
                        )
                    )
        return found

    def __call__(self) -> bytes:
        """The archive; 404 when the guide has no files."""
        entries = self.entries()
        if not entries:
            raise NotFound(self.__name__)
        data = zip_of(entries)
        response = self.request.response
        response.setHeader("Content-Type", "application/zip")
        response.setHeader(
            "Content-Disposition", content_disposition(f"{self.context.title}.zip")
        )
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Cache-Control", "no-cache")
        return data
