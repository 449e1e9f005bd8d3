"""A guide as the start of another one: a draft with its materials and forms."""

from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterator
from functools import cached_property
from plone import api
from plone.dexterity.utils import createContent
from plone.dexterity.utils import iterSchemata
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments.confidentiality import may_read
from zhinan.guides import units
from zhinan.guides import workingcopy
from zhinan.guides.content import IFormVersion
from zhinan.guides.content import IMatterGuide
from zhinan.guides.files import FILE_FIELDS
from zhinan.pages.layout import PublicPage
from zhinan.pages.staff import IStaffTools
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.rules.elements import elements
from zhinan.trail.watched import SKIPPED
from zope.container.interfaces import INameChooser
from zope.event import notify
from zope.i18nmessageid import Message
from zope.interface import implementer
from zope.lifecycleevent import ObjectCopiedEvent
from zope.schema import getFieldsInOrder


#: Codes that tell a guide from all others: a new one has its own, or none yet.
CODES = ("catalog_code", "implementation_code", "handling_code")
ADD = "Zhinan: Add Matter guide"
LONGEST_TITLE = 200


def departments() -> list[str]:
    """The departments for which this person may begin a guide."""
    if {"Manager", "Site Administrator"} & set(api.user.get_roles()):
        return list(directory.entries())
    own = functions.departments_of(None, "editor")
    return [code for code in directory.entries() if code in own]


def may_copy(obj: Any) -> bool:
    """Whether this person may begin a guide with this one."""
    if IWorkingCopy.providedBy(obj) or not IMatterGuide.providedBy(obj):
        return False
    folder = aq_parent(aq_inner(obj))
    return bool(
        not api.user.is_anonymous()
        and api.user.has_permission(ADD, obj=folder)
        and api.user.has_permission("Add portal content", obj=folder)
        and departments()
    )


def closed_files(guide: Any) -> Iterator[tuple[Any, str]]:
    """Each file inside a guide that this person may not read: its object and field."""
    own = [element.name for element in elements().guide if element.kind == "file"]
    forms = [part for part in _parts(guide) if IFormVersion.providedBy(part)]
    for obj, names in ((guide, own), *((form, FILE_FIELDS) for form in forms)):
        for name in names:
            if getattr(obj, name, None) is not None and not may_read(obj, name):
                yield obj, name


def _parts(obj: Any) -> Iterator[Any]:
    for child in getattr(obj, "objectValues", tuple)():
        yield child
        yield from _parts(child)


def _within(guide: Any, part: Any) -> tuple[str, ...]:
    """Where inside a guide a part lies."""
    return tuple(part.getPhysicalPath()[len(guide.getPhysicalPath()) :])


def copy(guide: Any, title: str, department: str) -> Any:
    """Make the draft; what this person may not view or read stays out.

    What is closed is left out before the new object has a place: each version of it is
    kept, and a first one is saved as it is added.
    """
    folder = aq_parent(aq_inner(guide))
    closed = {(_within(guide, obj), name) for obj, name in closed_files(guide)}
    changed: dict[str, Any] = dict.fromkeys(CODES)
    changed.update(title=title[:LONGEST_TITLE])
    changed.update(owner_department=department, co_owners=None)
    if guide.department not in departments():
        # A matter of another department is handled by the person's own.
        changed["department"] = department
    hidden = {
        _within(guide, part)
        for part in _parts(guide)
        if not api.user.has_permission("View", obj=part)
    }
    # Inside a draft nobody but the program makes what has a first version.
    with workingcopy.as_program(""):
        made = _blank(guide, (), closed)
        for name, value in changed.items():
            setattr(made, name, value)
        made = _put(guide, folder, INameChooser(folder).chooseName(None, made), made)
        _fill(guide, guide, made, closed, hidden)
    return made


def _blank(
    original: Any, path: tuple[str, ...], closed: set[tuple[tuple[str, ...], str]]
) -> Any:
    """An object of the same kind with the same values, without what is closed."""
    made = createContent(original.portal_type)
    # Loaded first: what an object holds is not in its dictionary before.
    aq_base(original)._p_activate()
    there = vars(aq_base(original))
    for schema in iterSchemata(original):
        for name, field in getFieldsInOrder(schema):
            copied = name in there and name not in SKIPPED and not field.readonly
            if copied and (path, name) not in closed:
                setattr(made, name, units.cloned(there[name]))
    return made


def _put(original: Any, container: Any, name: str, made: Any) -> Any:
    """Give it its place, as the copy of something."""
    made.id = name
    notify(ObjectCopiedEvent(made, original))
    made.addCreator()
    container._setObject(name, made)
    return container._getOb(name)


def _fill(
    guide: Any,
    original: Any,
    made: Any,
    closed: set[tuple[tuple[str, ...], str]],
    hidden: set[tuple[str, ...]],
) -> None:
    """Copy what lies in the original, as far as it is not hidden."""
    for child in units.parts(original):
        path = _within(guide, child)
        if path not in hidden:
            twin = _blank(child, path, closed)
            twin = _put(child, made, child.getId(), twin)
            _fill(guide, child, twin, closed, hidden)


class CopyPage(PublicPage):
    """``@@copy-as-start``: says what will be copied, and makes the draft."""

    template = ViewPageTemplateFile("templates/copy.pt")
    title = _("Copy as a start")

    def update(self) -> None:
        """Make it when the form was sent.

        :raises Unauthorized: if the person may not begin guides.
        """
        if not may_copy(self.context):
            raise Unauthorized(self.t(_("You may not begin guides.")))
        self.errors: dict[str, str] = {}
        self.values = {"title": self.suggested(), "department": self.first()}
        if self.request.method != "POST":
            return
        CheckAuthenticator(self.request)
        for name in self.values:
            value = self.request.form.get(name, "")
            text = " ".join(value.split()) if isinstance(value, str) else ""
            self.values[name] = text
        if not self.values["title"]:
            self.errors["title"] = self.t(_("Give the new guide a name."))
        if len(self.values["title"]) > LONGEST_TITLE:
            self.errors["title"] = self.t(
                _(
                    "title_too_long",
                    default="At most ${number} characters.",
                    mapping={"number": str(LONGEST_TITLE)},
                )
            )
        if self.values["department"] not in departments():
            self.errors["department"] = self.t(_("Choose one of your departments."))
        if self.errors:
            self.request.response.setStatus(422)
            return
        made = copy(self.context, self.values["title"], self.values["department"])
        self.request.response.redirect(f"{made.absolute_url()}/edit", status=303)

    def suggested(self) -> str:
        """The name that is offered."""
        sign = self.t(_("copy_of_title", default=" (copy)"))
        return f"{self.context.title[: LONGEST_TITLE - len(sign)]}{sign}"

    def first(self) -> str:
        """The department that is offered."""
        offered = departments()
        own = self.context.owner_department
        return own if own in offered else offered[0]

    def offered(self) -> list[dict[str, str]]:
        """The departments to choose from."""
        return [
            {"code": code, "title": directory.entries()[code].title}
            for code in departments()
        ]

    @cached_property
    def left_out(self) -> int:
        """How many files this person may not read."""
        return len(list(closed_files(self.context)))

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


@implementer(IStaffTools)
class Tools:
    """The way to the copy, in the bar of the staff."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """For who may begin guides."""
        if may_copy(context):
            url = f"{context.absolute_url()}/@@copy-as-start"
            yield url, _("Copy as a start")

    def notes(self, context: Any) -> tuple[()]:
        """None."""
        return ()


TOOLS = Tools()
