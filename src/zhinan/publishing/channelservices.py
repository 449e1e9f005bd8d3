"""``@channels``: the channels for the staff, and how each compares, over REST."""

from plone.restapi.deserializer import json_body
from plone.restapi.exceptions import DeserializationError
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import directory
from zhinan.publishing import channels
from zhinan.publishing.answers import Answer
from zhinan.publishing.answers import LARGEST
from zhinan.publishing.answers import Refused
from zhinan.publishing.channels import Channel
from zhinan.publishing.compared import cell
from zhinan.publishing.compared import compared
from zhinan.publishing.store import outbox
from zhinan.publishing.store import peek
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import datetime


def _moment(value: datetime.datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def summary(channel: Channel, latest: int, base: str) -> dict[str, Any]:
    """A channel without its secret."""
    delivery = channel.delivery
    return {
        "@id": f"{base}/@channels/{channel.name}",
        "name": channel.name,
        "title": channel.title,
        "active": channel.active,
        "behind": channel.behind(latest),
        "fetched": {
            "sequence": channel.fetched.sequence,
            "at": _moment(channel.fetched.moment),
        },
        "acknowledged": {
            "sequence": channel.acknowledged.sequence,
            "at": _moment(channel.acknowledged.moment),
        },
        "hook": {
            "address": channel.hook,
            "sequence": delivery.sequence,
            "taken_at": _moment(delivery.moment),
            "failures": delivery.failures,
            "reason": delivery.reason[0],
            "detail": delivery.reason[1],
            "next_try": _moment(delivery.next_try),
        }
        if channel.hook
        else None,
    }


@implementer(IPublishTraverse)
class Channels(Answer):
    """Reads the address: ``@channels``, ``@channels/<name>``, one step more."""

    #: steps after the name that this method knows
    known: frozenset[str] = frozenset()

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.steps: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> Any:
        """The channel's name, then what of it."""
        if len(self.steps) == 2 or (self.steps and name not in self.known):
            raise NotFound(name)
        self.steps.append(name)
        return self

    @property
    def base(self) -> str:
        """Address of the site."""
        return self.context.absolute_url()

    def named(self) -> Channel:
        """The channel of this address."""
        found = peek(self.context).channels.get(self.steps[0]) if self.steps else None
        if found is None:
            raise Refused(404, "NotFound", _("There is no channel of this name."))
        return found

    def body(self) -> dict[str, Any]:
        """What was sent."""
        try:
            return json_body(self.request)
        except DeserializationError as error:
            raise Refused(
                400, "BadRequest", _("The body is no JSON object.")
            ) from error

    def shown(self, channel: Channel, **more: Any) -> dict[str, Any]:
        """A channel as it is now."""
        return {**summary(channel, peek(self.context).latest, self.base), **more}


class ChannelsGet(Channels):
    """The channels, one of them, or how it compares guide by guide."""

    known = frozenset({"items"})

    def answer(self) -> dict[str, Any]:
        """What the address asks for."""
        box = peek(self.context)
        if not self.steps:
            return {
                "@id": f"{self.base}/@channels",
                "latest": box.latest,
                "items": [
                    summary(channel, box.latest, self.base)
                    for channel in box.channels.values()
                ],
            }
        channel = self.named()
        return self.compared(channel) if len(self.steps) == 2 else self.shown(channel)

    def compared(self, channel: Channel) -> dict[str, Any]:
        """What it has of each thing; ``differing=1`` leaves out what agrees."""
        wrong = _("b_start and b_size are whole numbers; b_size is at most 100.")
        start = self.number("b_start", 0, LARGEST, wrong)
        size = self.number("b_size", 25, 100, wrong)
        form = self.request.form
        department = form.get("department")
        box = peek(self.context)
        rows = compared(
            box,
            [channel],
            directory.resolve(department) if isinstance(department, str) else "",
            form.get("differing") == "1",
        )
        return {
            "@id": f"{self.base}/@channels/{channel.name}/items",
            "items_total": len(rows),
            "items": [
                {
                    "uid": row.record.uid,
                    "title": row.record.title,
                    "address": f"{self.base}/{row.record.seen.path}",
                    "department": row.record.department,
                    "public": row.record.seen.public,
                    "revision": row.record.revision,
                    "hash": row.record.seen.hash,
                    **cell(box, channel, row).as_dict(),
                }
                for row in rows[start : start + size]
            ],
        }


class ChannelsPost(Channels):
    """A new channel, a new token, or another try of the hook."""

    known = frozenset({"token", "retry"})

    def answer(self) -> dict[str, Any]:
        """The channel; with its token when that is new, which is shown this once."""
        self.writes()
        if not self.steps:
            body = self.body()
            try:
                channel, token = channels.create(
                    outbox(self.context),
                    body.get("name"),
                    body.get("title"),
                    body.get("hook"),
                    self.base,
                )
            except channels.ChannelRefused as error:
                raise Refused(400, "BadRequest", error.args[0]) from error
            self.request.response.setStatus(201)
            found = self.shown(channel, token=token)
            self.request.response.setHeader("Location", found["@id"])
            return self.secret(found)
        channel = self.named()
        if len(self.steps) < 2:
            raise NotFound(self.steps[0])
        if self.steps[1] == "token":
            return self.secret(self.shown(channel, token=channel.rotate()))
        channels.retry(channel)
        return self.shown(channel)

    def secret(self, found: dict[str, Any]) -> dict[str, Any]:
        """An answer that nobody may keep on the way."""
        self.request.response.setHeader("Cache-Control", "private, no-store")
        return found


class ChannelsPatch(Channels):
    """Title, hook, active."""

    def answer(self) -> dict[str, Any]:
        """The channel as it is then."""
        self.writes()
        channel, body = self.named(), self.body()
        if not isinstance(body.get("active", True), bool):
            raise Refused(400, "BadRequest", _("active is true or false."))
        try:
            channels.change(channel, body, self.base)
        except channels.ChannelRefused as error:
            raise Refused(400, "BadRequest", error.args[0]) from error
        return self.shown(channel)


class ChannelsDelete(Channels):
    """Take a channel away."""

    def answer(self) -> Any:
        """Its token ends, and what it had is forgotten."""
        self.writes()
        channel = self.named()
        channels.remove(outbox(self.context), channel)
        return self.reply_no_content()
