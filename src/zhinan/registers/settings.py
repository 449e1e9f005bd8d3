"""What the keeper of a site may set for the registers."""

from plone import api
from zhinan import _
from zhinan.rules.authorisations import SOON
from zope import schema
from zope.interface import Interface


class IRegisterSettings(Interface):
    """Settings of the registers."""

    expiring_days = schema.Int(
        title=_("Days before the end from which an authorisation is expiring"),
        min=1,
        max=366,
        default=SOON,
    )


def expiring_days() -> int:
    """Days before the end from which an authorisation or a seal is expiring."""
    value = api.portal.get_registry_record(
        "expiring_days", IRegisterSettings, default=None
    )
    return value if isinstance(value, int) else SOON
