"""What the bootstrap tells people: one clear line each, Chinese before English."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import json
import sys
import time


MESSAGES: dict[str, str] = json.loads(
    Path(__file__).with_name("messages.json").read_text("utf-8")
)


class Refusal(Exception):
    """Ends the command with one line and a non-zero exit."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(text(key, **values))


def text(key: str, **values: object) -> str:
    """Returns the message in Chinese and English, its values filled in."""
    return MESSAGES[key].format(**values)


def line(message: str, stream: object = None) -> None:
    """Prints a line also where the terminal knows no Chinese."""
    out = stream or sys.stdout
    encoding = getattr(out, "encoding", None) or "ascii"
    print(message.encode(encoding, "replace").decode(encoding), file=out, flush=True)


@contextmanager
def step(key: str) -> Iterator[None]:
    """Names a step, and says how long it took when it has ended well."""
    start = time.monotonic()
    yield
    line(f"{text(key)}: {time.monotonic() - start:.1f} s")


def last_line(output: str) -> str:
    """Returns the line of a tool's output that most likely says what is wrong."""
    lines = [one.strip() for one in output.splitlines() if one.strip()]
    for one in lines:
        # uv and apt name the failure first and explain it afterwards.
        if one.startswith(("error:", "E:")):
            return one
    return lines[-1] if lines else ""
