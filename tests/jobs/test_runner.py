"""Jobs: whole or not at all, never twice, going on where they stopped."""

from plone import api
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from zhinan.jobs import store
from zhinan.jobs.interfaces import NotStarted
from zhinan.jobs.runner import Leader
from zhinan.jobs.runner import run_waiting
from zhinan.testing import add_person
from ZODB.POSException import ConflictError

import datetime
import pytest
import transaction


PATH = "/plone"


def documents(site):
    """Ids of what the jobs made."""
    return sorted(name for name in site.objectIds() if name[1:].isdigit())


def test_a_job_runs_to_its_end(site):
    """State, progress, counts, rows and files tell what was done, and by whom."""
    job = store.start("counting", {"number": 7})
    assert job.state == "waiting"
    seen = []
    run_waiting(site, lambda: seen.append(store.get(job.id).done))
    assert seen == [3, 6, 7]
    assert (job.state, job.done, job.total) == ("done", 7, 7)
    assert dict(job.counts) == {"new": 7}
    assert [row["number"] for row in job.rows()] == list(range(7))
    assert [row["number"] for row in job.rows(2, 3)] == [2, 3, 4]
    with job.files["结果.txt"].blob.open() as file:
        assert file.read() == b"7"
    assert site["d0"].Creator() == TEST_USER_ID
    assert job.started <= job.ended
    assert not store.of(site).open


def test_a_failure_leaves_no_write(site):
    """The batch that failed is dropped whole, and the reason is kept."""
    title = site.title
    job = store.start("failing", {})
    run_waiting(site)
    assert job.state == "failed"
    assert store.unpack(job.reason) == "不行"
    assert site.title == title


def test_a_mistake_of_the_program_is_a_failure_with_a_number(site):
    """An error that nobody foresaw ends the job, not the thread."""
    job = store.start("failing", {"error": True})
    after = store.start("counting", {"number": 1})
    run_waiting(site)
    assert job.state == "failed" and job.reason["id"] == "job_broken"
    assert job.id in job.reason["mapping"]["job"]
    assert after.state == "done"


def test_a_conflict_does_the_batch_again(site, kinds):
    """Nothing of the first try stays: no document, row or count twice."""
    tries = []

    def once(run):
        tries.append(run.checkpoint)
        if len(tries) == 1:
            raise ConflictError("somebody wrote")

    kinds["counting"].at[4] = once
    job = store.start("counting", {"number": 6})
    run_waiting(site)
    assert tries == [3, 3]
    assert job.state == "done"
    assert dict(job.counts) == {"new": 6}
    assert [row["number"] for row in job.rows()] == list(range(6))


class Killed(BaseException):
    """Stands for a process that ends at once."""


def test_an_interrupted_job_goes_on_behind_its_last_batch(site, kinds):
    """Another process takes it up; what was committed is not done again."""

    def killed(run):
        raise Killed

    kinds["counting"].at[4] = killed
    job = store.start("counting", {"number": 6})
    with pytest.raises(Killed):
        run_waiting(site)
    transaction.abort()
    assert (job.state, job.done) == ("running", 3)
    assert documents(site) == ["d0", "d1", "d2"]
    kinds["counting"].at.clear()
    run_waiting(site)
    assert (job.state, job.done) == ("done", 6)
    assert documents(site) == [f"d{number}" for number in range(6)]


def test_what_kills_the_process_is_given_up(site, kinds):
    """A job that ends the program each time must not do so for ever."""

    def killed(run):
        raise Killed

    kinds["counting"].at[4] = killed
    job = store.start("counting", {"number": 6})
    # The first of them gets one batch done, which counts as getting on.
    for _attempt in range(1 + 3):
        with pytest.raises(Killed):
            run_waiting(site)
        transaction.abort()
    run_waiting(site)
    assert job.state == "failed" and job.reason["id"] == "job_interrupted"


def test_cancel_keeps_what_was_done(site, kinds):
    """The job ends before its next batch; a second wish changes nothing."""
    job = store.start("counting", {"number": 9})
    kinds["counting"].at[4] = lambda run: store.cancel(store.get(run.job_id))
    run_waiting(site)
    assert job.state == "cancelled"
    assert documents(site) == [f"d{number}" for number in range(6)]
    assert store.cancel(job) is False


def test_cancelled_while_it_waits(site):
    """Then it never begins."""
    job = store.start("counting", {"number": 9})
    assert store.cancel(job) is True
    run_waiting(site)
    assert job.state == "cancelled" and not documents(site)


def test_rights_are_checked_at_the_start_and_again_when_it_fires(site):
    """Who may not, starts nothing; who may no longer, gets no batch done."""
    job = store.start("counting", {"number": 3})
    setRoles(site, TEST_USER_ID, ["Member"])
    with pytest.raises(NotStarted) as refusal:
        store.start("counting", {"number": 3})
    assert refusal.value.args[0] == "job_not_allowed"
    run_waiting(site)
    assert job.state == "failed" and job.reason["id"] == "job_no_longer_allowed"
    assert not documents(site)


def test_who_has_left_gets_nothing_done(site):
    """An account that is gone has no rights."""
    user = api.user.create(
        "a@example.com", "linshi", "ren-wu-2026-ceshi", roles=("Manager",)
    )
    with api.env.adopt_user(user=user):
        job = store.start("counting", {"number": 3})
    api.user.delete(username="linshi")
    run_waiting(site)
    assert job.state == "failed" and job.reason["id"] == "job_nobody"


def test_a_button_pressed_twice_starts_one_job(site):
    """The same key is the same job until it has ended."""
    first = store.start("counting", {"number": 1}, key="a")
    assert store.start("counting", {"number": 1}, key="a").id == first.id
    assert store.start("counting", {"number": 1}, key="b").id != first.id
    run_waiting(site)
    assert store.start("counting", {"number": 0}, key="a").id != first.id


def test_unknown_kind_and_impossible_parameters(site):
    """A job is plain data of a known kind, or there is none."""
    with pytest.raises(NotStarted):
        store.start("dancing", {})
    with pytest.raises(TypeError):
        store.start("counting", {"number": object()})
    assert store.of(site) is None or not store.of(site).open


def test_two_leaders_do_nothing_twice(site, functional):
    """Who lost the lease cannot commit, even in the middle of a batch."""
    job = store.start("counting", {"number": 6})
    transaction.commit()
    app = site._p_jar.root()["Application"]
    first, second = Leader(app), Leader(app)
    assert first.lead(PATH) and first.batch(PATH)
    assert second.lead(PATH)
    transaction.begin()
    before = job.done
    assert not first.batch(PATH)
    transaction.begin()
    assert job.done == before == 3
    while second.batch(PATH):
        pass
    transaction.begin()
    assert job.state == "done"
    assert documents(site) == [f"d{number}" for number in range(6)]


def test_a_lease_taken_during_a_batch_fails_its_commit(site, kinds, functional):
    """The lease is read by the commit: a takeover by another connection wins."""
    manager = transaction.TransactionManager()

    def takeover(run):
        connection = site._p_jar.db().open(manager)
        lease = store.of(connection.root()["Application"].plone).lease
        lease.mark = ("elsewhere", 1, "1", "x")
        manager.commit()
        connection.close()

    kinds["counting"].at[1] = takeover
    job = store.start("counting", {"number": 3})
    run_waiting(site)
    assert not documents(site)
    assert job.state == "running" and job.done == 0


def test_scheduled_work_runs_and_its_failure_is_written_down(site, kinds):
    """A trouble is kept while it lasts; what is due again is done again."""
    from zhinan.jobs.interfaces import IScheduled
    from zope.component import getGlobalSiteManager
    from zope.interface import implementer

    @implementer(IScheduled)
    class Every:
        every = 5
        broken = True

        def run(self, portal):
            portal.title = "定时"
            if self.broken:
                raise ValueError("坏了")
            return True

    work = Every()
    registry = getGlobalSiteManager()
    registry.registerUtility(work, IScheduled, "test")
    try:
        store.prepare(site)
        transaction.commit()
        leader = Leader(site._p_jar.root()["Application"])
        leader.lead(PATH)
        leader.scheduled(PATH, "test")
        transaction.begin()
        assert site.title != "定时"
        assert "坏了" in store.of(site).troubles["test"]["reason"]
        work.broken = False
        leader.scheduled(PATH, "test")
        transaction.begin()
        assert site.title == "定时"
        assert "test" not in store.of(site).troubles
    finally:
        registry.unregisterUtility(work, IScheduled, "test")


def test_results_are_kept_for_a_set_time(site):
    """Then they go, with their files; a job that has not ended stays."""
    old = store.start("counting", {"number": 1})
    run_waiting(site)
    fresh = store.start("counting", {"number": 2})
    assert store.purge(site) == 0
    old.ended -= datetime.timedelta(days=8)
    assert store.purge(site) == 1
    assert store.get(old.id) is None and store.get(fresh.id) is not None


def test_everybody_sees_their_own(site):
    """A job is seen by who started it and by those who may see all."""
    job = store.start("counting", {"number": 1})
    add_person("tongshi", "tong-shi-2026-x", "editor", department="csj")
    other = api.user.get(username="tongshi")
    with api.env.adopt_user(user=other):
        assert not store.may_see(job) and not list(store.visible())
    assert [found.id for found in store.visible()] == [job.id]
    with api.env.adopt_roles(["Anonymous"]):
        pass
    setRoles(site, TEST_USER_ID, ["Member"])
    assert store.may_see(job)
