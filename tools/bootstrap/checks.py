"""The checks of "make test", and the commands that put things in order."""

from __future__ import annotations

from bootstrap import processes
from bootstrap.checkout import Checkout
from bootstrap.say import line
from bootstrap.say import Refusal
from bootstrap.say import text
from pathlib import Path

import shutil


PYTHON = ("content", "profiles", "setup.py", "src", "tests", "tools")
MARKUP = ("*.pt", "*.xml", "*.zcml")
BUILT = (
    ".cache",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "bin",
    "build",
    "develop-eggs",
    "dist",
    "eggs",
    "parts",
    "var.new",
)


def markup(root: Path) -> list[str]:
    """Returns the templates and configuration that zpretty keeps in order.

    What content/ holds is exported by a machine and is left as it comes; so is the
    data of a room, such as the parts of a Word file, in which every space counts.
    """
    found = []
    for folder in ("profiles", "src/zhinan"):
        for pattern in MARKUP:
            for path in (root / folder).rglob(pattern):
                inside = path.relative_to(root).parts
                if "data" not in inside and inside[:3] not in (
                    ("src", "zhinan", "profiles"),
                    ("src", "zhinan", "content"),
                ):
                    found.append(str(path.relative_to(root)))
    return sorted(set(found))


def lint(house: Checkout) -> None:
    """Runs the checks that need no test, each quiet while it is content."""
    paths = [name for name in PYTHON if (house.root / name).exists()]
    commands = [
        ("ruff check", ["ruff", "check", "--quiet", *paths]),
        ("ruff format", ["ruff", "format", "--check", "--quiet", *paths]),
        ("zpretty", ["zpretty", "--check", *markup(house.root)]),
        ("mypy", ["mypy", "--no-error-summary", "src/zhinan/rules"]),
        ("lint-imports", ["lint-imports", "--no-logo"]),
    ]
    for name, (tool, *arguments) in commands:
        if name == "zpretty" and len(arguments) == 1:
            continue
        _see(house, name, [house.tool(tool), *arguments])


def _see(house: Checkout, name: str, command: list[str | Path]) -> None:
    """Runs a check; its own words are shown only when it finds fault."""
    log = house.cache / "check.log"
    try:
        processes.run(name, command, cwd=house.root, log=log)
    except Refusal:
        line(log.read_text("utf-8", "replace").rstrip())
        raise Refusal("check_failed", what=name) from None
    line(f"{text('step_check')}: {name}")


def format_code(house: Checkout) -> None:
    """Puts Python and markup into the house style."""
    paths = [name for name in PYTHON if (house.root / name).exists()]
    for command in (
        ["ruff", "check", "--fix", "--quiet", *paths],
        ["ruff", "format", *paths],
        ["zpretty", "-i", *markup(house.root)],
    ):
        if processes.show([house.tool(command[0]), *command[1:]], cwd=house.root):
            raise Refusal("failed", what=command[0], line="")


def clean(house: Checkout) -> None:
    """Removes what was built; var, the site's data, is not touched."""
    for name in BUILT:
        shutil.rmtree(str(house.root / name), ignore_errors=True)
    for name in (".installed.cfg", "versions.cfg"):
        path = house.root / name
        if path.exists():
            path.unlink()
