"""The pages of the staff: where a person who is logged in has something to do."""

from dataclasses import dataclass
from plone import api
from zhinan import _
from zhinan.departments import absences
from zhinan.departments import functions
from zhinan.departments.functions import is_staff
from zhinan.feedback.access import concerned
from zhinan.guides.citations import has_tasks
from zhinan.publishing import reviews
from zhinan.registers import authorisations
from zope.i18nmessageid import Message


@dataclass(frozen=True)
class Workplace:
    """One page of the staff."""

    #: name of the site's view
    view: str
    title: Message
    help: Message


def _may(permission: str) -> bool:
    return bool(api.user.has_permission(permission, obj=api.portal.get()))


#: The pages in their order, each with what tells whether a person may use it.
_WORKPLACES = (
    (
        Workplace(
            "tasks",
            _("Guides to mend"),
            _("Guides that cite a law or document which is not in force."),
        ),
        has_tasks,
    ),
    (
        Workplace(
            "quality",
            _("Quality of the guides"),
            _("Score of each department and guide by the nightly check, and why."),
        ),
        has_tasks,
    ),
    (
        Workplace(
            "reviews",
            _("Reviews due"),
            _("Guides to look at again: confirm that they are right, or postpone."),
        ),
        reviews.concerned,
    ),
    (
        Workplace(
            "mendings",
            _("Bulk mending"),
            _("Change a number or an address once and everywhere it is used."),
        ),
        reviews.concerned,
    ),
    (
        Workplace(
            "enquiries",
            _("Enquiries"),
            _("Questions that people sent to your department."),
        ),
        concerned,
    ),
    (
        Workplace(
            "catalogue-check",
            _("Catalogue check"),
            _("Where the catalogue of matters and the guides do not agree."),
        ),
        authorisations.may_read,
    ),
    (
        Workplace(
            "seals",
            _("Seals"),
            _("Approval seals and authorisations, and what is valid today."),
        ),
        authorisations.may_read,
    ),
    (
        Workplace(
            "channels",
            _("Hall and province"),
            _("Which revision of each guide the hall and the province have."),
        ),
        lambda: _may("Zhinan: View channels"),
    ),
    (
        Workplace(
            "import",
            _("Import"),
            _("Matters and registers from a spreadsheet or another portal."),
        ),
        lambda: _may("Zhinan: Import content"),
    ),
    (
        Workplace(
            "export",
            _("Export"),
            _("Guides as spreadsheet, as data, or for the national tables."),
        ),
        lambda: _may("Zhinan: Run jobs"),
    ),
    (
        Workplace(
            "hand-over",
            _("Hand-over of departments"),
            _("Merge, split or rename departments with everything that is theirs."),
        ),
        lambda: _may("Zhinan: Hand over departments"),
    ),
    (
        Workplace(
            "absences",
            _("Absences and substitutes"),
            _("When you or your people are away, and who stands in."),
        ),
        lambda: bool(functions.departments_of()) or absences.is_keeper(),
    ),
    (
        Workplace(
            "notices",
            _("Supervision notices"),
            _("What supervision asks of departments, by when, and the replies."),
        ),
        is_staff,
    ),
    (
        Workplace(
            "calendar",
            _("Calendar of working days"),
            _("Days off and make-up days of each year, and local closures."),
        ),
        lambda: _may("Zhinan: Keep the calendar"),
    ),
    (
        Workplace(
            "trail",
            _("Trail"),
            _("Everything that was done, by period, department, person and act."),
        ),
        lambda: _may("Zhinan: Read the trail"),
    ),
    (
        Workplace("jobs", _("Jobs"), _("Progress and results of long work.")),
        lambda: _may("Zhinan: Run jobs"),
    ),
    (
        Workplace(
            "requirement-settings",
            _("Requirements on guides"),
            _("What is asked of guides, what it weighs, and the nightly check."),
        ),
        lambda: _may("Zhinan: Keep the site"),
    ),
    (
        Workplace(
            "signin-settings",
            _("Login and security"),
            _("Waits, passwords, sessions, second factor, and locks to lift."),
        ),
        lambda: _may("Zhinan: Keep the site"),
    ),
    (
        Workplace(
            "publishing-settings",
            _("Publishing and review"),
            _("Months between reviews, reminders and postponements."),
        ),
        lambda: _may("Zhinan: Keep the site"),
    ),
    (
        Workplace(
            "health",
            _("Health of the site"),
            _("Last backup, disk, long work, and what is to be done."),
        ),
        lambda: _may("Zhinan: Keep the site"),
    ),
)


def workplaces() -> list[Workplace]:
    """The pages that the person who is logged in may use; none for the public."""
    if api.user.is_anonymous():
        return []
    return [place for place, allowed in _WORKPLACES if allowed()]
