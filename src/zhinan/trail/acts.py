"""Every act leaves one entry, which commits with the act and vanishes with it.

Whatever touches content (an event, a call of ``record``, or, at the end of a request,
the database's own list of changed objects, since taking back an older version tells
nobody) only notes it. What is written is decided when the transaction is about to be
committed: which fields changed shows against the digests that the last entry left. So a
form that tells three events makes one entry, a transition takes the fields that changed
along, and saving without a change leaves nothing.

The notes go back with a savepoint, as the acts do.
"""

from AccessControl.SecurityManagement import getSecurityManager
from AccessControl.users import system
from Acquisition import aq_base
from Acquisition import aq_chain
from Acquisition import aq_inner
from Acquisition import aq_parent
from dataclasses import dataclass
from dataclasses import replace
from plone.base.interfaces import IPloneSiteRoot
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.uuid.interfaces import IUUID
from Products.CMFCore.utils import getToolByName
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from typing import Any
from zhinan.rules import chain as rules
from zhinan.trail import store
from zhinan.trail.interfaces import IActHappened
from zhinan.trail.interfaces import ICapacity
from zhinan.trail.interfaces import ITracked
from zhinan.trail.interfaces import ITrailFields
from zope.component import adapter
from zope.component import queryUtility
from zope.component.hooks import getSite
from zope.component.hooks import setSite
from zope.event import notify
from zope.globalrequest import getRequest
from zope.interface import implementer
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectCopiedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent
from zope.lifecycleevent.interfaces import IObjectMovedEvent
from zope.lifecycleevent.interfaces import IObjectRemovedEvent
from ZPublisher.interfaces import IPubBeforeCommit

import json
import transaction


#: Acts on content. Those of a workflow are ``workflow.<transition>``.
ADDED, IMPORTED, COPIED = "added", "imported", "copied"
CHANGED, REVERTED = "changed", "reverted"
MOVED, RENAMED, DELETED = "moved", "renamed", "deleted"
WORKFLOW = "workflow."
#: How something came into being.
BEGINNINGS = frozenset({ADDED, IMPORTED, COPIED})
#: Chain of the acts on the site as a whole.
SITE = "site"
#: Longest comment that is kept, in characters.
LONGEST = 2000


@implementer(IActHappened)
@dataclass(frozen=True)
class ActHappened:
    """An act was written into the trail."""

    object: Any
    entry: rules.Entry


@dataclass(frozen=True)
class Act:
    """One act as it was noted."""

    act: str
    who: str
    note: str = ""
    before: str = ""
    after: str = ""
    edition: str = ""


@dataclass(frozen=True)
class Thing:
    """What was noted of one object, or of one chain without an object."""

    site: Any
    obj: Any
    title: str
    type: str
    path: str
    department: str
    who: str
    function: str = ""
    acts: tuple[Act, ...] = ()
    #: somebody told that it changed; nobody did, but it was written
    told: bool = False
    silent: bool = False
    #: while content was being imported; a job's request has ended when it commits
    importing: bool = False


# ------------------------------------------------------------------ what is noted


class _Key:
    """Under this the notes hang at their transaction."""


_KEY = _Key()


class _Notes:
    """The notes of a transaction; a savepoint takes them back as well.

    They are a data manager that has nothing to commit.
    """

    def __init__(self, manager: Any):
        self.transaction_manager = manager
        self.things: dict[str, Thing] = {}
        self.joined = False
        self.hooked = False

    def open(self, current: Any) -> None:
        """Take part in the transaction, and settle before it is committed."""
        if not self.joined:
            self.joined = True
            current.join(self)
        if not self.hooked:
            self.hooked = True
            current.addBeforeCommitHook(settle)

    def savepoint(self) -> Any:
        """What was noted so far."""
        return _Savepoint(self, dict(self.things))

    def abort(self, current: Any) -> None:
        """Forget all; also when a savepoint from before the first note is used."""
        self.things.clear()
        self.joined = False

    def tpc_begin(self, current: Any) -> None:
        """Nothing to do."""

    def commit(self, current: Any) -> None:
        """Nothing to do."""

    def tpc_vote(self, current: Any) -> None:
        """Nothing to do."""

    def tpc_finish(self, current: Any) -> None:
        """Nothing to do."""

    def tpc_abort(self, current: Any) -> None:
        """Nothing to do."""

    def sortKey(self) -> str:
        """Its place among the data managers."""
        return "zhinan.trail"


class _Savepoint:
    """The notes as they were."""

    def __init__(self, notes: _Notes, things: dict[str, Thing]):
        self.notes = notes
        self.things = things

    def rollback(self) -> None:
        """Back to them."""
        self.notes.things = dict(self.things)


def _notes(open_: bool = True) -> _Notes:
    current = transaction.get()
    try:
        found = current.data(_KEY)
    except KeyError:
        found = _Notes(transaction.manager)
        current.set_data(_KEY, found)
    if open_:
        found.open(current)
    return found


def importing() -> bool:
    """Whether content is being imported: no person did each single act."""
    return IExportImportRequestMarker.providedBy(getRequest())


def person() -> str:
    """Who acts: the id of a person, ``system``, or nothing for a stranger."""
    user = getSecurityManager().getUser()
    if user is None:
        return ""
    if aq_base(user) is aq_base(system):
        return "system"
    return user.getId() or ""


def capacity(obj: Any, who: str) -> str:
    """In which function a person acts on an object."""
    found = queryUtility(ICapacity)
    if found is None or not who or who == "system":
        return ""
    return str(found.capacity(obj, who) or "")


def site_of(obj: Any) -> Any:
    """The site in which an object lies, or None."""
    chain = aq_chain(aq_inner(obj))
    return next((item for item in chain if IPloneSiteRoot.providedBy(item)), None)


def _path(site: Any, obj: Any) -> str:
    return "/".join(obj.getPhysicalPath()[len(site.getPhysicalPath()) :])


def _note(obj: Any, *acts: Act, told: bool = False, silent: bool = False) -> None:
    """Note acts on an object of ours."""
    site = site_of(obj)
    about = ITrailFields(obj, None)
    uid = about.uid if about is not None else ""
    if site is None or not uid:
        return
    things = _notes().things
    known = things.get(uid)
    if known is None:
        known = Thing(site, obj, "", "", "", "", person())
    things[uid] = replace(
        known,
        obj=obj,
        acts=known.acts + acts,
        told=known.told or told,
        silent=known.silent or silent,
        importing=known.importing or importing(),
    )


def record(
    obj: Any,
    act: str,
    *,
    note: str = "",
    before: str = "",
    after: str = "",
    edition: str = "",
    who: str | None = None,
    uid: str | None = None,
    title: str | None = None,
) -> None:
    """Have an act written into the trail with the transaction that runs.

    It is written shortly before the commit, with the fields that changed by then; a
    test that does not commit calls :func:`settle`.

    :param obj: the object; None for what has none, and then ``uid`` names the chain.
    :param note: a comment that a person wrote; never anything personal.
    :param before: from which state, place or name.
    :param after: to which.
    :param who: id of the person, if it is not the one who is logged in.
    """
    done = Act(
        act, person() if who is None else who, _cut(note), before, after, edition
    )
    if obj is not None and uid is None and ITracked.providedBy(obj):
        _note(obj, done)
        return
    site = site_of(obj) if obj is not None else getSite()
    if not IPloneSiteRoot.providedBy(site):
        return
    name = uid or (IUUID(obj, None) if obj is not None else None) or SITE
    things = _notes().things
    known = things.get(name)
    if known is None:
        known = Thing(site, None, title or "", "", "", "", done.who)
        if obj is not None:
            known = replace(
                known,
                title=known.title or str(getattr(aq_base(obj), "title", "") or ""),
                type=str(getattr(aq_base(obj), "portal_type", "") or ""),
                path=_path(site, obj),
            )
    things[name] = replace(known, acts=(*known.acts, done), title=title or known.title)


def _cut(note: Any) -> str:
    text = str(note or "").replace("\r\n", "\n").strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# ------------------------------------------------------------------------- events


@adapter(ITracked, IObjectAddedEvent)
def added(obj: Any, event: Any) -> None:
    """New, or brought by an import."""
    origin = getattr(aq_base(obj), "_v_zhinan_origin", "")
    if importing():
        _note(obj, Act(IMPORTED, person()))
    elif origin:
        del aq_base(obj)._v_zhinan_origin
        _note(obj, Act(COPIED, person(), before=origin))
    else:
        _note(obj, Act(ADDED, person()))


@adapter(ITracked, IObjectCopiedEvent)
def copied(obj: Any, event: Any) -> None:
    """Remember of what it is a copy, until it has its place."""
    site = site_of(event.original)
    if site is not None:
        aq_base(obj)._v_zhinan_origin = _path(site, event.original)


@adapter(ITracked, IObjectModifiedEvent)
def changed(obj: Any, event: Any) -> None:
    """Saved."""
    _note(obj, told=True)


@adapter(ITracked, IAfterTransitionEvent)
def transitioned(obj: Any, event: Any) -> None:
    """From one state to another; the comment is the note."""
    if event.transition is None:
        return
    act = Act(
        f"{WORKFLOW}{event.transition.getId()}",
        person(),
        _cut((event.kwargs or {}).get("comment")),
        event.old_state.getId(),
        event.new_state.getId(),
    )
    _note(obj, act)


@adapter(ITracked, IObjectMovedEvent)
def moved(obj: Any, event: Any) -> None:
    """Moved or renamed; what lies inside a thing of ours goes along without a word."""
    if event.oldParent is None or event.newParent is None:
        return
    inside = aq_parent(aq_inner(obj))
    while inside is not None and aq_base(obj) is not aq_base(event.object):
        if ITracked.providedBy(inside):
            return
        if aq_base(inside) is aq_base(event.object):
            break
        inside = aq_parent(aq_inner(inside))
    site = site_of(obj)
    if site is None:
        return
    now = _path(site, obj)
    new = _path(site, event.object)
    old = "/".join(filter(None, (_path(site, event.oldParent), event.oldName)))
    act = RENAMED if aq_base(event.oldParent) is aq_base(event.newParent) else MOVED
    _note(obj, Act(act, person(), before=old + now[len(new) :], after=now))


@adapter(ITracked, IObjectRemovedEvent)
def removed(obj: Any, event: Any) -> None:
    """Deleted; what an entry says of it is read now, while it is there."""
    site = site_of(obj)
    about = ITrailFields(obj)
    if site is None or not about.uid:
        return
    things = _notes().things
    known = things.get(about.uid)
    if known is not None and known.acts and known.acts[0].act in BEGINNINGS:
        # It came and went in one transaction.
        del things[about.uid]
        return
    who = person()
    act = Act(DELETED, who, before=_state(obj))
    things[about.uid] = Thing(
        site,
        None,
        about.title,
        obj.portal_type,
        _path(site, obj),
        about.department,
        who,
        capacity(obj, who),
        (*(known.acts if known is not None else ()), act),
    )


def _state(obj: Any) -> str:
    tool = getToolByName(obj, "portal_workflow", None)
    return (tool.getInfoFor(obj, "review_state", "") if tool is not None else "") or ""


@adapter(IPubBeforeCommit)
def look_at_written(event: Any) -> None:
    """Note what a request wrote without telling anybody."""
    site = getSite()
    if not IPloneSiteRoot.providedBy(site) or site._p_jar is None:
        return
    things: dict[str, Thing] | None = None
    for obj in _written(site._p_jar):
        if not ITracked.providedBy(obj):
            continue
        if things is None:
            things = _notes(open_=False).things
        uid = IUUID(obj, None)
        if not uid or uid in things:
            continue
        catalog = getToolByName(site, "portal_catalog")
        brains = catalog.unrestrictedSearchResults(UID=uid)
        if brains:
            _note(brains[0]._unrestrictedGetObject(), silent=True)


def _written(connection: Any) -> list[Any]:
    """Objects that the connection will write, as far as they are in memory."""
    found = list(connection._registered_objects)
    # A savepoint has put aside what was changed before it.
    aside = getattr(connection, "_savepoint_storage", None)
    if aside is not None:
        found += [connection._cache.get(oid) for oid in list(aside.index)]
    return [obj for obj in found if obj is not None]


# ---------------------------------------------------------------- what is written


def settle() -> None:
    """Write what was noted in this transaction into the trail."""
    notes = _notes(open_=False)
    notes.hooked = False
    if not notes.things:
        return
    things, notes.things = notes.things, {}
    before = getSite()
    try:
        for uid, thing in _named_as_now(things).items():
            if before is None:
                # A job commits behind the end of its request: types and departments
                # are asked of the site all the same.
                setSite(thing.site)
            _write(uid, thing)
    finally:
        setSite(before)


def _named_as_now(things: dict[str, Thing]) -> dict[str, Thing]:
    """The same by the UIDs that objects have by now.

    An import adds an object first and gives it its true UID afterwards.
    """
    found: dict[str, Thing] = {}
    for uid, thing in things.items():
        about = ITrailFields(thing.obj, None) if thing.obj is not None else None
        name = (about.uid if about is not None else "") or uid
        other = found.get(name)
        if other is not None:
            thing = replace(
                thing,
                acts=other.acts + thing.acts,
                told=other.told or thing.told,
                silent=other.silent or thing.silent,
                importing=other.importing or thing.importing,
            )
        found[name] = thing
    return found


def _write(uid: str, thing: Thing) -> None:
    about = ITrailFields(thing.obj) if thing.obj is not None else None
    found = store.of(thing.site)
    chain = found.chain(uid) if found is not None else None
    acts, known, key = list(thing.acts), None, None
    differing: dict[str, str] = {}
    if about is not None:
        # The first look at something makes no trail: only an act does.
        if found is None:
            found = store.prepare(thing.site)
        key = store.key_of(found)
        values = _texts(about.fields())
        known = _digests(key, uid, values)
        differing = _differing(key, uid, thing, chain, known, about)
        if not acts:
            if not differing:
                return
            acts = [_unspoken(thing)]
        acts = _together(thing, acts, values)
    # The roles that an account begins with are given before it is told of.
    acts.sort(key=lambda act: not act.act.endswith(".created"))
    if found is None:
        # A site without our profile: what is done there is not ours.
        return
    if key is None:
        key = store.key_of(found)
    said = _said(thing, about)
    for act in acts:
        last = act is acts[-1]
        entry = found.write(
            uid,
            {
                **said,
                "act": act.act,
                "who": act.who,
                "function": thing.function or capacity(thing.obj, act.who),
                "from": act.before,
                "to": act.after,
                "fields": differing if last else {},
                "note": act.note,
                "edition": act.edition,
            },
            known if last else None,
            key.name,
        )
        notify(ActHappened(thing.obj, entry))


def _said(thing: Thing, about: Any) -> dict[str, str]:
    """What every entry says of the object itself."""
    if about is None:
        return {
            "type": thing.type,
            "title": thing.title,
            "path": thing.path,
            "department": thing.department,
        }
    return {
        "type": thing.obj.portal_type,
        "title": about.title,
        "path": _path(thing.site, thing.obj),
        "department": about.department,
    }


def _unspoken(thing: Thing) -> Act:
    """The act of an object that changed: saved, or taken back by the versioning."""
    if thing.silent and not thing.told:
        request = getRequest()
        version = request.form.get("version_id") if request is not None else None
        if version is not None:
            return Act(REVERTED, thing.who, edition=f"v{version}")
    return Act(IMPORTED if thing.importing else CHANGED, thing.who)


def _together(thing: Thing, acts: list[Act], values: dict[str, bytes]) -> list[Act]:
    """The acts that deserve an entry each."""
    first = acts[0]
    if first.act in BEGINNINGS:
        # On its way to its first place it is renamed and, in an import, published.
        rest = [act for act in acts[1:] if act.act not in {MOVED, RENAMED, *BEGINNINGS}]
        copy = next((act for act in acts if act.act == COPIED), None)
        if copy is not None and first.act == ADDED:
            first = copy
        if first.act == IMPORTED:
            rest = []
        state = rest[0].before if rest else _state(thing.obj)
        acts = [replace(first, after=state), *rest]
    texts = set(values.values())
    # What is kept as a field is no comment: of fields only digests stand here.
    return [
        replace(act, note="") if act.note and _text(act.note) in texts else act
        for act in acts
    ]


def _text(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode("utf-8", "surrogatepass")


def _texts(fields: dict[str, Any]) -> dict[str, bytes]:
    return {name: _text(value) for name, value in fields.items()}


def _digests(key: Any, uid: str, values: dict[str, bytes]) -> dict[str, str]:
    return {
        name: rules.keyed(key.fields, uid, name, value)
        for name, value in values.items()
    }


def _differing(
    key: Any, uid: str, thing: Thing, chain: Any, known: dict[str, str], about: Any
) -> dict[str, str]:
    """The fields that are not as the last entry left them."""
    if chain is not None and chain.known is not None and chain.key == key.name:
        before = chain.known
    elif thing.acts and thing.acts[0].act in BEGINNINGS:
        before = {}
    else:
        # The trail sees it for the first time: what was committed is what was.
        before = _digests(key, uid, _texts(about.former()))
    found = {
        name: digest for name, digest in known.items() if before.get(name) != digest
    }
    found.update((name, rules.EMPTIED) for name in before if name not in known)
    return found
