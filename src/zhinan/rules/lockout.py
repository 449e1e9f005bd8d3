"""Waits after wrong sign-ins: a growing pause is demanded, then a lock for a while.

Nobody sleeps: an attempt that comes too early is refused unread, and the one who asks
is told how many seconds are left. The same rule serves a login, a client's address and
a browser that is known; they differ in their numbers.
"""

from dataclasses import dataclass
from dataclasses import replace

import ipaddress
import math


@dataclass(frozen=True)
class Pace:
    """The numbers of the rule; seconds where nothing else is said."""

    #: failures that cost nothing: everybody mistypes
    free: int = 2
    #: the first wait; each further failure doubles it
    first: float = 1.0
    #: the longest wait before the lock
    longest: float = 60.0
    #: failures that lock; 0 never locks
    lock_after: int = 10
    #: how long the lock stands
    lock: float = 900.0
    #: a failure that is this old has been forgotten
    forget: float = 3600.0


@dataclass(frozen=True)
class Tally:
    """What is known of one login, address or browser."""

    failures: int = 0
    #: moment of the last failure
    last: float = 0.0
    #: moment from which the next attempt is read
    until: float = 0.0
    locked: bool = False


FRESH = Tally()


def current(tally: Tally, now: float, pace: Pace) -> Tally:
    """The tally as it counts now: a lock that ended and old failures are gone."""
    if tally.locked:
        return FRESH if seconds_left(tally, now, pace) == 0 else tally
    if now - tally.last > pace.forget:
        return FRESH
    return tally


def seconds_left(tally: Tally, now: float, pace: Pace) -> int:
    """Whole seconds until the next attempt is read; 0 if it is read now.

    A clock that was set back must not lock anybody for days: the wait is never longer
    than the rule's longest.
    """
    left = tally.until - now
    most = pace.lock if tally.locked else pace.longest
    return max(0, math.ceil(min(left, most)))


def failed(tally: Tally, now: float, pace: Pace) -> Tally:
    """The tally after one more failure."""
    before = current(tally, now, pace)
    failures = before.failures + 1
    if pace.lock_after and failures >= pace.lock_after:
        return Tally(failures, now, now + pace.lock, True)
    beyond = failures - pace.free
    if beyond <= 0:
        return replace(FRESH, failures=failures, last=now)
    # The exponent is bounded: a float has an end, and so has patience.
    wait = min(pace.longest, pace.first * 2.0 ** min(beyond - 1, 40))
    return Tally(failures, now, now + wait, False)


def neighbourhood(address: str) -> str:
    """The address as it is counted: a whole /64 for IPv6; empty if it is none.

    Whoever has one address of IPv6 has 2**64 of them.
    """
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
