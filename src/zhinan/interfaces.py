"""Interfaces that belong to the whole product."""

from zope.publisher.interfaces.browser import IDefaultBrowserLayer


class IZhinanLayer(IDefaultBrowserLayer):
    """Marks requests to a site on which Zhinan is installed."""
