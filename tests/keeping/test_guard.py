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


def test_no_file_no_guard():
    """A database in memory has nothing to be guarded."""
    from ZODB.DB import DB
    from ZODB.DemoStorage import DemoStorage

    database = DB(DemoStorage())
    assert not guarding.guard(database)
    database.close()
