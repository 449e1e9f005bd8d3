"""A keeper changes the calendar: typed, pasted or from a file; seen before it is done.

What is confirmed is exactly what was shown: the page keeps a fingerprint of it, and the
number of the calendar's last change, so that two keepers do not overwrite each other.
"""

from functools import cached_property
from hashlib import sha256
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.clock import changing
from zhinan.clock import dates
from zhinan.clock import store
from zhinan.clock.store import Change
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.departments.people import name_of
from zhinan.pages.layout import PublicPage
from zhinan.rules import calendaredit
from zhinan.rules import calendartext
from zhinan.rules import clockwords
from zhinan.rules.calendar import Calendar
from zhinan.rules.calendar import CalendarRefused
from zhinan.rules.calendar import Day
from zhinan.rules.calendar import festival_title
from zhinan.rules.calendar import FIRST_YEAR
from zhinan.rules.calendar import LAST_YEAR
from zhinan.rules.calendar import Notice
from zhinan.rules.calendar import Status
from zhinan.rules.calendar import Table
from zhinan.rules.calendar import table_as_dict
from zhinan.rules.calendar import table_from
from zhinan.rules.calendartext import FileRefused
from zhinan.rules.calendartext import Finding
from zope.i18nmessageid import Message

import datetime
import json


#: Days and changes that are listed one by one.
MOST_DAYS, MOST_CHANGES = 60, 10
OUTDATED = _(
    "Somebody else has changed the calendar since. Look at the preview again: it shows "
    "what your entries change now."
)


class EditPage(PublicPage):
    """Base of both forms: preview, confirmation, undo, recount."""

    view = ""
    names: tuple[str, ...] = ()
    #: whether the form takes a file
    takes_file = False

    def update(self) -> None:
        """Do what a button says; what was typed stays."""
        self.found: list[Finding] = []
        self.errors: dict[str, list[str]] = {}
        self.warnings: list[str] = []
        self.problem: Message | str = ""
        self.previewed = False
        self.typed = self.beginning()
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            step = self._value("step")
            acts = {
                "preview": self._preview,
                "confirm": self._confirm,
                "read": self._read,
                "undo": self._undo,
                "recount": self._recount,
            }
            if step in acts:
                acts[step]()
            if self.errors or self.problem:
                self.request.response.setStatus(400)

    def _value(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    @property
    def words(self) -> str:
        """The language in which the rules have their words."""
        return "zh" if self.language.startswith("zh") else "en"

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar as it is."""
        return store.calendar(self.context)

    @cached_property
    def number(self) -> int:
        """Number of its last change."""
        kept = store.of(self.context)
        return kept.number if kept is not None else 0

    # ------------------------------------------------------------------- each form

    def beginning(self) -> dict[str, str]:
        """What the fields hold at first."""
        raise NotImplementedError

    def wished(self) -> Calendar:
        """The calendar with what was typed; ``found`` tells what is wrong in it."""
        raise NotImplementedError

    def change(self, wished: Calendar) -> Change | None:
        """Make the change."""
        raise NotImplementedError

    def shown_year(self) -> int:
        """The year to which the person comes afterwards."""
        raise NotImplementedError

    def action(self) -> str:
        """Address to which the form goes."""
        raise NotImplementedError

    # ----------------------------------------------------------------------- steps

    def _take(self) -> None:
        self.typed = {name: self._value(name) for name in self.names}

    def _check(self) -> Calendar | None:
        """The wished calendar, or None if something is wrong."""
        wished = self.wished()
        for one in self.found:
            if one.doubt:
                self.warnings.append(one.text(self.words))
            else:
                texts = self.errors.setdefault(one.field, [])
                texts.append(one.text(self.words))
        return None if self.errors else wished

    def _preview(self) -> None:
        self._take()
        self._look()

    def _look(self) -> None:
        wished = self._check()
        if wished is None:
            return
        self.previewed = True
        changed = calendaredit.differing(self.calendar, wished)
        self.total = len(changed)
        self.days = [self._day(old, new) for old, new in changed[:MOST_DAYS]]
        self.same = wished == self.calendar
        self.foreseen = dates.foresee(wished)

    def _confirm(self) -> None:
        self._take()
        if self._value("seen") != self.fingerprint():
            # Something was typed since: it is shown before it is done.
            self._look()
            return
        wished = self._check()
        if wished is None:
            return
        number = self._value("number")
        if number != str(self.number):
            self.problem = OUTDATED
            self._look()
            return
        done = self.change(wished)
        self._go("same" if done is None else "kept", self.shown_year())

    def _read(self) -> None:
        """Forms without files have nothing to read."""

    def _undo(self) -> None:
        number = self._value("number")
        try:
            done = changing.undo(
                self.context, int(number) if number.isdecimal() else -1
            )
        except (changing.Outdated, changing.NothingToUndo):
            self.problem = _(
                "The last change is another one by now. Look at the list again."
            )
            return
        self._go("undone", done.year or self.shown_year())

    def _recount(self) -> None:
        kept = store.obtain(self.context)
        if dates.unsettled(self.context):
            dates.recount(kept)
        self._go("recount", self.shown_year())

    def _go(self, done: str, year: int) -> None:
        url = f"{self.portal_url}/@@calendar?year={year}&done={done}"
        self.request.response.redirect(url, status=303)

    # --------------------------------------------------------------------- preview

    def fingerprint(self) -> str:
        """What stands for everything that was typed."""
        parts = [self.view, *(f"{name}={self.typed[name]}" for name in self.names)]
        return sha256("\0".join(parts).encode()).hexdigest()[:32]

    def _day(self, old: Day, new: Day) -> dict[str, Any]:
        return {
            "day": clockwords.day_text(new.day, self.words),
            "before": self._kind(old),
            "after": self._kind(new),
            "turns": old.works != new.works,
        }

    def _kind(self, day: Day) -> str:
        kind = clockwords.word("kinds", day.kind.value, self.words)
        name = festival_title(day.name, self.words)
        return f"{kind} {name}".strip()

    def more_days(self) -> int:
        """Days that are not listed."""
        return max(0, self.total - MOST_DAYS)

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def failure(self) -> str:
        """Why a step could not be taken."""
        return self.t(self.problem)

    def errors_of(self, name: str) -> list[str]:
        """The sentences beside a field."""
        return self.errors.get(name, [])

    # --------------------------------------------------------------------- history

    def unsettled(self) -> bool:
        """Whether open dates wait to be counted anew."""
        return dates.unsettled(self.context)

    def job_url(self) -> str:
        """Address of the job that counts, while there is one."""
        job = dates.waiting(self.context)
        return f"{self.portal_url}/@@job?id={job.id}" if job is not None else ""

    def changes(self) -> list[dict[str, Any]]:
        """The last changes, the newest first; the last that stands can be undone."""
        kept = store.of(self.context)
        if kept is None:
            return []
        last = kept.last()
        undone = {change.undoes for change in kept.changes.values()}
        rows = list(kept.changes.values())[-MOST_CHANGES:]
        return [
            {
                **self._change(change),
                "undone": change.number in undone,
                "undo": str(change.number) if change == last else "",
            }
            for change in reversed(rows)
        ]

    def _change(self, change: Change) -> dict[str, Any]:
        local = change.moment.astimezone(CITY_TIME)
        return {
            "moment": f"{self.date(local.date())} {local:%H:%M}",
            "who": name_of(change.who) or change.who,
            "what": clockwords.year_text(change.year, self.words),
            "before": changing.in_short(change.year, change.before),
            "after": changing.in_short(change.year, change.after),
            "note": change.note,
            "undoes": change.undoes,
        }


class EditYear(EditPage):
    """``@@edit-calendar?year=2027``: days off and worked weekend days of a year."""

    template = ViewPageTemplateFile("templates/edit-calendar.pt")
    view = "edit-calendar"
    names = (
        "off",
        "work",
        "number_of",
        "title_of",
        "issued",
        "source",
        "status",
        "note",
        "further",
    )
    takes_file = True

    @cached_property
    def year(self) -> int:
        """The year; the next one if none is named."""
        raw = self._value("year")
        found = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) == 4 else 0
        return found if FIRST_YEAR <= found <= LAST_YEAR else today().year + 1

    @property
    def title(self) -> str:
        """The year in the title."""
        return self.t(
            _(
                "calendar_edit_title",
                default="Edit the calendar of ${year}",
                mapping={"year": str(self.year)},
            )
        )

    @cached_property
    def table(self) -> Table:
        """The year as it is."""
        return self.calendar.by_year.get(self.year) or Table(self.year)

    def beginning(self) -> dict[str, str]:
        """The year as it is; of one without a notice the statutory festivals."""
        if self.table.off:
            return self._fields(self.table)
        found = calendaredit.year_of(self.calendar, self.year)
        lines = [
            f"{day.day.isoformat()} {festival_title(day.name)}"
            for day in found
            if day.kind == "festival"
        ]
        return {**self._fields(self.table), "off": "\n".join(lines)}

    def _fields(self, table: Table) -> dict[str, str]:
        notice = table.notices[0] if table.notices else Notice("")
        return {
            "off": calendartext.write_spans(table.off),
            "work": calendartext.write_spans(table.work),
            "number_of": notice.number,
            "title_of": notice.title,
            "issued": notice.issued.isoformat() if notice.issued else "",
            "source": notice.source,
            "status": table.status.value,
            "note": table.note,
            "further": _rows_of(table) if table.notices[1:] else "",
        }

    def wished(self) -> Calendar:
        """The calendar with this year as it was typed."""
        typed = {name: text.strip() for name, text in self.typed.items()}
        issued = None
        if typed["issued"]:
            try:
                issued = datetime.date.fromisoformat(typed["issued"])
            except ValueError:
                said = calendartext.problem("calendar_date", value=typed["issued"])
                self.found.append(Finding("issued", said))
        first = Notice(typed["title_of"], typed["number_of"], issued, typed["source"])
        notices = [first, *self._further()]
        if notices == [Notice("")]:
            notices = []
        status = Status.OFFICIAL
        if typed["status"] == Status.PROVISIONAL:
            status = Status.PROVISIONAL
        table, found = calendaredit.typed_table(
            self.year,
            self.typed["off"],
            self.typed["work"],
            notices,
            status,
            typed["note"],
        )
        self.found += found
        return self.calendar.with_table(table)

    def change(self, wished: Calendar) -> Change | None:
        """Enter the year."""
        return changing.change_year(
            self.context, self.year, wished.by_year[self.year], self.number
        )

    def shown_year(self) -> int:
        """This year."""
        return self.year

    def action(self) -> str:
        """Address of the form."""
        return f"{self.portal_url}/@@edit-calendar?year={self.year}"

    def _read(self) -> None:
        """Fill the form from a file; nothing is changed by it."""
        self._take()
        upload = self.request.form.get("file")
        name = getattr(upload, "filename", "") or ""
        if not name:
            self.errors["file"] = [self.t(_("Choose a file."))]
            return
        data = upload.read(calendartext.LARGEST + 1)
        try:
            read = calendartext.read_file(name, data)
        except FileRefused as refusal:
            self.errors["file"] = [one.text(self.words) for one in refusal.findings]
            return
        if read.table is None:
            self.typed = {**self.typed, "off": read.off, "work": read.work}
        elif read.table.year != self.year:
            said = _(
                "calendar_other_year",
                default="The file is about ${year}: open that year, choose it there.",
                mapping={"year": str(read.table.year)},
            )
            self.errors["file"] = [self.t(said)]
            return
        else:
            self.typed = self._fields(read.table)
        self._look()

    def statuses(self) -> list[dict[str, Any]]:
        """Official or provisional."""
        return [
            {
                "value": status.value,
                "title": clockwords.mark(status, self.words),
                "checked": "checked" if self.typed["status"] == status.value else None,
            }
            for status in (Status.OFFICIAL, Status.PROVISIONAL)
        ]

    def _further(self) -> tuple[Notice, ...]:
        """Further notices of the year, which travel with the form."""
        text = self.typed["further"]
        if not text:
            return ()
        try:
            return table_from({"year": self.year, "notices": json.loads(text)}).notices
        except (ValueError, CalendarRefused):
            # The form was tampered with.
            self.found.append(Finding("number", calendartext.problem("calendar_json")))
            return ()

    def further(self) -> list[str]:
        """The same in words; a line of days names its notice by its number."""
        return [
            f"[{number}] {one.title} {one.number}".strip()
            for number, one in enumerate(self._further(), 2)
        ]


def _rows_of(table: Table) -> str:
    """The notices of a table behind the first."""
    return json.dumps(table_as_dict(table)["notices"][1:], ensure_ascii=False)


class EditClosures(EditPage):
    """``@@edit-closures``: days on which the offices of this city are closed."""

    template = ViewPageTemplateFile("templates/edit-calendar.pt")
    title = _("Local closures")
    view = "edit-closures"
    names = ("closures",)

    def beginning(self) -> dict[str, str]:
        """The closures as they are."""
        return {"closures": calendartext.write_closures(self.calendar.closures)}

    def wished(self) -> Calendar:
        """The calendar with the closures that were typed."""
        closures, found = calendaredit.typed_closures(self.typed["closures"])
        self.found += found
        return self.calendar.with_closures(closures)

    def change(self, wished: Calendar) -> Change | None:
        """Replace them."""
        return changing.change_closures(self.context, wished.closures, self.number)

    def shown_year(self) -> int:
        """The year of the last one."""
        found = self.calendar.closures
        return found[-1].first.year if found else today().year

    def action(self) -> str:
        """Address of the form."""
        return f"{self.portal_url}/@@edit-closures"
