"""Channels: who takes the changes, how far they are, and what they say they have.

What different parts write at the same time (a fetch, an acknowledgement, the hook) lies
in objects of its own, so that a hall that acknowledges while it is being told does not
undo the telling.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Mapping
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zhinan import _
from zhinan.publishing.store import Outbox
from zhinan.publishing.store import Record
from zhinan.rules import channels as rules
from zhinan.rules.revisions import GONE
from zhinan.rules.revisions import step_at
from zhinan.trail.acts import record
from zope.i18nmessageid import Message

import datetime
import secrets


#: A fetch is noted at most once in so many seconds: reading should seldom write.
FETCH_PAUSE = 60
LONGEST_REASON = 500
MOST_ITEMS = 1000
PROBLEMS = {
    "name_form": _(
        "channel_name_form",
        default="A name is 2 to 30 small letters, digits or hyphens and begins with a "
        "letter.",
    ),
    "name_taken": _("channel_name_taken", default="There is a channel of this name."),
    "title_missing": _(
        "channel_title_missing",
        default="Tell who takes the changes, 1 to 100 characters.",
    ),
    "address_form": _(
        "channel_address_form",
        default="This is no address. Write it in full, such as "
        "https://example.gov.cn/changes, without blanks and without #.",
    ),
    "address_scheme": _(
        "channel_address_scheme",
        default="Changes are sent to addresses that begin with https:// or http:// "
        "alone.",
    ),
    "address_login": _(
        "channel_address_login",
        default="An address carries no name and password. The receiver checks the "
        "signature.",
    ),
}


class ChannelRefused(ValueError):
    """A channel cannot be so; the first argument is a Message that says what to do."""


def utc_now() -> datetime.datetime:
    """The moment, with its zone."""
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Held:
    """What a channel has of one thing; ``after`` is the change that it answers."""

    revision: int = 0
    hash: str = ""
    refused: str = ""
    after: int = 0


class Progress(Persistent):
    """How far somebody is: the last sequence number, and when that was."""

    sequence = 0
    moment: datetime.datetime | None = None

    def reach(self, sequence: int) -> None:
        """Come this far, never back."""
        self.sequence = max(self.sequence, sequence)
        self.moment = utc_now()


class Delivery(Progress):
    """How far the hook is, and what stands in its way."""

    failures = 0
    #: name of the reason and its detail
    reason: tuple[str, str] = ("", "")
    next_try: datetime.datetime | None = None
    last_try: datetime.datetime | None = None


class Channel(Persistent):
    """One receiver of the changes."""

    def __init__(self, name: str, title: str):
        self.name = name
        self.title = title
        self.key = ""
        self.hook = ""
        self.active = True
        #: address of the site in what the hook tells
        self.base = ""
        self.fetched = Progress()
        self.acknowledged = Progress()
        self.items = OOBTree()
        self.delivery = Delivery()

    def rotate(self) -> str:
        """Make a new token, which is shown once; the old one ends."""
        token = f"{rules.PREFIX}{self.name}.{secrets.token_urlsafe(32)}"
        if self.key:
            _trace(self, "channel.token")
        self.key = rules.token_key(token)
        return token

    def behind(self, latest: int) -> int:
        """Changes that it has not acknowledged."""
        return max(latest - self.acknowledged.sequence, 0)


def begin_anew(box: Outbox) -> None:
    """Forget how far everybody is: the feed is another one from now on.

    For a database that was brought back: channels may have read changes that it knows
    nothing of, under numbers that it gives to others.
    """
    box.id = secrets.token_hex(8)
    for channel in box.channels.values():
        channel.fetched, channel.acknowledged = Progress(), Progress()
        channel.delivery = Delivery()
        channel.items = OOBTree()


def create(
    box: Outbox, name: Any, title: Any, hook: Any, base: str
) -> tuple[Channel, str]:
    """Make a channel; it and its token.

    :raises ChannelRefused: with what to do.
    """
    if not (isinstance(name, str) and rules.NAME.fullmatch(name)):
        raise ChannelRefused(PROBLEMS["name_form"])
    if name in box.channels:
        raise ChannelRefused(PROBLEMS["name_taken"])
    channel = Channel(name, "")
    _set(channel, {"title": title, "hook": hook}, base)
    box.channels[name] = channel
    _trace(channel, "channel.created")
    return channel, channel.rotate()


def change(channel: Channel, values: Mapping[str, Any], base: str) -> None:
    """Set title, hook and whether it is active, as far as they are given.

    :raises ChannelRefused: with what to do; nothing is set then.
    """
    before = channel.active
    _set(channel, values, base)
    if channel.active == before:
        _trace(channel, "channel.changed")
    else:
        _trace(channel, "channel.resumed" if channel.active else "channel.paused")


def remove(box: Outbox, channel: Channel) -> None:
    """Take a channel away: its token ends, and what it had is forgotten."""
    del box.channels[channel.name]
    _trace(channel, "channel.removed")


def _trace(channel: Channel, act: str) -> None:
    record(None, act, uid=f"channel:{channel.name}", title=channel.title)


def _set(channel: Channel, values: Mapping[str, Any], base: str) -> None:
    title = values.get("title", channel.title)
    if not (isinstance(title, str) and 0 < len(title.strip()) <= 100):
        raise ChannelRefused(PROBLEMS["title_missing"])
    hook = values.get("hook", channel.hook)
    hook = hook.strip() if isinstance(hook, str) else hook
    if hook is not None and not isinstance(hook, str):
        raise ChannelRefused(PROBLEMS["address_form"])
    if hook and (problem := rules.address_problem(hook)):
        raise ChannelRefused(PROBLEMS[problem])
    channel.title = title.strip()
    if (hook or "") != channel.hook:
        channel.hook = hook or ""
        retry(channel)
    channel.base = base
    channel.active = bool(values.get("active", channel.active))


def retry(channel: Channel) -> None:
    """Let the hook try again without waiting."""
    channel.delivery.next_try = None
    channel.delivery.failures = 0


def find(box: Outbox, token: str) -> Channel | None:
    """The channel whose token this is, or None; active or not."""
    name = rules.token_name(token)
    channel = box.channels.get(name) if name else None
    # An unknown name takes as long as a wrong token.
    key = channel.key if channel is not None else rules.token_key("")
    return channel if rules.is_token(token, key) and channel is not None else None


def note_fetch(channel: Channel, sequence: int) -> None:
    """Remember that it fetched up to here."""
    seen = channel.fetched
    fresh = seen.moment is not None and (
        (utc_now() - seen.moment).total_seconds() < FETCH_PAUSE
    )
    if sequence > seen.sequence or not fresh:
        seen.reach(sequence)


def acknowledge(
    box: Outbox, channel: Channel, sequence: Any, items: Any
) -> list[dict[str, Any]]:
    """Take what a channel says it has; the items that could not be taken.

    :raises ChannelRefused: if the whole is not understood; nothing is taken then.
    """
    if isinstance(sequence, bool) or not isinstance(sequence, int | None):
        raise ChannelRefused(_("The sequence is a whole number."))
    if sequence is not None and not 0 <= sequence <= box.latest:
        raise ChannelRefused(
            _(
                "ack_beyond",
                default="The sequence lies between 0 and ${latest}, the last change.",
                mapping={"latest": str(box.latest)},
            )
        )
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise ChannelRefused(
            _(
                "ack_items",
                default="The items are a list of at most ${most}.",
                mapping={"most": str(MOST_ITEMS)},
            )
        )
    if sequence is None and not items:
        raise ChannelRefused(_("Send a sequence, items, or both."))
    if sequence is not None:
        channel.acknowledged.reach(sequence)
    problems = []
    for number, item in enumerate(items):
        problem = _take(box, channel, item)
        if problem is not None:
            problems.append({"item": number, "message": problem})
    return problems


def _take(box: Outbox, channel: Channel, item: Any) -> Message | None:
    """Take one item, or tell why not."""
    if not isinstance(item, dict) or not isinstance(item.get("uid"), str):
        return _("An item is an object with uid.")
    record = box.records.get(item["uid"])
    if record is None:
        return _("No change has this uid.")
    revision = item.get("revision")
    checksum, refused = item.get("hash", ""), item.get("refused", "")
    if not isinstance(refused, str) or not isinstance(checksum, str):
        return _("Hash and refused are texts.")
    before = held(channel, record)
    if refused.strip():
        revision, checksum = before.revision, before.hash
    elif isinstance(revision, bool) or not isinstance(revision, int):
        return _("An item has a revision (0 where nothing is shown), or refused.")
    elif not 0 <= revision <= record.revision:
        return _("There is no such revision.")
    answered = [
        step.sequence
        for step in record.steps
        if refused.strip() or step.revision == revision
    ]
    after = max([channel.acknowledged.sequence, *answered[-1:]])
    channel.items[record.uid] = Held(
        revision, checksum[:64], refused.strip()[:LONGEST_REASON], after
    )
    return None


def held(channel: Channel, record: Record) -> Held:
    """What a channel has of one thing.

    Its own word counts until it acknowledges a later change of that thing.
    """
    step = step_at(record.steps, channel.acknowledged.sequence)
    said = channel.items.get(record.uid)
    if said is not None and (step is None or said.after >= step.sequence):
        return said
    if step is None or step.kind in GONE:
        return Held(after=step.sequence if step else 0)
    return Held(step.revision, step.hash, "", step.sequence)


def standing(channel: Channel, record: Record) -> str:
    """How what it has compares: same, behind, missing, differs, refused, lingering."""
    has = held(channel, record)
    if has.refused:
        return "refused"
    if not record.seen.public:
        return "lingering" if has.revision else "same"
    if not has.revision:
        return "missing"
    if has.revision != record.revision:
        return "behind"
    return "same" if has.hash in {"", record.seen.hash} else "differs"
