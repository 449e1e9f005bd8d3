"""What each channel has beside what the public reads, thing by thing."""

from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any
from zhinan.departments import aliases
from zhinan.publishing.channels import Channel
from zhinan.publishing.channels import held
from zhinan.publishing.channels import standing
from zhinan.publishing.store import Outbox
from zhinan.publishing.store import Record
from zhinan.rules.canonical import Difference
from zhinan.rules.canonical import differences


@dataclass(frozen=True)
class Cell:
    """One thing at one channel; ``differences`` is None where the content is gone."""

    standing: str
    revision: int
    hash: str
    refused: str
    differences: tuple[Difference, ...] | None = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = self.differences
        return {
            "channel": {
                "standing": self.standing,
                "revision": self.revision,
                "hash": self.hash,
                "refused": self.refused,
            },
            "differences": None if found is None else [asdict(row) for row in found],
        }


@dataclass(frozen=True)
class Row:
    """One thing, and how each channel stands to it, by the channel's name."""

    record: Record
    standings: dict[str, str]


def compared(
    box: Outbox, chosen: Sequence[Channel], department: str, differing: bool
) -> list[Row]:
    """All that is public or that a channel still shows, the latest change first.

    :param department: code of an owner, or an empty text for all.
    :param differing: whether to leave out what every chosen channel has.
    """
    found = []
    resolve = aliases.resolver()
    for record in box.records.values():
        if department and resolve(record.department) != department:
            continue
        standings = {channel.name: standing(channel, record) for channel in chosen}
        agree = all(value == "same" for value in standings.values())
        if not (agree and (differing or not record.seen.public)):
            found.append(Row(record, standings))
    return sorted(found, key=lambda row: -row.record.steps[-1].sequence)


def cell(box: Outbox, channel: Channel, row: Row) -> Cell:
    """What the channel has of one thing, and what differs."""
    record, value = row.record, row.standings[channel.name]
    has = held(channel, record)
    found: tuple[Difference, ...] | None = ()
    if value in {"behind", "refused"} and has.revision and record.seen.public:
        known = box.revision(record.uid, has.revision)
        found = between(box, known.hash if known else "", record.seen.hash)
    elif value == "differs":
        found = None
    return Cell(value, has.revision, has.hash, has.refused, found)


def between(box: Outbox, old: str, new: str) -> tuple[Difference, ...] | None:
    """What differs between two contents; None where one is no longer kept."""
    one, two = box.content(old), box.content(new)
    if one is None or two is None:
        return None
    return tuple(differences(one, two))
