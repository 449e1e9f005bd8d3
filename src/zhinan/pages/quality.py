"""The quality of guides, narrowed to a department: base of the page and of the file."""

from functools import cached_property
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.guides import qualitylist
from zhinan.guides import requirements as asked
from zhinan.guides.qualitylist import Guide
from zhinan.guides.requirementsettings import UNOFFICIAL
from zhinan.pages.lists import ListPage
from zhinan.rules.requirements import Finding


class QualityList(ListPage):
    """Departments and guides by their score, the worst first."""

    title = _("Quality of the guides")
    unofficial = UNOFFICIAL

    def allowed(self) -> None:
        """Refuse who belongs to no department.

        :raises Unauthorized: then.
        """
        if not qualitylist.may_read():
            raise Unauthorized(
                self.t(_("Quality is shown to the members of a department."))
            )

    @cached_property
    def chosen(self) -> str:
        """The department to which the list is narrowed."""
        found = self.choice("department", directory.entries())
        return found if found in qualitylist.codes() else ""

    def params(self) -> dict[str, Any]:
        """The department chosen."""
        return {"department": self.chosen}

    @cached_property
    def guides(self) -> list[Guide]:
        """The guides, the worst first."""
        return qualitylist.guides(self.chosen)

    def words(self, guide: Guide, one: Finding) -> dict[str, str]:
        """A finding in words, with the address of the field to mend."""
        return {
            "severity": one.severity.value,
            "severity_title": self.t(asked.severity_title(one.severity)),
            "requirement": self.t(asked.title(one.requirement)),
            "sentence": self.t(asked.sentence(one)),
            "basis": self.t(asked.basis(one.requirement)),
            "mark": self.t(asked.mark(one.requirement)),
            "url": asked.address(guide.url, one),
        }
