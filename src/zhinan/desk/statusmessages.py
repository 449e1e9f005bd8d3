"""The messages that Plone shows after an action.

Plone puts the word before a message into its template in a way that leaves it
untranslated (plone.app.layout 6.0.2): people read ``statusmessage_mtype_info``.
"""

from plone.app.layout.viewlets.globalstatusmessage import GlobalStatusMessage
from zope.i18n import translate


class TranslatedStatusMessage(GlobalStatusMessage):
    """Plone's viewlet with the word translated before the template gets it."""

    def display_info_for_mtype(self, mtype: str) -> dict[str, str]:
        """Word, icon and CSS class of a kind of message."""
        info = super().display_info_for_mtype(mtype)
        return {**info, "msg": translate(info["msg"], context=self.request)}
