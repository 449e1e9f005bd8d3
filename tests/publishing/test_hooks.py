"""Hooks against a real server of this machine: it fails, dawdles, and takes it."""

from .test_revisions import make_guide
from .test_revisions import publish
from .test_revisions import saved
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from plone import api
from threading import Event
from threading import Thread
from zhinan.jobs.interfaces import IScheduled
from zhinan.jobs.runner import Leader
from zhinan.publishing import channels
from zhinan.publishing import sending
from zhinan.publishing.revisions import settle
from zhinan.publishing.store import outbox
from zhinan.rules.channels import signature
from zhinan.rules.channels import token_key
from zope.component import getUtility

import datetime
import json
import pytest
import socket
import ssl
import subprocess
import time
import transaction


class Receiver(ThreadingHTTPServer):
    """Takes messages, after it has done what its plan says, one step a message."""

    def __init__(self, *plan):
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan = list(plan)
        self.taken = []
        self.seen = 0
        self.over = Event()

    @property
    def address(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook?from=city"


class Handler(BaseHTTPRequestHandler):
    """One message."""

    def do_POST(self):
        """Do the next step of the plan; without one take the message."""
        server = self.server
        server.seen += 1
        step = server.plan.pop(0) if server.plan else 204
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if step == "slow":
            server.over.wait(30)
            return
        if step == "drip":
            # A byte now and then keeps each single wait short.
            while not server.over.wait(0.2):
                try:
                    self.wfile.write(b"H")
                except OSError:
                    return
            return
        if step == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if step == 204:
            server.taken.append((self.path, dict(self.headers), body))
        self.send_response(step)
        if 300 <= step < 400:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        """Quiet."""


@contextmanager
def receiver(*plan):
    """A server that runs."""
    server = Receiver(*plan)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(integration):
    """A site with a published guide and a channel without a hook."""
    site = integration["portal"]
    with api.env.adopt_roles(["Manager"]):
        publish(make_guide(site))
        settle()
        yield site


@pytest.fixture
def channel(site):
    """A channel; its token stands beside it."""
    made, token = channels.create(outbox(site), "hall", "大厅终端", "", "https://a.cn")
    return made, token


def run(site):
    """One run, as the site's own thread does it."""
    return getUtility(IScheduled, name="zhinan.channels").run(site)


def due_again(channel):
    """The pause is over."""
    assert channel.delivery.next_try > channels.utc_now()
    channel.delivery.next_try = channels.utc_now() - datetime.timedelta(seconds=1)


def test_it_fails_dawdles_and_takes_it(site, channel, monkeypatch):
    """Nothing is lost, nothing comes twice, each failure has its reason."""
    monkeypatch.setattr(sending, "PATIENCE", 0.5)
    made, token = channel
    with receiver(500, "slow", "hang up", 302) as server:
        made.hook = server.address
        pauses = []
        for expected in ("status", "timeout", "broken", "redirect"):
            assert run(site)
            assert made.delivery.reason[0] == expected
            assert made.delivery.sequence == 0
            pauses.append(made.delivery.next_try - made.delivery.last_try)
            assert not run(site), "it waits"
            due_again(made)
        assert pauses == sorted(set(pauses)), "the pauses grow"
        assert server.taken == [] and made.delivery.failures == 4
        assert run(site)
        assert made.delivery.failures == 0 and made.delivery.sequence == 1
        assert not run(site), "nothing is new"
        assert server.seen == 5
        guide = site.guides.g1
        saved(guide, description="第二句。")
        assert run(site)
        sequences = [
            item["sequence"]
            for _path, _headers, body in server.taken
            for item in json.loads(body)["items"]
        ]
        assert sequences == [1, 2]
    path, headers, body = server.taken[0]
    assert path == "/hook?from=city"
    assert headers["X-Zhinan-Channel"] == "hall"
    assert headers["X-Zhinan-Sequence"] == "1"
    expected = signature(token_key(token), headers["X-Zhinan-Timestamp"], body)
    assert headers["X-Zhinan-Signature"] == f"sha256={expected}"
    assert abs(int(headers["X-Zhinan-Timestamp"]) - time.time()) < 60
    (item,) = json.loads(body)["items"]
    assert item["address"] == "https://a.cn/guides/g1"


def test_what_was_undone_after_sending_goes_out_again(site, channel):
    """Under the same numbers, so that the receiver can drop it."""
    made, _token = channel
    with receiver() as server:
        made.hook = server.address
        point = transaction.savepoint()
        run(site)
        point.rollback()
        run(site)
    bodies = [json.loads(body) for _path, _headers, body in server.taken]
    assert bodies[0] == bodies[1]
    assert made.delivery.sequence == 1


def test_a_receiver_that_drips_does_not_hold_us(site, channel, monkeypatch):
    """All of it has an end."""
    monkeypatch.setattr(sending, "DEADLINE", 1)
    made, _token = channel
    with receiver("drip") as server:
        made.hook = server.address
        start = time.monotonic()
        run(site)
        assert time.monotonic() - start < 4
    assert made.delivery.reason[0] == "timeout"


def test_nobody_listens(site, channel):
    """A closed port, and a name that nobody has."""
    made, _token = channel
    with receiver() as server:
        address = server.address
    made.hook = address
    run(site)
    assert made.delivery.reason[0] == "refused"
    assert sending.post("http://nobody.invalid/", b"", {}).reason == "unknown_host"


def test_a_certificate_that_nobody_knows(tmp_path):
    """Nothing is sent, and the reason is the certificate."""
    pem = tmp_path / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-subj", "/CN=localhost", "-keyout", str(pem), "-out", f"{pem}.crt"],
        check=True,
        capture_output=True,
    )
    server = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{pem}.crt", pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        address = f"https://localhost:{server.server_port}/"
        outcome = sending.post(address, b"{}", {})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert outcome.reason == "certificate" and "self" in outcome.detail
    assert server.taken == [] and server.seen == 0


def test_no_address_but_http(site, channel):
    """Even where one came in past the form."""
    made, _token = channel
    made.hook = "file:///etc/passwd"
    run(site)
    assert made.delivery.reason[0] == "address_scheme"


def test_the_thread_of_a_new_site_sends_without_any_job(functional):
    """The real runner, which does what is scheduled though nobody started a job."""
    site = functional["portal"]
    with api.env.adopt_roles(["Manager"]):
        publish(make_guide(site))
    made, _token = channels.create(outbox(site), "hall", "大厅", "", "https://a.cn")
    with receiver() as server:
        made.hook = server.address
        transaction.commit()
        Leader(functional["app"]).step()
    (body,) = [json.loads(body) for _path, _headers, body in server.taken]
    assert [item["kind"] for item in body["items"]] == ["published"]
    transaction.begin()
    assert made.delivery.sequence == 1


def test_a_paused_channel_is_not_told(site, channel):
    """And gets everything when it goes on."""
    made, _token = channel
    with receiver() as server:
        made.hook = server.address
        made.active = False
        assert not run(site)
        made.active = True
        assert run(site)
    assert len(server.taken) == 1


def test_what_was_acknowledged_is_not_told(site, channel):
    """A channel that fetches by itself."""
    made, _token = channel
    channels.acknowledge(outbox(site), made, 1, [])
    with receiver() as server:
        made.hook = server.address
        assert not run(site)
    assert server.seen == 0


def test_long_queues_go_in_batches(site, channel, monkeypatch):
    """In order, and the next batch follows at once."""
    from zhinan.publishing import hooks

    monkeypatch.setattr(hooks, "BATCH", 2)
    for number in range(4):
        saved(site.guides.g1, description=f"第{number}句。")
    made, _token = channel
    with receiver() as server:
        made.hook = server.address
        run(site)
    bodies = [json.loads(body)["items"] for _path, _headers, body in server.taken]
    assert [[i["sequence"] for i in items] for items in bodies] == [[1, 2], [3, 4], [5]]
