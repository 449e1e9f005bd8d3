"""The day that changes the status of a legal basis: nobody has to remember it."""

from . import bases
from . import directory
from .entries import ILegalBasis
from plone import api
from typing import Any
from zhinan import logger
from zhinan.departments.citytime import today
from zhinan.jobs.interfaces import IScheduled
from zope.event import notify
from zope.interface import implementer
from zope.lifecycleevent import Attributes
from zope.lifecycleevent import ObjectModifiedEvent

import datetime


@implementer(IScheduled)
class Statuses:
    """Gives the published legal bases the status that their dates ask for.

    Which guides are to be mended follows from the dates themselves; this keeps what
    people read, filter and download in step with them.
    """

    #: Once an hour, so that a day's change is there in the morning, wherever the
    #: server was stopped at midnight; a run without a change reads the catalogue once.
    every = 3600

    def run(self, site: Any, day: datetime.date | None = None) -> bool:
        """Set what is due; whether anything was."""
        day = day or today()
        catalog = api.portal.get_tool("portal_catalog")
        changed = False
        for entry in directory.current(bases.NAME):
            found = bases.basis(entry)
            status = found.due_status(day)
            if status == found.status:
                continue
            brains = catalog.unrestrictedSearchResults(UID=entry.uid)
            for brain in brains:
                obj = brain._unrestrictedGetObject()
                obj.effect_status = status
                notify(
                    ObjectModifiedEvent(obj, Attributes(ILegalBasis, "effect_status"))
                )
                logger.info("%s: %s by its dates", obj.absolute_url_path(), status)
                changed = True
        return changed


STATUSES = Statuses()
