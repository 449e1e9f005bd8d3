"""The department that owns content, those it is shared with, and the roles they have.

The two fields give rights and are used for nothing else: what the public reads of a
matter's departments stands in elements of its own.
"""

from Acquisition import aq_base
from borg.localrole.interfaces import ILocalRoleProvider
from collections.abc import Iterator
from collections.abc import Mapping
from OFS.interfaces import IObjectWillBeAddedEvent
from plone import api
from plone.autoform import directives
from plone.autoform.interfaces import IFormFieldProvider
from plone.indexer import indexer
from plone.supermodel import model
from typing import Any
from z3c.form.browser.checkbox import CheckBoxFieldWidget
from z3c.form.interfaces import IEditForm
from z3c.form.widget import ComputedWidgetAttribute
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments import functions
from zhinan.departments.content import IDepartment
from zhinan.departments.content import IDepartmental
from zhinan.forms import validation
from zhinan.rules.codes import Problem
from zhinan.rules.permissions import CO
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import OWN
from zhinan.rules.permissions import parse_group
from zhinan.rules.permissions import words
from zope import schema
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface
from zope.interface import provider
from zope.lifecycleevent.interfaces import IObjectAddedEvent
from zope.lifecycleevent.interfaces import IObjectCopiedEvent
from zope.lifecycleevent.interfaces import IObjectModifiedEvent


#: Who may create content for any department.
_EVERYWHERE = {"Manager", "Site Administrator"}
#: Where the platform keeps for a request who may do what (borg.localrole).
_ANSWERS = "borg.localrole.workspace.checkLocalRolesAllowed"
#: What was last indexed of the owners; beside the fields, to see a change of them.
_GRANTED = "_zhinan_granted"


class IOwners(Interface):
    """Adapts an ``IDepartmental``: who owns it."""

    owner = Attribute("Code of the owner department, or an empty text")
    shared = Attribute("Codes of the departments that it is shared with")


def own_department() -> str | None:
    """The department of an editor who has one only."""
    found = functions.departments_of(None, "editor")
    return found.pop() if len(found) == 1 else None


@provider(IFormFieldProvider)
class IOwned(model.Schema, IDepartmental):
    """Which departments have rights on this content."""

    model.fieldset(
        "ownership", label=_("Rights"), fields=["owner_department", "co_owners"]
    )
    # Whoever adds content chooses. What is there changes hands on a page of its own.
    directives.omitted(IEditForm, "owner_department", "co_owners")
    # Who owns it is for the staff: what the public reads of departments stands in
    # elements of its own. Without this, REST gives both fields to everybody.
    directives.read_permission(
        owner_department="zhinan.ReadInternalRegisters",
        co_owners="zhinan.ReadInternalRegisters",
    )
    owner_department = schema.Choice(
        title=_("Department in charge"),
        description=_(
            "Its editors, reviewers and publishers work on this. It gives rights and "
            "is not shown to the public."
        ),
        vocabulary="zhinan.departments",
        required=False,
    )
    directives.widget("co_owners", CheckBoxFieldWidget)
    co_owners = schema.List(
        title=_("Shared with departments"),
        description=_("Their editors may work on the draft, too."),
        value_type=schema.Choice(vocabulary="zhinan.departments"),
        required=False,
    )


#: The form offers it. A default of the field itself would be given to whoever reads an
#: object that has none: rights for the reader.
OFFERED = ComputedWidgetAttribute(
    lambda _widget: own_department(), field=IOwned["owner_department"]
)


@implementer(IOwners)
@adapter(IOwned)
class Owners:
    """The fields of the behaviour."""

    def __init__(self, context: Any):
        # An older version that was taken back may name a department of that time.
        resolve = aliases.resolver()
        self.owner = resolve(getattr(context, "owner_department", None) or "")
        shared = [resolve(code) for code in getattr(context, "co_owners", None) or ()]
        self.shared = tuple(code for code in shared if code != self.owner)


@implementer(IOwners)
@adapter(IDepartment)
class DepartmentItself:
    """A department owns its own page."""

    def __init__(self, context: Any):
        self.owner = context.code or ""
        self.shared = ()


def owners(obj: Any) -> tuple[str, tuple[str, ...]]:
    """Owner and shared departments of an object; empty where functions do not count."""
    found = IOwners(obj, None)
    return (found.owner, found.shared) if found is not None else ("", ())


@implementer(ILocalRoleProvider)
@adapter(IDepartmental)
class DepartmentRoles:
    """One role for each function, read off the owners, whatever the state.

    What a role may do in a state stands in the workflow, which is written from the
    matrix. The platform keeps its answers for a request: a provider that looked at the
    state would give yesterday's answer within a transition.
    """

    def __init__(self, context: Any):
        self.owner, self.shared = owners(context)

    def getRoles(self, principal_id: str) -> tuple[str, ...]:
        """The role of a group here; people have none by themselves."""
        found = parse_group(principal_id)
        if found is None:
            return ()
        code, function = found
        if code == self.owner:
            return (words().functions[function].role_for(OWN),)
        if code in self.shared:
            return (words().functions[function].role_for(CO),)
        return ()

    def getAllRoles(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every group that has a role here."""
        for codes, whose in (((self.owner,), OWN), (self.shared, CO)):
            for code in filter(None, codes):
                for function in words().department_functions():
                    yield group_id(code, function.name), (function.role_for(whose),)


# ------------------------------------------------------------ keeping it in step


def take_over(obj: Any) -> bool:
    """Give content without an owner the department that its elements name.

    Imported content and that of older versions names only one; where none is named,
    it is that of the editor who adds it.
    """
    if not IOwned.providedBy(obj) or getattr(obj, "owner_department", None):
        return False
    named = getattr(obj, "department", None) or own_department()
    if not named:
        return False
    obj.owner_department = named
    return True


def remember(obj: Any) -> None:
    """Note whose rights are indexed, so that a change of them is seen."""
    if IOwned.providedBy(obj):
        setattr(obj, _GRANTED, owners(obj))


@adapter(IOwned, IObjectWillBeAddedEvent)
def owned_will_be_added(obj: Any, event: Any) -> None:
    """It is owned before anything asks who may do what with it."""
    if event.newParent is not None:
        take_over(obj)


@adapter(IOwned, IObjectCopiedEvent)
def owned_copied(obj: Any, event: Any) -> None:
    """A copy belongs to who makes it, where that is not the owner's editor.

    Else everybody who reads something published could leave drafts with another
    department.
    """
    if _EVERYWHERE & set(api.user.get_roles()):
        return
    if owners(obj)[0] not in functions.departments_of(None, "editor"):
        obj.owner_department = own_department()
        obj.co_owners = None


@adapter(IOwned, IObjectAddedEvent)
def owned_added(obj: Any, event: Any) -> None:
    """It is owned before it is indexed, also if its fields came late."""
    take_over(obj)
    remember(obj)


@adapter(IOwned, IObjectModifiedEvent)
def owned_modified(obj: Any, event: Any) -> None:
    """Another owner: exactly this subtree is indexed anew for who may see it."""
    take_over(obj)
    regrant(obj)


def regrant(obj: Any) -> None:
    """Tell the catalogue of other owners, if they are others."""
    now = owners(obj)
    if getattr(obj, _GRANTED, None) != now:
        remember(obj)
        forget_answers(getRequest())
        obj.reindexObjectSecurity()
        obj.reindexObject(idxs=["owner_department"])


def forget_answers(request: Any) -> None:
    """Drop what the platform has answered in this request; owners or groups changed."""
    kept = IAnnotations(request, None)
    for key in list(kept or ()):
        if key.startswith(_ANSWERS):
            del kept[key]


@indexer(IDepartmental)
def owner_department(obj: Any) -> list[str]:
    """The departments that have rights on it, the owner first."""
    owner, shared = owners(obj)
    return [code for code in (owner, *shared) if code]


# ------------------------------------------------------------------- the check


def judge(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """An editor creates for departments of his or her own.

    What is there already changes hands on a page of its own, whose preview says who
    loses what; REST sets the fields before it asks, so that what was granted is told
    from what stands there.
    """
    granted = getattr(aq_base(context), _GRANTED, None)
    if IOwned.providedBy(context) and granted is not None:
        owner, shared = granted
        if (values.get("owner_department", owner) or "") != owner:
            yield Problem("owner_department", "owner_elsewhere")
        if set(values.get("co_owners", shared) or ()) - {owner} != set(shared):
            yield Problem("co_owners", "owner_elsewhere")
        return
    if "owner_department" not in values:
        return
    owner = values.get("owner_department") or values.get("department")
    if _EVERYWHERE & set(api.user.get_roles()):
        return
    own = functions.departments_of(None, "editor")
    owner = owner or own_department()
    if not owner:
        yield Problem("owner_department", "owner_missing")
    elif owner not in own:
        yield Problem("owner_department", "owner_foreign")


MESSAGES = {
    "owner_missing": _(
        "owner_missing",
        default="Choose the department in charge: without one, nobody could work on "
        "it.",
    ),
    "owner_elsewhere": _(
        "owner_elsewhere",
        default="The department in charge and the shared departments are changed on "
        "the page “Change the department in charge” (@@change-owner, in REST @owner), "
        "not here.",
    ),
    "owner_foreign": _(
        "owner_foreign",
        default="You are an editor of another department. Choose one of your own, or "
        "ask an editor of that department.",
    ),
}


JUDGE = validation.Judge(judge, MESSAGES)
