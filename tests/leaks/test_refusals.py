"""A refusal says that one may not, in Chinese, and nothing of what is there."""

from .surfaces import HTML
from .surfaces import JSON
from .surfaces import Surface
from .world import rights
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.app.textfield.value import RichTextValue
from zhinan.guides import catalogue
from zhinan.registers import checks
from zhinan.registers import judges

import json
import pytest
import re
import transaction


#: What could tell of an object although its text is not given.
TELLING = frozenset(["etag", "last-modified", "content-disposition"])


def hidden(cells):
    """Objects that outsiders may not view."""
    return [c for c in cells if c.state in ("draft", "received")]


@pytest.mark.parametrize("accept", [HTML, JSON])
@pytest.mark.parametrize("person", ["", "nobody"])
def test_refusals_differ_in_nothing(world, person, accept):
    """Protects: whoever guesses an address learns at most that something is there."""
    cells, _job, clients = world
    sizes: dict[tuple[str, str], set[int]] = {}
    for cell in cells:
        if "view" in rights(person, cell):
            continue
        for thing in cell.things:
            answer = clients[person].ask(Surface(thing.path, accept))
            names = {name.lower() for name, _value in answer.headers}
            assert answer.status in {302, 401}, thing.path
            assert not names & TELLING
            # Addresses are the reader's own; everything else has to be the same.
            text = re.sub(r"Date: .*", "", re.sub(r"zq\w+", "", answer.text))
            kind = (cell.portal_type, thing.portal_type)
            sizes.setdefault(kind, set()).add(len(text))
    assert {kind: len(found) for kind, found in sizes.items() if len(found) > 1} == {}


def test_refusal_is_a_chinese_sentence(world):
    """Protects: who is refused reads why, and no name of an object."""
    cells, _job, clients = world
    for cell in hidden(cells)[:2]:
        answer = clients["nobody"].ask(
            Surface(f"resolveuid/{cell.things[0].uid}", JSON)
        )
        assert answer.status == 401
        assert "您没有查看这项内容的权限" in json.loads(answer.body)["message"]


def test_unknown_address_is_not_found(world):
    """Protects: where nothing is, nobody is asked to sign in."""
    _cells, _job, clients = world
    for accept in (HTML, JSON):
        assert clients[""].ask(Surface("guides/nothing-here", accept)).status == 404


@pytest.fixture
def as_person(marked):
    """The site as the integration layer sees it, and who is signed in."""
    portal = marked["portal"]

    def become(name):
        login(marked["app"] if name == SITE_OWNER_NAME else portal, name)
        portal.REQUEST.other.clear()
        return portal

    return become


def test_pictures_in_a_text_do_not_read_for_their_author(world, marked, as_person):
    """Protects: <img src> of an address gave its title and description to its author."""
    cells, _job, clients = world
    portal = as_person(SITE_OWNER_NAME)
    found = [thing for cell in hidden(cells) for thing in cell.things]
    images = "".join(
        f'<img class="captioned" src="/{t.path}"><img src="resolveuid/{t.uid}">'
        for t in found
    )
    page = api.content.create(portal, "Document", "pictures", "图")
    page.text = RichTextValue(images, "text/html", "text/x-html-safe")
    api.content.transition(page, "publish")
    transaction.commit()
    for accept in (HTML, JSON):
        for person in ("", "nobody", "outsider"):
            answer = clients[person].ask(Surface("pictures", accept))
            assert answer.status == 200
            assert not re.search(r"zq\d\d[td]\d", answer.text), person


def test_a_taken_key_does_not_tell_the_title(world, as_person):
    """Protects: a refused form does not name the draft of another department."""
    cells, _job, _clients = world
    portal = as_person("outsider")
    cell = next(
        c for c in cells if c.portal_type == "LegalBasis" and c.state == "draft"
    )
    as_person(SITE_OWNER_NAME)
    entry = portal.unrestrictedTraverse(cell.things[0].path)
    values = {"title": entry.title, "document_number": entry.document_number}
    assert judges.taken("legal_basis", portal, values) == entry.title
    as_person("outsider")
    assert judges.taken("legal_basis", portal, values) == ""
    as_person("head")
    assert judges.taken("legal_basis", portal, values) == entry.title


def test_split_services_are_told_by_visible_names(world, as_person):
    """Protects: a hint on the register's page names no draft of others."""
    cells, _job, _clients = world
    portal = as_person(SITE_OWNER_NAME)
    services = [c for c in cells if c.portal_type == "IntermediaryService"]
    steps = ("编制", "评审", "检测", "验收")
    for cell, step in zip(services, steps, strict=True):
        obj = portal.unrestrictedTraverse(cell.things[0].path)
        obj.title = f"示例报告{step}"
        obj.basis, obj.matters = "示例条例第一条", ["620199001000"]
        obj.reindexObject()
    assert len(checks.splits()[0]) > 1
    as_person("outsider")
    assert checks.splits() == []


def test_findings_need_both_sides(world, as_person):
    """Protects: the check of the catalogue names no guide that is not to be seen."""
    as_person(SITE_OWNER_NAME)
    every = {f.guide.uid for f in catalogue.visible() if f.guide}
    as_person("outsider")
    some = {f.guide.uid for f in catalogue.visible() if f.guide}
    assert some < every
    assert len(catalogue.check()) > len(catalogue.visible())


def test_people_are_listed_to_their_keeper_alone(world):
    """Protects: Plone's own vocabularies list all people to everybody signed in."""
    _cells, _job, clients = world
    for name in ("Users", "Groups", "Principals"):
        surface = Surface(f"@vocabularies/plone.app.vocabularies.{name}", JSON)
        for person in ("", "nobody", "outsider"):
            assert clients[person].ask(surface).status in {401, 403}


def test_owners_are_for_the_staff(world):
    """Protects: which department has rights on a guide is not told to the public."""
    cells, _job, clients = world
    cell = next(
        c for c in cells if c.portal_type == "MatterGuide" and c.state == "published"
    )
    surface = Surface(cell.things[0].path, JSON)
    fields = {"owner_department", "co_owners"}
    for person, shown in (("", set()), ("nobody", set()), ("outsider", fields)):
        assert fields & json.loads(clients[person].ask(surface).body).keys() == shown
