"""Home page, listings and search; everything comes from the catalogue."""

from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments.confidentiality import may_read
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.pages.layout import PublicPage
from zhinan.pages.lists import DEPARTMENT
from zhinan.pages.lists import Facet
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zhinan.pages.lists import POLICY
from zhinan.registers.entries import TYPES as REGISTER_TYPES
from zhinan.rules.bases import law_key
from zhinan.rules.elements import code_lists
from zhinan.rules.registers import registers
from zhinan.search.splitter import fold
from zhinan.search.splitter import query
from zhinan.search.splitter import runs
from zope.i18nmessageid import Message


#: Hits that the search looks at before it groups forms under their guides.
SEARCH_LIMIT = 600
GUIDE, MATERIAL, FORM = "MatterGuide", "Material", "FormVersion"
TYPES = {
    GUIDE: _("Service guides"),
    POLICY: _("Policy documents"),
    DEPARTMENT: _("Departments"),
}
#: Entries of the registers that the public reads, by content type.
ENTRIES = {
    portal_type: message(f"register.{name}", registers()[name].title)
    for name, portal_type in REGISTER_TYPES.items()
    if registers()[name].public
}
FOUND = {**TYPES, **ENTRIES}
#: Entries of registers that the search looks at: they never push a guide out.
ENTRIES_LIMIT = 200


class HomePage(ListPage):
    """The first page: search, entrances, departments and themes."""

    template = ViewPageTemplateFile("templates/home.pt")
    cached = True
    body_class = "zn-home"

    @property
    def canonical(self) -> str:
        """Address of the site."""
        return self.portal_url

    def tagline(self) -> str:
        """One line below the name."""
        return self.wording("tagline")

    def counts(self) -> dict[str, dict[str, int]]:
        """Published guides by theme, target and department."""
        themes: dict[str, int] = {}
        targets: dict[str, int] = {}
        owners: dict[str, int] = {}
        index = self.catalog._catalog.getIndex
        for brain in self.catalog(portal_type=GUIDE):
            rid = brain.getRID()
            for name, found in (("themes", themes), ("service_targets", targets)):
                for value in index(name).getEntryForObject(rid) or ():
                    found[value] = found.get(value, 0) + 1
            owners[brain.department] = owners.get(brain.department, 0) + 1
        return {"themes": themes, "targets": targets, "departments": owners}

    def groups(self) -> list[dict[str, Any]]:
        """The ways in: by theme, by whom it is for, by department."""
        counts = self.counts()
        groups = []
        for key, parameter, list_name, title in (
            ("themes", "theme", "theme", _("By theme")),
            ("targets", "target", "service_target", _("By whom it is for")),
        ):
            groups.append(
                {
                    "id": key,
                    "title": self.t(title),
                    "entries": [
                        {
                            "url": f"{self.portal_url}/guides?{parameter}={code.value}",
                            "title": self.t(code_title(list_name, code.value)),
                            "count": counts[key][code.value],
                        }
                        for code in code_lists()[list_name].codes
                        if counts[key].get(code.value)
                    ],
                }
            )
        groups.append(
            {
                "id": "departments",
                "title": self.t(_("By department")),
                "entries": [
                    {
                        "url": entry.url,
                        "title": entry.short_name,
                        "count": counts["departments"][code],
                    }
                    for code, entry in directory.entries().items()
                    if counts["departments"].get(code)
                ],
            }
        )
        return [group for group in groups if group["entries"]]


class GuidesPage(ListPage):
    """All guides, narrowed by department, theme and whom they are for."""

    template = ViewPageTemplateFile("templates/guides.pt")
    cached = True
    entrance = "guides"
    title = _("Service guides")

    def params(self) -> dict[str, Any]:
        """Department, theme and target as they are."""
        lists = code_lists()
        return {
            "department": self.choice("department", directory.entries()),
            "theme": self.choice(
                "theme", {code.value for code in lists["theme"].codes}
            ),
            "target": self.choice(
                "target", {code.value for code in lists["service_target"].codes}
            ),
        }

    def filters(self) -> dict[str, Any]:
        """The catalogue query of the parameters."""
        params = self.params()
        found = {
            "department": params["department"],
            "themes": params["theme"],
            "service_targets": params["target"],
        }
        return {key: value for key, value in found.items() if value}

    def update(self) -> None:
        """Ask the catalogue once for this page of the list."""
        brains = self.catalog(
            portal_type=GUIDE, sort_on="sortable_title", **self.filters()
        )
        self.total = len(brains)
        self.entries = [
            self.guide_entry(b) for b in brains[self.start : self.start + PAGE_SIZE]
        ]

    def facets(self) -> list[dict[str, Any]]:
        """The values by which the list can be narrowed, with their counts."""
        params = self.params()
        index = self.catalog._catalog.getIndex
        groups = []
        for name, parameter, title in (
            ("themes", "theme", _("Theme")),
            ("service_targets", "target", _("For whom")),
            ("department", "department", _("Department")),
        ):
            others = {k: v for k, v in self.filters().items() if k != name}
            counts: dict[str, int] = {}
            for brain in self.catalog(portal_type=GUIDE, **others):
                entry = index(name).getEntryForObject(brain.getRID())
                values = [entry] if isinstance(entry, str) else entry or ()
                for value in values:
                    counts[value] = counts.get(value, 0) + 1
            rows = [
                Facet(
                    self.link(**{parameter: value, "start": 0}),
                    label,
                    counts[value],
                    params[parameter] == value,
                )
                for value, label in self._labels(parameter)
                if counts.get(value)
            ]
            groups.append(
                {
                    "title": self.t(title),
                    "rows": rows,
                    "all_url": self.link(**{parameter: "", "start": 0})
                    if params[parameter]
                    else "",
                }
            )
        return groups

    def _labels(self, parameter: str) -> list[tuple[str, str]]:
        if parameter == "department":
            return [(c, e.short_name) for c, e in directory.entries().items()]
        name = {"theme": "theme", "target": "service_target"}[parameter]
        return [
            (code.value, self.t(code_title(name, code.value)))
            for code in code_lists()[name].codes
        ]


class DepartmentsPage(ListPage):
    """All departments."""

    template = ViewPageTemplateFile("templates/entries.pt")
    cached = True
    entrance = "departments"
    title = _("Departments")
    empty = _("No department is online yet.")

    def update(self) -> None:
        """Ask the catalogue once."""
        counts: dict[str, int] = {}
        for brain in self.catalog(portal_type=GUIDE):
            counts[brain.department] = counts.get(brain.department, 0) + 1
        self.entries = []
        for brain in self.catalog(
            portal_type=DEPARTMENT, sort_on="getObjPositionInParent"
        ):
            entry = self.department_entry(brain)
            number = counts.get(brain.department, 0)
            entry["facts"] = [
                self.t(
                    _(
                        "guides_number",
                        default="${number} guide(s)",
                        mapping={"number": str(number)},
                    )
                )
            ]
            self.entries.append(entry)


class DepartmentPage(ListPage):
    """A department: what it does, where it is, and its guides."""

    template = ViewPageTemplateFile("templates/department.pt")
    cached = True
    entrance = "departments"

    @property
    def title(self) -> str:
        """Name of the department."""
        return self.context.title

    @property
    def page_description(self) -> str:
        """One sentence."""
        return self.context.description or ""

    def successor(self) -> dict[str, str] | None:
        """Into which department it was merged, and by which hand-over."""
        alias = aliases.get(self.context.code)
        entry = directory.get(self.context.code) if alias is not None else None
        if entry is None:
            return None
        return {"url": entry.url, "title": entry.title, "number": alias.number}

    def guides(self) -> list[dict[str, Any]]:
        """Its guides that this person may see."""
        brains = self.catalog(
            portal_type=GUIDE, department=self.context.code, sort_on="sortable_title"
        )
        return [self.guide_entry(brain) for brain in brains]


class PoliciesPage(ListPage):
    """All policy documents."""

    template = ViewPageTemplateFile("templates/entries.pt")
    cached = True
    entrance = "policies"
    title = _("Policy documents")
    empty = _("No policy document is online yet.")

    def update(self) -> None:
        """Ask the catalogue once."""
        self.entries = [
            self.policy_entry(brain)
            for brain in self.catalog(
                portal_type=POLICY, sort_on="getObjPositionInParent"
            )
        ]


class SearchPage(ListPage):
    """Full-text search; forms and samples that match lead to their guide."""

    template = ViewPageTemplateFile("templates/search.pt")

    @property
    def title(self) -> Message:
        """What the window says."""
        return _("Search")

    def page_url(self) -> str:
        """Address of the search page."""
        return f"{self.portal_url}/@@search"

    def params(self) -> dict[str, Any]:
        """Text, type and department as they are."""
        return {
            "SearchableText": self.query_text,
            "type": self.choice("type", FOUND),
            "department": self.choice("department", directory.entries()),
        }

    def update(self) -> None:
        """Find, group forms under their guides, narrow, rank and cut."""
        text = query(self.query_text)
        hits = self._grouped(text) if text else []
        self.asked = bool(self.query_text)
        params = self.params()
        self.type_counts = self._tally(hits, "type", params["department"], "")
        self.owner_counts = self._tally(hits, "department", "", params["type"])
        hits = [
            hit
            for hit in hits
            if params["type"] in ("", hit["brain"].portal_type)
            and params["department"] in ("", hit["brain"].department)
        ]
        self.total = len(hits)
        self.entries = []
        for hit in hits[self.start : self.start + PAGE_SIZE]:
            entry = self.entry(hit["brain"])
            entry["found_in"] = hit["found_in"][:3]
            entry["type"] = self.t(FOUND[hit["brain"].portal_type])
            self.entries.append(entry)

    def _tally(
        self, hits: list[dict], name: str, department: str, portal_type: str
    ) -> dict[str, int]:
        found: dict[str, int] = {}
        for hit in hits:
            brain = hit["brain"]
            if department and brain.department != department:
                continue
            if portal_type and brain.portal_type != portal_type:
                continue
            value = brain.portal_type if name == "type" else brain.department
            if isinstance(value, str):
                found[value] = found.get(value, 0) + 1
        return found

    def _grouped(self, text: str) -> list[dict[str, Any]]:
        """Hits in the order in which people should see them."""
        brains = self.catalog(
            SearchableText=text,
            portal_type=[*TYPES, MATERIAL, FORM],
            sort_limit=SEARCH_LIMIT,
        )[:SEARCH_LIMIT]
        wanted = [fold(run) for run in runs(self.query_text)]
        hits: dict[str, dict[str, Any]] = {}
        inside: dict[str, list[str]] = {}
        for position, brain in enumerate(brains):
            if brain.portal_type in {MATERIAL, FORM}:
                names = inside.setdefault((brain.row or {}).get("guide"), [])
                if brain.Title not in names:
                    names.append(brain.Title)
                continue
            title = fold(brain.Title)
            summary = fold(brain.Description or "")
            rank = 2
            if wanted and all(run in title for run in wanted):
                rank = 0
            elif wanted and all(run in summary for run in wanted):
                rank = 1
            key = (rank, brain.portal_type != GUIDE, position)
            hits[brain.UID] = {"brain": brain, "key": key, "found_in": []}
        missing = [uid for uid in inside if uid and uid not in hits]
        if missing:
            # By UID: for a path the catalogue would wake the object at its end.
            for brain in self.catalog(UID=missing, portal_type=GUIDE):
                hits[brain.UID] = {
                    "brain": brain,
                    "key": (3, False, len(brains)),
                    "found_in": [],
                }
        for uid, names in inside.items():
            if uid in hits:
                hits[uid]["found_in"] = names
        hits.update(self._in_registers(text))
        return sorted(hits.values(), key=lambda hit: hit["key"])

    def _in_registers(self, text: str) -> dict[str, dict[str, Any]]:
        """Entries of registers: one of this very name is first, the others are last.

        A law is also called by its name without the name of the state.
        """
        asked = law_key(self.query_text)
        wanted = [fold(run) for run in runs(self.query_text)]
        found = {}
        brains = self.catalog(
            SearchableText=text, portal_type=list(ENTRIES), sort_limit=ENTRIES_LIMIT
        )[:ENTRIES_LIMIT]
        for position, brain in enumerate(brains):
            names = [brain.Title, *(brain.row or {}).get("aliases", ())]
            title = fold(brain.Title)
            rank = 5
            if asked in map(law_key, names):
                rank = 0
            elif all(run in title for run in wanted):
                rank = 4
            found[brain.UID] = {
                "brain": brain,
                "key": (rank, True, position),
                "found_in": [],
            }
        return found

    def facets(self) -> list[dict[str, Any]]:
        """Types and departments with their counts."""
        params = self.params()
        types = [
            Facet(
                self.link(type=name, start=0),
                self.t(title),
                self.type_counts[name],
                params["type"] == name,
            )
            for name, title in FOUND.items()
            if self.type_counts.get(name)
        ]
        owners = [
            Facet(
                self.link(department=code, start=0),
                entry.short_name,
                self.owner_counts[code],
                params["department"] == code,
            )
            for code, entry in directory.entries().items()
            if self.owner_counts.get(code)
        ]
        return [
            {
                "title": self.t(_("Type")),
                "rows": types,
                "all_url": self.link(type="", start=0) if params["type"] else "",
            },
            {
                "title": self.t(_("Department")),
                "rows": owners,
                "all_url": self.link(department="", start=0)
                if params["department"]
                else "",
            },
        ]


class PolicyPage(PublicPage):
    """A policy document with its text and files."""

    template = ViewPageTemplateFile("templates/policy.pt")
    cached = True
    entrance = "policies"

    @property
    def title(self) -> str:
        """Title of the document."""
        return self.context.title

    @property
    def page_description(self) -> str:
        """One sentence."""
        return self.context.description or ""

    def facts(self) -> list[dict[str, str]]:
        """Number, body, date, effect."""
        policy = self.context
        rows = (
            (_("Document number"), policy.document_number or ""),
            (_("Issuing body"), policy.issuing_body or ""),
            (_("Date of issue"), self.date(policy.issued)),
            (
                _("Effect status"),
                self.t(code_title("effect_status", policy.effect_status)),
            ),
            (
                _("Replaces"),
                self.t(_("list_separator", default=", ")).join(policy.replaces or ()),
            ),
        )
        return [{"title": self.t(t), "value": v} for t, v in rows if v]

    def text(self) -> str:
        """The text as safe HTML."""
        return (
            self.context.text.output_relative_to(self.context)
            if self.context.text
            else ""
        )

    def files(self) -> list[dict[str, str]]:
        """Its files, from the catalogue; those that the person may have."""
        catalog = api.portal.get_tool("portal_catalog")
        brains = catalog(
            path={"query": "/".join(self.context.getPhysicalPath()), "depth": 1},
            portal_type="File",
            sort_on="getObjPositionInParent",
        )
        return [
            {
                "url": f"{brain.getURL()}/@@download/file",
                "title": brain.Title,
                "size": brain.getObjSize,
            }
            for brain in brains
            if brain.getId in self.context
            and may_read(self.context[brain.getId], "file")
        ]


class TextPage(PublicPage):
    """A plain page of the site, such as help or about."""

    template = ViewPageTemplateFile("templates/text.pt")
    cached = True

    @property
    def title(self) -> str:
        """Title of the page."""
        return self.context.title

    def text(self) -> str:
        """The text as safe HTML."""
        return (
            self.context.text.output_relative_to(self.context)
            if self.context.text
            else ""
        )
