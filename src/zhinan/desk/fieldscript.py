"""The script that opens an edit form at the field which a finding names."""

from plone import api
from plone.app.layout.viewlets.common import ViewletBase
from zhinan.pages.layout import static_url


class FieldScript(ViewletBase):
    """One script at the end of edit forms."""

    def render(self) -> str:
        """The element."""
        url = static_url(api.portal.get().absolute_url(), "field.js")
        return f'<script src="{url}" defer="defer"></script>'
