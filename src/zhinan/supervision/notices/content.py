"""The supervision notice (督办单) as content."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from plone import api
from plone.app.content.interfaces import INameFromTitle
from plone.autoform import directives
from plone.dexterity.content import Item
from plone.indexer import indexer
from plone.namedfile.field import NamedBlobFile
from plone.supermodel import model
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.departments import functions
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.departments.content import IDepartmental
from zhinan.departments.owned import forget_answers
from zhinan.departments.owned import IOwners
from zhinan.forms import validation
from zhinan.rules import notices as rules
from zhinan.rules.codes import Problem
from zhinan.trail.interfaces import ITrailFields
from zope import schema
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import implementer
from zope.lifecycleevent.interfaces import IObjectModifiedEvent
from zope.schema.interfaces import IList

import datetime


PORTAL_TYPE = "SupervisionNotice"
WORKFLOW = "zhinan_notice_workflow"
#: Id of the folder at the root.
FOLDER = "notices"
ISSUED, REPLIED, CLOSED, CANCELLED = "issued", "replied", "closed", "cancelled"
#: Longest question and reply, in characters.
LONGEST = 4000
#: Most files of one side, and the greatest size of one, in bytes.
MOST_FILES, LARGEST = 10, 20 * 1024 * 1024
_GRANTED = "_zhinan_granted"


class IFiles(IList):
    """A list of files."""


@implementer(IFiles)
class Files(schema.List):
    """Some files."""

    def __init__(self, **values: Any):
        values.setdefault("value_type", NamedBlobFile())
        super().__init__(**values)


class INotice(model.Schema, validation.IChecked):
    """Supervision notice (督办单)."""

    title = schema.TextLine(title=_("In short"), max_length=100)
    # Given when it is issued, and never again to another one.
    directives.write_permission(number="cmf.ManagePortal")
    number = schema.TextLine(title=_("Notice number"), required=False, max_length=40)
    about = schema.TextLine(
        title=_("What it is about"),
        description=_("Address or UID of what it is about."),
        max_length=500,
    )
    department = schema.Choice(
        title=_("To which department"), vocabulary="zhinan.departments"
    )
    question = schema.Text(title=_("Question"), max_length=LONGEST)
    due = schema.Date(title=_("Reply by"))
    inform = schema.List(
        title=_("Persons to inform"),
        description=_("Logins; they get the mails as well."),
        value_type=schema.TextLine(),
        required=False,
        max_length=20,
    )
    attachments = Files(title=_("Files"), required=False)
    # The reply comes by its transition alone, and what closes it, too.
    directives.write_permission(reply="cmf.ManagePortal")
    reply = schema.Text(title=_("Reply"), required=False)
    directives.write_permission(replied="cmf.ManagePortal")
    replied = schema.Datetime(title=_("Replied on"), required=False)
    directives.write_permission(replied_by="cmf.ManagePortal")
    replied_by = schema.TextLine(title=_("Replied by"), required=False)
    directives.write_permission(reply_files="cmf.ManagePortal")
    reply_files = Files(title=_("Files of the reply"), required=False)
    directives.write_permission(closing_note="cmf.ManagePortal")
    closing_note = schema.Text(title=_("Closing note"), required=False)


@implementer(INotice, IDepartmental)
class Notice(Item):
    """A notice; what it is about is kept by UID, title and address, also when gone."""

    #: what it is about and by when, as it was last kept: REST sets the fields before
    #: anything is checked
    about_uid = ""
    due_kept = None
    about_title = ""
    about_path = ""
    about_type = ""
    #: code of the department to which what it is about belonged
    about_department = ""


@implementer(IOwners)
@adapter(INotice)
class Addressee:
    """It belongs to the department that replies; the one it is about may read it."""

    def __init__(self, context: Any):
        self.owner = context.department or ""
        other = context.about_department or ""
        self.shared = (other,) if other and other != self.owner else ()


@implementer(INameFromTitle)
@adapter(INotice)
class NameFromNumber:
    """Its number is its address: ``2026-1``."""

    def __init__(self, context: Notice):
        found = rules.read_number(context.number or "")
        self.title = "-".join(map(str, found)) if found else context.title


# ------------------------------------------------------------- what it is about


@dataclass(frozen=True)
class Subject:
    """What a notice is about, as it is now."""

    uid: str
    title: str
    path: str
    type: str
    department: str


def subject_of(obj: Any) -> Subject:
    """What is kept of an object; no title where one tells of a person."""
    about = ITrailFields(obj, None)
    site = api.portal.get()
    path = "/".join(obj.getPhysicalPath()[len(site.getPhysicalPath()) :])
    return Subject(
        uid=IUUID(obj, None) or "",
        title=str(about.title if about is not None else obj.title or ""),
        path=path,
        type=str(obj.portal_type),
        department=str(about.department) if about is not None else "",
    )


def look_up(text: Any) -> Any:
    """The object that an address or a UID names and the person may see, or None."""
    if not isinstance(text, str) or not text.strip():
        return None
    site = api.portal.get()
    text = text.strip()
    catalog = api.portal.get_tool("portal_catalog")
    brains = catalog.unrestrictedSearchResults(UID=text)
    if not brains:
        root = "/".join(site.getPhysicalPath())
        path = text.removeprefix(site.absolute_url()).partition("/@@")[0]
        inside = path.partition("?")[0].removeprefix(root).strip("/")
        if not inside:
            return None
        brains = catalog.unrestrictedSearchResults(
            path={"query": f"{root}/{inside}", "depth": 0}
        )
    if not brains:
        return None
    obj = brains[0]._unrestrictedGetObject()
    return obj if api.user.has_permission("View", obj=obj) else None


# ------------------------------------------------------------------- the check


def judge(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """About something, to somebody, due on a day to come."""
    issued = INotice.providedBy(context) and bool(context.about_uid)
    about = values.get("about")
    if issued:
        if about != context.about_uid and _uid(about) != context.about_uid:
            yield Problem("about", "notice_about_fixed")
    elif about and look_up(about) is None:
        yield Problem("about", "notice_about_unknown")
    elif about and INotice.providedBy(look_up(about)):
        yield Problem("about", "notice_about_notice")
    due = values.get("due")
    changed = not issued or due != context.due_kept
    if isinstance(due, datetime.date) and changed and due < today():
        yield Problem("due", "notice_due_past")
    department = values.get("department") or ""
    subject = (
        context.about_department
        if issued
        else _department_of(look_up(about) if about else None)
    )
    for name in values.get("inform") or ():
        user = api.user.get(userid=name) or api.user.get(username=name)
        if user is None:
            yield Problem("inform", "notice_nobody", (("name", name),))
        elif not may_read(user, department, subject):
            yield Problem("inform", "notice_unseeing", (("name", name),))
    for name in ("attachments", "reply_files"):
        files = values.get(name) or ()
        if len(files) > MOST_FILES:
            yield Problem(name, "notice_files", (("most", str(MOST_FILES)),))
        for file in files:
            if file.getSize() > LARGEST:
                yield Problem(name, "notice_large", (("name", file.filename or ""),))


def _uid(about: Any) -> str:
    found = look_up(about)
    return (IUUID(found, None) or "") if found is not None else ""


def _department_of(obj: Any) -> str:
    return subject_of(obj).department if obj is not None else ""


def may_read(user: Any, *departments: str) -> bool:
    """Whether a person may read a notice of these departments."""
    groups = functions.groups_of(user)
    found = {code for code, _function in functions.held(groups)}
    return "supervision" in groups or bool(found & set(filter(None, departments)))


MESSAGES = {
    "notice_about_unknown": _(
        "notice_about_unknown",
        default="At this address there is nothing that you may see. Copy the address "
        "of the page.",
    ),
    "notice_about_notice": _(
        "notice_about_notice",
        default="A notice is not about a notice: reopen that one instead.",
    ),
    "notice_about_fixed": _(
        "notice_about_fixed",
        default="What an issued notice is about stays. Cancel it and issue another "
        "one.",
    ),
    "notice_due_past": _(
        "notice_due_past", default="This day is over. Choose today or a later day."
    ),
    "notice_nobody": _(
        "notice_nobody", default="There is no account “${name}”. Check the login."
    ),
    "notice_unseeing": _(
        "notice_unseeing",
        default="“${name}” may not read this notice: only members of the two "
        "departments and supervision do.",
    ),
    "notice_files": _(
        "notice_files", default="At most ${most} files. Put several into one archive."
    ),
    "notice_large": _(
        "notice_large", default="“${name}” is larger than 20 MB. Make it smaller."
    ),
}
JUDGE = validation.Judge(judge, MESSAGES)


# ------------------------------------------------------------------ catalogue


def issued_on(notice: Any) -> datetime.date:
    """The day of issue in the city."""
    return moment_of(notice.created()).date()


def moment_of(moment: Any) -> datetime.datetime:
    """A moment of the platform's in the city, whatever zone it was made in."""
    return datetime.datetime.fromtimestamp(moment.timeTime(), CITY_TIME)


@indexer(INotice)
def notice_row(obj: Notice) -> dict[str, Any]:
    """Metadata for lists."""
    return {
        "number": obj.number or "",
        "due": obj.due.isoformat() if obj.due else "",
        "issued": issued_on(obj).isoformat(),
        "about": obj.about,
        "about_title": obj.about_title,
        "about_type": obj.about_type,
        "about_department": obj.about_department,
        "inform": list(obj.inform or ()),
    }


@indexer(INotice)
def notice_about(obj: Notice) -> str:
    """UID of what it is about."""
    return obj.about or ""


@indexer(INotice)
def searchable_text(obj: Notice) -> str:
    """What staff look for; the catalogue shows it to those who may read it."""
    parts = (obj.number, obj.title, obj.about_title, obj.question, obj.reply)
    return "\n".join(filter(None, parts))


@adapter(INotice, IObjectModifiedEvent)
def modified(obj: Notice, event: Any) -> None:
    """To another department: who may see it is indexed anew."""
    if obj.about_uid:
        obj.about = obj.about_uid
    owners = (obj.department, obj.about_department)
    granted = getattr(obj, _GRANTED, None)
    remember(obj)
    if granted != owners:
        forget_answers(getRequest())
        obj.reindexObjectSecurity()
        obj.reindexObject(idxs=["owner_department", "department"])


def remember(obj: Notice) -> None:
    """Note whose rights are indexed, and what it is about and by when."""
    obj.about_uid, obj.due_kept = obj.about, obj.due
    setattr(obj, _GRANTED, (obj.department, obj.about_department))
