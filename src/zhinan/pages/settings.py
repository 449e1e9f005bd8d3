"""What the keeper of a site can say on every page without a release."""

from zhinan import _
from zope import schema
from zope.interface import Interface


class ISiteWording(Interface):
    """Wording of head, home page and footer."""

    tagline = schema.TextLine(
        title=_("Tagline"),
        description=_("One line below the name of the site on the home page."),
        required=False,
        default="",
    )
    notice = schema.TextLine(
        title=_("Notice on every page"),
        description=_("Stands above the head, such as that this is a demonstration."),
        required=False,
        default="",
    )
    organiser = schema.TextLine(title=_("Organiser"), required=False, default="")
    keeper = schema.TextLine(title=_("Keeper"), required=False, default="")
    contact = schema.TextLine(title=_("Contact"), required=False, default="")
    address = schema.TextLine(title=_("Address"), required=False, default="")
    registration = schema.TextLine(
        title=_("Registration numbers"),
        description=_("Filing number and site identification code, if there are any."),
        required=False,
        default="",
    )
