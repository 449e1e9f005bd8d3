"""Tell channels of changes, again and again until they take them.

The site's own thread does it, never a request. What was taken is written after it was
sent: should that be undone, the same changes go out once more under the same sequence
numbers, and the receiver drops what it has.
"""

from collections.abc import Iterator
from typing import Any
from zhinan.jobs.interfaces import IScheduled
from zhinan.publishing import changes
from zhinan.publishing.channels import Channel
from zhinan.publishing.channels import utc_now
from zhinan.publishing.sending import Outcome
from zhinan.publishing.sending import post
from zhinan.publishing.store import Outbox
from zhinan.publishing.store import peek
from zhinan.rules.channels import address_problem
from zhinan.rules.channels import signature
from zhinan.rules.revisions import pause
from zope.interface import implementer

import datetime
import json
import time


#: Changes in one message, and seconds that one run may take before it stops.
BATCH, BUDGET = 100, 15


@implementer(IScheduled)
class TellChannels:
    """Sends what is new to each hook that is due."""

    every = 10

    def run(self, site: Any) -> bool:
        """Send until everything is taken, refused, or the time is over."""
        end = time.monotonic() + BUDGET
        wrote = False
        box = peek(site)
        for channel in _due(box):
            while time.monotonic() < end and _tell(site, box, channel):
                wrote = True
                if channel.delivery.failures:
                    break
        return wrote


def _due(box: Outbox) -> Iterator[Channel]:
    """Channels with a hook that is not waiting, the one that waited longest first."""
    now = utc_now()
    found = [
        channel
        for channel in box.channels.values()
        if channel.active
        and channel.hook
        and (channel.delivery.next_try is None or channel.delivery.next_try <= now)
    ]
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return iter(sorted(found, key=lambda row: row.delivery.last_try or never))


def _tell(site: Any, box: Outbox, channel: Channel) -> bool:
    """Send the next changes; whether there were any."""
    delivery = channel.delivery
    # What it has acknowledged by itself it need not be told.
    start = max(delivery.sequence, channel.acknowledged.sequence)
    if start >= box.latest:
        return False
    base = channel.base or site.absolute_url()
    found = changes.page(site, base, start, BATCH)
    outcome = send(channel, found)
    now = utc_now()
    delivery.last_try = now
    if outcome.taken:
        delivery.reach(found["last"])
        delivery.failures, delivery.reason = 0, ("", "")
        delivery.next_try = None
    else:
        delivery.failures += 1
        delivery.reason = (outcome.reason, outcome.detail)
        wait = datetime.timedelta(seconds=pause(delivery.failures))
        delivery.next_try = now + wait
    return True


def send(channel: Channel, found: dict[str, Any]) -> Outcome:
    """Send one message, signed with the channel's key."""
    if problem := address_problem(channel.hook):
        return Outcome(False, problem)
    body = json.dumps(found, ensure_ascii=False, sort_keys=True).encode("utf-8")
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zhinan",
        "X-Zhinan-Channel": channel.name,
        "X-Zhinan-Sequence": str(found["last"]),
        "X-Zhinan-Timestamp": timestamp,
        "X-Zhinan-Signature": f"sha256={signature(channel.key, timestamp, body)}",
    }
    return post(channel.hook, body, headers)
