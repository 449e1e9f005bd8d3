"""What a thread has written is found by it, whatever the other threads do."""

from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from Products.CMFCore import indexing
from threading import Event
from threading import Thread

import transaction


def test_another_thread_is_indexing(integration):
    """Protects: a search sees what was just made while somebody else indexes."""
    login(integration["app"], SITE_OWNER_NAME)
    began, end = Event(), Event()

    def index():
        # As processQueue does it, for as long as we look.
        indexing.processing.add(indexing.getQueue())
        began.set()
        end.wait(20)
        indexing.processing.remove(indexing.getQueue())

    thread = Thread(target=index)
    thread.start()
    try:
        assert began.wait(20)
        portal = integration["portal"]
        made = api.content.create(portal.guides, "MatterGuide", id="g1", title="一")
        catalog = api.portal.get_tool("portal_catalog")
        assert len(catalog.unrestrictedSearchResults(UID=made.UID())) == 1
    finally:
        end.set()
        thread.join()
        transaction.abort()


def test_it_is_not_worked_off_within_itself(integration):
    """Protects: what indexing searches for does not begin it again."""
    queue = indexing.getQueue()
    assert queue not in indexing.processing
    indexing.processing.add(queue)
    try:
        assert queue in indexing.processing
        assert indexing.processQueue() == 0
    finally:
        indexing.processing.remove(queue)
    assert queue not in indexing.processing
