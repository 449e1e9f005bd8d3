"""Child processes: their output kept for the one line that a failure may take."""

from __future__ import annotations

from bootstrap.say import last_line
from bootstrap.say import Refusal
from pathlib import Path
from typing import Mapping
from typing import Sequence

import os
import signal
import subprocess


#: Where certificates stand in Debian: an office's own authority is among them,
#: and uv would otherwise only know those that it was built with.
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the variables for a child, without those that would mislead it."""
    env = dict(os.environ)
    # PYTHONPATH is how the bootstrap itself was found; the others would point a
    # child at another environment than ours.
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MFLAGS"):
        env.pop(name, None)
    if SYSTEM_CERTIFICATES.exists():
        env.setdefault("UV_SYSTEM_CERTS", "1")
    env.update(extra or {})
    return env


def run(
    what: str,
    command: Sequence[str | Path],
    cwd: Path,
    extra: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> str:
    """Runs a command to its end and returns its output; a failure is a Refusal."""
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=str(cwd),
            env=environment(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise Refusal("failed", what=what, line=error) from error
    try:
        output, _ = child.communicate()
    except BaseException:
        end(child)
        raise
    if log is not None:
        log.write_text(output, "utf-8")
    if child.returncode:
        raise Refusal("failed", what=what, line=last_line(output))
    return output


def show(command: Sequence[str | Path], cwd: Path) -> int:
    """Runs a command in sight of the user and returns its exit status."""
    child = subprocess.Popen(
        [str(part) for part in command], cwd=str(cwd), env=environment()
    )
    try:
        return child.wait()
    except BaseException:
        end(child)
        raise


def end(child: subprocess.Popen) -> None:  # type: ignore[type-arg]
    """Ends a child and waits for it, by force after ten seconds."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
