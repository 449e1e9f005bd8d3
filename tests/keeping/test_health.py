"""What keepers, monitors and programs are told of the site's health."""

from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from rest.client import Client
from zhinan.departments.citytime import CITY_TIME
from zhinan.keeping import daily
from zhinan.keeping import health
from zhinan.keeping.backup import back_up
from zhinan.keeping.depot import Depot
from zhinan.keeping.place import Place

import datetime
import json
import os
import pytest
import time


@pytest.fixture
def keeper(functional):
    """May keep the site."""
    login = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    with Client(functional["portal"].absolute_url(), login) as client:
        yield client


@pytest.fixture
def stranger(functional):
    """May not."""
    with Client(functional["portal"].absolute_url()) as client:
        yield client


@pytest.fixture
def lively(monkeypatch):
    """A job thread that works: tests have none."""

    class Thread:
        beat = time.monotonic()
        disk = ""

    monkeypatch.setattr(health, "job_thread", lambda: Thread)
    return Thread


def test_keepers_alone(functional, keeper, stranger):
    """The page and the service are for keepers; the word for monitors is for all."""
    assert stranger.get("@health").status_code == 401
    page = stranger.get("@@health", headers={"Accept": "text/html"})
    assert page.status_code in {302, 401}
    page = keeper.get("@@health", headers={"Accept": "text/html"})
    page.encoding = "utf-8"
    assert page.status_code == 200
    for word in ("站点健康", "最近备份", "任务线程", "升级步骤"):
        assert word in page.text
    assert "${" not in page.text


def test_monitors_get_a_word(functional, stranger, lively, monkeypatch):
    """200 or 503 and nothing else that helps."""
    answer = stranger.get("@@ok", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.text) == (200, "ok\n")
    lively.disk = "full"
    answer = stranger.get("@@ok", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.text) == (503, "not ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(health, "job_thread", lambda: 1 / 0)
    assert stranger.get("@@ok", headers={"Accept": "*/*"}).status_code == 503


def test_programs_get_data(functional, keeper, lively):
    """Every fact with its state and numbers."""
    data = keeper.get("@health").json()
    items = {item["name"]: item for item in data["items"]}
    assert set(items) >= {
        "database",
        "disk",
        "jobs",
        "backup",
        "scheduled",
        "size",
        "upgrade",
        "version",
    }
    assert data["serves_and_saves"] is True
    assert items["disk"]["data"]["free"] > 0
    assert items["upgrade"]["state"] == "fine", items["upgrade"]
    assert items["backup"]["data"] == {"folder": None}
    json.dumps(data)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of backups that is set."""
    monkeypatch.setenv(daily.FOLDER, str(tmp_path / "backups"))
    monkeypatch.setattr(daily.DAILY, "failure", "")
    return Depot(tmp_path / "backups")


def made(tmp_path, folder):
    """A backup of some database."""
    from .test_backup import fill

    place = Place(tmp_path / "home")
    for name in ("filestorage", "blobstorage"):
        (place.var / name).mkdir(parents=True)
    fill(place, 0, 1)
    return back_up(place, folder).manifest


def test_a_backup_grows_old(tmp_path, folder, monkeypatch):
    """None, fresh, too old, one that failed, one that is not whole."""
    assert health.backup_fact().state == "bad"
    manifest = made(tmp_path, folder)
    fact = health.backup_fact()
    assert fact.state == "fine" and fact.data["backup"] == manifest.stamp
    monkeypatch.setattr(daily.DAILY, "failure", "no space")
    fact = health.backup_fact()
    assert fact.state == "look" and "no space" in str(fact.advice.mapping)
    monkeypatch.setattr(daily.DAILY, "failure", "")
    (folder.manifests / "20991231T000000Z.json").write_text("{}")
    fact = health.backup_fact()
    assert fact.state == "look" and fact.data["not_whole"] == ["20991231T000000Z"]
    old = manifest.moment - datetime.timedelta(days=3)
    monkeypatch.setitem(manifest.__dict__, "moment", old)
    monkeypatch.setattr(daily.NEWEST, "manifest", manifest)
    assert health.backup_fact().state == "bad"


@pytest.mark.parametrize(
    ["newest", "moment", "due"],
    [
        (None, "2026-11-24T12:00", True),
        ("2026-11-24T02:01", "2026-11-24T12:00", False),
        ("2026-11-24T01:59", "2026-11-24T12:00", True),
        ("2026-11-23T02:05", "2026-11-24T01:59", False),
        ("2026-11-23T02:05", "2026-11-24T02:00", True),
        ("2026-11-20T02:05", "2026-11-24T01:00", True),
    ],
)
def test_due_once_a_day(newest, moment, due):
    """From the hour on, unless there is one since."""

    def at(text):
        return datetime.datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)

    assert daily.is_due(newest and at(newest), at(moment), 2) == due


class Started:
    """The daily backup with the home of a test."""

    def __init__(self, monkeypatch, home):
        (home / "var").mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(daily, "var", lambda: home / "var")
        self.work = daily.DailyBackup()

    def turn(self):
        """Start it, and wait for its end."""
        self.work.run(None)
        child = self.work.child
        if child is not None:
            child.wait(60)
            self.work.run(None)
        return child is not None


def test_the_daily_backup_is_a_process(tmp_path, folder, monkeypatch):
    """Started when it is due; a failure is told and tried again later."""
    started = Started(monkeypatch, tmp_path / "home")
    assert started.turn()
    assert "没有数据库" in started.work.failure
    assert not started.turn(), "not at once again"
    made(tmp_path, folder)
    started.work.tried = -daily.PAUSE
    for path in folder.manifests.iterdir():
        path.unlink()
    assert started.turn()
    assert started.work.failure == "" and len(folder.stamps()) == 1
    assert not started.turn(), "not due"


def test_off_until_a_folder_is_set(tmp_path, monkeypatch):
    """Nothing is started."""
    monkeypatch.delenv(daily.FOLDER, raising=False)
    assert not Started(monkeypatch, tmp_path).turn()


def test_a_rule_or_an_hour_that_is_none(monkeypatch):
    """The defaults count."""
    monkeypatch.setenv(daily.RULE, "often")
    monkeypatch.setenv(daily.HOUR_VARIABLE, "25")
    assert str(daily.rule()) == "7,4,12" and daily.hour() == 2
    monkeypatch.setenv(daily.HOUR_VARIABLE, "23")
    assert daily.hour() == 23


def test_full_and_low_disks(monkeypatch, tmp_path):
    """By what is free, and by what is kept free."""
    gigabyte = 10**9
    assert os.statvfs(tmp_path).f_blocks
    for left, kept, state in (
        (gigabyte * 10**6, 0, "fine"),
        (100_000_000, 50_000_000, "look"),
        (10_000_000, 50_000_000, "bad"),
        (0, 0, "bad"),
    ):
        monkeypatch.setattr(health, "free", lambda path, left=left: left)
        assert health._space("disk", "", tmp_path, kept).state == state
