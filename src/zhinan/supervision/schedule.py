"""The day's anchor of the trail."""

from typing import Any
from zhinan.jobs.interfaces import IScheduled
from zhinan.trail import anchors
from zhinan.trail import store
from zope.interface import implementer


@implementer(IScheduled)
class Anchors:
    """Seals the heads of all chains once a day, and sees that the file is there."""

    #: Ten minutes, so that the day's anchor is there soon after midnight, or soon after
    #: the server was started; a run with nothing to do reads one record.
    every = 600

    def run(self, site: Any) -> bool:
        """Make the anchor of this day; whether one was made."""
        trail = store.of(site)
        if trail is None:
            return False
        if not anchors.due(trail):
            anchors.export_missing(site)
            return False
        anchors.seal(site)
        return True


ANCHORS = Anchors()
