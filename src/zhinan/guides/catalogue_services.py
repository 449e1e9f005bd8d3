"""REST for the staff: the check of the catalogue, and how a guide is authorised."""

from . import catalogue
from .files import today
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zhinan import _
from zhinan.departments import directory
from zhinan.registers import authorisations
from zhinan.rules.catalogue import Finding
from zhinan.rules.catalogue import KINDS
from zhinan.rules.catalogue import Matter
from zope.i18n import translate

import datetime


def _side(matter: Matter | None) -> dict[str, Any] | None:
    if matter is None:
        return None
    return {
        "@id": matter.url,
        "UID": matter.uid,
        "title": matter.title,
        "catalog_code": matter.code,
        "department": matter.department,
        "review_state": matter.state,
    }


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"limit": value[0], "unit": value[1]}
    return value


class CatalogueCheckGet(Service):
    """``GET @catalogue-check``, narrowed by ``kind`` and ``department``."""

    def reply(self) -> dict[str, Any]:
        """All findings of today with their numbers."""
        kind, department = (
            self.request.form.get(name, "") for name in ("kind", "department")
        )
        department = directory.resolve(department)
        if kind and kind not in KINDS:
            sentence = _(
                "finding_kinds",
                default="There is no such kind. The kinds are: ${kinds}",
                mapping={"kinds": ", ".join(KINDS)},
            )
            raise BadRequest(translate(sentence, context=self.request))
        found = catalogue.visible()
        chosen = [
            finding
            for finding in found
            if kind in ("", finding.kind) and department in ("", finding.department)
        ]
        return {
            "@id": f"{self.context.absolute_url()}/@catalogue-check",
            "items_total": len(chosen),
            "counts": {
                name: number
                for name in KINDS
                if (number := sum(f.kind == name for f in found))
            },
            "items": [self.item(finding) for finding in chosen],
        }

    def item(self, finding: Finding) -> dict[str, Any]:
        """One finding."""
        return {
            "kind": finding.kind,
            "title": translate(catalogue.TITLES[finding.kind], context=self.request),
            "department": finding.department,
            "entry": _side(finding.entry),
            "guide": _side(finding.guide),
            "catalogue_says": _value(finding.said),
            "guide_says": _value(finding.guide_says),
        }


class AuthorisationGet(Service):
    """``GET <guide>/@authorisation?day=..&window=..``: may a window handle it?"""

    def reply(self) -> dict[str, Any]:
        """Whether it may on that day (today), why, and by which authorisations."""
        guide = self.context
        day = self.day()
        window = self.request.form.get("window") or None
        found = authorisations.standing(
            guide.catalog_code or "", guide.department or "", day, window
        )
        return {
            "@id": f"{guide.absolute_url()}/@authorisation",
            "day": day.isoformat(),
            "valid": found.valid,
            "code": found.code,
            "reason": translate(found.reason, context=self.request),
            "authorisations": [
                {
                    "@id": paper.url,
                    "number": paper.number,
                    "title": paper.title,
                    "window": paper.window,
                    "holder": paper.holder,
                    "seal_number": paper.seal,
                    "valid_from": _day(paper.period.start),
                    "valid_until": _day(paper.period.until),
                    "revoked_on": _day(paper.period.revoked),
                }
                for paper in found.authorisations
            ],
        }

    def day(self) -> datetime.date:
        """The day asked for."""
        value = self.request.form.get("day")
        if not value:
            return today()
        try:
            return datetime.date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            sentence = _("Write the day like this: 2026-09-01.")
            raise BadRequest(translate(sentence, context=self.request)) from error


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
