"""Two versions of one object, compared element by element in plain words."""

from plone import api
from plone.dexterity.interfaces import IDexterityFTI
from plone.namedfile.interfaces import INamedField
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.confidentiality import may_read
from zhinan.forms.readable import difference
from zhinan.forms.readable import lines
from zhinan.forms.readable import own_fields
from zhinan.pages.layout import PublicPage
from zope.component import getUtility

import datetime


CURRENT = "current"


class ComparePage(PublicPage):
    """``@@history?one=..&two=..``: what changed between two versions.

    The stock comparison cannot read rows (it prints Python); this one says them with
    the titles of their columns.
    """

    template = ViewPageTemplateFile("templates/compare.pt")

    @property
    def title(self) -> str:
        """What is compared."""
        return self.t(
            _(
                "comparison_of",
                default="Comparison: ${title}",
                mapping={"title": self.context.title},
            )
        )

    def update(self) -> None:
        """Read the two versions; 404 if there is no such version."""
        one = self._version(self.request.form.get("one", CURRENT))
        two = self._version(self.request.form.get("two", CURRENT))
        # The older one stands first, whichever way round they were asked for.
        self.old, self.new = sorted((one, two), key=lambda row: row["order"])

    def _version(self, wanted: Any) -> dict[str, Any]:
        repository = api.portal.get_tool("portal_repository")
        if wanted == CURRENT:
            return {
                "order": float("inf"),
                "object": self.context,
                "label": self.t(_("current version")),
                "note": "",
            }
        if not (isinstance(wanted, str) and wanted.isdecimal()):
            raise NotFound(f"version {wanted}")
        history = repository.getHistoryMetadata(self.context)
        if not history or int(wanted) >= history.getLength(countPurged=False):
            raise NotFound(f"version {wanted}")
        data = repository.retrieve(self.context, int(wanted))
        system = data.sys_metadata
        moment = datetime.datetime.fromtimestamp(system["timestamp"], CITY_TIME)
        return {
            "order": int(wanted),
            "object": data.object,
            "label": self.t(
                _(
                    "version_label",
                    default="version ${number} of ${date}, ${time}, by ${person}",
                    mapping={
                        "number": str(int(wanted) + 1),
                        "date": self.date(moment.date()),
                        "time": moment.strftime("%H:%M"),
                        "person": self._person(system.get("principal") or ""),
                    },
                )
            ),
            "note": system.get("comment") or "",
        }

    @staticmethod
    def _person(name: str) -> str:
        user = api.user.get(username=name) if name else None
        return (user.getProperty("fullname") if user else "") or name

    def changes(self) -> list[dict[str, Any]]:
        """The elements that differ, each with its changed lines."""
        fti = getUtility(IDexterityFTI, name=self.context.portal_type)
        found = []
        for name, field in own_fields(fti.lookupSchema()):
            if INamedField.providedBy(field) and not may_read(self.context, name):
                continue
            old, new = (
                lines(
                    field, getattr(version["object"], name, None), self.context, self.t
                )
                for version in (self.old, self.new)
            )
            if old != new:
                found.append(
                    {"title": self.t(field.title), "rows": difference(old, new)}
                )
        return found
