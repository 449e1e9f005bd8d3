"""Failed attempts as they are kept: beside the request, which may be rolled back.

They are written on a connection of their own and committed at once. The entries stand
in several trees, so that two failures at the same moment seldom meet; when they do,
the write is tried again. Where the database cannot be written (a full disk) the
process keeps them in memory, so that nobody gets free attempts from a fault.

Names are not kept: a person may type the password into the field of the login. The
key of an entry is an HMAC; a label is added for logins that exist and for addresses.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zhinan.rules.lockout import current
from zhinan.rules.lockout import failed
from zhinan.rules.lockout import FRESH
from zhinan.rules.lockout import Pace
from zhinan.rules.lockout import seconds_left
from zhinan.rules.lockout import Tally
from ZODB.POSException import ConflictError

import logging
import threading
import time
import transaction


logger = logging.getLogger(__name__)
SHARDS, TRIES, SWEEP = 16, 4, 30
#: After this no entry counts any more, whatever the settings say.
GONE = 86_400.0
#: What could not be written: (database, key) -> tally.
_memory: dict[tuple[str, str], Tally] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Counted:
    """One thing that is counted: a login, an address or a known browser."""

    key: str
    pace: Pace
    #: what an administrator reads; empty for logins that are none
    label: str = ""


class Attempts(Persistent):
    """The trees."""

    def __init__(self) -> None:
        self.shards = tuple(OOBTree() for _i in range(SHARDS))

    def shard(self, key: str) -> OOBTree:
        """The tree of this key, which ends with hexadecimal digits."""
        return self.shards[int(key[-2:], 16) % SHARDS]


@contextmanager
def _beside(attempts: Attempts) -> Iterator[tuple[Attempts, Any] | None]:
    """The same object on a connection of its own; None while it is not stored yet."""
    jar, oid = attempts._p_jar, attempts._p_oid
    if jar is None or oid is None:
        yield None
        return
    manager = transaction.TransactionManager()
    connection = jar.db().open(transaction_manager=manager)
    try:
        manager.begin()
        try:
            found = connection.get(oid)
            found._p_activate()
        except KeyError:
            yield None
            return
        yield found, manager
    finally:
        manager.abort()
        connection.close()


def _place(attempts: Attempts) -> str:
    jar = attempts._p_jar
    return jar.db().database_name if jar is not None else ""


def _remembered(attempts: Attempts, key: str) -> Tally:
    return _memory.get((_place(attempts), key), FRESH)


def _unpack(row: tuple[Any, ...] | None) -> Tally:
    return Tally(*row[:4]) if row else FRESH


def _tally(attempts: Attempts, beside: Attempts | None, key: str) -> Tally:
    stored = _unpack(beside.shard(key).get(key)) if beside is not None else FRESH
    return max(stored, _remembered(attempts, key), key=lambda tally: tally.last)


def tallies(attempts: Attempts, things: list[Counted]) -> list[Tally]:
    """How each stands, as everybody sees it now."""
    now = time.time()
    with _beside(attempts) as found:
        beside = found[0] if found else None
        return [
            current(_tally(attempts, beside, thing.key), now, thing.pace)
            for thing in things
        ]


def wait(attempts: Attempts, things: list[Counted]) -> int:
    """Seconds until the next attempt is read; 0 if it is read now."""
    now = time.time()
    found = tallies(attempts, things)
    return max(
        (
            seconds_left(tally, now, thing.pace)
            for tally, thing in zip(found, things, strict=True)
        ),
        default=0,
    )


def note_failure(attempts: Attempts, things: list[Counted]) -> list[Tally]:
    """Count one failure; the tallies after it."""
    now = time.time()
    found: list[Tally] = []

    def write(beside: Attempts) -> None:
        found.clear()
        for thing in things:
            tally = failed(_tally(attempts, beside, thing.key), now, thing.pace)
            found.append(tally)
            shard = beside.shard(thing.key)
            shard[thing.key] = (
                tally.failures,
                tally.last,
                tally.until,
                tally.locked,
                thing.label,
            )
            _sweep(shard, now)

    if not _written(attempts, write):
        found.clear()
        with _lock:
            for thing in things:
                before = _remembered(attempts, thing.key)
                tally = failed(before, now, thing.pace)
                _memory[_place(attempts), thing.key] = tally
                found.append(tally)
    return found


def forget(attempts: Attempts, keys: list[str]) -> None:
    """Take entries away: after a sign-in, or when an administrator says so."""
    with _lock:
        for key in keys:
            _memory.pop((_place(attempts), key), None)
    with _beside(attempts) as found:
        if not found or not any(found[0].shard(key).get(key) for key in keys):
            return

    def write(beside: Attempts) -> None:
        for key in keys:
            beside.shard(key).pop(key, None)

    _written(attempts, write)


def listing(attempts: Attempts) -> list[tuple[str, str, Tally]]:
    """Key, label and tally of all entries, the latest first."""
    rows = []
    with _beside(attempts) as found:
        for shard in found[0].shards if found else ():
            rows += [(key, row[4], _unpack(row)) for key, row in shard.items()]
    return sorted(rows, key=lambda row: row[2].last, reverse=True)


def _sweep(shard: OOBTree, now: float) -> None:
    """Take away some entries that count no more, so that the tree stays small."""
    old = [key for key, row in shard.items() if now - row[1] > GONE and row[2] < now]
    for key in old[:SWEEP]:
        del shard[key]


def _written(attempts: Attempts, write: Callable[[Attempts], None]) -> bool:
    """Write and commit beside the request; False if it could not be stored."""
    for _try in range(TRIES):
        with _beside(attempts) as found:
            if found is None:
                return False
            beside, manager = found
            try:
                write(beside)
                manager.get().note("sign-in attempts")
                manager.commit()
                return True
            except ConflictError:
                continue
            except Exception:
                # Whatever the storage says: the attempt must be counted somewhere.
                logger.exception("an attempt to sign in could not be stored")
                return False
    return False
