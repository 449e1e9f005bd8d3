"""Interfaces that belong to the whole product."""

from zope.interface import Interface
from zope.publisher.interfaces.browser import IDefaultBrowserLayer


class IZhinanLayer(IDefaultBrowserLayer):
    """Marks requests to a site on which Zhinan is installed."""


class IGuidesFolder(Interface):
    """The folder of the service guides."""


class IDepartmentsFolder(Interface):
    """The folder of the departments."""


class IPoliciesFolder(Interface):
    """The folder of the policy documents."""


class IRegistersFolder(Interface):
    """The folder of the registers."""


class IRegisterFolder(Interface):
    """The folder of one register; its id is the register's name with hyphens."""


class ICatalogueFolder(IRegisterFolder):
    """The folder of the matter catalogue: its public page is a release."""


class INoticesFolder(Interface):
    """The folder of the supervision notices."""
