"""Every change of what the public reads becomes a line of the outbox, once.

Whatever touches content (an event, the indexing queue, or, at the end of a request, the
database's own list of changed objects, since taking back an older version tells nobody)
only notes it. What changed is decided when the transaction is about to be committed,
from what is there by then. So saving unchanged, indexing anew or moving something there
and back leaves nothing.
"""

from AccessControl.PermissionRole import rolesForPermissionOn
from Acquisition import aq_chain
from Acquisition import aq_inner
from collections.abc import Iterable
from dataclasses import replace
from plone.base.interfaces import IPloneSiteRoot
from plone.uuid.interfaces import IUUID
from Products.CMFCore.indexing import processQueue
from Products.CMFCore.interfaces import IIndexQueueProcessor
from Products.CMFCore.utils import getToolByName
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from typing import Any
from zhinan.forms.validation import IChecked
from zhinan.publishing import editions
from zhinan.publishing import unspoken
from zhinan.publishing.interfaces import IEditioned
from zhinan.publishing.interfaces import IPublicContent
from zhinan.publishing.interfaces import IRevised
from zhinan.publishing.store import outbox
from zhinan.publishing.store import peek
from zhinan.publishing.store import Record
from zhinan.publishing.store import Revision
from zhinan.publishing.workflow import importing
from zhinan.publishing.workflow import is_online
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.rules.revisions import kinds
from zhinan.rules.revisions import MOVED
from zhinan.rules.revisions import Seen
from zope.component import adapter
from zope.component.hooks import getSite
from zope.interface import implementer
from zope.lifecycleevent.interfaces import IObjectModifiedEvent
from zope.lifecycleevent.interfaces import IObjectMovedEvent
from ZPublisher.interfaces import IPubBeforeCommit

import transaction


class _Key:
    """Under this the pending work hangs at its transaction."""


_KEY = _Key()


def revision_of(obj: Any) -> Revision | None:
    """The revision of an object that the public reads now; None if it reads none."""
    site = _site_of(obj)
    uid = IUUID(obj, None)
    record = peek(site).records.get(uid) if site is not None and uid else None
    if record is None or not record.seen.public:
        return None
    return record.revisions[-1]


def is_public(obj: Any) -> bool:
    """Whether somebody who is not logged in may read an object."""
    return "Anonymous" in rolesForPermissionOn("View", obj)


# ----------------------------------------------------------------- what is noted


def mark(obj: Any) -> None:
    """Look at what this object belongs to before the transaction is committed."""
    chain = aq_chain(aq_inner(obj))
    whole = next((item for item in chain if IRevised.providedBy(item)), None)
    site = next((item for item in chain if IPloneSiteRoot.providedBy(item)), None)
    if whole is None or site is None:
        return
    uid = IUUID(whole, None)
    if uid:
        pending = _pending()
        # A job's request has ended when it commits: what it was is noted here.
        brought = importing() or (uid in pending and pending[uid][2])
        pending[uid] = (site, "/".join(whole.getPhysicalPath()), brought)


def _pending() -> dict[str, tuple[Any, str, bool]]:
    current = transaction.get()
    try:
        pending = current.data(_KEY)
    except KeyError:
        pending = {}
        current.set_data(_KEY, pending)
    if not pending:
        current.addBeforeCommitHook(settle)
    return pending


@adapter(IChecked, IObjectModifiedEvent)
def changed(obj: Any, event: Any) -> None:
    """Saved, or its parts ordered anew."""
    mark(obj)


@adapter(IChecked, IAfterTransitionEvent)
def transitioned(obj: Any, event: Any) -> None:
    """Published, withdrawn, or anything else that a workflow did."""
    mark(obj)


@adapter(IChecked, IObjectMovedEvent)
def moved(obj: Any, event: Any) -> None:
    """Added, moved, renamed or deleted; both places are looked at."""
    mark(obj)
    for parent in (event.oldParent, event.newParent):
        if parent is not None:
            mark(parent)


@implementer(IIndexQueueProcessor)
class Noticed:
    """What is indexed may have changed, even where no event told so."""

    def index(self, obj: Any, attributes: Any = None) -> None:
        """It is new to the catalogue."""
        if IChecked.providedBy(obj):
            mark(obj)

    def reindex(
        self, obj: Any, attributes: Any = None, update_metadata: int = 1
    ) -> None:
        """It is indexed anew."""
        self.index(obj)

    def unindex(self, obj: Any) -> None:
        """Deletion and moving come as events."""

    def begin(self) -> None:
        """Nothing to prepare."""

    def commit(self) -> None:
        """The work was done before."""

    def abort(self) -> None:
        """The notes went with their transaction."""


@adapter(IPubBeforeCommit)
def look_at_written(event: Any) -> None:
    """Note what a request wrote without telling anybody."""
    site = getSite()
    if not IPloneSiteRoot.providedBy(site):
        return
    catalog = getToolByName(site, "portal_catalog")
    for obj in _written(site._p_jar):
        uid = IUUID(obj, None) if IChecked.providedBy(obj) else None
        if uid and (found := _by_uid(catalog, uid)) is not None:
            mark(found)


def _written(connection: Any) -> Iterable[Any]:
    """Objects that the connection will write, as far as they are in memory."""
    found = list(connection._registered_objects)
    # A savepoint has put aside what was changed before it.
    aside = getattr(connection, "_savepoint_storage", None)
    if aside is not None:
        found += [connection._cache.get(oid) for oid in list(aside.index)]
    return [obj for obj in found if obj is not None]


# --------------------------------------------------------------- what is decided


def settle() -> None:
    """Decide what became of everything that was noted in this transaction."""
    # What waits to be indexed has not been noted yet.
    processQueue()
    try:
        pending = transaction.get().data(_KEY)
    except KeyError:
        return
    while pending:
        uid = next(iter(pending))
        site, path, brought = pending[uid]
        # Looking for it may index, and so note it again: drop the note afterwards.
        obj = _find(site, uid, path)
        brought = pending.pop(uid, (site, path, brought))[2] or brought
        _decide(site, uid, obj, brought)


def catch_up(site: Any) -> int:
    """Give everything public its revision where it has none; how many changes."""
    catalog = getToolByName(site, "portal_catalog")
    before = peek(site).latest
    for brain in catalog.unrestrictedSearchResults(
        object_provides=IRevised.__identifier__, sort_on="path"
    ):
        _decide(site, brain.UID, brain._unrestrictedGetObject(), True)
    return outbox(site).latest - before


def _decide(site: Any, uid: str, obj: Any, brought: bool) -> None:
    """Write what changed since the last line of one thing.

    :param brought: whether an import brought it.
    """
    record = peek(site).records.get(uid)
    public = obj is not None and is_public(obj) and is_online(obj)
    readable = obj is not None and IEditioned.providedBy(obj) and is_public(obj)
    if readable and (public or editions.current(obj) is None):
        # Also what an import brings as withdrawn: the public reads editions alone.
        unspoken.settle(site, obj, brought)
    if record is None and not public:
        return
    text, now = None, None
    if public:
        about = IPublicContent(obj)
        text = canonical(about.content())
        now = Seen(True, checksum(text), _path(site, obj))
    elif obj is not None:
        now = Seen(False)
    found = kinds(record.seen if record is not None else None, now)
    if not found:
        return
    if public:
        last = Record(
            uid,
            now,
            about.title,
            about.department,
            about.codes,
            record.revision if record is not None else 0,
            record.revisions if record is not None else (),
            record.steps if record is not None else (),
        )
    else:
        seen = replace(record.seen, public=False, deleted=now is None)
        last = replace(record, seen=seen)
    for kind in found:
        # Of what moved and changed at once, the first line tells of the old content.
        seen = replace(last.seen, hash=record.seen.hash) if kind == MOVED else last.seen
        made = outbox(site).add(
            replace(last, seen=seen), kind, None if kind == MOVED else text
        )
        last = replace(made, seen=last.seen)


# ------------------------------------------------------------------------ places


def _site_of(obj: Any) -> Any:
    chain = aq_chain(aq_inner(obj))
    return next((item for item in chain if IPloneSiteRoot.providedBy(item)), None)


def _path(site: Any, obj: Any) -> str:
    own = obj.getPhysicalPath()[len(site.getPhysicalPath()) :]
    return "/".join(own)


def _by_uid(catalog: Any, uid: str) -> Any:
    brains = catalog.unrestrictedSearchResults(UID=uid)
    return brains[0]._unrestrictedGetObject() if brains else None


def _find(site: Any, uid: str, path: str) -> Any:
    """The object, or None when it is no longer there.

    An emptied catalogue must not look like a deletion, so the last known place counts
    as well.
    """
    found = _by_uid(getToolByName(site, "portal_catalog"), uid)
    if found is not None:
        return found
    there = site.getPhysicalRoot().unrestrictedTraverse(path, None)
    return there if there is not None and IUUID(there, None) == uid else None
