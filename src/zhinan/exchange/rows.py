"""Plans as plain data: what the preview shows, the report holds and REST gives."""

from .identity import GUIDE
from .identity import MATERIAL
from .messages import said
from .plan import CHANGED
from .plan import Difference
from .plan import NEW
from .plan import Plan
from .plan import Planner
from .values import fields_of
from .values import words
from plone.dexterity.interfaces import IDexterityFTI
from typing import Any
from zhinan import _
from zhinan.forms.messages import message
from zhinan.registers.entries import REGISTERS
from zope.component import queryUtility
from zope.i18nmessageid import Message


def title_of(portal_type: str, name: str) -> Message | str:
    """Title of an element, or its name."""
    groups = {GUIDE: "guide", MATERIAL: "material"}
    if name == "review_state":
        return _("State")
    group = groups.get(portal_type)
    if portal_type in REGISTERS:
        group = f"register.{REGISTERS[portal_type]}"
    if group is None:
        found = fields_of(portal_type).get(name) if portal_type else None
        return found.title if found is not None else name
    return message(f"{group}.{name}", name)


def as_row(plan: Plan, planner: Planner) -> dict[str, Any]:
    """A plan as plain data: what the preview shows and the report holds."""
    place = plan.record.place
    return {
        "type": plan.record.portal_type,
        "verdict": plan.verdict,
        "title": plan.title[:200],
        "key": plan.record.key,
        "uid": plan.obj.UID() if plan.obj is not None else "",
        "line": place.line,
        "sheet": place.sheet,
        "row": place.row,
        "materials": sum(
            1 for child in plan.children if child.verdict in {NEW, CHANGED}
        ),
        "changes": [
            {
                "of": "" if part is plan else part.title,
                "type": part.record.portal_type,
                "field": difference.field,
                "old": _shown(difference, "old", part, planner),
                "new": _shown(difference, "new", part, planner),
            }
            for part in plan.all()
            for difference in part.differences
        ],
        "added": [
            part.title[:200]
            for part in plan.all()
            if part is not plan and part.verdict == NEW and plan.verdict != NEW
        ],
        "reordered": any(part.reorder for part in plan.all()),
        "findings": [
            {
                "of": "" if part is plan else part.title,
                "type": part.record.portal_type,
                "line": finding.place.line,
                "sheet": finding.place.sheet,
                "row": finding.place.row,
                "column": finding.place.column,
                "field": finding.field,
                "value": finding.value,
                "problem": finding.problem.id,
                "reason": said(finding, planner.language),
                "refused": finding.refused,
            }
            for part in plan.all()
            for finding in part.findings
        ],
    }


def _shown(difference: Difference, side: str, plan: Plan, planner: Planner) -> str:
    value = getattr(difference, side)
    found = planner.fields(plan.record.portal_type).get(difference.field)
    if found is None or value is None:
        return str(value or "")
    return words(value, found)[:300]


def type_title(portal_type: str) -> Message | str:
    """What people call objects of a type."""
    if portal_type in REGISTERS:
        name = REGISTERS[portal_type]
        return message(f"register.{name}.entry", name)
    fti = queryUtility(IDexterityFTI, name=portal_type)
    return Message(fti.title, domain=fti.i18n_domain) if fti is not None else ""
