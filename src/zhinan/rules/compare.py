"""What differs between two contents of editions: elements, materials, forms and files.

Contents are the plain values of ``zhinan.edition/1``. Nothing here knows a title or a
language: differences are names and values, which the guides say in words. Equal
contents differ in nothing, whatever the order of their keys and their kind of line
ends; a reader who may not see a part gets it compared as if it were not there, because
it was left out of both contents before.
"""

from .canonical import canonical
from .canonical import plain
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from typing import Literal


Kind = Literal["added", "removed", "altered"]
ADDED: Kind = "added"
REMOVED: Kind = "removed"
ALTERED: Kind = "altered"

#: What is told of a form version beside its files.
FORM_FIELDS = (
    "title",
    "form_number",
    "version",
    "in_force_from",
    "in_force_until",
    "superseded_by",
)
#: Lines of text beyond which two files are not compared line by line.
MOST_LINES = 3000
#: Values between which nothing of a file differs for its readers.
_FILE_FACTS = ("filename", "size", "sha256", "content_type", "level")


@dataclass(frozen=True)
class Value:
    """An element, or a field of a form, with what it was and what it is.

    None stands for nothing. Of a file it is what is known of it.
    """

    name: str
    old: Any
    new: Any

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return any(is_file(value) for value in (self.old, self.new))


@dataclass(frozen=True)
class FormChange:
    """A version of a form that came, went, or says something else."""

    id: str
    kind: Kind
    #: name and version of the form as the newer content tells them
    title: str
    version: str
    values: tuple[Value, ...] = ()
    files: tuple[Value, ...] = ()


@dataclass(frozen=True)
class MaterialChange:
    """A material that came, went, or says something else."""

    id: str
    kind: Kind
    title: str
    values: tuple[Value, ...] = ()
    forms: tuple[FormChange, ...] = ()
    #: whether versions of the form that both have stand in another order
    reordered: bool = False


@dataclass(frozen=True)
class Comparison:
    """Everything that differs; false if nothing does."""

    values: tuple[Value, ...] = ()
    materials: tuple[MaterialChange, ...] = ()
    #: whether materials that both have stand in another order
    reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.values or self.materials or self.reordered)

    def names(self) -> frozenset[str]:
        """Paths of everything that differs, such as ``m01/v2026-1/blank_form``.

        What came or went as a whole is named by itself and with all that it has; an
        order by a dot.
        """
        return frozenset(self._names())

    def _names(self) -> Iterator[str]:
        if self.reordered:
            yield "."
        yield from (value.name for value in self.values)
        for material in self.materials:
            if material.kind != ALTERED:
                yield material.id
            if material.reordered:
                yield f"{material.id}/."
            yield from (f"{material.id}/{value.name}" for value in material.values)
            for form in material.forms:
                path = f"{material.id}/{form.id}"
                if form.kind != ALTERED:
                    yield path
                yield from (f"{path}/{v.name}" for v in (*form.values, *form.files))


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """What a reader of the old content has to read again in the new one."""
    before, after = plain(old), plain(new)
    old_rows, new_rows = _by_id(before, "materials"), _by_id(after, "materials")
    materials = [
        change
        for key in (*new_rows, *(key for key in old_rows if key not in new_rows))
        if (change := _material(key, old_rows.get(key), new_rows.get(key)))
    ]
    return Comparison(
        values=_values(before.get("elements", {}), after.get("elements", {})),
        materials=tuple(materials),
        reordered=_reordered(old_rows, new_rows),
    )


def _material(
    key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> MaterialChange | None:
    before, after = old or {}, new or {}
    old_forms, new_forms = _by_id(before, "forms"), _by_id(after, "forms")
    forms = tuple(
        change
        for id_ in (*new_forms, *(id_ for id_ in old_forms if id_ not in new_forms))
        if (change := _form(id_, old_forms.get(id_), new_forms.get(id_)))
    )
    found = MaterialChange(
        id=key,
        kind=_kind(old, new),
        title=_title(after) or _title(before),
        values=_values(before.get("elements", {}), after.get("elements", {})),
        forms=forms,
        reordered=_reordered(old_forms, new_forms),
    )
    same = found.kind == ALTERED and not (
        found.values or found.forms or found.reordered
    )
    return None if same else found


def _form(
    id_: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> FormChange | None:
    before, after = old or {}, new or {}
    told = after or before
    fields = [{n: row[n] for n in FORM_FIELDS if n in row} for row in (before, after)]
    found = FormChange(
        id=id_,
        kind=_kind(old, new),
        title=str(told.get("title", "")),
        version=str(told.get("version", "")),
        values=_values(*fields),
        files=_values(before.get("files", {}), after.get("files", {})),
    )
    same = found.kind == ALTERED and not (found.values or found.files)
    return None if same else found


def _kind(old: object, new: object) -> Kind:
    if old is None:
        return ADDED
    return REMOVED if new is None else ALTERED


def _title(row: Mapping[str, Any]) -> str:
    return str(row.get("elements", {}).get("title", "") or row.get("title", ""))


def _by_id(content: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    return {row["id"]: row for row in content.get(name, ())}


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Value, ...]:
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        Value(name, old.get(name), new.get(name))
        for name in names
        if _told(old.get(name)) != _told(new.get(name))
    )


def _told(value: Any) -> bytes:
    """What counts of a value: of a file, what its readers know of it.

    As text, since "yes" and 1 are not the same answer.
    """
    if is_file(value):
        return canonical({name: value.get(name) for name in _FILE_FACTS})
    return canonical(value)


def is_file(value: object) -> bool:
    """Whether a value of a content is a file."""
    return isinstance(value, Mapping) and "sha256" in value


def _reordered(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    return [key for key in new if key in old] != [key for key in old if key in new]


# ------------------------------------------------------------------- text of files


@dataclass(frozen=True)
class Line:
    """A line of text that only one of two files has."""

    kind: Kind
    text: str


def lines_of(text: str) -> list[str]:
    """The lines that say something, without what only lays them out."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in found if line]


def text_changes(old: Sequence[str], new: Sequence[str]) -> list[Line] | None:
    """Lines removed and added, in the order of the text; None if that is too much."""
    if max(len(old), len(new)) > MOST_LINES:
        return None
    found: list[Line] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            found += [Line(REMOVED, text) for text in old[i1:i2]]
            found += [Line(ADDED, text) for text in new[j1:j2]]
    return found
