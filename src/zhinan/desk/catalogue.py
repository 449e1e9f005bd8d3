"""The catalogue for the staff: its check against the guides, and the next release."""

from functools import cached_property
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.guides import catalogue
from zhinan.pages.changes import ChangesPage
from zhinan.pages.findings import FindingsPage
from zhinan.pages.lists import Facet
from zhinan.registers import releases
from zhinan.registers.clock import today
from zhinan.rules import releases as rules
from zhinan.rules.catalogue import KINDS
from zope.i18nmessageid import Message


class CatalogueCheckPage(FindingsPage):
    """``@@catalogue-check``: where the catalogue and the guides do not agree."""

    template = ViewPageTemplateFile("templates/catalogue-check.pt")
    title = _("Check of the catalogue against the guides")
    page_size = 50

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@catalogue-check"

    def update(self) -> None:
        """Check, narrow and cut."""
        chosen = self.narrowed(**self.params())
        self.total = len(chosen)
        self.entries = [
            self.row(finding)
            for finding in chosen[self.start : self.start + self.page_size]
        ]

    def file_url(self) -> str:
        """Address of the same list as a file."""
        return self.link(start=0).replace("@@catalogue-check", "@@catalogue-check-xlsx")

    def facets(self) -> list[dict[str, Any]]:
        """Kinds and departments with their counts."""
        params = self.params()
        kinds: dict[str, int] = {}
        for finding in self.narrowed("", params["department"]):
            kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
        owners: dict[str, int] = {}
        for finding in self.narrowed(params["kind"], ""):
            owners[finding.department] = owners.get(finding.department, 0) + 1
        return [
            {
                "title": self.t(_("Finding")),
                "rows": [
                    Facet(
                        self.link(kind=kind, start=0),
                        self.t(catalogue.TITLES[kind]),
                        kinds[kind],
                        params["kind"] == kind,
                    )
                    for kind in KINDS
                    if kinds.get(kind)
                ],
                "all_url": self.link(kind="", start=0) if params["kind"] else "",
            },
            {
                "title": self.t(_("Department")),
                "rows": [
                    Facet(
                        self.link(department=code, start=0),
                        entry.short_name,
                        owners[code],
                        params["department"] == code,
                    )
                    for code, entry in directory.entries().items()
                    if owners.get(code)
                ],
                "all_url": self.link(department="", start=0)
                if params["department"]
                else "",
            },
        ]


class NewReleasePage(ChangesPage):
    """``<catalogue>/@@new-release``: what the next release would change."""

    template = ViewPageTemplateFile("templates/new-release.pt")
    title = _("The next release of the catalogue")
    fields = ("title", "date", "document_number", "note")

    def update(self) -> None:
        """Keep the draft or release, when a button was pressed.

        :raises Unauthorized: if the person may not prepare a release.
        """
        if not releases.may_prepare():
            raise Unauthorized(self.t(_("You may not prepare a release.")))
        self.error: Message | str = ""
        self.wrong = ""
        self.values = self._start()
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        self.values = {name: self._typed(name) for name in self.fields}
        if self._typed("step") == "release":
            self._release()
        else:
            releases.keep_draft(self.values)
            self._go(f"{self.context.absolute_url()}/@@new-release?done=draft")

    def _release(self) -> None:
        follows = self._typed("follows")
        try:
            made = releases.release(
                self.values,
                follows=int(follows) if follows.isdecimal() else -1,
                seen=self._typed("seen") or "-",
            )
        except releases.Refused as error:
            self.error, self.wrong = error.sentence, error.problem.field
            return
        self._go(f"{self.context.absolute_url()}/release/{made.number}")

    def _go(self, url: str) -> None:
        self.request.response.redirect(url, status=303)

    def _start(self) -> dict[str, str]:
        empty = dict.fromkeys(self.fields, "")
        return {**empty, "date": today().isoformat(), **releases.draft()}

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    @cached_property
    def latest(self) -> releases.Release | None:
        """The release that counts now."""
        return releases.latest()

    @cached_property
    def working(self) -> list[dict[str, Any]]:
        """The entries that would be released."""
        return releases.working()

    def preview(self) -> dict[str, Any]:
        """What it would change."""
        old = self.latest.entries() if self.latest else ()
        return self.told(rules.changes(old, self.working))

    def follows(self) -> int:
        """Number of the latest release; 0 if there is none."""
        return self.latest.number if self.latest else 0

    def seen(self) -> str:
        """Fingerprint of the entries shown."""
        return rules.fingerprint(self.working)

    def findings(self) -> int:
        """How many findings the check has now."""
        return len(catalogue.visible())

    def may_release(self) -> bool:
        """Whether this person may release."""
        return releases.may_release()

    def failure(self) -> str:
        """Why it could not be released."""
        return self.t(self.error)

    def message(self) -> str:
        """What became of the step before."""
        done = self.request.form.get("done") == "draft"
        return self.t(_("The draft is kept.")) if done else ""

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
