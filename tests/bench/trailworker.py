"""Runs inside ``zconsole`` for ``trail.py``: prints its figures as JSON."""

from contextlib import contextmanager
from pathlib import Path
from plone import api
from statistics import median
from zhinan.jobs.acting import acting
from zhinan.jobs.acting import person_of
from zhinan.trail import acts
from zhinan.trail import anchors
from zhinan.trail import events
from zhinan.trail import store
from zhinan.trail.verifying import verify
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import itertools
import json
import os
import time
import transaction


#: Entries of one object, and of one transaction.
LONG, BATCH = 40, 500


@contextmanager
def without_trail():
    """Nothing is noted, so nothing is written."""
    before = acts._note
    acts._note = lambda *arguments, **named: None
    try:
        yield
    finally:
        acts._note = before


def save(guide, text):
    """Save as a form does; seconds with the commit."""
    started = time.perf_counter()
    guide.description = text
    notify(ObjectModifiedEvent(guide))
    transaction.commit()
    return time.perf_counter() - started


def main(app):
    """Measure on the only site."""
    (site,) = app.objectValues("Plone Site")
    path = "/".join(site.getPhysicalPath())
    person = person_of(site, os.environ["BENCH_PERSON"])
    with acting(app, path, person) as portal:
        print(json.dumps(measure(portal)))


def measure(portal):
    """All figures."""
    figures = {}
    guide = api.content.create(portal.guides, "MatterGuide", id="g1", title="事项")
    # A version of each save would cost more than all the rest.
    guide.versioning_enabled = False
    transaction.commit()
    found = {"with": [], "without": []}
    settling = []
    settle = acts.settle

    def timed():
        started = time.perf_counter()
        settle()
        settling.append(time.perf_counter() - started)

    acts.settle = timed
    for number in range(int(os.environ["BENCH_SAVES"])):
        found["with"].append(save(guide, f"第{number}次"))
        with without_trail():
            found["without"].append(save(guide, f"第{number}次，无"))
    acts.settle = settle
    for name, seconds in found.items():
        figures[f"save {name} trail, ms"] = median(seconds) * 1000
    figures["settling of one act, ms"] = median(settling) * 1000
    figures["settling of one act, slowest, ms"] = max(settling) * 1000
    figures["event of the second stream, ms"] = event()

    trail = store.peek(portal)
    wanted = int(os.environ["BENCH_ENTRIES"])
    said = {"act": "changed", "who": "bench", "function": "fgw:editor", "type": "x"}
    said.update(title="测试事项" * 4, path="guides/621002001000", department="fgw")
    said["fields"] = {"title": "0" * 20, "description": "1" * 20}
    seconds, written = 0.0, 0
    size = Path(portal._p_jar.db().storage.getName()).stat().st_size
    while written < wanted:
        started = time.perf_counter()
        for number in range(BATCH):
            trail.write(f"{(written + number) % (wanted // LONG):032x}", said)
        transaction.commit()
        seconds += time.perf_counter() - started
        written += BATCH
        portal._p_jar.cacheGC()
    figures["writing, entries a second"] = written / seconds
    grown = Path(portal._p_jar.db().storage.getName()).stat().st_size - size
    figures["bytes of the database an entry"] = grown / written
    started = time.perf_counter()
    anchors.seal(portal)
    transaction.commit()
    figures["first anchor over all chains, s"] = time.perf_counter() - started
    # As a command begins: nothing in memory.
    portal._p_jar.cacheMinimize()
    result = verify(portal)
    assert result.fine, result.sentences()[:3]
    figures["entries checked"] = result.entries
    figures["checking, s"] = result.seconds
    portal._p_jar.cacheMinimize()
    started = time.perf_counter()
    rows = list(itertools.islice(store.between(newest_first=True, site=portal), 50))
    assert len(rows) == 50
    figures["newest 50 acts, cold, ms"] = (time.perf_counter() - started) * 1000
    started = time.perf_counter()
    assert not list(store.between(who="nobody", site=portal))
    figures["all acts read for a filter, s"] = time.perf_counter() - started
    return figures


def event():
    """Milliseconds of one event, with its own commit."""
    found = []
    for _number in range(50):
        started = time.perf_counter()
        assert events.note_event("file.read", who="bench")
        found.append(time.perf_counter() - started)
    return median(found) * 1000


main(app)  # noqa: F821
