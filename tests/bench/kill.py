"""``kill -9`` at random moments while several people write, and what is left.

``bin/py tests/bench/kill.py --moments 100`` makes an empty site on a real FileStorage,
lets four writers create, upload, replace, edit and publish over REST without pause,
kills the server at a random moment, starts it again, and holds every answer that it had
given against what is there: each acknowledged act once, each file to its last byte, no
blob missing, the database whole. Needs ``make install``.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import argparse
import signal
import sys
import tempfile
import time


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main() -> None:
    """Run it and print what was measured."""
    from keeping import killing
    from keeping.served import Site

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    tell: Callable[[str], None] = lambda text: print(text, file=sys.stderr)  # noqa: E731
    with tempfile.TemporaryDirectory(prefix="zhinan-kill-") as folder:
        site = Site(Path(folder) / "home")
        try:
            site.create()
            began = time.monotonic()
            found = killing.run(site, options.moments, options.seed, tell)
            site.zhinan("verify")
            print(f"seed {options.seed}: {found.moments} moments, all as acknowledged")
            print(f"acts: {dict(sorted(found.acts.items()))}")
            print(f"objects looked at: {found.looked}")
            print(f"acts under way when killed: {found.unacknowledged}")
            print(f"start, median: {median(found.starts):.2f} s")
            print(f"start, longest: {max(found.starts):.2f} s")
            print(f"database: {site.place.data.stat().st_size / 1e6:.1f} MB")
            print(f"odd answers: {found.odd or 'none'}")
            print(f"all of it: {time.monotonic() - began:.0f} s")
        finally:
            site.end(signal.SIGKILL)


if __name__ == "__main__":
    main()
