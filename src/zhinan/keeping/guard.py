"""Lets the database file and its blobs stay whole: when the disk is full, and when two
people save at the same time.

FileStorage writes a transaction behind the last one and cuts it off again where that
fails. Its files are buffered: where the disk is full, the cutting writes the rest of
the buffer first, fails as well, and leaves a piece behind, which a later start or a
backup may stumble over; giving up the transaction fails in the same way, and leaves
what was never written in the memory of the connection. So both are done here, past the
buffers.

Before that, a transaction is refused as long as less than a reserve is free: then there
is no failing half-way, and room is left for logs and for packing to begin.

Blobs lie beside the file, and what wraps it keeps a list of those that the transaction
of the moment has brought, so that giving it up removes them. It does so behind the end
of that transaction, when the next one may have brought its own: those are removed,
though they are acknowledged later. Here they are removed before the end.
"""

from pathlib import Path
from typing import Any
from zhinan import logger
from ZODB.blob import BlobStorage
from ZODB.FileStorage import FileStorage
from zope.component import adapter
from zope.processlifetime import IDatabaseOpenedWithRoot

import errno
import os
import signal


#: Megabytes that stay free, and the variable that says otherwise.
RESERVE, VARIABLE = 50, "ZHINAN_DISK_RESERVE"
#: Names by which what wraps a storage knows it.
_INNER = ("_storage", "_BlobStorage__storage")


def file_storage(storage: Any) -> FileStorage | None:
    """The database file in a storage and its wrappings, if it has one."""
    while storage is not None:
        if isinstance(storage, FileStorage):
            return storage
        known = getattr(storage, "__dict__", {})
        storage = next((known[name] for name in _INNER if name in known), None)
    return None


def reserve() -> int:
    """Bytes that stay free."""
    text = os.environ.get(VARIABLE, "")
    return int(text if text.isdecimal() else RESERVE) * 1_000_000


def free(path: Path) -> int:
    """Bytes that are free for this process where a path is."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def _forget(stream: Any) -> None:
    """Close a file without what its buffer holds: that goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)
    stream.close()


def cut(storage: FileStorage) -> None:
    """Let the file end where the last whole transaction does."""
    with storage._lock:
        old = storage._file
        os.ftruncate(old.fileno(), storage._pos)
        storage._file = open(storage._file_name, "r+b")  # noqa: SIM115
        _forget(old)
        storage._files.flush()


def renew_temporary(storage: FileStorage) -> None:
    """Begin the file in which a transaction is collected anew, and free its space."""
    old = storage._tfile
    storage._tfile = open(f"{storage._file_name}.tmp", "w+b")  # noqa: SIM115
    _forget(old)


class Guard:
    """Stands before a database file."""

    def __init__(self, storage: FileStorage):
        self.storage = storage
        self.begin = storage.tpc_begin
        self.vote = storage.tpc_vote
        self.finish = storage.tpc_finish
        self.clear_temporary = storage._clear_temp
        storage.tpc_begin = self.tpc_begin
        storage.tpc_vote = self.tpc_vote
        storage.tpc_finish = self.tpc_finish
        storage._clear_temp = self.clear_temp
        storage.zhinan_guard = self

    def tpc_begin(self, *arguments: Any, **options: Any) -> Any:
        """Refuse a transaction for which there may not be space."""
        path = Path(self.storage._file_name)
        if free(path.parent) < reserve():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return self.begin(*arguments, **options)

    def tpc_vote(self, *arguments: Any, **options: Any) -> Any:
        """Leave nothing behind of what cannot be written."""
        try:
            return self.vote(*arguments, **options)
        except OSError:
            self._tidy()
            raise

    def clear_temp(self) -> None:
        """Forget what was collected, also where the disk does not take its rest.

        Else giving up a transaction would fail half-way, and the connection would keep
        what was never written, for whoever uses it next.
        """
        try:
            self.clear_temporary()
        except OSError:
            renew_temporary(self.storage)

    def _tidy(self) -> None:
        storage = self.storage
        path = storage._file_name
        try:
            if not storage._nextpos and os.path.getsize(path) != storage._pos:
                cut(storage)
        except OSError:
            logger.critical("%s could not be cut to its end", path, exc_info=True)

    def tpc_finish(self, *arguments: Any, **options: Any) -> Any:
        """End a process whose storage has closed itself: it can do nothing more."""
        try:
            return self.finish(*arguments, **options)
        except BaseException:
            if self.storage._file.closed:
                logger.critical("The database closed itself: the process ends")
                os.kill(os.getpid(), signal.SIGTERM)
            raise


class BlobGuard:
    """Stands before the blobs of a database file."""

    def __init__(self, blobs: BlobStorage, storage: FileStorage):
        self.blobs = blobs
        self.storage = storage
        blobs.tpc_abort = self.tpc_abort
        blobs.tpc_finish = self.tpc_finish

    def tpc_abort(self, transaction: Any) -> None:
        """Remove the blobs of this transaction, while no other one can have any."""
        if transaction is self.storage._transaction:
            self.blobs._blob_tpc_abort()
        self.storage.tpc_abort(transaction)

    def tpc_finish(self, transaction: Any, tell: Any = None) -> Any:
        """From now on its blobs belong to the database."""

        def finishing(tid: bytes) -> None:
            self.blobs._blob_tpc_finish()
            if tell is not None:
                tell(tid)

        return self.storage.tpc_finish(transaction, finishing)


def guard(database: Any) -> bool:
    """Stand before the file of a database that is written to; whether it has one."""
    found = file_storage(database.storage)
    if found is None or found.isReadOnly():
        return False
    if not hasattr(found, "zhinan_guard"):
        Guard(found)
        if isinstance(database.storage, BlobStorage):
            BlobGuard(database.storage, found)
        for instance in list(database._mvcc_storage._instances):
            # A connection that wrote already has kept what it then called.
            for name in ("tpc_vote", "tpc_abort"):
                instance.__dict__.pop(name, None)
    return True


@adapter(IDatabaseOpenedWithRoot)
def on_opened(event: Any) -> None:
    """Guard the database of this process."""
    guard(event.database)
