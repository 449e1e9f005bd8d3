"""Who handles an enquiry: the handlers of its department, and nobody by accident."""

from plone import api
from zhinan.departments import aliases
from zhinan.departments import functions
from zhinan.departments.owned import IOwners
from zhinan.feedback.content import IEnquiry
from zhinan.rules.permissions import group_id
from zope.component import adapter
from zope.interface import implementer


PERMISSION = "Zhinan: Answer enquiries"


def concerned() -> bool:
    """Whether the person who is logged in has enquiries to handle."""
    if api.user.is_anonymous():
        return False
    if api.user.has_permission(PERMISSION, obj=api.portal.get()):
        return True
    return bool(functions.departments_of(None, "handler"))


def handlers(department: str) -> str:
    """Id of the group whose members handle what this department is asked."""
    return group_id(department, "handler")


@implementer(IOwners)
@adapter(IEnquiry)
class AskedDepartment:
    """An enquiry belongs to the department that it is with; it moves by its transition.

    After the department has changed, only the catalogue wants to be told
    (``reindexObjectSecurity``).
    """

    def __init__(self, context: IEnquiry):
        self.owner = aliases.resolve(context.department or "")
        self.shared = ()
