"""The nightly check of many published guides, and the pages of readers meanwhile.

``python tests/bench/nightly.py --file RECORDS.jsonl`` makes an empty site on a real
FileStorage in a temporary folder, imports the records as published guides, serves the
site in one process and has the check done in that process as the site's thread would,
while another process reads pages of different guides one after the other. Told are the
seconds of the check (the first one, and one that finds nothing new) and the page times
before and during it.

Needs ``make install``; the extract in ``tests/exchange/data`` is the default.
"""

from imports import configure
from imports import EXTRACT
from imports import PERSON
from imports import ROOT
from imports import run
from pathlib import Path

import argparse
import json
import sys
import tempfile


WORKER = Path(__file__).with_name("nightlyworker.py")


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=EXTRACT)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = ROOT / "bin" / "zconsole"
    with tempfile.TemporaryDirectory(prefix="zhinan-bench-") as place:
        conf = configure(Path(place) / "work")
        run(ROOT / "bin" / "addzopeuser", "-c", conf, PERSON, "bench-2026-bench")
        create = ROOT / "src" / "zhinan" / "site" / "create_site.py"
        run(console, "run", conf, create, ZHINAN_DEMO="0")
        output = run(
            console,
            "run",
            conf,
            WORKER,
            BENCH_FILE=str(options.file.resolve()),
            BENCH_PERSON=PERSON,
        )
    found = json.loads(output.splitlines()[-1])
    print(f"guides                {found['guides']:>8}")
    print(f"first check           {found['first']:>8.1f} s")
    print(f"check without news    {found['second']:>8.1f} s")
    print(
        f"database grew         {found['grew'] / 1e6:>8.1f} MB, then "
        f"{found['grew_again'] / 1e6:.1f} MB"
    )
    for name in ("before", "during"):
        times = found[name]
        print(
            f"page {name:<16} {times['median'] * 1000:>8.0f} ms in the middle, "
            f"{times['p95'] * 1000:.0f} ms for 95 of 100, {times['pages']} pages"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
