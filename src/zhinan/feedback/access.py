"""Who handles an enquiry: the handlers of its department, and nobody by accident."""

from borg.localrole.interfaces import ILocalRoleProvider
from collections.abc import Iterator
from plone import api
from zhinan.departments import directory
from zhinan.feedback.content import IEnquiry
from zope.component import adapter
from zope.interface import implementer


HANDLER = "Handler"


PERMISSION = "Zhinan: Answer enquiries"


def concerned() -> bool:
    """Whether the person who is logged in has enquiries to handle."""
    if api.user.is_anonymous():
        return False
    if api.user.has_permission(PERMISSION, obj=api.portal.get()):
        return True
    groups = set(api.user.get_current().getUser().getGroups())
    return any(handlers(code) in groups for code in directory.entries())


def handlers(department: str) -> str:
    """Id of the group whose members handle what this department is asked."""
    return f"dept-{department}-handler"


@implementer(ILocalRoleProvider)
@adapter(IEnquiry)
class DepartmentHandlers:
    """Reads the role off the department, so that none has to be kept in step.

    After the department has changed, only the catalogue wants to be told
    (``reindexObjectSecurity``).
    """

    def __init__(self, context: IEnquiry):
        self.context = context

    def getRoles(self, principal_id: str) -> tuple[str, ...]:
        """The role of a person or group here."""
        return (HANDLER,) if principal_id == handlers(self.context.department) else ()

    def getAllRoles(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The one group that has a role here."""
        yield handlers(self.context.department), (HANDLER,)
