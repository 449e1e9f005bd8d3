"""What the acts of the trail are called, and into which kinds they fall."""

from zhinan import _
from zope.i18nmessageid import Message


#: Said behind the name of the person. What a workflow does is called as its
#: transitions are.
ACTS: dict[str, Message] = {
    "added": _("act_added", default="created this"),
    "imported": _("act_imported", default="brought this by an import"),
    "copied": _("act_copied", default="copied this from ${from}"),
    "changed": _("act_changed", default="saved this"),
    "reverted": _("act_reverted", default="took back an older version"),
    "moved": _("act_moved", default="moved this from ${from} to ${to}"),
    "renamed": _("act_renamed", default="changed the address from ${from} to ${to}"),
    "deleted": _("act_deleted", default="deleted this"),
    "user.created": _("act_user_created", default="made the account"),
    "user.deleted": _("act_user_deleted", default="deleted the account"),
    "user.roles": _("act_user_roles", default="changed the roles of the account"),
    "user.password": _("act_user_password", default="set another password"),
    "group.created": _("act_group_created", default="made the group"),
    "group.deleted": _("act_group_deleted", default="deleted the group"),
    "group.joined": _("act_group_joined", default="gave the account “${to}”"),
    "group.left": _("act_group_left", default="took “${from}” from the account"),
    "job.started": _("act_job_started", default="started the job"),
    "job.cancelled": _("act_job_cancelled", default="cancelled the job"),
    "copy.opened": _("act_copy_opened", default="opened a working copy"),
    "copy.merged": _("act_copy_merged", default="took the working copy over"),
    "copy.discarded": _("act_copy_discarded", default="threw the working copy away"),
    "seal.used": _("act_seal_used", default="wrote use no. ${edition} down"),
    "catalogue.released": _(
        "act_catalogue_released", default="released the catalogue, no. ${edition}"
    ),
    "channel.created": _("act_channel_created", default="made the channel"),
    "channel.changed": _("act_channel_changed", default="changed the channel"),
    "channel.token": _("act_channel_token", default="gave the channel a new token"),
    "channel.paused": _("act_channel_paused", default="paused the channel"),
    "channel.resumed": _("act_channel_resumed", default="resumed the channel"),
    "channel.removed": _("act_channel_removed", default="removed the channel"),
    "calendar.changed": _(
        "act_calendar_changed",
        default="changed the calendar, ${edition}: ${to} (was: ${from})",
    ),
    "clock.moved": _(
        "act_clock_moved",
        default="counted the date anew: ${to} (was: ${from})",
    ),
    "handover.moved": _(
        "act_handover_moved", default="handed this over from ${from} to ${to}"
    ),
    "handover.merge": _("act_handover_merge", default="merged ${from} into ${to}"),
    "handover.split": _("act_handover_split", default="split ${to} off from ${from}"),
    "handover.rename": _("act_handover_rename", default="renamed ${from} to ${to}"),
    "trail.key": _("act_trail_key", default="The trail has a new key"),
    "trail.read": _("act_trail_read", default="looked into the trail"),
    "trail.exported": _("act_trail_exported", default="exported the trail"),
    "trail.verified": _("act_trail_verified", default="had the trail verified"),
    "notice.issued": _("act_notice_issued", default="issued ${edition} about this"),
    "notice.replied": _("act_notice_replied", default="replied to ${edition}"),
    "notice.closed": _("act_notice_closed", default="closed ${edition}"),
    "notice.reopened": _("act_notice_reopened", default="reopened ${edition}"),
    "notice.cancelled": _("act_notice_cancelled", default="cancelled ${edition}"),
    "notice.reminded": _("act_notice_reminded", default="sent a reminder"),
    "schedule.told": _(
        "act_schedule_told", default="told the department that it was not published"
    ),
    "publishing.settings": _(
        "act_publishing_settings",
        default="changed a rule of publishing from ${from} to ${to}",
    ),
    "mending.proposed": _(
        "act_mending_proposed",
        default="proposed ${edition}: “${to}” instead of “${from}”",
    ),
    "mending.approved": _("act_mending_approved", default="approved ${edition}"),
    "mending.refused": _("act_mending_refused", default="refused ${edition}"),
    "mending.withdrawn": _("act_mending_withdrawn", default="took ${edition} back"),
    "mending.done": _("act_mending_done", default="finished ${edition}"),
    "mending.changed": _("act_mending_changed", default="changed this by ${to}"),
    "signin": _("act_signin", default="signed in"),
    "signout": _("act_signout", default="signed out"),
    "signin.failed": _("act_signin_failed", default="tried to sign in in vain"),
    "signin-failed": _("act_signin_failed", default="tried to sign in in vain"),
    "signin-locked": _("act_signin_locked", default="was locked out"),
    "signin-lock-lifted": _("act_signin_lifted", default="lifted a lock"),
    "signin-settings": _("act_signin_settings", default="changed the rules of sign-in"),
    "requirements.settings": _(
        "act_requirements_settings", default="changed what is asked of guides"
    ),
    "sessions-ended": _("act_sessions_ended", default="ended all sessions"),
    "password-changed": _("act_password_changed", default="changed a password"),
    "factor-changed": _("act_factor_changed", default="changed the second factor"),
    "refused": _("act_refused", default="was refused"),
    "edition.frozen": _("act_edition_frozen", default="froze edition ${edition}"),
    "edition.direct": _(
        "act_edition_direct",
        default="wrote past the ways of publishing: edition ${edition}",
    ),
    "edition.emergency": _(
        "act_edition_emergency",
        default="published edition ${edition} in an emergency",
    ),
    "edition.note_corrected": _(
        "act_note_corrected", default="corrected the note of edition ${edition}"
    ),
    "edition.restored": _(
        "act_edition_restored", default="restored edition ${edition} as a draft"
    ),
    "file.read": _("act_file_read", default="opened a restricted file"),
    "counted": _(
        "act_counted", default="${count} further events of strangers were only counted"
    ),
    "lost": _("act_lost", default="${count} events could not be written"),
}

OTHER = "other"
#: Kinds of acts: title, acts, and beginnings of acts.
KINDS: dict[str, tuple[Message, frozenset[str], tuple[str, ...]]] = {
    "edit": (
        _("kind_edit", default="Writing"),
        frozenset({"added", "imported", "copied", "changed", "reverted"}),
        ("copy.", "mending."),
    ),
    "flow": (
        _("kind_flow", default="Review and publication"),
        frozenset(),
        ("workflow.", "edition.", "schedule.", "publishing."),
    ),
    "place": (
        _("kind_place", default="Moving and deletion"),
        frozenset({"moved", "renamed", "deleted"}),
        ("handover.",),
    ),
    "notice": (
        _("kind_notice", default="Supervision and trail"),
        frozenset(),
        ("notice.", "trail."),
    ),
    "people": (
        _("kind_people", default="Accounts and groups"),
        frozenset({"password-changed", "factor-changed"}),
        ("user.", "group."),
    ),
    "register": (
        _("kind_register", default="Seals, catalogue, channels"),
        frozenset(),
        ("seal.", "catalogue.", "channel."),
    ),
    "clock": (
        _("kind_clock", default="Calendar and dates"),
        frozenset(),
        ("calendar.", "clock."),
    ),
    "job": (_("kind_job", default="Jobs"), frozenset(), ("job.",)),
    "signin": (
        _("kind_signin", default="Sign-in"),
        frozenset({"signout", "sessions-ended"}),
        ("signin",),
    ),
    "refused": (
        _("kind_refused", default="Refusals"),
        frozenset({"refused", "counted", "lost"}),
        (),
    ),
    "file": (
        _("kind_file", default="Reading of restricted files"),
        frozenset(),
        ("file.",),
    ),
    OTHER: (_("kind_other", default="Other"), frozenset(), ()),
}
#: Those that an object's own timeline offers.
OF_OBJECTS = ("edit", "flow", "place", "clock", "notice", OTHER)
#: Those of which there are some in the second stream.
IN_EVENTS = frozenset({"notice", "people", "signin", "refused", "file"})
#: What stands for chains that are not content, by the beginning of their name.
CHAINS: dict[str, Message] = {
    "user": _("Account"),
    "group": _("Group"),
    "job": _("Job"),
    "channel": _("Channel"),
    "catalogue": _("Matter catalogue"),
    "calendar": _("Calendar of working days"),
    "mending": _("Bulk mending"),
    "site": _("The whole site"),
}


def kind_of(act: str) -> str:
    """The kind of an act."""
    for name, (_title, acts, beginnings) in KINDS.items():
        if act in acts or (beginnings and act.startswith(beginnings)):
            return name
    return OTHER
