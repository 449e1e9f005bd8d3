"""@transition: what may be done, what it asks, and a refusal that leaves no write."""

from .client import Client
from .conftest import PASSWORD
from .sample import GUIDE
from .sample import GUIDE_DATA
from .test_read import got
from .transition_examples import nothing_asked
from plone.app.testing import login
from zhinan.guides import workingcopy
from zhinan.publishing import rounds
from zhinan.publishing.transitions import perform
from zhinan.testing import add_person
from zhinan.trail import acts
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import transaction


OTHER = "guides/621001900002"


@pytest.fixture
def draft(manager, editor, department):
    """A guide that the editor wrote; what it lacks is asked for elsewhere."""
    answer = editor.post("guides", json=GUIDE_DATA)
    assert answer.status_code == 201, answer.text
    with nothing_asked():
        yield GUIDE


@pytest.fixture
def short(manager, editor, department):
    """A guide that lacks much."""
    answer = editor.post("guides", json=GUIDE_DATA)
    assert answer.status_code == 201, answer.text
    return GUIDE


@pytest.fixture
def second(editor, draft):
    """Another one."""
    data = {
        **GUIDE_DATA,
        "title": "另一事项",
        "catalog_code": "621001900002",
        "implementation_code": None,
    }
    answer = editor.post("guides", json=data)
    assert answer.status_code == 201, answer.text
    return OTHER


@pytest.fixture
def outsider(site_url, people):
    """Somebody of another department."""
    with Client(site_url, ("waibu", PASSWORD)) as client:
        transaction.begin()
        add_person("waibu", PASSWORD, "editor", "reviewer", department="bieju")
        transaction.commit()
        yield client


@pytest.fixture
def online(editor, reviewer, draft):
    """The guide, published."""
    for client, step in ((editor, "submit"), (reviewer, "approve")):
        assert client.post(f"{draft}/@transition/{step}", json={}).status_code == 200
    answer = reviewer.post(f"{draft}/@transition/publish", json={})
    assert answer.status_code == 200, answer.text
    return draft


def stored(functional):
    """Everything of the guide that a refusal must not touch."""
    transaction.begin()
    portal = functional["portal"]
    guide = portal.guides["621001900001"]
    guide._p_activate()
    return (
        guide._p_serial,
        guide.effective_date,
        guide.expiration_date,
        rounds.peek(portal).round(guide.UID()),
        len(guide.workflow_history["zhinan_guide_workflow"]),
    )


def test_what_may_be_done_is_told(editor, reviewer, public, draft):
    """Protects: a client learns transitions and parameters from the site."""
    data = got(editor, f"{draft}/@transition")
    assert (data["state"], data["state_title"], data["edition"]) == (
        "draft",
        "拟稿",
        None,
    )
    (step,) = data["transitions"]
    assert step["id"] == "submit"
    assert step["@id"].endswith(f"{draft}/@transition/submit")
    assert step["title"] == "提交审核"
    assert step["parameters"]["properties"]["comment"] == {
        "title": "意见",
        "type": "string",
        "maxLength": 2000,
    }
    assert step["parameters"]["required"] == []
    assert got(reviewer, f"{draft}/@transition")["transitions"] == []
    assert public.get(f"{draft}/@transition").status_code == 401


def test_schemas_of_parameters(editor, reviewer, draft):
    """Protects: moments, days, rows and what is required are told in words of JSON."""
    editor.post(f"{draft}/@transition/submit", json={})
    steps = got(reviewer, f"{draft}/@transition")["transitions"]
    back = next(s for s in steps if s["id"] == "return_for_changes")["parameters"]
    assert back["properties"]["comments"]["items"]["required"] == ["text"]
    reviewer.post(f"{draft}/@transition/approve", json={})
    steps = got(reviewer, f"{draft}/@transition")["transitions"]
    plan = next(s for s in steps if s["id"] == "schedule")["parameters"]
    assert plan["required"] == ["publish_at"]
    assert plan["properties"]["publish_at"]["format"] == "date-time"
    assert plan["properties"]["minor"]["type"] == "boolean"


def test_a_guide_goes_its_way(functional, editor, reviewer, public, draft):
    """Protects: state, its title and the edition are answered at each step."""
    answer = editor.post(f"{draft}/@transition/submit", json={"comment": "请审核"})
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert (data["state"], data["state_title"]) == ("in_review", "审核中")
    assert data["@id"].endswith(draft)
    assert reviewer.post(f"{draft}/@transition/approve", json={}).status_code == 200
    assert public.get(draft).status_code == 401
    data = reviewer.post(f"{draft}/@transition/publish", json={}).json()
    assert (data["state"], data["edition"]) == ("published", "1.0")
    assert public.get(draft).status_code == 200
    assert got(public, f"{draft}/@transition")["transitions"] == []


def test_comments_reach_their_elements(functional, editor, reviewer, draft):
    """Protects: a return names elements; one that names nothing is refused."""
    editor.post(f"{draft}/@transition/submit", json={})
    wrong = {"comments": [{"element": "colour", "text": "红"}]}
    answer = reviewer.post(f"{draft}/@transition/return_for_changes", json=wrong)
    assert answer.status_code == 422
    (reason,) = answer.json()["error"]["reasons"]
    assert (reason["id"], reason["element"]) == ("comment_nowhere", "comments")
    assert "colour" in reason["message"]
    right = {"comments": [{"element": "statutory_limit", "text": "与法律不一致"}]}
    answer = reviewer.post(f"{draft}/@transition/return_for_changes", json=right)
    assert answer.json()["state"] == "draft"
    known = stored(functional)[3]
    assert [(c.element, c.text) for c in known.comments] == [
        ("statutory_limit", "与法律不一致")
    ]


@pytest.mark.parametrize(
    ("step", "body", "status", "kind", "reason"),
    [
        ("publish", {}, 409, "WrongState", "wrong_state"),
        ("nothing", {}, 409, "WrongState", "no_transition"),
        ("expire", {}, 409, "WrongState", "no_transition"),
        ("publish_in_emergency", {"reason": "急"}, 403, "NotAllowed", "not_allowed"),
        ("submit", {"colour": "红"}, 422, "Refused", "parameter_unknown"),
        ("submit", {"comment": 5}, 422, "Refused", "parameter_unfit"),
        ("submit", {"comment": "字" * 2001}, 422, "Refused", "parameter_unfit"),
    ],
)
def test_a_refusal_leaves_no_write(
    functional, editor, draft, step, body, status, kind, reason
):
    """Protects: neither date, state, round nor history; the object is not written."""
    before = stored(functional)
    answer = editor.post(f"{draft}/@transition/{step}", json=body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["type"] == kind
    assert [r["id"] for r in error["reasons"]] == [reason]
    assert error["message"] == error["reasons"][0]["message"]
    assert stored(functional) == before


def test_a_guard_refuses_with_its_element(functional, reviewer, editor, online):
    """Protects: every reason is told, with the parameter that it is about."""
    before = stored(functional)
    body = {"reason": " ", "successor": "nowhere"}
    answer = reviewer.post(f"{online}/@transition/withdraw", json=body)
    assert answer.status_code == 422
    found = answer.json()["error"]["reasons"]
    assert ("successor_unfit", "successor") in {(r["id"], r["element"]) for r in found}
    assert stored(functional) == before
    body = {"until": "2020-01-01", "reason": "人手不足"}
    answer = editor.post(f"{online}/@transition/postpone_review", json=body)
    (reason,) = answer.json()["error"]["reasons"]
    assert (reason["id"], reason["element"]) == ("postponed_too_far", "until")
    body["until"] = "1 January"
    answer = editor.post(f"{online}/@transition/postpone_review", json=body)
    assert answer.json()["error"]["reasons"][0]["id"] == "parameter_unfit"
    assert stored(functional) == before


def test_what_a_guide_lacks_is_told(functional, editor, reviewer, short):
    """Protects: a requirement refuses over REST too, with its element."""
    assert editor.post(f"{short}/@transition/submit", json={}).status_code == 200
    before = stored(functional)
    answer = reviewer.post(f"{short}/@transition/approve", json={})
    assert answer.status_code == 422
    found = {(r["id"], r["element"]) for r in answer.json()["error"]["reasons"]}
    assert ("key_materials", "materials") in found
    assert stored(functional) == before


def test_four_eyes(functional, site_url, editor, draft, manager):
    """Protects: nobody approves their own, over REST as little as on the page."""
    with Client(site_url, ("liangren", PASSWORD)) as both:
        transaction.begin()
        add_person("liangren", PASSWORD, "editor", "reviewer", department="shili")
        transaction.commit()
        assert both.post(f"{draft}/@transition/submit", json={}).status_code == 200
        before = stored(functional)
        answer = both.post(f"{draft}/@transition/approve", json={})
    assert answer.status_code == 422
    assert [r["id"] for r in answer.json()["error"]["reasons"]] == ["four_eyes"]
    assert stored(functional) == before


def test_strangers_learn_nothing(functional, outsider, public, draft):
    """Protects: neither state nor transitions of a draft of others."""
    before = stored(functional)
    for client, status in ((outsider, 401), (public, 401)):
        assert client.get(f"{draft}/@transition").status_code in (status, 403)
        answer = client.post(f"{draft}/@transition/submit", json={})
        assert answer.status_code in (401, 403)
        assert "示例设施" not in answer.text
    assert stored(functional) == before


def test_the_public_takes_no_step(functional, public, online):
    """Protects: what everybody may read is not what everybody may move."""
    before = stored(functional)
    answer = public.post(f"{online}/@transition/withdraw", json={"reason": "x"})
    assert answer.status_code == 401
    assert stored(functional) == before


def test_many_at_once(functional, editor, reviewer, draft, second):
    """Protects: each has its own answer, and one refusal leaves the others alone."""
    uid = editor.get(second).json()["UID"]
    editor.post(f"{draft}/@transition/submit", json={})
    before = stored(functional)
    items = [draft, uid, "guides/nirgends"]
    body = {"transition": "submit", "items": items, "parameters": {"comment": "一批"}}
    data = editor.post("@transition", json=body).json()
    assert [row["status"] for row in data["items"]] == [409, 200, 404]
    assert (data["done"], data["refused"]) == (1, 2)
    assert [row["item"] for row in data["items"]] == items
    assert data["items"][0]["error"]["reasons"][0]["id"] == "wrong_state"
    assert data["items"][1]["state"] == "in_review"
    assert stored(functional) == before
    assert got(editor, second)["review_state"] == "in_review"
    # The trail tells of the step that was taken, and of no other.
    data = got(editor, f"{second}/@timeline")
    steps = [row["act"] for row in data["items"] if row["act"].startswith("workflow")]
    assert steps == ["workflow.submit"]


def test_many_are_asked_as_one_is(functional, outsider, editor, draft, online):
    """Protects: what somebody may not see is not there; nor are steps for one only."""
    body = {"transition": "submit", "items": [draft]}
    before = stored(functional)
    data = outsider.post("@transition", json={**body, "transition": "withdraw"}).json()
    assert data["items"][0]["status"] == 403
    answer = editor.post(
        "@transition",
        json={"transition": "publish_in_emergency", "items": [draft]},
    )
    assert answer.json()["items"][0]["error"]["reasons"][0]["id"] == "one_at_a_time"
    assert stored(functional) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transition": "submit"},
        {"transition": "submit", "items": "guides/x"},
        {"transition": "submit", "items": [1]},
        {"transition": "submit", "items": [], "parameters": []},
        {"transition": "submit", "items": ["x"] * 201},
    ],
)
def test_a_wrong_request_is_explained(editor, public, body):
    """Protects: what cannot be read is a 400 with a sentence; strangers are asked."""
    answer = editor.post("@transition", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert public.post("@transition", json=body).status_code == 401


def test_the_stock_service_tells_the_same_reasons(functional, editor, reviewer, draft):
    """Protects: @workflow passes the same guards, and its error has their reasons."""
    editor.post(f"{draft}/@workflow/submit", json={"comment": "请审核"})
    before = stored(functional)
    answer = reviewer.post(f"{draft}/@workflow/return_for_changes", json={})
    assert answer.status_code == 400
    (reason,) = answer.json()["error"]["reasons"]
    assert reason["id"] == "comment_missing"
    assert answer.json()["error"]["message"] == reason["message"]
    assert stored(functional) == before
    answer = reviewer.post(
        f"{draft}/@workflow/return_for_changes", json={"comment": "补充依据"}
    )
    assert answer.json()["review_state"] == "draft"


@pytest.fixture
def copy(functional, online):
    """An approved working copy of the guide."""
    transaction.begin()
    portal = functional["portal"]
    guide = portal.guides["621001900001"]
    login(portal, "bianji")
    made = workingcopy.check_out(guide)
    made.promised_limit = 3
    notify(ObjectModifiedEvent(made))
    acts.settle()
    perform(made, "submit")
    login(portal, "shenhe")
    perform(made, "approve")
    transaction.commit()
    return f"guides/{made.getId()}"


@pytest.mark.parametrize("service", ["@transition", "@workflow"])
def test_a_merged_copy_answers_with_its_guide(
    functional, reviewer, online, copy, service
):
    """Protects: both services tell what is online now, not the copy that is gone."""
    body = {"comment": "缩短"} if service == "@workflow" else {"note": "缩短"}
    answer = reviewer.post(f"{copy}/{service}/publish", json=body)
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert data["@id"].endswith(online)
    if service == "@workflow":
        assert (data["review_state"], data["title"]) == ("published", "已发布")
    else:
        assert (data["state"], data["edition"]) == ("published", "2.0")
    assert reviewer.get(copy).status_code == 404
    assert got(reviewer, online)["promised_limit"] == 3
