"""The pins stand once, in constraints.txt; buildout's [versions] are made of them."""

from __future__ import annotations

from bootstrap import processes
from bootstrap.say import Refusal
from pathlib import Path

import re
import shutil
import tempfile


#: The oldest Python of each kind that the pins must hold for: Debian 12 has 3.11.2.
PYTHONS = ("3.11.2", "3.12")

HEADER = """\
# Every version this project uses stands here, once. versions.cfg (for buildout)
# is made from this file; "make pins" renews it for Python 3.11.2 and 3.12.
"""


def canonical(name: str) -> str:
    """Returns a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(text: str) -> dict[str, str]:
    """Returns the versions by name that a constraints file pins."""
    pins = {}
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        name, found, version = line.partition("==")
        if not found or not version.strip():
            raise ValueError(f"not a pin: {line}")
        pins[canonical(name.strip())] = version.strip()
    return pins


def versions_cfg(pins: dict[str, str], own_version: str) -> str:
    """Returns the section that buildout reads, the project itself included."""
    rows = {**pins, "zhinan": own_version}
    return "[versions]\n" + "".join(f"{n} = {v}\n" for n, v in sorted(rows.items()))


def own_version(setup: str) -> str:
    """Returns the version that setup.py declares."""
    found = re.search(r'^\s*version="([^"]+)"', setup, re.MULTILINE)
    if found is None:
        raise ValueError("setup.py declares no version")
    return found.group(1)


def write_versions_cfg(root: Path) -> None:
    """Makes versions.cfg; written only when it changed, as buildout looks at it."""
    text = versions_cfg(
        read((root / "constraints.txt").read_text("utf-8")),
        own_version((root / "setup.py").read_text("utf-8")),
    )
    target = root / "versions.cfg"
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")


def merge(resolved: dict[str, dict[str, str]]) -> dict[str, str]:
    """Unites the pins of several Pythons; one name has one version, or none has."""
    united: dict[str, str] = {}
    unequal = set()
    for pins in resolved.values():
        for name, version in pins.items():
            if united.setdefault(name, version) != version:
                unequal.add(name)
    if unequal:
        raise Refusal("unequal_pins", names=", ".join(sorted(unequal)))
    return united


def renew(root: Path, uv: Path, upgrade: str) -> None:
    """Resolves constraints.txt anew, for every Python that it must hold for.

    A pin that still fits stays as it is; upgrade "1" lets all of them move, and a
    name that one.
    """
    flags = []
    if upgrade:
        flags = ["--upgrade"] if upgrade == "1" else ["--upgrade-package", upgrade]
    constraints = root / "constraints.txt"
    resolved = {}
    with tempfile.TemporaryDirectory() as folder:
        common = [uv, "pip", "compile", "--no-header", "--no-annotate", "--quiet"]
        sources = ["requirements.txt", "setup.py", "--extra", "test", "--extra", "qa"]
        before: list[str | Path] = []
        for number, version in enumerate(PYTHONS):
            # uv takes the pins of the file that it writes to as its preference.
            out = Path(folder) / f"{number}.txt"
            shutil.copy(str(constraints), str(out))
            processes.run(
                "uv pip compile",
                [*common, *flags, "--python-version", version, *sources, *before]
                + ["--output-file", out],
                cwd=root,
            )
            resolved[version] = read(out.read_text("utf-8"))
            # What the oldest Python can have is what the newer ones get.
            before = ["--constraint", out]
        out = Path(folder) / "corpus.txt"
        shutil.copy(str(constraints), str(out))
        processes.run(
            "uv pip compile",
            [*common, *flags, "--no-deps", "requirements-corpus.txt"]
            + ["--python-version", PYTHONS[0], "--output-file", out],
            cwd=root,
        )
        resolved["corpus"] = read(out.read_text("utf-8"))
    pins = merge(resolved)
    rows = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
    constraints.write_text(HEADER + rows, "utf-8")
