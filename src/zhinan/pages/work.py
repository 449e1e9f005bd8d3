"""Work lists: what waits for whom, as data.

A list names what it asks of the catalogue and which entries are this person's; the desk
shows all lists of all rooms, counted for who is logged in. Nothing is woken for a line:
the catalogue filters by what the person may view, the matrix tells what a function may
do in a state, and what happened on the way stands in the store of the rounds.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from plone import api
from typing import Any
from zhinan.departments import functions
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.matrix import matrix
from zhinan.publishing import editions
from zhinan.publishing import foureyes
from zhinan.publishing import rounds
from zhinan.publishing.rounds import Round
from zhinan.publishing.rounds import Standing
from zhinan.rules.permissions import OWN
from zhinan.rules.permissions import words
from zope.component import getUtilitiesFor
from zope.i18nmessageid import Message
from zope.interface import Interface

import datetime
import json


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    brain: Any
    #: since when it waits
    since: datetime.datetime
    #: id of the person whose step made it wait
    who: str = ""
    #: what else the person should read here
    note: Message | str = ""
    #: view of the entry to which the line leads; empty for its own page
    view: str = ""


@dataclass(frozen=True)
class WorkList:
    """One list.

    ``query`` gives what is asked of the catalogue, or None where the list is not for
    the person; ``line`` makes the line of an entry, or None where it is not in it.
    """

    id: str
    title: Message
    #: what ``since`` and ``who`` are about, as the head of their column
    since: Message
    query: Callable[["Worker"], Mapping[str, Any] | None]
    line: Callable[["Worker", Any], Line | None]
    #: ids of the transitions that may be taken for many lines at once
    transitions: tuple[str, ...] = ()
    #: page of the staff on which the same waits, so that the desk tells it once
    covers: str = ""

    def lines(self, worker: "Worker") -> list[Line] | None:
        """The lines, what waits longest first; None if it is not for the person."""
        query = self.query(worker)
        if query is None:
            return None
        found = (self.line(worker, brain) for brain in worker.brains(query))
        lines = [line for line in found if line is not None]
        return sorted(lines, key=lambda line: (line.since, line.brain.Title))


class IWorkLists(Interface):
    """A named utility: the work lists of a room; shown in the order of the names."""

    def lists():
        """The lists, in their order."""


def worklists() -> Iterator[WorkList]:
    """All lists of all rooms."""
    for _name, room in sorted(getUtilitiesFor(IWorkLists)):
        yield from room.lists()


def worklist(name: str) -> WorkList | None:
    """The list with this id, or None."""
    return next((known for known in worklists() if known.id == name), None)


class Worker:
    """The person who is logged in, as lists ask of him or her; lives for a request."""

    def __init__(self) -> None:
        self.site = api.portal.get()
        self._brains: dict[str, list[Any]] = {}
        self._whose: dict[tuple[str, str, str], set[str] | None] = {}

    @cached_property
    def me(self) -> str:
        """Id of the person."""
        return foureyes.me()

    @cached_property
    def selves(self) -> set[str]:
        """The person, and everybody for whom he or she stands in."""
        return foureyes.selves()

    @cached_property
    def is_technical(self) -> bool:
        """Whether it is the technical administrator, whom nothing stops."""
        return foureyes.is_technical()

    @cached_property
    def _roles(self) -> set[str]:
        return set(api.user.get_roles())

    @cached_property
    def _rounds(self) -> rounds.Rounds:
        return rounds.peek(self.site)

    @cached_property
    def editions(self) -> editions.Editions:
        """The editions of the site."""
        return editions.peek(self.site)

    def round(self, brain: Any) -> Round:
        """The round of an entry."""
        return self._rounds.round(brain.UID)

    def standing(self, brain: Any) -> Standing:
        """The standing of an entry."""
        return self._rounds.standing(brain.UID)

    def reviews_until(self, day: datetime.date) -> list[str]:
        """UIDs of what has to be looked at by a day."""
        return [uid for _day, uid in self._rounds.reviews_until(day)]

    # ------------------------------------------------------------------ catalogue

    @cached_property
    def _catalog(self) -> Any:
        return api.portal.get_tool("portal_catalog")

    def brains(self, query: Mapping[str, Any]) -> list[Any]:
        """Entries that the person may view; each query is asked once."""
        if query.get("UID") == []:
            # An index that is asked for nothing answers with everything.
            return []
        key = json.dumps(query, sort_keys=True)
        if key not in self._brains:
            self._brains[key] = list(self._catalog(**query))
        return self._brains[key]

    def departments(self, brain: Any) -> tuple[str, ...]:
        """Codes of the departments that have rights on an entry."""
        index = self._catalog._catalog.getIndex("owner_department")
        return tuple(index.getEntryForObject(brain.getRID(), None) or ())

    # --------------------------------------------------------------------- rights

    def _asked(self, portal_type: str, state: str, permission: str) -> set[str] | None:
        roles = matrix().roles(portal_type, state, permission)
        if roles & self._roles:
            return None
        named = {
            function.name
            for function in words().department_functions()
            if function.role_for(OWN) in roles
        }
        return functions.departments_of(None, *named) if named else set()

    def codes(
        self, permission: str, states: Iterable[tuple[str, str]]
    ) -> list[str] | None:
        """Departments for whose content the person has a right; None for all.

        A query that names them makes no entries of what everybody reads.
        """
        found: set[str] = set()
        for where in states:
            whose = self.whose(*where, permission)
            if whose is None:
                return None
            found |= whose
        return sorted(found)

    def holds(self, permission: str, states: Iterable[tuple[str, str]]) -> bool:
        """Whether the person has a right anywhere, in one of these types and states."""
        return any(self.whose(*where, permission) != set() for where in states)

    def whose(self, portal_type: str, state: str, permission: str) -> set[str] | None:
        """Departments on whose own content the person has a right; None for all."""
        key = (portal_type, state, permission)
        if key not in self._whose:
            self._whose[key] = self._asked(*key)
        return self._whose[key]

    def may(self, brain: Any, permission: str) -> bool:
        """Whether the person has a right on an entry in its state.

        The catalogue knows the departments of an entry, but not which of several is
        the owner: only what is shared with others is asked itself.
        """
        codes = self.whose(brain.portal_type, brain.review_state, permission)
        if codes is None:
            return True
        owners = set(self.departments(brain))
        if len(owners) < 2 or not codes & owners:
            return bool(codes & owners)
        return bool(api.user.has_permission(permission, obj=brain.getObject()))


def of_moment(brain: Any) -> datetime.datetime:
    """When an entry was last changed; for what no round tells of."""
    found = brain.modified.asdatetime().astimezone(datetime.UTC)
    return found.replace(microsecond=0)


def of_day(day: datetime.date) -> datetime.datetime:
    """A day as a moment, to be sorted among others."""
    return datetime.datetime.combine(day, datetime.time(), CITY_TIME)
