"""First editions in bulk: what an import adds has one, without its price.

Plone saves a version of each object as it is added, and each version is a savepoint,
which writes everything out and empties the indexing queue. An import adds many objects
and saves their first versions together, behind one savepoint.
"""

from Acquisition import aq_base
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from plone import api
from Products.CMFEditions.interfaces.IModifier import ModifierException
from typing import Any

import transaction


@contextmanager
def later(obj: Any) -> Iterator[None]:
    """No version of this new object while it is added.

    The mark stands on the object alone: nothing that others write is touched.
    """
    obj.versioning_enabled = False
    try:
        yield
    finally:
        del obj.versioning_enabled


def save(objects: Iterable[Any], comment: str = "") -> int:
    """Save a first version of each object that has none; the number saved."""
    repository = api.portal.get_tool("portal_repository")
    wanted = [
        obj
        for obj in objects
        if repository.isVersionable(obj) and not hasattr(aq_base(obj), "version_id")
    ]
    if not wanted:
        return 0
    # A clone refers to stored objects by their address in the database.
    transaction.savepoint(optimistic=True)
    saved = 0
    for obj in wanted:
        try:
            repository._recursiveSave(
                obj, {}, repository._prepareSysMetadata(comment), autoapply=True
            )
        except ModifierException:
            # A file too large to be versioned; the object itself is kept.
            continue
        saved += 1
    return saved
