"""Field values as lines of plain text, for comparison and messages.

Values may also be plain ones, as JSON holds them: what something was some time ago is
kept like that.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collective.z3cform.datagridfield.interfaces import IRow
from difflib import SequenceMatcher
from plone.app.textfield.interfaces import IRichTextValue
from plone.namedfile.interfaces import INamedField
from typing import Any
from zhinan import _
from zope import schema
from zope.component import getUtility
from zope.interface import Interface
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IChoice
from zope.schema.interfaces import ICollection
from zope.schema.interfaces import IDate
from zope.schema.interfaces import IVocabularyFactory

import re


Translate = Callable[[Any], str]
_TAG = re.compile(r"<[^>]+>")


def lines(field: Any, value: Any, context: Any, translate: Translate) -> list[str]:
    """The lines of a value; none when it is empty."""
    if value is None or value == "" or value == [] or value == ():
        return []
    if ICollection.providedBy(field):
        if IRow.providedBy(field.value_type):
            return [
                _row(field.value_type.schema, row, context, translate) for row in value
            ]
        parts = [lines(field.value_type, item, context, translate) for item in value]
        return [line for part in parts for line in part]
    if IChoice.providedBy(field):
        return [_term(field, value, context, translate)]
    if IBool.providedBy(field):
        return [translate(_("yes") if value else _("no"))]
    if IDate.providedBy(field):
        return [value if isinstance(value, str) else value.isoformat()]
    if isinstance(value, Mapping):
        return _plain(value, translate)
    if INamedField.providedBy(field):
        return [f"{value.filename} ({value.getSize()} B)"]
    if IRichTextValue.providedBy(value):
        return _text_of(value.raw)
    return [line for line in str(value).splitlines() if line.strip()]


def _plain(value: Mapping[str, Any], translate: Translate) -> list[str]:
    """A text with markup, or a file, in its plain form."""
    if "raw" in value:
        return _text_of(value["raw"])
    return [str(value.get("filename") or translate(_("a file")))]


def _text_of(raw: str | None) -> list[str]:
    text = _TAG.sub("\n", raw or "")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _term(field: Any, value: Any, context: Any, translate: Translate) -> str:
    if not field.vocabularyName:
        return str(value)
    vocabulary = getUtility(IVocabularyFactory, field.vocabularyName)(context)
    try:
        return translate(vocabulary.getTerm(value).title)
    except LookupError:
        return str(value)


def _row(row_schema: Any, row: Any, context: Any, translate: Translate) -> str:
    parts = []
    for name, field in schema.getFieldsInOrder(row_schema):
        text = " ".join(lines(field, row.get(name), context, translate))
        if text:
            parts.append(f"{translate(field.title)}: {text}")
    return "; ".join(parts)


def own_fields(content_schema: Any) -> list[tuple[str, Any]]:
    """The fields of a content schema in the order of its form."""
    return [
        (name, field)
        for name, field in schema.getFieldsInOrder(content_schema)
        if field.interface is not Interface
    ]


def difference(
    old: list[str], new: list[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What changed between two lists of lines.

    Each entry is ``same``, ``removed``, ``added`` or ``changed`` with its pieces, each
    of them ``same``, ``removed`` or ``added`` with its text. Unchanged lines are left
    out when anything changed.
    """
    found: list[tuple[str, list[tuple[str, str]]]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(i2 - i1, j2 - j1) if tag == "replace" else 0
        for offset in range(paired):
            found.append(("changed", _pieces(old[i1 + offset], new[j1 + offset])))
        found += [("removed", [("removed", text)]) for text in old[i1 + paired : i2]]
        found += [("added", [("added", text)]) for text in new[j1 + paired : j2]]
    return found


def _pieces(old: str, new: str) -> list[tuple[str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return [("removed", old), ("added", new)]
    pieces = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", old[i1:i2]))
            continue
        if i2 > i1:
            pieces.append(("removed", old[i1:i2]))
        if j2 > j1:
            pieces.append(("added", new[j1:j2]))
    return pieces
