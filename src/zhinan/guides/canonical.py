"""What the public reads of a guide, as plain values for its checksum."""

from .content import IMatterGuide
from .editioned import full_content
from .editioned import public_part
from typing import Any
from zhinan.publishing.interfaces import IPublicContent
from zope.component import adapter
from zope.interface import implementer


@implementer(IPublicContent)
@adapter(IMatterGuide)
class GuideContent:
    """Elements of the guide, its materials in order, their forms with checksums."""

    def __init__(self, context: Any):
        self.context = context

    @property
    def title(self) -> str:
        """Name of the matter."""
        return self.context.title or ""

    @property
    def department(self) -> str:
        """Code of the owner department."""
        return self.context.department or ""

    @property
    def codes(self) -> dict[str, str]:
        """Basic code and implementation code."""
        names = ("catalog_code", "implementation_code")
        found = {name: getattr(self.context, name, None) for name in names}
        return {name: value for name, value in found.items() if value}

    def content(self) -> dict[str, Any]:
        """All of it; what the public may not see is left out."""
        return public_part(full_content(self.context))
