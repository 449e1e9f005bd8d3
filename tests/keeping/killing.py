"""Writers who edit, upload and publish over HTTP while the site is killed, and what
they were told, held against what is there afterwards.
"""

from .compared import whole
from .served import Site
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from ZODB.scripts import fstest

import hashlib
import os
import random
import requests
import signal
import subprocess
import sys
import threading
import time


WRITERS = 4
SECONDS = 120
TRANSITIONS = ("submit", "approve", "publish", "withdraw", "reopen", "revise")


@dataclass
class Thing:
    """What a writer knows of one object; ``maybe`` is what nobody acknowledged."""

    path: str
    title: str
    sha256: str = ""
    state: str = "draft"
    #: acknowledged edits and transitions
    edits: int = 0
    steps: int = 0
    maybe: tuple[str, Any] | None = None


@dataclass
class Writer:
    """One person who works without pause."""

    number: int
    site: Site
    chance: random.Random
    things: dict[str, Thing] = field(default_factory=dict)
    #: an object whose making nobody acknowledged
    unborn: Thing | None = None
    touched: set[str] = field(default_factory=set)
    acts: Counter = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    made: int = 0

    def work(self, ended: threading.Event) -> None:
        """Act until the site is gone."""
        with self.site.client() as client:
            while not ended.is_set():
                try:
                    self.act(client)
                except requests.RequestException:
                    return

    def act(self, client) -> None:
        """One act, at random."""
        documents = [t for t in self.things.values() if not t.sha256]
        files = [t for t in self.things.values() if t.sha256]
        choice = self.chance.random()
        if not documents or choice < 0.15:
            self.create(client)
        elif choice < 0.4:
            self.upload(client, self.chance.choice(documents[-5:]))
        elif choice < 0.55 and files:
            self.replace(client, self.chance.choice(files[-5:]))
        elif choice < 0.75:
            self.edit(client, self.chance.choice(documents[-5:]))
        else:
            self.publish(client, self.chance.choice(documents[-5:]))

    def done(self, act: str, answer: requests.Response, *wanted: int) -> bool:
        """Whether the site acknowledged the act."""
        if answer.status_code in wanted:
            self.acts[act] += 1
            return True
        # A conflict that was tried too often is refused as a whole.
        self.acts[f"{act} refused"] += 1
        if "Conflict" not in answer.text:
            self.odd.append(f"{act}: {answer.status_code} {answer.text[:300]}")
        return False

    def create(self, client) -> None:
        """A document."""
        self.made += 1
        name = f"w{self.number}-{self.made}"
        thing = Thing(f"policies/{name}", f"办法{name}第0稿")
        self.unborn = thing
        data = {
            "@type": "PolicyDocument",
            "id": name,
            "title": thing.title,
            "document_number": "嘉政发[2026]第008号",
            "issuing_body": "嘉峪关市人民政府",
            "issued": "2026-08-01",
            "text": "<p>第八条</p>" * self.chance.randrange(1, 60),
        }
        answer = client.post("policies", json=data)
        if self.done("create", answer, 201):
            self.things[thing.path] = thing
            self.touched.add(thing.path)
        self.unborn = None

    def file(self) -> tuple[dict[str, str], str]:
        """A file as REST takes it, and its hash."""
        from rest.sample import upload

        data = self.chance.randbytes(self.chance.randrange(10, 300_000))
        kind = "application/octet-stream"
        return upload(data, "附件.bin", kind), hashlib.sha256(data).hexdigest()

    def upload(self, client, parent: Thing) -> None:
        """A file in a document."""
        self.made += 1
        file, checksum = self.file()
        thing = Thing(f"{parent.path}/f{self.made}", f"附件{self.made}", checksum)
        self.unborn = thing
        data = {
            "@type": "File",
            "id": f"f{self.made}",
            "title": thing.title,
            "file": file,
        }
        if self.done("upload", client.post(parent.path, json=data), 201):
            self.things[thing.path] = thing
            self.touched.add(thing.path)
        self.unborn = None

    def replace(self, client, thing: Thing) -> None:
        """Another file in the place of one."""
        file, checksum = self.file()
        thing.maybe = ("sha256", checksum)
        self.touched.add(thing.path)
        answer = client.patch(thing.path, json={"file": file})
        if self.done("replace", answer, 204):
            thing.sha256 = checksum
        thing.maybe = None

    def edit(self, client, thing: Thing) -> None:
        """Another title."""
        self.made += 1
        title = f"{thing.title.partition('第')[0]}第{self.made}稿"
        thing.maybe = ("title", title)
        self.touched.add(thing.path)
        answer = client.patch(thing.path, json={"title": title})
        if self.done("edit", answer, 204):
            thing.title = title
            thing.edits += 1
        thing.maybe = None

    def publish(self, client, thing: Thing) -> None:
        """The next step on its way."""
        offered = client.get(f"{thing.path}/@workflow").json()["transitions"]
        names = [step["@id"].rpartition("/")[2] for step in offered]
        name = next((name for name in TRANSITIONS if name in names), names[0])
        thing.maybe = ("state", name)
        self.touched.add(thing.path)
        answer = client.post(f"{thing.path}/@workflow/{name}", json={"comment": "一步"})
        if self.done(name, answer, 200):
            thing.state = answer.json()["review_state"]
            thing.steps += 1
        thing.maybe = None

    # ------------------------------------------------------------------ looking

    def look(self, client, everything: bool = False) -> int:
        """Hold what was acknowledged against what is there; the number looked at."""
        if self.unborn is not None:
            thing, self.unborn = self.unborn, None
            status = client.get(thing.path).status_code
            assert status in {200, 404}, (thing, status)
            if status == 200:
                self.things[thing.path] = thing
                self.touched.add(thing.path)
        paths = list(self.things) if everything else sorted(self.touched)
        for path in paths:
            self.look_at(client, self.things[path])
        self.touched.clear()
        return len(paths)

    def look_at(self, client, thing: Thing) -> None:
        """One object: what is not known for sure is known afterwards."""
        answer = client.get(thing.path)
        assert answer.status_code == 200, (thing, answer.text)
        data = answer.json()
        maybe, thing.maybe = thing.maybe, None
        kind, value = maybe or ("", None)
        titles = {thing.title} | ({value} if kind == "title" else set())
        assert data["title"] in titles, (thing, data["title"], maybe)
        if data["title"] != thing.title:
            thing.title, thing.edits = data["title"], thing.edits + 1
        if thing.sha256:
            body = client.get(data["file"]["download"], headers={"Accept": "*/*"})
            assert body.status_code == 200, (thing, body.status_code, body.text[:300])
            found = hashlib.sha256(body.content).hexdigest()
            wanted = {thing.sha256} | ({value} if kind == "sha256" else set())
            assert found in wanted, (thing, len(body.content), maybe)
            thing.sha256 = found
            return
        if kind != "state":
            assert data["review_state"] == thing.state, (thing, data["review_state"])
        history = client.get(f"{thing.path}/@history").json()
        steps = [entry for entry in history if entry["type"] == "workflow"]
        # The first entry is the making.
        done = len([step for step in steps if step["action"]]) - 1
        if kind == "state":
            assert done - thing.steps in {0, 1}, (thing, done)
            if done == thing.steps:
                assert data["review_state"] == thing.state
            thing.steps, thing.state = done, data["review_state"]
        assert done == thing.steps, (thing, done, steps)
        versions = [entry for entry in history if entry["type"] == "versioning"]
        assert len(versions) == thing.edits + 1, (thing, len(versions), maybe)


class Nursery:
    """Starts a site cheaply, again and again."""

    def __init__(self, site: Site):
        self.site = site
        self.child = 0
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))]
            + [str(site.home)],
            cwd=site.home,
            env={**site.environment, "ZHINAN_DISK_RESERVE": "50"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(site.home / "var" / "nursery.log").open("wb"),
            text=True,
        )
        for line in self.process.stdout:
            if line.strip() == "ready":
                break
        assert self.process.poll() is None

    def start(self) -> float:
        """Start it; seconds until the first page."""
        began = time.monotonic()
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        self.child = int(self.process.stdout.readline())
        while self.site.page("/login") != 200:
            assert alive(self.child), "the site has ended"
            assert time.monotonic() < began + SECONDS
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a failing machine does."""
        os.kill(self.child, signal.SIGKILL)
        limit = time.monotonic() + 20
        while alive(self.child):
            assert time.monotonic() < limit
            time.sleep(0.005)
        self.child = 0

    def close(self) -> None:
        """End all of it."""
        if self.child and alive(self.child):
            self.kill()
        self.process.stdin.close()
        self.process.wait(20)


def alive(process: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Outcome:
    """What was measured."""

    moments: int = 0
    acts: Counter = field(default_factory=Counter)
    looked: int = 0
    unacknowledged: int = 0
    starts: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


def busy(writers, number: int) -> None:
    """Wait until so many more acts were acknowledged, however slow the machine is."""

    def acts() -> int:
        return sum(sum(writer.acts.values()) for writer in writers)

    wanted, limit = acts() + number, time.monotonic() + SECONDS
    while acts() < wanted:
        assert time.monotonic() < limit
        time.sleep(0.01)


def fstest_says(place) -> str:
    """What the database's own tool says of the file, up to where it was written."""
    try:
        fstest.check(str(place.data))
    except fstest.FormatError as error:
        return str(error)
    return ""


def run(site: Site, moments: int, seed: int, tell=lambda text: None) -> Outcome:
    """Kill a site that is written to at so many moments.

    :param site: stopped; it is started and stopped here.
    """
    chance = random.Random(seed)
    writers = [
        Writer(number, site, random.Random(f"{seed}/{number}"))
        for number in range(WRITERS)
    ]
    outcome = Outcome()
    nursery = Nursery(site)
    try:
        outcome.starts.append(nursery.start())
        for moment in range(moments):
            ended = threading.Event()
            threads = [
                threading.Thread(target=writer.work, args=(ended,), daemon=True)
                for writer in writers
            ]
            for thread in threads:
                thread.start()
            busy(writers, chance.randrange(1, 12))
            time.sleep(chance.uniform(0, 0.4))
            nursery.kill()
            ended.set()
            for thread in threads:
                thread.join(SECONDS)
                assert not thread.is_alive()
            outcome.unacknowledged += sum(
                writer.unborn is not None
                or any(thing.maybe for thing in writer.things.values())
                for writer in writers
            )
            if moment % 10 == 9 or moment == moments - 1:
                # As it was left, before a start could mend anything: reads stop at
                # what was not finished, and nothing before it is harmed.
                whole(site.place)
            outcome.starts.append(nursery.start())
            with site.client() as client:
                outcome.looked += sum(writer.look(client) for writer in writers)
            outcome.moments += 1
            tell(f"{moment + 1}/{moments}")
        with site.client() as client:
            outcome.looked += sum(w.look(client, everything=True) for w in writers)
            every_one_once(client, writers)
        nursery.kill()
    finally:
        nursery.close()
        for writer in writers:
            outcome.acts += writer.acts
            outcome.odd += writer.odd
    assert not fstest_says(site.place)
    whole(site.place)
    return outcome


def every_one_once(client, writers) -> None:
    """The folder and the catalogue have each object once, and no other."""
    wanted = {thing.path for writer in writers for thing in writer.things.values()}
    for kind, files in (("PolicyDocument", False), ("File", True)):
        query = {"portal_type": kind, "b_size": 100_000, "metadata_fields": "UID"}
        items = client.get("@search", params=query).json()["items"]
        paths = [item["@id"].partition("/zhinan/")[2] for item in items]
        assert len(paths) == len(set(paths))
        mine = {t.path for w in writers for t in w.things.values()}
        mine = {path for path in mine if (path.count("/") == 2) == files}
        assert set(paths) == mine
        assert len({item["UID"] for item in items}) == len(items)
        wanted -= mine
    assert not wanted
