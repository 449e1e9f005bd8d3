"""What people are asked when they take a transition."""

from zhinan import _
from zope import schema
from zope.interface import Interface


#: Longest note, reason or comment, in characters.
LONGEST = 2000


class IComment(Interface):
    """A word along the way."""

    comment = schema.Text(
        title=_("Comment"), required=False, default="", max_length=LONGEST
    )


class IConfirm(IComment):
    """A review that found everything right."""

    months = schema.Int(
        title=_("Months until the next review"),
        description=_(
            "Empty: as before. 0: as the site does it. Kept for this one until it is "
            "changed."
        ),
        required=False,
        min=0,
        max=120,
    )


class IReturn(Interface):
    """A return says what is to be mended: in the whole, or element by element."""

    comment = schema.Text(
        title=_("What is to be mended"),
        required=False,
        default="",
        max_length=LONGEST,
    )
    comments = schema.List(
        title=_("Comments on elements"),
        description=_("Rows of element, material and text."),
        value_type=schema.Dict(
            key_type=schema.TextLine(), value_type=schema.Text(max_length=LONGEST)
        ),
        required=False,
        default=[],
    )


class INote(Interface):
    """The change note that everybody reads."""

    note = schema.Text(
        title=_("What has changed"),
        description=_(
            "One or two sentences that everybody reads with this edition. A minor "
            "correction needs none."
        ),
        required=False,
        default="",
        max_length=LONGEST,
    )
    minor = schema.Bool(
        title=_("Minor correction"),
        description=_("A slip of the pen: nobody has to do anything differently."),
        required=False,
        default=False,
    )


class IEnd(Interface):
    """When it leaves again."""

    expire_at = schema.Datetime(
        title=_("Withdraw at"),
        description=_("Empty: as it was planned before, if it was."),
        required=False,
    )
    stay = schema.Bool(
        title=_("Drop a withdrawal that was planned before"),
        required=False,
        default=False,
    )


class IPublish(INote, IEnd):
    """Publishing now."""


class ISchedule(INote, IEnd):
    """Publishing at a time."""

    publish_at = schema.Datetime(title=_("Publish at"))


class IFailure(Interface):
    """Why a scheduled publication failed."""

    reason = schema.Text(title=_("Reason"), default="")


class IReason(Interface):
    """A reason that stays."""

    reason = schema.Text(title=_("Reason"), max_length=LONGEST, default="")


class IEmergency(IReason):
    """Publishing without a second person."""

    note = schema.Text(
        title=_("What has changed"),
        description=_("One or two sentences that everybody reads with this edition."),
        required=False,
        default="",
        max_length=LONGEST,
    )


class IWithdraw(IReason):
    """Off the site, with the reason that everybody reads."""

    successor = schema.TextLine(
        title=_("Guide that takes its place"), required=False, default=""
    )


class IConsolidate(Interface):
    """Taken in by another guide."""

    successor = schema.TextLine(title=_("Guide that takes it in"), default="")
    reason = schema.Text(
        title=_("Reason"), required=False, max_length=LONGEST, default=""
    )


class IPostpone(IReason):
    """Not now."""

    until = schema.Date(title=_("Review until"))
