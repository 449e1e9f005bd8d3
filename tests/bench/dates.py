"""What a new notice costs where 20,000 dates are open.

``.venv/bin/python tests/bench/dates.py`` makes an empty site on a real FileStorage in a
temporary folder, fills a persistent store with 20,000 clocks, enters a year's calendar
and runs the job that counts all of them anew, each moved date with its entry in the
trail.

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


WORKER = Path(__file__).with_name("dateworker.py")


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dates", type=int, default=20_000)
    options = parser.parse_args()
    console = ROOT / "bin" / "zconsole"
    with tempfile.TemporaryDirectory(prefix="zhinan-bench-") as place:
        conf = configure(Path(place) / "work")
        home = {"ZHINAN_HOME": place, "ZHINAN_DEMO": "0"}
        run(ROOT / "bin" / "addzopeuser", "-c", conf, PERSON, "bench-2026-bench")
        create = ROOT / "src" / "zhinan" / "site" / "create_site.py"
        run(console, "run", conf, create, **home)
        output = run(
            console,
            "run",
            conf,
            WORKER,
            BENCH_DATES=str(options.dates),
            BENCH_PERSON=PERSON,
            **home,
        )
    for name, value in json.loads(output.splitlines()[-1]).items():
        print(f"{name:<44}{value:>12,.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
