"""What the public reads of a guide, as plain values for its checksum."""

from .content import IMatterGuide
from .editioned import full_content
from .editioned import public_part
from .editionsof import content_online
from functools import cached_property
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

    @cached_property
    def _whole(self) -> dict[str, Any]:
        """The edition that is online; channels get nothing but editions."""
        return content_online(self.context) or full_content(self.context)

    def _element(self, name: str) -> str:
        return self._whole["elements"].get(name) or ""

    @property
    def title(self) -> str:
        """Name of the matter."""
        return self._whole.get("title") or ""

    @property
    def department(self) -> str:
        """Code of the owner department."""
        return self._element("department")

    @property
    def codes(self) -> dict[str, str]:
        """Basic code and implementation code."""
        names = ("catalog_code", "implementation_code")
        return {name: value for name in names if (value := self._element(name))}

    def content(self) -> dict[str, Any]:
        """All of it; what the public may not see is left out."""
        return public_part(self._whole)
