"""The calendar in an export of the whole site."""

from datetime import date
from zhinan.clock import changing
from zhinan.clock import moving
from zhinan.clock import store
from zhinan.registers import stores
from zhinan.rules.calendar import Closure
from zhinan.rules.calendar import seeded
from zhinan.testing import act_as

import json
import pytest


SNOW = Closure(date(2026, 12, 3), date(2026, 12, 4), "大雪")


@pytest.fixture
def site(integration, file):
    portal = integration["portal"]
    act_as(portal, "calendar_keeper")
    return portal


def again(site):
    """The same site as if it were new."""
    del site.__annotations__[store.KEY]
    store.obtain(site)


def test_what_keepers_entered_goes_along(site, table, tmp_path):
    assert "calendar" not in stores.dump()
    changing.change_year(site, 2027, table)
    changing.change_closures(site, [SNOW])
    before = store.calendar(site)
    stores.export(tmp_path)
    again(site)
    assert store.calendar(site) == seeded()
    assert stores.restore(tmp_path) == 2
    assert store.calendar(site) == before
    # What is here stays.
    changing.change_closures(site, [])
    assert stores.restore(tmp_path) == 0
    assert store.calendar(site).closures == ()


def test_what_cannot_be_read_stops_the_import(site, table):
    changing.change_year(site, 2027, table)
    rows = moving.dump(site)
    again(site)
    rows["years"][-1]["off"][0]["from"] = "2027-02-30"
    with pytest.raises(ValueError, match="calendar_date"):
        moving.restore(site, json.loads(json.dumps(rows)))
