"""One work list as a page and as a sheet: the list is the tool."""

from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import quote
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.departments.people import name_of
from zhinan.documents.names import content_disposition
from zhinan.documents.sheets import sheet
from zhinan.documents.sheets import XLSX
from zhinan.pages.formats import Formats
from zhinan.pages.lists import ListPage
from zhinan.pages.work import Line
from zhinan.pages.work import Worker
from zhinan.pages.work import WorkList
from zhinan.pages.work import worklist
from zhinan.publishing import each
from zhinan.publishing import transitions
from zope.i18nmessageid import Message


_HEAD = (
    _("Guide"),
    _("Kind"),
    _("State"),
    _("Department in charge"),
    _("By"),
    _("Since"),
    _("Days"),
    _("Note"),
    _("Address"),
)


class Rows(Formats):
    """Mixin: lines of a list in words; people and departments are looked up once."""

    def row(self, line: Line) -> dict[str, Any]:
        """A line as pages show it."""
        brain = line.brain
        local = line.since.astimezone(CITY_TIME)
        return {
            "uid": brain.UID,
            "url": f"{brain.getURL()}/@@{line.view}" if line.view else brain.getURL(),
            "title": brain.Title,
            "is_copy": brain.portal_type == "WorkingCopy",
            "state": self.t(self._state(brain)),
            "state_id": brain.review_state,
            "departments": self._departments(brain),
            "who": self._person(line.who),
            "since": self.date(local.date()),
            "time": f"{local:%H:%M}",
            "stamp": f"{local:%Y-%m-%d %H:%M}",
            "days": (today() - local.date()).days,
            "note": self.t(line.note) if line.note else "",
        }

    @cached_property
    def worker(self) -> Worker:
        """The person who is logged in."""
        return Worker()

    def _departments(self, brain: Any) -> str:
        known = (directory.get(code) for code in self.worker.departments(brain))
        join = self.t(_("list_separator", default=", "))
        return join.join(entry.short_name for entry in known if entry is not None)

    def _person(self, user_id: str) -> str:
        if user_id and user_id not in self._names:
            self._names[user_id] = name_of(user_id)
        return self._names.get(user_id, "")

    @cached_property
    def _names(self) -> dict[str, str]:
        return {}

    def _state(self, brain: Any) -> Message:
        key = (brain.portal_type, brain.review_state)
        if key not in self._states:
            title = self._workflow_tool.getTitleForStateOnType(
                brain.review_state, brain.portal_type
            )
            self._states[key] = Message(title, domain="plone")
        return self._states[key]

    @cached_property
    def _states(self) -> dict[tuple[str, str], Message]:
        return {}

    @cached_property
    def _workflow_tool(self) -> Any:
        return self.worker.site.portal_workflow

    def waiting_words(self, days: int) -> str:
        """For how long, in words."""
        if days == 0:
            return self.t(_("today"))
        if days < 0:
            ahead = {"days": str(-days)}
            return self.t(_("in_days", default="in ${days} days", mapping=ahead))
        words = _("for_days", default="${days} days", mapping={"days": str(days)})
        return self.t(words)


class ListOfWork(Rows, ListPage):
    """What the page and the sheet have in common: which list, narrowed to what."""

    page_size = 50
    work: WorkList

    def choose(self) -> None:
        """Find the list, and its lines.

        :raises Unauthorized: if nobody is logged in, or the list is not for the person.
        :raises NotFound: if there is no such list.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to work here.")))
        name = self.request.form.get("list", "")
        found = worklist(name) if isinstance(name, str) else None
        if found is None:
            raise NotFound("list")
        self.work = found
        lines = found.lines(self.worker)
        if lines is None:
            raise Unauthorized(self.t(_("This list is not for your functions.")))
        self.everything = lines
        self.lines = [
            line
            for line in lines
            if self.department in ("", *self.worker.departments(line.brain))
        ]
        self.total = len(self.lines)

    @cached_property
    def department(self) -> str:
        """The department to which the list is narrowed."""
        return self.choice("department", directory.entries())

    def page_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@work"

    def params(self) -> dict[str, Any]:
        """List and department."""
        return {"list": self.work.id, "department": self.department}


class WorkPage(ListOfWork):
    """``@@work?list=…``: what waits longest first, with what can be done with it."""

    template = ViewPageTemplateFile("templates/work.pt")

    @property
    def title(self) -> Message:
        """Name of the list."""
        return self.work.title

    def update(self) -> None:
        """Find list and lines, and cut."""
        self.choose()
        chosen = self.lines[self.start : self.start + self.page_size]
        self.rows = [self.row(line) for line in chosen]
        self.all_ticked = bool(self.request.form.get("all"))
        self.nothing_ticked = self.request.form.get("nothing") == "1"

    def narrowing(self) -> list[dict[str, Any]]:
        """The departments that have lines here, with their numbers."""
        counts: dict[str, int] = {}
        for line in self.everything:
            for code in self.worker.departments(line.brain):
                counts[code] = counts.get(code, 0) + 1
        known = [(c, e.short_name) for c, e in directory.entries().items()]
        rows = [(code, name, counts[code]) for code, name in known if code in counts]
        if len(rows) < 2 and not self.department:
            return []
        every = ("", self.t(_("All")), len(self.everything))
        return [
            {
                "url": self.link(department=code, start=0),
                "title": name,
                "number": number,
                "current": "true" if code == self.department else None,
            }
            for code, name, number in (every, *rows)
        ]

    def steps(self) -> list[dict[str, str]]:
        """What may be done with many lines at once."""
        return [
            {"id": step.id, "title": self.t(step.title)}
            for step in bulk_steps(self.work)
        ]

    def sheet_url(self) -> str:
        """Address of the list as a sheet."""
        found = f"{self.portal_url}/@@work-xlsx?list={quote(self.work.id)}"
        return f"{found}&department={self.department}" if self.department else found

    def most(self) -> int:
        """How many lines may be ticked."""
        return each.MOST

    def tick_url(self) -> str:
        """Address of this page with all lines ticked, or none."""
        start: Any = self.start
        return self.link(start=start, all="" if self.all_ticked else "1")

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


def bulk_steps(work: WorkList) -> list[transitions.Transition]:
    """The transitions of a list that may be taken for many things."""
    found = (transitions.known(name) for name in work.transitions)
    return [step for step in found if step is not None and step.bulk]


class WorkSheet(ListOfWork):
    """``@@work-xlsx?list=…``: the same as a sheet; all cells are text."""

    def __call__(self) -> bytes:
        """The file."""
        self.choose()
        data = sheet(
            self.t(self.work.title),
            [self.t(title) for title in _HEAD],
            [self._cells(line) for line in self.lines],
        )
        response = self.request.response
        response.setHeader("Content-Type", XLSX)
        response.setHeader("Cache-Control", "private, no-store")
        name = f"{self.t(self.work.title)}-{today():%Y%m%d}.xlsx"
        response.setHeader("Content-Disposition", content_disposition(name))
        return data

    def _cells(self, line: Line) -> list[str]:
        row = self.row(line)
        kind = _("Working copy") if row["is_copy"] else _("Guide")
        return [
            row["title"],
            self.t(kind),
            row["state"],
            row["departments"],
            row["who"],
            row["stamp"],
            str(row["days"]),
            row["note"],
            row["url"],
        ]
