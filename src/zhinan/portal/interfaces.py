"""Markers of the root folders, whose public pages are ours."""

from zope.interface import Interface


class IGuidesFolder(Interface):
    """The folder of the service guides."""


class IDepartmentsFolder(Interface):
    """The folder of the departments."""


class IPoliciesFolder(Interface):
    """The folder of the policy documents."""
