"""What supervision keeps beside the trail: what is gone, and what was last verified.

The trail has one chain for each object. Which chains belong to a guide shows while its
materials are there; what is deleted is remembered here, and so are the names of
departments that are gone.
"""

from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.departments.content import IDepartment
from zhinan.trail.acts import site_of
from zhinan.trail.interfaces import ITracked
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.component.hooks import getSite
from zope.lifecycleevent.interfaces import IObjectRemovedEvent


KEY = "zhinan.supervision"


class Known(Persistent):
    """Kept in an annotation of the site."""

    def __init__(self) -> None:
        #: UIDs of deleted parts under the UID of what they lay in
        self.parts = OOBTree()
        #: short names of deleted departments by code
        self.departments = OOBTree()
        #: last sequence number of the notices of a year
        self.numbers = OOBTree()
        #: what was sent about a notice: UID to a mapping of occasion to moment
        self.reminded = OOBTree()
        #: the last verification of the trail as plain data
        self.verified: dict[str, Any] = {}


def of(site: Any = None) -> Known:
    """What is kept; an empty one, which is not kept, where there is nothing yet."""
    found = IAnnotations(site if site is not None else getSite()).get(KEY)
    return Known() if found is None else found


def prepare(site: Any = None) -> Known:
    """The same for writing."""
    annotations = IAnnotations(site if site is not None else getSite())
    if KEY not in annotations:
        annotations[KEY] = Known()
    return annotations[KEY]


def root_of(obj: Any) -> Any:
    """The outermost thing of ours in which something lies: a material's guide."""
    found = obj
    for item in aq_chain(aq_inner(obj)):
        if not ITracked.providedBy(item):
            break
        found = item
    return found


@adapter(ITracked, IObjectRemovedEvent)
def removed(obj: Any, event: Any) -> None:
    """Remember to what a part belonged, and what a department was called."""
    site = site_of(obj)
    if event.newParent is not None or site is None:
        return
    if IDepartment.providedBy(obj) and obj.code:
        prepare(site).departments[obj.code] = obj.short_name or obj.title
    root = root_of(obj)
    if aq_base(root) is aq_base(obj):
        return
    uid, part = IUUID(root, None), IUUID(obj, None)
    if uid and part:
        parts = prepare(site).parts
        parts[uid] = (*parts.get(uid, ()), part)
