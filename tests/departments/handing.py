"""A small city for the tests of the hand-over, and ways to hand over in it."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import TEST_USER_NAME
from zhinan.departments import directory
from zhinan.departments.handover import job as handover
from zhinan.jobs import store
from zhinan.jobs.runner import run_waiting
from zhinan.rules.handover import Wish
from zhinan.testing import act_as

import datetime
import transaction


DAY = datetime.date(2026, 1, 1)
CREDIT = "1162020000000000"


def city(portal):
    """Three departments with people, and some content of the first one."""
    login(portal.aq_parent, SITE_OWNER_NAME)
    people.add_departments(portal)
    for code in people.CODES:
        api.content.transition(portal["departments"][code], to_state="published")
    people.add_people()
    guides = [guide(portal, n) for n in range(1, 4)]
    people.put(guides[0], "published")
    people.put(guides[1], "published")
    api.content.create(
        portal["registers"]["catalogue-entry"],
        "CatalogueEntry",
        title="事项1",
        catalog_code="620199001001",
        department="jia",
    )
    people.create(portal, "Enquiry", "received")
    transaction.commit()
    return guides


def guide(portal, number, department="jia", **values):
    """A guide of a department that stands in its texts, too."""
    return api.content.create(
        portal["guides"],
        "MatterGuide",
        title=f"事项{number}",
        catalog_code=f"62019900100{number}",
        department=department,
        owner_department=department,
        co_owners=["yi"],
        co_departments=["yi", "bing"],
        accepting_body="嘉峪关市甲局",
        flow=[{"step": "受理", "department": "甲局"}],
        **values,
    )


def keeper(portal):
    """Sign in as the administrator of the site."""
    act_as(portal, "site_administrator")


def preview(portal, **wish):
    """The preview of a wish, done."""
    keeper(portal)
    job = store.start(
        handover.KIND, {"mode": handover.PREVIEW, "wish": Wish(**wish).as_dict()}
    )
    run_waiting(portal)
    login(portal, TEST_USER_NAME)
    return job


def apply_(portal, job, run=True, **params):
    """What a preview showed, done."""
    keeper(portal)
    found = store.start(
        handover.KIND,
        {
            "mode": handover.APPLY,
            "wish": job.params["wish"],
            "undo": job.params.get("undo", ""),
            "preview": job.id,
            "fingerprint": handover.fingerprint(job),
            "document": "嘉机编〔2026〕7号",
            "note": "机构改革",
            "day": DAY.isoformat(),
            **params,
        },
    )
    if run:
        run_waiting(portal)
        # The request of the test has read the departments before.
        directory.forget()
    login(portal, TEST_USER_NAME)
    return found


def undo(portal, job):
    """The preview of the way back of a job."""
    keeper(portal)
    found = store.start(
        handover.KIND,
        {"mode": handover.PREVIEW, "wish": job.params["wish"], "undo": job.id},
    )
    run_waiting(portal)
    login(portal, TEST_USER_NAME)
    return found


def found(portal, name, portal_type="MatterGuide"):
    """Titles of what a person finds."""
    login(portal, name)
    titles = {brain.Title for brain in api.content.find(portal_type=portal_type)}
    login(portal.aq_parent, SITE_OWNER_NAME)
    return titles


#: A valid unified social credit code for departments that are made.
NEW = {
    "title": "嘉峪关市丁局",
    "short_name": "丁局",
    "credit_code": "11620200013879034N",
}
