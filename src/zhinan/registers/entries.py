"""Entries of the registers as content; their fields come from the tables."""

from plone.app.content.interfaces import INameFromTitle
from plone.dexterity.content import Item
from typing import Any
from zhinan.forms import validation
from zhinan.forms.fields import make_schema
from zhinan.rules.registers import registers
from zope.component import adapter
from zope.interface import implementer


def _schema(interface: str, register: str) -> Any:
    made = make_schema(
        interface, __name__, f"register.{register}", registers()[register].elements
    )
    for name in made.names():
        row = getattr(getattr(made[name], "value_type", None), "schema", None)
        if row is not None:
            # Row schemas need a name in this module, so that they can be pickled.
            globals()[row.__name__] = row
    return made


ICatalogueEntryElements = _schema("ICatalogueEntryElements", "catalogue_entry")
ICancelledProofElements = _schema("ICancelledProofElements", "cancelled_proof")
IIntermediaryServiceElements = _schema(
    "IIntermediaryServiceElements", "intermediary_service"
)
ILegalBasisElements = _schema("ILegalBasisElements", "legal_basis")
IApprovalSealElements = _schema("IApprovalSealElements", "approval_seal")
IAuthorisationElements = _schema("IAuthorisationElements", "authorisation")


class IRegisterEntry(validation.IChecked):
    """An entry of any register."""


class ICatalogueEntry(ICatalogueEntryElements, IRegisterEntry):
    """One matter of the city's catalogue (指导目录)."""


class ICancelledProof(ICancelledProofElements, IRegisterEntry):
    """A proof that may no longer be asked for (已取消的证明)."""


class IIntermediaryService(IIntermediaryServiceElements, IRegisterEntry):
    """A service that a matter may need from a third party (中介服务)."""


class ILegalBasis(ILegalBasisElements, IRegisterEntry):
    """A law or document on which matters rest (设定依据)."""


class IApprovalSeal(IApprovalSealElements, IRegisterEntry):
    """A seal that a window uses for a department (审批专用章)."""


class IAuthorisation(IAuthorisationElements, IRegisterEntry):
    """What a department has authorised a window to do (授权委托书)."""


#: Content type by the name of its register.
TYPES = {
    "catalogue_entry": "CatalogueEntry",
    "cancelled_proof": "CancelledProof",
    "intermediary_service": "IntermediaryService",
    "legal_basis": "LegalBasis",
    "approval_seal": "ApprovalSeal",
    "authorisation": "Authorisation",
}
REGISTERS = {portal_type: name for name, portal_type in TYPES.items()}


@implementer(IRegisterEntry)
class RegisterEntry(Item):
    """Base of the entries."""

    #: The base class has a table of view aliases of this name, which an entry without
    #: other names would show as its value. It has no type beside it: Python would keep
    #: that in ``__annotations__``, where Zope keeps an object's locks and the like.
    aliases = None


@implementer(ICatalogueEntry)
class CatalogueEntry(RegisterEntry):
    """One matter of the catalogue."""


@implementer(ICancelledProof)
class CancelledProof(RegisterEntry):
    """A cancelled proof."""


@implementer(IIntermediaryService)
class IntermediaryService(RegisterEntry):
    """An intermediary service."""


@implementer(ILegalBasis)
class LegalBasis(RegisterEntry):
    """A legal basis."""


@implementer(IApprovalSeal)
class ApprovalSeal(RegisterEntry):
    """An approval seal; the record of its uses stands in the registers' store."""


@implementer(IAuthorisation)
class Authorisation(RegisterEntry):
    """An authorisation."""


@implementer(INameFromTitle)
@adapter(ICatalogueEntry)
class NameFromCatalogCode:
    """The basic code is the entry's address, as it is the guide's."""

    def __init__(self, context: CatalogueEntry):
        self.title = context.catalog_code or context.title
