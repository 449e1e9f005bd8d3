"""A room that keeps dates, as the dossiers will: persistent, with real clocks."""

from BTrees.OOBTree import OOBTree
from contextlib import contextmanager
from datetime import date
from datetime import timedelta
from zhinan.clock.interfaces import IClocks
from zhinan.clock.interfaces import OpenClock
from zhinan.rules import calendar
from zhinan.rules import clock
from zope.annotation.interfaces import IAnnotations
from zope.component import getGlobalSiteManager
from zope.component.hooks import getSite
from zope.interface import implementer


KEY = "tests.clocks"
NAMES = ("statutory", "promised")


@implementer(IClocks)
class Dossiers:
    """Facts and dates as plain JSON values in an annotation of the site."""

    def tree(self):
        """The dates by key."""
        return IAnnotations(getSite())[KEY]

    def open_clocks(self, after=""):
        """Those after a key."""
        for key, row in self.tree().iteritems(min=after, excludemin=bool(after)):
            yield OpenClock(
                key,
                row["uid"],
                clock.clock_from(row["clock"]),
                clock.Due.from_dict(row["due"]),
                row["which"],
                date.fromisoformat(row["as_of"]) if row["as_of"] else None,
                row["uid"].upper(),
            )

    def number(self):
        """How many."""
        return len(self.tree())

    def store(self, key, due):
        """Keep another date."""
        tree = self.tree()
        tree[key] = {**tree[key], "due": due.as_dict()}


@contextmanager
def registered(name="tests.dossiers", room=None):
    """The room, as long as a test runs."""
    room = room or Dossiers()
    manager = getGlobalSiteManager()
    manager.registerUtility(room, IClocks, name=name)
    try:
        yield room
    finally:
        manager.unregisterUtility(room, IClocks, name=name)


def fill(number, accepted=date(2026, 12, 14), every=7, limit=20):
    """So many dossiers, accepted on some days in a row; every tenth with a pause."""
    tree = IAnnotations(getSite())[KEY] = OOBTree()
    found = calendar.seeded()
    for at in range(number):
        begin = accepted + timedelta(at % every)
        pauses, as_of = (), None
        if at % 10 == 3:
            end = begin + timedelta(4)
            pauses = (clock.Pause(begin + timedelta(2), end, clock.Cause.TEST),)
        elif at % 10 == 5:
            as_of = begin + timedelta(6)
            pauses = (clock.Pause(begin + timedelta(3), None, clock.Cause.HEARING),)
        facts = clock.Clock(begin, clock.Limit(limit), clock.Limit(5), pauses)
        which = NAMES[at % 2]
        due = clock.due(found, facts, which, as_of)
        tree[f"{at:06d}"] = {
            "uid": f"dossier-{at // 2}",
            "clock": clock.clock_as_dict(facts),
            "due": due.as_dict(),
            "which": which,
            "as_of": as_of.isoformat() if as_of else "",
        }
    return tree
