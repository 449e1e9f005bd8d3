"""``python -m zhinan.keeping backup``: the commands alone, as the site starts them."""

from .command import register
from .command import text
from argparse import ArgumentParser
from typing import Any

import os
import sys


class Lines:
    """Output without a terminal."""

    def line(self, message: str) -> None:
        """A line of the result."""
        print(message, flush=True)

    def error(self, message: str) -> None:
        """A line that is no result."""
        print(message, file=sys.stderr, flush=True)


def main() -> int:
    """Run one command, behind everything else that this machine has to do."""
    os.nice(10)
    parser = ArgumentParser(prog="zhinan.keeping", description=text("help_main"))
    parser.add_argument("--home", required=True)
    parser.add_argument("--json", action="store_true")
    commands = parser.add_subparsers(required=True)

    def add(name: str, run: Any, description: str) -> ArgumentParser:
        made = commands.add_parser(name, description=description)
        made.set_defaults(run=run)
        return made

    register(add)
    options = parser.parse_args()
    return int(options.run(options, Lines()))


if __name__ == "__main__":
    sys.exit(main())
