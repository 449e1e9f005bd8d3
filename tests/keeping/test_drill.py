"""The drill: a real site that people work on is backed up, packed, and brought back."""

from .compared import compare
from .compared import whole
from .killing import Writer
from .served import Site

import json
import random
import signal
import threading
import time


def backup(site, folder, *options):
    """Back the site up by command; what was told."""
    found = site.zhinan("--json", "backup", str(folder), *options)
    return json.loads(found.stdout.splitlines()[-1])


class Staff:
    """People who work until they are told to stop."""

    def __init__(self, site, number=4):
        self.writers = [
            Writer(n, site, random.Random(f"drill/{n}")) for n in range(number)
        ]
        self.ended = threading.Event()
        self.threads = [
            threading.Thread(target=writer.work, args=(self.ended,), daemon=True)
            for writer in self.writers
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def acts(self):
        """What was acknowledged so far."""
        return sum(sum(writer.acts.values()) for writer in self.writers)

    def wait(self, number):
        """Until they have done so many more things."""
        wanted, limit = self.acts() + number, time.monotonic() + 120
        while self.acts() < wanted:
            assert time.monotonic() < limit
            time.sleep(0.05)

    def __exit__(self, *_error):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def brought_back(tmp_path, folder, told):
    """A home into which a backup was restored."""
    home = Site(tmp_path / f"restored-{told['backup']}")
    said = home.zhinan("restore", str(folder), "--at", told["backup"])
    assert "校验码全部相符" in said.stdout
    return home


def test_drill(site, tmp_path):
    """Every object and blob as of the moment of each backup, in an empty place."""
    folder = tmp_path / "backups"
    site.start()
    with site.client() as client:
        feed = client.get("@changes?since=0").json()["feed"]
    with Staff(site) as staff:
        staff.wait(30)
        first = backup(site, folder)
        assert first["full"] and first["blobs"] and not first["missing"]
        homes = [brought_back(tmp_path, folder, first)]
        staff.wait(20)
        second = backup(site, folder)
        # What is new alone was added.
        assert not second["full"]
        assert 0 < second["copied"] < second["blobs"]
    assert not [odd for writer in staff.writers for odd in writer.odd]
    homes.append(brought_back(tmp_path, folder, second))
    compared = [
        compare(site.place, home.place, bytes.fromhex(told["tid"]))
        for home, told in zip(homes, (first, second), strict=True)
    ]
    assert compared[0] < compared[1] and compared[1][1] >= second["copied"]
    backup(site, folder)
    # Packed, the next one is a full one; blobs that stay are not copied again.
    with site.client() as client:
        address = f"http://localhost:{site.port}/Control_Panel/Database/main/"
        answer = client.post(f"{address}manage_pack", data={"days:float": "0"})
        assert answer.status_code in {200, 302}, answer.text
    third = backup(site, folder, "--keep", "1,0,0")
    # By the rule one a day stays.
    assert third["full"] and third["copied"] == 0 and third["removed"] == 1
    site.end(signal.SIGKILL)
    home = Site(tmp_path / "last")
    home.zhinan("restore", str(folder))
    compare(site.place, home.place, bytes.fromhex(third["tid"]))
    assert whole(site.place) == whole(home.place)
    home.take_keys(site)
    refused = home.zhinan("restore", str(folder), ok=False)
    assert refused.returncode == 1 and "已有内容" in refused.stderr
    # It lives, and tells those who follow its changes to begin again.
    try:
        assert home.zhinan("verify").returncode == 0
        assert (home.home / "var" / "restored.json").exists()
        home.start()
        assert not (home.home / "var" / "restored.json").exists()
        with home.client() as client:
            assert client.get("@changes?since=0").json()["feed"] != feed
            for writer in staff.writers:
                writer.look(client, everything=True)
            health = client.get("@health").json()
            assert health["serves_and_saves"] is True
    finally:
        home.end(signal.SIGKILL)


def test_daily(site, tmp_path):
    """A site with a folder in its environment makes the backup by itself."""
    folder = tmp_path / "backups"
    site.environment["ZHINAN_BACKUP_DIR"] = str(folder)
    site.start()
    limit = time.monotonic() + 60
    while not list(folder.glob("manifests/*.json")):
        assert time.monotonic() < limit
        time.sleep(0.2)
    with site.client() as client:
        facts = client.get("@health").json()["items"]
        (fact,) = (fact for fact in facts if fact["name"] == "backup")
        assert fact["state"] == "fine" and fact["data"]["folder"] == str(folder)
    assert site.zhinan("verify-backup").returncode == 0
    listed = site.zhinan("backups").stdout
    assert "完整" in listed
    (blob,) = list(folder.glob("data/*/*.fsz"))
    blob.write_bytes(blob.read_bytes()[:-1])
    found = site.zhinan("verify-backup", ok=False)
    assert found.returncode == 1 and blob.name in found.stdout
    assert site.zhinan("backup", "--verify", ok=False).returncode == 1
