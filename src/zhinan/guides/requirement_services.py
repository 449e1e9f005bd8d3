"""REST: what a guide lacks, and what is asked of guides."""

from . import requirements as asked
from .requirementsettings import options
from .requirementsettings import UNOFFICIAL
from plone.restapi.batching import HypermediaBatch
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.guides import quality
from zhinan.guides import qualitylist
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import Requirement
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements import Severity
from zope.i18n import translate


#: Occasions on which a guide that is there can be looked at.
OCCASIONS = (Occasion.PREVIEW, Occasion.PUBLISH, Occasion.NIGHTLY)


class RequirementsService(Service):
    """Base: findings as JSON, in the language of the client."""

    def t(self, message: Any) -> str:
        """A message in that language."""
        return str(translate(message, context=self.request))

    def finding(self, one: Finding, url: str) -> dict[str, Any]:
        """A finding with its sentence, its basis and where to mend it."""
        place = one.place
        return {
            "requirement": one.requirement,
            "severity": one.severity.value,
            "element": one.element,
            "material": place.material or None,
            "form_version": place.form or None,
            "row": place.row or None,
            "message": self.t(asked.sentence(one)),
            "basis": self.t(asked.basis(one.requirement)),
            "basis_certainty": requirements()[one.requirement].mark,
            "mend": asked.address(url, one),
        }


class RequirementsGet(RequirementsService):
    """``GET <guide>/@requirements?occasion=publish``: the findings of now."""

    def reply(self) -> dict[str, Any]:
        """All of them, the worst first.

        :raises BadRequest: for an unknown occasion.
        """
        occasion = self.request.form.get("occasion") or Occasion.PREVIEW.value
        if occasion not in OCCASIONS:
            sentence = _(
                "requirement_occasions",
                default="There is no such occasion. The occasions are: ${occasions}",
                mapping={"occasions": ", ".join(OCCASIONS)},
            )
            raise BadRequest(self.t(sentence))
        url = self.context.absolute_url()
        found = asked.findings(self.context, occasion)
        return {
            "@id": f"{url}/@requirements",
            "occasion": occasion,
            "counts": {
                severity.value: sum(1 for one in found if one.severity == severity)
                for severity in Severity
            },
            "items": [self.finding(one, url) for one in found],
            "items_total": len(found),
        }


class RulesGet(RequirementsService):
    """``GET <site>/@requirements``: all requirements with their settings."""

    def reply(self) -> dict[str, Any]:
        """In their order."""
        run = quality.peek().run
        return {
            "@id": f"{self.context.absolute_url()}/@requirements",
            "note": self.t(UNOFFICIAL),
            "last_check": run.day.isoformat() if run else None,
            "items": [self.rule(row) for row in requirements().values()],
            "items_total": len(requirements()),
        }

    def rule(self, row: Requirement) -> dict[str, Any]:
        """One requirement."""
        set_ = options()
        return {
            "id": row.id,
            "title": self.t(asked.title(row.id)),
            "group": row.group,
            "number": row.number or None,
            "key": row.key,
            "element": row.element,
            "basis": self.t(asked.basis(row.id)),
            "basis_certainty": row.mark,
            "on": set_.asks(row),
            "weight": set_.weight(row),
            "default_weight": row.weight,
            "thresholds": {
                name: {"value": set_.limit(row, name), "default": row.limits[name]}
                for name in row.limits
            },
            "severity": {
                occasion.value: severity.value
                for occasion, severity in row.occasions.items()
            },
        }


class QualityGet(RequirementsService):
    """``GET <site>/@quality``: scores and findings of the last nightly check."""

    def reply(self) -> dict[str, Any]:
        """Of one's departments; of all of them for who sees all tasks.

        :raises Unauthorized: for the public, and for who belongs to no department.
        """
        if not qualitylist.may_read():
            sentence = _("Quality is shown to the members of a department.")
            raise Unauthorized(self.t(sentence))
        wanted = directory.resolve(self.request.form.get("department") or "")
        department = wanted if wanted in qualitylist.codes() else ""
        found = qualitylist.guides(department) if wanted == department else []
        batch = HypermediaBatch(self.request, found)
        run = quality.peek().run
        answer = {
            "@id": batch.canonical_url,
            "note": self.t(UNOFFICIAL),
            "last_check": run.day.isoformat() if run else None,
            "departments": [
                {
                    "department": one.code,
                    "title": one.title,
                    "score": one.row.score,
                    "guides": one.row.guides,
                    "errors": one.row.errors,
                    "guides_with_errors": one.row.failing,
                    "score_before": one.before.score if one.before else None,
                }
                for one in qualitylist.departments()
            ],
            "trend": [
                {"day": day, "score": row.score, "guides_with_errors": row.failing}
                for day, row in qualitylist.trend(department)
            ],
            "items": [
                {
                    "@id": guide.url,
                    "UID": guide.uid,
                    "title": guide.title,
                    "department": guide.department,
                    "score": guide.result.score,
                    "since": guide.result.since.isoformat(),
                    "errors": guide.result.errors,
                    "warnings": guide.result.warnings,
                    "findings": [
                        self.finding(one, guide.url) for one in guide.result.findings
                    ],
                }
                for guide in batch
            ],
            "items_total": batch.items_total,
        }
        if batch.links:
            answer["batching"] = batch.links
        return answer
