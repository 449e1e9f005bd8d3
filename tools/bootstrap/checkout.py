"""Where things stand in a checkout."""

from __future__ import annotations

from bootstrap.say import line
from bootstrap.say import Refusal
from bootstrap.say import text
from contextlib import contextmanager
from fcntl import flock
from fcntl import LOCK_EX
from fcntl import LOCK_NB
from pathlib import Path
from typing import Iterator

import shutil


class Checkout:
    """The paths of one checkout; nothing is made by asking for them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.uv = self.venv / "bin" / "uv"
        self.bin = root / "bin"
        self.cache = root / ".cache"
        self.var = root / "var"
        self.var_new = root / "var.new"
        self.data = self.var / "filestorage" / "Data.fs"
        self.etc = root / "parts" / "instance" / "etc"

    def tool(self, name: str) -> Path:
        """Returns a tool's script: buildout's, or the environment's own.

        Buildout makes no script for a tool that is no Python program (ruff).
        """
        made = self.bin / name
        return made if made.exists() else self.venv / "bin" / name

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lets one command build at a time; a second one waits and says so."""
        self.cache.mkdir(exist_ok=True)
        with (self.cache / "build.lock").open("w") as handle:
            try:
                flock(handle, LOCK_EX | LOCK_NB)
            except OSError:
                line(text("waiting"))
                flock(handle, LOCK_EX)
            yield

    def need_space(self, megabytes: int) -> None:
        """Refuses before anything is made when the disk will not hold it."""
        free = shutil.disk_usage(str(self.root)).free // 1_000_000
        if free < megabytes:
            raise Refusal("no_space", path=self.root, need=megabytes, free=free)
