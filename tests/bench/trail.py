"""What the trail costs: an act with and without it, a long trail, and checking it.

``python tests/bench/trail.py`` makes an empty site on a real FileStorage in a temporary
folder. There one person saves a guide again and again, with the trail and without it in
turn, each save a transaction of its own; then acts are written until there are 100,000
entries, and all of them are checked as ``bin/zhinan trail verify`` does it.

Needs ``make install``.
"""

from imports import configure
from imports import PERSON
from imports import ROOT
from imports import run
from pathlib import Path

import argparse
import json
import sys
import tempfile


WORKER = Path(__file__).with_name("trailworker.py")


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = ROOT / "bin" / "zconsole"
    with tempfile.TemporaryDirectory(prefix="zhinan-bench-") as place:
        work = Path(place) / "work"
        conf = configure(work)
        home = {"ZHINAN_HOME": place, "ZHINAN_DEMO": "0"}
        run(ROOT / "bin" / "addzopeuser", "-c", conf, PERSON, "bench-2026-bench")
        create = ROOT / "src" / "zhinan" / "site" / "create_site.py"
        run(console, "run", conf, create, **home)
        output = run(
            console,
            "run",
            conf,
            WORKER,
            BENCH_ENTRIES=str(options.entries),
            BENCH_SAVES=str(options.saves),
            BENCH_PERSON=PERSON,
            **home,
        )
    figures = json.loads(output.splitlines()[-1])
    for name, value in figures.items():
        print(f"{name:<44}{value:>12,.3f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
