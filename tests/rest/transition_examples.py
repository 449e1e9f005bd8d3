"""Exchanges of the manual's part on transitions."""

from .sample import GUIDE_DATA
from contextlib import contextmanager
from plone import api
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.rules.requirements import requirements

import transaction


#: Guides of their own, so that no other example depends on them.
FIRST, SECOND = "621001900011", "621001900012"


def reasons_cut(body):
    """Two reasons stand for all."""
    reasons = body["error"]["reasons"][:2]
    message = " ".join(reason["message"] for reason in reasons)
    return {"error": {**body["error"], "reasons": reasons, "message": message}}


def transitions_cut(body):
    """Two transitions stand for all."""
    return {**body, "transitions": body["transitions"][:2]}


@contextmanager
def nothing_asked():
    """What guides lack is told elsewhere; those of tests are short."""
    name = f"{IRequirementSettings.__identifier__}.off"
    transaction.begin()
    before = api.portal.get_registry_record(name)
    api.portal.set_registry_record(name, list(requirements()))
    transaction.commit()
    yield
    transaction.begin()
    api.portal.set_registry_record(name, before)
    transaction.commit()


def _made(editor, code, title):
    data = {
        **GUIDE_DATA,
        "title": title,
        "catalog_code": code,
        "implementation_code": None,
    }
    answer = editor.post("guides", json=data)
    assert answer.status_code == 201, answer.text
    return f"guides/{code}"


def record(keep, editor, reviewer):
    """From a draft to what is online, refusals, and two guides at once."""
    first = _made(editor, FIRST, "示例设施变更许可")
    second = _made(editor, SECOND, "示例设施注销许可")

    def step(client, name, **body):
        return client.post(f"{first}/@transition/{name}", json=body)

    keep("transition_wrong_state", step(editor, "publish"))
    keep("transition_post", step(editor, "submit", comment="请审核"))
    keep("transition_get", reviewer.get(f"{first}/@transition"), transitions_cut)
    wrong = [{"element": "colour", "text": "颜色不对"}]
    keep("transition_refused", step(reviewer, "return_for_changes", comments=wrong))
    right = [{"element": "statutory_limit", "text": "与法律规定的时限不一致"}]
    keep("transition_return", step(reviewer, "return_for_changes", comments=right))
    assert step(editor, "submit").status_code == 200
    keep("transition_lacking", step(reviewer, "approve"), reasons_cut)
    with nothing_asked():
        _online(keep, reviewer, step, first, second)


def _online(keep, reviewer, step, first, second):
    body = {
        "transition": "approve",
        "items": [first, second],
        "parameters": {"comment": "同意"},
    }
    keep("transitions_post", reviewer.post("@transition", json=body))
    keep("transition_publish", step(reviewer, "publish", note="首次发布"))
