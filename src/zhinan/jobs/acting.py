"""Doing something as a person, without a browser that asks."""

from AccessControl.SecurityManagement import getSecurityManager
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import setSecurityManager
from AccessControl.users import system
from collections.abc import Iterator
from contextlib import contextmanager
from plone.exportimport.interfaces import IExportImportRequestMarker
from Testing.makerequest import makerequest
from typing import Any
from urllib.parse import urlsplit
from zope.component.hooks import getSite
from zope.component.hooks import setSite
from zope.event import notify
from zope.globalrequest import getRequest
from zope.globalrequest import setRequest
from zope.interface import alsoProvides
from zope.traversing.interfaces import BeforeTraverseEvent


def person_of(site: Any, person: str) -> Any:
    """The user with this id, of the site or of the whole Zope, or None."""
    for folder in (site.acl_users, site.getPhysicalRoot().acl_users):
        user = folder.getUserById(person)
        if user is not None:
            return user.__of__(folder)
    return None


@contextmanager
def acting(
    app: Any,
    path: str,
    user: Any = None,
    base_url: str = "",
    language: str = "zh-cn",
    importing: bool = False,
) -> Iterator[Any]:
    """The site at this path, with a request of its own and a person logged in.

    :param app: the root of the database, without a request.
    :param user: a user as ``person_of`` gives it; the system itself if None.
    :param base_url: the site's address as people know it, for links in what is made.
    :param importing: whether nothing meant for people's acts may fire.
    """
    before = getSecurityManager(), getRequest(), getSite()
    address = urlsplit(base_url or "http://localhost")
    wrapped = makerequest(app)
    request = wrapped.REQUEST
    port = address.port or {"https": 443}.get(address.scheme, 80)
    request.setServerURL(address.scheme, address.hostname, str(port))
    request.other["PARENTS"] = [wrapped]
    if importing:
        alsoProvides(request, IExportImportRequestMarker)
    setRequest(request)
    try:
        site = wrapped.unrestrictedTraverse(path)
        if base_url:
            # Addresses begin with the site's own, whatever a proxy made of its path.
            request.other["VirtualRootPhysicalPath"] = site.getPhysicalPath()
            request._script = [part for part in address.path.split("/") if part]
        request.other["LANGUAGE"] = language
        setSite(site)
        # The layers of the add-ons, which publishing would set on the way.
        notify(BeforeTraverseEvent(site, request))
        newSecurityManager(request, user if user is not None else system)
        yield site
    finally:
        # The end of a request forgets site and request, so it comes first.
        request.close()
        manager, old_request, old_site = before
        setSecurityManager(manager)
        setRequest(old_request)
        setSite(old_site)
