"""How a command talks with the site's process: lines of JSON over a local socket.

Nothing but the standard library: a command that only asks does not load Plone.
A question is one line; where it has ``files`` (name and size of each), their bytes
follow. The answer is one line or, while a job is watched, many.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from typing import BinaryIO

import json
import os
import shutil
import socket
import struct


#: Name of the socket in the site's ``var``.
SOCKET = "zhinan.sock"
#: Bytes of the longest line; files do not count.
LONGEST_LINE = 4 * 1024 * 1024
CHUNK = 1 << 20


class NoServer(Exception):
    """No process of the site listens."""


class Garbled(Exception):
    """What came over the line is not what it should be."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A path of a socket that is short enough: the kernel takes 107 bytes only."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path) -> socket.socket:
    """Listen at a path that only its owner may open; what an old process left goes.

    The socket is made beside its place and moved there when its mode is right, so
    that nobody can come in between.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_path(made) as short:
        server.bind(short)
    made.chmod(0o600)
    server.listen(8)
    made.replace(path)
    return server


def connect(path: Path, timeout: float = 60.0) -> socket.socket:
    """Connect to the site's process.

    :raises NoServer: if none listens.
    """
    if not path.parent.is_dir():
        raise NoServer(str(path))
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(timeout)
    try:
        with short_path(path) as short:
            client.connect(short)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        client.close()
        raise NoServer(str(path)) from error
    except OSError:
        client.close()
        raise
    return client


def peer(connection: socket.socket) -> int:
    """The user number of the process at the other end."""
    data = connection.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
    )
    return int(struct.unpack("3i", data)[1])


def send(stream: BinaryIO, data: dict[str, Any]) -> None:
    """Send one line."""
    stream.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """The next line, or None at the end.

    :raises Garbled: if it is no object of JSON, or too long.
    """
    line = stream.readline(LONGEST_LINE + 1)
    if not line:
        return None
    if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
        raise Garbled("too long")
    try:
        data = json.loads(line)
    except ValueError as error:
        raise Garbled(str(error)) from error
    if not isinstance(data, dict):
        raise Garbled("no object")
    return data


def send_file(stream: BinaryIO, path: Path) -> None:
    """Send the bytes of a file behind the line that told its size."""
    with path.open("rb") as source:
        shutil.copyfileobj(source, stream, CHUNK)
    stream.flush()


def receive_file(stream: BinaryIO, size: int, target: BinaryIO) -> None:
    """Take the bytes of a file.

    :raises Garbled: if they end early.
    """
    while size:
        part = stream.read(min(size, CHUNK))
        if not part:
            raise Garbled("the file ends early")
        target.write(part)
        size -= len(part)
