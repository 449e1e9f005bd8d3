"""The site that ``make run`` serves is started again when it was killed."""

from bootstrap import serving
from jobs.live import BIN
from jobs.live import ROOT
from pathlib import Path

import os
import pytest
import signal
import subprocess
import time


@pytest.mark.parametrize(
    ["restarts", "seconds"],
    [
        ([], 1),
        ([990], 2),
        ([980, 990], 4),
        ([10, 20, 30, 40, 50, 60], 1),
        ([500, 600, 700, 800, 900], None),
        ([300, 500, 600, 700, 800], 16),
    ],
)
def test_restarts_are_bounded(restarts, seconds):
    """Each one in the window waits longer; five are enough."""
    assert serving.pause(restarts, 1000) == seconds


def server_of(parent):
    """The server below a process."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    for child in children.split():
        # One that has ended and was not asked for yet has an empty command line.
        if b"runwsgi" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    return None


def wait(until, seconds=90):
    """Wait for something."""
    limit = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < limit
        time.sleep(0.1)
    return found


def test_killed_it_is_there_again(site):
    """Behind stale locks and sockets; ended on purpose it stays ended."""
    for name in ("bin", ".venv"):
        (site.home / name).symlink_to(ROOT / name)
    (site.home / ".cache").mkdir()
    code = (
        "import signal, sys\n"
        "from bootstrap import serving\n"
        "from bootstrap.__main__ import stop\n"
        "from bootstrap.checkout import Checkout\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "serving.serve(Checkout(Path(sys.argv[1])), int(sys.argv[2]), print)\n"
    )
    output = site.home / "output"
    with output.open("w") as out:
        parent = subprocess.Popen(
            [str(BIN / "python"), "-c", code, str(site.home), str(site.port)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tools"), "PYTHONUTF8": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait(lambda: site.page("") == 200)
        first = wait(lambda: server_of(parent.pid))
        os.kill(first, signal.SIGKILL)
        for name in ("zhinan.sock", "filestorage/Data.fs.lock"):
            assert (site.home / "var" / name).exists()
        second = wait(lambda: server_of(parent.pid) not in {None, first})
        assert second and wait(lambda: site.page("") == 200)
        assert "重新启动" in output.read_text("utf-8")
    finally:
        server = server_of(parent.pid)
        parent.send_signal(signal.SIGTERM)
        parent.wait(60)
    assert not Path(f"/proc/{server}").exists() and site.page("") == 0
