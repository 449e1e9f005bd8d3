"""The policy document as content."""

from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterator
from collections.abc import Mapping
from plone.app.contenttypes.interfaces import IFile
from plone.app.textfield import RichText
from plone.autoform import directives
from plone.dexterity.content import Container
from plone.indexer import indexer
from plone.supermodel import model
from typing import Any
from z3c.form.browser.textlines import TextLinesFieldWidget
from zhinan import _
from zhinan.departments.confidentiality import is_open
from zhinan.forms import validation
from zhinan.rules.codes import Problem
from zhinan.rules.documents import normalise_document_number
from zhinan.search.files import file_text
from zope import schema
from zope.component import adapter
from zope.interface import implementer
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent

import re


class IPolicyDocument(model.Schema, validation.IChecked):
    """Policy document (政策文件)."""

    title = schema.TextLine(title=_("Title"), max_length=200)
    description = schema.Text(title=_("In one sentence"), required=False)
    document_number = schema.TextLine(
        title=_("Document number"),
        description=_("Any bracket is accepted; it is kept in the standard form."),
        required=False,
    )
    issuing_body = schema.TextLine(title=_("Issuing body"), max_length=100)
    issued = schema.Date(title=_("Date of issue"), required=False)
    effect_status = schema.Choice(
        title=_("Effect status"),
        vocabulary="zhinan.codes.effect_status",
        default="in_force",
    )
    text = RichText(title=_("Text"), required=False)
    directives.widget("replaces", TextLinesFieldWidget)
    replaces = schema.List(
        title=_("Replaces"),
        description=_("Documents that this one replaces, one a line."),
        value_type=schema.TextLine(),
        required=False,
    )
    source_note = schema.Text(title=_("Note on the source"), required=False)


@implementer(IPolicyDocument)
class PolicyDocument(Container):
    """A policy document; its files are its children."""


def judge(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """The document number has to be one."""
    number = values.get("document_number")
    if number and normalise_document_number(number) is None:
        yield Problem("document_number", "document_number_form", (("number", number),))


MESSAGES = {
    "document_number_form": _(
        "document_number_form",
        default="“${number}” is not a document number. Write the issuing body's "
        "short name, the year in brackets, and the number with 号.",
    )
}

JUDGE = validation.Judge(judge, MESSAGES)


def _normalise(obj: Any) -> None:
    normal = normalise_document_number(obj.document_number or "")
    if normal and normal != obj.document_number:
        obj.document_number = normal


@adapter(IPolicyDocument, IObjectAddedEvent)
def normalise_on_add(obj: Any, event: Any) -> None:
    """Keep the document number in its normal form."""
    _normalise(obj)


@adapter(IPolicyDocument, IObjectModifiedEvent)
def normalise_on_change(obj: Any, event: Any) -> None:
    """Keep the document number in its normal form."""
    _normalise(obj)


_TAG = re.compile(r"<[^>]+>")


def _has_file(obj: Any) -> bool:
    return IFile.providedBy(obj) and obj.file is not None


def index_with_its_file(obj: Any, event: Any) -> None:
    """A document is found by what its files say: index it with them."""
    parent = aq_parent(aq_inner(obj)) or getattr(event, "oldParent", None)
    if IPolicyDocument.providedBy(parent):
        parent.reindexObject(idxs=["SearchableText"])


@indexer(IPolicyDocument)
def searchable_text(obj: Any) -> str:
    """Title, number, body, the whole text, and the text of its files."""
    html = obj.text.raw if obj.text else ""
    parts = [
        obj.title,
        obj.description,
        obj.document_number,
        obj.issuing_body,
        _TAG.sub("\n", html),
        *(
            file_text(f.file)
            for f in obj.objectValues()
            if _has_file(f) and is_open(f, "file")
        ),
    ]
    return "\n".join(part for part in parts if part)


@indexer(IPolicyDocument)
def document_number(obj: Any) -> str | None:
    """The number in its normal form."""
    return normalise_document_number(obj.document_number or "")


@indexer(IPolicyDocument)
def policy_row(obj: Any) -> dict[str, Any]:
    """What a listing shows beside the title."""
    return {
        "document_number": obj.document_number,
        "issuing_body": obj.issuing_body,
        "issued": obj.issued.isoformat() if obj.issued else None,
        "effect_status": obj.effect_status,
    }
