"""Who saved something last, as the trail knows it."""

from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.people import name_of
from zhinan.forms.newer import ILastSave
from zhinan.trail import store
from zhinan.trail.acts import site_of
from zope.interface import implementer

import datetime


@implementer(ILastSave)
class LastSave:
    """Reads the last entry of the chain: an act that is committed has one."""

    def last(self, obj: Any) -> tuple[str, datetime.datetime] | None:
        """Name of the person and the hour in the city; None where nobody knows."""
        site = site_of(obj)
        found = store.of(site) if site is not None else None
        chain = found.chain(IUUID(obj, None) or "") if found is not None else None
        entry = chain.last() if chain is not None else None
        if entry is None:
            return None
        moment = datetime.datetime.fromisoformat(entry.at).astimezone(CITY_TIME)
        return name_of(entry.who) if entry.who else "", moment
