"""What an edition of a guide freezes: everything, with checksums of all files."""

from .canonical import GuideContent
from .content import IMatterGuide
from .files import describe
from .files import FILE_FIELDS
from .files import materials
from .files import versions
from typing import Any
from zhinan.publishing.interfaces import IEditionContent
from zope.component import adapter
from zope.interface import implementer


def full_content(guide: Any) -> dict[str, Any]:
    """Everything."""
    return GuideContent(guide).content()


@implementer(IEditionContent)
@adapter(IMatterGuide)
class GuideEdition:
    """Content and blobs of a guide."""

    def __init__(self, context: Any):
        self.context = context

    def content(self) -> dict[str, Any]:
        """All of it."""
        return full_content(self.context)

    def blobs(self) -> dict[str, Any]:
        """By checksum."""
        found = {}
        for material in materials(self.context):
            for version in versions(material):
                for name in FILE_FIELDS:
                    value = getattr(version, name, None)
                    if value is not None:
                        kept = (version.files or {}).get(name) or describe(value)
                        found[kept["sha256"]] = value._blob
        return found

    def public(self, content: dict[str, Any]) -> dict[str, Any]:
        """What the public reads."""
        return content
