"""Two databases compared: every object and every blob as of a transaction."""

from pathlib import Path
from ZODB.blob import FilesystemHelper
from ZODB.blob import is_blob_record
from ZODB.FileStorage import FileStorage
from ZODB.POSException import POSKeyError
from ZODB.utils import p64
from ZODB.utils import u64


def objects(storage, tid):
    """Every object of a storage at a transaction: its data and serial."""
    found = {}
    for oid in storage._index:
        try:
            loaded = storage.loadBefore(oid, p64(u64(tid) + 1))
        except POSKeyError:
            continue
        if loaded is not None:
            found[oid] = loaded[:2]
    return found


def compare(source, restored, tid):
    """The places as of a transaction; numbers of what was compared.

    :param source: the running or stopped site's place, read only.
    :param restored: what came out of the backup.
    """
    one = FileStorage(str(source.data), read_only=True)
    two = FileStorage(str(restored.data), read_only=True)
    try:
        assert two.lastTransaction() == tid
        wanted, found = objects(one, tid), objects(two, tid)
        assert wanted.keys() == found.keys()
        different = [oid for oid in wanted if wanted[oid] != found[oid]]
        assert not different
        blobs = 0
        for place_oid, (data, serial) in found.items():
            if is_blob_record(data):
                assert blob(source, place_oid, serial) == blob(
                    restored, place_oid, serial
                )
                blobs += 1
        return len(found), blobs
    finally:
        one.close()
        two.close()


def blob(place, oid, serial):
    """The bytes of a blob."""
    helper = FilesystemHelper(str(place.blobs))
    return Path(helper.getBlobFilename(oid, serial)).read_bytes()


def whole(place):
    """Read a whole database file and see that each reference and blob is there."""
    from ZODB.FileStorage import FileIterator
    from ZODB.serialize import referencesf

    storage = FileStorage(str(place.data), read_only=True)
    try:
        missing, blobs = [], 0
        for oid in storage._index:
            try:
                data, serial = storage.load(oid)
            except POSKeyError:
                # An object whose making was undone.
                continue
            missing += [
                (oid, other)
                for other in referencesf(data)
                if other not in storage._index
            ]
            if is_blob_record(data):
                blobs += 1
                assert blob(place, oid, serial) is not None
        assert not missing, missing[:5]
        transactions = sum(1 for _t in FileIterator(str(place.data)))
        return len(storage._index), blobs, transactions
    finally:
        storage.close()
