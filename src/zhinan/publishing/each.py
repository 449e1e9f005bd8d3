"""One transition for many things: each is done or refused for itself."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from Products.CMFCore.indexing import processQueue
from typing import Any
from zhinan.publishing.transitions import Outcome
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Refused

import transaction


#: How many things one request may move.
MOST = 200


@dataclass(frozen=True)
class Result:
    """What became of one of them; an outcome, or the reasons of the refusal."""

    outcome: Outcome | None
    reasons: tuple[Reason, ...] = ()


def attempt(obj: Any, name: str, values: Mapping[str, Any]) -> Result:
    """Take a transition; a refusal leaves no write, also half-way.

    A guard refuses before anything is written, but a merge may find out later that it
    cannot be done.
    """
    # What waits to be indexed belongs to what was done before.
    processQueue()
    before = transaction.savepoint(optimistic=True)
    try:
        return Result(perform(obj, name, **values))
    except Refused as refused:
        before.rollback()
        return Result(None, tuple(refused.reasons))


def each(objs: Iterable[Any], name: str, values: Mapping[str, Any]) -> Iterator[Result]:
    """Take it for all of them, in their order, each in a savepoint of its own."""
    for obj in objs:
        yield attempt(obj, name, values)
