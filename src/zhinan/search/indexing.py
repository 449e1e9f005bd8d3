"""Each thread sees at once what it has written itself.

What is to be indexed waits in a queue, one for each thread, which is worked off before
somebody searches. The platform guards it against being worked off while it is being
worked off, and does so for all threads at once: its queue is one object with a content
for each thread, so whoever searches while another thread is indexing does not see its
own writes. A copy that was merged is found after its end then, and a name that was just
taken is free. This guard is one for each thread.
"""

from threading import local
from typing import Any


class Working(local):
    """The queues that this thread is working off; takes the place of a set."""

    def __init__(self) -> None:
        self._queues: list[Any] = []

    def add(self, queue: Any) -> None:
        """Begin."""
        self._queues.append(queue)

    def remove(self, queue: Any) -> None:
        """End."""
        self._queues.remove(queue)

    def __contains__(self, queue: Any) -> bool:
        return queue in self._queues


WORKING = Working()
