"""Export, then import: the same site, file by file; and nothing where all is there."""

from .importing import Run
from .test_export import told
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from zhinan.exchange.exporting import export
from zhinan.exchange.siterecords import SiteRecords

import pytest


@pytest.fixture
def portal(demo):
    """The demonstration site for its owner."""
    login(demo["app"], SITE_OWNER_NAME)
    return demo["portal"]


def without_uid(found: dict) -> dict:
    """A new object has a number of its own."""
    found["uid"] = ""
    for child in found["children"] or ():
        without_uid(child)
    return found


@pytest.mark.parametrize("fmt", ["zip", "xlsx", "json"])
def test_into_the_same_site(portal, tmp_path, fmt):
    """Everything is unchanged."""
    path = tmp_path / f"site.{fmt}"
    export(portal, fmt, path, registers=True, restricted=False)
    run = Run(
        portal, path, format=fmt, mapping="", mode="apply", state="source"
    ).finish()
    assert {k: n for k, n in run.counts.items() if n} == {"unchanged": run.total}
    assert run.total >= 46


def test_into_an_empty_site(portal, tmp_path):
    """What was deleted comes back as it was, with every file and state."""
    path = tmp_path / "site.zip"
    export(portal, "zip", path, restricted=False)
    before = [
        without_uid(told(r)) for r in SiteRecords(portal, restricted=False).records()
    ]
    api.content.delete(
        objects=[*portal.guides.objectValues(), *portal.departments.objectValues()],
        check_linkintegrity=False,
    )
    assert list(SiteRecords(portal, restricted=False).records()) == []
    run = Run(
        portal, path, format="zip", mapping="", mode="apply", state="source"
    ).finish()
    after = [
        without_uid(told(r)) for r in SiteRecords(portal, restricted=False).records()
    ]
    assert {k: n for k, n in run.counts.items() if n} == {"new": run.total}
    assert after == before
