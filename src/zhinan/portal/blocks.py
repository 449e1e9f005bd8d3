"""Elements of a guide or an entry, ready to be shown: derived from their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.confidentiality import may_read
from zhinan.documents.names import file_kind
from zhinan.documents.names import human_size
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.pages.layout import PublicPage
from zhinan.rules.checks import is_empty
from zhinan.rules.elements import Column
from zhinan.rules.elements import Element


@dataclass(frozen=True)
class Link:
    """Where the first cell of a row leads, and what the staff is told about it."""

    url: str
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One element as the page shows it.

    ``kind`` is fact (a short answer), text (paragraphs), list, table or faqs.
    """

    name: str
    kind: str
    title: str
    value: Any = None
    columns: tuple[str, ...] = ()
    #: kinds of the columns, such as phone
    kinds: tuple[str, ...] = ()
    #: links of rows by their number
    links: Mapping[int, Link] = field(default_factory=dict)


@dataclass(frozen=True)
class Download:
    """A file with everything that its link says."""

    url: str
    title: str
    kind: str
    size: str
    sha256: str = ""


def file_link(url: str, value: Any, title: str = "", sha256: str = "") -> Download:
    """A link to a stored file or one of a reading; its name is its title if none is."""
    name = value.filename or ""
    return Download(
        url=url,
        title=title or name,
        kind=file_kind(name),
        size=human_size(value.getSize()),
        sha256=sha256,
    )


_FACT_KINDS = frozenset(
    ["line", "int", "bool", "date", "choice", "choices", "department", "departments"]
)
#: Kinds that stand in a list of short answers.
ANSWERS = frozenset(["fact", "phone", "link", "file"])


class ElementsPage(PublicPage):
    """A page whose object has elements; ``prefix`` begins the ids of their titles."""

    prefix = "guide"

    def answer(self, element: Element | Column, value: Any) -> str:
        """A short answer in words."""
        match element.kind:
            case "bool":
                return self.t(_("yes") if value else _("no"))
            case "date":
                return self.date(value)
            case "choice":
                return self.t(code_title(element.list, value))
            case "choices":
                join = self.t(_("list_separator", default=", "))
                return join.join(self.t(code_title(element.list, v)) for v in value)
            case "department":
                entry = directory.get(value)
                return entry.title if entry else str(value)
            case "departments":
                join = self.t(_("list_separator", default=", "))
                found = (directory.get(code) for code in value)
                return join.join(entry.title for entry in found if entry)
        return str(value)

    def value(self, name: str) -> Any:
        """The value of an element; pages with a reading take it from there."""
        return getattr(self.context, name, None)

    def file(self, name: str, value: Any) -> Download | None:
        """A file of the object, or None where it is not for this person."""
        if not may_read(self.context, name):
            return None
        return file_link(f"{self.context.absolute_url()}/@@download/{name}", value)

    def block(self, element: Element) -> Block | None:
        """One element ready to be shown, or None when it is empty."""
        value = self.value(element.name)
        if element.kind == "materials" or is_empty(element, value):
            return None
        title = self.t(message(f"{self.prefix}.{element.name}", element.title))
        if element.kind in _FACT_KINDS:
            return Block(element.name, "fact", title, self.answer(element, value))
        if element.kind == "phone":
            return Block(element.name, "phone", title, value)
        if element.kind == "url":
            return Block(element.name, "link", title, value)
        if element.kind == "text":
            lines = [line.strip() for line in value.splitlines() if line.strip()]
            return Block(element.name, "text", title, lines)
        if element.kind == "lines":
            return Block(element.name, "list", title, list(value))
        if element.kind == "file":
            link = self.file(element.name, value)
            return None if link is None else Block(element.name, "file", title, link)
        return self._rows(element, title, value)

    def row_links(self, element: Element, rows: list[dict]) -> dict[int, Link]:
        """Links of the rows of an element by their number; none by default."""
        return {}

    def _rows(self, element: Element, title: str, rows: list[dict]) -> Block:
        if element.name == "faqs":
            return Block(element.name, "faqs", title, rows)
        used = [
            column
            for column in element.columns
            if any(row.get(column.name) not in (None, "") for row in rows)
        ]
        paired = {c.name for c in used} >= {"limit", "unit"}
        shown = [c for c in used if not (paired and c.name == "unit")]
        table = []
        for row in rows:
            line = []
            for column in shown:
                value = row.get(column.name)
                if paired and column.name == "limit":
                    text = self.limit(value, row.get("unit"))
                elif value in (None, ""):
                    text = ""
                else:
                    text = self.answer(column, value)
                line.append(text)
            table.append(line)
        columns = tuple(
            self.t(message(f"{self.prefix}.{element.name}.{c.name}", c.title))
            for c in shown
        )
        kinds = tuple(column.kind for column in shown)
        links = self.row_links(element, rows)
        return Block(element.name, "table", title, table, columns, kinds, links)
