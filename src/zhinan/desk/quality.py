"""How good the guides are, as an inspection would see them."""

from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zhinan import _
from zhinan.guides import quality
from zhinan.guides import qualitylist
from zhinan.guides.nightly import KIND
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import NotStarted
from zhinan.pages.quality import QualityList
from zhinan.rules.requirements import Severity

import datetime


#: What the page of the job calls its numbers.
COUNTS = (
    _("count_errors", default="Errors"),
    _("count_warnings", default="Warnings"),
    _("count_links", default="Links asked"),
)


class QualityPage(QualityList):
    """``@@quality``: score per department and guide, the worst first, and the trend."""

    template = ViewPageTemplateFile("templates/quality.pt")
    error = ""

    def update(self) -> None:
        """Start the check when that was asked for."""
        self.allowed()
        self.total = len(self.guides)
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        try:
            job = jobs.start(KIND, key=KIND)
        except NotStarted as reason:
            self.error = self.t(reason.args[0])
            return
        page = f"{self.portal_url}/@@job?{urlencode({'id': job.id})}"
        self.request.response.redirect(page, status=303)

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@quality"

    def file_url(self) -> str:
        """Address of the file with the same guides."""
        query = urlencode({"department": self.chosen}) if self.chosen else ""
        return f"{self.portal_url}/@@quality-xlsx?{query}".rstrip("?")

    @property
    def may_check(self) -> bool:
        """Whether the person may have the check done now."""
        return qualitylist.may_check()

    def last(self) -> str:
        """The day of the last check, in words; empty before the first."""
        run = quality.peek().run
        return self.date(run.day) if run else ""

    def whole(self) -> Any:
        """The figures of the whole site, if the person reads of all departments."""
        return None if self.chosen else qualitylist.whole()

    def departments(self) -> list[dict[str, Any]]:
        """The departments, the worst first."""
        return [
            {
                "title": one.title,
                "url": self.link(department=one.code, start=0),
                "current": "true" if one.code == self.chosen else None,
                "guides": one.row.guides,
                "score": f"{one.row.score:g}",
                "change": self.change(one.row.score, one.before),
                "errors": one.row.errors,
                "failing": one.row.failing,
            }
            for one in qualitylist.departments()
        ]

    def change(self, score: float, before: Any) -> str:
        """How the score differs from the check before."""
        if before is None:
            return ""
        moved = round(score - before.score, 1)
        return f"{moved:+g}" if moved else "±0"

    def trend(self) -> list[dict[str, Any]]:
        """Day by day, the latest first."""
        return [
            {
                "day": self.date(datetime.date.fromisoformat(day)),
                "score": f"{row.score:g}",
                "guides": row.guides,
                "failing": row.failing,
                "errors": row.errors,
            }
            for day, row in qualitylist.trend(self.chosen)
        ]

    def rows(self) -> list[dict[str, Any]]:
        """The guides of this page of the list."""
        found = []
        for guide in self.guides[self.start : self.start + self.page_size]:
            findings = guide.result.findings
            found.append(
                {
                    "title": guide.title,
                    "url": guide.url,
                    "department": qualitylist.title_of(guide.department),
                    "score": f"{guide.result.score:g}",
                    "errors": guide.result.errors,
                    "warnings": guide.result.warnings,
                    "since": self.date(guide.result.since),
                    "findings": [
                        self.words(guide, one)
                        for one in findings
                        if one.severity != Severity.HINT
                    ],
                }
            )
        return found

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
