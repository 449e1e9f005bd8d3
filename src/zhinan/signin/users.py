"""``@users`` of plone.restapi: nothing that tells whether a login exists.

Upstream answers 404 to a password reset for a login that does not exist, and lets a
fault of the mail server through for one that does.
"""

from plone.restapi.deserializer import json_body
from plone.restapi.services.users.add import UsersPost
from typing import Any
from zhinan import _
from zhinan.signin import resetting
from zhinan.signin.wording import said


class UsersPosted(UsersPost):
    """Upstream's service with one answer for every login."""

    def update_password(self, data: dict[str, Any]) -> Any:
        """Send the mail, or set the password."""
        data = json_body(self.request)
        if list(data) == []:
            resetting.ask(self.request, self.params[0])
            self.request.response.setStatus(204)
            return None
        known = self._get_user_by_login_name(self.params[0]) is not None
        if not known:
            self.request.response.setStatus(403)
            kind, message = (
                ("Unknown Token", _("The reset token is not valid."))
                if data.get("reset_token")
                else ("Wrong user", _("You can set your own password only."))
            )
            return {"error": {"type": kind, "message": said(message)}}
        return super().update_password(data)
