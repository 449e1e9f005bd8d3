"""Guide, material and form version as content; fields come from the element tables."""

from plone.app.content.interfaces import INameFromTitle
from plone.dexterity.content import Container
from plone.dexterity.content import Item
from plone.namedfile.field import NamedBlobFile
from plone.supermodel import model
from typing import Any
from zhinan import _
from zhinan.forms import validation
from zhinan.forms.fields import make_schema
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.interfaces import IRevised
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.rules.elements import elements
from zope import schema
from zope.component import adapter
from zope.interface import implementer


IGuideElements = make_schema(
    "IGuideElements", __name__, "guide", elements().guide, elements().fieldsets
)
IMaterialElements = make_schema(
    "IMaterialElements", __name__, "material", elements().material
)


#: Portal type of working copies.
COPY = "WorkingCopy"


def _publish_rows(made: Any, prefix: str) -> None:
    """Give row schemas a name in this module, so that they can be pickled."""
    for name in made.names():
        value_type = getattr(made[name], "value_type", None)
        row = getattr(value_type, "schema", None)
        if row is not None:
            globals()[row.__name__] = row


_publish_rows(IGuideElements, "guide")


class IMatterGuide(IGuideElements, validation.IChecked):
    """Matter guide (办事指南): everything about one matter that people must know."""


class IMaterial(IMaterialElements, validation.IChecked):
    """Material (申请材料) of a guide, with the versions of its form inside."""


class IFormVersion(model.Schema, validation.IChecked):
    """One version of a form: blank form (空白表格) and filled sample (示例样表)."""

    title = schema.TextLine(title=_("Name of the form"), max_length=200)
    form_number = schema.TextLine(title=_("Form number"), max_length=40)
    version = schema.TextLine(
        title=_("Version"), description=_("Such as 2026.1."), max_length=20
    )
    in_force_from = schema.Date(title=_("In force from"))
    in_force_until = schema.Date(
        title=_("In force until"),
        description=_("Last day on which this version may be used; empty if open."),
        required=False,
    )
    superseded_by = schema.TextLine(
        title=_("Superseded by version"), required=False, max_length=20
    )
    blank_form = NamedBlobFile(title=_("Blank form"))
    filled_sample = NamedBlobFile(
        title=_("Filled sample"),
        description=_("The same form, really filled in and marked as a sample."),
        required=False,
    )


@implementer(IMatterGuide, IEditioned)
class Guide(Container):
    """A guide or its working copy; the materials are the children, in order."""


@implementer(IRevised)
class MatterGuide(Guide):
    """A guide."""


@implementer(IWorkingCopy)
class WorkingCopy(Guide):
    """A copy of a guide that is online, to be changed and merged."""

    # No type beside the name: Python would keep it in ``__annotations__`` of the class,
    # which is where Zope looks for the annotations of an object that has none yet.
    #: UID of the guide
    baseline = ""


@implementer(IMaterial)
class Material(Container):
    """A material; the versions of its form are its children."""


@implementer(IFormVersion)
class FormVersion(Item):
    """A version of a form; ``files`` holds size and SHA-256 of its files."""

    # See above: with a type, a lock on one version would lock every other one.
    files = None


@implementer(INameFromTitle)
@adapter(IMatterGuide)
class NameFromCatalogCode:
    """The basic code is the guide's address: Chinese readings can be wrong."""

    def __init__(self, context: MatterGuide):
        self.title = context.catalog_code or context.title


@implementer(INameFromTitle)
@adapter(IFormVersion)
class NameFromVersion:
    """The version is the address of a form version, for good."""

    def __init__(self, context: FormVersion):
        self.title = f"v{context.version}".replace(".", "-")
