"""Who runs jobs: one process at a time, by a lease that is kept in the database.

On a storage with one writer (FileStorage) whoever has the database open for writing is
alone, so a lease of somebody else is that of a process that has ended. On a storage
with many writers a lease runs out unless it is renewed; that of a process on the same
machine which has ended counts no longer at once.
"""

from pathlib import Path
from persistent import Persistent
from typing import Any
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage
from ZODB.MappingStorage import MappingStorage

import os
import secrets
import socket
import time


#: Seconds for which a lease holds on a storage with many writers.
TERM = 45.0
_INNER = ("_storage", "_BlobStorage__storage")


def _machine() -> str:
    """A name for this start of this machine: process numbers begin anew with it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = ""
    return f"{socket.gethostname()}/{boot}"


def _began(pid: int) -> str:
    """When a process began, in the kernel's clock ticks; empty if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The name of the program, in brackets, may hold anything.
    fields = text.rpartition(")")[2].split()
    # A zombie holds nothing any more.
    return "" if fields[0] == "Z" else fields[19]


class Holder:
    """A process that may hold the lease."""

    def __init__(self) -> None:
        self.machine = _machine()
        self.pid = os.getpid()
        self.began = _began(self.pid)
        self.token = secrets.token_hex(8)

    @property
    def mark(self) -> tuple[str, int, str, str]:
        """What the lease keeps of the holder."""
        return (self.machine, self.pid, self.began, self.token)


class Lease(Persistent):
    """The lease of a site's jobs."""

    mark: tuple[str, int, str, str] | None = None
    until = 0.0

    def held_by(self, holder: Holder) -> bool:
        """Whether this holder has it; it may have run out."""
        return self.mark == holder.mark

    def take(self, holder: Holder, alone: bool) -> bool:
        """Take or renew the lease if that is possible now; whether the holder has it.

        :param alone: whether nobody else can write to the storage.
        """
        moment = time.time()
        if not self.held_by(holder):
            if not alone and moment < self.until and not self._ended(holder):
                return False
            self.mark = holder.mark
            self.until = moment + TERM
        elif not alone and self.until - moment < TERM / 2:
            self.until = moment + TERM
        return True

    def release(self, holder: Holder) -> None:
        """Give the lease back."""
        if self.held_by(holder):
            self.mark, self.until = None, 0.0

    def _ended(self, holder: Holder) -> bool:
        """Whether the process that has the lease is known to have ended."""
        if self.mark is None:
            return True
        machine, pid, began, _token = self.mark
        return machine == holder.machine and bool(began) and _began(pid) != began


def alone(storage: Any) -> bool:
    """Whether a storage has one writing process only."""
    while storage is not None:
        if isinstance(storage, FileStorage | DemoStorage | MappingStorage):
            return True
        # What wraps a storage (for views of it, for blobs) knows it by these names.
        known = getattr(storage, "__dict__", {})
        storage = next((known[name] for name in _INNER if name in known), None)
    return False
