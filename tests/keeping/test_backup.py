"""Backups of a database that is written to, packed, killed and damaged."""

from .compared import compare
from .compared import whole
from .writer import agree
from .writer import opened
from .writer import write
from pathlib import Path
from zhinan.keeping import backup as making
from zhinan.keeping.backup import back_up
from zhinan.keeping.depot import Depot
from zhinan.keeping.depot import KeepingRefused
from zhinan.keeping.place import Place
from zhinan.keeping.place import RESTORED
from zhinan.keeping.restore import choose
from zhinan.keeping.restore import Damaged
from zhinan.keeping.restore import moment_of
from zhinan.keeping.restore import restore
from zhinan.rules.retention import Rule

import json
import multiprocessing
import os
import pytest
import random
import signal
import subprocess
import sys
import threading
import time


ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path):
    """A home without anything."""
    for name in ("filestorage", "blobstorage"):
        (tmp_path / "home" / "var" / name).mkdir(parents=True)
    return Place(tmp_path / "home")


@pytest.fixture
def depot(tmp_path):
    """A folder of backups, whose name has a blank."""
    return Depot(tmp_path / "the backups")


def fill(place, *numbers):
    """Write some numbers."""
    database = opened(place.home)
    root = database.open().root()
    for number in numbers:
        write(root, number)
    database.close()


def pack(place):
    """Pack the database."""
    database = opened(place.home)
    database.pack(time.time() + 1)
    database.close()


_NUMBER = iter(range(1000))


def restored(depot, tmp_path, at=""):
    """Restore into a new home; what stands there."""
    found = Place(tmp_path / f"restored-{next(_NUMBER)}")
    restore(depot, found, at)
    return found


def count(place):
    """How many numbers there are, all in agreement."""
    whole(place)
    database = opened(place.home, read_only=True)
    try:
        return agree(database.open().root())
    finally:
        database.close()


class Writer:
    """A process that writes."""

    def __init__(self, place):
        self.told = []
        self.packed = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.keeping.writer", str(place.home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            if line.strip() == "packed":
                self.packed += 1
            else:
                self.told.append(int(line))

    def wait(self, number):
        """Until so many were written."""
        limit = time.monotonic() + 60
        while len(self.told) < number:
            assert time.monotonic() < limit and self.process.poll() is None
            time.sleep(0.01)

    def pack(self):
        """Ask it to pack."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        """End it."""
        self.process.stdin.close()
        assert self.process.wait(60) == 0


@pytest.fixture
def writer(place):
    """It writes all the time."""
    found = Writer(place)
    found.wait(20)
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


def test_while_it_is_written_to(place, depot, writer, tmp_path):
    """Each backup is one moment: all of each transaction until then, nothing after."""
    for turn in range(4):
        known = len(writer.told)
        made = back_up(place, depot)
        assert made.full == (turn == 0)
        after = len(writer.told)
        assert not made.manifest.data["missing"]
        found = restored(depot, tmp_path)
        compare(place, found, bytes.fromhex(made.manifest.data["tid"]))
        assert known <= count(found) <= after + 1
        writer.wait(after + 20)
    writer.end()
    for manifest in depot.whole():
        assert not list(depot.verify(manifest))


def test_packed_while_a_backup_runs(place, depot, writer, tmp_path):
    """Packed behind the data it is begun anew in full; packed later, the next one is."""
    back_up(place, depot)
    calls = []

    def between(step):
        calls.append(step)
        if len(calls) in {1, 3}:
            before = writer.packed
            writer.pack()
            limit = time.monotonic() + 30
            while writer.packed == before:
                assert time.monotonic() < limit
                time.sleep(0.01)

    made = back_up(place, depot, between=between)
    assert made.full and calls == ["data", "data", "blobs"]
    count(restored(depot, tmp_path))
    # What the attempts left behind goes with the next ones.
    later = [back_up(place, depot) for _turn in range(2)]
    assert [one.full for one in later] == [True, False]
    writer.end()
    found = restored(depot, tmp_path)
    compare(place, found, bytes.fromhex(later[1].manifest.data["tid"]))
    count(found)
    named = {file["name"] for one in depot.whole() for file in one.files}
    there = {path.name for path in depot.data.glob("*/*.*fsz")}
    assert there == named


def test_unchanged_is_stored_once(place, depot, tmp_path):
    """Blobs once, also equal ones; the database as what was added."""
    fill(place, *range(10))
    first = back_up(place, depot)
    # "latest" is the same as the last: one file.
    assert first.copied == 10
    fill(place, 10)
    second = back_up(place, depot)
    assert second.copied == 1 and not second.full
    assert second.written < first.written
    third = back_up(place, depot)
    assert (third.copied, third.written) == (0, 0)
    assert third.manifest.files == second.manifest.files
    assert len(list(depot.blobs.glob("*/*"))) == 11
    pack(place)
    fourth = back_up(place, depot)
    assert fourth.full and fourth.copied == 0
    for manifest, number in ((first, 10), (second, 11), (third, 11), (fourth, 11)):
        found = restored(depot, tmp_path, manifest.manifest.stamp)
        assert count(found) == number


def test_undo_and_repeated_backups_of_nothing_new(place, depot, tmp_path):
    """An undone transaction refers back in the file; its blobs are copied too."""
    fill(place, 0, 1, 2)
    database = opened(place.home)
    import transaction

    last = database.undoInfo(0, 1)[0]["id"]
    database.undo(last)
    transaction.commit()
    database.close()
    made = back_up(place, depot)
    found = restored(depot, tmp_path)
    assert count(found) == 2
    compare(place, found, bytes.fromhex(made.manifest.data["tid"]))


STEPS = ("chain", "repozo", "data", "blob", "blobs", "manifest")


def _killed(home, folder, step, number):
    """A backup that is ended at a step as kill -9 would."""

    def die(*arguments, **options):
        die.calls += 1
        if die.calls >= number:
            os.kill(os.getpid(), signal.SIGKILL)
        return die.real(*arguments, **options) if die.real else None

    die.calls, die.real = 0, None
    between = None
    if step in {"data", "blobs"}:
        between = lambda now: die() if now == step else None  # noqa: E731
    elif step == "manifest":
        die.real, making.write_manifest = making.write_manifest, die
    elif step == "blob":
        die.real, making.sha256_of = making.sha256_of, die
    elif step == "repozo":
        die.real, making._listed = making._listed, die
    elif step == "chain":
        die.real, making.subprocess.run = making.subprocess.run, die
    back_up(Place(home), Depot(folder), between=between or (lambda now: None))


@pytest.mark.parametrize("step", STEPS)
def test_killed_it_is_none(place, depot, tmp_path, step):
    """A backup that was ended at any step is not there; the next one is right."""
    fill(place, *range(5))
    back_up(place, depot)
    fill(place, *range(5, 10))
    before = depot.stamps()
    fork = multiprocessing.get_context("fork")
    child = fork.Process(
        target=_killed,
        args=(place.home, depot.folder, step, 3 if step == "blob" else 1),
    )
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert depot.stamps() == before
    assert count(restored(depot, tmp_path)) == 5
    fill(place, *range(10, 15))
    made = back_up(place, depot)
    found = restored(depot, tmp_path)
    assert count(found) == 15
    compare(place, found, bytes.fromhex(made.manifest.data["tid"]))
    assert not list(depot.folder.rglob("*.part"))
    # The tool of the database alone brings the same data back.
    out = tmp_path / "stock.fs"
    chain = depot.chain(made.manifest.chain)
    command = [sys.executable, "-m", "ZODB.scripts.repozo", "-R", "-r", "."]
    subprocess.run([*command, "-o", str(out)], cwd=chain, check=True)
    assert out.read_bytes() == found.data.read_bytes()


def files_of(depot):
    """Every file that a backup needs."""
    return sorted(
        path
        for path in depot.folder.rglob("*")
        if path.is_file() and path.suffix in {"", ".json", ".fsz", ".deltafsz"}
    )


def test_each_damaged_file_is_found_and_named(place, depot, tmp_path):
    """A changed, shortened or missing file of any kind: named, nothing is restored."""
    fill(place, *range(6))
    back_up(place, depot)
    fill(place, 6, 7)
    newest = back_up(place, depot).manifest
    chance = random.Random(4)
    for path in files_of(depot):
        if path.name == "zhinan-backup.json":
            continue
        kept, mode = path.read_bytes(), path.stat().st_mode
        for harm in ("bit", "short", "gone"):
            path.chmod(0o600)
            if harm == "bit":
                at = chance.randrange(len(kept))
                byte = bytes([kept[at] ^ (1 << chance.randrange(8))])
                path.write_bytes(kept[:at] + byte + kept[at + 1 :])
            elif harm == "short":
                path.write_bytes(kept[:-1])
            else:
                path.unlink()
            target = Place(tmp_path / "target")
            if path.parent.name == "manifests":
                assert depot.manifest(path.stem) is None
            else:
                problems = list(depot.verify(newest))
                assert [p for p in problems if path.name in p.name], (path, harm)
                with pytest.raises(Damaged):
                    restore(depot, target)
                assert not target.var.exists()
            path.write_bytes(kept)
            path.chmod(mode)
    assert not list(depot.verify(newest))


def test_into_an_empty_place_only(place, depot, tmp_path):
    """What is there is not touched, whatever part of a site it is."""
    fill(place, 0)
    back_up(place, depot)
    for name in ("filestorage/Data.fs", "blobstorage/0x00/0x01.blob"):
        target = Place(tmp_path / name.replace("/", "-"))
        path = target.var / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"precious")
        with pytest.raises(KeepingRefused) as refusal:
            restore(depot, target)
        assert refusal.value.key == "not_empty"
        assert path.read_bytes() == b"precious"
        assert [p for p in target.var.rglob("*") if p.is_file()] == [path]


def test_an_interrupted_restore_is_begun_again(place, depot, tmp_path, monkeypatch):
    """What it left is no site, and is replaced."""
    from zhinan.keeping import restore as bringing

    fill(place, *range(5))
    back_up(place, depot)
    target = Place(tmp_path / "target")
    real = bringing.fsync_folder

    def fail(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bringing, "fsync_folder", fail)
    with pytest.raises(KeepingRefused):
        restore(depot, target)
    assert not target.data.exists()
    monkeypatch.setattr(bringing, "fsync_folder", real)
    restore(depot, target)
    assert count(target) == 5
    told = json.loads((target.var / RESTORED).read_text())
    assert told["tid"] == depot.newest().data["tid"]


def test_rule_removes_what_no_kept_backup_needs(place, depot, tmp_path):
    """Old ones go with their blobs; the newest stays and goes on."""
    for number in range(4):
        fill(place, number)
        made = back_up(place, depot, Rule(1, 0, 0))
    assert depot.stamps() == [made.manifest.stamp]
    assert not made.full
    pack(place)
    made = back_up(place, depot, Rule(1, 0, 0))
    assert made.full and made.removed == 1
    assert [path.name for path in depot.data.iterdir()] == [made.manifest.stamp]
    needed = {blob[3] for blob in made.manifest.blobs}
    assert {path.name for path in depot.blobs.glob("*/*")} == needed
    assert count(restored(depot, tmp_path)) == 4


def test_a_broken_manifest_keeps_everything(place, depot):
    """Nobody knows what it named: nothing is swept away until it is gone."""
    fill(place, *range(3))
    first = back_up(place, depot).manifest
    (depot.manifests / f"{first.stamp}.json").write_bytes(b"{}")
    pack(place)
    fill(place, 3)
    back_up(place, depot, Rule(1, 0, 0))
    assert depot.chain(first.chain).is_dir()
    assert choose(depot).stamp != first.stamp


def test_two_at_once(place, depot):
    """The second one is told to wait."""
    fill(place, 0)
    depot.prepare()
    with depot.locked(), pytest.raises(KeepingRefused) as refusal:
        back_up(place, depot)
    assert refusal.value.key == "busy"


def test_refused(place, depot, tmp_path):
    """No database, a folder of something else, no backup, no such moment."""
    refusals = []

    def refused(act, *arguments):
        with pytest.raises(KeepingRefused) as refusal:
            act(*arguments)
        refusals.append(refusal.value.key)

    refused(back_up, place, depot)
    fill(place, 0)
    other = tmp_path / "photos"
    other.mkdir()
    (other / "cat.jpg").write_bytes(b"cat")
    refused(back_up, place, Depot(other))
    refused(back_up, place, Depot(other / "cat.jpg"))
    refused(choose, Depot(other))
    depot.prepare()
    refused(choose, depot)
    back_up(place, depot)
    refused(choose, depot, "2001-01-01")
    refused(choose, depot, "yesterday")
    assert refusals == [
        "no_database",
        "not_ours",
        "no_folder",
        "no_backups",
        "no_whole_backup",
        "none_so_old",
        "no_moment",
    ]


def test_moments():
    """The city's time, a day's end, a stamp."""
    assert moment_of("2026-11-24T08:00").isoformat() == "2026-11-24T08:00:00+08:00"
    assert moment_of("2026-11-24").isoformat() == "2026-11-24T23:59:59+08:00"
    assert moment_of("20261124T000000Z") == moment_of("2026-11-24T08:00")


def test_keys_stay_outside_and_are_named(place, depot, tmp_path):
    """The trail's key is no part of a backup; a restore tells that it is needed."""
    fill(place, 0)
    key = place.var / "trail.key"
    key.write_bytes(b"secret of the trail")
    manifest = back_up(place, depot).manifest
    (file,) = manifest.data["kept_elsewhere"]
    assert file["path"] == "var/trail.key"
    for path in depot.folder.rglob("*"):
        assert not path.is_file() or b"secret of the trail" not in path.read_bytes()
    target = Place(tmp_path / "target")
    made = restore(depot, target)
    assert made.by_hand == [("var/trail.key", file["id"], False)]
