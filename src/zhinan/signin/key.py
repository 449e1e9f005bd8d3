"""The key of sign-in: a file beside the database, never in it.

Secrets of second factors, recovery codes, app passwords, the names under which failed
attempts are counted and the mark of a known browser all hang on it. A copy of the
database alone is worth nothing to a thief; a lost key means that second factors are
set up anew (docs/operations.md).
"""

from App.config import getConfiguration
from functools import cache
from pathlib import Path
from zhinan.jobs.disk import disk_failure

import hashlib
import hmac
import os
import secrets


#: Another place of the key, for tests and for machines that keep secrets elsewhere.
VARIABLE = "ZHINAN_SIGNIN_KEY"
NAME = "signin.key"
LENGTH = 32


def path() -> Path:
    """Where the key stands: in the site's ``var``."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    return Path(getConfiguration().clienthome).parent / NAME


@cache
def _read(place: Path) -> bytes:
    """The key; made at first use, readable by its owner alone.

    It is written aside and linked to its place: two processes that start together end
    with one key.
    """
    if not place.exists():
        aside = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb") as out:
                out.write(secrets.token_bytes(LENGTH))
                out.flush()
                os.fsync(out.fileno())
            os.link(aside, place)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    found = place.read_bytes()
    if len(found) < LENGTH:
        raise RuntimeError(f"{place} is damaged: put it back from its backup")
    return found


@cache
def _passing() -> bytes:
    return secrets.token_bytes(LENGTH)


def key() -> bytes:
    """The key.

    Where there is none yet and the disk takes nothing, one of this process: waits are
    counted with it, and nothing older can hang on it.
    """
    try:
        return _read(path())
    except OSError as error:
        if path().exists() or not disk_failure(error):
            raise
        return _passing()


def mark(purpose: str, *parts: str) -> str:
    """What is kept in the place of a secret or a name: an HMAC with the key."""
    text = "\0".join((purpose, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(key(), text, hashlib.sha256).hexdigest()


def is_mark(found: str, purpose: str, *parts: str) -> bool:
    """Whether this is the mark of these parts; takes the same time always."""
    return hmac.compare_digest(found.encode(), mark(purpose, *parts).encode())
