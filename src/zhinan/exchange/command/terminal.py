"""What a command shows: sentences, progress and results, on any terminal."""

from importlib.resources import files
from typing import Any

import json
import sys
import unicodedata


MESSAGES: dict[str, str] = json.loads(
    (files(__package__) / "messages.json").read_text("utf-8")
)
BAR = 24


class Refusal(Exception):
    """Ends the command with one line and a status that is not zero."""

    def __init__(self, key: str, **values: object):
        super().__init__(text(key, **values))


class Said(Refusal):
    """A refusal whose sentence came from the site."""

    def __init__(self, sentence: str):
        Exception.__init__(self, sentence)


def text(key: str, **values: object) -> str:
    """A sentence with its values filled in."""
    return MESSAGES[key].format(**values)


def width(line: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Terminal:
    """Standard output for results, standard error for progress and refusals."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self._last = 0

    def line(self, message: str) -> None:
        """A line of the result."""
        self._clear()
        self._write(sys.stdout, message + "\n")

    def error(self, message: str) -> None:
        """A line that is no result."""
        self._clear()
        self._write(sys.stderr, message + "\n")

    def progress(self, job: dict[str, Any]) -> None:
        """How far a job is: in place on a terminal, a line each else."""
        counts = "  ".join(f"{name} {number}" for name, number in job["counts"].items())
        done, total = job["done"], job["total"]
        if total:
            share = min(done / total, 1)
            bar = "#" * int(share * BAR)
            shown = f"[{bar:<{BAR}}] {done}/{total}"
        else:
            shown = str(done) if done else "…"
        line = f"{job['title']}  {shown}  {counts}".rstrip()
        if not self.live:
            self._write(sys.stderr, line + "\n")
            return
        padding = " " * max(0, self._last - width(line))
        self._write(sys.stderr, f"\r{line}{padding}")
        self._last = width(line)

    def _clear(self) -> None:
        if self._last:
            self._write(sys.stderr, "\n")
            self._last = 0

    @staticmethod
    def _write(stream: Any, message: str) -> None:
        """Write also where the terminal knows no Chinese."""
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(message.encode(encoding, "replace").decode(encoding))
        stream.flush()
