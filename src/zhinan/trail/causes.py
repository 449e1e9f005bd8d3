"""Why many things change in one transaction, and who answers for it.

Rooms below say it, a room above acts by it: what is online and changed becomes a new
edition that says how it came about.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import transaction


@dataclass(frozen=True)
class Cause:
    """One reason for all changes of a transaction."""

    #: an origin of editions, see ``rules.editions``
    origin: str
    note: str = ""
    minor: bool = True
    drafted_by: str = ""
    approved_by: str = ""


class _Key:
    """Under this the cause hangs at its transaction."""


_KEY = _Key()


@contextmanager
def because(cause: Cause) -> Iterator[None]:
    """All changes of this transaction are for this reason.

    It holds until the commit, at which editions are made.
    """
    transaction.get().set_data(_KEY, cause)
    yield


def cause() -> Cause | None:
    """The reason of the changes of this transaction, if one was given."""
    try:
        found: Cause = transaction.get().data(_KEY)
    except KeyError:
        return None
    return found
