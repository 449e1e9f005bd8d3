"""The quality of guides as a file: one row a finding."""

from .catalogue import send
from .catalogue import workbook
from .lists import XLSX
from zhinan import _
from zhinan.guides import qualitylist
from zhinan.pages.quality import QualityList
from zhinan.registers.clock import today


class QualityXlsx(QualityList):
    """``@@quality-xlsx``: the guides as narrowed on the page, the worst first."""

    def __call__(self) -> bytes:
        """The workbook; its last line says that the weights are nobody's."""
        self.allowed()
        head = [
            self.t(title)
            for title in (
                _("Department"),
                _("Guide"),
                _("Score"),
                _("Severity"),
                _("Requirement"),
                _("What to mend"),
                _("Basis"),
                _("Certainty of the basis"),
                _("Where to mend it"),
                _("Since"),
            )
        ]
        rows = []
        for guide in self.guides:
            start = [
                qualitylist.title_of(guide.department),
                guide.title,
                f"{guide.result.score:g}",
            ]
            since = guide.result.since.isoformat()
            findings = guide.result.findings
            if not findings:
                rows.append([*start, *[""] * 5, guide.url, since])
            for one in findings:
                said = self.words(guide, one)
                rows.append(
                    [
                        *start,
                        said["severity_title"],
                        said["requirement"],
                        said["sentence"],
                        said["basis"],
                        said["mark"],
                        said["url"],
                        since,
                    ]
                )
        rows.append([self.t(self.unofficial), *[""] * (len(head) - 1)])
        name = self.t(self.title)
        data = workbook(name, head, rows)
        return send(self, data, XLSX, f"{name} {today().isoformat()}.xlsx")
