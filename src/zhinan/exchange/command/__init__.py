"""The command ``zhinan``: what operators do without a browser.

Three kinds of commands. *Pure* ones open no database. *Reading* ones open it read-only,
as of their start, beside the running site. *Writing* ones become jobs: of the site's
process where it listens, else of the command itself.

Plone is loaded only where the database is opened in this process.
"""

from .options import parser
from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from collections.abc import Sequence

import signal
import sys


#: Ends of the command: as asked, refused or failed, cancelled
#: (argparse itself ends with 2 when it is wrongly called).
OK, FAILED, CANCELLED = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    terminal = Terminal()
    try:
        options = parser().parse_args(arguments)
        return int(options.run(options, terminal))
    except Refusal as refusal:
        terminal.error(str(refusal))
        return FAILED
    except KeyboardInterrupt:
        terminal.error(text("stopped"))
        return CANCELLED
    except BrokenPipeError:
        # Whoever read our output has gone, as "| head" does.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        sys.stderr.close()
        return OK
