"""REST: absences and substitutes."""

from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import absences
from zhinan.departments import citytime
from zhinan.departments import people
from zhinan.departments.rightservices import refusal
from zhinan.departments.rightwords import RightWords
from zhinan.rules.absences import Absence
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse


@implementer(IPublishTraverse)
class AbsencesService(RightWords, Service):
    """Base: absences as JSON, to people who have some."""

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.parts: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "AbsencesService":
        """Take the id behind ``@absences``."""
        self.parts.append(name)
        return self

    def row(self, absence: Absence) -> dict[str, Any]:
        """One absence."""
        return {
            "@id": f"{self.context.absolute_url()}/@absences/{absence.id}",
            "person": self._person(absence.person),
            "substitute": self._person(absence.substitute),
            "start": absence.start.isoformat(),
            "until": absence.until.isoformat(),
            "note": absence.note or None,
            "state": absence.state(citytime.today()),
            "entered": absence.entered,
            "cancelled": absence.cancelled or None,
        }

    @staticmethod
    def _person(user_id: str) -> dict[str, str]:
        return {"id": user_id, "fullname": people.name_of(user_id)}


class AbsencesGet(AbsencesService):
    """``GET @absences``."""

    def reply(self) -> dict[str, Any]:
        """Those that the person may see, the latest first.

        :raises Unauthorized: if nobody is logged in.
        """
        found = [self.row(absence) for absence in absences.visible()]
        return {
            "@id": f"{self.context.absolute_url()}/@absences",
            "acting_for": [self._person(one) for one in absences.acting_for()],
            "items": found,
            "items_total": len(found),
        }


class AbsencesPost(AbsencesService):
    """``POST @absences``: enter one."""

    def reply(self) -> dict[str, Any]:
        """201 with the absence.

        :raises Unauthorized: if it is not this person's to enter.
        :raises BadRequest: if something is missing or wrong.
        """
        body = json_body(self.request)
        values = {
            name: body.get(name) if isinstance(body.get(name), str) else ""
            for name in ("person", "substitute", "start", "until", "note")
        }
        given = values.pop("person") or absences.me()
        user = people.find(given)
        person = user.getId() if user is not None else given
        if not absences.may_enter(person):
            raise Unauthorized(_("This absence is not yours to enter."))
        alsoProvides(self.request, IDisableCSRFProtection)
        try:
            entered = absences.enter(person, **values)
        except absences.Refused as refused:
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
        self.request.response.setStatus(201)
        return self.row(entered)


class AbsencesDelete(AbsencesService):
    """``DELETE @absences/ID``: cancel one."""

    def reply(self) -> dict[str, Any]:
        """The absence as it stands; 409 if it is over already.

        :raises NotFound: if there is none that the person may cancel.
        """
        kept = absences.store()
        found = kept.get(self.parts[0]) if kept is not None and self.parts else None
        if found is None or not absences.may_enter(found.person):
            raise NotFound("/".join(self.parts))
        alsoProvides(self.request, IDisableCSRFProtection)
        cancelled = absences.cancel(found.id)
        if cancelled is None:
            return refusal(self, 409, "Conflict", _("The absence is over already."))
        return self.row(cancelled)
