"""Scheduled upkeep of the jobs themselves."""

from .interfaces import IScheduled
from .store import purge
from typing import Any
from zhinan import logger
from zope.interface import implementer


@implementer(IScheduled)
class Purge:
    """Removes results that were kept long enough."""

    every = 3600

    def run(self, site: Any) -> bool:
        """Whether something was removed."""
        removed = purge(site)
        if removed:
            logger.info("%s results of jobs were kept long enough and removed", removed)
        return bool(removed)
