"""The consultation form as a new site with demonstration content has it."""

from .layer import wording
from collective.easyform.api import get_actions
from collective.easyform.api import get_schema
from plone import api
from typing import Any
from zhinan.departments import directory
from zhinan.feedback.action import Deliver
from zhinan.feedback.wording import wording as words
from zope.schema import getFieldNamesInOrder


def test_form_is_imported_whole(demo: Any) -> None:
    form = demo["portal"]["zixun"]
    source = wording()
    assert api.content.get_state(form) == "published"
    assert form.title == source["title"]
    schema = get_schema(form)
    assert getFieldNamesInOrder(schema) == [field["name"] for field in source["fields"]]
    for field in source["fields"]:
        for reason, sentence in field["errors"].items():
            assert words(schema, field["name"])[reason] == sentence
    actions = get_actions(form)
    (action,) = (actions[name] for name in actions)
    assert isinstance(action, Deliver)
    assert action.mail_subject == source["mail"]["subject"]


def test_it_offers_every_department(demo: Any) -> None:
    codes = set(directory.entries())
    vocabulary = api.portal.get_vocabulary("zhinan.departments")
    assert {term.value for term in vocabulary} == codes
    assert len(codes) >= 10
