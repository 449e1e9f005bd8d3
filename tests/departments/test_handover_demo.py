"""A merger in the demonstration city: real guides, registers and people."""

from . import handing
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from zhinan.departments import directory
from zhinan.departments.owned import owners
from zhinan.publishing.store import peek

import requests
import transaction


def uids(**query):
    """UIDs that the catalogue gives, whoever asks."""
    catalog = api.portal.get_tool("portal_catalog")
    return {brain.UID for brain in catalog.unrestrictedSearchResults(**query)}


def test_the_city_goes_on_after_a_merger(demo_functional):
    """Every list, page and record of the old department is the new one's."""
    portal = demo_functional["portal"]
    login(portal.aq_parent, SITE_OWNER_NAME)
    codes = sorted(
        directory.entries(),
        key=lambda code: -len(uids(portal_type="MatterGuide", department=code)),
    )
    old, new = codes[0], codes[1]
    theirs = uids(owner_department=old) | uids(department=old)
    theirs -= uids(portal_type="Department")
    guides = uids(portal_type="MatterGuide", department=old, review_state="published")
    everything = uids(portal_type="MatterGuide")
    transaction.commit()
    preview = handing.preview(portal, kind="merge", sources=[old], target=new)
    assert preview.state == "done", preview.reason
    before = peek(portal).latest
    papers = {row["uid"]: "take" for row in preview.rows() if row["row"] == "paper"}
    job = handing.apply_(portal, preview, papers=papers)
    assert job.state == "done", job.reason
    assert set(job.counts) == {"handover_moved"}
    login(portal.aq_parent, SITE_OWNER_NAME)
    gone = uids(department=old) | uids(owner_department=old)
    assert gone <= uids(portal_type="Department")
    assert uids(department=new) | uids(owner_department=new) >= theirs
    assert uids(portal_type="MatterGuide") == everything
    # Each published guide of the old one told the channels once; others that name it
    # as a co-department may have, too.
    told = [line for line in peek(portal).since(before, 100_000) if line.uid in guides]
    assert len(told) == len(guides) == len({line.uid for line in told})
    for uid in guides:
        guide = api.content.get(UID=uid)
        assert owners(guide)[0] == guide.department == new
    visitor = requests.Session()
    visitor.trust_env = False
    url = portal.absolute_url()
    for path in (
        "",
        "/guides",
        f"/guides?department={old}",
        f"/departments/{old}",
        "/departments",
        "/registers",
        "/registers/catalogue-entry",
        f"/registers/catalogue-entry?department={old}",
    ):
        answer = visitor.get(
            f"{url}{path}", headers={"Accept": "text/html"}, timeout=60
        )
        assert answer.status_code == 200, path
    assert visitor.get(f"{url}/departments/{old}", timeout=60).url.endswith(f"/{new}")
