"""The files of an edition, with the bytes that the store of editions keeps."""

from collections.abc import Iterator
from typing import Any
from zExceptions import NotFound
from zhinan.documents.names import content_disposition
from zhinan.guides.editioned import bytes_of
from zhinan.guides.reading import reading_of_edition
from zhinan.guides.shown import give
from zhinan.guides.shown import may_have
from zhinan.guides.shown import Part
from zhinan.guides.shown import visible
from zhinan.publishing.editions import Edition
from ZPublisher.Iterators import filestream_iterator

import pathlib


def _places(guide: Any, edition: Edition) -> Iterator[tuple[Part, str]]:
    """Every file of an edition that who asks may see of: its part and its name."""
    reading = reading_of_edition(guide, edition)
    yield from ((reading, name) for name in reading.files)
    for material in reading.materials:
        if not visible(guide, material):
            continue
        yield from ((material, name) for name in material.files)
        for form in material.versions:
            if visible(guide, form):
                yield from ((form, name) for name in form.files)


def give_file(guide: Any, edition: Edition, sha256: str, request: Any) -> Any:
    """A file of an edition by its checksum, or 304 when the client has it.

    The same bytes may stand at two places with two levels: one that is open to who asks
    is enough.

    :raises NotFound: if the edition has no such file for this person.
    :raises Unauthorized: if it is for somebody who signs in.
    """
    found = [
        (part, name)
        for part, name in _places(guide, edition)
        if part.files[name].sha256 == sha256
    ]
    if not found:
        raise NotFound(sha256)
    part, name = next((row for row in found if may_have(guide, *row)), found[0])
    free = give(guide, part, name)
    file, response = part.files[name], request.response
    tag = f'"{file.sha256}"'
    response.setHeader("ETag", tag)
    response.setHeader("X-Content-Type-Options", "nosniff")
    response.setHeader("X-Robots-Tag", "noindex")
    response.setHeader("Cache-Control", "no-cache" if free else "private, no-store")
    if request.get_header("If-None-Match") == tag:
        response.setStatus(304)
        return ""
    blob = bytes_of(guide, file.sha256)
    if blob is None:
        raise NotFound(sha256)
    response.setHeader("Content-Type", file.contentType)
    response.setHeader("Content-Disposition", content_disposition(file.filename))
    path = blob.committed()
    response.setHeader("Content-Length", str(pathlib.Path(path).stat().st_size))
    return filestream_iterator(path, "rb")
