"""First versions in bulk: what an import adds has one, without its price.

Plone saves a version of each object as it is added, and each version is a savepoint,
which writes everything out and empties the indexing queue. An import adds many objects
and saves their first versions together, behind one savepoint.
"""

from Acquisition import aq_base
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from plone import api
from Products.CMFEditions.interfaces.IModifier import IConditionalModifier
from Products.CMFEditions.interfaces.IModifier import ModifierException
from typing import Any
from zope.interface import directlyProvidedBy

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
    with _conditions_asked_once():
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


@contextmanager
def _conditions_asked_once() -> Iterator[None]:
    """Whether a modifier of CMFEditions applies is asked once for each kind of object.

    A modifier's condition looks at the type of an object and at what it provides, and
    is an expression that is evaluated some twenty times for each version: a sixth of
    the time of a whole import. The answers stand in the dictionaries of this
    connection's modifiers, past their persistence, and go when the block ends.
    """
    touched = []
    for modifier in api.portal.get_tool("portal_modifier").objectValues():
        modifier = aq_base(modifier)
        if IConditionalModifier.providedBy(modifier):
            modifier._p_activate()
            vars(modifier)["isApplicable"] = _remembering(modifier.isApplicable)
            touched.append(modifier)
    try:
        yield
    finally:
        for modifier in touched:
            vars(modifier).pop("isApplicable", None)


def _remembering(ask: Callable[..., Any]) -> Callable[..., Any]:
    """The same question with the answers of the kinds that were asked for."""
    known: dict[tuple[Any, ...], Any] = {}

    def answer(obj: Any, portal: Any = None) -> Any:
        kind = (type(aq_base(obj)), obj.portal_type, *directlyProvidedBy(obj))
        if kind not in known:
            known[kind] = ask(obj, portal)
        return known[kind]

    return answer
