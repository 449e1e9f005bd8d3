"""Two connections at one outbox: the later one is done again, never renumbered."""

from zhinan.publishing.store import Outbox
from zhinan.publishing.store import Record
from zhinan.rules.revisions import Seen
from ZODB.DB import DB
from ZODB.MappingStorage import MappingStorage
from ZODB.POSException import ConflictError

import pytest
import transaction


def add(box, uid):
    """A first publication."""
    record = Record(uid, Seen(True, uid * 2, uid), uid, "", {}, 0)
    return box.add(record, "published", uid.encode())


@pytest.mark.parametrize("before", [0, 1, 200])
def test_two_at_once_conflict_and_the_second_comes_after(before):
    """Also where the trees are about to split."""
    db = DB(MappingStorage())
    with db.transaction() as connection:
        connection.root()["box"] = box = Outbox()
        for number in range(before):
            add(box, f"old{number}")
    managers = [transaction.TransactionManager() for _number in range(2)]
    boxes = [db.open(manager).root()["box"] for manager in managers]
    for box, uid in zip(boxes, "ab", strict=True):
        add(box, uid)
    managers[0].commit()
    with pytest.raises(ConflictError):
        managers[1].commit()
    managers[1].abort()
    add(boxes[1], "b")
    managers[1].commit()
    with db.transaction() as connection:
        box = connection.root()["box"]
        assert list(box.lines) == list(range(1, before + 3))
        assert [box.lines[before + n].uid for n in (1, 2)] == ["a", "b"]
        assert set(box.records) >= {"a", "b"}
    db.close()


def test_a_text_is_kept_once():
    """And reads back as it was."""
    box = Outbox()
    box.add(Record("a", Seen(True, "x", "a"), "", "", {}, 0), "published", b'{"a":1}')
    box.add(Record("b", Seen(True, "x", "b"), "", "", {}, 0), "published", b'{"a":1}')
    assert len(box.texts) == 1
    assert box.content("x") == {"a": 1} and box.content("y") is None
