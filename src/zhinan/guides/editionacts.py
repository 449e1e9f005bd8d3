"""What the staff does with editions: correct a note, restore one as a new draft."""

from . import workingcopy
from .editionsof import content_of
from .editionsof import edition_of
from .editionsof import state_of
from .filling import FileMissing
from .filling import fill
from .filling import look_for_files
from dataclasses import dataclass
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.publishing import editions
from zhinan.publishing import foureyes
from zhinan.publishing import rounds
from zhinan.publishing.editions import Correction
from zhinan.publishing.editions import Edition
from zhinan.publishing.parameters import LONGEST
from zhinan.publishing.steps import now
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Refused
from zhinan.publishing.workflow import PUBLISHED
from zhinan.trail.acts import record
from zope.globalrequest import getRequest
from zope.i18n import translate


NOTE_CORRECTED, RESTORED = "edition.note_corrected", "edition.restored"
DRAFT = "draft"
CORRECT, CHECK_OUT = "Zhinan: Publish", "Zhinan: Check out working copies"
SEE, EDIT, REOPEN = "Zhinan: See history", "Modify portal content", "Zhinan: Submit"
#: In which state restoring asks for which permission.
_RESTORE = {
    PUBLISHED: CHECK_OUT,
    DRAFT: EDIT,
    "withdrawn": REOPEN,
    "consolidated": REOPEN,
    "retracted": REOPEN,
}


@dataclass(frozen=True)
class Restored:
    """The draft that an edition became; what could not be brought back, by title."""

    object: Any
    left_out: tuple[str, ...] = ()


def sees_people(guide: Any) -> bool:
    """Whether who asks learns who made an edition."""
    return bool(api.user.has_permission(SEE, obj=guide))


def may_correct(guide: Any) -> bool:
    """Whether who asks may correct the notes of a guide's editions."""
    return bool(api.user.has_permission(CORRECT, obj=guide))


def may_restore(guide: Any) -> bool:
    """Whether who asks may make an edition a new draft, in the state that is."""
    permission = _RESTORE.get(state_of(guide))
    return permission is not None and bool(
        api.user.has_permission(permission, obj=guide)
    )


def _edition(guide: Any, number: str) -> Edition:
    found = edition_of(guide, number)
    if found is None:
        raise Refused([Reason("no_edition", _("There is no such edition."))])
    return found


def _not_allowed() -> Refused:
    message = _("Your functions do not allow this here.")
    return Refused([Reason("not_allowed", message)])


# --------------------------------------------------------------------------- notes


def correct_note(guide: Any, number: str, note: str, reason: str) -> Correction:
    """Correct the public note of an edition; the first one stays known inside.

    :raises Refused: with the reasons, each with the field that it is about.
    """
    edition = _edition(guide, number)
    if not may_correct(guide):
        raise _not_allowed()
    store = editions.editions(editions.site_of(guide))
    note, reason, before = note.strip(), reason.strip(), store.note(edition)
    found = list(_against(edition, note, reason, before))
    if found:
        raise Refused(found)
    made = Correction(note, foureyes.me(), now(), reason)
    store.correct(edition, made)
    record(
        guide, NOTE_CORRECTED, note=reason, before=before, after=note, edition=number
    )
    return made


def _against(edition: Edition, note: str, reason: str, before: str) -> Any:
    too_long = _(
        "text_too_long",
        default="At most ${number} characters.",
        mapping={"number": str(LONGEST)},
    )
    if not note and not edition.minor:
        yield Reason("note_missing", _("Write what everybody is to read."), "note")
    elif note == before:
        yield Reason("note_same", _("The note reads like this already."), "note")
    if len(note) > LONGEST:
        yield Reason("note_long", too_long, "note")
    if not reason:
        yield Reason("reason_missing", _("Write why you correct it."), "reason")
    if len(reason) > LONGEST:
        yield Reason("reason_long", too_long, "reason")


# ------------------------------------------------------------------------ restoring


def restore(guide: Any, number: str) -> Restored:
    """Make an edition a new draft: guide, materials, forms and files.

    What is online stays as it is: then the draft is its working copy. What left the
    site is reopened.

    :raises Refused: with the reasons; nothing was written then.
    """
    edition = _edition(guide, number)
    state = state_of(guide)
    if state not in _RESTORE:
        message = _(
            "The guide is on its way to publication. Have it returned first: only a "
            "draft can be filled with an older edition."
        )
        raise Refused([Reason("not_a_draft", message)])
    if not may_restore(guide):
        raise _not_allowed()
    content = content_of(guide, edition)
    try:
        look_for_files(guide, content)
    except FileMissing as error:
        message = _(
            "file_of_edition_missing",
            default="The file “${name}” of this edition is missing in the store. Have "
            "the editions verified.",
            mapping={"name": str(error)},
        )
        raise Refused([Reason("file_missing", message)]) from error
    if state == PUBLISHED:
        obj = _opened(guide)
    else:
        obj = guide
        if state != DRAFT:
            perform(guide, "reopen", comment=_comment(number))
    left_out = fill(obj, content)
    # Its own act in the trail stands for what was written.
    rounds.drafted(editions.site_of(obj), IUUID(obj), foureyes.me())
    record(guide, RESTORED, edition=number)
    return Restored(obj, tuple(left_out))


def _comment(number: str) -> str:
    message = _(
        "restored_from",
        default="To restore edition ${number}",
        mapping={"number": number},
    )
    return str(translate(message, context=getRequest()))


def _opened(guide: Any) -> Any:
    """A new working copy; an open one is not overwritten."""
    try:
        return workingcopy.check_out(guide)
    except workingcopy.AlreadyOpen as error:
        message = _(
            "The guide has a working copy already. Discard it, or merge it, before you "
            "restore an edition."
        )
        raise Refused([Reason("copy_open", message)]) from error
