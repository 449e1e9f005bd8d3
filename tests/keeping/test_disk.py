"""A disk that is full, and one that can only be read, under a real process."""

from .compared import whole
from .served import fill_up
from .served import Site
from .served import small_disk
from base64 import b64encode
from jobs.live import records
from pathlib import Path
from ZODB.blob import FilesystemHelper

import os
import pytest
import re
import signal
import subprocess
import time


CHINESE = re.compile("[\u4e00-\u9fff]")
MB = 1_000_000


def policy(name, size=1000):
    """A document with a file of that size."""
    data = b64encode(os.urandom(size)).decode()
    file = {"data": data, "encoding": "base64", "filename": f"{name}.pdf"}
    return {
        "@type": "PolicyDocument",
        "id": name,
        "title": f"办法{name}",
        "document_number": "嘉政发[2026]第008号",
        "issuing_body": "嘉峪关市人民政府",
        "issued": "2026-08-01",
        "text": "<p>第八条</p>",
        "attachments": [{"title": "附件", "file": file}],
    }


def refused(answer, kind):
    """The answer tells in Chinese what is the matter."""
    assert answer.status_code == 503, answer.text[:500]
    assert answer.headers["Content-Type"].startswith("application/json")
    assert int(answer.headers["Retry-After"]) > 0
    told = answer.json()
    assert told["type"] == kind and "traceback" not in told
    assert CHINESE.search(told["message"])


def refused_page(client):
    """The same for a person who presses a button on a page."""
    browser = {"Accept": "text/html"}
    page = client.get("policies/before", headers=browser).text
    link = re.search(r'href="([^"]*workflow_action=[^"]*)"', page).group(1)
    answer = client.get(link.replace("&amp;", "&"), headers=browser)
    assert answer.status_code == 503, answer.text[:500]
    assert int(answer.headers["Retry-After"]) > 0
    answer.encoding = "utf-8"
    for sentence in ("现在不能保存", "没有保存", "请告知本站管理员"):
        assert sentence in answer.text
    assert "zn-" in answer.text and "${" not in answer.text
    return answer.text


def nothing_half_written(site):
    """The file ends with a transaction, each blob is named by one, no rest is left."""
    place = site.place
    _objects, _blobs, transactions = whole(place)
    assert transactions
    from zhinan.keeping.place import read_part

    named = {
        Path(FilesystemHelper(str(place.blobs)).getBlobFilename(oid, tid))
        for oid, tid in read_part(place.data, 4, b"\xff" * 8).blobs
    }
    assert set(place.blobs.rglob("*.blob")) == named
    assert not [path for path in (place.blobs / "tmp").rglob("*") if path.is_file()]


@pytest.mark.parametrize("reserve", ["5", "0"])
def test_full(stopped_site, tmp_path, reserve):
    """Writing is refused with a page, reading goes on, and so does all with space.

    With a reserve transactions are refused before they begin; without one the disk
    itself refuses them half-way.
    """
    with small_disk(tmp_path / "disk", 60) as disk:
        site = Site.copy(stopped_site, disk / "home")
        site.environment["ZHINAN_DISK_RESERVE"] = reserve
        try:
            site.start()
            _full(site, disk, int(reserve))
        finally:
            site.end(signal.SIGKILL)


def _full(site, disk, reserve):
    with site.client() as client:
        made = client.post("policies", json=policy("before"))
        assert made.status_code == 201, made.text
        # Long work is under way when the disk fills up.
        source = disk.with_name("matters.jsonl")
        source.write_text(records(200), encoding="utf-8")
        site.zhinan("import-matters", "--detach", str(source))
        filler = fill_up(disk, reserve * MB + 300_000)
        statuses = []
        for number in range(12):
            size = (300_000, 3000, 3 * MB)[number % 3]
            answer = client.post("policies", json=policy(f"full-{number}", size))
            statuses.append(answer.status_code)
            if answer.status_code != 201:
                refused(answer, "DiskFull")
        assert 503 in statuses
        fill_up(disk, 0 if not reserve else reserve * MB - 500_000)
        for _turn in range(2):
            refused(client.post("policies", json=policy("no", 3 * MB)), "DiskFull")
            refused(client.post("policies", json=policy("no", 30)), "DiskFull")
        answer = client.patch("policies/before", json={"title": "改过"})
        refused(answer, "DiskFull")
        refused_page(client)
        # Reading goes on, for everybody.
        assert client.get("policies/before").json()["title"] == "办法before"
        assert site.page("/guides") == 200
        assert client.get("policies/no").status_code == 404
        # Nobody runs in circles, nor writes without end into the log.
        used, log = site.processor_seconds(), _log_size(site)
        time.sleep(5)
        # One batch of the waiting job may be tried in it; a circle would take all five.
        assert site.processor_seconds() - used < 2.5
        assert _log_size(site) - log < 10_000
        filler.unlink()
        answer = client.post("policies", json=policy("after", 300_000))
        assert answer.status_code == 201, answer.text
    # The work that was under way has waited, and ends.
    (job,) = site.jobs()
    found = site.zhinan("--json", "job", job["job"]).stdout.splitlines()[-1]
    assert '"state": "done"' in found and '"done": 200' in found
    site.end(signal.SIGKILL)
    nothing_half_written(site)
    assert site.zhinan("verify").returncode == 0
    site.start()
    with site.client() as client:
        for name, status in zip(("before", "after"), (200, 200), strict=True):
            assert client.get(f"policies/{name}").status_code == status
        for number, status in enumerate(statuses):
            wanted = 200 if status == 201 else 404
            assert client.get(f"policies/full-{number}").status_code == wanted


def _log_size(site):
    return sum(
        path.stat().st_size
        for folder in (site.home / "var", site.home / "var" / "log")
        for path in folder.glob("*.log")
    )


def test_read_only(stopped_site, tmp_path):
    """On a disk that can only be read: pages are served, writing is refused."""
    with small_disk(tmp_path / "disk", 60) as disk:
        site = Site.copy(stopped_site, disk / "home")
        site.configure("zope.conf", "<filestorage>", "<filestorage>\n read-only true")
        # A site can be served from such a disk as long as its logs are elsewhere.
        console = tmp_path / "console.log"
        (site.home / "var" / "console.log").symlink_to(console)
        site.configure("wsgi.ini", f"{site.home}/var/log", str(tmp_path))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        try:
            site.start()
            with site.client() as client:
                assert site.page("") == 200
                answer = client.post("policies", json=policy("no", 3 * MB))
                refused(answer, "ReadOnly")
                assert client.get("policies").status_code == 200
            used = site.processor_seconds()
            time.sleep(5)
            assert site.processor_seconds() - used < 1
            told = console.read_text("utf-8")
            assert told.count("[zhinan-jobs]") == told.count("waits for the disk") == 1
        finally:
            site.end(signal.SIGKILL)
