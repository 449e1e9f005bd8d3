"""What differs between two editions of a guide, in the words of its page."""

from .content import IFormVersion
from .content import IGuideElements
from .content import IMaterialElements
from .editionsof import content_of
from .filetexts import text_of
from .shown import readable
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zhinan import _
from zhinan.documents.names import human_size
from zhinan.forms.messages import element_title
from zhinan.forms.readable import difference
from zhinan.forms.readable import lines
from zhinan.publishing.editions import Edition
from zhinan.rules.canonical import canonical
from zhinan.rules.compare import ADDED
from zhinan.rules.compare import ALTERED
from zhinan.rules.compare import compare
from zhinan.rules.compare import Comparison
from zhinan.rules.compare import FormChange
from zhinan.rules.compare import Line
from zhinan.rules.compare import lines_of
from zhinan.rules.compare import MaterialChange
from zhinan.rules.compare import REMOVED
from zhinan.rules.compare import text_changes
from zhinan.rules.compare import Value
from zhinan.rules.elements import elements
from zope.i18nmessageid import Message


Translate = Callable[[Any], str]
#: Lines of a file's text that a page shows.
MOST_SHOWN = 200
GUIDE = "guide"
FILE_TITLES = {"blank_form": _("Blank form"), "filled_sample": _("Filled sample")}


@dataclass(frozen=True)
class Part:
    """One thing that differs: its title, and what was and is.

    ``rows`` are those of ``forms.readable.difference``; ``text`` are lines that only
    one of two files has.
    """

    name: str
    title: str
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    sentence: str = ""
    text: Sequence[Line] = ()
    #: lines beyond those that are shown
    more: int = 0


@dataclass(frozen=True)
class Section:
    """The guide itself, a material, or the order of the materials."""

    #: id of the material; ``guide`` for the guide itself; empty for the order
    name: str
    #: added, removed or altered
    kind: str
    title: str
    parts: tuple[Part, ...] = ()


def compared(
    guide: Any, one: Edition, two: Edition, t: Translate
) -> tuple[Comparison, list[Section]]:
    """Two editions, as far as the person who asks may read both: names and words."""
    old, new = (readable(guide, content_of(guide, e)) for e in (one, two))
    found = compare(old, new)
    return found, Words(guide, t).sections(found)


class Words:
    """Says a comparison in the language of a page."""

    def __init__(self, guide: Any, t: Translate):
        self.guide = guide
        self.t = t
        table = elements()
        self._titles = {
            group: {e.name: t(element_title(group, e.name, e.title)) for e in rows}
            for group, rows in (("guide", table.guide), ("material", table.material))
        }

    def _ordered(self, group: str, values: Iterable[Value]) -> list[Value]:
        """In the order of the page; what has left the table since comes last."""
        order = {name: number for number, name in enumerate(self._titles[group])}
        return sorted(values, key=lambda value: order.get(value.name, len(order)))

    def sections(self, found: Comparison) -> list[Section]:
        """Everything that differs, the guide itself first."""
        made = []
        if found.values:
            values = self._ordered("guide", found.values)
            parts = tuple(self._value("guide", IGuideElements, v) for v in values)
            made.append(Section(GUIDE, ALTERED, self.t(_("The guide itself")), parts))
        if found.reordered:
            title = self.t(_("The materials stand in another order"))
            made.append(Section("", ALTERED, title))
        made += [self._material(change) for change in found.materials]
        return made

    def _material(self, change: MaterialChange) -> Section:
        messages = {
            ADDED: _("New material: ${title}", mapping={"title": change.title}),
            REMOVED: _("No longer needed: ${title}", mapping={"title": change.title}),
            ALTERED: _("Material: ${title}", mapping={"title": change.title}),
        }
        parts = [
            self._value("material", IMaterialElements, value)
            for value in self._ordered("material", change.values)
            # The title stands in the heading of what came or went.
            if change.kind == ALTERED or value.name != "title"
        ]
        if change.reordered:
            title = self.t(_("The versions of the form stand in another order"))
            parts.append(Part(".", title))
        for form in change.forms:
            parts += self._form(form)
        title = self.t(messages[change.kind])
        return Section(change.id, change.kind, title, tuple(parts))

    def _form(self, form: FormChange) -> Iterator[Part]:
        mapping = {"title": form.title, "version": form.version}
        of_form = self.t(
            _(
                "form_with_version",
                default="Form “${title}” (${version})",
                mapping=mapping,
            )
        )
        sentences = {
            ADDED: _("This version of the form is new."),
            REMOVED: _("This version of the form is no longer there."),
        }
        if form.kind != ALTERED:
            yield Part(form.id, of_form, sentence=self.t(sentences[form.kind]))
        else:
            for value in form.values:
                field = IFormVersion[value.name]
                rows = self._rows(field, value)
                title = self._joined(of_form, self.t(field.title))
                yield Part(f"{form.id}/{value.name}", title, rows)
        for value in form.files:
            title = self._joined(of_form, self.t(FILE_TITLES[value.name]))
            yield self._file(f"{form.id}/{value.name}", title, value)

    def _joined(self, one: str, two: str) -> str:
        return self.t(
            _(
                "title_of_part",
                default="${whole}: ${part}",
                mapping={"whole": one, "part": two},
            )
        )

    def _value(self, group: str, schema: Any, value: Value) -> Part:
        # What has left the table since keeps its name: nobody knows its title.
        title = self._titles[group].get(value.name, value.name)
        if value.is_file:
            return self._file(value.name, title, value)
        field = schema.get(value.name)
        return Part(value.name, title, self._rows(field, value))

    def _rows(
        self, field: Any, value: Value
    ) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        return difference(self._lines(field, value.old), self._lines(field, value.new))

    def _lines(self, field: Any, value: Any) -> list[str]:
        if value is None:
            return []
        if field is None:
            return canonical(value).decode("utf-8").splitlines()
        return lines(field, value, self.guide, self.t)

    # ------------------------------------------------------------------------ files

    def _file(self, name: str, title: str, value: Value) -> Part:
        old, new = value.old, value.new
        if old is None or new is None:
            message = _("file_new", default="New file: ${new}")
            if new is None:
                message = _("file_removed", default="The file is gone: ${old}")
            return Part(name, title, sentence=self._say(message, old, new))
        if old["sha256"] == new["sha256"]:
            if old.get("filename") != new.get("filename"):
                message = _(
                    "file_renamed",
                    default="The same file under another name: ${new}, before: ${old}",
                )
            else:
                message = _(
                    "file_level",
                    default="The same file; what is told of it has changed: ${new}",
                )
            return Part(name, title, sentence=self._say(message, old, new))
        return self._texts(name, title, old, new)

    def _texts(
        self, name: str, title: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Part:
        texts = [lines_of(text_of(self.guide, about)) for about in (old, new)]
        found = text_changes(*texts) if all(texts) else None
        if found is None:
            message = _(
                "file_other",
                default="Another file: ${new}, before: ${old}. Their texts cannot be "
                "compared.",
            )
        elif not found:
            message = _(
                "file_same_text",
                default="Another file with the same text: ${new}, before: ${old}",
            )
        else:
            message = _(
                "file_other_text", default="Another file: ${new}, before: ${old}"
            )
        rows = found or []
        return Part(
            name,
            title,
            sentence=self._say(message, old, new),
            text=tuple(rows[:MOST_SHOWN]),
            more=max(0, len(rows) - MOST_SHOWN),
        )

    def _say(self, message: Any, old: Any, new: Any) -> str:
        mapping = {
            key: self._facts(about)
            for key, about in (("old", old), ("new", new))
            if about is not None
        }
        return self.t(Message(message, mapping=mapping))

    def _facts(self, about: Mapping[str, Any]) -> str:
        return self.t(
            _(
                "name_and_size",
                default="${name} (${size})",
                mapping={
                    "name": about.get("filename") or "–",
                    "size": human_size(about.get("size", 0)),
                },
            )
        )
