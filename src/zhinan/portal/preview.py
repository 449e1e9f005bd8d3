"""The band over a page that the public does not read yet, or no longer."""

from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zhinan import _
from zhinan.guides.reading import guide_around
from zhinan.publishing.revisions import is_public
from zope.i18nmessageid import Message


class Preview:
    """Mixin for the pages of a guide and of its parts; they have a ``reading``."""

    preview_template = ViewPageTemplateFile("templates/preview.pt")

    def preview(self) -> str:
        """In which state the guide is, and what the page shows; empty if public."""
        if self.anonymous or is_public(self.context):
            return ""
        guide = guide_around(self.context)
        workflow = api.portal.get_tool("portal_workflow")
        state = workflow.getInfoFor(guide, "review_state", "")
        title = workflow.getTitleForStateOnType(state, guide.portal_type)
        mapping = {"state": self.t(Message(title or state, domain="plone"))}
        if self.reading.edition:
            mapping["edition"] = self.reading.edition
            return self.t(
                _(
                    "preview_of_edition",
                    default="State: ${state}. The public does not see this page; it "
                    "shows edition ${edition}.",
                    mapping=mapping,
                )
            )
        return self.t(
            _(
                "preview_of_draft",
                default="State: ${state}. The public does not see this page; this is "
                "how it will look once it is published.",
                mapping=mapping,
            )
        )
