"""Who else is in a working copy: opened it, edits it, or saved it a moment ago.

Who opened it is kept in memory, for as long as it is news: a page that wrote into the
database on each reading would meet conflicts with itself. Who edits shows by Plone's
locks, and who saved by the trail, both for everybody.
"""

from Acquisition import aq_inner
from collections.abc import Iterator
from dataclasses import dataclass
from plone import api
from plone.locking.interfaces import ILockable
from plone.uuid.interfaces import IUUID
from Products.CMFCore.interfaces import IContentish
from typing import Any
from zhinan import _
from zhinan.departments.people import name_of
from zhinan.departments.saved import LastSave
from zhinan.guides import units
from zhinan.guides.workingcopy import is_copy
from zhinan.guides.workingcopy import whole_of
from zhinan.interfaces import IZhinanLayer
from zhinan.trail import store
from zhinan.trail.acts import COPIED
from zope.component import adapter
from zope.i18nmessageid import Message
from ZPublisher.interfaces import IPubAfterTraversal

import datetime
import threading
import time


MINUTES = 15
#: Copies that are remembered at most; the one that was looked at longest ago goes.
MOST = 1000
_LOCK = threading.Lock()
_SEEN: dict[str, dict[str, float]] = {}


@dataclass(frozen=True)
class Here:
    """Somebody who is or was here, and what he or she does."""

    person: str
    doing: Message


@adapter(IPubAfterTraversal)
def notice(event: Any) -> None:
    """Somebody asked for a page of a working copy, or of something in it."""
    request = event.request
    if not IZhinanLayer.providedBy(request):
        return
    parents = request.get("PARENTS") or ()
    obj = next((item for item in parents if IContentish.providedBy(item)), None)
    whole = whole_of(obj) if obj is not None else None
    if whole is None or not is_copy(whole) or api.user.is_anonymous():
        return
    came(IUUID(whole, None) or "", api.user.get_current().getId())


def came(uid: str, user: str, moment: float | None = None) -> None:
    """Remember that somebody was in a copy."""
    now = time.monotonic() if moment is None else moment
    with _LOCK:
        people = _SEEN.pop(uid, {})
        people[user] = now
        _SEEN[uid] = {who: at for who, at in people.items() if now - at <= MINUTES * 60}
        while len(_SEEN) > MOST:
            del _SEEN[next(iter(_SEEN))]


def others(copy: Any, me: str) -> list[Here]:
    """Everybody else, who edits first, who only looked last; each person once."""
    found: dict[str, Message] = {}
    for who, doing in (*_editing(copy), *_saved(copy), *_looked(copy)):
        if who and who != me:
            found.setdefault(who, doing)
    return [Here(name_of(who), doing) for who, doing in found.items()]


def _parts(copy: Any) -> list[Any]:
    return [units.part(copy, path) for path in _paths(copy, ())]


def _paths(obj: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for child in units.parts(obj):
        yield from _paths(child, (*path, child.getId()))


def _editing(copy: Any) -> Iterator[tuple[str, Message]]:
    for obj in _parts(copy):
        lockable = ILockable(aq_inner(obj), None)
        for info in lockable.lock_info() if lockable is not None else ():
            if info["type"].user_unlockable:
                yield (
                    info["creator"],
                    _(
                        "here_editing",
                        default="has the form of “${title}” open",
                        mapping={"title": obj.title or obj.getId()},
                    ),
                )


def _saved(copy: Any) -> Iterator[tuple[str, Message]]:
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=MINUTES)
    site, last = store.of(api.portal.get()), LastSave()
    if site is None:
        return
    for obj in _parts(copy):
        if obj.modified().asdatetime() < since:
            continue
        chain = site.chain(IUUID(obj, None) or "")
        entry = chain.last() if chain is not None else None
        said = last.last(obj)
        if entry is None or said is None or said[1] < since:
            continue
        if entry.act == COPIED:
            # So the copy came into being.
            continue
        yield (
            entry.who,
            _(
                "here_saved",
                default="saved “${title}” at ${time}",
                mapping={
                    "title": obj.title or obj.getId(),
                    "time": said[1].strftime("%H:%M"),
                },
            ),
        )


def _looked(copy: Any) -> Iterator[tuple[str, Message]]:
    now = time.monotonic()
    with _LOCK:
        people = dict(_SEEN.get(IUUID(copy, None) or "", {}))
    for who, at in sorted(people.items(), key=lambda item: -item[1]):
        minutes = int((now - at) // 60)
        if minutes >= MINUTES:
            continue
        if minutes < 1:
            yield who, _("here_now", default="looked at it just now")
        else:
            yield (
                who,
                _(
                    "here_looked",
                    default="looked at it ${minutes} minutes ago",
                    mapping={"minutes": str(minutes)},
                ),
            )
