"""Seals and authorisations (审批专用章, 授权委托书) for the staff."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.departments.confidentiality import may_read
from zhinan.departments.fileviews import level_title
from zhinan.documents.names import file_kind
from zhinan.documents.names import human_size
from zhinan.forms import validation
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import ListPage
from zhinan.registers import authorisations
from zhinan.registers import directory
from zhinan.registers import listing
from zhinan.registers import seals
from zhinan.registers.clock import today
from zhinan.registers.entries import REGISTERS
from zhinan.registers.entries import TYPES
from zhinan.rules.authorisations import STANDINGS
from zhinan.rules.registers import registers
from zope.i18nmessageid import Message

import datetime


LIST = "seals"
#: The two registers of the page, the one that runs out more often first.
KINDS = ("authorisation", "approval_seal")
#: Standings that need somebody of the owner department.
NEEDED = frozenset({"expired", "expiring"})


class SealsPage(ListPage):
    """``@@seals``: which authorisations and seals hold today, and which run out."""

    template = ViewPageTemplateFile("templates/seals.pt")
    title = _("Seals and authorisations")
    page_size = 50

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@{LIST}"

    def params(self) -> dict[str, Any]:
        """Register, standing and department as they are."""
        return {
            "register": self.choice("register", KINDS),
            "standing": self.choice("standing", STANDINGS),
            "department": self.choice("department", departments.entries()),
        }

    @cached_property
    def kind(self) -> str:
        """The register shown."""
        return self.params()["register"] or KINDS[0]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All entries of the register that this person may see, with their standing."""
        found = []
        for entry in listing.visible(self.kind):
            standing = authorisations.how_it_stands(entry)
            found.append({"entry": entry, "standing": standing})
        order = {standing: number for number, standing in enumerate(STANDINGS)}
        return sorted(found, key=lambda row: (order[row["standing"]], self._end(row)))

    @staticmethod
    def _end(row: dict[str, Any]) -> datetime.date:
        return row["entry"].day("valid_until") or datetime.date.max

    def update(self) -> None:
        """Narrow and cut."""
        params = self.params()
        chosen = self._narrowed(params["standing"], params["department"])
        self.total = len(chosen)
        self.entries = [
            self._line(row) for row in chosen[self.start : self.start + self.page_size]
        ]

    def _narrowed(self, standing: str, department: str) -> list[dict[str, Any]]:
        return [
            row
            for row in self.rows
            if standing in ("", row["standing"])
            and department in ("", row["entry"].values.get("department"))
        ]

    def tabs(self) -> list[dict[str, Any]]:
        """The two registers."""
        return [
            {
                "url": self.link(register=name, standing="", start=0),
                "title": self.t(title_of(name)),
                "current": "true" if name == self.kind else None,
            }
            for name in KINDS
        ]

    def standings(self) -> list[dict[str, Any]]:
        """The ways to narrow by standing, with numbers."""
        params = self.params()
        rows = [("", self.t(_("All")))]
        rows += [(s, self.t(authorisations.TITLES[s])) for s in STANDINGS]
        found = []
        for standing, title in rows:
            number = len(self._narrowed(standing, params["department"]))
            if number or not standing:
                found.append(
                    {
                        "url": self.link(standing=standing, start=0),
                        "title": title,
                        "number": number,
                        "current": "true" if standing == params["standing"] else None,
                    }
                )
        return found

    def owners(self) -> list[dict[str, Any]]:
        """Departments that have something that has run out or runs out soon."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row["standing"] in NEEDED:
                code = row["entry"].values.get("department", "")
                counts[code] = counts.get(code, 0) + 1
        return [
            {
                "url": self.link(department=code, standing="", start=0),
                "title": entry.short_name,
                "number": counts[code],
            }
            for code, entry in departments.entries().items()
            if code in counts
        ]

    def chosen_department(self) -> dict[str, str] | None:
        """The department to which the list is narrowed."""
        owner = departments.get(self.params()["department"])
        if owner is None:
            return None
        return {"title": owner.short_name, "url": self.link(department="", start=0)}

    def days(self) -> int:
        """From how many days before the end on something is expiring."""
        return authorisations.expiring_days()

    def add_url(self) -> str:
        """Address of the form for a new entry; empty if the person may not."""
        folder = listing.folder_of(self.kind)
        may = folder is not None and api.user.has_permission(
            "Zhinan: Add Seal", obj=folder
        )
        type_name = TYPES[self.kind]
        return f"{folder.absolute_url()}/++add++{type_name}" if may else ""

    def _line(self, row: dict[str, Any]) -> dict[str, Any]:
        entry = row["entry"]
        owner = departments.get(entry.values.get("department"))
        number = entry.values.get("authorisation_number") or entry.values.get(
            "seal_number"
        )
        return {
            "url": entry.url,
            "title": entry.title,
            "number": number or "",
            "department": owner.short_name if owner else "",
            "window": entry.values.get("window", ""),
            "codes": len(entry.values.get("matter_codes", ())),
            "standing": row["standing"],
            "standing_title": self.t(authorisations.TITLES[row["standing"]]),
            "from": self.date(entry.day("valid_from")),
            "until": self.date(entry.day("valid_until")) or self.t(_("open")),
            "left": self._left(row),
        }

    def _left(self, row: dict[str, Any]) -> str:
        end = row["entry"].day("valid_until")
        if row["standing"] != "expiring" or end is None:
            return ""
        days = (end - today()).days
        if days <= 0:
            return self.t(_("today is the last day"))
        return self.t(
            _("days_left", default="${days} days left", mapping={"days": str(days)})
        )


def title_of(register: str) -> Message:
    """Name of a register."""
    return listing.message(f"register.{register}", registers()[register].title)


class PaperPage(PublicPage):
    """Base of a seal's and an authorisation's page: every element, and its file."""

    #: the element that is a file
    file_field = ""

    @property
    def title(self) -> str:
        """Name of the entry."""
        return self.context.title

    @cached_property
    def register(self) -> str:
        """Name of its register."""
        return REGISTERS[self.context.portal_type]

    @cached_property
    def entry(self) -> directory.Entry:
        """The entry as the catalogue knows it."""
        uid = self.context.UID()
        found = (e for e in directory.entries(self.register) if e.uid == uid)
        return next(found)

    def list_url(self) -> str:
        """Address of the list."""
        return f"{self.portal_url}/@@{LIST}?register={self.register}"

    @cached_property
    def standing(self) -> str:
        """How it stands today."""
        return authorisations.how_it_stands(self.entry)

    def standing_title(self) -> str:
        """The same in words."""
        return self.t(authorisations.TITLES[self.standing])

    def answers(self) -> list[dict[str, Any]]:
        """Every element that is filled but title and file, in order."""
        found = []
        register = registers()[self.register]
        for element in register.elements:
            if element.name == "title" or element.kind == "file":
                continue
            if element.kind == "date":
                text = self.date(self.entry.day(element.name))
            else:
                text = listing.words(
                    element, self.entry.values.get(element.name), self.t
                )
            if text:
                title = self.t(listing.heading(register, element.name))
                found.append({"name": element.name, "title": title, "value": text})
        return found

    def closed(self) -> str:
        """Who may have the file, where this person may not; empty without one."""
        if getattr(self.context, self.file_field, None) is None:
            return ""
        if may_read(self.context, self.file_field):
            return ""
        return self.t(level_title(self.context, self.file_field))

    def file(self) -> dict[str, Any] | None:
        """Its file; a picture is shown."""
        value = getattr(self.context, self.file_field, None)
        if value is None or not may_read(self.context, self.file_field):
            return None
        url = f"{self.context.absolute_url()}/@@download/{self.file_field}"
        return {
            "url": url,
            "title": value.filename or "",
            "kind": file_kind(value.filename or ""),
            "size": human_size(value.getSize()),
            "picture": value.contentType in {"image/png", "image/jpeg"},
        }


class AuthorisationPage(PaperPage):
    """One authorisation: what it covers, the paper, and what is wrong with it."""

    template = ViewPageTemplateFile("templates/authorisation.pt")
    file_field = "paper"

    def matters(self) -> list[dict[str, str]]:
        """The matters that it names, as far as the catalogue knows them."""
        known = {
            entry.values.get("catalog_code"): entry
            for entry in directory.entries("catalogue_entry")
        }
        return [
            {
                "code": code,
                "title": known[code].title if code in known else "",
                "url": known[code].url if code in known else "",
            }
            for code in self.context.matter_codes or ()
        ]

    def hints(self) -> list[str]:
        """What somebody should look at."""
        found = validation.hints_of(self.context)
        return [self.t(validation.sentence(problem)) for problem in found]

    def seal(self) -> dict[str, str] | None:
        """The seal that it names, and how that stands."""
        number = self.context.seal_number
        for entry in directory.entries("approval_seal"):
            if number and entry.values.get("seal_number") == number:
                standing = authorisations.how_it_stands(entry)
                return {
                    "url": entry.url,
                    "title": entry.title,
                    "standing": standing,
                    "standing_title": self.t(authorisations.TITLES[standing]),
                }
        return None


class SealPage(PaperPage):
    """One seal: its impression and the record of its uses."""

    template = ViewPageTemplateFile("templates/seal.pt")
    file_field = "impression"
    typed = ("day", "matter", "impressions", "note", "corrects")

    def update(self) -> None:
        """Write a use down when the form was sent.

        :raises Unauthorized: if the person may not.
        """
        self.errors: list[str] = []
        self.wrong: set[str] = set()
        self.values = dict.fromkeys(self.typed, "")
        self.values["day"] = today().isoformat()
        self.values["impressions"] = "1"
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        for name in self.typed:
            value = self.request.form.get(name, "")
            self.values[name] = value if isinstance(value, str) else ""
        try:
            seals.write(self.context, self.values)
        except seals.Refused as refused:
            self.errors = [self.t(sentence) for sentence in refused.sentences()]
            self.wrong = {problem.field for problem in refused.problems}
            return
        self.request.response.redirect(
            f"{self.context.absolute_url()}?done=use#uses", status=303
        )

    @cached_property
    def may_write(self) -> bool:
        """Whether this person may write a use down."""
        return seals.may_write(self.context)

    @cached_property
    def record(self) -> list[seals.Use]:
        """All entries, in the order in which they were written."""
        return seals.uses(self.context.UID())

    def total(self) -> int:
        """How many impressions were made."""
        return seals.impressions(self.record)

    def uses(self) -> list[dict[str, Any]]:
        """The entries as the page shows them, the newest first."""
        gone = seals.corrected(self.record)
        found = []
        for use in reversed(self.record):
            written = datetime.datetime.fromisoformat(use.written)
            day = datetime.date.fromisoformat(use.day)
            found.append(
                {
                    "use": use,
                    "day": self.date(day),
                    "written": f"{self.date(written.date())} {written:%H:%M}",
                    "replaced_by": gone.get(use.number, 0),
                    "outside": not self._holds(day),
                }
            )
        return found

    def _holds(self, day: datetime.date) -> bool:
        start, end = self.entry.day("valid_from"), self.entry.day("valid_until")
        return not ((start and day < start) or (end and day > end))

    def correctable(self) -> list[seals.Use]:
        """Entries that no other one corrects, the newest first."""
        gone = seals.corrected(self.record)
        return [use for use in reversed(self.record) if use.number not in gone]

    def authorisations(self) -> list[dict[str, str]]:
        """The authorisations under which it is used."""
        number = self.context.seal_number
        return [
            {
                "url": entry.url,
                "title": entry.title,
                "standing": authorisations.how_it_stands(entry),
                "standing_title": self.t(
                    authorisations.TITLES[authorisations.how_it_stands(entry)]
                ),
            }
            for entry in directory.entries("authorisation")
            if number and entry.values.get("seal_number") == number
        ]

    def message(self) -> str:
        """What became of the form."""
        done = self.request.form.get("done") == "use"
        return self.t(_("The use is written down.")) if done else ""

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
