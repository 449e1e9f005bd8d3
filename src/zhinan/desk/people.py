"""The platform's lists of users and groups, without the roles that functions give."""

from importlib.resources import files
from Products.CMFPlone.controlpanel import browser
from Products.CMFPlone.controlpanel.browser.usergroups_groupsoverview import (
    GroupsOverviewControlPanel,
)
from Products.CMFPlone.controlpanel.browser.usergroups_usersoverview import (
    UsersOverviewControlPanel,
)
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zhinan.departments.roles import WithoutOurs


def _template(name: str) -> ViewPageTemplateFile:
    return ViewPageTemplateFile(str(files(browser) / f"usergroups_{name}overview.pt"))


class UsersOverview(WithoutOurs, UsersOverviewControlPanel):
    """People: functions are given by groups."""

    index = _template("users")


class GroupsOverview(WithoutOurs, GroupsOverviewControlPanel):
    """Groups: what a function may do stands in the permission matrix."""

    index = _template("groups")
