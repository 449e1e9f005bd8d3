"""Working copies: a guide is corrected while the public reads it as it was.

The machinery is plone.app.iterate's: its policy, its events and its locks. Its copier
copies no children and duplicates them when it merges, so ours takes guide, materials
and forms as one unit and merges them by their ids; UIDs, addresses and versions of what
still exists stay. The functions here ask nobody for a permission: pages and transitions
do that before.
"""

from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from plone import api
from plone.app.iterate.archiver import ContentArchiver
from plone.app.iterate.event import AfterCheckinEvent
from plone.app.iterate.event import BeforeCheckoutEvent
from plone.app.iterate.event import CancelCheckoutEvent
from plone.app.iterate.event import CheckinEvent
from plone.app.iterate.event import CheckoutEvent
from plone.app.iterate.interfaces import ICancelCheckoutEvent
from plone.app.iterate.interfaces import ICheckinCheckoutPolicy
from plone.app.iterate.interfaces import IObjectArchiver
from plone.app.iterate.interfaces import IObjectCopier
from plone.app.iterate.util import get_storage
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.guides import copystore
from zhinan.guides import units
from zhinan.guides.content import COPY
from zhinan.guides.content import IMatterGuide
from zhinan.rules import merging
from zhinan.rules.merging import Conflict
from zhinan.rules.merging import Merged
from zhinan.trail.acts import record
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.event import notify
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import implementer


#: Acts of the trail.
OPENED, MERGED, DISCARDED = "copy.opened", "copy.merged", "copy.discarded"
#: Behind the id of the guide.
SUFFIX = "-copy"
#: Where plone.app.versioningbehavior looks for the comment of a version.
_NOTE = "plone.app.versioningbehavior-changeNote"
#: What iterate writes at the version from before the copy.
_BASELINE = "Baseline created"


class Refused(ValueError):
    """It cannot be done; ``message`` tells a person why."""

    def __init__(self, message: Message):
        super().__init__(str(message.default or message))
        self.message = message


class AlreadyOpen(Refused):
    """The guide has an open copy: this one."""

    def __init__(self, copy: Any):
        super().__init__(
            _(
                "copy_already_open",
                default="This guide has a working copy already. Go on there: a guide "
                "has only one at a time.",
            )
        )
        self.copy = copy


class Conflicts(Refused):
    """Guide and copy were changed differently in these elements."""

    def __init__(self, copy: Any, conflicts: tuple[Conflict, ...]):
        super().__init__(
            _(
                "copy_conflicts",
                default="The guide was changed online since the working copy was "
                "opened, in elements that were changed here as well. Choose for each "
                "of them what shall hold.",
            )
        )
        self.copy, self.conflicts = copy, conflicts

    @property
    def rows(self) -> list[Any]:
        """Element, base, theirs and mine of each, in words."""
        from zhinan.guides.copywords import conflict_rows

        request = getRequest()
        return conflict_rows(
            self.copy, self.conflicts, lambda text: translate(text, context=request)
        )


# ------------------------------------------------------------------- what is asked


def is_copy(obj: Any) -> bool:
    """Whether this is a working copy."""
    return getattr(obj, "portal_type", None) == COPY


def whole_of(obj: Any) -> Any:
    """The guide or working copy in which something lies; None outside of them."""
    while obj is not None and not IMatterGuide.providedBy(obj):
        obj = aq_parent(aq_inner(obj))
    return obj


def copy_of(guide: Any) -> Any:
    """The open working copy of a guide, or None."""
    found = copystore.of_guide(IUUID(guide, None) or "")
    return _by_uid(found.copy) if found is not None else None


def guide_of(copy: Any) -> Any:
    """The guide of a working copy; None for anything else."""
    found = copystore.of_copy(IUUID(copy, None) or "")
    return _by_uid(found.guide) if found is not None else None


def opened(copy: Any) -> copystore.Opened | None:
    """Since when and by whom a working copy is open."""
    return copystore.of_copy(IUUID(copy, None) or "")


def _by_uid(uid: str) -> Any:
    catalog = api.portal.get_tool("portal_catalog")
    brains = catalog.unrestrictedSearchResults(UID=uid)
    return brains[0]._unrestrictedGetObject() if brains else None


def pending(copy: Any, choices: Mapping[str, str] | None = None) -> Merged:
    """What checking the copy in would do to the guide."""
    known, guide = _known(copy)
    return merging.merge(
        known.base, units.snapshot(guide), units.snapshot(copy), choices
    )


def changed_online(copy: Any, choices: Mapping[str, str] | None = None) -> Merged:
    """What bringing the copy up to date would do to it; choices are the copy's."""
    known, guide = _known(copy)
    return merging.merge(
        known.base,
        units.snapshot(copy),
        units.snapshot(guide),
        {key: _TURNED.get(choice, "") for key, choice in (choices or {}).items()},
    )


_TURNED = {merging.MINE: merging.THEIRS, merging.THEIRS: merging.MINE}


def _known(copy: Any) -> tuple[copystore.Opened, Any]:
    known, guide = opened(copy), guide_of(copy)
    if known is None or guide is None:
        raise Refused(
            _(
                "copy_without_guide",
                default="The guide of this working copy is no longer there.",
            )
        )
    return known, guide


# --------------------------------------------------------------------- what is done


def check_out(guide: Any) -> Any:
    """Open the working copy of a guide, beside it.

    :raises AlreadyOpen: if there is one.
    """
    return ICheckinCheckoutPolicy(guide).checkout(aq_parent(aq_inner(guide)))


def check_in(copy: Any, comment: str = "") -> Any:
    """Merge a working copy into its guide and delete it; the guide.

    :param comment: stands at the version of everything that changed.
    :raises Conflicts: if guide and copy changed the same elements differently; nothing
        has been written then.
    """
    return ICheckinCheckoutPolicy(copy).checkin(comment)


def cancel(copy: Any) -> Any:
    """Throw a working copy away; its guide, or None if that is gone."""
    return ICheckinCheckoutPolicy(copy).cancelCheckout()


def bring_up_to_date(copy: Any, choices: Mapping[str, str] | None = None) -> Any:
    """Take into the copy what changed online, so that it differs by its own work only.

    :param choices: ``mine`` (the copy's) or ``theirs`` by the key of a conflict.
    :raises Conflicts: as long as one is not decided.
    """
    known, guide = _known(copy)
    now = units.snapshot(guide)
    merged = changed_online(copy, choices)
    if merged.conflicts:
        raise Conflicts(copy, merged.conflicts)
    with as_program(translate(_("Brought up to date"), context=getRequest())):
        units.apply(merged, guide, copy, move=False)
    known.base = now
    return copy


@contextmanager
def as_program(comment: str) -> Iterator[None]:
    """Nobody holds the permissions for this; every version gets the comment.

    Whoever is signed in stays who he or she is: the trail names the person.
    """
    request = getRequest()
    notes = IAnnotations(request, None) if request is not None else None
    before = notes.get(_NOTE) if notes is not None else None
    if notes is not None:
        notes[_NOTE] = comment
    try:
        with api.env.adopt_roles(["Manager"]):
            yield
    finally:
        if notes is not None:
            notes[_NOTE] = before


# ------------------------------------------------------------------------- adapters


@implementer(ICheckinCheckoutPolicy)
@adapter(IMatterGuide)
class GuidePolicy:
    """How guides are checked out and in; every way of iterate's ends here."""

    def __init__(self, context: Any):
        self.context = context

    def checkout(self, container: Any) -> Any:
        """Make the working copy in a container."""
        guide = self.context
        if is_copy(guide):
            raise Refused(
                _("copy_of_copy", default="This is a working copy. Work on it here.")
            )
        existing = copy_of(guide)
        if existing is not None:
            raise AlreadyOpen(existing)
        with as_program(""):
            notify(BeforeCheckoutEvent(guide))
            copy, relation = IObjectCopier(guide).copyTo(container)
            notify(CheckoutEvent(guide, copy, relation))
        record(guide, OPENED, after=copy.getId())
        return copy

    def checkin(self, checkin_message: str) -> Any:
        """Merge the working copy into its guide."""
        copy = self.context
        known, guide = _known(copy)
        merged = pending(copy)
        if merged.conflicts:
            raise Conflicts(copy, merged.conflicts)
        comment = checkin_message or translate(
            _("From a working copy"), context=getRequest()
        )
        with as_program(comment):
            notify(CheckinEvent(copy, guide, known, comment))
            guide = IObjectCopier(copy).merge()
            notify(AfterCheckinEvent(guide, comment))
        record(guide, MERGED, note=checkin_message)
        return guide

    def cancelCheckout(self) -> Any:
        """Throw the working copy away."""
        copy, guide = self.context, guide_of(self.context)
        with as_program(""):
            if guide is not None:
                notify(CancelCheckoutEvent(copy, guide))
            _forget(copy)
            aq_parent(aq_inner(copy))._delObject(copy.getId())
        return guide

    def getBaseline(self) -> Any:
        """The guide, asked of a copy."""
        return guide_of(self.context)

    def getWorkingCopy(self) -> Any:
        """The copy, asked of either."""
        return self.context if is_copy(self.context) else copy_of(self.context)

    def getWorkingCopies(self) -> list[Any]:
        """There is at most one."""
        found = self.getWorkingCopy()
        return [found] if found is not None else []

    def getProperties(self, obj: Any, default: Any = None) -> Any:
        """Who opened it and when, as iterate keeps that."""
        uid = IUUID(obj, None) or ""
        known = copystore.of_copy(uid) or copystore.of_guide(uid)
        return get_storage(known, default=default) if known is not None else default


@implementer(IObjectCopier)
@adapter(IMatterGuide)
class UnitCopier:
    """Copies and merges guide, materials and forms as one."""

    def __init__(self, context: Any):
        self.context = context

    def copyTo(self, container: Any) -> tuple[Any, copystore.Opened]:
        """The copy and what is known of it."""
        guide = self.context
        base = units.snapshot(guide)
        name = f"{guide.getId()}{SUFFIX}"
        if name in container:
            # Left over from a guide that is gone, or made by hand.
            number = 2
            while f"{name}-{number}" in container:
                number += 1
            name = f"{name}-{number}"
        copy = units.twin(guide, container, name, COPY)
        copy.baseline = IUUID(guide)
        relation = copystore.Opened(IUUID(guide), IUUID(copy), base)
        copystore.copies().open(relation)
        return copy, relation

    def merge(self) -> Any:
        """The guide with everything that was done in the copy, which is gone then."""
        copy = self.context
        _known_of, guide = _known(copy)
        units.apply(pending(copy), copy, guide, move=True)
        _forget(copy)
        aq_parent(aq_inner(copy))._delObject(copy.getId())
        return guide


def _forget(copy: Any) -> None:
    known = opened(copy)
    if known is not None:
        copystore.copies().close(known)


@adapter(IMatterGuide, ICancelCheckoutEvent)
def thrown_away(copy: Any, event: Any) -> None:
    """Also when somebody deletes the copy like anything else."""
    _forget(copy)
    record(event.baseline, DISCARDED, before=copy.getId())


@implementer(IObjectArchiver)
@adapter(IMatterGuide)
class GuideArchiver(ContentArchiver):
    """Saves no version twice, and no comment in another language."""

    def save(self, checkin_message: str) -> None:
        """A version, if something changed since the last one."""
        if self.isVersioned() and not self.isModified():
            return
        if checkin_message == _BASELINE:
            checkin_message = translate(
                _("As it was when the working copy was opened"), context=getRequest()
            )
        super().save(checkin_message)
