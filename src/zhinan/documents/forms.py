"""Blank forms and filled samples as Word files, both from one description.

A form and its sample come from the same ``Form``, so that a field can't be in one and
missing in the other. The layout is the same in both; the sample is marked in the
header of each page, by a watermark and by the colour and typeface of what is filled
in. Plain text runs are used and no content controls: WPS and older programs, in which
many people fill in forms, lose the latter.
"""

from .docx import append
from .docx import cell
from .docx import CELL_MARGIN
from .docx import new_document
from .docx import page_numbers
from .docx import paragraph
from .docx import row
from .docx import run
from .docx import save
from .docx import table
from .docx import TEXT_WIDTH
from .docx import watermark
from .words import date_text
from .words import words
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import datetime
import re
import unicodedata


_LABEL, _VALUE = 2104, 2715  # room for nine characters; twice the two is the width
_GRID = (_LABEL, _VALUE, _LABEL, _VALUE)
_LINE, _WIDE_LINE = 24, 69  # half-width characters in a narrow and in a wide value cell
_LABEL_LINE = 18
_BRACKET = re.compile(r"([^\uff08]+)(\uff08[^\uff08\uff09]+\uff09)")
_OPTION = 6  # half-width characters for an option's box and the spaces round it
_KEEP = "<w:keepNext/>"
_ROW = 480  # 8.5 mm: enough to write in by hand


class FormError(ValueError):
    """The description of a form is wrong; the message says where."""


@dataclass(frozen=True)
class Field:
    """One cell to fill in: a line, a longer text, or a choice of options."""

    label: str
    value: tuple[str, ...]
    options: tuple[str, ...] = ()
    hint: str = ""
    wide: bool = False
    many: bool = False

    @property
    def text(self) -> str:
        """The sample value as it stands in the sample."""
        return "\n".join(self.value)


@dataclass(frozen=True)
class Table:
    """Rows to fill in under column heads."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    blank_rows: int = 3


@dataclass(frozen=True)
class Section:
    """A headed part of a form: fields, a table, or both."""

    heading: str
    fields: tuple[Field, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class SignatureLine:
    """Where someone signs, seals or dates the form."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True)
class Version:
    """An older version of a form: its dates, and the labels that it did not have."""

    version: str
    in_force_from: datetime.date
    in_force_until: datetime.date
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Form:
    """A form: what it asks, how it is signed, and one way in which it is filled in."""

    title: str
    number: str
    version: str
    in_force_from: datetime.date
    sections: tuple[Section, ...]
    signature: tuple[SignatureLine, ...]
    in_force_until: datetime.date | None = None
    declaration: str = ""
    notes: tuple[str, ...] = ()
    previous: Version | None = None
    department: str = ""

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], department: str = "") -> "Form":
        """Read a form from plain data; FormError names the place of a mistake."""
        where = f"form {data.get('number') or data.get('title') or '?'}"
        source = _Reader(data, where)
        form = cls(
            title=source.text("title"),
            number=source.text("number"),
            version=source.text("version"),
            in_force_from=source.date("in_force_from"),
            sections=tuple(_section(part) for part in source.parts("sections")),
            signature=tuple(
                _signature_line(part) for part in source.parts("signature")
            ),
            declaration=source.text("declaration", ""),
            notes=source.texts("notes"),
            previous=_version(source),
            department=source.text("department", department),
        )
        source.finish()
        labels = form.labels()
        doubled = sorted({label for label in labels if labels.count(label) > 1})
        if doubled:
            raise FormError(f"{where}: label stands twice: {', '.join(doubled)}")
        if form.previous and (unknown := form.previous.without - set(labels)):
            names = ", ".join(sorted(unknown))
            raise FormError(f"{where}.previous.without: no such label: {names}")
        return form

    def labels(self) -> list[str]:
        """Everything that the form asks, in order."""
        found: list[str] = []
        for section in self.sections:
            found += [field.label for field in section.fields]
            found += section.table.columns if section.table else ()
        return found + [line.label for line in self.signature]

    def values(self) -> list[str]:
        """Everything that is filled in on the sample, in order; a choice by option."""
        found: list[str] = []
        for section in self.sections:
            for field in section.fields:
                found += field.value
            for cells in section.table.rows if section.table else ():
                found += [text for text in cells if text]
        return found + [line.value for line in self.signature]


class _Reader:
    """Takes typed values out of a mapping and notices what nobody took."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            raise FormError(f"{where}: a mapping is needed, not {data!r}")
        self.data, self.where = data, where
        self.taken: set[str] = set()

    def take(self, key: str, *default: Any) -> Any:
        self.taken.add(key)
        value = self.data.get(key)
        if value is None or value == "" or value == []:
            if not default:
                raise FormError(f"{self.where}: {key} is missing")
            return default[0]
        return value

    def _plain(self, value: Any, where: str) -> str:
        if isinstance(value, bool) or not isinstance(
            value, (str, int, float, datetime.date)
        ):
            raise FormError(f"{where}: text is needed, not {value!r}")
        if isinstance(value, datetime.date):
            return date_text(value)
        return str(value).strip()

    def text(self, key: str, *default: str) -> str:
        return self._plain(self.take(key, *default), f"{self.where}.{key}")

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        value = self.take(key) if required else self.take(key, ())
        if not isinstance(value, (list, tuple)):
            value = [value]
        where = f"{self.where}.{key}"
        return tuple(self._plain(v, f"{where}[{n}]") for n, v in enumerate(value, 1))

    def date(self, key: str) -> datetime.date:
        value = self.take(key)
        if not isinstance(value, datetime.date):
            raise FormError(f"{self.where}.{key}: a date is needed, not {value!r}")
        return value

    def parts(self, key: str, required: bool = True) -> list["_Reader"]:
        value = self.take(key) if required else self.take(key, ())
        if not isinstance(value, (list, tuple)):
            raise FormError(f"{self.where}.{key}: a list is needed")
        return [
            _Reader(part, f"{self.where}.{key}[{number}]")
            for number, part in enumerate(value, 1)
        ]

    def finish(self) -> None:
        unknown = sorted(str(key) for key in set(self.data) - self.taken)
        if unknown:
            raise FormError(f"{self.where}: unknown key: {', '.join(unknown)}")


def _field(source: _Reader) -> Field:
    field = Field(
        label=source.text("label"),
        value=source.texts("value", required=True),
        options=source.texts("options"),
        hint=source.text("hint", ""),
        wide=bool(source.take("wide", False)),
        many=isinstance(source.data["value"], (list, tuple)),
    )
    source.finish()
    if field.options and not set(field.value) <= set(field.options):
        raise FormError(f"{source.where}.value: not among the options")
    return field


def _table(source: _Reader) -> Table:
    columns = source.texts("columns", required=True)
    rows = []
    for number, cells in enumerate(source.take("rows"), 1):
        where = f"{source.where}.rows[{number}]"
        if not isinstance(cells, (list, tuple)) or len(cells) != len(columns):
            raise FormError(f"{where}: {len(columns)} cells are needed")
        rows.append(tuple(source._plain("" if c is None else c, where) for c in cells))
    blank_rows = source.take("blank_rows", max(3, len(rows)))
    if isinstance(blank_rows, bool) or not isinstance(blank_rows, int):
        raise FormError(f"{source.where}.blank_rows: a number is needed")
    source.finish()
    return Table(columns, tuple(rows), blank_rows)


def _section(source: _Reader) -> Section:
    fields = tuple(_field(part) for part in source.parts("fields", required=False))
    data = source.take("table", None)
    grid = _table(_Reader(data, f"{source.where}.table")) if data else None
    section = Section(source.text("heading"), fields, grid)
    source.finish()
    if not section.fields and not section.table:
        raise FormError(f"{source.where}: neither fields nor a table")
    return section


def _signature_line(source: _Reader) -> SignatureLine:
    line = SignatureLine(
        source.text("label"), source.text("value"), source.text("hint", "")
    )
    source.finish()
    return line


def _version(source: _Reader) -> Version | None:
    data = source.take("previous", None)
    if not data:
        return None
    part = _Reader(data, f"{source.where}.previous")
    version = Version(
        version=part.text("version"),
        in_force_from=part.date("in_force_from"),
        in_force_until=part.date("in_force_until"),
        without=frozenset(part.texts("without")),
    )
    part.finish()
    if version.in_force_until < version.in_force_from:
        raise FormError(f"{part.where}: in force until before from")
    return version


def previous_form(form: Form) -> Form | None:
    """The version before this one: without the labels that came later."""
    version = form.previous
    if version is None:
        return None

    def older(section: Section) -> Section:
        grid = section.table
        if grid:
            kept = [n for n, c in enumerate(grid.columns) if c not in version.without]
            rows = tuple(tuple(cells[n] for n in kept) for cells in grid.rows)
            columns = tuple(grid.columns[n] for n in kept)
            grid = Table(columns, rows, grid.blank_rows) if columns else None
        fields = tuple(f for f in section.fields if f.label not in version.without)
        return replace(section, fields=fields, table=grid)

    sections = (older(section) for section in form.sections)
    return replace(
        form,
        version=version.version,
        in_force_from=version.in_force_from,
        in_force_until=version.in_force_until,
        sections=tuple(s for s in sections if s.fields or s.table),
        signature=tuple(s for s in form.signature if s.label not in version.without),
        previous=None,
    )


def blank_form(form: Form) -> bytes:
    """The form to be filled in, as a Word file."""
    return _render(form, filled=False)


def filled_sample(form: Form) -> bytes:
    """The same form as it looks when it is filled in, marked as a sample."""
    return _render(form, filled=True)


# ------------------------------------------------------------------ layout


def width_of(text: str) -> int:
    """Width in half-width characters: a Chinese character counts two."""
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return len(text) + wide


def _room(width: int) -> int:
    """How many half-width characters stand on a line of a cell of this width."""
    return max(4, (width - 2 * CELL_MARGIN) // 105)


def _lines(text: str, room: int) -> int:
    """How many lines a text takes in a cell of this width."""
    return sum(max(1, -(-width_of(line) // room)) for line in text.split("\n"))


def _is_wide(field: Field) -> bool:
    """Whether a field takes the whole width; the same in form and sample."""
    if field.options:
        longest = max(width_of(option) for option in field.options)
        lines = _option_lines(field.options, _LINE)
        return len(lines) > 2 or longest + _OPTION > _LINE + 2
    return field.wide or _lines(field.text, _LINE) > 3


def _option_lines(options: Sequence[str], room: int) -> list[list[str]]:
    """The options line by line, so that none is broken where it need not be."""
    lines: list[list[str]] = []
    left = 0
    for option in options:
        need = width_of(option) + _OPTION
        if not lines or need > left + 2:
            lines.append([])
            left = room
        lines[-1].append(option)
        left -= need
    return lines


def _choice(field: Field, room: int, filled: bool) -> str:
    """The options with their boxes; those of the sample are ticked."""
    form = words("form")
    # A typeface that has the boxes: SimSun has none, and Word would pick one by chance.
    boxes = '<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic"/>'
    parts = []
    for number, line in enumerate(_option_lines(field.options, room)):
        for index, option in enumerate(line):
            ticked = filled and option in field.value
            style = "SampleValue" if ticked else ""
            if number or index:
                parts.append(run("\u3000" if index else "\n"))
            box = form["checked" if ticked else "unchecked"]
            parts.append(run(box, style, boxes))
            parts.append(run("\u00a0" + option, style))
    return "".join(parts)


def _label_runs(label: str, room: int, properties: str = "") -> str:
    """A label; a unit or remark in brackets gets smaller where space is short."""
    head, tail = label, ""
    if width_of(label) > room and (found := _BRACKET.fullmatch(label)):
        head, tail = found.groups()
    small = '<w:sz w:val="16"/><w:szCs w:val="16"/>'
    rest = run(tail, "", properties + small) if tail else ""
    return run(head, "", properties) + rest


def _label(label: str, *hints: str, properties: str = "") -> str:
    text = paragraph(_label_runs(label, _LABEL_LINE), "FormLabel", properties)
    small = (paragraph(run(h), "FormHint", properties) for h in hints if h)
    return text + "".join(small)


def _field_label(field: Field) -> str:
    many: str = words("form")["choose_many"]
    choose = many if field.options and field.many and many not in field.hint else ""
    return cell(_LABEL, _label(field.label, field.hint, choose), shade=True)


def _value(field: Field, room: int, filled: bool) -> str:
    if field.options:
        inner = _choice(field, room, filled)
    else:
        inner = run(field.text, "SampleValue") if filled else ""
    return paragraph(inner, "FormValue")


def _height(field: Field, wide: bool) -> int:
    """Room to write by hand what stands in the sample, larger than it is printed."""
    room = _WIDE_LINE if wide else _LINE
    if field.options:
        return max(_ROW, 100 + 290 * len(_option_lines(field.options, room)))
    lines = _lines(field.text, room)
    return max(_ROW, 100 + 370 * lines + (160 if wide and lines > 1 else 0))


def _field_rows(fields: Sequence[Field], filled: bool) -> Iterable[str]:
    waiting: list[Field] = []

    def flush() -> Iterable[str]:
        if len(waiting) == 1:
            yield whole(waiting[0])
        elif waiting:
            cells = []
            for field in waiting:
                cells.append(_field_label(field))
                cells.append(cell(_VALUE, _value(field, _LINE, filled)))
            yield row(cells, max(_height(field, False) for field in waiting))
        waiting.clear()

    def whole(field: Field) -> str:
        value = cell(TEXT_WIDTH - _LABEL, _value(field, _WIDE_LINE, filled), span=3)
        return row([_field_label(field), value], _height(field, True))

    for field in fields:
        if _is_wide(field):
            yield from flush()
            yield whole(field)
        else:
            waiting.append(field)
            if len(waiting) == 2:
                yield from flush()
    yield from flush()


def _column_widths(grid: Table) -> list[int]:
    """Widths by what the columns hold; heads stay on one line where there is room."""
    least, wanted = [], []
    for number, column in enumerate(grid.columns):
        longest = max(width_of(cells[number]) for cells in grid.rows)
        head = max(width_of(column), 6) + 2
        least.append(head)
        wanted.append(max(head, min(longest, 34) + 2))
    room = TEXT_WIDTH // 105 - 2 * len(wanted)
    spare, more = room - sum(least), sum(wanted) - sum(least)
    if spare > 0 and more:
        shares = [
            low + spare * (high - low) / more
            for low, high in zip(least, wanted, strict=True)
        ]
    else:
        shares = [float(low) for low in least]
    widths = [int(TEXT_WIDTH * share / sum(shares)) for share in shares]
    widths[-1] += TEXT_WIDTH - sum(widths)
    return widths


def _filled(text: str, properties: str = "") -> str:
    return paragraph(run(text, "SampleValue") if text else "", "FormValue", properties)


def _grid_table(section: Section, grid: Table, filled: bool) -> str:
    widths = _column_widths(grid)
    bold = "<w:b/><w:bCs/>"
    head = [
        cell(
            width,
            paragraph(_label_runs(column, _room(width), bold), "FormLabel", _KEEP),
            shade=True,
        )
        for width, column in zip(widths, grid.columns, strict=True)
    ]
    rows = [row(head, _ROW, header=True)]
    lines = max(
        _lines(text, _room(width))
        for texts in grid.rows
        for text, width in zip(texts, widths, strict=True)
    )
    empty = ("",) * len(widths)
    for number in range(max(grid.blank_rows, len(grid.rows))):
        texts = grid.rows[number] if filled and number < len(grid.rows) else empty
        cells = [
            cell(width, _filled(text))
            for text, width in zip(texts, widths, strict=True)
        ]
        rows.append(row(cells, max(_ROW, 100 + 320 * lines)))
    return table(widths, rows, section.heading)


def _signature_table(form: Form, filled: bool) -> str:
    rows = []
    if form.declaration:
        text = "".join(
            paragraph(run(line.strip()), "FormDeclaration", _KEEP)
            for line in form.declaration.split("\n")
            if line.strip()
        )
        rows.append(row([cell(TEXT_WIDTH, text, span=4)], _ROW))
    lines = list(form.signature)
    while lines:
        pair, lines = lines[:2], lines[2:]
        cells = []
        for line in pair:
            last = len(pair) == 1
            width = TEXT_WIDTH - _LABEL if last else _VALUE
            # Nobody signs a page that does not show what is signed.
            keep = _KEEP if lines else ""
            label = _label(line.label, line.hint, properties=keep)
            cells.append(cell(_LABEL, label, shade=True))
            content = _signature_value(line, filled, keep)
            cells.append(cell(width, content, span=3 if last else 1))
        rows.append(row(cells, 700))
    heading = words("form")["declaration" if form.declaration else "signature"]
    return paragraph(run(heading), "Heading1") + table(_GRID, rows, heading)


def _signature_value(line: SignatureLine, filled: bool, keep: str) -> str:
    form = words("form")
    if filled:
        return _filled(line.value, keep)
    blank = form["date_blank"] if form["date_word"] in line.label else ""
    return paragraph(run(blank) if blank else "", "FormValue", keep)


def _body(form: Form, filled: bool) -> str:
    text = words("form")
    parts = [paragraph(run(form.title), "Title")]
    if filled:
        parts.append(paragraph(run(text["notice"]), "SampleNotice"))
    for section in form.sections:
        parts.append(paragraph(run(section.heading), "Heading1"))
        if section.fields:
            rows = _field_rows(section.fields, filled)
            parts.append(table(_GRID, rows, section.heading))
        if section.table:
            if section.fields:
                # Without a paragraph between them Word joins two tables into one.
                parts.append(paragraph("", "Gap"))
            parts.append(_grid_table(section, section.table, filled))
    parts.append(_signature_table(form, filled))
    if not form.notes:
        # Word wants a paragraph after the last table.
        parts.append(paragraph("", "Gap"))
    else:
        parts.append(paragraph(run(text["notes"]), "Heading1"))
        for number, note in enumerate(form.notes, 1):
            # No note is left alone on the next page.
            keep = _KEEP if number < len(form.notes) else ""
            parts.append(paragraph(run(f"{number}. {note}"), "FormNote", keep))
    return "".join(parts)


def _render(form: Form, filled: bool) -> bytes:
    text, kinds = words("form"), words("kinds")
    document = new_document()
    append(document.element.body, _body(form, filled))
    section = document.sections[0]
    identity = run(
        text["number"].format(number=form.number)
        + "\u3000"
        + text["version"].format(version=form.version)
    )
    mark = run("\t") + run(text["mark"], "SampleMark") if filled else ""
    stamp = watermark(text["watermark"]) if filled else ""
    append(section.header._element, paragraph(identity + mark + stamp, "Header"))
    since = text["since"].format(date=date_text(form.in_force_from))
    left = f"{form.title} {since}"
    footer = run(left + "\t") + page_numbers()
    append(section.footer._element, paragraph(footer, "Footer"))
    kind = kinds["sample" if filled else "blank"]
    return save(
        document,
        title=kinds["name"].format(title=form.title, kind=kind),
        author=form.department,
        subject=text["number"].format(number=form.number),
        keywords=text["version"].format(version=form.version),
        day=form.in_force_from,
    )
