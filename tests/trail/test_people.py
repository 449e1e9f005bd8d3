"""Acts on accounts: who may do what has a trace as well."""

from plone import api
from zhinan.trail import store
from zhinan.trail.acts import settle

import pytest


PASSWORD = "Geheim-2026-geheim"


@pytest.fixture
def known(site):
    """An account and a group."""
    api.group.create("dept-csj-editor", title="测试局编辑")
    api.user.create(
        "wang@example.com",
        "wang",
        PASSWORD,
        properties={"fullname": "王小明"},
    )
    settle()
    return site


def said(uid):
    """Acts with from and to."""
    settle()
    return [(e.act, e.before, e.after) for e in store.entries(uid)]


def test_accounts_and_groups_come_and_go(known):
    """With who did it."""
    assert said("user:wang")[0] == ("user.created", "", "")
    assert said("group:dept-csj-editor") == [("group.created", "", "")]
    assert store.entries("user:wang")[0].who == "test_user_1_"
    api.user.delete("wang")
    api.group.delete("dept-csj-editor")
    assert said("user:wang")[-1] == ("user.deleted", "", "")
    assert said("group:dept-csj-editor")[-1] == ("group.deleted", "", "")


def test_membership(known):
    """In and out."""
    number = len(said("user:wang"))
    api.group.add_user(groupname="dept-csj-editor", username="wang")
    api.group.remove_user(groupname="dept-csj-editor", username="wang")
    assert said("user:wang")[number:] == [
        ("group.joined", "", "dept-csj-editor"),
        ("group.left", "dept-csj-editor", ""),
    ]


def test_roles(known):
    """Of an account and of a group, before and after."""
    number = len(said("user:wang"))
    api.user.grant_roles("wang", roles=["Reviewer"])
    api.group.grant_roles("dept-csj-editor", roles=["Editor"])
    act, before, after = said("user:wang")[number]
    assert act == "user.roles" and "Reviewer" in after and "Reviewer" not in before
    act, before, after = said("group:dept-csj-editor")[-1]
    assert (act, before) == ("user.roles", "") and "Editor" in after.split(",")
    roles = api.portal.get().acl_users.portal_role_manager
    roles.doAssignRoleToPrincipal("wang", "Editor")
    roles.doRemoveRoleFromPrincipal("wang", "Editor")
    assert [act for act, _b, _a in said("user:wang")[-2:]] == ["user.roles"] * 2
    before = len(said("user:wang"))
    roles.doRemoveRoleFromPrincipal("wang", "Editor")
    assert len(said("user:wang")) == before


def test_a_password_leaves_an_act_and_nothing_else(known):
    """Neither it nor a hash of it, nor what the person is called."""
    number = len(said("user:wang"))
    other = PASSWORD + "!"
    known.acl_users.userSetPassword("wang", other)
    assert said("user:wang")[number:] == [("user.password", "", "")]
    texts = store.peek(known).chain("user:wang").entries.values()
    whole = b"".join(texts)
    for value in (PASSWORD, other, "王小明", "@"):
        assert value.encode() not in whole


def test_a_site_without_our_profile_has_no_trail(known):
    """Nothing is written where nobody asked for it."""
    del known.__annotations__[store.KEY]
    api.group.create("others")
    settle()
    assert store.of(known) is None
