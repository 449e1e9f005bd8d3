"""What the keeper of a site decides about publishing."""

from plone import api
from zhinan import _
from zope import schema
from zope.interface import Interface


class IPublishingSettings(Interface):
    """Settings of publishing; the defaults are ours, no rule prescribes them."""

    review_months = schema.Int(
        title=_("Months until the next review"),
        description=_("After each publication or review; 12 unless decided otherwise."),
        default=12,
        min=1,
        max=120,
    )
    remind_days = schema.Int(
        title=_("Days before a review when its department is reminded"),
        default=30,
        min=0,
        max=365,
    )
    postpone_days = schema.Int(
        title=_("Longest postponement of a review, in days"),
        default=90,
        min=1,
        max=365,
    )


def setting(name: str) -> int:
    """A setting; its default where the site has none yet."""
    default = IPublishingSettings[name].default
    found = api.portal.get_registry_record(name, IPublishingSettings, default=default)
    return default if found is None else int(found)
