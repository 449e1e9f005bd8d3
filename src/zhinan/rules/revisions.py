"""When a revision begins, what kind of change a moment brought, and how to try again.

A revision is what the public read between two changes. Its number goes up with its
checksum and with nothing else: what is withdrawn and published again unchanged is still
the same revision, and a printed copy of it is still right.
"""

from collections.abc import Sequence
from dataclasses import dataclass


PUBLISHED, CHANGED, MOVED = "published", "changed", "moved"
WITHDRAWN, DELETED = "withdrawn", "deleted"
#: Kinds after which nobody may show the content any more.
GONE = frozenset({WITHDRAWN, DELETED})

FIRST_PAUSE = 30
LONGEST_PAUSE = 6 * 3600


@dataclass(frozen=True)
class Seen:
    """What is known of one thing: whether the public reads it, what, and where."""

    public: bool
    hash: str = ""
    path: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Step:
    """One change of one thing, by the number that orders all changes."""

    sequence: int
    kind: str
    revision: int
    hash: str


def kinds(before: Seen | None, now: Seen | None) -> list[str]:
    """The kinds of change between what was recorded and what is there now.

    ``now`` is None when the thing is no longer there. What was never public has no
    changes.
    """
    if now is None:
        return [] if before is None or before.deleted else [DELETED]
    if not now.public:
        return [WITHDRAWN] if before is not None and before.public else []
    if before is None or not before.public:
        return [PUBLISHED]
    found = [MOVED] if before.path != now.path else []
    return [*found, CHANGED] if before.hash != now.hash else found


def next_revision(number: int, old_hash: str, new_hash: str) -> int:
    """The number of the revision with this checksum, after that of the old one."""
    return number if number and old_hash == new_hash else number + 1


def step_at(steps: Sequence[Step], sequence: int) -> Step | None:
    """The last step that somebody knows who has taken everything up to a sequence."""
    known = [step for step in steps if step.sequence <= sequence]
    return known[-1] if known else None


def pause(failures: int) -> int:
    """Seconds to wait after so many failures in a row: doubling, six hours at most."""
    if failures < 1:
        return 0
    return int(min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE))
