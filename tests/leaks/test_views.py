"""Every view that anybody has registered, asked of what may not be seen."""

from . import world as marked
from .asking import asked
from .asking import unpacked
from .surfaces import page
from .world import MARK
from itertools import chain
from plone.app.testing import login
from zhinan.exchange import exporting
from zope.component import getGlobalSiteManager
from zope.interface import providedBy
from zope.publisher.interfaces.browser import IBrowserRequest

import pytest
import re


def ro(registry):
    """A registry and all below it."""
    return [registry, *(low for base in registry.__bases__ for low in ro(base))]


def views(obj):
    """Names of the views and services that are registered for an object."""
    provided = providedBy(obj)
    found = set()
    # Each layer of the tests has a registry upon that of the one below.
    registries = ro(getGlobalSiteManager())
    for row in chain.from_iterable(r.registeredAdapters() for r in registries):
        context, *rest = row.required
        if len(rest) != 1 or not row.name or not re.fullmatch(r"[\w@.+-]+", row.name):
            continue
        if rest[0] is None or not rest[0].isOrExtends(IBrowserRequest):
            continue
        if context is None or provided.isOrExtends(context):
            found.add(row.name)
    return found


def test_no_view_answers_for_hidden_content(world, marked_portal):
    """Protects: a view of any package that needs no permission opens no door."""
    cells, _job, clients = world
    cell = next(
        c for c in cells if c.portal_type == "MatterGuide" and c.state == "draft"
    )
    path = cell.things[0].path
    names = views(marked_portal.unrestrictedTraverse(path))
    assert len(names) > 150
    wrong = {}
    for name in sorted(names):
        surface = page(f"{path}/@@{name.removeprefix('@@')}")
        answer = clients["outsider"].ask(surface)
        text = answer.text
        for mark in {m.group(0) for m in MARK.finditer(asked(surface))}:
            text = text.replace(mark, "")
        if answer.status == 200 or marked.forbidden("outsider", cells, text):
            wrong[name] = answer.status
    assert wrong == {}


@pytest.mark.parametrize("name", exporting.FORMATS)
def test_exports_hold_what_the_person_may_view(world, marked_portal, tmp_path, name):
    """Protects: a file that somebody has made holds no draft of others."""
    cells, _job, _clients = world
    for person in ("outsider", "reader"):
        login(marked_portal, person)
        marked_portal.REQUEST.other.clear()
        path = tmp_path / person
        exporting.export(marked_portal, name, path, registers=True)
        text = unpacked(path.read_bytes())
        assert marked.forbidden(person, cells, text) == set()
        assert MARK.search(text)
