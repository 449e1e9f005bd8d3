"""The trail in real transactions: with the act or not at all, and never in the way."""

from BTrees.IOBTree import IOBTree
from BTrees.OOBTree import OOBTree
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from transaction import TransactionManager
from zhinan.trail import store
from zhinan.trail.acts import settle
from ZODB import DB
from ZODB.DemoStorage import DemoStorage
from ZODB.POSException import ConflictError
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import transaction


@pytest.fixture
def site(functional):
    """The site, with all rights; what is done is committed."""
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    transaction.commit()
    return portal


@pytest.fixture
def guide(site):
    """A draft."""
    made = api.content.create(
        site.guides, "MatterGuide", id="g1", title="测试事项", description="第一句。"
    )
    transaction.commit()
    return made


def acts(uid):
    """What the trail says."""
    return [entry.act for entry in store.entries(uid)]


def test_an_entry_commits_with_the_act_and_vanishes_with_it(site, guide):
    """Nobody has to settle: the commit does."""
    uid = guide.UID()
    assert acts(uid) == ["added"]
    api.content.transition(guide, "submit")
    settle()
    assert acts(uid) == ["added", "workflow.submit"]
    transaction.abort()
    assert acts(uid) == ["added"]
    api.content.transition(guide, "submit")
    transaction.commit()
    assert acts(uid) == ["added", "workflow.submit"]
    # Nothing is left over for the next transaction.
    site.setTitle("x")
    transaction.commit()
    assert acts(uid) == ["added", "workflow.submit"]


def test_an_object_older_than_the_trail(site, guide):
    """Its first entry names what changed, not all that it has; a look makes none."""
    uid = guide.UID()
    del store.peek(site).shard(uid)[uid]
    transaction.commit()
    notify(ObjectModifiedEvent(guide))
    transaction.commit()
    assert store.entries(uid) == []
    guide.description = "第二句。"
    notify(ObjectModifiedEvent(guide))
    transaction.commit()
    (entry,) = store.entries(uid)
    assert (entry.act, list(entry.fields)) == ("changed", ["description"])
    api.content.transition(guide, "submit")
    transaction.commit()
    assert store.entries(uid)[-1].fields == {}


@pytest.fixture
def database():
    """A database with a trail, without a site."""
    found = DB(DemoStorage())
    with found.transaction() as connection:
        connection.root()["trail"] = made = store.Trail()
        made.key = "none"
    yield found
    found.close()


def writing(database):
    """The trail on a connection of its own, and its transaction."""
    manager = TransactionManager()
    return database.open(manager).root()["trail"], manager


def pairs(number):
    """UIDs of new objects in twos, every other pair in one shard."""
    plain = [f"{n:032x}" for n in range(number * 2)]
    yield from zip(plain[::2], plain[1::2], strict=True)
    trail = store.Trail()
    shards = {}
    for n in range(number * 40):
        uid = f"f{n:031x}"
        shards.setdefault(id(trail.shard(uid)), []).append(uid)
    for uids in list(shards.values())[:number]:
        yield uids[0], uids[1]


def test_acts_on_different_objects_never_conflict(database):
    """Both new, in an empty shard, in the same one, and later both known."""
    for first, second in pairs(60):
        for act in ("added", "changed"):
            one, ours = writing(database)
            other, theirs = writing(database)
            one.write(first, {"act": act})
            other.write(second, {"act": act})
            ours.commit()
            theirs.commit()
            one._p_jar.close()
            other._p_jar.close()
    trail, _manager = writing(database)
    assert sum(chain.count for _uid, chain in trail.chains()) == 480
    assert len(list(trail.rows())) == 480


def test_acts_on_the_same_object_conflict(database):
    """The later one is done again, behind the first: no fork in the chain."""
    one, ours = writing(database)
    one.write("u", {"act": "added"})
    ours.commit()
    other, theirs = writing(database)
    one.write("u", {"act": "changed"})
    other.write("u", {"act": "changed"})
    ours.commit()
    with pytest.raises(ConflictError):
        theirs.commit()


def test_few_conflicts_where_a_bucket_is_split(database):
    """Only a split of the same bucket in the same moment; then it is done again."""
    conflicts = 0
    for n in range(1500):
        one, ours = writing(database)
        other, theirs = writing(database)
        one.write(f"a{n}", {"act": "added"})
        other.write(f"b{n}", {"act": "added"})
        ours.commit()
        try:
            theirs.commit()
        except ConflictError:
            conflicts += 1
            theirs.abort()
        one._p_jar.close()
        other._p_jar.close()
    assert conflicts <= 3


def test_the_journal_reads_from_its_end(database):
    """In steps, over several segments and days."""
    trail, manager = writing(database)
    for day in ("2026-11-23", "2026-11-24"):
        for writer in ("a", "b"):
            rows = trail.journal[f"{day} {writer}"] = IOBTree()
            for n in range(1, 251):
                at = f"{day}T{1 + n // 60:02}:{n % 60:02}:00.00000{writer == 'b':d}+00:00"
                rows[n] = (at, writer, n, "act")
    manager.commit()
    newest = list(trail.rows(newest_first=True))
    oldest = list(trail.rows())
    assert len(newest) == 1000 and newest == oldest[::-1]
    assert [row.at for row in oldest] == sorted(row.at for row in oldest)
    start = "2026-11-24T02:00:00.000000+00:00"
    found = list(trail.rows(start, "2026-11-24T02:01:00.000000+00:00"))
    assert [(row.uid, row.n) for row in found] == [("a", 60), ("b", 60)]
    assert isinstance(trail.journal, OOBTree)


def test_an_existing_site_gets_its_trail(site):
    """The upgrade prepares the store, and does so once."""
    from zhinan.trail import keys
    from zope.annotation.interfaces import IAnnotations

    del IAnnotations(site)[store.KEY]
    assert store.of(site) is None
    made = store.prepare(site)
    assert made.key == keys.current().name and store.prepare(site) is made


def test_a_job_commits_behind_its_request(site, guide):
    """Without a site in hand: types and fields are found all the same."""
    from zope.component.hooks import setSite

    guide.description = "第二句。"
    notify(ObjectModifiedEvent(guide))
    setSite(None)
    try:
        transaction.commit()
    finally:
        setSite(site)
    entry = store.entries(guide.UID())[-1]
    assert (entry.act, list(entry.fields)) == ("changed", ["description"])
