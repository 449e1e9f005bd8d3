"""Ids of versioned objects at random, not from a counter.

Plone's generator is one object that each versioned creation writes, so that two people
who add something at the same time meet a conflict. A random id needs no such object.
"""

from Products.CMFUid.interfaces import IUniqueIdGenerator
from typing import Any
from zope.interface import implementer

import secrets


#: Above everything that a counter has given, and a number that every index can hold.
_LEAST, _BITS = 1 << 40, 62
TOOL = "portal_uidgenerator"


@implementer(IUniqueIdGenerator)
class RandomIds:
    """A generator without memory; registered for all sites, below a site's own."""

    def __call__(self) -> int:
        """An id that nobody else has."""
        return _LEAST + secrets.randbits(_BITS)

    def convert(self, uid: Any) -> int:
        """An id in the form in which it is kept."""
        return int(uid)


RANDOM_IDS = RandomIds()


def install(site: Any) -> None:
    """Take the counter out of the site's registry; the tool itself stays."""
    manager = site.getSiteManager()
    if manager.queryUtility(IUniqueIdGenerator) is not RANDOM_IDS:
        manager.unregisterUtility(provided=IUniqueIdGenerator)


def uninstall(site: Any) -> None:
    """Put the counter back."""
    if TOOL in site:
        site.getSiteManager().registerUtility(site[TOOL], IUniqueIdGenerator)
