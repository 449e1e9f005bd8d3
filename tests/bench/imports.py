"""Import of records beside a plain loop of ``plone.api.content.create``, in one run.

``python tests/bench/imports.py --file RECORDS.jsonl`` makes one empty site on a real
FileStorage with blobs in a temporary folder, copies it for each measurement, and fills
the copies in turn: once with the import as a job (reading, comparing, rows, report,
first versions, all of it), once with a loop that creates the same departments, guides
and materials with the same values. Both commit every 50 records, as one person, with
versioning on; both clocks run from reading the records on. Beside the seconds of the
clock stand those of the processor, which a busy machine changes less.

Needs ``make install``; the extract in ``tests/exchange/data`` is the default.
"""

from pathlib import Path
from statistics import median

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile


ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "parts" / "instance" / "etc" / "zope.conf"
EXTRACT = ROOT / "tests" / "exchange" / "data" / "guangdong-extract.jsonl"
WORKER = Path(__file__).with_name("importworker.py")
PERSON = "bench"


def run(*command: str | Path, **environment: str) -> str:
    """Run a program of ours to its end; its output."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def configure(folder: Path) -> Path:
    """A configuration like the site's own, with its database in this folder."""
    text = CONF.read_text(encoding="utf-8")
    for old, new in (
        (ROOT / "var" / "instance", "client"),
        (ROOT / "var" / "blobstorage", "blobs"),
        (ROOT / "var" / "filestorage" / "Data.fs", "storage/Data.fs"),
    ):
        if str(old) not in text:
            sys.exit(f"{CONF} names no {old}: run make install")
        text = text.replace(str(old), str(folder / new))
    for name in ("client", "blobs", "storage"):
        (folder / name).mkdir(parents=True)
    conf = folder / "zope.conf"
    conf.write_text(text, encoding="utf-8")
    return conf


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=EXTRACT)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = ROOT / "bin" / "zconsole"
    figures: dict[str, list[dict]] = {"import": [], "loop": []}
    with tempfile.TemporaryDirectory(prefix="zhinan-bench-") as place:
        work = Path(place) / "work"
        conf = configure(work)
        run(ROOT / "bin" / "addzopeuser", "-c", conf, PERSON, "bench-2026-bench")
        create = ROOT / "src" / "zhinan" / "site" / "create_site.py"
        run(console, "run", conf, create, ZHINAN_DEMO="0")
        empty = Path(place) / "empty"
        shutil.copytree(work, empty)
        for _round in range(options.rounds):
            for name, found in figures.items():
                shutil.rmtree(work)
                shutil.copytree(empty, work)
                output = run(
                    console,
                    "run",
                    conf,
                    WORKER,
                    BENCH_MODE=name,
                    BENCH_FILE=str(options.file.resolve()),
                    BENCH_PERSON=PERSON,
                )
                found.append(json.loads(output.splitlines()[-1]))
    print(
        f"{'way':<10}{'objects':>9}{'seconds':>10}{'x loop':>8}{'processor':>11}"
        f"{'x loop':>8}"
    )
    middle = {
        name: {key: median(figure[key] for figure in found) for key in found[0]}
        for name, found in figures.items()
    }
    base = middle["loop"]
    for name, found in middle.items():
        print(
            f"{name:<10}{found['objects']:>9.0f}{found['seconds']:>10.1f}"
            f"{base['seconds'] / found['seconds']:>8.2f}{found['cpu']:>11.1f}"
            f"{base['cpu'] / found['cpu']:>8.2f}"
        )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
