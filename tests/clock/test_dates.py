"""Dates that other rooms keep move with the calendar, once, with an entry each."""

from . import keepings
from datetime import date
from zhinan.clock import changing
from zhinan.clock import dates
from zhinan.clock import store
from zhinan.jobs import store as jobs
from zhinan.jobs.runner import run_waiting
from zhinan.rules import clock
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import Status
from zhinan.testing import act_as
from zhinan.trail import store as trail

import json
import pytest
import transaction


SNOW = Closure(date(2027, 1, 5), date(2027, 1, 6), "大雪", "应急〔2027〕1号")


@pytest.fixture
def site(functional, file):
    portal = functional["portal"]
    act_as(portal, "calendar_keeper")
    with keepings.registered():
        keepings.fill(600, limit=36)
        transaction.commit()
        yield portal


def kept():
    return {one.key: one for one in keepings.Dossiers().open_clocks()}


def moved(site, uid):
    chain = trail.of(site).chain(uid)
    return (
        [] if chain is None else [json.loads(text) for text in chain.entries.values()]
    )


def last_job(site):
    return list(jobs.of(site).jobs.values())[-1]


def test_every_date_is_counted_anew_and_told(site, table):
    before = kept()
    foreseen = dates.foresee(store.calendar(site).with_table(table))
    changing.change_year(site, 2027, table)
    assert dates.waiting(site) is not None and not dates.unsettled(site)
    run_waiting(site)
    transaction.begin()
    job = last_job(site)
    assert (job.state, job.done, job.total) == ("done", 600, 600)
    after, calendar, changed = kept(), store.calendar(site), 0
    for key, one in after.items():
        due = clock.due(calendar, one.clock, one.which, one.as_of)
        assert one.due == due
        was = before[key].due
        said = [
            row
            for row in moved(site, one.uid)
            if row["from"].startswith(was.day.isoformat())
            and row["to"] == due.day.isoformat()
        ]
        changed += was != due
        if was != due:
            assert said and said[0]["act"] == "clock.moved"
            assert said[0]["note"] == "国办发明电〔2026〕99号"
    assert changed == foreseen.moved > 100
    assert foreseen.whole and foreseen.looked == 600
    entries = sum(len(moved(site, f"dossier-{number}")) for number in range(300))
    assert entries == changed
    assert job.counts["dates_moved"] + job.counts["dates_firmer"] == changed
    assert store.of(site).progress.settled == 1
    firmer = [one for one in after.values() if one.due.day.year == 2027]
    assert all(one.due.status is Status.OFFICIAL for one in firmer)


def test_counted_again_nothing_moves(site, table):
    changing.change_year(site, 2027, table)
    run_waiting(site)
    transaction.begin()
    number = len(moved(site, "dossier-1"))
    dates.recount(store.of(site))
    run_waiting(site)
    transaction.begin()
    assert last_job(site).counts["dates_counted"] == 600
    assert "dates_moved" not in last_job(site).counts
    assert len(moved(site, "dossier-1")) == number


def test_undo_moves_them_back(site, table):
    before = {key: one.due for key, one in kept().items()}
    changing.change_year(site, 2027, table)
    run_waiting(site)
    transaction.begin()
    changing.undo(site)
    run_waiting(site)
    transaction.begin()
    assert {key: one.due for key, one in kept().items()} == before


def test_a_change_while_dates_are_counted(site, table):
    """The job that was overtaken ends; the next one counts all, by both reasons."""
    changing.change_year(site, 2027, table)
    first = dates.waiting(site).id
    transaction.commit()

    def second_change():
        if store.of(site).number == 1:
            transaction.begin()
            changing.change_closures(site, [SNOW])
            transaction.commit()

    run_waiting(site, watch=second_change)
    transaction.begin()
    assert jobs.get(first).done == 250
    assert last_job(site).counts["dates_counted"] == 600
    calendar = store.calendar(site)
    for one in kept().values():
        assert one.due == clock.due(calendar, one.clock, one.which, one.as_of)
    notes = {row["note"] for row in moved(site, "dossier-290")}
    assert notes == {"国办发明电〔2026〕99号、应急〔2027〕1号"}
    assert store.of(site).progress.settled == 2


def test_several_rooms_take_turns(site, table):
    class Empty(keepings.Dossiers):
        def open_clocks(self, after=""):
            return iter(())

        def number(self):
            return 0

    with keepings.registered("a.empty", Empty()), keepings.registered("z", Empty()):
        changing.change_year(site, 2027, table)
        run_waiting(site)
    transaction.begin()
    assert last_job(site).counts["dates_counted"] == 600
    assert store.of(site).progress.settled == 1


def test_who_may_do_it_no_longer_leaves_it_to_others(site, table):
    changing.change_year(site, 2027, table)
    transaction.commit()
    act_as(site)
    run_waiting(site)
    transaction.begin()
    assert last_job(site).state == "failed"
    assert dates.unsettled(site)
    act_as(site, "calendar_keeper")
    dates.recount(store.of(site))
    assert not dates.unsettled(site)


def test_without_dates_no_job_is_made(functional, file, table):
    site = functional["portal"]
    act_as(site, "calendar_keeper")
    changing.change_year(site, 2027, table)
    assert dates.waiting(site) is None and not dates.unsettled(site)
