"""A site in which everything has its own marks, in every type and state of the matrix.

A mark is a word such as ``zq07f12z``: the number of a cell (type and state) and what
carries it. Whoever may not view the cell must meet none of its marks, whatever is
asked; whoever may view it, but not its history, none of those in old versions.
"""

from dataclasses import dataclass
from dataclasses import field
from departments import people
from functools import cache
from plone import api
from plone.app.textfield.interfaces import IRichText
from plone.app.textfield.value import RichTextValue
from plone.base.interfaces.syndication import ISiteSyndicationSettings
from plone.dexterity.utils import createContentInContainer
from plone.dexterity.utils import iterSchemataForType
from plone.namedfile.file import NamedBlobFile
from plone.namedfile.interfaces import INamedField
from Products.CMFCore.indexing import processQueue
from typing import Any
from z3c.relationfield import RelationValue
from zhinan.departments.matrix import matrix
from zhinan.guides.files import describe
from zhinan.guides.files import FILE_FIELDS
from zhinan.jobs import store as jobs
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import words
from zope.component import getUtility
from zope.event import notify
from zope.intid.interfaces import IIntIds
from zope.lifecycleevent import ObjectModifiedEvent
from zope.schema.interfaces import IList
from zope.schema.interfaces import IText
from zope.schema.interfaces import ITextLine

import datetime
import re
import transaction


PASSWORD = "xie-lou-2026-ceshi"
OWNER, SHARED, OTHER = people.OWNER, people.SHARED, people.OTHER
MARK = re.compile(r"zq(\d\d)([a-z]+\d*)z", re.IGNORECASE)
#: Marks that only who may see the history may meet: an old text, the comment of a
#: version and that of a step.
PAST = frozenset({"oldt", "oldd", "verc", "step"})
#: Marks that stand in addresses: who asks for an address knows them.
ADDRESS = frozenset({"id", "mid", "fid"})
#: Marks that stand in the codes of a guide.
CODES = frozenset({"f009"})
CELLS = [
    (type_, state) for type_ in matrix().types() for state in matrix().states[type_]
]
#: Texts that something is found by: they keep the form that they need.
_KEYS = frozenset(
    ["code", "department", "catalog_code", "parent_code", "credit_code", "version"]
    + ["form_number", "seal_number", "document_number", "co_owners", "matter_codes"]
    + ["answer"]
)
#: People: their functions in a department, or beside the departments.
PERSONS = {
    "": (),
    "nobody": (),
    "outsider": tuple(
        (OTHER, function.name) for function in words().department_functions()
    ),
    "clerk": (("", "window"),),
    "helper": (("", "agent"),),
    "reader": ((OWNER, "reader"),),
    "head": ((OWNER, "head"), (OWNER, "handler"), (OWNER, "editor")),
    "partner": ((SHARED, "editor"),),
    "overseer": (("", "supervision"),),
}
#: Those who are denied most, and those whose answers prove that there is something.
DENIED = ("", "nobody", "outsider")
ALLOWED = ("head", "overseer", "partner", "reader", "clerk")


@dataclass
class Thing:
    """One object of a cell and where it is."""

    portal_type: str
    path: str
    uid: str
    #: path in the database, for what asks for it
    physical: str = ""


@dataclass
class Cell:
    """One type in one state: the object and what lies inside it."""

    number: int
    portal_type: str
    state: str
    things: list[Thing] = field(default_factory=list)

    def mark(self, what: str) -> str:
        """The mark of one of its texts."""
        return f"zq{self.number:02d}{what}z"


def rights(person: str, cell: Cell) -> frozenset[str]:
    """What the matrix gives to a person on a cell."""
    return _rights(person, cell.portal_type, cell.state)


@cache
def _rights(person: str, portal_type: str, state: str) -> frozenset[str]:
    functions = PERSONS[person] or (("", ""),)
    found: set[str] = set()
    for code, name in functions:
        whose = {OWNER: "own", SHARED: "co"}.get(code, "any")
        found |= people.expected(portal_type, state, name, whose)
    return frozenset(found)


def may(person: str, cell: Cell, gone: bool = False) -> bool:
    """Whether a person may view a cell.

    :param gone: whether what identifies something that was public is no secret.
    """
    return "view" in rights(person, cell) or (gone and cell.state == "withdrawn")


def forbidden(
    person: str, cells: list[Cell], text: str, gone: bool = False
) -> set[str]:
    """Marks in a text that this person must not meet."""
    found = set()
    for number, what in set(MARK.findall(text)):
        cell = cells[int(number)]
        held = rights(person, cell)
        name = what.rstrip("0123456789").lower()
        identifies = gone and (name in ADDRESS or what.lower() in CODES)
        past = name in PAST
        if cell.portal_type == "SupervisionNotice" and name == "step":
            # What supervision said with a step is said to those who read the notice.
            past = False
        if not may(person, cell, identifies) or (past and "history" not in held):
            found.add(f"{cell.portal_type} {cell.state}: {what}")
    return found


def pdf(line: str) -> bytes:
    """A PDF of one page with one line of ASCII text, not compressed."""
    from rest.sample import pdf as make

    return make(line)


def build(portal: Any) -> tuple[list[Cell], str]:
    """Departments, people and one object for each cell; and the id of a job."""
    for code, name in people.CODES.items():
        obj = api.content.create(
            portal["departments"],
            "Department",
            id=code,
            title=f"嘉峪关市{name}",
            short_name=name,
            code=code,
            credit_code="11620200000000000X",
        )
        people.put(obj, "published")
    for name, functions in PERSONS.items():
        if name:
            api.user.create(f"{name}@example.com", name, PASSWORD, roles=("Member",))
        for code, function in functions:
            group = group_id(code, function)
            if not code:
                group = words().functions[function].group
            api.group.add_user(groupname=group, username=name)
    cells = [Cell(n, *cell) for n, cell in enumerate(CELLS)]
    for cell in cells:
        _add(portal, cell)
    transaction.commit()
    for cell in cells:
        _leave(portal, cell)
    transaction.commit()
    _pages(portal, cells)
    _feeds(portal)
    job = _jobs(cells)
    transaction.commit()
    return cells, job


def _add(portal: Any, cell: Cell) -> None:
    """Make the objects, published where they once were, with an old version each."""
    parts = _make(portal, cell)
    obj = parts[0]
    for number, part in enumerate(parts):
        for round_ in ("old", "new"):
            _fill(part, cell, number, round_)
            notify(ObjectModifiedEvent(part))
            repository = api.portal.get_tool("portal_repository")
            if round_ == "old" and repository.isVersionable(part):
                repository.save(part, comment=cell.mark("verc"))
    processQueue()
    root = len(portal.getPhysicalPath())
    for part in parts:
        path = part.getPhysicalPath()
        cell.things.append(
            Thing(part.portal_type, "/".join(path[root:]), part.UID(), "/".join(path))
        )
    if cell.state == "withdrawn":
        people.put(obj, "published")


def _make(portal: Any, cell: Cell) -> list[Any]:
    """The object of a cell and what lies inside it, at addresses that are marks."""

    def new(parent: Any, portal_type: str, mark: str, **values: Any) -> Any:
        return createContentInContainer(
            parent, portal_type, checkConstraints=False, id=cell.mark(mark), **values
        )

    values: dict[str, Any] = dict(people.VALUES.get(cell.portal_type, {}))
    if cell.portal_type == "Department":
        # It owns itself; whoever works for the owner works for it, too.
        code = f"bm{cell.number:02d}"
        obj = new(portal["departments"], "Department", "id", title="x", code=code)
        for name, functions in PERSONS.items():
            for owner, function in functions:
                if owner == OWNER:
                    group = group_id(code, function)
                    api.group.add_user(groupname=group, username=name)
        return [obj]
    values["department"] = OWNER
    if cell.portal_type != "Enquiry":
        values |= {"owner_department": OWNER, "co_owners": [SHARED]}
    place = portal.unrestrictedTraverse(people.PLACES[cell.portal_type])
    parts = [obj := new(place, cell.portal_type, "id", **values)]
    if cell.portal_type == "MatterGuide":
        parts.append(material := new(obj, "Material", "mid", title="x"))
        day = datetime.date(2026, 1, 1)
        values = {"form_number": "B1", "version": "2026.1", "in_force_from": day}
        parts.append(new(material, "FormVersion", "fid", title="x", **values))
    if cell.portal_type == "PolicyDocument":
        parts.append(new(obj, "File", "fid", title="x"))
    return parts


def _leave(portal: Any, cell: Cell) -> None:
    """Into the state of the cell, with a comment that tells why."""
    obj = portal.unrestrictedTraverse(cell.things[0].path)
    people.put(obj, cell.state)
    tool = api.portal.get_tool("portal_workflow")
    (workflow,) = tool.getWorkflowsFor(obj)
    status = dict(tool.getStatusOf(workflow.getId(), obj))
    status.update(comments=cell.mark("step"), actor="head", action="submit")
    tool.setStatusOf(workflow.getId(), obj, status)
    # Whoever made it has a local role, as always.
    for thing in cell.things:
        part = portal.unrestrictedTraverse(thing.path)
        part.manage_setLocalRoles("head", ["Owner"])
        part.creators = ("head",)
        part.reindexObject()


def _fill(obj: Any, cell: Cell, part: int, round_: str) -> None:
    """Give every text of an object a mark of its own."""
    old = round_ == "old"
    obj.title = cell.mark("oldt" if old else f"t{part}")
    if hasattr(obj, "description"):
        obj.description = cell.mark("oldd" if old else f"d{part}")
    if old:
        return
    number = 0
    for schema in iterSchemataForType(obj.portal_type):
        for name, each in schema.namesAndDescriptions(all=True):
            number += 1
            what = f"f{part}{number:02d}"
            if name in {*_KEYS, "title", "description", "id", "changeNote"}:
                continue
            if name in {"subjects", "language", "rights", "contributors", "creators"}:
                continue
            value = _value(each, cell.mark(what), obj)
            if value is not None:
                setattr(obj, name, value)
    if obj.portal_type == "Enquiry":
        obj.answer = cell.mark("answer")
    if obj.portal_type == "FormVersion":
        obj.files = {n: describe(getattr(obj, n)) for n in FILE_FIELDS}


def _value(each: Any, mark: str, obj: Any) -> Any:
    """A value that holds the mark; None for what holds no text."""
    if INamedField.providedBy(each):
        name, data = f"{mark.replace('f', 'fn', 1)}.pdf", pdf(mark)
        return NamedBlobFile(data, "application/pdf", name)
    if IRichText.providedBy(each):
        return RichTextValue(f"<p>{mark}</p>", "text/html", "text/x-html-safe")
    if ITextLine.providedBy(each) or IText.providedBy(each):
        return mark
    if IList.providedBy(each):
        inner = each.value_type
        if INamedField.providedBy(inner):
            return [_value(inner, mark, obj)]
        if ITextLine.providedBy(inner):
            return [mark]
        row = getattr(inner, "schema", None)
        if row is not None:
            return [
                {
                    name: f"{mark[:-1]}{n}z" if ITextLine.providedBy(column) else None
                    for n, (name, column) in enumerate(row.namesAndDescriptions())
                    if IText.providedBy(column) or ITextLine.providedBy(column)
                }
            ]
    return None


def _pages(portal: Any, cells: list[Cell]) -> None:
    """Published pages of the site that point to everything, and a collection."""
    page = api.content.create(portal, "Document", "links", "链接")
    ids = getUtility(IIntIds)
    targets = [
        portal.unrestrictedTraverse(thing.path)
        for cell in cells
        for thing in cell.things
    ]
    page.relatedItems = [RelationValue(ids.getId(target)) for target in targets]
    links = "".join(f'<a href="resolveuid/{t.UID()}">链接</a> ' for t in targets)
    page.text = RichTextValue(links, "text/html", "text/x-html-safe")
    notify(ObjectModifiedEvent(page))
    api.content.transition(page, "publish")
    collection = api.content.create(
        portal,
        "Collection",
        "everything",
        "全部",
        query=[
            {
                "i": "portal_type",
                "o": "plone.app.querystring.operation.selection.any",
                "v": matrix().types(),
            }
        ],
        limit=1000,
        item_count=1000,
    )
    api.content.transition(collection, "publish")


def _feeds(portal: Any) -> None:
    """Everything that a site's keeper may switch on is on."""
    for name in ("enable_sitemap", "allow_anon_views_about"):
        api.portal.set_registry_record(f"plone.{name}", True)
    for name in ("allowed", "default_enabled", "search_rss_enabled"):
        record = f"{ISiteSyndicationSettings.__identifier__}.{name}"
        api.portal.set_registry_record(record, True)


def _jobs(cells: list[Cell]) -> str:
    """A job of the head, with a file, a message and a row that hold marks."""
    with api.env.adopt_user(username="head"):
        job = jobs.start(
            "export", {"format": "json", "filename": cells[0].mark("jname")}
        )
    job.add_row({"number": 1, "title": cells[0].mark("jrow")})
    job.say(cells[0].mark("jsaid"), "warning")
    job.files[cells[0].mark("jfile")] = jobs.JobFile(
        cells[0].mark("jdata").encode(), "text/plain"
    )
    job.end(jobs.DONE)
    return job.id
