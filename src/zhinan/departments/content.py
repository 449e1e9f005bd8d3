"""The department as content."""

from collections.abc import Iterator
from collections.abc import Mapping
from collective.z3cform.datagridfield.datagridfield import DataGridFieldFactory
from collective.z3cform.datagridfield.row import DictRow
from plone import api
from plone.app.content.interfaces import INameFromTitle
from plone.autoform import directives
from plone.dexterity.content import Container
from plone.supermodel import model
from plone.uuid.interfaces import IUUID
from typing import Any
from z3c.form.browser.textlines import TextLinesFieldWidget
from zhinan import _
from zhinan.departments import aliases
from zhinan.forms import validation
from zhinan.forms.fields import phone_constraint
from zhinan.rules.codes import credit_code_problems
from zhinan.rules.codes import Problem
from zope import schema
from zope.component import adapter
from zope.interface import implementer
from zope.interface import Interface

import re


PORTAL_TYPE = "Department"
_CODE = re.compile(r"^[a-z][a-z0-9]{1,15}$")


class IPhoneRow(Interface):
    """One telephone of a department."""

    label = schema.TextLine(title=_("For what"), required=True)
    number = schema.TextLine(
        title=_("Telephone"), required=True, constraint=phone_constraint
    )


class IDepartment(model.Schema, validation.IChecked):
    """Department (部门): owns guides and reports."""

    title = schema.TextLine(
        title=_("Full name"), description=_("The name as on the seal."), max_length=100
    )
    short_name = schema.TextLine(
        title=_("Short name"), description=_("As people call it."), max_length=40
    )
    code = schema.TextLine(
        title=_("Department code"),
        description=_(
            "Two to sixteen small letters and digits, beginning with a letter. "
            "It stands in addresses and groups and is not changed later."
        ),
        max_length=16,
    )
    credit_code = schema.TextLine(
        title=_("Unified social credit code"),
        description=_("18 characters; the check characters are verified."),
    )
    description = schema.Text(title=_("In one sentence"), required=False)
    address = schema.TextLine(title=_("Address"), required=False)
    office_hours = schema.Text(title=_("Office hours"), required=False)
    directives.widget("phones", DataGridFieldFactory, auto_append=False)
    phones = schema.List(
        title=_("Telephones"),
        value_type=DictRow(title=_("Telephone"), schema=IPhoneRow),
        required=False,
    )
    directives.widget("duties", TextLinesFieldWidget)
    duties = schema.List(
        title=_("Duties"),
        description=_("One duty a line."),
        value_type=schema.TextLine(),
        required=False,
    )
    plan_reference = schema.TextLine(
        title=_("In the city's work plan"),
        description=_("Which tasks of the plan name this department."),
        required=False,
    )


class IDepartmental(Interface):
    """Content on which functions of departments count."""


@implementer(IDepartment, IDepartmental)
class Department(Container):
    """A department of the city."""


@implementer(INameFromTitle)
@adapter(IDepartment)
class NameFromCode:
    """The department's code is its address, so that exports stay meaningful."""

    def __init__(self, context: Department):
        self.title = context.code or context.title


def judge(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Credit code and department code."""
    credit_code = values.get("credit_code")
    if credit_code:
        yield from credit_code_problems(credit_code)
    code = values.get("code")
    if code and not _CODE.match(code):
        yield Problem("code", "department_code_form")
    elif code and _taken(context, code):
        yield Problem("code", "department_code_taken", (("code", code),))


def _taken(context: Any, code: str) -> bool:
    # A department that is just being added has no UID yet.
    own = IUUID(context, None) if IDepartment.providedBy(context) else None
    if aliases.is_old(code) and getattr(context, "code", None) != code:
        # Links and imports from outside still mean the department that had it.
        return True
    brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        portal_type=PORTAL_TYPE, department=code
    )
    return any(own != brain.UID for brain in brains)


MESSAGES = {
    "uscc_length": _(
        "uscc_length",
        default="A credit code has 18 characters, this one has ${length}.",
    ),
    "uscc_character": _(
        "uscc_character",
        default="“${character}” cannot stand in a credit code: it has digits and "
        "capital letters without I, O, S, V and Z.",
    ),
    "uscc_organisation": _(
        "uscc_organisation",
        default="The organisation code in places 9 to 17 (${part}) has a wrong check "
        "character. Compare it with the certificate.",
    ),
    "uscc_check": _(
        "uscc_check",
        default="The last character of the credit code does not fit the others. "
        "Compare it with the certificate.",
    ),
    "department_code_form": _(
        "department_code_form",
        default="Use 2 to 16 small letters and digits, beginning with a letter.",
    ),
    "department_code_taken": _(
        "department_code_taken",
        default="Another department has the code “${code}”. Choose another one.",
    ),
}

JUDGE = validation.Judge(judge, MESSAGES)
