"""What a hand-over leaves in the trail: one entry for each thing, one for the whole."""

from typing import Any
from zhinan.trail import acts


PREFIX = "handover."


def thing(obj: Any, number: str, note: str, before: str, after: str) -> None:
    """Something went from one department to another."""
    acts.record(
        obj, f"{PREFIX}moved", note=f"{number} {note}", before=before, after=after
    )


def whole(kind: str, number: str, note: str, before: str, after: str) -> None:
    """The hand-over itself, an act on the site."""
    acts.record(
        None,
        f"{PREFIX}{kind}",
        note=f"{number} {note}",
        before=before,
        after=after,
        uid="site",
    )
