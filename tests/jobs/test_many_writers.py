"""A storage with many writers: one process leads, another takes over when it is killed."""

from .live import free_port
from .live import Live
from .live import records
from .live import SECONDS

import json
import pytest
import re
import signal
import socket
import subprocess
import sys
import time


MANY = 400
_STORAGE = re.compile(r"^ *<blobstorage>.*?</blobstorage>\n", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A site whose database is served by ZEO, with nobody at it yet."""
    live = Live(tmp_path_factory.mktemp("shared"))
    port, var = free_port(), live.home / "var"
    zeo = live.home / "zeo.conf"
    zeo.write_text(
        f"<zeo>\n address 127.0.0.1:{port}\n</zeo>\n<filestorage 1>\n"
        f" path {var}/filestorage/Data.fs\n blob-dir {var}/blobstorage\n"
        "</filestorage>\n",
        "utf-8",
    )
    client = (
        f"<zeoclient>\n server 127.0.0.1:{port}\n storage 1\n shared-blob-dir on\n"
        f" blob-dir {var}/blobstorage\n</zeoclient>\n"
    )
    conf = live.home / "parts" / "instance" / "etc" / "zope.conf"
    text, found = _STORAGE.subn(client, conf.read_text("utf-8"))
    assert found == 1
    conf.write_text(text, "utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "ZEO.runzeo", "-C", str(zeo)],
        cwd=live.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        live.create()
        yield live
    finally:
        live.end(signal.SIGKILL)
        server.terminate()
        server.wait(SECONDS)


def wait_for(port, server):
    """Wait until the storage server listens."""
    limit = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None and time.monotonic() < limit
        time.sleep(0.1)


def begin(live, *arguments):
    """A command of the site that goes on by itself."""
    call = "import sys; from zhinan.exchange.command import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", call, "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=live.environment,
        cwd=live.home,
    )


def states(process):
    """What a command tells, line by line."""
    for line in process.stdout:
        yield json.loads(line)


def test_a_killed_leader_is_followed_and_nothing_is_done_twice(shared):
    """The second command watches while the first leads, and then leads itself."""
    path = shared.home / "matters.jsonl"
    path.write_text(records(MANY), encoding="utf-8")
    first = begin(shared, "import-matters", str(path))
    told = states(first)
    job = next(told)["job"]
    second = begin(shared, "job", job)
    watched = states(second)
    assert next(watched)["state"] in {"waiting", "running"}
    for state in told:
        if state["done"] >= 100:
            break
    first.send_signal(signal.SIGKILL)
    first.wait(SECONDS)
    last = list(watched)[-1]
    assert second.wait(SECONDS) == 0, second.stderr.read()
    assert (last["state"], last["done"]) == ("done", MANY)
    # The department comes beside the matters.
    assert sum(last["counts"].values()) == MANY + 1
    again = shared.zhinan("--json", "import-matters", str(path)).stdout
    assert list(json.loads(again.splitlines()[-1])["counts"].values()) == [MANY]


def test_the_server_leads_and_gives_the_lease_up_when_it_ends(shared):
    """A command beside a serving process hands over; after its end it leads itself."""
    path = shared.home / "few.jsonl"
    path.write_text(records(60), encoding="utf-8")
    shared.start()
    found = shared.zhinan("--json", "import-matters", str(path)).stdout
    assert json.loads(found.splitlines()[-1])["state"] == "done"
    shared.end(signal.SIGKILL)
    found = shared.zhinan("--json", "import-matters", str(path)).stdout
    assert json.loads(found.splitlines()[-1])["state"] == "done"
