"""Confidentiality of files: a level for an object, another for one of its files.

Every way to the bytes of a file, and to its name and size, asks ``may_read`` or
``read``; only what everybody reads who sees the content goes into indexes and into what
is published. The levels themselves stand in the rules' table.
"""

from .confidentialrows import IFileLevelRow
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collective.z3cform.datagridfield.datagridfield import DataGridFieldFactory
from collective.z3cform.datagridfield.row import DictRow
from plone import api
from plone.autoform import directives
from plone.autoform.interfaces import IFormFieldProvider
from plone.base.interfaces import IPloneSiteRoot
from plone.supermodel import model
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import people
from zhinan.departments.events import ConfidentialRead
from zhinan.departments.interfaces import IApplicant
from zhinan.departments.owned import owners
from zhinan.departments.why import place_of
from zhinan.forms import validation
from zhinan.rules.codes import Problem
from zhinan.rules.confidentiality import Level
from zhinan.rules.confidentiality import levels
from zhinan.rules.permissions import words
from zope import schema
from zope.component import adapter
from zope.event import notify
from zope.interface import provider
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent


#: What was last granted, to see whether somebody opens what he or she may not read.
_KEPT = "_zhinan_levels"


@provider(IFormFieldProvider)
class IConfidential(model.Schema):
    """How widely the files of this content may be read."""

    model.fieldset(
        "confidentiality",
        label=_("Who may download"),
        fields=["confidentiality", "file_levels"],
    )
    confidentiality = schema.Choice(
        title=_("Confidentiality"),
        description=_(
            "For all files; empty for what is usual. The system must hold no state "
            "secrets: do not upload any, whatever the level."
        ),
        vocabulary="zhinan.confidentiality",
        required=False,
    )
    directives.widget("file_levels", DataGridFieldFactory, auto_append=False)
    file_levels = schema.List(
        title=_("Stricter for one file"),
        description=_("The stricter of both levels counts."),
        value_type=DictRow(title=_("File"), schema=IFileLevelRow),
        required=False,
    )


# ------------------------------------------------------------------- who may read


def _names(obj: Any, field: str) -> Iterator[str]:
    """Names of the levels that hold for a file, its own and those around it."""
    while obj is not None and not IPloneSiteRoot.providedBy(obj):
        if IConfidential.providedBy(obj):
            base = aq_base(obj)
            chosen = getattr(base, "confidentiality", None)
            yield chosen or levels().default(obj.portal_type).name
            for row in getattr(base, "file_levels", None) or ():
                if field and row.get("file") == field and row.get("level"):
                    yield row["level"]
        if getattr(obj, "portal_type", None) in _ends():
            return
        # A file inside a document is as confidential as the document says: all its
        # files, or the one of this name.
        obj, field = aq_parent(aq_inner(obj)), obj.getId()


def _ends() -> list[str]:
    from zhinan.departments.matrix import matrix

    return matrix().types()


def level_of(obj: Any, field: str = "", *kept: str) -> Level:
    """The level of a file of an object; without a field that of the object.

    :param kept: names of levels that hold beside those of today, such as the one that
        was frozen with an edition: a file that was closed then stays so in it, and one
        that is closed today is closed in all editions.
    """
    first = next(iter(levels().by_name))
    return levels().strictest([first, *_names(obj, field), *kept])


def is_open(obj: Any, field: str = "", *kept: str) -> bool:
    """Whether everybody reads the file who sees the object: it may be published."""
    return level_of(obj, field, *kept).open


def may_read(obj: Any, field: str = "", *kept: str) -> bool:
    """Whether who is signed in may have a file, its name and its size."""
    return _admitted(obj, level_of(obj, field, *kept))


def _admitted(obj: Any, level: Level) -> bool:
    if level.open:
        # Who may see the object was asked by whatever led here.
        return True
    if api.user.is_anonymous():
        return False
    if not all(
        api.user.has_permission(permission, obj=obj)
        for permission in words().rights[level.right].permissions
    ):
        return False
    user = api.user.get_current()
    if people.is_administrator(user):
        return True
    if level.applicant and _is_applicant(obj, user):
        return True
    place = place_of(obj)
    owner, shared = owners(place.obj) if place is not None else ("", ())
    type_ = place.type if place is not None else obj.portal_type
    return level.admits(people.holdings(user), type_, owner, shared)


def _is_applicant(obj: Any, user: Any) -> bool:
    found = IApplicant(obj, None)
    return found is not None and user.getId() in found.people()


def read(obj: Any, field: str = "", *kept: str) -> Level:
    """Before the bytes of a file are given away; reading a closed one is an event.

    :returns: the level that holds for it.
    :raises Unauthorized: if the person may not have it.
    """
    level = level_of(obj, field, *kept)
    if not _admitted(obj, level):
        raise Unauthorized(_("This file is not for your account."))
    if not level.open:
        notify(ConfidentialRead(obj, field))
    return level


# ------------------------------------------------------------- choosing the level


def _state(obj: Any) -> tuple:
    base = aq_base(obj)
    rows = getattr(base, "file_levels", None) or ()
    return _comparable(getattr(base, "confidentiality", None), rows)


def _comparable(level: Any, rows: Any) -> tuple:
    pairs = {(row.get("file"), row.get("level")) for row in rows or () if row}
    return (level or "", tuple(sorted(pairs, key=str)))


@adapter(IConfidential, IObjectAddedEvent)
def added(obj: Any, event: Any) -> None:
    """Remember what was granted."""
    setattr(obj, _KEPT, _state(obj))


@adapter(IConfidential, IObjectModifiedEvent)
def modified(obj: Any, event: Any) -> None:
    """Remember what is granted; the files' text in the index follows the level."""
    if getattr(aq_base(obj), _KEPT, None) != _state(obj):
        setattr(obj, _KEPT, _state(obj))
        for part in getattr(obj, "objectValues", tuple)():
            part.reindexObject(idxs=["SearchableText", "getObjSize"])


def catch_up(objects: Iterable[Any]) -> None:
    """Remember what is granted on content of an older version."""
    for obj in objects:
        if IConfidential.providedBy(obj):
            setattr(obj, _KEPT, _state(obj))


def judge(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Nobody opens what he or she may not read.

    REST sets the fields before it asks: what was granted stands beside them.
    """
    kept = getattr(aq_base(context), _KEPT, None)
    if kept is None or not IConfidential.providedBy(context):
        return
    level = getattr(aq_base(context), "confidentiality", None)
    rows = getattr(aq_base(context), "file_levels", None)
    wanted = _comparable(
        values.get("confidentiality", level), values.get("file_levels", rows)
    )
    if wanted == kept:
        return
    before = kept[0] or levels().default(context.portal_type).name
    names = [before, *(level for _file, level in kept[1] if level)]
    if not _admitted(context, levels().strictest(names)):
        yield Problem("confidentiality", "level_locked")


MESSAGES = {
    "level_locked": _(
        "level_locked",
        default="You may not read these files, so you cannot change who may. Ask "
        "somebody who may.",
    )
}


JUDGE = validation.Judge(judge, MESSAGES)
