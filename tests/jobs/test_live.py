"""The command line with the site stopped, served, and killed in the middle."""

from .live import Live
from .live import records

import json
import pytest
import signal
import stat
import subprocess
import time


FEW, MANY = 40, 400


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A site of its own, stopped."""
    found = Live(tmp_path_factory.mktemp("home"))
    try:
        found.create()
        yield found
    finally:
        found.end(signal.SIGKILL)


@pytest.fixture
def served(live):
    """The same while it is served."""
    if live.process is None:
        live.start()
    return live


def source(live, number):
    """A file with so many records."""
    path = live.home / f"matters-{number}.jsonl"
    path.write_text(records(number), encoding="utf-8")
    return str(path)


def counts(output):
    """The last state of a job that a command printed as JSON."""
    return json.loads(output.strip().splitlines()[-1])


def test_stopped_the_command_does_it_itself(live):
    """Import, run twice, export beside nobody, verify: all in the command."""
    path = source(live, FEW)
    first = counts(live.zhinan("--json", "import-matters", path).stdout)
    assert (first["state"], first["done"]) == ("done", FEW)
    again = counts(live.zhinan("--json", "import-matters", path).stdout)
    assert again["state"] == "done"
    assert list(again["counts"].values()) == [FEW]
    target = live.home / "export.zip"
    assert f"{FEW + 1} 条记录" in live.zhinan("export", "-o", str(target)).stdout
    assert target.stat().st_size > 1000
    assert live.zhinan("verify").returncode == 0
    assert len(live.jobs()) == 2


def test_served_the_site_does_it(served):
    """The command hands it over; reading goes on beside; only the owner may open."""
    socket = served.home / "var" / "zhinan.sock"
    mode = socket.stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    path = source(served, FEW)
    found = counts(served.zhinan("--json", "import-matters", path).stdout)
    assert found["state"] == "done" and list(found["counts"].values()) == [FEW]
    target = served.home / "beside.json"
    served.zhinan("export", "-o", str(target))
    assert len(json.loads(target.read_text("utf-8"))["guides"]) == FEW
    assert served.zhinan("verify").returncode == 0


def test_pages_are_answered_during_an_import_and_cancel_ends_it(served):
    """People use the site meanwhile; what was done before the cancel stays."""
    path = source(served, MANY)
    served.zhinan("import-matters", "--detach", path)
    job = served.jobs()[0]["job"]
    wait_until(served, job, 50)
    assert served.page("/guides") == 200
    served.zhinan("cancel", job)
    end = served.zhinan("--json", "job", job, ok=False)
    assert end.returncode == 3
    found = counts(end.stdout)
    assert found["state"] == "cancelled" and 50 <= found["done"] < MANY


def wait_until(live, job, number):
    """Wait until a job has done so many."""
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        found = next(one for one in live.jobs() if one["job"] == job)
        if found["done"] >= number:
            return found
        assert found["state"] in {"waiting", "running"}, found
        time.sleep(0.1)
    raise AssertionError("the job does not get on")


def test_killed_in_the_middle_it_goes_on_and_does_nothing_twice(served):
    """kill -9: the next start of the site goes on behind the last batch."""
    path = source(served, MANY)
    before = len(served.jobs())
    served.zhinan("import-matters", "--detach", path)
    job = served.jobs()[0]["job"]
    killed_at = wait_until(served, job, 200)["done"]
    served.end(signal.SIGKILL)
    # What the killed process left of its socket hinders nobody.
    assert (served.home / "var" / "zhinan.sock").exists()
    served.start()
    found = counts(served.zhinan("--json", "job", job).stdout)
    assert (found["state"], found["done"]) == ("done", MANY)
    assert found["done"] > killed_at
    assert sum(found["counts"].values()) >= MANY
    again = counts(served.zhinan("--json", "import-matters", path).stdout)
    assert list(again["counts"].values()) == [MANY]
    assert len(served.jobs()) == before + 2
    target = served.home / "after.json"
    served.zhinan("export", "-o", str(target))
    guides = json.loads(target.read_text("utf-8"))["guides"]
    assert len(guides) == MANY
    names = [guide["elements"]["title"] for guide in guides]
    assert len(set(names)) == MANY


def test_what_cannot_be_done_is_one_sentence(served, tmp_path):
    """No file, no such job, no such person, a broken file: status 1 and a sentence."""
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes("说明".encode("gbk"))
    for arguments in (
        ("import-matters", str(tmp_path / "none.jsonl")),
        ("import-matters", str(tmp_path)),
        ("--user", "nobody", "import-matters", source(served, FEW)),
        ("--site", "nowhere", "jobs"),
        ("job", "nix"),
        ("import-matters", str(broken)),
        ("export", "-o", str(tmp_path / "none" / "x.zip")),
        ("export", "-o", str(broken)),
    ):
        found = served.zhinan(*arguments, ok=False)
        said = found.stdout + found.stderr
        assert found.returncode == 1, (arguments, said)
        assert "Traceback" not in said and said.strip(), arguments


def test_pure_commands_open_no_database(tmp_path):
    """A schema, a template and a mapping are there without any site."""
    from .live import ROOT

    import os
    import sys

    call = "import sys; from zhinan.exchange.command import main; sys.exit(main())"
    environment = {**os.environ, "ZHINAN_HOME": str(tmp_path), "PYTHONUTF8": "1"}

    def zhinan(*arguments):
        return subprocess.run(
            [sys.executable, "-c", call, *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
        )

    assert json.loads(zhinan("schema").stdout)["$schema"]
    table = ROOT / "src" / "zhinan" / "rules" / "data" / "sources" / "guangdong.toml"
    assert zhinan("check-mapping", str(table)).returncode == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("x = 1", encoding="utf-8")
    assert zhinan("check-mapping", str(wrong)).returncode == 1
    target = tmp_path / "template.xlsx"
    assert zhinan("export-template", "--pure", "-o", str(target)).returncode == 0
    assert target.stat().st_size > 5000
    assert zhinan("jobs").returncode == 1
