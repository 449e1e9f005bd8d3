"""Transitions and history through REST: dates as the workflow sets them."""

from .sample import GUIDE
from .sample import GUIDE_DATA
from .sample import MATERIAL
from .sample import MATERIAL_DATA
from .sample import VERSION
from .test_read import got

import pytest
import transaction


@pytest.fixture
def draft(manager, editor, department):
    """A guide that the editor wrote, with all that publication asks for."""
    for parent, data in (
        ("guides", GUIDE_DATA),
        (GUIDE, MATERIAL_DATA),
        (MATERIAL, VERSION),
    ):
        answer = editor.post(parent, json=data)
        assert answer.status_code == 201, answer.text
    return GUIDE


def effective(functional):
    """The date of publication that is stored."""
    transaction.begin()
    return functional["portal"].guides["621001900001"].effective_date


def serial(functional):
    """The last write to the guide."""
    transaction.begin()
    guide = functional["portal"].guides["621001900001"]
    guide._p_activate()
    return guide._p_serial


def test_a_guide_goes_its_way(functional, editor, reviewer, public, draft):
    """Submitted, approved, published; only the last of them sets the date."""
    answer = editor.post(f"{draft}/@workflow/submit", json={"comment": "请审核"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["review_state"] == "in_review"
    assert answer.json()["title"] == "审核中"
    assert effective(functional) is None
    assert public.get(draft).status_code == 401

    answer = reviewer.post(f"{draft}/@workflow/approve", json={})
    assert answer.json()["review_state"] == "approved"
    assert effective(functional) is None
    answer = reviewer.post(f"{draft}/@workflow/publish", json={})
    assert answer.json()["review_state"] == "published"
    assert effective(functional) is not None
    assert public.get(draft).status_code == 200

    before = effective(functional)
    answer = reviewer.post(f"{draft}/@workflow/withdraw", json={"comment": "停办"})
    assert answer.json()["review_state"] == "withdrawn"
    assert effective(functional) == before
    # It stays readable at its address, with the reason.
    assert public.get(draft).status_code == 200
    found = public.get("@search?portal_type=MatterGuide").json()
    assert found["items_total"] == 0


def test_the_next_steps_are_told(editor, draft):
    """Addresses and Chinese titles of what may be done."""
    data = got(editor, f"{draft}/@workflow")
    assert data["state"] == {"id": "draft", "title": "拟稿"}
    (step,) = data["transitions"]
    assert step["@id"].endswith("/@workflow/submit")
    assert step["title"] == "提交审核"


@pytest.mark.parametrize("name", ["publish", "withdraw", "nothing"])
def test_a_refused_transition_leaves_no_write(functional, editor, draft, name):
    """Neither date, state nor history; the object is not even written again."""
    before = serial(functional)
    answer = editor.post(
        f"{draft}/@workflow/{name}",
        json={"effective": "2020-01-01T00:00:00", "include_children": True},
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "WorkflowException"
    assert answer.json()["error"]["message"] == (
        f"现在不能执行“{name}”。可以执行：submit"
    )
    assert effective(functional) is None
    assert serial(functional) == before


def test_a_second_publication_is_no_error(functional, manager, draft):
    """As in the stock service; the date stays."""
    for name in ("submit", "approve", "publish"):
        assert manager.post(f"{draft}/@workflow/{name}").status_code == 200
    first = effective(functional)
    assert manager.post(f"{draft}/@workflow/publish").status_code == 200
    assert effective(functional) == first


def test_history_tells_versions_and_transitions(editor, draft):
    """Each saved change is a version that can be read and restored."""
    change = {"title": "改过的名称", "changeNote": "改名"}
    assert editor.patch(draft, json=change).status_code == 204
    assert editor.post(f"{draft}/@workflow/submit", json={"comment": "好"}).ok
    history = got(editor, f"{draft}/@history")
    versions = [entry for entry in history if entry["type"] == "versioning"]
    assert [entry["version"] for entry in versions] == [1, 0]
    assert versions[0]["comments"] == "改名"
    moves = [entry for entry in history if entry["type"] == "workflow"]
    assert moves[0]["comments"] == "好"
    old = got(editor, f"{draft}/@history/0")
    assert old["title"] == GUIDE_DATA["title"]
    assert old["flow"][0]["step"] == "受理"


def test_an_old_version_is_restored(editor, draft):
    """Undo for an object's own fields."""
    assert editor.patch(draft, json={"title": "写错了"}).status_code == 204
    answer = editor.patch(f"{draft}/@history", json={"version": 0})
    assert answer.status_code == 200, answer.text
    assert got(editor, draft)["title"] == GUIDE_DATA["title"]


def test_history_is_not_public(public, published):
    """Who wrote what when is for the staff."""
    answer = public.get(f"{published}/@history")
    assert answer.status_code == 401 or answer.json() == []
