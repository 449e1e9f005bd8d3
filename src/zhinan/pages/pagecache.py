"""Pages for the public, kept in memory until anything in the catalogue changes.

A page that nobody is logged in for depends on the content, the day, the language and
the address alone. The catalogue counts its changes, in the database and so for every
process; with that count in the key, a page is never older than the content. The minute
is in the key as well, so that what depends on the clock (a document that becomes
effective, a form that comes into force) or on a setting is at most a minute late, as it
may be in a shared cache before us.
"""

from collections import OrderedDict
from plone import api
from threading import Lock
from typing import Any

import time


#: Bytes of pages that one process keeps.
CAPACITY = 64 * 1024 * 1024
#: A longer query string is nothing that our pages link to.
LONGEST_QUERY = 300
_NEVER_SAVED = b"\0" * 8


class PageCache:
    """Least recently used pages are dropped first; safe for threads."""

    def __init__(self, capacity: int = CAPACITY):
        self.capacity = capacity
        self.size = 0
        self._pages: OrderedDict[tuple, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple) -> str | None:
        """The page, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple, page: str) -> None:
        """Keep a page; one that is larger than everything is not kept."""
        if len(page) > self.capacity:
            return
        with self._lock:
            self.size += len(page) - len(self._pages.pop(key, ""))
            self._pages[key] = page
            while self.size > self.capacity:
                _key, dropped = self._pages.popitem(last=False)
                self.size -= len(dropped)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self.size = 0


PAGES = PageCache()


def key(page: Any) -> tuple | None:
    """The key of a public page, or None when it must be made anew."""
    request = page.request
    query = request.get("QUERY_STRING") or ""
    if request.method not in {"GET", "HEAD"} or len(query) > LONGEST_QUERY:
        return None
    counter = getattr(api.portal.get_tool("portal_catalog"), "_counter", None)
    if counter is None:
        return None
    counter._p_activate()
    # A change that is not committed yet must be seen, and never be kept.
    if counter._p_changed or counter._p_serial == _NEVER_SAVED:
        return None
    return (
        page.__name__,
        request["ACTUAL_URL"],
        page.context.absolute_url(),
        page.memory_query(),
        page.language,
        counter._p_serial,
        int(time.time() // 60),
    )
