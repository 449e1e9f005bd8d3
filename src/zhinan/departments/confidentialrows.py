"""The rows of levels for single files, and the words that they choose from."""

from plone import api
from plone.dexterity.interfaces import IDexterityFTI
from plone.namedfile.interfaces import INamedField
from typing import Any
from zhinan import _
from zhinan.forms.messages import message
from zhinan.rules.confidentiality import levels
from zope import schema
from zope.interface import implementer
from zope.interface import Interface
from zope.schema import getFieldsInOrder
from zope.schema.interfaces import IVocabularyFactory
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


BEHAVIOR = "zhinan.confidentiality"


class IFileLevelRow(Interface):
    """The level of one file."""

    file = schema.Choice(title=_("File"), vocabulary="zhinan.file_fields")
    level = schema.Choice(
        title=_("Confidentiality"), vocabulary="zhinan.confidentiality"
    )


@implementer(IVocabularyFactory)
class LevelsVocabulary:
    """All levels, from open to closed."""

    def __call__(self, context: Any) -> SimpleVocabulary:
        return SimpleVocabulary(
            [
                SimpleTerm(name, name, message(f"level.{name}", level.title))
                for name, level in levels().by_name.items()
            ]
        )


@implementer(IVocabularyFactory)
class FileFieldsVocabulary:
    """The files of an object: fields and what lies in it; in an add form all fields."""

    def __call__(self, context: Any) -> SimpleVocabulary:
        known = [
            fti
            for fti in api.portal.get_tool("portal_types").objectValues()
            if IDexterityFTI.providedBy(fti) and BEHAVIOR in fti.behaviors
        ]
        own = [f for f in known if f.getId() == getattr(context, "portal_type", None)]
        found = {}
        for fti in own or known:
            for name, field in getFieldsInOrder(fti.lookupSchema()):
                if INamedField.providedBy(field):
                    found.setdefault(name, field.title)
        if own:
            # The files of a document are objects inside it.
            for part in getattr(context, "objectValues", tuple)():
                if part.portal_type in {"File", "Image"}:
                    found[part.getId()] = part.title or part.getId()
        return SimpleVocabulary([SimpleTerm(n, n, t) for n, t in found.items()])
