"""A real server that is killed before the time comes: it is published all the same."""

from jobs.live import Live
from jobs.live import ROOT
from pathlib import Path

import json
import pytest
import signal
import time


SCRIPT = Path(__file__).parent / "live_schedule.py"
#: Seconds that a publication may be late.
LATEST = 60
#: Seconds ahead for which it is scheduled: within them a server starts and is killed.
AHEAD = 60


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A site of its own, stopped."""
    found = Live(tmp_path_factory.mktemp("schedule"))
    try:
        found.create()
        yield found
    finally:
        found.end(signal.SIGKILL)


def run_script(live):
    """What the script tells, the site being stopped."""
    conf = str(live.home / "parts" / "instance" / "etc" / "zope.conf")
    zconsole = str(ROOT / "bin" / "zconsole")
    output = live.run(zconsole, "run", conf, str(SCRIPT)).stdout
    return json.loads(output.strip().splitlines()[-1])


def wait_for(live, path, until):
    """When a page was there for everybody."""
    while live.page(path) != 200:
        assert time.time() < until, "it was not published in time"
        time.sleep(0.2)
    return time.time()


def test_killed_before_the_time(live):
    """Protects: kill -9, start again, published at most 60 s late, and once."""
    live.environment["ZHINAN_TEST_IN"] = str(AHEAD)
    due = run_script(live)["due"]
    live.start()
    assert live.page("/++api++/guides/g0") != 200
    live.end(signal.SIGKILL)
    assert time.time() < due, "it was to be killed before the time"
    live.start()
    began = max(time.time(), due)
    published = wait_for(live, "/++api++/guides/g0", began + LATEST)
    wait_for(live, "/++api++/guides/g1", began + LATEST)
    print(f"late by {published - due:.1f} s, by the server {published - began:.1f} s")
    live.end()
    del live.environment["ZHINAN_TEST_IN"]
    found = run_script(live)
    for guide in found["guides"].values():
        assert (guide["state"], guide["editions"]) == ("published", 1)
    assert [one["outcome"] for one in found["taken"]] == ["done", "done"]
    slow = max(0.0, began - due)
    assert all(one["late"] <= LATEST + slow for one in found["taken"])
    assert found["due"] == 0
