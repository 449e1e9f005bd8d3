"""What the catalogue knows of guides, so that no listing wakes one."""

from .content import IFormVersion
from .content import IMaterial
from .content import IMatterGuide
from .files import FILE_FIELDS
from Acquisition import aq_inner
from Acquisition import aq_parent
from plone.indexer import indexer
from typing import Any
from zhinan.departments import aliases
from zhinan.departments.confidentiality import is_open
from zhinan.departments.texts import text_of
from zhinan.rules.bases import citation_keys
from zhinan.rules.elements import elements
from zhinan.search.files import file_text


@indexer(IMatterGuide)
def guide_text(obj: Any) -> str:
    """Full text of a guide, with the names of its materials."""
    names = [child.title for child in obj.objectValues() if IMaterial.providedBy(child)]
    return "\n".join([text_of(elements().guide, obj), *names])


@indexer(IMaterial)
def material_text(obj: Any) -> str:
    """Full text of a material."""
    return text_of(elements().material, obj)


@indexer(IFormVersion)
def form_text(obj: Any) -> str:
    """Name and number of a form and the text inside its files."""
    parts = [obj.title, obj.form_number, obj.version]
    for name in FILE_FIELDS:
        value, kept = getattr(obj, name, None), (obj.files or {}).get(name)
        # A reader of the form finds it by what everybody reads in it.
        if value is not None and kept and is_open(obj, name):
            parts += [value.filename, file_text(value, kept["sha256"])]
    return "\n".join(part for part in parts if part)


@indexer(IMatterGuide)
def guide_department(obj: Any) -> str | None:
    """Code of the owner department, or of the one that has taken over."""
    return aliases.resolve(obj.department)


@indexer(IMatterGuide)
def guide_code(obj: Any) -> str | None:
    """The code that tells a guide from all others, as far as it has one."""
    return obj.handling_code or obj.implementation_code


@indexer(IMatterGuide)
def guide_themes(obj: Any) -> list[str]:
    """Theme codes."""
    return list(obj.themes or ())


@indexer(IMatterGuide)
def guide_targets(obj: Any) -> list[str]:
    """Service target codes."""
    return list(obj.service_targets or ())


@indexer(IMatterGuide)
def guide_row(obj: Any) -> dict[str, Any]:
    """The few facts that a listing or the catalogue's check wants beside the name."""
    names = (
        "matter_type",
        "statutory_limit",
        "statutory_unit",
        "promised_limit",
        "promised_unit",
        "handling_type",
        "visits",
        "charged",
        "online",
    )
    return {name: getattr(obj, name, None) for name in names}


@indexer(IMatterGuide)
def guide_bases(obj: Any) -> list[str]:
    """Keys of the laws, documents and articles that the guide cites."""
    return citation_keys(obj.legal_basis or ())


def _guide_of(obj: Any) -> dict[str, str | None]:
    """The guide to which a part belongs, so that a hit in the part leads to it."""
    parent = aq_parent(aq_inner(obj))
    while parent is not None and not IMatterGuide.providedBy(parent):
        parent = aq_parent(aq_inner(parent))
    return {"guide": parent.UID() if parent is not None else None}


@indexer(IMaterial)
def material_row(obj: Any) -> dict[str, str | None]:
    """UID of the guide of a material."""
    return _guide_of(obj)


@indexer(IFormVersion)
def form_row(obj: Any) -> dict[str, str | None]:
    """UID of the guide of a form."""
    return _guide_of(obj)
