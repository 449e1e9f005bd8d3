"""REST: why somebody can or cannot do something, who can, and no sharing."""

from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import people
from zhinan.departments import why
from zhinan.departments.rightwords import DENIED
from zhinan.departments.rightwords import RightWords
from zope.i18nmessageid import Message


SHUT = _(
    "sharing_shut",
    default="Rights are not given object by object here. They follow from the "
    "department in charge, the state, and the functions that people have in the "
    "departments. The page “Rights” (@@rights) says who can do what, and why.",
)


def refusal(service: Service, status: int, kind: str, sentence: Message | str) -> dict:
    """An answer that says why not."""
    service.request.response.setStatus(status)
    return {"error": {"type": kind, "message": service.say(sentence)}}


class WhyGet(RightWords, Service):
    """``GET <content>/@why?user=&right=``."""

    def reply(self) -> dict[str, Any]:
        """The answer with the rows that decide; of oneself without ``user``.

        :raises NotFound: if there is no such person.
        """
        given = self._typed("user")
        user = people.find(given) if given else None
        why.check_asker(self.context, user.getId() if user is not None else given)
        if given and user is None:
            raise NotFound(given)
        head = {"@id": f"{self.context.absolute_url()}/@why"}
        if not why.may_see(self.context):
            return {**head, "allowed": False, "message": self.say(DENIED)}
        try:
            answer = why.explain(self.context, user, self._typed("right") or why.VIEW)
        except why.UnknownRight as error:
            raise BadRequest(unknown(self, error)) from error
        return {**head, **self.answer_json(answer)}

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""


class WhoCanGet(WhyGet):
    """``GET <content>/@who-can?right=``."""

    def reply(self) -> dict[str, Any]:
        """The rows that grant a right here, with the people.

        :raises Unauthorized: if the person may not ask about others.
        """
        why.check_asker(self.context, "*")
        right = self._typed("right") or why.VIEW
        try:
            found = why.who_can(self.context, right)
        except why.UnknownRight as error:
            raise BadRequest(unknown(self, error)) from error
        name = why.right_named(right).name
        place = why.place_of(self.context)
        return {
            "@id": f"{self.context.absolute_url()}/@who-can",
            "right": {"name": name, "title": self.right_title(name)},
            "type": place.type,
            "state": place.state,
            "owner_department": place.owner or None,
            "co_owners": list(place.shared),
            "items": [self.source_json(source) for source in found],
        }


def unknown(service: RightWords, error: why.UnknownRight) -> str:
    """What to say of a right that does not exist."""
    known = ", ".join(right.name for right in why.rights_on(service.context))
    return service.say(
        _(
            "right_unknown",
            default="There is no right “${right}” here. Rights: ${known}",
            mapping={"right": str(error)[:60], "known": known},
        )
    )


class SharingShut(RightWords, Service):
    """``@sharing``: shut on our types, for everybody."""

    def reply(self) -> dict[str, Any]:
        """403 with the reason."""
        return refusal(self, 403, "Forbidden", SHUT)
