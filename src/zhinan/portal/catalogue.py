"""The matter catalogue (指导目录) for the public: a release, and what changed."""

from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import NotFound
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.pages.changes import ChangesPage
from zhinan.pages.lists import Facet
from zhinan.portal import tally
from zhinan.portal.narrowed import NarrowedList
from zhinan.portal.registers import RegisterPage
from zhinan.registers import authorisations
from zhinan.registers import listing
from zhinan.registers import releases
from zhinan.rules import releases as rules
from zhinan.rules.registers import fold
from zhinan.rules.registers import Register
from zhinan.rules.registers import registers
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse


#: The elements by which it is narrowed.
FILTERS = (
    "department",
    "matter_type",
    "exercise_levels",
    "service_targets",
    "visit_promise",
    "handling_type",
    "in_hall",
    "delegated",
)
YES_NO = {"1": True, "0": False}


def table() -> Register:
    """The register of the catalogue."""
    return registers()[rules.REGISTER]


@implementer(IPublishTraverse)
class CataloguePage(NarrowedList):
    """``/registers/catalogue-entry``: the release that counts today."""

    template = ViewPageTemplateFile("templates/catalogue.pt")
    cached = True
    page_size = 100
    filter_names = FILTERS

    @property
    def register(self) -> Register:
        """The register of the catalogue."""
        return table()

    def publishTraverse(self, request: Any, name: str) -> Any:
        """No further path."""
        raise NotFound(name)

    @cached_property
    def release(self) -> releases.Release | None:
        """The release shown; None if there is none yet."""
        return releases.latest()

    @property
    def title(self) -> Any:
        """Name of the register, or of an older release."""
        return message(f"register.{table().name}", table().title)

    @cached_property
    def all_entries(self) -> list[dict[str, Any]]:
        """Every entry of the release."""
        return self.release.entries() if self.release is not None else []

    def update(self) -> None:
        """Find, narrow, put sub-items under their parents, and cut."""
        wanted = fold(self.text)
        self.found = [
            entry
            for entry in self.all_entries
            if wanted in fold(entry.get("title"))
            or wanted in fold(entry.get("catalog_code"))
        ]
        chosen = [e for e in self.found if tally.fits(e, self.filters)]
        self.asked = bool(self.text or any(self.filters.values()))
        self.total = len(chosen)
        self.entries = chosen
        self.groups = self._groups(chosen)

    def values_of(self, name: str) -> list[tuple[str, str]]:
        """As of any register; a release keeps the departments of its time."""
        if name == "department":
            return [(c, e.short_name) for c, e in departments.with_past().items()]
        return super().values_of(name)

    def facets(self) -> list[dict[str, Any]]:
        """The values by which the list can be narrowed, with their counts."""
        found = []
        for name in FILTERS:
            others = {k: v for k, v in self.filters.items() if k != name}
            counts = tally.counts(
                (e for e in self.found if tally.fits(e, others)), name
            )
            rows = [
                Facet(
                    self.link(**{name: value, "start": 0}),
                    title,
                    counts[value],
                    self.filters[name] == value,
                )
                for value, title in self.values_of(name)
                if counts.get(value)
            ]
            clear = self.link(**{name: "", "start": 0}) if self.filters[name] else ""
            title = self.t(listing.heading(table(), name))
            found.append({"title": title, "rows": rows, "all_url": clear})
        return found

    # ------------------------------------------------------------------- lines

    @cached_property
    def guides(self) -> dict[tuple[str, str], str]:
        """Addresses of the guides that this person may see, by code and department."""
        return {
            (brain.catalog_code, brain.department): brain.getURL()
            for brain in self.catalog(portal_type="MatterGuide")
            if brain.catalog_code
        }

    def _groups(self, chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
        counts = tally.counts(chosen, "department")
        owners = departments.with_past()
        known = list(owners)
        codes = [c for c in known if c in counts] + sorted(set(counts) - set(known))
        lines = []
        for code in codes:
            own = [e for e in chosen if e.get("department") == code]
            lines += [(code, entry, sub) for entry, sub in tally.nested(own)]
        groups: list[dict[str, Any]] = []
        for code, entry, sub in lines[self.start : self.start + self.page_size]:
            if not groups or groups[-1]["code"] != code:
                owner = owners.get(code)
                groups.append(
                    {
                        "code": code,
                        "title": owner.title if owner else code,
                        "url": owner.url if owner else "",
                        "count": counts[code],
                        "lines": [],
                    }
                )
            groups[-1]["lines"].append(self.line(entry, sub))
        return groups

    def line(self, entry: dict[str, Any], sub: bool) -> dict[str, Any]:
        """One line of the catalogue."""
        code, owner = entry.get("catalog_code", ""), entry.get("department", "")
        join = self.t(_("list_separator", default=", "))
        targets = [
            self.t(code_title("service_target", value))
            for value in entry.get("service_targets", ())
        ]
        limits = [
            (
                self.t(title),
                self.limit(entry.get(f"{kind}_limit"), entry.get(f"{kind}_unit")),
            )
            for kind, title in _LIMITS.items()
        ]
        marks = [
            (name, self.t(title)) for name, title in _MARKS.items() if entry.get(name)
        ]
        return {
            "title": entry.get("title", ""),
            "code": code,
            "sub": sub,
            "url": self.guides.get((code, departments.resolve(owner)), ""),
            "type": self._code("matter_type", entry),
            "targets": join.join(targets),
            "limits": [limit for limit in limits if limit[1]],
            "handling": self._code("handling_type", entry),
            "visits": self._code("visit_promise", entry),
            "marks": marks,
            "cover": self._cover(entry),
        }

    def _code(self, name: str, entry: dict[str, Any]) -> str:
        value = entry.get(name)
        return self.t(code_title(table().element(name).list, value)) if value else ""

    @cached_property
    def _authorised(self) -> Any:
        return authorisations.authorised() if authorisations.may_read() else None

    def _cover(self, entry: dict[str, Any]) -> str:
        """For the staff: whether a window may handle it today."""
        if not entry.get("entrusted") or self.anonymous or self._authorised is None:
            return ""
        valid = self._authorised(
            entry.get("catalog_code", ""),
            departments.resolve(entry.get("department", "")),
        )
        return self.t(
            _("authorisation valid") if valid else _("no valid authorisation")
        )

    # -------------------------------------------------------------- statistics

    def statistics(self) -> list[dict[str, Any]]:
        """The numbers of the whole release."""
        return [
            {"name": name, "title": self.t(_NUMBERS[name]), "value": value}
            for name, value in tally.numbers(self.all_entries).items()
        ]

    def by_department(self) -> list[dict[str, Any]]:
        """The same numbers for each department."""
        counts = tally.counts(self.all_entries, "department")
        rows = []
        for code, entry in departments.with_past().items():
            if code in counts:
                own = [e for e in self.all_entries if e.get("department") == code]
                rows.append(
                    {"title": entry.short_name, "numbers": tally.numbers(own).values()}
                )
        return rows

    # ---------------------------------------------------------------- releases

    @property
    def current(self) -> bool:
        """Whether the release shown is the one that counts."""
        return True

    def head(self) -> dict[str, Any]:
        """What the release says of itself."""
        return described(self, self.release)

    def others(self) -> list[dict[str, Any]]:
        """All releases, the newest first."""
        return [described(self, release) for release in releases.releases()]

    def may_prepare(self) -> bool:
        """Whether this person may prepare the next release."""
        return not self.anonymous and releases.may_prepare()


class WorkingListPage(RegisterPage):
    """``@@working-list``: the entries as they are, from which a release is made."""

    title = _("Working list")

    def page_url(self) -> str:
        """Address of the list."""
        return f"{self.context.absolute_url()}/@@working-list"


class ReleasePage(CataloguePage):
    """``/registers/catalogue-entry/release/2``: a release at its address for good."""

    number = ""

    def publishTraverse(self, request: Any, name: str) -> Any:
        """The number of the release."""
        if self.number:
            raise NotFound(name)
        self.number = name
        return self

    @cached_property
    def release(self) -> releases.Release | None:
        """The release of this address; NotFound if there is none."""
        return numbered(self.number)

    @property
    def current(self) -> bool:
        """Whether it is the one that counts."""
        last = releases.latest()
        return last is not None and last.number == self.release.number

    @property
    def title(self) -> Any:
        """Number in the title, so that windows can be told apart."""
        return self.t(
            _(
                "release_title_number",
                default="${title}, release ${number}",
                mapping={
                    "title": self.t(super().title),
                    "number": str(self.release.number),
                },
            )
        )

    def page_url(self) -> str:
        """Address of the release."""
        return f"{self.context.absolute_url()}/release/{self.release.number}"


class ReleaseChangesPage(ChangesPage):
    """``/registers/catalogue-entry/changes?from=1&to=2``."""

    template = ViewPageTemplateFile("templates/release-changes.pt")
    cached = True
    entrance = "registers"
    title = _("What changed between two releases")

    def update(self) -> None:
        """Compare the two; without an address the last two."""
        self.all = releases.releases()
        self.old = self.new = self.changes = None
        if len(self.all) < 2:
            return
        self.old = self._asked("from", self.all[1])
        self.new = self._asked("to", self.all[0])
        self.changes = self.told(rules.changes(self.old.entries(), self.new.entries()))

    def _asked(self, name: str, default: releases.Release) -> releases.Release:
        value = self.request.form.get(name)
        return default if value is None else numbered(value)

    def options(self, chosen: releases.Release) -> list[dict[str, Any]]:
        """The releases to choose from."""
        return [
            {**described(self, release), "chosen": release.number == chosen.number}
            for release in self.all
        ]


def numbered(value: Any) -> releases.Release:
    """The release with this number; NotFound if there is none."""
    good = isinstance(value, str) and value.isascii() and value.isdecimal()
    found = releases.get(int(value)) if good and len(value) < 10 else None
    if found is None:
        raise NotFound(f"release {value}")
    return found


def described(page: Any, release: releases.Release) -> dict[str, Any]:
    """What a page says of a release, and where it is."""
    url = page.context.absolute_url()
    number = {"number": release.number}
    return {
        "number": release.number,
        "name": page.t(
            _(
                "release_number",
                default="Release ${number}",
                mapping={"number": str(release.number)},
            )
        ),
        "title": release.head.title,
        "date": page.date(release.day),
        "document_number": release.head.document_number,
        "note": release.head.note,
        "count": release.count,
        "sha256": release.sha256,
        "url": f"{url}/release/{release.number}",
        "changes": f"{url}/changes?"
        + urlencode({"from": release.number - 1, "to": release.number})
        if release.number > 1
        else "",
        "xlsx": f"{url}/@@release-xlsx?{urlencode(number)}",
        "json": f"{url}/@@release-json?{urlencode(number)}",
    }


_LIMITS = {"statutory": _("limit by law"), "promised": _("limit promised")}
_MARKS = {
    "in_hall": _("In the service hall"),
    "delegated": _("Received by communities"),
    "entrusted": _("Handled by the window"),
}
_NUMBERS = {
    "matters": _("Matters"),
    "sub_items": _("of which sub-items"),
    "none": _("No visit"),
    "once": _("At most one visit"),
    "instant": _("Decided at once"),
    "in_hall": _("In the service hall"),
    "delegated": _("Received by communities"),
}
