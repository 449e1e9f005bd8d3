"""The nightly check: guides, links against a local server, trend, and the clock."""

from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from zhinan.departments.citytime import CITY_TIME
from zhinan.guides import linkcheck
from zhinan.guides import quality
from zhinan.guides.nightly import asks
from zhinan.guides.nightly import EVERY_NIGHT
from zhinan.guides.nightly import KIND
from zhinan.guides.requirementsettings import change
from zhinan.jobs import runner
from zhinan.jobs import store as jobs
from zhinan.testing import publish
from zhinan.testing import withdraw
from zhinan.trail.acts import person

import datetime
import pytest
import socket
import threading
import time
import transaction


class Handler(BaseHTTPRequestHandler):
    """Answers by the path; remembers who asked for what."""

    asked = []

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        self.asked.append((self.command, self.path))
        name = self.path.partition("?")[0].strip("/")
        if name == "slow":
            time.sleep(3)
        if name == "drip":
            try:
                for _byte in range(40):
                    self.wfile.write(b"H")
                    self.wfile.flush()
                    time.sleep(0.1)
            except OSError:
                pass
            return
        if name == "moved":
            self.send_response(302)
            self.send_header("Location", "/fine")
        elif name == "circle":
            self.send_response(301)
            self.send_header("Location", "/circle")
        elif name == "inside":
            self.send_response(302)
            self.send_header("Location", "http://10.255.255.1/secret")
        elif name == "nohead":
            self.send_response(405 if self.command == "HEAD" else 404)
        elif name.isdecimal():
            self.send_response(int(name))
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Nothing is said."""


@pytest.fixture
def server():
    """A server on loopback, whose address is private."""
    Handler.asked = []
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("fine", ("fine", "200")),
        ("fine?q=许可 证", ("fine", "200")),
        ("moved", ("fine", "200")),
        ("403", ("fine", "403")),
        ("404", ("dead", "404")),
        ("410", ("dead", "410")),
        ("nohead", ("dead", "404")),
        ("circle", ("dead", "circle")),
        ("500", ("unsure", "500")),
        ("slow", ("unsure", "timeout")),
        ("drip", ("unsure", "timeout")),
    ],
)
def test_answers(server, path, expected):
    """What an address says, and that nobody holds us longer than is set."""
    begun = time.monotonic()
    assert linkcheck.ask(f"{server}/{path}", 1.0, True) == expected
    assert time.monotonic() - begun < 2.5


def test_nobody_listens(server):
    """A port where nothing is, and a name that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert linkcheck.ask(f"http://127.0.0.1:{port}/", 1, True) == ("dead", "refused")
    assert linkcheck.ask("http:///", 1, True) == ("dead", "address")


def test_internal_networks_are_not_asked(server, monkeypatch):
    """Protects: nobody makes the server ask its neighbours, by name, number or turn."""
    assert linkcheck.ask(f"{server}/fine", 1) == ("intranet", "")
    assert Handler.asked == []

    def looked_up(host, port, **_more):
        return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("127.0.0.1", port))]

    # A public name that means a private number as well.
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    port = server.rpartition(":")[2]
    assert linkcheck.ask(f"http://public.example:{port}/fine", 1) == ("intranet", "")
    assert Handler.asked == []


def test_a_redirection_into_the_network_is_not_followed(server, monkeypatch):
    """The second look is as strict as the first."""
    real = linkcheck._numbers
    port = int(server.rpartition(":")[2])

    def numbers(host, at, private):
        # The first host counts as public.
        return real(host, at, private or at == port)

    monkeypatch.setattr(linkcheck, "_numbers", numbers)
    assert linkcheck.ask(f"{server}/inside", 1) == ("intranet", "")


def test_rounds():
    """One address of a host at a time, and no more hosts than are set."""
    urls = ["http://a/1", "http://a/2", "http://b/1", "http://c/1"]
    assert linkcheck.next_round(urls, 2) == ["http://a/1", "http://b/1"]
    assert linkcheck.first_hosts(urls, 2) == urls[:3]


# ----------------------------------------------------------------- the whole night


@pytest.fixture
def site(functional):
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    for code in ("shili", "bieju"):
        api.content.create(
            portal["departments"],
            "Department",
            title=f"{code}局",
            short_name=code,
            code=code,
            credit_code="11620200000000019K",
        )
    for number, code in enumerate(("shili", "shili", "bieju"), 1):
        guide = api.content.create(
            portal["guides"],
            "MatterGuide",
            f"g{number}",
            title=f"示例事项{number}",
            department=code,
        )
        if number != 2:
            publish(guide)
    transaction.commit()
    return portal


def check(portal):
    """Have the check done; its job."""
    job = jobs.start(KIND)
    runner.run_waiting(portal)
    assert job.state == jobs.DONE, job.reason
    return job


def kept(portal, name):
    return quality.peek(portal).results.get(portal["guides"][name].UID())


def test_a_night(site):
    """Published guides alone, with score and trend; a quiet night writes no guide."""
    change({"links": False})
    job = check(site)
    assert job.total == job.done == 2
    assert kept(site, "g2") is None
    first = kept(site, "g1")
    assert {"key_flow", "key_phone"} <= {f.requirement for f in first.findings}
    assert first.errors == sum(f.severity == "error" for f in first.findings)
    assert 0 < first.score < 100
    store = quality.peek(site)
    (day,) = store.trend
    assert store.trend[day][""].guides == 2
    assert store.trend[day]["bieju"].guides == 1
    assert store.trend[day]["shili"].failing == 1
    assert store.run.guides == 2
    serial = store.results._p_serial
    again = check(site)
    assert again.counts.get("changed") is None
    assert quality.peek(site).results._p_serial == serial
    site["guides"]["g1"].consult_phone = "0937-0000101"
    withdraw(site["guides"]["g3"])
    assert check(site).counts["changed"] == 1
    assert kept(site, "g1").score > first.score
    assert kept(site, "g3") is None


def test_links_of_a_night(site, server):
    """Each link is asked once; what is dead is a finding, until it lives again."""
    change({"link_private": True, "link_seconds": 2})
    one, other = site["guides"]["g1"], site["guides"]["g3"]
    one.online_url = f"{server}/404"
    other.submission = f"见 {server}/404 或 {server}/fine。"
    transaction.commit()
    job = check(site)
    assert job.counts["links"] == 2
    assert sorted({path for _how, path in Handler.asked}) == ["/404", "/fine"]
    for name, element in (("g1", "online_url"), ("g3", "submission")):
        found = {f.requirement: f for f in kept(site, name).findings}
        assert found["link_dead"].element == element
        assert dict(found["link_dead"].values)["detail"] == "404"
    store = quality.peek(site)
    assert set(store.links) == {f"{server}/404", f"{server}/fine"}
    one.online_url = f"{server}/fine"
    other.submission = ""
    transaction.commit()
    check(site)
    for name in ("g1", "g3"):
        assert "link_dead" not in {f.requirement for f in kept(site, name).findings}
    assert set(quality.peek(site).links) == {f"{server}/fine"}


def test_private_links_are_findings_and_not_asked(site, server):
    """As long as the setting does not say that the public reaches them."""
    site["guides"]["g1"].online_url = f"{server}/fine"
    transaction.commit()
    job = check(site)
    assert Handler.asked == []
    assert job.counts.get("links") is None
    found = {f.requirement for f in kept(site, "g1").findings}
    assert "link_intranet" in found
    assert not asks(f"{server}/fine")
    assert asks("https://www.example.com/")


def test_without_a_way_to_the_net_no_link_is_blamed(site, monkeypatch):
    """Three hosts and no answer: what was known stays."""
    guide = site["guides"]["g1"]
    guide.submission = " ".join(f"https://{x}.example/" for x in "abc")
    transaction.commit()
    monkeypatch.setattr(linkcheck, "ask", None)
    monkeypatch.setattr(
        linkcheck,
        "ask_all",
        lambda urls, *_: dict.fromkeys(urls, ("dead", "unknown_host")),
    )
    job = check(site)
    assert "link_dead" not in {f.requirement for f in kept(site, "g1").findings}
    assert len(quality.peek(site).links) == 0
    assert [row["level"] for row in job.messages] == ["warning"]
    # One that answers is enough to believe the others.
    answers = {"https://a.example/": ("fine", "200")}
    monkeypatch.setattr(
        linkcheck,
        "ask_all",
        lambda urls, *_: {u: answers.get(u, ("dead", "unknown_host")) for u in urls},
    )
    check(site)
    dead = [f for f in kept(site, "g1").findings if f.requirement == "link_dead"]
    assert len(dead) == 2


def test_hosts_are_limited(site, server):
    """No more hosts than are set, and it is said."""
    change({"link_private": True, "link_hosts": 1, "link_seconds": 2})
    port = server.rpartition(":")[2]
    guide = site["guides"]["g1"]
    guide.submission = f"{server}/fine http://localhost:{port}/404"
    transaction.commit()
    job = check(site)
    assert job.counts["links"] == 1
    assert job.messages[0]["text"]["mapping"] == {"number": "1"}


def test_the_clock(site):
    """Once a day from its hour on; the system does it, whoever is signed in."""
    store = quality.prepare(site)
    store.begun = None
    early = datetime.datetime(2026, 11, 24, 1, 59, tzinfo=CITY_TIME)
    late = early + datetime.timedelta(minutes=1)
    assert not EVERY_NIGHT.run(site, early)
    assert EVERY_NIGHT.run(site, late)
    assert not EVERY_NIGHT.run(site, late + datetime.timedelta(hours=5))
    (job_id,) = jobs.of(site).open
    job = jobs.get(job_id)
    assert job.person == jobs.CLOCK
    change({"links": False})
    runner.run_waiting(site)
    assert job.state == jobs.DONE, job.reason
    assert kept(site, "g1") is not None
    assert person() != "system"
    assert EVERY_NIGHT.run(site, late + datetime.timedelta(days=1))


def test_the_clock_can_be_stopped(site):
    """By the setting; and a new site begins with its second night."""
    now = datetime.datetime.now(CITY_TIME).replace(hour=23)
    assert not EVERY_NIGHT.run(site, now)
    tomorrow = now + datetime.timedelta(days=1)
    change({"nightly": False})
    assert not EVERY_NIGHT.run(site, tomorrow)
    change({"nightly": True})
    assert EVERY_NIGHT.run(site, tomorrow)


def test_the_store_forgets(site):
    """Days of long ago, and guides that are gone."""
    store = quality.prepare(site)
    day = datetime.date(2026, 1, 1)
    for number in range(3):
        store.note(day + datetime.timedelta(days=number * quality.DAYS // 2), {})
    assert len(store.trend) == 2
