"""Runs inside ``zconsole`` for ``dates.py``: prints its figures as JSON."""

from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from zhinan.clock import changing
from zhinan.clock import dates
from zhinan.clock import store
from zhinan.jobs import store as jobs
from zhinan.jobs.acting import acting
from zhinan.jobs.acting import person_of
from zhinan.jobs.runner import run_waiting
from zhinan.rules import calendaredit
from zhinan.rules import clock
from zhinan.rules.calendar import Notice
from zhinan.trail import store as trail

import json
import os
import time
import transaction
import zhinan


def keepings():
    """The store of clocks that the tests use."""
    root = Path(zhinan.__file__).parents[2]
    spec = spec_from_file_location("keepings", root / "tests/clock/keepings.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(app):
    """Measure on the only site."""
    (site,) = app.objectValues("Plone Site")
    path = "/".join(site.getPhysicalPath())
    person = person_of(site, os.environ["BENCH_PERSON"])
    with acting(app, path, person) as portal:
        print(json.dumps(measure(portal)))


def measure(portal):
    """All figures."""
    kept = keepings()
    number = int(os.environ["BENCH_DATES"])
    off = "2027-01-01..2027-01-07\n2027-02-05..2027-02-12"
    notices = [Notice("放假安排", "国办发明电〔2026〕99号")]
    table, _found = calendaredit.typed_table(2027, off, "2027-01-09", notices)
    figures = {}
    with kept.registered() as room:
        kept.fill(number, every=60, limit=30)
        transaction.commit()
        portal._p_jar.cacheMinimize()
        started = time.perf_counter()
        foreseen = dates.foresee(store.calendar(portal).with_table(table))
        figures["preview, s"] = time.perf_counter() - started
        changing.change_year(portal, 2027, table)
        transaction.commit()
        portal._p_jar.cacheMinimize()
        size = Path(portal._p_jar.db().storage.getName()).stat().st_size
        started = time.perf_counter()
        run_waiting(portal)
        figures["counting anew, with the trail, s"] = time.perf_counter() - started
        transaction.begin()
        grown = Path(portal._p_jar.db().storage.getName()).stat().st_size - size
        figures["megabytes of the database"] = grown / 1e6
        (job,) = jobs.of(portal).jobs.values()
        assert job.state == jobs.DONE, job.reason
        figures["dates counted"] = job.counts["dates_counted"]
        figures["dates moved"] = job.counts["dates_moved"]
        figures["dates only firmer"] = job.counts.get("dates_firmer", 0)
        calendar = store.calendar(portal)
        entries = {}
        for one in room.open_clocks():
            assert one.due == clock.due(calendar, one.clock, one.which, one.as_of)
            chain = trail.of(portal).chain(one.uid)
            entries[one.uid] = chain.count if chain is not None else 0
        figures["entries of the trail"] = sum(entries.values())
        assert figures["entries of the trail"] == foreseen.moved or not foreseen.whole
    return figures


main(app)  # noqa: F821
