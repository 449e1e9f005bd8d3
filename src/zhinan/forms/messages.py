"""Titles of elements and code lists as translatable messages.

The words stand once, in the data tables of ``rules``; this domain serves them to
Plone's translation machinery, so that no generated catalogue can fall behind.
"""

from collections.abc import Iterator
from functools import cache
from zhinan.rules.confidentiality import levels
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import elements
from zhinan.rules.permissions import words
from zhinan.rules.registers import registers
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements.table import data as requirement_data
from zope.i18n.interfaces import IGlobalMessageCatalog
from zope.i18n.translationdomain import TranslationDomain
from zope.i18nmessageid import Message
from zope.interface import implementer


DOMAIN = "zhinan.data"
#: Tables of words beside the requirements.
REQUIREMENT_WORDS = (
    "groups",
    "severities",
    "marks",
    "standings",
    "stages",
    "details",
    "say",
)


def message(key: str, default: str) -> Message:
    """A message of the data domain; without a catalogue it reads as Chinese."""
    return Message(key, domain=DOMAIN, default=default)


def element_title(group: str, name: str, title: str) -> Message:
    """Title of an element; ``group`` is guide or material."""
    return message(f"{group}.{name}", title)


def code_title(list_name: str, value: str) -> Message:
    """Title of a code; the value itself when the list does not know it."""
    code = code_lists()[list_name].get(value)
    return message(f"code.{list_name}.{value}", code.title if code else str(value))


def requirement_words(name: str, key: str) -> Message:
    """Words of the table of requirements: of a group, a severity, a sentence."""
    return message(f"requirement.{name}.{key}", requirement_data()[name][key][0])


def _rows() -> Iterator[tuple[str, str, str]]:
    table = elements()
    for fieldset in table.fieldsets:
        yield f"fieldset.{fieldset.name}", fieldset.title, fieldset.title_en
    for section in table.sections:
        yield f"section.{section.name}", section.title, section.title_en
    for function in words().functions.values():
        yield f"function.{function.name}", function.title, function.title_en
    for right in words().rights.values():
        yield f"right.{right.name}", right.title, right.title_en
    for level in levels().by_name.values():
        yield f"level.{level.name}", level.title, level.title_en
        yield f"level.{level.name}.help", level.help, level.help_en
    groups = {"guide": table.guide, "material": table.material}
    for register in registers().values():
        key = f"register.{register.name}"
        yield key, register.title, register.title_en
        yield f"{key}.entry", register.entry, register.entry_en
        yield f"{key}.summary", register.summary, register.summary_en
        groups[key] = register.elements
    for group, rows in groups.items():
        for element in rows:
            key = f"{group}.{element.name}"
            yield key, element.title, element.title_en
            if element.help:
                yield f"{key}.help", element.help, element.help_en or element.help
            for column in element.columns:
                yield f"{key}.{column.name}", column.title, column.title_en
    for requirement in requirements().values():
        yield f"requirement.{requirement.id}", *requirement.title
        yield f"requirement.{requirement.id}.basis", *requirement.basis
    for name in (
        "groups",
        "severities",
        "marks",
        "standings",
        "stages",
        "details",
        "say",
    ):
        for key, words_of_row in requirement_data()[name].items():
            yield f"requirement.{name}.{key}", words_of_row[0], words_of_row[1]
    for codes in code_lists().values():
        yield f"list.{codes.name}", codes.title, codes.title_en
        for code in codes.codes:
            yield f"code.{codes.name}.{code.value}", code.title, code.title_en


@cache
def _texts() -> dict[str, tuple[str, str]]:
    return {key: (title, title_en) for key, title, title_en in _rows()}


@implementer(IGlobalMessageCatalog)
class DataCatalog:
    """The data tables as a message catalogue of one language."""

    domain = DOMAIN

    def __init__(self, language: str, column: int):
        self.language = language
        self._column = column

    def queryMessage(self, msgid: str, default: str | None = None) -> str | None:
        """The text, or the default."""
        texts = _texts().get(msgid)
        return texts[self._column] if texts else default

    def getMessage(self, msgid: str) -> str:
        """The text; KeyError if there is none."""
        return _texts()[msgid][self._column]

    def getIdentifier(self) -> str:
        """Name of this catalogue."""
        return f"{DOMAIN}:{self.language}"

    def reload(self) -> None:
        """Read the tables again."""
        _texts.cache_clear()


def data_domain() -> TranslationDomain:
    """The translation domain of the data tables."""
    domain = TranslationDomain(DOMAIN)
    for language in ("zh_CN", "zh-cn", "zh"):
        domain.addCatalog(DataCatalog(language, 0))
    domain.addCatalog(DataCatalog("en", 1))
    return domain


DATA_DOMAIN = data_domain()
