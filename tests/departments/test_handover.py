"""Merging, splitting and renaming departments, as a job on a real site."""

from . import handing
from plone import api
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments.owned import owners
from zhinan.publishing.store import peek

import pytest
import transaction


@pytest.fixture
def site(functional):
    """A small city."""
    portal = functional["portal"]
    handing.city(portal)
    return portal


def shape(job):
    """State and reason of a job, for a message."""
    return job.state, job.reason


def test_merging_into_an_existing_one(site):
    preview = handing.preview(site, kind="merge", sources=["jia"], target="bing")
    assert shape(preview) == ("done", None)
    before = peek(site).latest
    job = handing.apply_(site, preview)
    assert shape(job) == ("done", None)
    assert set(job.counts) == {"handover_moved"}, [
        row for row in job.rows() if row["verdict"] != "moved"
    ]
    guide = site["guides"]["620199001001"]
    assert owners(guide) == ("bing", ("yi",))
    assert guide.department == "bing"
    # Two are published: each of them tells the channels once.
    assert peek(site).latest == before + 2
    assert directory.get("jia").code == "bing"
    assert aliases.get("jia").successor == "bing"
