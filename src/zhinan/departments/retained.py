"""What an older version does not bring back: who has rights on the content.

A version of Plone's history holds every attribute. Looking at an old version, or going
back to it, must not give it to the department that once owned it, past everybody who
asks who changed the owner, nor open a file that was shut since.
"""

from Acquisition import aq_base
from plone import api
from Products.CMFEditions.interfaces.IModifier import ISaveRetrieveModifier
from Products.CMFEditions.Modifiers import ConditionalTalesModifier
from typing import Any
from zope.interface import implementer


NAME = "zhinan.rights"
#: Attributes that stay as they are now.
RETAINED = (
    "owner_department",
    "co_owners",
    "_zhinan_granted",
    "confidentiality",
    "file_levels",
    "_zhinan_levels",
)


@implementer(ISaveRetrieveModifier)
class RetainRights:
    """Keeps the departments and the levels of the present object."""

    def beforeSaveModifier(self, obj: Any, clone: Any) -> tuple:
        """Nothing is left out of a version."""
        return {}, [], []

    def afterRetrieveModifier(
        self, obj: Any, repo_clone: Any, preserve: Any = ()
    ) -> tuple:
        """The version gets what holds now."""
        if obj is None:
            return [], [], {}
        now, then = vars(aq_base(obj)), vars(aq_base(repo_clone))
        for name in RETAINED:
            if name in now:
                setattr(aq_base(repo_clone), name, now[name])
            elif name in then:
                delattr(aq_base(repo_clone), name)
        return [], [], {}


def install() -> None:
    """Tell Plone's history of it."""
    tool = api.portal.get_tool("portal_modifier")
    if NAME not in tool.objectIds():
        modifier = ConditionalTalesModifier(
            NAME, RetainRights(), "Rights are those of today"
        )
        modifier.edit(True, "python: True")
        tool.register(NAME, modifier)


def uninstall() -> None:
    """Leave nothing of ours in Plone's tool."""
    tool = api.portal.get_tool("portal_modifier")
    if NAME in tool.objectIds():
        tool.unregister(NAME)
