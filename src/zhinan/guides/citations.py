"""Which guides cite a legal basis, and which have to be mended; no guide is woken."""

from collections.abc import Iterable
from dataclasses import dataclass
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.registers import bases
from zhinan.registers import directory
from zhinan.rules.bases import ARTICLE
from zhinan.rules.bases import Fault
from zhinan.rules.bases import Standing

import datetime


GUIDE = "MatterGuide"
INDEX = "legal_bases"
#: Who is shown the tasks of all departments.
ALL_TASKS = "Zhinan: See all tasks"


#: How a basis that is to be mended stands, in words.
STANDINGS = {
    Standing.ENDED: _("No longer in force"),
    Standing.NOT_YET: _("Not yet in force"),
    Standing.CHANGED: _("Changed: check the citation"),
}


@dataclass(frozen=True)
class Citation:
    """A guide that cites an entry, with the articles that it names, as keys."""

    uid: str
    title: str
    url: str
    department: str
    state: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A guide whose citation is to be mended: derived, and gone when it is mended."""

    guide: Citation
    fault: Fault
    #: the entry of the register
    entry: directory.Entry
    #: entries that replaced it, and names of those that have none
    successors: tuple[tuple[str, str], ...]


def _keys_of(catalog: Any, brain: Any) -> tuple[str, ...]:
    index = catalog._catalog.getIndex(INDEX)
    return tuple(index.getEntryForObject(brain.getRID()) or ())


def _citation(brain: Any, keys: Iterable[str], heads: Iterable[str]) -> Citation:
    wanted = set(heads)
    articles = {
        article
        for head, _sign, article in (key.partition(ARTICLE) for key in keys)
        if article and head in wanted
    }
    return Citation(
        uid=brain.UID,
        title=brain.Title,
        url=brain.getURL(),
        department=brain.department or "",
        state=brain.review_state,
        articles=tuple(sorted(articles, key=_order)),
    )


def _order(article: str) -> tuple[int, ...]:
    return tuple(int(part) for part in article.split("-"))


def cited_by(uid: str) -> list[Citation]:
    """The guides that this person may see and that cite a published entry."""
    register = bases.register()
    basis = next((b for b in register.entries if b.id == uid), None)
    if basis is None:
        return []
    catalog = api.portal.get_tool("portal_catalog")
    heads = basis.cited_as()
    found = []
    for brain in catalog(
        portal_type=GUIDE, sort_on="sortable_title", **{INDEX: list(heads)}
    ):
        keys = _keys_of(catalog, brain)
        # A key may mean another edition of the same name.
        meant = [head for head in heads if head in keys and _means(register, head, uid)]
        if meant:
            found.append(_citation(brain, keys, meant))
    return found


def _means(register: Any, head: str, uid: str) -> bool:
    basis = register.of_key(head)
    return basis is not None and basis.id == uid


def tasks(
    codes: Iterable[str] | None = None, day: datetime.date | None = None
) -> list[Task]:
    """What is to be mended in the guides that this person may see.

    :param codes: departments to which the guides belong; None for all.
    """
    register = bases.register(day)
    suspects = register.suspects()
    if not suspects:
        return []
    query: dict[str, Any] = {INDEX: suspects}
    if codes is not None:
        query["department"] = list(codes)
    catalog = api.portal.get_tool("portal_catalog")
    entries = bases.by_uid()
    found = []
    for brain in catalog(portal_type=GUIDE, sort_on="sortable_title", **query):
        keys = _keys_of(catalog, brain)
        for fault in register.faults(keys):
            entry = entries[fault.basis.id]
            if fault.standing is Standing.CHANGED and brain.modified > entry.modified:
                # Somebody has looked at the guide since the register said so.
                continue
            guide = _citation(brain, keys, fault.basis.cited_as())
            found.append(Task(guide, fault, entry, _successors(entry)))
    return found


def _successors(entry: directory.Entry) -> tuple[tuple[str, str], ...]:
    found = []
    for name in entry.values.get("replaced_by") or ():
        known = bases.known(name)
        found.append((known.title, known.url) if known else (name, ""))
    return tuple(found)


def by_department(found: Iterable[Task]) -> dict[str, list[Task]]:
    """Tasks by department, in the order of the departments."""
    groups: dict[str, list[Task]] = {code: [] for code in departments.entries()}
    for task in found:
        groups.setdefault(task.guide.department, []).append(task)
    return {code: group for code, group in groups.items() if group}


def own_departments() -> list[str]:
    """Codes of the departments for which the person works, by the groups."""
    user = api.user.get_current()
    groups = getattr(user.getUser(), "getGroups", tuple)()
    return [
        code
        for code in departments.entries()
        if any(group.startswith(f"dept-{code}-") for group in groups)
    ]


def sees_all() -> bool:
    """Whether the person is shown the tasks of all departments."""
    return api.user.has_permission(ALL_TASKS, obj=api.portal.get())


def has_tasks() -> bool:
    """Whether the page of tasks is for the person who is logged in."""
    return not api.user.is_anonymous() and (sees_all() or bool(own_departments()))


def tasks_of_person(day: datetime.date | None = None) -> list[Task]:
    """The tasks of the person's departments; all of them for administrators."""
    return tasks(None if sees_all() else own_departments(), day)


def article_words(key: str) -> Any:
    """An article of a key in words."""
    number, _sign, part = key.partition("-")
    if part:
        return _(
            "article_part",
            default="article ${number}-${part}",
            mapping={"number": number, "part": part},
        )
    return _("article_number", default="article ${number}", mapping={"number": number})
