"""What a restore left to be done by the site itself, at its first start.

Channels count changes by sequence numbers. A database that was brought back gives
numbers anew that somebody has read already: so its feed gets another id, by which
whoever reads it knows to begin again at 0.
"""

from .place import RESTORED
from App.config import getConfiguration
from pathlib import Path
from typing import Any
from zhinan import logger
from zhinan.publishing.channels import begin_anew
from zhinan.publishing.store import KEY
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.processlifetime import IDatabaseOpenedWithRoot

import transaction


def marker() -> Path:
    """Where the mark of a restore lies."""
    return Path(getConfiguration().clienthome).parent / RESTORED


def begin(database: Any) -> int:
    """Give each site's feed a new id; the number of sites."""
    manager = transaction.TransactionManager(explicit=False)
    connection = database.open(transaction_manager=manager)
    try:
        sites = connection.root()["Application"].objectValues("Plone Site")
        boxes = [IAnnotations(site).get(KEY) for site in sites]
        for box in filter(None, boxes):
            begin_anew(box)
        manager.get().note("The feed of changes begins anew after a restore")
        manager.commit()
        return len(sites)
    finally:
        manager.abort()
        connection.close()


@adapter(IDatabaseOpenedWithRoot)
def on_opened(event: Any) -> None:
    """Do what is left to do, before anybody is served; a reader leaves it to others."""
    path = marker()
    if not path.is_file() or event.database.storage.isReadOnly():
        return
    text = path.read_text("utf-8").strip()
    begin(event.database)
    # Ended in between it is done again, which does no harm.
    path.unlink()
    logger.warning("The database was brought back from a backup: %s", text)
