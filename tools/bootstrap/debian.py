"""The Debian packages that the whole suite needs: installed where that may be."""

from __future__ import annotations

from bootstrap import processes
from bootstrap.say import Refusal
from bootstrap.say import step
from pathlib import Path
from typing import Sequence

import os
import shutil
import subprocess


#: A browser and its driver, fonts that have Chinese, readers of PDF with the
#: tables without which Chinese in a PDF has no letters.
FOR_TESTS = (
    "chromium",
    "chromium-driver",
    "fonts-noto-cjk",
    "poppler-data",
    "poppler-utils",
)
#: What stands for them where there is no dpkg to ask.
PROGRAMS = ("chromium", "chromedriver", "pdftotext")


def missing(packages: Sequence[str]) -> list[str]:
    """Returns those packages that dpkg does not know as installed."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    there = {
        line.split()[0]
        for line in answer.stdout.decode().splitlines()
        if line.endswith(" installed")
    }
    return [package for package in packages if package not in there]


def privilege() -> list[str] | None:
    """Returns what makes apt-get run as root: nothing, sudo, or None for no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(
            ["sudo", "-n", "true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def ensure(root: Path, packages: Sequence[str], programs: Sequence[str] = ()) -> None:
    """Installs what is missing, or names it in one line."""
    if not shutil.which("dpkg-query"):
        absent = [name for name in programs if not shutil.which(name)]
        if absent:
            raise Refusal("programs_missing", programs=" ".join(absent))
        return
    absent = missing(packages)
    if not absent:
        return
    rise = privilege()
    if rise is None:
        raise Refusal("debian_missing", packages=" ".join(absent))
    quiet = [*rise, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*quiet, "install", "-y", "--no-install-recommends", *absent]
    with step("step_debian"):
        processes.run("apt-get update", [*quiet, "update"], cwd=root)
        processes.run("apt-get install", install, cwd=root)
