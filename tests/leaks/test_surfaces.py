"""No surface shows to anybody what the matrix does not let them view."""

from . import world as marked
from .asking import Answer
from .asking import asked
from .surfaces import CORE
from .surfaces import KNOWN
from .surfaces import SITE
from .surfaces import Surface
from .surfaces import writes
from .world import ALLOWED
from .world import DENIED
from .world import PERSONS

import re


UID = re.compile(r"\b[0-9a-f]{32}\b")
#: In this state a type is asked for everything; what is public is, too, once.
FIRST = frozenset({"draft", "received"})
FULL = frozenset({"MatterGuide", "ApprovalSeal", "Enquiry"})
#: What tells of old versions: not for everybody who may view.
HISTORY = re.compile("history|version|revisions")


class Seen:
    """Answers looked through: what must not be in them, and that something was."""

    def __init__(self, cells):
        self.cells = cells
        self.uids = {t.uid: cell for cell in cells for t in cell.things}
        self.wrong = {}
        self.answers = 0
        self.checked = 0

    def look(self, surface: Surface, person: str, answer: Answer) -> bool:
        """Note what must not be there; whether there is any mark not asked for."""
        known = asked(surface)
        text = answer.text
        for mark in {m.group(0) for m in marked.MARK.finditer(known)}:
            text = re.sub(mark, "", text, flags=re.IGNORECASE)
        found = marked.forbidden(person, self.cells, text, surface.gone)
        if not surface.author:
            for uid in set(UID.findall(text)) - set(UID.findall(known)):
                cell = self.uids.get(uid)
                if cell and not marked.may(person, cell, surface.gone):
                    found.add(f"{cell.portal_type} {cell.state}: UID")
        if found:
            self.wrong[f"{surface} as {person or 'anonymous'}"] = sorted(found)
        self.answers += 1
        self.checked += sum(not marked.may(person, cell) for cell in self.cells)
        return bool(marked.MARK.search(text))


def test_site(world, capsys):
    """Protects: lists, searches, feeds and services show nobody what is not theirs."""
    cells, job, clients = world
    seen, silent = Seen(cells), []
    for surface in SITE:
        request = surface.filled(job=job)
        # Whoever may view has to find something, or nothing was proved; and comes
        # first, so that a page that is kept for others would show it.
        if surface.shows and not any(
            seen.look(request, person, clients[person].ask(request))
            for person in ALLOWED
        ):
            silent.append(str(surface))
        for person in DENIED:
            seen.look(request, person, clients[person].ask(request))
    told(capsys, "site", len(SITE), seen)
    assert seen.wrong == {}
    assert silent == []


def test_known(world, capsys):
    """Protects: who knows address and UID of an object learns nothing else of it."""
    cells, _job, clients = world
    seen, proved, wanted = Seen(cells), set(), set()
    turn = 0
    for cell in cells:
        full = cell.portal_type in FULL and cell.state in FIRST
        for number, thing in enumerate(cell.things):
            for surface in KNOWN:
                if surface.types and thing.portal_type not in surface.types:
                    continue
                if not full and surface.path not in CORE:
                    continue
                request = surface.filled(
                    path=thing.path, uid=thing.uid, word=cell.mark(f"t{number}")
                )
                denied = [p for p in DENIED if not marked.may(p, cell)]
                if not denied:
                    # Everybody reads it; nobody of these reads its history.
                    denied = list(DENIED)
                turn += 1
                asking = {denied[turn % len(denied)]}
                if full:
                    asking = {denied[0], denied[-1]}
                if HISTORY.search(surface.path) and not writes(surface):
                    # Views it, and may not see what it was.
                    asking.add("reader")
                for person in sorted(asking):
                    seen.look(request, person, clients[person].ask(request))
                if surface.shows and not writes(surface) and marked.may("head", cell):
                    proof = (str(surface), cell.portal_type, thing.portal_type)
                    wanted.add(proof)
                    if proof not in proved and seen.look(
                        request, "head", clients["head"].ask(request)
                    ):
                        proved.add(proof)
    told(capsys, "known", len(KNOWN), seen)
    assert seen.wrong == {}
    assert wanted - proved == set()


def told(capsys, name, surfaces, seen):
    """Say how much was asked."""
    with capsys.disabled():
        print(
            f"\n{name}: {surfaces} surfaces, {len(PERSONS)} persons, "
            f"{len(seen.cells)} cells, {seen.answers} answers, "
            f"{seen.checked} times a cell that must not show"
        )
