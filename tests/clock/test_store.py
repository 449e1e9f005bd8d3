"""The calendar of a site: seeded, changed, taken back, told in the trail."""

from datetime import date
from plone import api
from unittest import mock
from zhinan.clock import changing
from zhinan.clock import store
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import seeded
from zhinan.rules.calendar import Status
from zhinan.supervision.telling import Teller
from zhinan.testing import act_as
from zhinan.trail import store as trail
from zhinan.trail.acts import settle

import dataclasses
import json
import pytest


SNOW = Closure(date(2026, 12, 3), date(2026, 12, 4), "大雪")


@pytest.fixture
def site(integration, file):
    portal = integration["portal"]
    act_as(portal, "calendar_keeper")
    return portal


def entries(site):
    settle()
    chain = trail.of(site).chain(changing.CHAIN)
    return (
        [] if chain is None else [json.loads(text) for text in chain.entries.values()]
    )


def test_a_new_site_has_what_the_product_brings(site):
    assert store.of(site) is not None
    assert store.calendar(site) == seeded()
    assert store.of(site).last() is None and entries(site) == []


def test_a_change_is_kept_and_told(site, table):
    done = changing.change_year(site, 2027, table)
    assert store.calendar(site).by_year[2027] == table
    assert store.calendar(site).status(2027) is Status.OFFICIAL
    assert (done.number, done.before, done.note) == (1, "", "国办发明电〔2026〕99号")
    (said,) = entries(site)
    assert said["act"] == "calendar.changed"
    assert said["who"] == api.user.get_current().getId()
    assert (said["edition"], said["from"]) == ("2027年", "没有安排，按法定节日推算")
    assert said["to"] == "正式，放假29天，调休上班2天"
    sentence = Teller(site.REQUEST).did(said)
    assert "2027年" in sentence and "国办发明电〔2026〕99号" in sentence
    assert "calendar.changed" not in sentence


def test_the_same_again_is_no_change(site, table):
    changing.change_year(site, 2027, table)
    assert changing.change_year(site, 2027, table) is None
    assert changing.change_closures(site, []) is None
    assert store.of(site).number == 1


def test_changes_are_taken_back_one_by_one(site, table):
    changing.change_year(site, 2027, table)
    changing.change_closures(site, [SNOW])
    assert store.calendar(site).closures == (SNOW,)
    assert changing.undo(site).undoes == 2
    assert store.calendar(site).closures == ()
    assert store.calendar(site).by_year[2027] == table
    assert changing.undo(site).undoes == 1
    assert store.calendar(site) == seeded()
    with pytest.raises(changing.NothingToUndo):
        changing.undo(site)
    assert [said["note"] for said in entries(site)] == [
        "国办发明电〔2026〕99号",
        "大雪",
        "大雪",
        "国办发明电〔2026〕99号",
    ]


def test_who_has_not_seen_the_last_change_changes_nothing(site, table):
    changing.change_closures(site, [SNOW], 0)
    with pytest.raises(changing.Outdated):
        changing.change_year(site, 2027, table, 0)
    changing.change_year(site, 2027, table, 1)
    with pytest.raises(changing.Outdated):
        changing.undo(site, 1)
    assert store.calendar(site).by_year[2027] == table


def test_a_later_release_brings_its_years_and_leaves_the_keepers(site, table):
    later = seeded().with_table(table)
    with mock.patch.object(changing, "seeded", lambda: later):
        changing.prepare(site)
        changing.prepare(site)
        assert store.calendar(site).by_year[2027] == table
        assert store.of(site).number == 1
        own = dataclasses.replace(table, status=Status.PROVISIONAL)
        changing.change_year(site, 2027, own)
        changing.change_year(site, 2027, None)
        changing.prepare(site)
    assert 2027 not in store.calendar(site).by_year
    assert store.of(site).number == 3
