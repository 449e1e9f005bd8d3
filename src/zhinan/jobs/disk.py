"""Failures of the disk, told from the mistakes of a program: what failed can be done
again when there is space, and nothing is wrong with it.
"""

from ZODB.FileStorage.FileStorage import FileStorageQuotaError
from ZODB.POSException import ReadOnlyError

import errno


FULL, READ_ONLY = "full", "read-only"
_BY_NUMBER = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
}


def disk_failure(error: BaseException | None) -> str:
    """Whether the disk is full or takes nothing; empty for any other error."""
    if isinstance(error, ReadOnlyError):
        return READ_ONLY
    if isinstance(error, FileStorageQuotaError):
        return FULL
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, "")
    return ""
