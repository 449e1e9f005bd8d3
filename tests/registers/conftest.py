"""A register entry of every kind, ready to be created."""

from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME

import datetime
import pytest


DAY = datetime.date(2026, 1, 1)
#: What an entry of each register needs at least.
VALUES = {
    "CatalogueEntry": {
        "title": "示例事项",
        "catalog_code": "620199001000",
        "matter_type": "01",
        "department": "shili",
    },
    "CancelledProof": {
        "title": "示例婚姻状况证明",
        "cancelled_on": DAY,
        "replacement": "data",
    },
    "IntermediaryService": {
        "title": "示例报告编制",
        "matters": ["示例事项"],
        "department": "shili",
        "basis": "示例条例第一条",
    },
    "LegalBasis": {
        "title": "示例条例",
        "kind": "regulation",
        "effect_status": "in_force",
    },
    "ApprovalSeal": {
        "title": "示例专用章",
        "seal_number": "SL-1",
        "department": "shili",
        "valid_from": DAY,
    },
    "Authorisation": {
        "title": "示例授权",
        "authorisation_number": "SQ-1",
        "department": "shili",
        "window": "示例窗口",
        "matter_codes": ["620199001000"],
        "acts": ["accept"],
        "valid_from": DAY,
    },
}
FOLDERS = {
    "CatalogueEntry": "catalogue-entry",
    "CancelledProof": "cancelled-proof",
    "IntermediaryService": "intermediary-service",
    "LegalBasis": "legal-basis",
    "ApprovalSeal": "approval-seal",
    "Authorisation": "authorisation",
}
INTERNAL = {"ApprovalSeal", "Authorisation"}


def create(portal, portal_type, current=True, **values):
    """An entry in its register; ``current`` publishes it or puts it in force."""
    folder = portal["registers"][FOLDERS[portal_type]]
    given = {"owner_department": "shili", **VALUES[portal_type], **values}
    entry = api.content.create(folder, portal_type, **given)
    if current:
        state = "in_force" if portal_type in INTERNAL else "published"
        api.content.transition(entry, to_state=state)
    return entry


@pytest.fixture
def site(integration):
    """The empty site with a department, worked on by a manager."""
    portal = integration["portal"]
    # Roles that are adopted count for permissions, but not in the catalogue.
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal["departments"],
            "Department",
            title="示例局",
            short_name="示例局",
            code="shili",
            credit_code="11620200000000019K",
        )
        yield portal
