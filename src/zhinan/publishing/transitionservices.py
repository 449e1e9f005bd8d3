"""REST: ``@transition``, one thing at a time and many at once."""

from collections.abc import Iterator
from plone import api
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from urllib.parse import urlsplit
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan import _
from zhinan.publishing import each
from zhinan.publishing import editions
from zhinan.publishing import told
from zhinan.publishing import transitions
from zhinan.publishing import typed
from zhinan.publishing.transitions import Outcome
from zhinan.publishing.transitions import Reason
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import transaction


def state_title(obj: Any, state: str) -> Message:
    """What people call a state of an object."""
    tool = api.portal.get_tool("portal_workflow")
    return Message(tool.getTitleForStateOnType(state, obj.portal_type), domain="plone")


class _Answers(Service):
    """What the services have in common."""

    def t(self, message: Any) -> str:
        """A message in the client's language."""
        return translate(message, context=self.request)

    def done(self, outcome: Outcome) -> dict[str, Any]:
        """What a transition led to."""
        obj = outcome.object
        return {
            "@id": obj.absolute_url(),
            "state": outcome.state,
            "state_title": self.t(state_title(obj, outcome.state)),
            "edition": outcome.edition or None,
        }

    def refuse(self, reasons: Any) -> dict[str, Any]:
        """An error; nothing of this request is stored."""
        self.request.response.setStatus(told.status(reasons))
        transaction.doom()
        return {"error": told.error(reasons, self.request)}

    def body(self) -> dict[str, Any]:
        """What was sent; the token of a page is not asked of a program.

        :raises Unauthorized: if nobody is logged in.
        """
        if api.user.is_anonymous():
            raise Unauthorized(self.t(_("Log in to work here.")))
        alsoProvides(self.request, IDisableCSRFProtection)
        data = json_body(self.request)
        if not isinstance(data, dict):
            raise BadRequest(self.t(_("Send an object.")))
        return data


class TransitionGet(_Answers):
    """``GET @transition``: what this person may do now, and what is asked for it."""

    def reply(self) -> dict[str, Any]:
        """State, edition, and the transitions with the schema of their parameters."""
        url = f"{self.context.absolute_url()}/@transition"
        tool = api.portal.get_tool("portal_workflow")
        state = tool.getInfoFor(self.context, "review_state", "")
        edition = editions.current(self.context)
        return {
            "@id": url,
            "state": state,
            "state_title": self.t(state_title(self.context, state)),
            "edition": str(edition.number) if edition is not None else None,
            "transitions": [
                {
                    "@id": f"{url}/{transition.id}",
                    "id": transition.id,
                    "title": self.t(transition.title),
                    "help": self.t(transition.help),
                    "grave": transition.grave,
                    "bulk": transition.bulk,
                    "parameters": typed.json_schema(transition, self.request),
                }
                for transition in transitions.possible(self.context)
            ],
        }


@implementer(IPublishTraverse)
class TransitionPost(_Answers):
    """``POST @transition/<id>``: take it; the body is its parameters."""

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.names: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "TransitionPost":
        """The id of the transition."""
        self.names.append(name)
        return self

    def reply(self) -> dict[str, Any]:
        """What it led to, or every reason why not."""
        data = self.body()
        if len(self.names) != 1:
            raise BadRequest(
                self.t(_("Name one transition, such as @transition/submit."))
            )
        (name,) = self.names
        found = transitions.transition_of(self.context, name)
        if found is None or found.by_system:
            return self.refuse([unknown(name)])
        values, wrong = typed.from_json(found, data)
        if wrong:
            return self.refuse(wrong)
        result = each.attempt(self.context, name, values)
        if result.outcome is None:
            return self.refuse(result.reasons)
        return self.done(result.outcome)


def unknown(name: str) -> Reason:
    """There is no such step in the life of a thing."""
    return Reason(
        "no_transition",
        _(
            "transition_unknown",
            default="There is no step “${name}” here.",
            mapping={"name": name[:60]},
        ),
    )


class TransitionsPost(_Answers):
    """``POST /@transition``: one transition for many things, each with its answer."""

    def reply(self) -> dict[str, Any]:
        """An answer for each, in the order in which they were named."""
        data = self.body()
        name, items = data.get("transition"), data.get("items")
        parameters = data.get("parameters", {})
        if (
            not isinstance(name, str)
            or not isinstance(items, list)
            or not all(isinstance(item, str) for item in items)
            or not isinstance(parameters, dict)
        ):
            raise BadRequest(
                self.t(
                    _(
                        "Send “transition” (an id), “items” (a list of UIDs or paths) "
                        "and, where needed, “parameters” (an object)."
                    )
                )
            )
        if len(items) > each.MOST:
            raise BadRequest(
                self.t(
                    _(
                        "too_many_items",
                        default="At most ${number} things at once.",
                        mapping={"number": str(each.MOST)},
                    )
                )
            )
        answers = list(self._answers(name, items, parameters))
        done = sum(answer["status"] == 200 for answer in answers)
        if not done:
            transaction.doom()
        return {
            "@id": f"{self.context.absolute_url()}/@transition",
            "transition": name,
            "done": done,
            "refused": len(answers) - done,
            "items": answers,
        }

    def _answers(
        self, name: str, items: list[str], parameters: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        for item in items:
            obj = find(item)
            found = transitions.transition_of(obj, name) if obj is not None else None
            if obj is None:
                reasons, status = [_MISSING], 404
            elif found is None or found.by_system:
                reasons, status = [unknown(name)], 409
            elif not found.bulk:
                reasons, status = [_SINGLY], told.UNFIT
            else:
                values, reasons = typed.from_json(found, parameters)
                status = told.UNFIT
                if not reasons:
                    result = each.attempt(obj, name, values)
                    if result.outcome is not None:
                        yield {
                            "item": item,
                            "status": 200,
                            **self.done(result.outcome),
                        }
                        continue
                    reasons = list(result.reasons)
                    status = told.status(reasons)
            error = told.error(reasons, self.request)
            yield {"item": item, "status": status, "error": error}


_MISSING = Reason("not_found", _("There is nothing here that you may see."))
_SINGLY = Reason("one_at_a_time", _("This step is taken one thing at a time."))


def find(item: str) -> Any:
    """What a UID, a path or an address names, if this person may view it; else None."""
    site = api.portal.get()
    catalog = api.portal.get_tool("portal_catalog")
    url = site.absolute_url()
    path = item.removeprefix(url) if item.startswith(url) else item
    if "/" in path:
        path = urlsplit(path).path.strip("/")
        query = {"path": {"query": f"{'/'.join(site.getPhysicalPath())}/{path}"}}
        query["path"]["depth"] = 0
    else:
        query = {"UID": path}
    # What has left the site can be taken up again.
    brains = catalog(**query, show_inactive=True)
    return brains[0].getObject() if len(brains) == 1 and path else None
