"""The Python environment in .venv, and what buildout assembles from it.

A file in the environment says what it was built from. It is written last and
taken away first, so an environment without it is one whose making was
interrupted: it is removed and made again.
"""

from __future__ import annotations

from bootstrap import debian
from bootstrap import pins
from bootstrap import processes
from bootstrap import pythons
from bootstrap.checkout import Checkout
from bootstrap.say import Refusal
from bootstrap.say import step
from pathlib import Path

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys


#: Megabytes that a whole environment with a site takes, with room to work.
SPACE = 1500

#: What each half of an environment is made from.
BASE = ("constraints.txt", "requirements.txt", "setup.py")
TESTS = ("requirements-corpus.txt",)

State = dict  # of strings: "root", "base", and when they were made "tests", "buildout"


def fingerprint(root: Path, *names: str) -> str:
    """Returns a short hash of some files of the checkout."""
    total = hashlib.sha256()
    for name in names:
        total.update(name.encode() + b"\0" + (root / name).read_bytes() + b"\0")
    return total.hexdigest()[:16]


def read_state(house: Checkout) -> State:
    """Returns what the environment was built from; empty for none or half a one.

    Its scripts know their place, so an environment that was moved is none either.
    """
    try:
        state = json.loads((house.venv / "zhinan.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if state.get("root") != str(house.root) or not house.python.exists():
        return {}
    return dict(state)


def write_state(house: Checkout, state: State) -> None:
    """Replaces the file in one go."""
    target = house.venv / "zhinan.json"
    fresh = target.with_suffix(".new")
    fresh.write_text(json.dumps(state), "utf-8")
    os.replace(str(fresh), str(target))


def remove(house: Checkout) -> None:
    """Removes a half-made environment; what is no environment is not touched."""
    if not house.venv.exists() and not house.venv.is_symlink():
        return
    known = (house.venv / "pyvenv.cfg").exists() or (
        house.venv.is_dir() and not any(house.venv.iterdir())
    )
    if house.venv.is_symlink() or not known:
        raise Refusal("foreign_environment", path=house.venv)
    shutil.rmtree(str(house.venv))


def ensure(house: Checkout, tests: bool) -> None:
    """Makes whatever is missing or out of date of environment and scripts."""
    state = read_state(house)
    base = fingerprint(house.root, *BASE)
    if state.get("base") != base:
        house.need_space(SPACE)
        with step("step_environment"):
            if state:
                (house.venv / "zhinan.json").unlink()
                _install(house)
            else:
                _make(house)
        state = {"root": str(house.root), "base": base}
        write_state(house, state)
    pins.write_versions_cfg(house.root)
    if tests and state.get("tests") != fingerprint(house.root, *TESTS):
        house.need_space(SPACE // 2)
        with step("step_tests"):
            _install_tests(house)
        state["tests"] = fingerprint(house.root, *TESTS)
        write_state(house, state)
    assembled = fingerprint(house.root, "buildout.cfg", "versions.cfg")
    assembled += "+tests" if "tests" in state else ""
    if state.get("buildout") != assembled or not (house.bin / "instance").exists():
        with step("step_buildout"):
            parts = ["instance", "scripts", *(["tests"] if "tests" in state else [])]
            processes.run(
                "buildout",
                [house.venv / "bin" / "buildout", "-N", "install", *parts],
                cwd=house.root,
            )
        # The recipe insists on an administrator of its own. Nobody shall be one by
        # a password that stands in buildout.cfg: the first run makes another.
        inituser = house.etc.parent / "inituser"
        if inituser.exists():
            inituser.unlink()
        write_state(house, {**state, "buildout": assembled})


def _make(house: Checkout) -> None:
    """Makes the environment from nothing, or leaves nothing."""
    remove(house)
    python = pythons.find(os.environ)
    if not python.can_install:
        # Debian's own Python: its ensurepip is a package of its own.
        try:
            debian.ensure(house.root, ("python3-venv",))
        except Refusal:
            raise Refusal("no_pip", path=python.path) from None
        python = pythons.probe(python.path) or python
    try:
        make = [python.path, "-I", "-m", "venv", house.venv]
        if python.has_pip:
            # Its pip works for the new environment too, which spares the five
            # seconds that a second one takes.
            processes.run("venv", [*make, "--without-pip"], cwd=house.root)
            pip = [python.path, "-I", "-m", "pip", "--python", house.python]
        else:
            processes.run("venv", make, cwd=house.root)
            pip = [house.python, "-I", "-m", "pip"]
        quiet = ["--quiet", "--disable-pip-version-check"]
        processes.run(
            "pip install uv",
            [*pip, "install", *quiet, "-c", "constraints.txt", "uv"],
            cwd=house.root,
        )
        _install(house)
    except BaseException:
        shutil.rmtree(str(house.venv), ignore_errors=True)
        raise


def _install(house: Checkout) -> None:
    _uv_install(house, "-r", "requirements.txt", "-e", ".")
    # Without byte code every start would take ten seconds more, and the variable
    # PYTHONDONTWRITEBYTECODE keeps Python from making it later.
    processes.run(
        "compileall",
        [house.python, "-I", "-m", "compileall", "-q", house.root / "src"],
        cwd=house.root,
    )


def _install_tests(house: Checkout) -> None:
    _uv_install(house, "-r", "requirements.txt", "-e", ".[test,qa]")
    _uv_install(house, "--no-deps", "-r", "requirements-corpus.txt")


def _uv_install(house: Checkout, *what: str) -> None:
    constraints = ["-c", "constraints.txt", "--build-constraints", "constraints.txt"]
    processes.run(
        "uv pip install",
        [house.uv, "pip", "install", "--quiet", "--compile-bytecode"]
        + ["--python", house.python, *constraints, *what],
        cwd=house.root,
        extra=index(),
    )


def index() -> dict[str, str]:
    """Returns the package index that pip is set to, for uv, which does not ask pip.

    In many networks the public index is slow or closed, and a mirror is set once,
    for pip.
    """
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        return {}
    url = os.environ.get("PIP_INDEX_URL")
    if not url:
        answer = subprocess.run(
            [sys.executable, "-I", "-m", "pip", "config", "list"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        url = index_of(answer.stdout.decode("utf-8", "replace"))
    return {"UV_DEFAULT_INDEX": url} if url else {}


def index_of(listing: str) -> str:
    """Returns the index-url in what "pip config list" prints, or nothing."""
    found = re.search(r"^\S+\.index-url='([^']+)'", listing, re.MULTILINE)
    return found.group(1) if found else ""
