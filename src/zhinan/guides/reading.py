"""A guide as a page reads it: the content of an edition, never the guide itself.

The same class reads what was frozen (parsed from JSON) and what stands in a draft, so a
preview is what will be published. Values have the types that the table of elements
names; nothing can be written, and no object of the database is woken.
"""

from .content import IMatterGuide
from .editioned import full_content
from .editioned import outline
from .editionsof import content_of
from .editionsof import edition_day
from .editionsof import edition_online
from .editionsof import edition_url
from .files import chosen
from .files import VIEWS
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any
from typing import NoReturn
from urllib.parse import quote
from zhinan.departments.citytime import CITY_TIME
from zhinan.publishing.editions import Edition
from zhinan.rules.canonical import plain
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements

import datetime


class Row(dict[str, Any]):
    """A row of an element, with every column of the table; it cannot be written."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("what was read cannot be written")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    update = setdefault = pop = popitem = clear = _refuse  # type: ignore[assignment]


@dataclass(frozen=True)
class FileReading:
    """A file with what is known of it; ``url`` gives this very file."""

    name: str
    filename: str
    size: int
    sha256: str
    contentType: str
    #: name of the level of confidentiality that it had
    level: str
    url: str = ""

    def getSize(self) -> int:
        """Bytes, as stored files tell them."""
        return self.size


def _file(name: str, about: Mapping[str, Any], url: str, base_url: str) -> FileReading:
    filename, sha256 = about.get("filename") or "", about["sha256"]
    if base_url:
        url = f"{base_url}/files/{sha256}/{quote(filename, safe='')}"
    return FileReading(
        name=name,
        filename=filename,
        size=about.get("size", 0),
        sha256=sha256,
        contentType=about.get("content_type") or "application/octet-stream",
        level=about.get("level", ""),
        url=url,
    )


def _day(value: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


class _Part:
    """What guide, material and form version have in common."""

    def __init__(
        self, content: Mapping[str, Any], path: tuple[str, ...], url: str, base_url: str
    ):
        self._content = content
        #: ids that lead from the guide to this part
        self.path = path
        self.url = url
        self._base_url = base_url

    @property
    def id(self) -> str:
        """Id of the part in what contains it."""
        return self.path[-1] if self.path else ""

    @property
    def uid(self) -> str:
        """Its UID, which tells it from another one that has its place now."""
        return self._content.get("uid", "")

    @property
    def title(self) -> str:
        """Its name."""
        return self._content.get("title", "")

    @property
    def hidden(self) -> bool:
        """Whether it was kept from people who saw the guide."""
        return bool(self._content.get("hidden"))


class _WithElements(_Part):
    """A part that has elements."""

    @property
    def _group(self) -> tuple[Element, ...]:
        """The part's own rows of the table."""
        raise NotImplementedError

    def value(self, name: str) -> Any:
        """The value of an element; None where it is empty."""
        return self._values.get(name)

    @property
    def files(self) -> Mapping[str, FileReading]:
        """The elements that are files."""
        return MappingProxyType(
            {k: v for k, v in self._values.items() if isinstance(v, FileReading)}
        )

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        table = {element.name: element for element in self._group}
        kept = self._content.get("elements", {})
        return MappingProxyType(
            {name: self._typed(name, table.get(name), kept[name]) for name in kept}
        )

    def _typed(self, name: str, element: Element | None, value: Any) -> Any:
        """The value as its kind says; what left the table keeps its plain form."""
        if isinstance(value, Mapping):
            if "sha256" not in value:
                return Row(value)
            return _file(name, value, f"{self.url}/@@download/{name}", self._base_url)
        if element is not None and element.kind == "date":
            return _day(value)
        if isinstance(value, list | tuple):
            columns = element.columns if element is not None else ()
            empty = {column.name: None for column in columns}
            return tuple(
                Row({**empty, **row}) if isinstance(row, Mapping) else row
                for row in value
            )
        return value


class FormReading(_Part):
    """One version of a form."""

    @property
    def form_number(self) -> str:
        """Number of the form."""
        return self._content.get("form_number", "")

    @property
    def version(self) -> str:
        """Such as 2026.1."""
        return self._content.get("version", "")

    @property
    def superseded_by(self) -> str:
        """The version that took its place, or an empty text."""
        return self._content.get("superseded_by", "")

    @cached_property
    def in_force_from(self) -> datetime.date | None:
        """First day in force."""
        return _day(self._content.get("in_force_from"))

    @cached_property
    def in_force_until(self) -> datetime.date | None:
        """Last day in force, or None."""
        return _day(self._content.get("in_force_until"))

    @cached_property
    def files(self) -> Mapping[str, FileReading]:
        """Blank form and sample, as far as there are."""
        kept = self._content.get("files", {})
        return MappingProxyType(
            {
                name: _file(name, about, f"{self.url}/@@{VIEWS[name]}", self._base_url)
                for name, about in kept.items()
                if name in VIEWS
            }
        )


class MaterialReading(_WithElements):
    """A material with the versions of its form."""

    @property
    def _group(self) -> tuple[Element, ...]:
        return elements().material

    @cached_property
    def versions(self) -> tuple[FormReading, ...]:
        """The versions of its form, in their order."""
        return tuple(
            FormReading(
                # What lies in something hidden is as hidden as that.
                {**form, "hidden": True} if self.hidden else form,
                (*self.path, form["id"]),
                f"{self.url}/{form['id']}",
                self._base_url,
            )
            for form in self._content.get("forms", ())
        )

    def form(self, id_: str) -> FormReading | None:
        """A version by its id."""
        return next((form for form in self.versions if form.id == id_), None)

    def version_in_force(self, day: datetime.date | None = None) -> FormReading | None:
        """The version in force on a day (today in the city), or None."""
        return chosen(self.versions, day)

    def file_url(self, file: FileReading) -> str:
        """Where a file of the version in force lies.

        The address at the material gives the version in force on every day; an edition
        of the past has its own files only.
        """
        if self._base_url:
            return file.url
        return f"{self.url}/@@{VIEWS[file.name]}"


class Reading(_WithElements):
    """A guide with its materials, as one edition or a draft tells it.

    :param content: what ``full_content`` made, or the same out of JSON.
    :param url: address of the guide.
    :param base_url: of an edition that is not the current one, the address below which
        its files lie.
    :param edition: number of the edition; empty for what stands in the guide.
    :param updated: day of the last change.
    :param published: day of publication.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        url: str = "",
        base_url: str = "",
        edition: str = "",
        updated: datetime.date | None = None,
        published: datetime.date | None = None,
    ):
        super().__init__(plain(content), (), url, base_url)
        self.edition = edition
        self.updated = updated
        self.published = published

    @property
    def _group(self) -> tuple[Element, ...]:
        return elements().guide

    @property
    def current(self) -> bool:
        """Whether this is what the guide's own address shows."""
        return not self._base_url

    @property
    def description(self) -> str:
        """The one sentence."""
        return self.value("description") or ""

    @cached_property
    def materials(self) -> tuple[MaterialReading, ...]:
        """The materials, in their order."""
        return tuple(
            MaterialReading(row, (key,), f"{self.url}/{key}", self._base_url)
            for row in self._content.get("materials", ())
            for key in (row["id"],)
        )

    def material(self, id_: str) -> MaterialReading | None:
        """A material by its id."""
        return next((row for row in self.materials if row.id == id_), None)


# --------------------------------------------------------------- which content counts


def reading_of(guide: Any) -> Reading:
    """What the pages of a guide read: its edition, or of a draft the guide itself."""
    return _reading(guide, lambda: full_content(guide))


def outline_of(guide: Any, part: Any = None) -> Reading:
    """Names and forms of it alone, for whoever gives files; elements may be missing.

    :param part: the material or the form version that is wanted, if not all are.
    """
    return _reading(guide, lambda: outline(guide, part))


def reading_of_edition(guide: Any, edition: Edition) -> Reading:
    """An edition as it was; its files lie below its own address."""
    day = edition_day(edition)
    return Reading(
        content_of(guide, edition),
        guide.absolute_url(),
        base_url=edition_url(guide, edition),
        edition=str(edition.number),
        updated=day,
        published=day,
    )


def _reading(guide: Any, make: Callable[[], Mapping[str, Any]]) -> Reading:
    """Where the content comes from: every page and service asks here.

    :param make: makes as much of the content as is wanted from the guide itself.
    """
    edition = edition_online(guide)
    published = _city_day(guide.effective_date)
    if edition is not None:
        return Reading(
            content_of(guide, edition),
            guide.absolute_url(),
            edition=str(edition.number),
            updated=edition_day(edition),
            published=published,
        )
    return Reading(
        make(),
        guide.absolute_url(),
        updated=_city_day(guide.modified()),
        published=published,
    )


def _city_day(moment: Any) -> datetime.date | None:
    return moment.asdatetime().astimezone(CITY_TIME).date() if moment else None


def guide_around(part: Any) -> Any:
    """The guide in which a material or a form version lies."""
    while part is not None and not IMatterGuide.providedBy(part):
        part = aq_parent(aq_inner(part))
    return part
