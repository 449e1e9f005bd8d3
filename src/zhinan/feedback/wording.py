"""What a form says about its fields beyond title and help.

Which sentence stands at a field when it is empty, too long or wrong, what a single
checkbox says, and what a browser may fill in: attributes of the field in the form's own
model, in a namespace of ours, so that a form's keeper has all words of it in one place.
"""

from plone.supermodel.interfaces import IFieldMetadataHandler
from plone.supermodel.utils import ns
from typing import Any
from zhinan.forms.fields import InvalidPhone
from zhinan.rules.checks import is_phone
from zope.i18nmessageid import Message
from zope.interface import implementer
from zope.schema.interfaces import RequiredMissing
from zope.schema.interfaces import TooLong


NAMESPACE = "https://zhinan.example/supermodel/form"
KEY = "zhinan.feedback.wording"
REQUIRED, TOO_LONG, INVALID = "required", "too_long", "invalid"
LABEL, AUTOCOMPLETE, INPUT_TYPE = "label", "autocomplete", "type"
NAMES = (REQUIRED, TOO_LONG, INVALID, LABEL, AUTOCOMPLETE, INPUT_TYPE)


@implementer(IFieldMetadataHandler)
class FieldWordingHandler:
    """Reads and writes our attributes of a field in a form's model."""

    namespace = NAMESPACE
    prefix = "zhinan"

    def read(self, node: Any, schema: Any, field: Any) -> None:
        """Keep the attributes of a field with its schema."""
        found = {n: v for n in NAMES if (v := node.get(ns(n, self.namespace)))}
        if found:
            everything = schema.queryTaggedValue(KEY, {})
            everything[field.__name__] = found
            schema.setTaggedValue(KEY, everything)

    def write(self, node: Any, schema: Any, field: Any) -> None:
        """Write them back when the form was changed in the browser."""
        for name, value in wording(schema, field.__name__).items():
            node.set(ns(name, self.namespace), value)


def wording(schema: Any, name: str) -> dict[str, str]:
    """The words of a field; empty when its form has none."""
    return schema.queryTaggedValue(KEY, {}).get(name, {})


def sentence(error: Exception | None, words: dict[str, str]) -> str:
    """What a form says of this error, or empty when it says nothing of its own."""
    if isinstance(error, RequiredMissing):
        return words.get(REQUIRED, "")
    if isinstance(error, TooLong):
        return words.get(TOO_LONG, "")
    return words.get(INVALID, "")


def phone_validator(value: str | None, **extra: Any) -> Message | None:
    """Validator ``zhinan.isPhone`` for fields of a form; None if all is well."""
    if value and not is_phone(value):
        return InvalidPhone.__doc__
    return None
