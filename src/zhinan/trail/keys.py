"""The key of the trail, which lies in a file outside the database.

With it are made the digests of what fields hold and the seals of the anchors. Whoever
has the database alone can neither guess a value nor make an anchor anew. The database
knows the name of its key (a fingerprint), so that a key that is missing or another one
is said in a sentence and not taken for a change of the trail.

The file has one line with 64 hexadecimal digits. A second one, ``replaces <name>``,
says that the key with this name is lost and that this one takes its place.
"""

from functools import lru_cache
from pathlib import Path
from zhinan import _
from zhinan import logger
from zhinan.rules.chain import fingerprint
from zhinan.rules.chain import subkey
from zope.i18n import translate

import os
import re
import secrets


ENVIRONMENT = "ZHINAN_TRAIL_KEY_FILE"
NAME = "trail.key"
_LINE = re.compile(r"^[0-9a-f]{64}$")


class KeyTrouble(Exception):
    """The key is missing or another one; the first argument is a Message."""

    def __str__(self) -> str:
        """The sentence, for logs and for operators."""
        return str(translate(self.args[0], target_language="zh_CN"))


def var() -> Path:
    """The folder of what the instance keeps."""
    home = os.environ.get("ZHINAN_HOME")
    if home:
        return Path(home) / "var"
    from App.config import getConfiguration

    return Path(getConfiguration().clienthome).parent


def path() -> Path:
    """Where the key lies."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else var() / NAME


class Key:
    """A key and what is made of it."""

    def __init__(self, secret: bytes, replaces: str = ""):
        self.secret = secret
        self.name = fingerprint(secret)
        #: name of the lost key whose place it takes
        self.replaces = replaces
        self.fields = subkey(secret, "fields")
        self.addresses = subkey(secret, "addresses")


def current() -> Key | None:
    """The key, or None while there is none.

    :raises KeyTrouble: if the file cannot be read or holds no key.
    """
    place = path()
    try:
        known = place.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(place, error) from error
    return _read(place, known.st_mtime_ns, known.st_ino)


@lru_cache(maxsize=8)
def _read(place: Path, changed: int, inode: int) -> Key:
    try:
        lines = place.read_text("ascii").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(place, error) from error
    if not _LINE.match(lines[0]):
        raise KeyTrouble(
            _(
                "trail_key_garbled",
                default="${path} holds no key of the trail. Put back the file from "
                "its safe place.",
                mapping={"path": str(place)},
            )
        )
    replaces = next(
        (line.split()[1] for line in lines[1:] if line.startswith("replaces ")), ""
    )
    return Key(bytes.fromhex(lines[0]), replaces)


def _unreadable(place: Path, error: Exception) -> KeyTrouble:
    return KeyTrouble(
        _(
            "trail_key_unreadable",
            default="The key of the trail ${path} cannot be read: ${reason}.",
            mapping={"path": str(place), "reason": str(error)},
        )
    )


def make(replaces: str = "") -> Key:
    """The key, made if there is none; two processes that make it have the same.

    :raises KeyTrouble: if it cannot be written.
    """
    place = path()
    text = secrets.token_hex(32) + "\n" + (f"replaces {replaces}\n" if replaces else "")
    # Whole under another name first: nobody reads half a key.
    fresh = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            # Unlike a rename, a link replaces nothing.
            os.link(fresh, place)
            logger.info("Made the key of the trail: %s", place)
        except FileExistsError:
            pass
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise _unreadable(place, error) from error
    found = current()
    if found is None:
        raise _unreadable(place, FileNotFoundError(str(place)))
    return found


def of(name: str) -> Key:
    """The key with this name, which a trail was begun with; any, where it is empty.

    :raises KeyTrouble: if it is not there and nothing says that it is lost.
    """
    found = current()
    if found is None and not name:
        return make()
    if found is None:
        raise KeyTrouble(
            _(
                "trail_key_missing",
                default="The key of the trail is missing. Put the file ${path} back "
                "from its safe place (its name is ${name}). If it is lost for good, "
                "make another one with “bin/zhinan trail new-key”.",
                mapping={"path": str(path()), "name": name},
            )
        )
    if name and name not in {found.name, found.replaces}:
        raise KeyTrouble(
            _(
                "trail_key_other",
                default="${path} is another key (${found}) than that of this trail "
                "(${name}). Put back the right one from its safe place.",
                mapping={"path": str(path()), "found": found.name, "name": name},
            )
        )
    return found
