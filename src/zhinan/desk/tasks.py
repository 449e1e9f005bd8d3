"""What the departments have to mend in their guides, from the register of bases."""

from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.forms.messages import code_title
from zhinan.guides import citations
from zhinan.guides.citations import article_words
from zhinan.guides.citations import STANDINGS
from zhinan.guides.citations import Task
from zhinan.pages.lists import ListPage
from zhinan.pages.staff import IWaiting
from zope.interface import implementer


class TasksPage(ListPage):
    """The tasks of the person's departments, department by department."""

    template = ViewPageTemplateFile("templates/tasks.pt")
    title = _("Guides to mend")

    def update(self) -> None:
        """Derive them from the index.

        :raises Unauthorized: if nobody is logged in, or someone of no department.
        """
        if not citations.has_tasks():
            raise Unauthorized(
                self.t(_("Tasks are shown to the members of a department."))
            )
        self.tasks = citations.tasks_of_person()
        self.total = len(self.tasks)

    @cached_property
    def chosen(self) -> str:
        """The department to which the page is narrowed."""
        return self.choice("department", directory.entries())

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@tasks"

    def params(self) -> dict[str, Any]:
        """The department chosen."""
        return {"department": self.chosen}

    def counts(self) -> list[dict[str, Any]]:
        """The departments with their numbers of tasks."""
        groups = citations.by_department(self.tasks)
        if len(groups) < 2:
            return []
        rows = [("", self.t(_("All")), self.total)]
        rows += [(code, self._name(code), len(g)) for code, g in groups.items()]
        return [
            {
                "url": self.link(department=code),
                "title": title,
                "number": number,
                "current": "true" if code == self.chosen else None,
            }
            for code, title, number in rows
        ]

    @cached_property
    def may_edit(self) -> bool:
        """Whether the person edits guides; asked once, since no guide is woken."""
        guides = api.portal.get().get("guides")
        return guides is not None and api.user.has_permission(
            "Modify portal content", obj=guides
        )

    def groups(self) -> list[dict[str, Any]]:
        """The tasks of each department."""
        return [
            {
                "title": self._name(code),
                "number": len(group),
                "rows": [self._row(task) for task in group],
            }
            for code, group in citations.by_department(self.tasks).items()
            if self.chosen in ("", code)
        ]

    def _name(self, code: str) -> str:
        entry = directory.get(code)
        return entry.short_name if entry else code

    def _row(self, task: Task) -> dict[str, Any]:
        return {
            "guide": task.guide.title,
            "guide_url": task.guide.url,
            "edit_url": f"{task.guide.url}/edit" if self.may_edit else "",
            "basis": task.entry.title,
            "basis_url": task.entry.url,
            "articles": self.articles(task),
            "standing": self.t(STANDINGS[task.fault.standing]),
            "standing_id": task.fault.standing.value,
            "status": self.t(
                code_title("effect_status", task.entry.values.get("effect_status", ""))
            ),
            "since": self.date(task.fault.since),
            "successors": [
                {"title": title, "url": url} for title, url in task.successors
            ],
        }

    def articles(self, task: Task) -> str:
        """The articles to mend, or those that the guide cites."""
        join = self.t(_("list_separator", default=", "))
        found = task.fault.articles or task.guide.articles
        return join.join(self.t(article_words(key)) for key in found)


@implementer(IWaiting)
class Waiting:
    """Guides to mend that wait for the person."""

    def number(self) -> int:
        """How many tasks."""
        return len(citations.tasks_of_person()) if citations.has_tasks() else 0
