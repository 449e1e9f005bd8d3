"""How long it takes to publish a large guide, and to merge a working copy of its size.

``python tests/bench/publishing.py`` makes an empty site on a real FileStorage in a
temporary folder, and in it a guide with 15 materials and 30 files (Word documents and
PDFs as departments have them, some of them of 1 to 3 MB). The site is served in that
process, and another one asks it over REST, as an office program would: from approved to
published, then a working copy of the same guide in which every material and a third of
the files were changed, from approved to merged. Told are the seconds and the processor
time of the server for each, all rounds and the middle one.
"""

from imports import configure
from imports import PERSON
from imports import ROOT
from imports import run
from pathlib import Path
from statistics import median

import argparse
import json
import sys
import tempfile


WORKER = Path(__file__).with_name("publishingworker.py")


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
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
            BENCH_PERSON=PERSON,
            BENCH_ROUNDS=str(options.rounds),
        )
    found = json.loads(output.splitlines()[-1])
    print(
        f"guide with {found['materials']} materials and {found['files']} files, "
        f"{found['bytes'] / 1e6:.1f} MB"
    )
    for name in ("publish", "merge", "publish again"):
        rows = found["rounds"][name]
        seconds = [row["seconds"] for row in rows]
        processor = [row["processor"] for row in rows]
        print(
            f"{name:<14} {median(seconds):>6.2f} s, processor {median(processor):.2f} s"
            f"   ({', '.join(f'{one:.2f}' for one in seconds)})"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
