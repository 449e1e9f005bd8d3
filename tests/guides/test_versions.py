"""Versions of one object's own fields: kept, compared, taken back."""

from plone import api
from zExceptions import NotFound
from zhinan.interfaces import IZhinanLayer
from zope.event import notify
from zope.interface import alsoProvides
from zope.lifecycleevent import ObjectModifiedEvent

import pytest


FLOW = {
    "step": "受理",
    "department": "测试局",
    "limit": 1,
    "unit": "workday",
    "standard": None,
    "result": None,
}


@pytest.fixture
def guide(integration):
    """A guide with a material, saved twice."""
    alsoProvides(integration["request"], IZhinanLayer)
    with api.env.adopt_roles(["Manager"]):
        obj = api.content.create(
            integration["portal"].guides,
            "MatterGuide",
            title="测试事项",
            description="第一句。",
            flow=[FLOW],
        )
        api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
        obj.description = "第二句。"
        obj.flow = [{**FLOW, "limit": 2}]
        notify(ObjectModifiedEvent(obj))
        yield obj


def compare(guide, **form):
    """The comparison page for these versions."""
    request = guide.REQUEST
    request.form.update(form)
    return api.content.get_view("history", guide, request)


def test_two_versions_are_compared_in_words(guide):
    """Only what differs, rows with the titles of their columns, no Python."""
    html = compare(guide, one="1", two="0")()
    assert "一句话说明" in html and "办理流程" in html
    assert "<del>一</del><ins>二</ins>" in html
    assert "时限: " in html and "<del>1</del><ins>2</ins>" in html
    assert "{" not in html.split("<main")[1] and "None" not in html.split("<main")[1]
    assert "事项名称" not in html.split("zn-change")[1]


def test_equal_versions_say_so(guide):
    """The current version is the last one that was saved."""
    page = compare(guide, one="1", two="current")
    page.update()
    assert page.changes() == []


@pytest.mark.parametrize("wanted", ["99", "-1", "x", "1.5", ""])
def test_no_such_version(guide, wanted):
    """A wrong number is not found, never a failure."""
    with pytest.raises(NotFound):
        compare(guide, one=wanted, two="0")()


def test_a_version_is_taken_back_without_the_materials(guide):
    """Reverting is about the guide's own fields; its children stay."""
    repository = api.portal.get_tool("portal_repository")
    guide["m01"].title = "改过的申请表"
    repository.revert(guide, 0)
    assert guide.description == "第一句。"
    assert guide.flow[0]["limit"] == 1
    assert guide["m01"].title == "改过的申请表"
