"""The trail of a site on a real database file, while a real process serves it."""

from jobs.live import Live
from jobs.live import records

import json
import pytest
import signal
import stat
import time
import urllib.error
import urllib.request


TAMPER = """
import transaction
from zhinan.trail import store

(site,) = app.objectValues("Plone Site")
trail = store.of(site)
uid, chain = next(
    (uid, chain) for uid, chain in trail.chains() if chain.last().type == "MatterGuide"
)
text = chain.entries[1]
chain.entries[1] = text.replace(b'"who":"admin"', b'"who":"other"')
assert chain.entries[1] != text
(name,) = list(trail.events)[-1:]
events = trail.events[name]
del events.entries[events.count]
transaction.commit()
print(uid)
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A site of its own, served."""
    found = Live(tmp_path_factory.mktemp("home"))
    try:
        found.create()
        found.start()
        yield found
    finally:
        found.end(signal.SIGKILL)


def checked(live, *arguments):
    """What ``zhinan trail verify`` says, and its exit status."""
    done = live.zhinan("trail", "verify", "--json", *arguments, ok=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_beside_the_running_site(live):
    """Acts of a job, a refusal, the first anchor and its file: all there and whole."""
    key = live.home / "var" / "trail.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    path = live.home / "matters.jsonl"
    path.write_text(records(30), encoding="utf-8")
    live.zhinan("import-matters", str(path))
    assert live.page("/@@jobs") in {200, 401, 403}
    assert live.page("/guides/@@edit") in {200, 401}
    status, found = checked(live)
    assert status == 0 and found["fine"], found
    # Each guide has a material; the department came with them.
    assert found["entries"] >= 61 and found["events"] >= 1
    limit = time.monotonic() + 60
    while not list((live.home / "var" / "anchors").glob("*-1.json")):
        assert time.monotonic() < limit
        time.sleep(0.5)
    target = live.home / "trail.jsonl"
    live.zhinan("trail", "export", "-o", str(target), "--events")
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {"imported", "job.started", "refused"} <= {line["act"] for line in lines}
    guide = next(line for line in lines if line.get("type") == "MatterGuide")
    shown = live.zhinan("trail", "show", guide["path"]).stdout
    assert "imported" in shown and "admin" in shown and "字段：" in shown
    assert live.zhinan("trail", "show", guide["uid"]).stdout == shown
    assert live.zhinan("trail", "show", "nix", ok=False).returncode == 1


def test_a_database_that_is_only_read(live):
    """A refusal cannot be written down, and is answered all the same."""
    live.end()
    conf = live.home / "parts" / "instance" / "etc" / "zope.conf"
    before = conf.read_text("utf-8")
    conf.write_text(
        before.replace("<filestorage>", "<filestorage>\n      read-only on"), "utf-8"
    )
    try:
        live.start()
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            f"http://localhost:{live.port}/zhinan/@users",
            headers={"Accept": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            direct.open(request, timeout=60)
        assert caught.value.code == 401
        assert live.page("/guides") == 200
    finally:
        live.end()
        conf.write_text(before, "utf-8")


def test_tampering_with_the_file_is_named(live):
    """In Chinese, with status 1; also by ``zhinan verify``; a wrong key is said."""
    script = live.home / "tamper.py"
    script.write_text(TAMPER, encoding="utf-8")
    conf = live.home / "parts" / "instance" / "etc" / "zope.conf"
    from jobs.live import ROOT

    uid = live.run(str(ROOT / "bin" / "zconsole"), "run", str(conf), str(script))
    status, found = checked(live)
    assert status == 1 and not found["fine"]
    kinds = {(fault["kind"], fault["stream"]) for fault in found["faults"]}
    assert kinds == {("changed", "acts"), ("cut", "events")}
    (fault,) = [fault for fault in found["faults"] if fault["stream"] == "acts"]
    assert fault["chain"] == uid.stdout.splitlines()[-1] and fault["number"] == 1
    assert "被改动" in fault["sentence"] and fault["path"] in fault["sentence"]
    whole = live.zhinan("verify", ok=False)
    assert whole.returncode == 1 and fault["sentence"] in whole.stdout
    key = live.home / "var" / "trail.key"
    kept = key.read_text("ascii")
    refused = live.zhinan("trail", "new-key", ok=False)
    assert refused.returncode == 1 and key.read_text("ascii") == kept
    key.unlink()
    status, found = checked(live)
    assert "密钥不见了" in found["troubles"][0]
    assert {fault["kind"] for fault in found["faults"]} == {"changed", "cut"}
    live.zhinan("trail", "new-key")
    status, found = checked(live)
    assert found["troubles"] == [] and found["remarks"]
