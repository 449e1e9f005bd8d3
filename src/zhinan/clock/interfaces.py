"""What a room above gives so that its dates follow the calendar."""

from dataclasses import dataclass
from typing import Any
from zhinan.rules.clock import Clock
from zhinan.rules.clock import Due
from zope.interface import Interface

import datetime


@dataclass(frozen=True)
class OpenClock:
    """A date that is kept, with the facts that it was counted from.

    A dossier with several clocks, or with a statutory and a promised date, has one of
    these for each.
    """

    #: names the date among those of its utility; they are read in the order of the keys
    key: str
    #: chain of the trail that tells when the date moves: the dossier's UID
    uid: str
    clock: Clock
    due: Due
    which: str = "statutory"
    #: the day as of which a pause that lasts was counted
    as_of: datetime.date | None = None
    title: str = ""
    #: the object itself where it is one; then the trail tells its type and department
    obj: Any = None


class IClocks(Interface):
    """A named utility: the clocks of a room that still run."""

    def open_clocks(after=""):
        """Iterate over the open clocks with greater keys, in the order of the keys.

        :returns: an iterator of :class:`OpenClock`; it is not read to its end.
        """

    def number():
        """How many there are; a guess is good enough."""

    def store(key, due):
        """Keep another date for a clock; the facts stay as they are.

        Called in the transaction that writes the trail's entry.
        """
