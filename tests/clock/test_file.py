"""The file beside the database: after the commit, whole, and never the only copy."""

from datetime import date
from unittest import mock
from zhinan.clock import changing
from zhinan.clock import filing
from zhinan.clock import store
from zhinan.exchange.command import main
from zhinan.keeping import health
from zhinan.rules import calendarfile
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import seeded
from zhinan.testing import act_as

import pytest
import transaction


SNOW = Closure(date(2026, 3, 18), date(2026, 3, 18), "大雪")


@pytest.fixture
def site(functional, file):
    portal = functional["portal"]
    act_as(portal, "calendar_keeper")
    transaction.commit()
    return portal


def test_it_is_written_after_the_commit(site, file, tmp_path, capsys):
    changing.change_closures(site, [SNOW])
    assert not file.exists()
    transaction.commit()
    assert calendarfile.load(file) == store.calendar(site)
    given = ["deadline", "--accepted", "2026-02-12", "--limit", "20"]
    assert main(["--home", str(tmp_path), *given]) == 0
    assert "2026年3月18日（周三）　大雪，本地停止办公，不计" in capsys.readouterr().out


def test_what_is_not_kept_is_not_written(site, file):
    changing.change_closures(site, [SNOW])
    transaction.abort()
    assert not file.exists()
    assert store.calendar(site) == seeded()


def test_a_full_disk_loses_no_change_and_is_told(site, file):
    full = OSError(28, "No space left on device")
    with mock.patch.object(calendarfile, "save", side_effect=full):
        changing.change_closures(site, [SNOW])
        transaction.commit()
    assert store.calendar(site).closures == (SNOW,)
    fact = health.calendar_fact(site)
    assert fact.state == health.LOOK
    assert "No space left on device" in fact.text.mapping["reason"]
    assert not filing.is_current(site)
    # Within a minute it is tried again.
    assert filing.KEEP_FILE.run(site) is False
    assert filing.is_current(site) and filing.trouble() == ""
    assert health.calendar_fact(site).data["file"] == "current"


def test_a_file_that_was_restored_from_another_day_is_written_anew(site, file):
    changing.change_closures(site, [SNOW])
    transaction.commit()
    file.write_text("{}", "utf-8")
    assert not filing.is_current(site)
    filing.KEEP_FILE.run(site)
    assert calendarfile.load(file).closures == (SNOW,)


def test_of_two_commits_the_later_one_holds(site, file):
    first = seeded()
    second = first.with_closures([SNOW])
    filing._save(True, second, 2)
    filing._save(True, first, 1)
    assert calendarfile.load(file) == second
