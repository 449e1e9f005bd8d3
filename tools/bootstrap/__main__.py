"""The commands behind the Makefile: python -m bootstrap COMMAND."""

from __future__ import annotations

from bootstrap import checks
from bootstrap import debian
from bootstrap import environment
from bootstrap import firstrun
from bootstrap import pins
from bootstrap import processes
from bootstrap import serving
from bootstrap.checkout import Checkout
from bootstrap.say import line
from bootstrap.say import Refusal
from bootstrap.say import text
from pathlib import Path

import os
import signal
import sys


def run(house: Checkout) -> int:
    """Builds what is missing, makes the site if there is none, and serves it."""
    port = serving.port_of(os.environ.get("PORT") or "8080")
    firstrun.demo(os.environ)
    serving.need_port(port)
    password = ""
    with house.lock():
        if not firstrun.needed(house):
            serving.need_data_free(house)
        environment.ensure(house, tests=False)
        if firstrun.needed(house):
            password = firstrun.create(house, os.environ)
    # Another program may have taken it meanwhile.
    serving.need_port(port)

    def announce(address: str) -> None:
        line(text("served", address=address))
        if password:
            line(text("administrator_new", password=password))
        else:
            path = house.var / "admin-password.txt"
            line(text("administrator", path=path.relative_to(house.root)))
        logins = house.var / "demo-logins.txt"
        if logins.exists():
            line(text("logins"))
            line(logins.read_text("utf-8").rstrip())
        line(text("how_to_stop", log="var/log/console.log"))

    return serving.serve(house, port, announce)


def install(house: Checkout) -> int:
    """Builds environment and scripts, the tools of developers included."""
    with house.lock():
        environment.ensure(house, tests=True)
    return 0


def test(house: Checkout) -> int:
    """Proves all of it; the last line is pytest's own."""
    debian.ensure(house.root, debian.FOR_TESTS, debian.PROGRAMS)
    install(house)
    checks.lint(house)
    return processes.show([house.bin / "pytest", "tests"], cwd=house.root)


def lint(house: Checkout) -> int:
    install(house)
    checks.lint(house)
    return 0


def format_code(house: Checkout) -> int:
    install(house)
    checks.format_code(house)
    return 0


def content(house: Checkout) -> int:
    """Builds the content of a new site from its sources."""
    install(house)
    return processes.show([house.python, "content/sources/build.py"], cwd=house.root)


def permissions(house: Checkout) -> int:
    """Writes from the permission matrix what stands in profile and docs."""
    install(house)
    module = "zhinan.departments.written"
    return processes.show([house.python, "-m", module, "."], cwd=house.root)


def i18n(house: Checkout) -> int:
    install(house)
    return processes.show([house.python, "tools/i18n.py"], cwd=house.root)


def renew_pins(house: Checkout) -> int:
    """Resolves constraints.txt anew; the environment follows at the next command."""
    with house.lock():
        environment.ensure(house, tests=False)
        pins.renew(house.root, house.uv, os.environ.get("UPGRADE", ""))
    return 0


def bench(house: Checkout) -> int:
    install(house)
    return processes.show([house.python, "tests/bench"], cwd=house.root)


def clean(house: Checkout) -> int:
    with house.lock():
        checks.clean(house)
    return 0


COMMANDS = {
    "run": run,
    "test": test,
    "install": install,
    "lint": lint,
    "format": format_code,
    "content": content,
    "permissions": permissions,
    "i18n": i18n,
    "pins": renew_pins,
    "bench": bench,
    "clean": clean,
}


def stop(number: int, frame: object) -> None:
    """Turns a signal into an exception, so that what was begun is cleared away."""
    sys.exit(128 + number)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        line("python -m bootstrap " + "|".join(COMMANDS), sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        return COMMANDS[arguments[0]](Checkout(Path(__file__).resolve().parents[2]))
    except Refusal as refusal:
        line(str(refusal), sys.stderr)
        return 1
    except KeyboardInterrupt:
        line("\n" + text("stopped"), sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
