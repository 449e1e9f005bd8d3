"""Exchanges of the manual's part on transitions."""

from .sample import GUIDE_DATA


#: Guides of their own, so that no other example depends on them.
FIRST, SECOND = "621001900011", "621001900012"


def transitions_cut(body):
    """Two transitions stand for all."""
    return {**body, "transitions": body["transitions"][:2]}


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
    body = {
        "transition": "approve",
        "items": [first, second],
        "parameters": {"comment": "同意"},
    }
    keep("transitions_post", reviewer.post("@transition", json=body))
    keep("transition_publish", step(reviewer, "publish", note="首次发布"))
