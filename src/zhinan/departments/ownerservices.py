"""REST: the department in charge, and another one."""

from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import functions
from zhinan.departments import ownership
from zhinan.departments.events import Owners
from zhinan.departments.owned import owners
from zhinan.departments.rightservices import refusal
from zhinan.departments.rightwords import RightWords
from zope.i18nmessageid import Message
from zope.interface import alsoProvides


class OwnerService(RightWords, Service):
    """Base: departments and changes as JSON."""

    def owners_json(self, found: Owners) -> dict[str, Any]:
        """The two fields."""
        return {"owner_department": found[0] or None, "co_owners": list(found[1])}

    def now(self) -> dict[str, Any]:
        """The departments as they are."""
        return {
            "@id": f"{self.context.absolute_url()}/@owner",
            **self.owners_json(owners(self.context)),
            "may_change": ownership.may_change(self.context),
        }

    def preview_json(self, found: ownership.Preview) -> dict[str, Any]:
        """Who gains and loses what."""
        return {
            "before": self.owners_json(found.before),
            "after": self.owners_json(found.after),
            "shut_out": list(found.shut_out),
            "changes": [
                {
                    "department": shift.department,
                    "function": shift.function,
                    "gains": list(shift.gains),
                    "loses": list(shift.loses),
                    "people": [person.name for person in shift.people],
                }
                for shift in found.shifts
            ],
        }

    def read(self, values: Any) -> tuple[Owners, str]:
        """The wish.

        :raises BadRequest: if it is not one.
        """
        try:
            return ownership.wish(values)
        except ownership.Refused as refused:
            raise BadRequest(
                [
                    {
                        "field": field,
                        "message": self.say(sentence),
                        "error": "ValidationError",
                    }
                    for field, sentence in refused.sentences()
                ]
            ) from refused


class OwnerGet(OwnerService):
    """``GET <content>/@owner``, with a preview where departments are given."""

    def reply(self) -> dict[str, Any]:
        """The departments, and what a change would do.

        :raises Unauthorized: if the person has no function.
        """
        if not functions.is_staff():
            raise Unauthorized(_("Only people with a function may ask about rights."))
        form = self.request.form
        if "owner_department" not in form:
            return self.now()
        if not ownership.may_change(self.context):
            raise Unauthorized(ownership.PERMISSION)
        after, _note = self.read(
            {
                "owner_department": form["owner_department"],
                "co_owners": form.get("co_owners"),
            }
        )
        found = ownership.preview(self.context, after)
        return {**self.now(), "preview": self.preview_json(found)}


class OwnerPost(OwnerService):
    """``POST <content>/@owner``."""

    def reply(self) -> dict[str, Any]:
        """The departments as they are now; 409 if the change has to be confirmed."""
        body = json_body(self.request)
        after, note = self.read(body)
        alsoProvides(self.request, IDisableCSRFProtection)
        confirmed = body.get("confirm") is True
        try:
            found = ownership.change(self.context, after, note, confirmed)
        except ownership.NotConfirmed as error:
            names = [self.department_title(code) for code in error.departments]
            sentence = Message(
                ownership.SHUT_OUT, mapping={"departments": ", ".join(names)}
            )
            answer = refusal(self, 409, "Conflict", sentence)
            would = ownership.preview(self.context, after)
            return {**answer, "preview": self.preview_json(would)}
        return {**self.now(), "changed": self.preview_json(found)}
