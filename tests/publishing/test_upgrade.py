"""What an existing site's guides become: nobody reads, or approves, what they must not."""

from plone import api
from zhinan.publishing import rounds
from zhinan.publishing.workflow import GUIDE_WORKFLOW
from zhinan.publishing.workflow import WORKFLOW
from zhinan.site.upgrades import _into_the_guides_workflow
from zhinan.trail import acts

import pytest


@pytest.fixture
def guide(integration):
    """A guide with a material, as the version before left it: in the old workflow."""
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            integration["portal"].guides, "MatterGuide", id="g1", title="事项"
        )
        api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
    acts.settle()
    rounds.peek(integration["portal"]).put(obj.UID(), None)
    obj.workflow_history.pop(GUIDE_WORKFLOW)
    return obj


def history(guide, *states):
    """The old history of a guide that came to these states."""
    names = {"draft": "", "in_review": "submit", "published": "publish"}
    guide.workflow_history[WORKFLOW] = tuple(
        {
            "action": names.get(state, "withdraw"),
            "actor": "zhangsan" if state == "in_review" else "lisi",
            "comments": "",
            "review_state": state,
            "time": guide.created(),
        }
        for state in states
    )
    _into_the_guides_workflow(guide)
    return guide.workflow_history[GUIDE_WORKFLOW][-1]["review_state"]


def test_what_was_withdrawn_is_a_draft(guide):
    """Protects: it was hidden, and may have been rewritten since: nobody reads it."""
    assert history(guide, "draft", "in_review", "published", "withdrawn") == "draft"
    assert guide.expiration_date is None


def test_who_wrote_does_not_approve(guide):
    """Protects: a round that began before the upgrade has its people."""
    assert history(guide, "draft", "in_review") == "in_review"
    known = rounds.peek(api.portal.get()).round(guide.UID())
    assert known.submitted_by == "zhangsan"
    assert guide.Creator() in known.drafted_by


def test_what_is_online_begins_no_round(guide):
    """Protects: it has an edition instead."""
    assert history(guide, "draft", "in_review", "published") == "published"
    assert guide.UID() not in rounds.peek(api.portal.get()).rounds
