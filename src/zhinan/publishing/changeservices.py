"""``GET @changes`` and ``POST @changes/ack``: the outbox over REST."""

from plone.restapi.deserializer import json_body
from plone.restapi.exceptions import DeserializationError
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.publishing import changes
from zhinan.publishing import channels
from zhinan.publishing.answers import Answer
from zhinan.publishing.answers import LARGEST
from zhinan.publishing.answers import Refused
from zhinan.publishing.store import outbox
from zhinan.publishing.store import peek
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse


class ChangesGet(Answer):
    """The changes after ``since``; public, and a channel's fetch is noted."""

    def answer(self) -> Any:
        """Changes in order, with the address to go on."""
        channel = self.channel()
        since = self.number(
            "since",
            0,
            LARGEST,
            _("since is the last sequence number that you have: 0, 1, 2 and so on."),
        )
        limit = self.number(
            "limit",
            changes.LIMIT,
            changes.LONGEST,
            _("limit is a whole number between 1 and 1000."),
        )
        if not limit:
            raise Refused(
                400, "BadRequest", _("limit is a whole number between 1 and 1000.")
            )
        latest = peek(self.context).latest
        if since > latest:
            raise Refused(
                409,
                "SinceBeyondEnd",
                _(
                    "since_beyond_end",
                    default="since is ${since}, but the last change is ${latest}. The "
                    "number comes from another site or from before a backup was put "
                    "back: begin again at 0.",
                    mapping={"since": str(since), "latest": str(latest)},
                ),
                latest=latest,
            )
        content = self.request.form.get("content") == "1"
        found = changes.page(
            self.context,
            self.context.absolute_url(),
            since,
            min(limit, changes.LIMIT) if content else limit,
            content,
        )
        if channel is not None:
            channels.note_fetch(channel, found["last"])
        return self.tagged(found, private=channel is not None)


@implementer(IPublishTraverse)
class ChangesPost(Answer):
    """A channel tells what it has taken."""

    steps: tuple[str, ...] = ()

    def publishTraverse(self, request: Any, name: str) -> Any:
        """``ack`` is all that there is."""
        if self.steps or name != "ack":
            raise NotFound(name)
        self.steps = (name,)
        return self

    def answer(self) -> dict[str, Any]:
        """How far the channel is now, and which items were not understood."""
        if not self.steps:
            raise Refused(
                400, "BadRequest", _("Send acknowledgements to @changes/ack.")
            )
        channel = self.channel()
        if channel is None:
            raise Refused(
                401,
                "Unauthorized",
                _("Only a channel acknowledges: send its token as Bearer."),
            )
        try:
            body = json_body(self.request)
        except DeserializationError as error:
            raise Refused(
                400, "BadRequest", _("The body is no JSON object.")
            ) from error
        box = outbox(self.context)
        try:
            problems = channels.acknowledge(
                box, channel, body.get("sequence"), body.get("items", [])
            )
        except channels.ChannelRefused as error:
            raise Refused(400, "BadRequest", error.args[0]) from error
        for problem in problems:
            problem["message"] = self.say(problem["message"])
        return {
            "channel": channel.name,
            "acknowledged": channel.acknowledged.sequence,
            "latest": box.latest,
            "behind": channel.behind(box.latest),
            "not_taken": problems,
        }
