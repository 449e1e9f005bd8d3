"""Finds a Python that Zhinan can live in: 3.12 before 3.11, and no other."""

from __future__ import annotations

from bootstrap.say import Refusal
from bootstrap.say import text
from typing import Iterator
from typing import Mapping
from typing import NamedTuple

import glob
import json
import os
import shutil
import subprocess


#: Best first. 3.13.0 breaks the versioning of content, 3.10 and 3.13 upwards are
#: not what constraints.txt was resolved for.
MINORS = ((3, 12), (3, 11))

PROBE = """
import importlib.util as util, json, sys
import bz2, ctypes, hashlib, sqlite3, ssl, venv, zlib
has = lambda name: util.find_spec(name) is not None
print(json.dumps([list(sys.version_info[:3]), has("pip"), has("ensurepip")]))
"""


class Python(NamedTuple):
    """An interpreter that answered, with what it brings for an environment."""

    path: str
    version: tuple[int, ...]
    has_pip: bool
    has_ensurepip: bool

    @property
    def fits(self) -> bool:
        return self.version[:2] in MINORS

    @property
    def can_install(self) -> bool:
        return self.has_pip or self.has_ensurepip

    def __str__(self) -> str:
        return "{} ({})".format(".".join(map(str, self.version)), self.path)


def candidates(env: Mapping[str, str]) -> Iterator[str]:
    """Yields the places where a fitting Python may stand, each one once."""
    home = env.get("HOME", "/nonexistent")
    pyenv = env.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
    uv = env.get("UV_PYTHON_INSTALL_DIR") or os.path.join(
        home, ".local/share/uv/python"
    )
    seen = set()
    for major, minor in MINORS:
        name = f"python{major}.{minor}"
        places = [shutil.which(name, path=env.get("PATH"))]
        # The newest patch release of a version manager comes first.
        for pattern in (
            f"{pyenv}/versions/{major}.{minor}*/bin/{name}",
            f"{uv}/cpython-{major}.{minor}.*/bin/{name}",
            f"/usr/local/bin/{name}",
            f"/usr/bin/{name}",
            f"/opt/*/bin/{name}",
        ):
            places.extend(sorted(glob.glob(pattern), key=_patch, reverse=True))
        for place in places:
            if place and place not in seen:
                seen.add(place)
                yield place
    for name in ("python3", "python"):
        place = shutil.which(name, path=env.get("PATH"))
        if place and place not in seen:
            seen.add(place)
            yield place


def _patch(path: str) -> list[int]:
    digits = "".join(c if c.isdigit() else " " for c in path)
    return [int(number) for number in digits.split()]


def probe(path: str) -> Python | None:
    """Asks an interpreter who it is; None when it cannot run or lacks a module."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
        )
        version, has_pip, has_ensurepip = json.loads(answer.stdout.decode())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python(path, tuple(version), has_pip, has_ensurepip)


def find(env: Mapping[str, str]) -> Python:
    """Returns the best Python, or refuses with the versions that were there.

    The variable PYTHON, where it is set, is the only candidate.
    """
    chosen = env.get("PYTHON")
    if chosen:
        path = shutil.which(chosen, path=env.get("PATH")) or chosen
        python = probe(path)
        if python is None or not python.fits:
            found = python or text("no_python_found")
            raise Refusal("python_refused", path=chosen, found=found)
        return python
    second = None
    others = []
    for path in candidates(env):
        python = probe(path)
        if python is None:
            continue
        if not python.fits:
            others.append(str(python))
        elif python.version[:2] == MINORS[0] and python.can_install:
            return python
        elif second is None or (python.can_install and not second.can_install):
            second = python
    if second is None:
        found = ", ".join(others) or text("no_python_found")
        raise Refusal("no_python", found=found)
    return second
