"""A database file that may not grow: nothing stays of what could not be written."""

from .compared import whole
from .writer import opened
from contextlib import contextmanager
from persistent.mapping import PersistentMapping
from zhinan.keeping import guard as guarding
from zhinan.keeping.place import Place
from ZODB.blob import Blob

import os
import pytest
import random
import resource
import transaction


@contextmanager
def files_of_at_most(size):
    """No file of this process may grow beyond; as a full disk, but for one file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def database(tmp_path, monkeypatch):
    """A guarded database."""
    monkeypatch.setenv(guarding.VARIABLE, "0")
    for name in ("filestorage", "blobstorage"):
        (tmp_path / "var" / name).mkdir(parents=True)
    found = opened(tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_failed_left_nothing(tmp_path, database, seed):
    """After each failure the file ends where it did, and memory tells what it holds."""
    chance = random.Random(seed)
    place = Place(tmp_path)
    connection = database.open()
    root = connection.root()
    root["texts"] = PersistentMapping()
    transaction.commit()
    # A connection that wrote before the guard stood is guarded, too.
    assert guarding.guard(database)
    storage = guarding.file_storage(database.storage)
    kept, failed = {}, 0
    for number in range(120):
        size = chance.randrange(10, 60_000)
        limit = place.data.stat().st_size + chance.randrange(0, 90_000)
        text = chance.randbytes(size)
        with files_of_at_most(limit):
            try:
                root["texts"][number % 7] = text
                root[f"blob {number % 3}"] = blob = Blob()
                with blob.open("w") as stream:
                    stream.write(text)
                transaction.commit()
                kept[number % 7] = text
            except OSError:
                transaction.abort()
                failed += 1
        assert place.data.stat().st_size == storage._pos
        assert dict(root["texts"]) == kept
    assert 10 < failed < 110
    whole(place)
    named = {
        path.name
        for path in place.blobs.rglob("*.blob")
        if "tmp" not in path.relative_to(place.blobs).parts
    }
    assert named
    assert not [path for path in (place.blobs / "tmp").iterdir() if path.is_file()]


def test_a_reserve_stays_free(tmp_path, database, monkeypatch):
    """A transaction is refused before it begins; with space it is taken again."""
    assert guarding.guard(database)
    root = database.open().root()
    root["a"] = 1
    transaction.commit()
    size = (tmp_path / "var" / "filestorage" / "Data.fs").stat().st_size
    too_much = guarding.free(tmp_path) // 1_000_000 + 10_000
    monkeypatch.setenv(guarding.VARIABLE, str(too_much))
    root["a"] = 2
    with pytest.raises(OSError, match=os.strerror(28)):
        transaction.commit()
    transaction.abort()
    assert root["a"] == 1
    assert (tmp_path / "var" / "filestorage" / "Data.fs").stat().st_size == size
    monkeypatch.setenv(guarding.VARIABLE, "nonsense")
    assert guarding.reserve() == guarding.RESERVE * 1_000_000
    monkeypatch.setenv(guarding.VARIABLE, "0")
    root["a"] = 3
    transaction.commit()
    assert root["a"] == 3


class Two:
    """A wrapped database file, and two who write a blob into it."""

    def __init__(self, folder):
        from ZODB.blob import BlobStorage
        from ZODB.DB import DB
        from ZODB.FileStorage import FileStorage

        self.blobs = BlobStorage(
            str(folder / "blobs"), FileStorage(str(folder / "Data.fs"))
        )
        self.database = DB(self.blobs)
        self.folder = folder
        self.told = []

    def begun(self):
        """A transaction that has brought a blob; its object's number."""
        from ZODB.Connection import TransactionMetaData

        found = TransactionMetaData()
        self.blobs.tpc_begin(found)
        oid = self.blobs.new_oid()
        path = self.folder / f"{oid.hex()}.part"
        path.write_bytes(b"precious")
        record = b"cZODB.blob\nBlob\nq\x01.N."
        self.blobs.storeBlob(oid, b"\0" * 8, record, str(path), "", found)
        return found, oid

    def ended(self, transaction):
        """Commit it."""
        self.blobs.tpc_vote(transaction)
        return self.blobs.tpc_finish(transaction, self.told.append)

    def there(self, oid, tid):
        """Whether the blob is."""
        return os.path.exists(self.blobs.fshelper.getBlobFilename(oid, tid))


@pytest.fixture
def two(tmp_path, monkeypatch):
    """Guarded, too."""
    monkeypatch.setenv(guarding.VARIABLE, "0")
    found = Two(tmp_path)
    assert guarding.guard(found.database)
    yield found
    found.database.close()


def test_giving_up_keeps_the_blobs_of_who_comes_next(two, monkeypatch):
    """The one who waits begins as soon as the other one ends: its blobs stay."""
    storage = guarding.file_storage(two.blobs)
    refused, refused_oid = two.begun()
    refused_tid = storage._tid
    release, next_ones = storage._commit_lock_release, []

    def released():
        release()
        if not next_ones:
            next_ones.append(None)
            next_ones[0] = two.begun()

    monkeypatch.setattr(storage, "_commit_lock_release", released)
    two.blobs.tpc_abort(refused)
    transaction_, oid = next_ones[0]
    tid = two.ended(transaction_)
    assert two.there(oid, tid) and two.told == [tid]
    assert not two.there(refused_oid, refused_tid)


def test_who_never_began_removes_nothing(two):
    """A transaction that was refused at its beginning leaves others their blobs."""
    from ZODB.Connection import TransactionMetaData

    mine, oid = two.begun()
    two.blobs.tpc_abort(TransactionMetaData())
    tid = two.ended(mine)
    assert two.there(oid, tid)


def test_finishing_leaves_the_list_to_who_comes_next(two, monkeypatch):
    """What the next one brought is removed when it is given up."""
    storage = guarding.file_storage(two.blobs)
    first, first_oid = two.begun()
    finish, next_ones = storage.tpc_finish, []

    def finished(*arguments):
        tid = finish(*arguments)
        next_ones.append((*two.begun(), storage._tid))
        return tid

    monkeypatch.setattr(storage, "tpc_finish", finished)
    first_tid = two.ended(first)
    second, second_oid, second_tid = next_ones[0]
    two.blobs.tpc_abort(second)
    assert two.there(first_oid, first_tid)
    assert not two.there(second_oid, second_tid)


def test_no_file_no_guard():
    """A database in memory has nothing to be guarded."""
    from ZODB.DB import DB
    from ZODB.DemoStorage import DemoStorage

    database = DB(DemoStorage())
    assert not guarding.guard(database)
    database.close()
