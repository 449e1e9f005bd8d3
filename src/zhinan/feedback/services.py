"""REST: a form as what it asks, never as what people have sent through it."""

from collective.easyform.interfaces import IEasyForm
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.dxcontent import SerializeToJson
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.interface import implementer


@implementer(ISerializeToJson)
@adapter(IEasyForm, IZhinanLayer)
class SerializeForm(SerializeToJson):
    """The form's own fields.

    collective.easyform 5.0.2 adds every row of its savers to the answer for those who
    may download them, and asks for that permission by its id where plone.api wants the
    title, so that each reading of a form ends in an error.
    """
