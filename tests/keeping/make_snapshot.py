"""Makes a small site with the code of an older version, for the tests of upgrades.

``bin/py tests/keeping/make_snapshot.py COMMIT`` checks the commit out in a temporary
folder, builds it there (``make install``), makes an empty site, fills it through REST
with what the tests of that version send, packs the database, and writes
``tests/keeping/data/<version of the profile>.tar.xz``: database, blobs, and
``expected.json`` with what was to be read then. Snapshots so far:

    20261122001  e3c5009  the first version that landed
    20261124001  7cd230a  with registers, jobs and exchange
    20261124002  74b4999  with permissions per department, trail and safe keeping

A snapshot is never made anew: it is what that code has written.
"""

from pathlib import Path

import hashlib
import json
import signal
import subprocess
import sys
import tarfile
import tempfile


HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
DATA = HERE.with_name("data")
sys.path.insert(0, str(HERE.parents[1]))

PACK = """
from ZODB.DB import DB
from ZODB.blob import BlobStorage
from ZODB.FileStorage import FileStorage
import sys, time
folder = sys.argv[1]
storage = FileStorage(folder + "/filestorage/Data.fs")
database = DB(BlobStorage(folder + "/blobstorage", storage))
database.pack(time.time() + 1)
database.close()
"""


def profile_version(tree: Path) -> str:
    """The version of our profile in a checkout."""
    text = (tree / "profiles" / "default" / "metadata.xml").read_text("utf-8")
    return text.partition("<version>")[2].partition("</version>")[0]


def old_content(tree: Path) -> tuple[list, str]:
    """What the tests of that version send, and the address of their guide."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]);"
        "from rest.sample import CONTENT, GUIDE; print(json.dumps([CONTENT, GUIDE]))"
    )
    python = tree / ".venv" / "bin" / "python"
    found = subprocess.run(
        [str(python), "-c", code, str(tree / "tests")],
        capture_output=True,
        text=True,
        check=True,
    )
    content, guide = json.loads(found.stdout)
    return content, guide


def seen(client, path: str) -> dict:
    """What is to be read of an object, files by their hash."""
    data = client.get(path).json()
    files = {}
    for name, value in data.items():
        if isinstance(value, dict) and "download" in value:
            body = client.get(value["download"], headers={"Accept": "*/*"}).content
            files[name] = hashlib.sha256(body).hexdigest()
    return {
        "type": data["@type"],
        "uid": data["UID"],
        "title": data["title"],
        "state": data.get("review_state"),
        "files": files,
        "values": {
            name: value
            for name, value in data.items()
            if isinstance(value, str | int | bool) and not name.startswith("@")
        },
    }


def fill(site, tree: Path) -> dict:
    """Make the content; what is to be read of it."""
    content, guide = old_content(tree)
    paths = []
    with site.client() as client:
        for parent, data in content:
            answer = client.post(parent, json=data)
            assert answer.status_code == 201, answer.text
            paths.append(answer.json()["@id"].partition("/zhinan/")[2])
        for path in paths:
            for name in ("submit", "approve", "publish"):
                client.post(f"{path}/@workflow/{name}", json={})
        answer = client.patch(guide, json={"description": "改过一次的说明。"})
        assert answer.status_code == 204, answer.text
        return {path: seen(client, path) for path in paths}


def main(commit: str) -> None:
    """Make it."""
    from jobs import live
    from keeping.served import Site

    with tempfile.TemporaryDirectory(prefix="zhinan-snapshot-") as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(tree), commit], check=True)
        try:
            subprocess.run(["make", "install"], cwd=tree, check=True)
            live.ROOT, live.BIN = tree, tree / ".venv" / "bin"
            site = Site(Path(folder) / "home")
            try:
                site.create()
                site.start()
                expected = fill(site, tree)
            finally:
                site.end(signal.SIGTERM)
            var = site.home / "var"
            python = str(tree / ".venv" / "bin" / "python")
            subprocess.run([python, "-c", PACK, str(var)], check=True)
            (var / "expected.json").write_text(
                json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True),
                "utf-8",
            )
            DATA.mkdir(exist_ok=True)
            target = DATA / f"{profile_version(tree)}.tar.xz"
            with tarfile.open(target, "w:xz", preset=9) as archive:
                for name in ("filestorage/Data.fs", "blobstorage", "expected.json"):
                    archive.add(var / name, name)
                # Without the key of its trail a site refuses every change.
                if (var / "trail.key").exists():
                    archive.add(var / "trail.key", "trail.key")
            print(f"{target}: {target.stat().st_size} bytes")
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
