"""Vocabularies made from the code lists: ``zhinan.codes.<list>``."""

from .messages import code_title
from zhinan.rules.elements import code_lists
from zope.component.zcml import utility
from zope.configuration.config import ConfigurationContext
from zope.interface import implementer
from zope.interface import Interface
from zope.schema.interfaces import IVocabularyFactory
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


PREFIX = "zhinan.codes."


@implementer(IVocabularyFactory)
class CodeVocabulary:
    """One code list as a vocabulary; token and value are the code."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, context: object) -> SimpleVocabulary:
        return SimpleVocabulary(
            [
                SimpleTerm(code.value, code.value, code_title(self.name, code.value))
                for code in code_lists()[self.name].codes
            ]
        )


class ICodeVocabularies(Interface):
    """ZCML directive ``<zhinan:codeVocabularies />`` has no attributes."""


def code_vocabularies(_context: ConfigurationContext) -> None:
    """Register every code list, so that a new list needs no line of ZCML."""
    for name in code_lists():
        utility(
            _context,
            provides=IVocabularyFactory,
            component=CodeVocabulary(name),
            name=PREFIX + name,
        )
