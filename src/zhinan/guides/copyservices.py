"""REST of working copies: ``@workingcopy`` opens and discards, and merges nothing.

The stock service merges for whoever may check in, past every review. Here publishing a
copy is what merges it.
"""

from plone import api
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.services import Service
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.guides import workingcopy
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import alsoProvides


class _Copy(Service):
    def refuse(self, status: int, kind: str, message: Message) -> dict[str, Any]:
        """A refusal in the platform's form."""
        self.request.response.setStatus(status)
        text = translate(message, context=self.request)
        return {"error": {"type": kind, "message": text}}


class CopyPost(_Copy):
    """``POST <guide>/@workingcopy``: open the working copy."""

    def reply(self) -> dict[str, Any]:
        """Its address; 409 with its address where it is open already."""
        alsoProvides(self.request, IDisableCSRFProtection)
        try:
            copy = workingcopy.check_out(self.context)
        except workingcopy.AlreadyOpen as refused:
            found = self.refuse(409, "Conflict", refused.message)
            if api.user.has_permission("View", obj=refused.copy):
                found["@id"] = refused.copy.absolute_url()
            return found
        except workingcopy.Refused as refused:
            return self.refuse(400, "BadRequest", refused.message)
        self.request.response.setStatus(201)
        self.request.response.setHeader("Location", copy.absolute_url())
        return {"@id": copy.absolute_url()}


class CopyPatch(_Copy):
    """``PATCH <copy>/@workingcopy``: refused to everybody."""

    def reply(self) -> dict[str, Any]:
        """How a copy is merged."""
        return self.refuse(
            403,
            "Forbidden",
            _(
                "copy_merged_by_publishing",
                default="A working copy comes into its guide when it is published, "
                "and in no other way. Submit it for review.",
            ),
        )


class CopyDelete(_Copy):
    """``DELETE <copy or guide>/@workingcopy``: throw the working copy away."""

    def reply(self) -> Any:
        """Nothing; who may not change the copy may not throw it away."""
        alsoProvides(self.request, IDisableCSRFProtection)
        copy = self.context
        if not workingcopy.is_copy(copy):
            copy = workingcopy.copy_of(copy)
        if copy is None:
            raise NotFound
        if not api.user.has_permission("Modify portal content", obj=copy):
            raise Unauthorized
        workingcopy.cancel(copy)
        return self.reply_no_content()


class NoCopy(_Copy):
    """The same of what is no guide: it has no working copies."""

    def reply(self) -> dict[str, Any]:
        """A sentence."""
        return self.refuse(
            400,
            "BadRequest",
            _(
                "copy_of_guides_only",
                default="Only guides have working copies; materials and forms are "
                "part of that of their guide.",
            ),
        )
